"""The printed forms of a word: its plurals and verb forms, in English and Spanish, by a list and no rule.

A stemmer would fold "redada" with "red" and "policy" with "police"; a word that the list lacks has one form.
"""

import gzip
from functools import cache, lru_cache
from importlib.resources import files

_PLURALS = ("s", "es")


@lru_cache(20_000)
def forms_of(word: str) -> tuple[str, ...]:
    """The folded word first, then what else it is printed as.

    >>> forms_of("raid"), forms_of("ice"), forms_of("detenida")
    (('raid', 'raided', 'raiding', 'raids'), ('ice',), ('detenida', 'detenidas', 'detenido', 'detenidos'))
    """
    english, spanish = (
        {form for line in _lines_of(language).get(word, ()) for form in line.split()} for language in ("en", "es")
    )
    if english:  # "case" is no form of "casar", and yet "red" is also "redes"
        spanish &= {word + end for end in _PLURALS} | {word.removesuffix(end) for end in _PLURALS}
    return (word, *sorted((english | spanish) - {word}))


@cache
def _lines_of(language: str) -> dict[str, list[str]]:
    """Of each word the lines of the list that hold it."""
    lines: dict[str, list[str]] = {}
    packed = files(__package__).joinpath("data/forms.txt.gz").read_bytes()
    for line in gzip.decompress(packed).decode("ascii").splitlines():
        if line.startswith(language):
            forms, _, more = line[3:].partition(" + ")  # "detener" is also "detenido", but not the other way
            for word in forms.split():
                lines.setdefault(word, []).append(f"{forms} {more}")
    return lines
