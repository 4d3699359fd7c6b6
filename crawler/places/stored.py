"""Places as a verdict stores them."""

from collections.abc import Iterable, Mapping
from typing import Any

from crawler.model import Verdict
from crawler.places.gazetteer import Place


def places_of(verdict: Verdict) -> tuple[Place, ...]:
    """The places of a stored verdict, best first."""
    return places_from(verdict.places)


def said_of(verdict: Verdict) -> tuple[tuple[str, ...], ...]:
    """Of each place of a stored verdict the sentences that say it, best first; () when an old one kept but one."""
    if not all("further" in place for place in verdict.places):
        return ()
    return tuple((place["sentence"], *place["further"]) for place in verdict.places)


def places_from(stored: Iterable[Mapping[str, Any]]) -> tuple[Place, ...]:
    """The same of what `Verdict.places` holds."""
    return tuple(Place(p["name"], p["kind"], p["county"], p["state"]) for p in stored)
