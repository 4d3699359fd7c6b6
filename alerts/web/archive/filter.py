"""Which stories somebody wants to see: one value behind pages, JSON, CSV and feeds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any, Self
from urllib.parse import urlencode

from alerts.locale import Filling, Saying, saying
from alerts.query import QUOTE, PlaceLookup, Query, QueryError, parse
from crawler.text import visible

_LONGEST = 200  # characters of what is no query
# Parameter → the field of the query language that it stands for
_FIELDS = {"place": "place", "kind": "kind", "outlet": "source", "language": "lang", "since": "since"}

_IN_A_FIELD = re.compile(r'\w+:"?(.*?)"?')


@dataclass(frozen=True, slots=True)
class StoryFilter:
    """As it stands in an address, each "" where nothing is wanted; the same filter always prints the same."""

    q: str = ""  # in the language of the searches
    place: str = ""  # a city, a county or a state
    kind: str = ""
    outlet: str = ""  # by id or name
    language: str = ""  # of the report
    since: str = ""  # the first day, by UTC
    until: str = ""  # the last one

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """What an address asks for; of what is no parameter of ours nothing is known."""
        told = {field.name: " ".join(visible(given.get(field.name, "")).split()) for field in fields(cls)}
        return cls(**told)

    def printed(self, **more: str) -> str:
        """As the query of an address: "place=Waltham%2C+MA&kind=arrest"; "" of none."""
        said = {**self.asked, **{name: value for name, value in more.items() if value}}
        return urlencode(said, errors="replace")

    def at(self, path: str, **more: str) -> str:
        """An address with this filter."""
        query = self.printed(**more)
        return f"{path}?{query}" if query else path

    def without(self, name: str) -> Self:
        """The same, where one thing more is wanted by nobody."""
        return replace(self, **{name: ""})

    @property
    def asked(self) -> Mapping[str, str]:
        """What is wanted, by parameter."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}

    @property
    def narrows(self) -> bool:
        """Whether it asks for anything beside the query."""
        return self != type(self)(q=self.q)


@dataclass(frozen=True, slots=True)
class FilterRead:
    """A filter as it was read: the query it comes to, or what is wrong, by parameter."""

    query: Query | None
    problems: Mapping[str, QueryError]

    def as_json(self, language: str) -> dict[str, Any]:
        """What is wrong, for a machine."""
        return {"error": {name: _told(problem, language) for name, problem in self.problems.items()}}


def read_filter(wanted: StoryFilter, places: PlaceLookup, outlets: Mapping[str, str], today: date) -> FilterRead:
    """The one query that a filter comes to, so that lists find what alerts would find."""
    parts: list[str] = []
    problems: dict[str, QueryError] = {}
    for name, value in wanted.asked.items():
        try:
            parts.append(parse(_written(name, value), places, outlets, today).canonical)
        except QueryError as error:
            problems[name] = error if name == "q" else _of_the_field(error, value)
    if problems:
        return FilterRead(None, problems)
    text = " ".join(part for part in parts if part)
    try:
        return FilterRead(parse(text, places, outlets, today), {})
    except QueryError as error:  # together they are too long
        return FilterRead(None, {"q": error})


def _written(name: str, value: str) -> str:
    """A parameter in the language of the searches. Raises QueryError."""
    if name == "q":
        return value
    if len(value) > _LONGEST:
        raise QueryError(saying("That is too long"), value[:_LONGEST], 1)
    if name == "until":
        return f'before:"{_day_after(value)}"'
    return f'{_FIELDS[name]}:"{_unquoted(value)}"'


def _day_after(written: str) -> str:
    """The day after one that is written like 2026-03-01. Raises QueryError."""
    try:
        return (date.fromisoformat(written) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        raise QueryError(saying("“%(value)s” is no day", value=written), written, 1, "2026-03-01") from None


def _of_the_field(error: QueryError, value: str) -> QueryError:
    """The same mistake, told to who filled in a field of a form and knows no other way to write it."""
    return QueryError(error.problem, value[:_LONGEST], 1, _bare(error.instead))


def _bare(instead: Saying) -> Saying:
    """What to write instead, without the field of the query language."""

    def bared(filling: Filling) -> Filling:
        if isinstance(filling, str):
            return found[1] if (found := _IN_A_FIELD.fullmatch(filling)) else filling
        return _bare(filling) if isinstance(filling, Saying) else filling

    return Saying(instead.sentence, {name: bared(filling) for name, filling in instead.filled.items()})


def _unquoted(value: str) -> str:
    """What may stand between quotes."""
    return value.translate(dict.fromkeys(map(ord, QUOTE), " "))


def _told(problem: QueryError, language: str) -> dict[str, Any]:
    return {
        "message": visible(problem.said(language)),
        "column": problem.column,
        "pointed": visible(problem.pointed),
        "suggestion": visible(problem.suggested(language)),
    }
