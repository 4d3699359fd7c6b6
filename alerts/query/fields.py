"""The fields of a query: which there are, and how a place is named in one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from crawler.model import Why
from crawler.text import fold

if TYPE_CHECKING:
    from crawler.places import Place

EXAMPLES = {
    "place": 'place:"Waltham, MA"',
    "county": 'county:"Essex, MA"',
    "state": "state:MA",
    "source": "source:wbur",
    "lang": "lang:es",
    "kind": "kind:arrest",
}
KINDS = (
    "287g arrest cbp court death deployment deportation detention impact policy protest raid shooting".split()
)  # as the topic's
_COUNTY_KINDS = ("County", "Parish", "Borough", "Census Area", "Municipality")


class PlaceLookup(Protocol):
    """What a query asks of the gazetteer."""

    def look_up(self, name: str) -> "Place | None": ...
    def suggest(self, name: str) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Field:
    """A fact of the document rather than a word in it."""

    name: str
    value: str  # folded
    place: "Place | None"
    label: Why  # as a reader is told that it was found


def find_place(places: PlaceLookup, name: str, value: str) -> "Place | None":
    """The one place that `place:`, `county:` or `state:` with this value means."""
    for full in _full_names(name, value):
        place = places.look_up(full)
        if place and name in ("place", place.kind):
            return place
    return None


def why_no_place(places: PlaceLookup, name: str, value: str) -> tuple[str, str]:
    """A message and a suggestion for a value of which `find_place` knows no one place."""
    asked = _full_names(name, value)
    close = list(dict.fromkeys(full for each in asked for full in places.suggest(each)))
    if name != "place":
        close = [full for full in close if (place := places.look_up(full)) and place.kind == name]
    same = {_head(each) for each in asked}
    several = sum(_head(full) in same for full in close) > 1
    message = f"“{value}” may be several places" if several else f"No {name} is known as “{value}”"
    return message, " or ".join(f'{name}:"{full}"' for full in close[:3]) or EXAMPLES[name]


def _head(full: str) -> str:
    return fold(full.partition(",")[0]).strip()


def _full_names(name: str, value: str) -> list[str]:
    """What to ask the gazetteer: "Essex, MA" is a town, but in `county:` it is "Essex County, MA"."""
    if name != "county":
        return [value]
    county, comma, state = value.partition(",")
    return [*(f"{county.rstrip()} {kind}{comma}{state}" for kind in _COUNTY_KINDS), value]


def is_inside(place: "Place", wanted: "Place") -> bool:
    """Whether `place` is `wanted` or lies in it."""
    if place.state != wanted.state:
        return False
    match wanted.kind:
        case "state":
            return True
        case "county":
            return _county(place) == _county(wanted)
    same = place.kind == wanted.kind and place.name == wanted.name
    return same and (place.county == wanted.county or not (place.county and wanted.county))


def _county(place: "Place") -> str:
    return place.name if place.kind == "county" else place.county
