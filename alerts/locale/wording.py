"""A reason becomes a sentence: the template of its code, filled with its arguments."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from alerts.locale.dates import said_day
from alerts.locale.translation import said_list, translations
from crawler.model import IcewireError, Why, inner

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_FIELD = re.compile(r"\{(\w+)")


def in_words(why: Why, language: str = "en") -> str:
    """The sentence of a reason; "" when there is nothing to tell. A code that has no words is shown for logs.

    >>> in_words(Why("given_up", {"attempts": 4, "last": {"code": "answered", "args": {"status": 404}}}))
    'given up after 4 attempts: answered 404'
    """
    written = sentences().get(why.code)
    if written is None:
        return str(why)
    template = translations(language).gettext(written) if written else ""
    filled = _OPTIONAL.sub(lambda part: part[1] if _has(part[1], why.args) else "", template)
    try:
        return _Writer(language).vformat(filled, (), why.args)
    except (KeyError, ValueError, TypeError):  # of a newer icewire, or changed by hand: better than no page at all
        return str(why)


def fill(template: str, language: str, args: Mapping[str, Any]) -> str:
    """A template with its arguments, as the head of a catalogue says."""
    return _Writer(language).vformat(template, (), args)


def worded(error: BaseException, language: str = "en") -> str:
    """What an error says to a person."""
    return in_words(error.why, language) if isinstance(error, IcewireError) else str(error)


@cache
def sentences() -> Mapping[str, str]:
    """The English template of each code, which the catalogues translate."""
    return tomllib.loads(files(__package__).joinpath("en.toml").read_text("utf-8"))


def _has(part: str, args: Mapping[str, Any]) -> bool:
    return all(args.get(name) for name in _FIELD.findall(part))


class _Writer(Formatter):
    """Writes arguments as the head of a catalogue says."""

    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        """One argument; a reason inside a reason is worded, too."""
        if why := inner(value):
            return in_words(why, self.language)
        if isinstance(value, list):
            return self._several([self.format_field(one, "") for one in value], format_spec)
        if "|" in format_spec:
            one, many = format_spec.split("|")
            return one if value == 1 else many
        if format_spec == "day":
            return said_day(date.fromisoformat(value), None, language=self.language)
        return format(value, format_spec)

    def _several(self, values: list[str], how: str) -> str:
        if how == "quoted":
            return ", ".join(f"“{value}”" for value in values)
        if how == "days":
            days = [said_day(date.fromisoformat(value), None, "long", self.language) for value in values]
            return said_list(days, self.language)
        if how == "clauses":
            return "; ".join(values)
        return ", ".join(values)
