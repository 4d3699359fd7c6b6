"""Every county of the United States, known by all spellings of its name."""

import csv
from dataclasses import dataclass
from importlib.resources import files

from crawler.places.gazetteer import Gazetteer
from crawler.places.place import Place
from crawler.places.spelling import name_words

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


def all_counties(places: Gazetteer) -> list[County]:
    """Every county of the gazetteer and every city that lies in none, by state and name."""
    with files("crawler.places").joinpath("data/counties.csv").open(encoding="utf-8") as lines:
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


def county_of(place: Place) -> tuple[str, str] | None:
    """The key of the county in which a place lies, or which it is; None for a state.

    A city without one is its own; in Puerto Rico each town is a municipio.
    """
    if place.kind == "state":
        return None
    return county_key(place.county or (place.name if place.state == "PR" else f"{place.name} city"), place.state)


def _population(places: Gazetteer, name: str, state: str, kind: str = "county") -> int:
    meanings = places.meanings(" ".join(name_words(name)))
    return max((m.population for m in meanings if m.full and (m.place.kind, m.place.state) == (kind, state)), default=0)
