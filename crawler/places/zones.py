"""The time zone of a place: what a clock without a zone means there."""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from crawler.places.gazetteer import shipped
from crawler.text import DataTable, fold, read_data

_FILE = Path(__file__).with_name("zones.toml")


@dataclass(frozen=True, slots=True)
class _Other:
    """Where a state does not keep its own zone."""

    state: str
    zone: str
    counties: frozenset[str]
    towns: frozenset[str]


@lru_cache(maxsize=4096)
def zone_of(state: str, county: str = "", city: str = "") -> tzinfo:
    """The zone of an outlet's home, by its state, county and city as the registry names them; UTC of a nationwide one.

    A county that is not named is looked up, where it matters.

    >>> str(zone_of("TX")), str(zone_of("TX", city="El Paso")), str(zone_of("IN", "Lake County"))
    ('America/Chicago', 'America/Denver', 'America/Chicago')
    """
    states, others = _zones()
    if state not in states:
        return UTC
    here = [other for other in others if other.state == state]
    town = fold(city)
    named = next((other for other in reversed(here) if town in other.towns), None)
    if named is None and any(other.counties for other in here):
        if not county and city and (place := shipped().look_up(f"{city}, {state}")):
            county = place.county
        named = next((other for other in here if any(_is_of(county, name) for name in other.counties)), None)
    return ZoneInfo(named.zone if named else states[state])


def home_zones() -> tuple[str, ...]:
    """Every zone that some place of the states and territories keeps."""
    states, others = _zones()
    return tuple(dict.fromkeys((*states.values(), *(other.zone for other in others))))


def _is_of(county: str, name: str) -> bool:
    """Whether a county's whole name is this name with its kind behind it."""
    said = fold(county)
    return said == name or said in {f"{name} {kind}" for kind in ("county", "borough", "census area", "parish")}


@cache
def _zones() -> tuple[dict[str, str], tuple[_Other, ...]]:
    data = read_data(_FILE).only("states", "other")
    states = data.table("states")
    return {code: states.text(code) for code in states.keys}, tuple(map(_other, data.tables("other")))


def _other(table: DataTable) -> _Other:
    table = table.only("state", "zone", "counties", "towns")
    counties, towns = (frozenset(fold(name) for name in table.texts(key, ())) for key in ("counties", "towns"))
    return _Other(table.text("state"), table.text("zone"), counties, towns)
