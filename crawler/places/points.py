"""Where on the map: ZIP codes, distances and the areas of the topic's field offices."""

import math
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from crawler.places.files import rows, topic_rows
from crawler.topic import Subject, chosen

_DATA = Path(__file__).parent / "data"
_EARTH = 6371  # kilometres

Point = tuple[float, float]  # latitude, longitude
Spot = tuple[float, float, float]  # on a ball of radius 1


class Zip(NamedTuple):
    """The middle of a ZIP code, and what it means to the gazetteer."""

    point: Point
    place: str  # as look_up() takes it: "Waltham, MA"


def kilometres(one: Point, other: Point) -> float:
    """How far two points are from each other; right to a percent, from Alaska to Puerto Rico.

    >>> round(kilometres((42.38, -71.24), (42.36, -71.06)))
    15
    """
    return 2 * _EARTH * math.asin(min(1.0, math.dist(in_space(one), in_space(other)) / 2))


def straight(kilometres: float) -> float:
    """How far two points that are so far from each other are through a ball of radius 1."""
    return 2 * math.sin(min(math.pi, kilometres / _EARTH) / 2)


@lru_cache(50_000)
def in_space(point: Point) -> Spot:
    """Where a point is on a ball of radius 1; there no pole and no date line is odd."""
    lat, lon = map(math.radians, point)
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


@cache
def zips() -> Mapping[str, Zip]:
    """Every ZIP code of the states and territories. Raises GazetteerError."""
    listed = rows(_DATA / "zips.csv.gz", "zip,latitude,longitude,place")
    return {code: Zip((float(lat), float(lon)), place) for code, lat, lon, place in listed}


def offices() -> Mapping[str, frozenset[tuple[str, str]]]:
    """The field offices of the topic's agency, if it has some, and their areas. Raises GazetteerError.

    An area is (state, county), a county "" for all of its state.
    """
    return offices_of(chosen())


@cache
def offices_of(subject: Subject) -> Mapping[str, frozenset[tuple[str, str]]]:
    """Those of a topic."""
    areas: dict[str, set[tuple[str, str]]] = {}
    for office, state, county in topic_rows(subject, "offices.csv", "office,state,county"):
        areas.setdefault(office, set()).add((state, county))
    return {office: frozenset(area) for office, area in areas.items()}
