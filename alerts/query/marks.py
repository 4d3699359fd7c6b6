"""What of a query stands in a passage, what every hit of it has, and how well a place fits it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from alerts.query.document import Document
from alerts.query.facts import holds, label_of, places_met
from alerts.query.query import Query
from alerts.query.reasons import find
from alerts.query.syntax import AllOf, AnyOf, Around, InOffice, InPlace, Near, Node, Phrase, Without, Word
from crawler.text import search_words

if TYPE_CHECKING:
    from crawler.places import Place

Span = tuple[int, int]  # characters: (first, past the last)


def spans_in(query: Query, passage: str, places: "Sequence[Place]" = ()) -> tuple[Span, ...]:
    """Where a passage has what the query asks for: its words, and the names of those of a report's `places` it met.

    In order; those that touch or overlap are one.
    """
    document = _passage(passage, places)
    index = document.indexes[1]
    found: set[Span] = set()
    for node in _wanted(query.tree):
        for reason in find(node, document) or ():
            found.update(index.span(words) for words in reason.in_text)
            for place in reason.places:
                name = tuple(Word((word,)) for word in search_words(place.name))
                found.update(index.span(words) for words in index.find(name))
    return _joined(passage, sorted(found))


def always(query: Query) -> frozenset[str]:
    """The terms that each hit of a query has, by their `str()`: they tell nothing new to who knows what was asked."""
    nodes = query.tree.nodes if isinstance(query.tree, AllOf) else (query.tree,)
    leaves = [node for node in nodes if not isinstance(node, Near | Without | AllOf | AnyOf)]
    phrases = [side[0] for node in nodes if isinstance(node, Near) for side in node.sides if len(side) == 1]
    return frozenset(str(label_of(node)) for node in [*leaves, *phrases])


def place_fit(query: Query, places: "Sequence[Place]") -> int:
    """How well the places of a story (the one to show first) fit: 2 = the first is one that is asked for.

    1 = another one is; or no place is asked for, and it has one. 0 = it has none.
    """
    asked = [node for node in _wanted(query.tree) if isinstance(node, InPlace | InOffice | Around)]
    if not asked or not places:
        return int(bool(places))
    first = _passage("", places[:1])
    return (
        2 if any(holds(node, first) for node in asked) else int(any(places_met(n, _passage("", places)) for n in asked))
    )


def _passage(text: str, places: "Sequence[Place]") -> Document:
    return Document("", text, "", (), "", "", None, tuple(places))


def _wanted(node: Node) -> Iterator[Node]:
    """Its leaves that must or may be there: phrases, chains of them, fields."""
    match node:
        case AllOf(nodes) | AnyOf(nodes):
            for part in nodes:
                yield from _wanted(part)
        case Without() | Phrase(title=True):
            return
        case _:
            yield node


def _joined(passage: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, end in spans:
        if joined and not passage[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
