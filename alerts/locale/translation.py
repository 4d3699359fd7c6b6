"""Sentences in the reader's language: gettext catalogues, made by Babel; English stands in the code and templates."""

import io
from collections.abc import Sequence
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

LANGUAGES = ("en", "es")


def known_language(code: str) -> str:
    """The language of ours that a code means: "es" for "es-MX", "en" for one that has no catalogue.

    >>> known_language("es-419"), known_language("ht"), known_language("")
    ('es', 'en', 'en')
    """
    primary = code.lower().replace("_", "-").partition("-")[0]
    return primary if primary in LANGUAGES else LANGUAGES[0]


def asked_language(accepted: str) -> str:
    """The language of ours that a browser wants most, by its Accept-Language (RFC 9110).

    >>> asked_language("fr;q=0.9, es-US;q=0.8, en;q=0.7"), asked_language("fr"), asked_language("en, es")
    ('es', 'en', 'en')
    """
    wanted = []
    for part in accepted.split(","):
        code, _, weight = part.strip().partition(";q=")
        if code.lower().partition("-")[0] in LANGUAGES:
            wanted.append((_weight(weight), known_language(code)))
    return max(wanted, key=lambda one: one[0], default=(0.0, LANGUAGES[0]))[1]


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language of ours; English is said as it is written."""
    if language == LANGUAGES[0]:
        return NullTranslations()
    from babel.messages.mofile import write_mo  # only for who writes to somebody
    from babel.messages.pofile import read_po

    written = files(__package__).joinpath(f"catalogues/{language}.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(written), locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def marked(sentence: str) -> str:
    """A sentence that is translated where it is shown: the catalogues know it by this."""
    return sentence


def said_list(items: Sequence[str], language: str) -> str:
    """Several things as the language counts them up, by CLDR.

    >>> said_list(["raids", "arrests", "protests"], "en"), said_list(["redadas", "arrestos"], "es")
    ('raids, arrests, and protests', 'redadas y arrestos')
    """
    if len(items) < 2:
        return "".join(items)
    from babel.lists import format_list

    return format_list(list(items), locale=locale_of(language))


@cache
def locale_of(language: str) -> "Locale":
    """CLDR's facts of a language, which take longer to find by its name than a date takes to write."""
    from babel import Locale

    return Locale.parse(language)


def _weight(written: str) -> float:
    try:
        return float(written or 1)
    except ValueError:
        return 0.0
