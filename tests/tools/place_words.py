"""Makes crawler/places/data/words.csv: names of the gazetteer that are also ordinary words.

    python -m tests.tools.place_words en_US.dic

The dictionary is hunspell's en_US (SCOWL), as the package chunspell carries it: a word in small letters is ordinary,
and so are its plural and its form in -ing. A few Spanish words are listed here.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from crawler.places import Gazetteer

FILE = Path(__file__).parents[2] / "crawler/places/data/words.csv"
SPANISH = (
    "alcalde alma altura amigo arroyo banco bonita bueno cada campo casa chico claro como cuba delta desde dice "
    "dinero dos era flora gloria hasta joya la lima llano loma luna mas media mesa mira nada norte nuevo oriente "
    "oro otro palma para paz peral piso plata plaza premio presidio primera pueblo puerta rio rosa sal salida "
    "salud sol sola solo sur tierra toda todo tres una uno valle verde vida villa vista "
)


def ordinary(lines: Iterator[str]) -> Iterator[str]:
    """The words in small letters of a hunspell dictionary, with their plurals (S) and forms in -ing (G)."""
    for line in lines:
        word, _, flags = line.strip().partition("/")
        kinds = flags.split()[0] if flags else ""
        if not word.islower():
            continue
        yield word
        if "S" in kinds and word.endswith("y") and word[-2:-1] not in "aeiou":
            yield f"{word[:-1]}ies"
        elif "S" in kinds:
            yield word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")
        if "G" in kinds:
            yield f"{word.removesuffix('e')}ing"


def _towns(gazetteer: Gazetteer, name: str) -> bool:
    return any(gazetteer.facilities.get(name) != "campus" for _ in gazetteer.meanings(name))


def main(dictionary: Path) -> None:
    """Write the file anew."""
    gazetteer = Gazetteer.load()
    known = {*ordinary(iter(dictionary.read_text("latin-1").splitlines())), *SPANISH.split()}
    never = gazetteer.language["never_bare"]
    names = sorted(name for name in known if _towns(gazetteer, name) and name not in never)
    FILE.write_text("\n".join(["name", *names, ""]), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
