"""The keyword query: what a subscriber looks for, and whether a document holds it.

One matcher serves alerts, the preview, the archive search and the feeds, so they never disagree.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from alerts.query.document import Document
from alerts.query.facts import holds, label_of, places_met
from alerts.query.fields import Asking, PlaceLookup
from alerts.query.grammar import parse_tree
from alerts.query.printing import printed_query
from alerts.query.syntax import AllOf, AnyOf, Near, Node, Phrase, Without, Word
from alerts.query.tokens import QueryError
from crawler.model import Why

if TYPE_CHECKING:
    from crawler.places import Place

__all__ = ["Document", "Hit", "Needed", "PlaceLookup", "Query", "QueryError", "parse"]

Range = tuple[int, int]


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
        return _clauses(self.tree)


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
            title, text = (_ranges(node, document, where) for where in (0, 1))
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


def _ranges(phrase: Phrase, document: Document, where: int) -> list[Range]:
    """Where a phrase stands in the title (0) or the text (1)."""
    return [] if where and phrase.title else document.indexes[where].find(phrase.words)


def _find_near(near: Near, document: Document) -> list[_Found] | None:
    found = []
    chains = [_chain(near, document, where) for where in (0, 1)]
    for i, side in enumerate(near.sides):
        for phrase in side:
            title, text = (
                [words for words in _ranges(phrase, document, where) if words in chains[where][i]] for where in (0, 1)
            )
            if title or text:
                found.append(_Found(label_of(phrase), title, text))
    return found or None


def _chain(near: Near, document: Document, where: int) -> list[set[Range]]:
    """The ranges of each side that belong to a chain through all sides; all empty when there is none."""
    sides = [sorted({words for phrase in side for words in _ranges(phrase, document, where)}) for side in near.sides]
    for i, gap in enumerate(near.gaps):
        sides[i + 1] = _close(sides[i + 1], sides[i], gap)
    for i, gap in reversed(list(enumerate(near.gaps))):
        sides[i] = _close(sides[i], sides[i + 1], gap)
    return [set(side) for side in sides]


def _close(ranges: list[Range], others: list[Range], gap: int) -> list[Range]:
    """The ranges with at most `gap` words between them and one of the others; an overlap is not near."""
    starts = [start for start, _ in others]
    ends = sorted(end for _, end in others)

    def some(values: list[int], low: int, high: int) -> bool:
        at = bisect_left(values, low)
        return at < len(values) and values[at] <= high

    return [(start, end) for start, end in ranges if some(starts, end, end + gap) or some(ends, start - gap, start)]


def _clauses(node: Node) -> tuple[tuple[Needed, ...], ...]:
    match node:
        case Phrase(words):
            return (_needed(words),)
        case Near(sides):
            return tuple(tuple(needed for phrase in side for needed in _needed(phrase.words)) for side in sides)
        case AllOf(nodes):
            return tuple(clause for part in nodes for clause in _clauses(part))
        case AnyOf(nodes):
            # Of each alternative its narrowest clause: the longest words, then the fewest ways.
            ways = [min(_clauses(part), key=_width, default=()) for part in nodes]
            return (tuple(needed for way in ways for needed in way),) if all(ways) else ()
    return ()


def _width(clause: tuple[Needed, ...]) -> tuple[int, int]:
    return -min(len("".join(needed.words)) for needed in clause), len(clause)


def _needed(words: Sequence[Word]) -> tuple[Needed, ...]:
    """The ways to fulfil a phrase, up to its first star: an index knows a prefix only at the end of a phrase."""
    end = next((i for i, word in enumerate(words, 1) if word.wild), len(words))
    ways: list[tuple[str, ...]] = [()]
    for word in words[:end]:
        ways = [(*way, form) for way in ways for form in (word.forms or (word.prefix,))]
    return tuple(Needed(way, bool(words[end - 1].wild)) for way in ways)
