"""Whether a document fulfils a field, and how a reader is told that it did."""

from collections.abc import Iterator
from datetime import UTC
from math import dist
from typing import TYPE_CHECKING

from alerts.query.document import Document
from alerts.query.syntax import Around, Fact, Field, InOffice, InPlace, Phrase, Published
from crawler.model import Code, Why, as_written, because
from crawler.text import fold

if TYPE_CHECKING:
    from crawler.places import Place

_FACTS: dict[str, Code] = {"source": "term_source", "lang": "term_language", "kind": "term_kind"}


def holds(field: Field, document: Document) -> bool:
    """Whether a document fulfils a field."""
    match field:
        case Around():
            return is_near(field, document)
        case InPlace() | InOffice():
            return any(_fitting(field, document))
        case Published(first, last):
            day = document.published_at and document.published_at.astimezone(UTC).date()
            return bool(day and (first is None or first <= day) and (last is None or day <= last))
        case Fact("source", value):
            return value in (fold(document.source_id), fold(document.source_name))
        case Fact("lang", value):
            return value == fold(document.language).partition("-")[0]
    return field.value in map(fold, document.kinds)


def is_near(around: Around, document: Document) -> bool:
    """Whether one of its towns or counties is at most so far from there."""
    return any([dist(around.spot, spot) <= around.reach for spot in document.spots])  # noqa: C419  a list is quicker


def places_met(field: Field, document: Document) -> "tuple[Place, ...]":
    """The places of a document by which it fulfils a field; () for one that asks for no place."""
    return tuple(_fitting(field, document)) if isinstance(field, InPlace | InOffice | Around) else ()


def _fitting(field: InPlace | InOffice | Around, document: Document) -> "Iterator[Place]":
    match field:
        case InPlace(wanted):
            return (place for place in document.places if is_inside(place, wanted))
        case InOffice(_, areas):
            return (p for p in document.places if (p.state, "") in areas or (p.state, county_of(p)) in areas)
    return (place for place, spot in document.pointed if dist(field.spot, spot) <= field.reach)


def is_inside(place: "Place", wanted: "Place") -> bool:
    """Whether `place` is `wanted` or lies in it."""
    if place.state != wanted.state:
        return False
    match wanted.kind:
        case "state":
            return True
        case "county":
            return county_of(place) == county_of(wanted)
    same = place.kind == wanted.kind and (place.name == wanted.name or _same_name(place, wanted))
    return same and (place.county == wanted.county or not (place.county and wanted.county))


def county_of(place: "Place") -> str:
    """The county that a place is or lies in; "" when it is a state, or a city that lies in none."""
    return place.name if place.kind == "county" else place.county


def _same_name(place: "Place", wanted: "Place") -> bool:
    """One town under two spellings, as an older icewire kept it: "Mc Farland", "McFarland"."""
    from crawler.places import squeezed

    return squeezed(place.name) == squeezed(wanted.name)


def label_of(node: Phrase | Field) -> Why:
    """As a reader is told that it was found."""
    match node:
        case Phrase(title=in_title):
            return because("term_title", words=node.label) if in_title else as_written(node.label)
        case InPlace(place):
            return because("term_place", place=str(place))
        case Around(_, distance, unit, name):
            return because("term_near", distance=f"{distance:g}", unit=unit, place=name)
        case InOffice(office):
            return because("term_office", office=office)
        case Published(first, last):
            return because("term_published", first=first and first.isoformat(), last=last and last.isoformat())
    return because(_FACTS[node.name], value=node.value)
