"""Which stories somebody wants to see: one value behind pages, JSON, CSV and feeds."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any, Self
from urllib.parse import urlencode

from alerts.locale import saying
from alerts.query import QUOTE, PlaceLookup, Query, QueryError, parse
from crawler.text import visible

_LONGEST = 200  # characters of what is no query
# Parameter → the field of the query language that it stands for
_FIELDS = {"place": "place", "kind": "kind", "outlet": "source", "language": "lang", "since": "since"}


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
        said = {field.name: getattr(self, field.name) for field in fields(self)} | more
        return urlencode({name: value for name, value in said.items() if value}, errors="replace")

    def at(self, path: str, **more: str) -> str:
        """An address with this filter."""
        query = self.printed(**more)
        return f"{path}?{query}" if query else path

    def without(self, name: str) -> Self:
        """The same, where one thing more is wanted by nobody."""
        return replace(self, **{name: ""})

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
    for name, written in _written(wanted).items():
        try:
            if len(written) > _LONGEST and name != "q":
                raise QueryError(saying("That is too long"), written[:_LONGEST], 1)
            query = parse(written, places, outlets, today)
            parts.append(query.canonical)
        except QueryError as error:
            problems[name] = error
    if problems:
        return FilterRead(None, problems)
    text = " ".join(part for part in parts if part)
    try:
        return FilterRead(parse(text, places, outlets, today), {})
    except QueryError as error:  # together they are too long
        return FilterRead(None, {"q": error})


def _written(wanted: StoryFilter) -> dict[str, str]:
    """Each parameter in the language of the searches."""
    said = {"q": wanted.q} if wanted.q else {}
    for name, field in _FIELDS.items():
        if value := getattr(wanted, name):
            said[name] = f'{field}:"{_unquoted(value)}"'
    if wanted.until:
        said["until"] = f'before:"{_day_after(wanted.until)}"'
    return said


def _day_after(written: str) -> str:
    try:
        return (date.fromisoformat(written) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return _unquoted(written)


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
