"""The fields of a query: which there are, and what a value means."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, Protocol

from alerts.locale import Saying, marked, one_of, saying
from alerts.query.days import Span, published
from alerts.query.syntax import Around, Fact, Field, InOffice, InPlace
from crawler.text import fold
from crawler.topic import chosen

if TYPE_CHECKING:
    from crawler.places import Place

EXAMPLES = {
    "place": 'place:"Waltham, MA"',
    "county": 'county:"Essex, MA"',
    "state": "state:MA",
    "near": 'near:"02453 25mi"',
    "office": "office:Boston",
    "title": 'title:"Moody Street"',
    "source": "source:wbur",
    "lang": "lang:es",
    "kind": "kind:…",  # one of the topic's, by example()
    "since": "since:2026-03-01",
    "after": "after:2026-03-01",
    "before": "before:2026-03-01",
}
FARTHEST = 500  # miles or kilometres of near:
_UNKNOWN = {
    "place": marked("No place is known as “%(value)s”"),
    "county": marked("No county is known as “%(value)s”"),
    "state": marked("No state is known as “%(value)s”"),
}
_COUNTY_KINDS = ("County", "Parish", "Borough", "Census Area", "Municipality")
_UNITS: dict[str, Literal["mi", "km"]] = {"m": "mi", "k": "km"}
_DISTANCE = re.compile(
    r"(?P<name>.*?)[\s,/]*(?<![\d.])(?P<number>\d{1,4}(?:\.\d+)?)\s*(?P<unit>miles?|mi\.?|millas?|km|kilomet\w+|kilómet\w+)",
    re.I,
)


class PlaceLookup(Protocol):
    """What a query asks of the gazetteer."""

    def look_up(self, name: str) -> "Place | None": ...
    def suggest(self, name: str) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks: what names mean to them, and what today is."""

    places: PlaceLookup
    sources: Mapping[str, str] | None = None  # id → name; None = an outlet that nobody knows is no mistake
    today: date | None = None  # None = a search that is kept: days are dates in it


@dataclass
class WrongValueError(Exception):
    """A value that a field does not take, and what to write instead."""

    problem: Saying
    instead: Saying | str
    inside: bool = False  # it points at the value rather than at the field


def example(name: str) -> str:
    """How a field may be written: a kind as the first of the topic's that is a word."""
    if name != "kind":
        return EXAMPLES[name]
    return f"kind:{min(kinds(), key=lambda kind: (not kind.isalpha(), kind))}"


def sought() -> str:
    """A word of the topic, of which examples of a query are made."""
    return chosen().wording("en").sought


def read_field(name: str, value: str, asking: Asking) -> Field:
    """What a field with this value asks for. Raises WrongValueError."""
    match name:
        case "place" | "county" | "state":
            return _in_place(asking.places, name, value)
        case "near":
            return _around(asking.places, value)
        case "office":
            return _in_office(value)
        case "since" | "after" | "before":
            return _published(name, value, asking.today)
        case "source":
            return _from_source(value, asking.sources)
        case "lang":
            return _in_language(value)
    return _of_kind(value)


def find_place(places: PlaceLookup, name: str, value: str) -> "Place | None":
    """The one place that `place:`, `county:` or `state:` with this value means."""
    for full in _full_names(name, value):
        place = places.look_up(full)
        if place and (name in ("place", place.kind) or (name == "county" and _is_its_own_county(place, value))):
            return place
    return None


def _is_its_own_county(place: "Place", value: str) -> bool:
    """Baltimore and the like, when they are called "Baltimore city"."""
    return place.kind == "city" and " city," in value.casefold() and not place.name.casefold().endswith(" city")


def _in_place(places: PlaceLookup, name: str, value: str) -> InPlace:
    place = find_place(places, name, value)
    if place is None:
        problem, close = why_no_place(places, name, value)
        ways = [f'{name}:"{full}"' for full in close] or [EXAMPLES[name]]
        raise WrongValueError(problem, one_of(ways), inside=True)
    if places.look_up(str(place)) == place:
        return InPlace(place, str(place))
    return InPlace(place, f"{place.name}, {place.county}, {place.state}" if place.kind == "city" else value)


def why_no_place(places: PlaceLookup, name: str, value: str) -> tuple[Saying, list[str]]:
    """What is wrong, and up to three full names for a value of which `find_place` knows no one place."""
    asked = _full_names(name, value)
    close = list(dict.fromkeys(full for each in asked for full in places.suggest(each)))
    close = [full for full in close if (place := places.look_up(full)) and name in ("place", place.kind)]
    same = {_head(each) for each in asked}
    several = sum(_head(full) in same for full in close) > 1
    problem = (
        saying("“%(value)s” may be several places", value=value) if several else saying(_UNKNOWN[name], value=value)
    )
    return problem, close[:3]


def _head(full: str) -> str:
    return fold(full.partition(",")[0]).strip()


def _full_names(name: str, value: str) -> list[str]:
    """What to ask the gazetteer: "Essex, MA" is a town, but in `county:` it is "Essex County, MA"."""
    if name != "county":
        return [value]
    county, comma, state = value.partition(",")
    return [*(f"{county.rstrip()} {kind}{comma}{state}" for kind in _COUNTY_KINDS), value]


def _around(places: PlaceLookup, value: str) -> Around:
    read = _DISTANCE.fullmatch(value.strip())
    if not read or not read["name"]:
        problem = saying("near: needs a ZIP code or a place, and a distance in mi or km")
        raise WrongValueError(problem, EXAMPLES["near"])
    distance, unit = float(read["number"]), _UNITS[read["unit"][0].casefold()]
    if not 0 < distance <= FARTHEST:
        problem = saying("near: reaches from 1 to %(most)s miles or kilometres", most=FARTHEST)
        raise WrongValueError(problem, f'near:"{read["name"]} 25{unit}"')
    from crawler.places import shipped, zips

    name = read["name"].strip()
    if code := zips().get(name):
        return Around(code.point, distance, unit, name)
    place = places.look_up(name)
    if place is None:
        problem, close = why_no_place(places, "place", name)
        ways = [f'near:"{full} {distance:g}{unit}"' for full in close] or [EXAMPLES["near"]]
        raise WrongValueError(problem, one_of(ways), inside=True)
    point = shipped().point(place)
    if point is None:
        problem = saying("near: needs a town, not all of %(place)s", place=str(place))
        raise WrongValueError(problem, f'place:"{place}"', inside=True)
    return Around(point, distance, unit, _in_place(places, "place", name).name)


def _in_office(value: str) -> InOffice:
    from crawler.places import offices

    called, wanted = {_office_key(office): office for office in offices()}, _office_key(value)
    office = called.get(wanted)
    if not called:
        problem = saying("office: asks for the field offices of an agency; this topic has none")
        raise WrongValueError(problem, EXAMPLES["place"])
    if office is None:
        close = get_close_matches(wanted, called, 1)
        known = ", ".join(sorted(offices()))
        problem = saying("No field office is called “%(value)s”; there are %(known)s", value=value, known=known)
        raise WrongValueError(problem, f'office:"{called[close[0]]}"' if close else EXAMPLES["office"])
    return InOffice(office, offices()[office])


def _office_key(name: str) -> str:
    """ "Washington, D.C.", "New York" and "New York City", "Boston field office" are one each."""
    from crawler.places import squeezed

    return re.sub(r"(?:city|dc)?(?:fieldoffice)?$", "", squeezed(name))


def _published(name: str, value: str, today: date | None) -> Field:
    found = published(name, value, today)
    if isinstance(found, Span):
        return found.asked
    raise WrongValueError(*found)


def _from_source(value: str, sources: Mapping[str, str] | None) -> Fact:
    wanted = fold(value)
    if sources is not None:
        called = {fold(said): source for source, name in sources.items() for said in (source, name)}
        if wanted not in called:
            close = get_close_matches(wanted, called, 1) or [said for said in called if wanted in said][:1]
            problem = saying("No outlet is called “%(value)s”; `icewire sources list` names them", value=value)
            raise WrongValueError(problem, f"source:{called[close[0]]}" if close else f'"{value}"')
    return Fact("source", wanted)


def _in_language(value: str) -> Fact:
    code, (codes, called) = fold(value), _languages()
    if code in codes:
        return Fact("lang", code)
    close = get_close_matches(code, called, 1)
    problem = saying("“%(value)s” is no language; a language is a code of two or three letters", value=value)
    raise WrongValueError(problem, f"lang:{called[close[0]]}" if close else EXAMPLES["lang"])


@cache
def _languages() -> tuple[frozenset[str], dict[str, str]]:
    """The codes that `lang:` takes, and the codes of what languages are called."""
    listed = tomllib.loads(files(__package__).joinpath("data/languages.toml").read_text("utf-8"))
    return frozenset(listed["codes"].split()), listed["called"]


def kinds() -> tuple[str, ...]:
    """The kinds of the topic, in the order of the alphabet."""
    return tuple(sorted(chosen().wording("en").kinds))


def _of_kind(value: str) -> Fact:
    kind = fold(value)
    known = kinds()
    if kind in known:
        return Fact("kind", kind)
    close = get_close_matches(kind, known, 1)
    problem = saying("No kind is called “%(value)s”; there are %(known)s", value=value, known=", ".join(known))
    raise WrongValueError(problem, f"kind:{close[0]}" if close else example("kind"))
