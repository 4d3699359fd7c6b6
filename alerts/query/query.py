"""The keyword query: what a subscriber looks for, and whether a document holds it.

One matcher serves alerts, the preview, the archive search and the feeds, so they never disagree.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from alerts.query.fields import Field, PlaceLookup, is_inside
from alerts.query.grammar import QueryError, parse_tree
from alerts.query.syntax import AllOf, AnyOf, Near, Node, Phrase, Without
from alerts.query.wordindex import Word, WordIndex
from crawler.model import Why, as_written
from crawler.text import fold

if TYPE_CHECKING:
    from crawler.places import Place

__all__ = ["Document", "Hit", "Needed", "PlaceLookup", "Query", "QueryError", "parse"]

Range = tuple[int, int]


@dataclass(frozen=True)
class Document:
    """An article as a query sees it. Its words are indexed once, however many queries ask."""

    title: str
    text: str
    language: str
    kind: str
    source_id: str
    source_name: str
    published_at: datetime | None
    places: "tuple[Place, ...]"

    @cached_property
    def indexes(self) -> tuple[WordIndex, WordIndex]:
        """Of the title and of the text."""
        return WordIndex(self.title), WordIndex(self.text)


@dataclass(frozen=True, slots=True)
class Hit:
    """Why a document matched."""

    terms: tuple[Why, ...]  # what of the query was found: its words as a reader would say them, its fields
    spans: tuple[Range, ...]  # characters of Document.text, in order; () when only fields or the title matched
    in_title: bool


@dataclass(frozen=True, slots=True)
class Needed:
    """Words one after another that a full-text index is asked for; `prefix` goes for the last word."""

    words: tuple[str, ...]
    prefix: bool


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for. Made by `parse`."""

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
        )

    def needed(self) -> tuple[tuple[Needed, ...], ...]:
        """Clauses that every matching document fulfils, each by at least one of its alternatives.

        The other way round does not hold: this is the question to a full-text index of folded letters and
        digits, and `match` then decides. () when words alone cannot narrow the search.
        """
        return _clauses(self.tree)


def parse(text: str, places: PlaceLookup) -> Query:
    """Read a query; an empty text is a query that everything matches. Raises QueryError and nothing else."""
    return Query(text, parse_tree(text, places))


@dataclass(frozen=True, slots=True)
class _Found:
    label: Why
    in_title: Sequence[Range] = ()
    in_text: Sequence[Range] = ()


def _find(node: Node, document: Document) -> list[_Found] | None:
    """What was found of a node, or None when the document does not fulfil it."""
    match node:
        case Phrase(words, label):
            title, text = document.indexes
            found = _Found(as_written(label), title.find(words), text.find(words))
            return [found] if found.in_title or found.in_text else None
        case Field():
            return [_Found(node.label)] if _holds(node, document) else None
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


def _holds(field: Field, document: Document) -> bool:
    if field.place:
        return any(is_inside(place, field.place) for place in document.places)
    match field.name:
        case "source":
            return field.value in (fold(document.source_id), fold(document.source_name))
        case "lang":
            return field.value == fold(document.language).partition("-")[0]
    return field.value == fold(document.kind)


def _find_near(near: Near, document: Document) -> list[_Found] | None:
    title, text = document.indexes
    found = []
    for side, title_ranges, text_ranges in zip(near.sides, _chain(near, title), _chain(near, text), strict=True):
        for phrase in side:
            in_title = [words for words in title.find(phrase.words) if words in title_ranges]
            in_text = [words for words in text.find(phrase.words) if words in text_ranges]
            if in_title or in_text:
                found.append(_Found(as_written(phrase.label), in_title, in_text))
    return found or None


def _chain(near: Near, index: WordIndex) -> list[set[Range]]:
    """The ranges of each side that belong to a chain through all sides; all empty when there is none."""
    sides = [sorted({words for phrase in side for words in index.find(phrase.words)}) for side in near.sides]
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
            return ((_needed(words),),)
        case Near(sides):
            return tuple(tuple(_needed(phrase.words) for phrase in side) for side in sides)
        case AllOf(nodes):
            return tuple(clause for part in nodes for clause in _clauses(part))
        case AnyOf(nodes):
            # Of each alternative its narrowest clause: the fewest ways, then the longest words.
            ways = [min(_clauses(part), key=_width, default=()) for part in nodes]
            return (tuple(needed for way in ways for needed in way),) if all(ways) else ()
    return ()


def _width(clause: tuple[Needed, ...]) -> tuple[int, int]:
    return len(clause), -min(len("".join(needed.words)) for needed in clause)


def _needed(words: Sequence[Word]) -> Needed:
    """Up to the first star, because an index knows a prefix only at the end of a phrase."""
    end = next((i for i, word in enumerate(words, 1) if word.prefix), len(words))
    return Needed(tuple(word.folded for word in words[:end]), words[end - 1].prefix)
