"""sources coverage: the counties that no working source covers."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Annotated, Any

import typer

from crawler.errors import IcewireError
from crawler.feed_health import FeedHealth
from crawler.gazetteer import name_words
from crawler.outlet import STATES, state_code
from crawler.places import Gazetteer
from crawler.story import Source
from scheduler import show
from scheduler.deployment import gazetteer, open_deployment

WORKS_FOR = timedelta(days=3)  # after a good reading
# Cities that lie in no county: for coverage each is one (the Census calls them county equivalents).
_INDEPENDENT = {
    "DC": ["Washington"],
    "MD": ["Baltimore"],
    "MO": ["St. Louis"],
    "NV": ["Carson City"],
    "VA": (
        "Alexandria, Bristol, Buena Vista, Charlottesville, Chesapeake, Colonial Heights, Covington, Danville, "
        "Emporia, Fairfax, Falls Church, Franklin, Fredericksburg, Galax, Hampton, Harrisonburg, Hopewell, Lexington, "
        "Lynchburg, Manassas, Manassas Park, Martinsville, Newport News, Norfolk, Norton, Petersburg, Poquoson, "
        "Portsmouth, Radford, Richmond, Roanoke, Salem, Staunton, Suffolk, Virginia Beach, Waynesboro, Williamsburg, "
        "Winchester"
    ).split(", "),
}
_ALASKAN = {"city", "and", "borough", "of", "census", "area", "municipality"}  # its boroughs are called both ways

STATE_COLUMNS = (
    show.Column("State", "state"),
    show.Column("Counties", "counties"),
    show.Column("Covered", "covered"),
    show.Column("Population", "share"),
    show.Column("Statewide", "statewide"),
)
COUNTY_COLUMNS = (show.Column("County without a working source", "county"), show.Column("Population", "population"))


@dataclass(frozen=True, slots=True)
class County:
    """A county, or a city that is one; its population is that of the places we know in it."""

    name: str
    state: str
    population: int

    @property
    def key(self) -> tuple[str, str]:
        """What spellings of its name share."""
        return county_key(self.name, self.state)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What working sources cover."""

    counties: frozenset[tuple[str, str]]  # keys
    statewide: dict[str, int]  # state → sources that cover it as a whole


def coverage(
    context: typer.Context,
    state: Annotated[str, typer.Option(help="List the uncovered counties of this state, e.g. MA.")] = "",
    registry: Annotated[
        bool, typer.Option("--registry", help="Count every source that is switched on, read or not.")
    ] = False,
    as_json: show.JsonFlag = False,
) -> None:
    """Counties without a working source: one that is on and was read in the last 3 days."""
    code = state_code(state)
    if state and not code:
        raise IcewireError(f"--state {state}: is no state; write its postal code, as in MA")
    deployment = open_deployment(context.obj)
    deployment.sync_registry()
    feeds = deployment.watchlist.health(deployment.clock())
    if not registry and not any(f.feed.last_success_at for f in feeds):
        show.note("nothing was read yet, so this is what the registry lists; `icewire run` reads it")
        registry = True
    places = gazetteer()
    counties = all_counties(places)
    found = covered(working(feeds, deployment.clock(), registry), places)
    if not code:
        show.rows(list(_by_state(counties, found)), STATE_COLUMNS, as_json, "No state is known.")
        return
    rows = [
        {"county": c.name, "state": c.state, "population": c.population or None}
        for c in sorted(counties, key=lambda c: -c.population)
        if c.state == code and c.key not in found.counties
    ]
    show.rows(rows, COUNTY_COLUMNS, as_json, f"Every county of {STATES[code]} has a working source.")
    if not as_json:
        show.say(_in_all([row for row in _by_state(counties, found) if row["state"] == code]))


def all_counties(places: Gazetteer) -> list[County]:
    """Every county of the gazetteer and every city that lies in none, by state and name."""
    with files("crawler").joinpath("data/places/counties.csv").open(encoding="utf-8") as lines:
        named = [(row["county"], row["state"]) for row in csv.DictReader(lines)]
    counties = [County(name, state, _population(places, name, state)) for name, state in named]
    for state, cities in _INDEPENDENT.items():
        counties += [County(f"{city} city", state, _population(places, city, state, "city")) for city in cities]
    return sorted(counties, key=lambda c: (c.state, c.name))


def county_key(name: str, state: str) -> tuple[str, str]:
    """What spellings of one county share.

    >>> county_key("City and Borough of Juneau", "AK") == county_key("Juneau City and Borough", "AK")
    True
    >>> county_key("Baltimore city", "MD") == county_key("Baltimore County", "MD")
    False
    """
    words = ["washington", "city"] if state == "DC" else name_words(name)  # it is the District's one part
    if state == "AK":
        words = [word for word in words if word not in _ALASKAN]
    return " ".join(words), state


def working(feeds: Iterable[FeedHealth], now: datetime, registry: bool) -> list[Source]:
    """The sources that are on and of which a feed was read lately; with `registry`, all that are on."""
    found: dict[str, Source] = {}
    for health in feeds:
        on = health.source.enabled and health.source.listed and health.feed.listed
        read = health.feed.last_success_at is not None and now - health.feed.last_success_at <= WORKS_FOR
        if on and (read or registry):
            found[health.source.id] = health.source
    return list(found.values())


def covered(sources: Iterable[Source], places: Gazetteer) -> Coverage:
    """The counties of the sources and of what they say they cover; of a whole state none, it is counted beside."""
    counties: set[tuple[str, str]] = set()
    statewide: dict[str, int] = {}
    for source in sources:
        own = f"{source.city}, {source.state}" if source.city and not source.county else ""
        if source.county and source.scope != "state":
            counties.add(county_key(source.county, source.state))
        elif own and source.scope != "state":
            counties |= _county_of(own, places)
        states = {place for place in source.covers if place in STATES}
        if source.scope == "state" and source.state:
            states.add(source.state)
        for code in states:
            statewide[code] = statewide.get(code, 0) + 1
        for place in source.covers:
            counties |= _county_of(place, places) if place not in STATES else set()
    return Coverage(frozenset(counties), statewide)


def _county_of(name: str, places: Gazetteer) -> set[tuple[str, str]]:
    place = places.look_up(name)
    if place is None or place.kind == "state":
        return set()
    return {county_key(place.county or f"{place.name} city", place.state)}


def _population(places: Gazetteer, name: str, state: str, kind: str = "county") -> int:
    entries = places.entries(" ".join(name_words(name)))
    return max((e.population for e in entries if e.full and (e.place.kind, e.place.state) == (kind, state)), default=0)


def _by_state(counties: Sequence[County], found: Coverage) -> Iterator[dict[str, Any]]:
    for state in sorted({c.state for c in counties}, key=lambda code: STATES[code]):
        here = [c for c in counties if c.state == state]
        with_source = [c for c in here if c.key in found.counties]
        people = sum(c.population for c in here)
        share = sum(c.population for c in with_source) / people if people else None
        yield {
            "state": state,
            "counties": len(here),
            "covered": len(with_source),
            "population_share": None if share is None else round(share, 3),
            "share": "" if share is None else f"{share if len(with_source) == len(here) else min(share, 0.99):.0%}",
            "statewide": found.statewide.get(state, 0),
        }


def _in_all(rows: Sequence[dict[str, Any]]) -> str:
    row = rows[0]
    statewide = show.count(row["statewide"], "working source covers", "working sources cover")
    counties = show.count(row["counties"], "county", "counties")
    people = f", with about {row['share']} of the people" if row["share"] else ""
    return f"{row['covered']} of {counties} covered{people}; {statewide} the state as a whole."
