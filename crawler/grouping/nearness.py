"""How far apart two reports are, in days and on the map."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from crawler.places import Place


# Chosen with dedup/dev and ice_pages/dev in view, as `tests.benchmarks.events` measures.
# What places add to a likeness or take from it, on the scale of a cosine.
_SAME_CITY = 0.1
SAME_COUNTY = 0.05
_OTHER_CITY = -0.2  # two towns of one county: however much of the headline is told
ELSEWHERE = -0.5

FAR_DAYS = 21  # a new story, however alike


_COUNTY = re.compile(r" (?:County|Parish|Borough)$")


class Dated(Protocol):
    """When and where something happened, as far as an article says it."""

    @property
    def published_at(self) -> datetime | None: ...
    @property
    def places(self) -> "tuple[Place, ...]": ...


class Headed(Dated, Protocol):
    """The same with its headline."""

    @property
    def title(self) -> str: ...


def contradict(a: Dated, b: Dated) -> bool:
    """Whether two reports are too far apart, in days or place, to tell of one event."""
    return days_apart(a, b) > FAR_DAYS or nearness(a.places, b.places) == ELSEWHERE


def each_names_another(a: Headed, text: str, b: Headed, other_text: str) -> bool:
    """Whether each headline names a town or county of its own of which the other report never speaks."""
    return _names_its_own(a, b, other_text) and _names_its_own(b, a, text)


def _names_its_own(a: Headed, b: Headed, other_text: str) -> bool:
    names = {_COUNTY.sub("", place.name) for place in a.places if place.kind != "state"}
    return any(name in a.title and name not in b.title and name not in other_text for name in names)


def nearness(a: "Sequence[Place]", b: "Sequence[Place]") -> float:
    """What the places say; 0 when one of them is not known, or too wide to tell."""
    if not a or not b:
        return 0.0
    cities, other_cities = ({(p.name, p.state) for p in places if p.kind == "city"} for places in (a, b))
    if cities & other_cities:
        return _SAME_CITY
    if {(p.county, p.state) for p in a if p.county} & {(p.county, p.state) for p in b if p.county}:
        return _OTHER_CITY if cities and other_cities else SAME_COUNTY
    if {p.kind for p in (*a, *b)} == {"county"}:
        return ELSEWHERE  # the sheriffs of two counties
    if (cities and other_cities) or not {p.state for p in a} & {p.state for p in b}:
        return ELSEWHERE
    return 0.0


def days_apart(a: Dated, b: Dated) -> float:
    """0 when one of the times is not known."""
    if a.published_at is None or b.published_at is None:
        return 0.0
    return abs((a.published_at - b.published_at).total_seconds()) / 86400
