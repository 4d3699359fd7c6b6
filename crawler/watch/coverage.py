"""Which counties working sources cover."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crawler.model import Source
from crawler.watch.feed_state import FeedHealth

if TYPE_CHECKING:
    from crawler.places import Gazetteer

WORKS_FOR = timedelta(days=3)  # after a good reading


@dataclass(frozen=True, slots=True)
class Coverage:
    """What working sources cover."""

    counties: frozenset[tuple[str, str]]  # keys
    statewide: dict[str, int]  # state → sources that cover it as a whole


def working(feeds: Iterable[FeedHealth], now: datetime, registry: bool = False) -> list[Source]:
    """The sources that are on and of which a feed was read lately; with `registry`, all that are on."""
    found: dict[str, Source] = {}
    for health in feeds:
        on = health.source.enabled and health.source.listed and health.feed.listed
        read = health.feed.last_success_at is not None and now - health.feed.last_success_at <= WORKS_FOR
        if on and (read or registry):
            found[health.source.id] = health.source
    return list(found.values())


def covered(sources: Iterable[Source], places: "Gazetteer") -> Coverage:
    """The counties of the sources and of what they say they cover; of a whole state none, it is counted beside."""
    from crawler.places import STATES, county_key  # brings all that finds places in a text

    counties: set[tuple[str, str]] = set()
    statewide: dict[str, int] = {}
    for source in sources:
        own = f"{source.city}, {source.state}" if source.city and not source.county else ""
        if source.county and source.scope != "state":
            counties.add(county_key(source.county, source.state))
        elif own and source.scope != "state":
            counties |= _named(own, places)
        states = {place for place in source.covers if place in STATES}
        if source.scope == "state" and source.state:
            states.add(source.state)
        for code in states:
            statewide[code] = statewide.get(code, 0) + 1
        for place in source.covers:
            counties |= _named(place, places) if place not in STATES else set()
    return Coverage(frozenset(counties), statewide)


def _named(name: str, places: "Gazetteer") -> set[tuple[str, str]]:
    from crawler.places import county_of

    place = places.look_up(name)
    key = county_of(place) if place else None
    return {key} if key else set()
