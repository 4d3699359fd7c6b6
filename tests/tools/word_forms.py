"""Makes alerts/query/data/forms.txt.gz: the printed forms of English and Spanish words, a line a word.

    pip install simplemma==2.0.0 wordfreq==3.1.1 && python -m tests.tools.word_forms

A lemma's forms are those that simplemma leads back to it; forms that wordfreq never saw printed are left out.
"""

import gzip
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from crawler.text import fold

TARGET = Path(__file__).parents[2] / "alerts/query/data/forms.txt.gz"
RAREST = {"en": 3e-8, "es": 2e-8}  # share of all printed words
# Their forms are everywhere and tell nothing. "Ice" is the agency or what freezes, "new" no "newer".
LEFT_OUT = {
    "en": set("ice new be have do will can may must shall this that the one i we he she it they you".split()),
    "es": set("izar ser estar haber ir dar ver hacer tener poder decir querer saber deber él yo uno este ese".split()),
}


def main() -> None:
    """Write the file anew, the same bytes for the same sources."""
    lines = [f"{language} {' '.join(forms)}" for language in ("en", "es") for forms in groups(language)]
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(gzip.compress("\n".join(lines).encode("ascii", "ignore"), mtime=0))
    print(len(lines), "words,", sum(len(line.split()) - 1 for line in lines), "forms,", TARGET.stat().st_size, "bytes")


def groups(language: str) -> list[list[str]]:
    """The forms of each word that has several, its lemma first; behind a + those that do not lead back to it."""
    printed = import_module("wordfreq").get_frequency_dict(language, "large")
    by_lemma = _inverted(language)
    found: dict[str, list[str]] = {}
    for lemma, forms in by_lemma.items():
        if lemma in LEFT_OUT[language] or not lemma.islower():
            continue
        kept = _folded(form for form in forms if printed.get(form, 0) > RAREST[language])
        more = _participle(lemma, by_lemma) if language == "es" else set()
        more = _folded(form for form in more if printed.get(form, 0) > RAREST[language]) - kept
        if len(kept | more) > 1 and kept:
            first = fold(lemma)
            named = [*([first] if first in kept else []), *sorted(kept - {first})]
            found[lemma] = [*named, *(["+", *sorted(more)] if more else [])]
    return sorted(found.values())


def _inverted(language: str) -> dict[str, set[str]]:
    factory = import_module("simplemma.strategies.dictionaries.dictionary_factory").DefaultDictionaryFactory()
    forms: dict[str, set[str]] = {}
    for form, lemma in factory.get_dictionary(language).items():
        forms.setdefault(_text(lemma), {_text(lemma)}).add(_text(form))
    return forms


def _participle(verb: str, by_lemma: dict[str, set[str]]) -> set[str]:
    """Spanish participles that have become words of their own: "detener" is also "detenidos", not the other way."""
    ending = {"ar": "ado", "er": "ido", "ir": "ido"}.get(verb[-2:], "")
    return by_lemma.get(verb[:-2] + ending, set()) if ending else set()


def _folded(forms: Iterable[str]) -> set[str]:
    return {
        fold(form) for form in forms if form.isalpha() and form.islower() and len(form) > 1 and fold(form).isascii()
    }


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


if __name__ == "__main__":
    main()
