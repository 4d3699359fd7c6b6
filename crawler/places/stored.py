"""Places as a verdict stores them. Only those of the event are the story's; an old verdict kept no others."""

from collections.abc import Iterable, Mapping
from typing import Any

from crawler.model import Verdict
from crawler.places.place import Place


def places_of(verdict: Verdict) -> tuple[Place, ...]:
    """The places of the event of a stored verdict, best first."""
    return places_from(verdict.places)


def said_of(verdict: Verdict) -> tuple[tuple[str, ...], ...]:
    """Of each of places_of() the sentences that say it, best first; () when an old one kept but one."""
    events = _events(verdict.places)
    if not all("further" in place for place in events):
        return ()
    return tuple((place["sentence"], *place["further"]) for place in events)


def places_from(stored: Iterable[Mapping[str, Any]]) -> tuple[Place, ...]:
    """The same of what `Verdict.places` holds."""
    return tuple(Place(p["name"], p["kind"], p["county"], p["state"]) for p in _events(stored))


def _events(stored: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [place for place in stored if place.get("role", "event") == "event"]
