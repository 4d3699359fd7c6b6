"""A place, and what a name may mean."""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

from crawler.places.points import kilometres

PlaceKind = Literal["city", "county", "state"]


@dataclass(frozen=True, slots=True)
class Place:
    """A city (or town), a county or a state of the US; `state` is the USPS code.

    A city carries its county where it lies in one: the independent cities of Virginia, Baltimore, St. Louis
    and Washington have "". str() is what look_up() takes: "Waltham, MA", "Essex County, MA", "Massachusetts".
    """

    name: str
    kind: PlaceKind
    county: str
    state: str

    def __str__(self) -> str:
        return self.name if self.kind == "state" else f"{self.name}, {self.state}"


class Meaning(NamedTuple):
    """One thing a name may mean."""

    place: Place
    population: int
    latitude: float | None = None
    longitude: float | None = None
    known: bool = True  # False: only the post uses the name
    full: bool = True  # False: a county called without "County"

    def distance(self, other: "Meaning") -> float:
        """Kilometres, or infinity when one of the two has no coordinates."""
        if None in (self.latitude, self.longitude, other.latitude, other.longitude):
            return math.inf
        return kilometres(
            (self.latitude or 0.0, self.longitude or 0.0), (other.latitude or 0.0, other.longitude or 0.0)
        )


@dataclass(frozen=True, slots=True)
class StateNames:
    """A state and how it is written."""

    code: str
    name: str
    spellings: tuple[str, ...]  # as written after a city: the name, AP's and older abbreviations, Spanish


@dataclass(slots=True)
class CountySum:
    """The people and the middle of a county, from its cities."""

    population: int = 0
    latitude: float = 0.0
    longitude: float = 0.0
    cities: int = 0

    def add(self, city: Meaning) -> None:
        self.population += city.population
        self.latitude += city.latitude or 0.0
        self.longitude += city.longitude or 0.0
        self.cities += 1

    def meaning(self, county: Place) -> Meaning:
        if not self.cities:
            return Meaning(county, 0)
        return Meaning(county, self.population, self.latitude / self.cities, self.longitude / self.cities)
