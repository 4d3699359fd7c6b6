"""What a form says of a search becomes a query. Pure, but for the places it names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from alerts.join import read_search
from alerts.locale import Saying, saying
from alerts.query import PlaceLookup, Query, QueryError, parse
from alerts.web.posted import Posted

DISTANCES = ("5", "10", "25", "50", "100")
UNITS = ("mi", "km")
MOST_PLACES = 20
MOST_WRITTEN = 2000  # characters of a search
_CLAUSE = re.compile(r'(?P<field>place|near):"(?P<name>[^"]+?)(?: (?P<distance>\d+)(?P<unit>mi|km))?"')


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong in a form, and beside which of its fields that is said."""

    field: str
    said: Saying
    pointed: str = ""  # the query with a caret under the mistake
    instead: Saying | None = None  # what to write


@dataclass(frozen=True, slots=True)
class Wish:
    """A search as a form has it: words and chosen places, or `query`, which somebody wrote themselves."""

    words: str = ""
    chosen: tuple[str, ...] = ()  # clauses of the query language: 'place:"Waltham, MA"', 'near:"02453 25mi"'
    place: str = ""  # as it was typed, not chosen yet
    within: str = ""  # so far around it; "" = in it
    unit: str = "mi"
    query: str = ""

    @property
    def text(self) -> str:
        """The query."""
        if self.query:
            return self.query
        where = " OR ".join(self.chosen)
        return " ".join(filter(None, (self.words, f"({where})" if len(self.chosen) > 1 else where)))

    @property
    def hidden(self) -> Sequence[tuple[str, str]]:
        """What the next page of the form carries on."""
        return [("words", self.words), ("query", self.query), *(("chosen", clause) for clause in self.chosen)]


def wish_from(form: Posted) -> Wish:
    """What was typed and chosen; a clause that no form of ours made is none."""
    clauses = dict.fromkeys(clause for clause in form.all("chosen") if _CLAUSE.fullmatch(clause))
    within, unit = form.get("within"), form.get("unit")
    return Wish(
        _one_line(form.get("words")),
        tuple(clauses)[:MOST_PLACES],
        _one_line(form.get("option") or form.get("place")),
        within if within in DISTANCES else "",
        unit if unit in UNITS else UNITS[0],
        _one_line(form.get("query")),
    )


@dataclass(frozen=True, slots=True)
class Placed:
    """A wish after the place that was typed was looked up: chosen, or the places that it may mean, or what is wrong."""

    wish: Wish
    options: tuple[str, ...] = ()
    slip: Slip | None = None


def placed(wish: Wish, places: PlaceLookup) -> Placed:
    """Look up the place that was typed; without one nothing changes."""
    if not wish.place:
        return Placed(wish)
    if len(wish.chosen) >= MOST_PLACES:
        return Placed(wish, slip=Slip("place", saying("A search holds at most %(most)s places.", most=MOST_PLACES)))
    if place := places.look_up(wish.place):
        name = wish.place if wish.within and wish.place.isdecimal() else _unquoted(str(place))
        clause = f'near:"{name} {wish.within}{wish.unit}"' if wish.within else f'place:"{name}"'
        try:
            parse(clause, places)
        except QueryError as error:
            return Placed(wish, slip=Slip("place", error.problem))
        chosen = tuple(dict.fromkeys((*wish.chosen, clause)))
        return Placed(replace(wish, chosen=chosen, place="", within=""))
    options = tuple(full for full in places.suggest(wish.place) if places.look_up(full))
    if not options:
        return Placed(
            wish, slip=Slip("place", saying("We know no place that is called so. Write it like Waltham, MA."))
        )
    return Placed(wish, options, Slip("place", saying("Which of these do you mean?")))


def query_of(wish: Wish, places: PlaceLookup, sources: Mapping[str, str] | None) -> Query | Slip:
    """The query that may be saved, or what is wrong with it, beside the field that holds it."""
    text, where = (wish.query, "query") if wish.query else (wish.words, "words")
    if len(wish.text) > MOST_WRITTEN:
        return Slip(where, saying("This search is too long."))
    if not wish.text:
        return Slip("words", saying("Write at least one word, or choose a place."))
    try:
        if text:
            read_search(text, places, sources)  # by itself, so that a mistake is pointed at as it was typed
        return read_search(wish.text, places, sources)
    except QueryError as error:
        return Slip(where, error.problem, error.pointed, error.instead if error.suggestion else None)


def parts_of(clause: str) -> tuple[str, str, str]:
    """A chosen clause as (place, distance, unit), for showing.

    >>> parts_of('near:"02453 25mi"'), parts_of('place:"Waltham, MA"')
    (('02453', '25', 'mi'), ('Waltham, MA', '', ''))
    """
    found = _CLAUSE.fullmatch(clause)
    assert found
    return found["name"], found["distance"] or "", found["unit"] or ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _unquoted(name: str) -> str:
    return name.replace('"', "")
