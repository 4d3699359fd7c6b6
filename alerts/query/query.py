"""The keyword query: what a subscriber looks for, and whether a document holds it.

One matcher serves alerts, the preview, the archive search and the feeds, so they never disagree.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from alerts.query.clauses import Atom, clauses_of, share_of
from alerts.query.document import Document
from alerts.query.facts import holds, label_of, places_met
from alerts.query.fields import Asking, PlaceLookup
from alerts.query.grammar import parse_tree
from alerts.query.near import TEXT, TITLE, Range, chain, ranges
from alerts.query.printing import printed_query
from alerts.query.syntax import AllOf, AnyOf, Near, Node, Phrase, Without, Word
from alerts.query.tokens import QueryError
from crawler.model import Why

if TYPE_CHECKING:
    from crawler.places import Place

__all__ = ["Document", "Hit", "Needed", "PlaceLookup", "Query", "QueryError", "parse"]


@dataclass(frozen=True, slots=True)
class Hit:
    """Why a document matched."""

    terms: tuple[Why, ...]  # what of the query was found: its words as a reader would say them, its fields
    spans: tuple[Range, ...]  # characters of Document.text, in order; () when only fields or the title matched
    in_title: bool
    places: "tuple[Place, ...]" = ()  # of the document: those by which it matched, in its order


@dataclass(frozen=True, slots=True)
class Needed:
    """Words one after another that a full-text index is asked for; `prefix` goes for the last word."""

    words: tuple[str, ...]
    prefix: bool


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for. Made by `parse`; its tree is a value, equal when two ask the same in the same words."""

    text: str  # as written
    tree: Node

    def match(self, document: Document) -> Hit | None:
        """Why the document matches, or None. Never raises."""
        found = _find(self.tree, document)
        if found is None:
            return None
        text = document.indexes[1]
        return Hit(
            terms=tuple({str(term.label): term.label for term in found}.values()),
            spans=tuple(sorted({text.span(words) for term in found for words in term.in_text})),
            in_title=any(term.in_title for term in found),
            places=tuple(place for place in document.places if any(place in term.places for term in found)),
        )

    @property
    def canonical(self) -> str:
        """The query in its one spelling, which is read as the same tree again; days are dates in it."""
        return printed_query(self.tree)

    def needed(self) -> tuple[tuple[Needed, ...], ...]:
        """Clauses that every matching document fulfils, each by at least one of its alternatives.

        The other way round does not hold: this is the question to a full-text index of folded letters and
        digits, and `match` then decides. () when words alone cannot narrow the search.
        """
        clauses = clauses_of(self.tree, _share_of_words)
        return tuple(
            tuple(needed for atom in clause if isinstance(atom, Phrase) for needed in _needed(atom.words))
            for clause in clauses
        )


def parse(text: str, places: PlaceLookup, sources: Mapping[str, str] | None = None, today: date | None = None) -> Query:
    """Read a query; an empty text is a query that everything matches. Raises QueryError and nothing else.

    With `sources` (id → name), an outlet that is none of them is a mistake: for who writes a query, not for one that
    was kept and outlives an outlet. Without `today`, days are to be written as dates: "since:7d" would mean another
    day each day.
    """
    return Query(text, parse_tree(text, Asking(places, sources, today)))


@dataclass(frozen=True, slots=True)
class _Found:
    label: Why
    in_title: Sequence[Range] = ()
    in_text: Sequence[Range] = ()
    places: "Sequence[Place]" = ()


def _find(node: Node, document: Document) -> list[_Found] | None:
    """What was found of a node, or None when the document does not fulfil it."""
    match node:
        case Phrase():
            title, text = (ranges(node, document, where) for where in (TITLE, TEXT))
            return [_Found(label_of(node), title, text)] if title or text else None
        case AllOf(nodes):
            together: list[_Found] = []
            for part in nodes:
                terms = _find(part, document)
                if terms is None:
                    return None
                together += terms
            return together
        case AnyOf(nodes):
            held = [terms for part in nodes if (terms := _find(part, document)) is not None]
            return [term for terms in held for term in terms] if held else None
        case Without(part):
            return [] if _find(part, document) is None else None
        case Near():
            return _find_near(node, document)
    return [_Found(label_of(node), places=places_met(node, document))] if holds(node, document) else None


def _find_near(near: Near, document: Document) -> list[_Found] | None:
    found = []
    chains = [chain(near, document, where) for where in (TITLE, TEXT)]
    for i, side in enumerate(near.sides):
        for phrase in side:
            title, text = (
                [words for words in ranges(phrase, document, where) if words in chains[where][i]]
                for where in (TITLE, TEXT)
            )
            if title or text:
                found.append(_Found(label_of(phrase), title, text))
    return found or None


def _share_of_words(atom: Atom) -> float | None:
    """A full-text index knows words and no fields."""
    return share_of(atom) if isinstance(atom, Phrase) else None


def _needed(words: Sequence[Word]) -> tuple[Needed, ...]:
    """The ways to fulfil a phrase, up to its first star: an index knows a prefix only at the end of a phrase."""
    end = next((i for i, word in enumerate(words, 1) if word.wild), len(words))
    ways: list[tuple[str, ...]] = [()]
    for word in words[:end]:
        ways = [(*way, form) for way in ways for form in (word.forms or (word.prefix,))]
    return tuple(Needed(way, bool(words[end - 1].wild)) for way in ways)
