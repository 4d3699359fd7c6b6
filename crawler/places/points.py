"""Where on the map: ZIP codes, distances and the areas of ICE's field offices."""

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from crawler.places.files import rows

_DATA = Path(__file__).parent / "data"
_EARTH = 6371  # kilometres

Point = tuple[float, float]  # latitude, longitude


class Zip(NamedTuple):
    """The middle of a ZIP code, and what it means to the gazetteer."""

    point: Point
    place: str  # as look_up() takes it: "Waltham, MA"


def kilometres(one: Point, other: Point) -> float:
    """How far two points are from each other; right to a percent, from Alaska to Puerto Rico.

    >>> round(kilometres((42.38, -71.24), (42.36, -71.06)))
    15
    """
    lat, lon, lat2, lon2 = (math.radians(degrees) for degrees in (*one, *other))
    chord = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    return 2 * _EARTH * math.asin(math.sqrt(chord))


@cache
def zips() -> Mapping[str, Zip]:
    """Every ZIP code of the states and territories. Raises GazetteerError."""
    listed = rows(_DATA / "zips.csv.gz", "zip,latitude,longitude,place")
    return {code: Zip((float(lat), float(lon)), place) for code, lat, lon, place in listed}


@cache
def offices() -> Mapping[str, frozenset[tuple[str, str]]]:
    """ICE's field offices and their areas: (state, county), a county "" for all of its state. Raises GazetteerError."""
    areas: dict[str, set[tuple[str, str]]] = {}
    for office, state, county in rows(_DATA / "offices.csv", "office,state,county"):
        areas.setdefault(office, set()).add((state, county))
    return {office: frozenset(area) for office, area in areas.items()}
