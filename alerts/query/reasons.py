"""Why a document fulfils a query."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from alerts.query.document import Document
from alerts.query.facts import holds, label_of, places_met
from alerts.query.near import TEXT, TITLE, Range, chain, ranges
from alerts.query.syntax import AllOf, AnyOf, Near, Node, Phrase, Without
from crawler.model import Why

if TYPE_CHECKING:
    from crawler.places import Place


@dataclass(frozen=True, slots=True)
class Hit:
    """Why a document matched."""

    terms: tuple[Why, ...]  # what of the query was found: its words as a reader would say them, its fields
    spans: tuple[Range, ...]  # characters of Document.text, in order; () when only fields or the title matched
    in_title: bool
    places: "tuple[Place, ...]" = ()  # of the document: those by which it matched, in its order


@dataclass(frozen=True, slots=True)
class Reason:
    """Something of a query that a document has, and where."""

    label: Why
    in_title: Sequence[Range] = ()
    in_text: Sequence[Range] = ()
    places: "Sequence[Place]" = ()


def find(node: Node, document: Document) -> list[Reason] | None:
    """What was found of a node, or None when the document does not fulfil it."""
    match node:
        case Phrase():
            title, text = (ranges(node, document, where) for where in (TITLE, TEXT))
            return [Reason(label_of(node), title, text)] if title or text else None
        case AllOf(nodes):
            together: list[Reason] = []
            for part in nodes:
                terms = find(part, document)
                if terms is None:
                    return None
                together += terms
            return together
        case AnyOf(nodes):
            held = [terms for part in nodes if (terms := find(part, document)) is not None]
            return [term for terms in held for term in terms] if held else None
        case Without(part):
            return [] if find(part, document) is None else None
        case Near():
            return _find_near(node, document)
    return [Reason(label_of(node), places=places_met(node, document))] if holds(node, document) else None


def _find_near(near: Near, document: Document) -> list[Reason] | None:
    found = []
    chains = [chain(near, document, where) for where in (TITLE, TEXT)]
    for i, side in enumerate(near.sides):
        for phrase in side:
            title, text = (
                [words for words in ranges(phrase, document, where) if words in chains[where][i]]
                for where in (TITLE, TEXT)
            )
            if title or text:
                found.append(Reason(label_of(phrase), title, text))
    return found or None


def hit_of(found: Sequence[Reason], document: Document) -> Hit:
    """The reasons as one value."""
    text = document.indexes[TEXT]
    places = {place for reason in found for place in reason.places}
    return Hit(
        terms=tuple({str(reason.label): reason.label for reason in found}.values()),
        spans=tuple(sorted({text.span(words) for reason in found for words in reason.in_text})),
        in_title=any(reason.in_title for reason in found),
        places=tuple(place for place in document.places if place in places),
    )
