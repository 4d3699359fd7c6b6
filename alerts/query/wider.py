"""Queries that ask less than a given one: its fields alone, and those by which near misses are found."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from alerts.query.facts import county_of
from alerts.query.query import Query
from alerts.query.syntax import (
    AllOf,
    AnyOf,
    Around,
    InOffice,
    InPlace,
    Near,
    Node,
    Phrase,
    Without,
    Word,
    wants_something,
)  # fmt: skip

_FARTHER = (2, 4)  # times the distance of near:


def asks_of_words(query: Query) -> bool:
    """Whether the title or the text of a document matter to a query."""
    return _asks_of_words(query.tree)


def fields_of(query: Query) -> Query | None:
    """What a query asks of the fields of a document, whatever its words are; None when that is nothing.

    Every document that fulfils the query fulfils this; where no words are asked for, the other way round as well.
    """
    node = _fields(query.tree)
    return None if node is None else Query("", node)


def widened(query: Query) -> Iterator[tuple[int, Query]]:
    """Queries that only stories fulfil which miss the given one by little, each with how far it goes, nearest first.

    One of its conditions is widened (a town to its county, then its state; a phrase to its words; words near each
    other to words anywhere) and at last left out; then two of them are. Never all: that everything lacks everything
    tells nothing.
    """
    parts = query.tree.nodes if isinstance(query.tree, AllOf) else (query.tree,)
    ladders = [(*_steps(part), None) for part in parts]
    for step in range(max(map(len, ladders), default=0)):
        for at, ladder in enumerate(ladders):
            if step < len(ladder):
                yield from _query(step + 1, [*_but(parts, at), ladder[step], _against(parts[at])])
    for first, second in combinations(range(len(parts)), 2):
        yield from _query(1 + max(map(len, ladders)), _but(parts, first, second))


def _query(step: int, nodes: Sequence[Node | None]) -> Iterator[tuple[int, Query]]:
    tree = AllOf(tuple(node for node in nodes if node is not None))
    if wants_something(tree):
        yield step, Query("", tree)


def _but(parts: Sequence[Node], *out: int) -> list[Node]:
    return [part for at, part in enumerate(parts) if at not in out]


def _against(node: Node) -> Node:
    return node.node if isinstance(node, Without) else Without(node)


def _steps(node: Node) -> list[Node]:
    """What asks for ever less than a node; [] when there is nothing between it and leaving it out."""
    match node:
        case Phrase():
            return _steps_of_phrase(node)
        case Near(sides):
            return [AllOf(tuple(side[0] if len(side) == 1 else AnyOf(side) for side in sides))]
        case InPlace():
            return _around_a_place(node)
        case Around(_, distance):
            return [replace(node, distance=distance * times) for times in _FARTHER]
        case InOffice(_, areas):
            states = frozenset((state, "") for state, _ in areas)
            return [replace(node, areas=states)] if states != areas else []
        case AnyOf(nodes):
            ladders = [_steps(part) for part in nodes]
            steps = range(max(map(len, ladders), default=0))
            return [
                AnyOf(tuple((ladder or [part])[min(step, max(len(ladder), 1) - 1)] for part, ladder in each))
                for step in steps
                if (each := tuple(zip(nodes, ladders, strict=True)))
            ]
    return []


def _steps_of_phrase(phrase: Phrase) -> list[Node]:
    """Anywhere instead of in the headline, printed in any way, and its words in any order."""
    ways: list[Node] = []
    if phrase.title:
        phrase = replace(phrase, title=False)
        ways.append(phrase)
    if any(word.exact for word in phrase.words):
        phrase = replace(phrase, words=tuple(replace(word, exact="") for word in phrase.words))
        ways.append(phrase)
    if len(phrase.words) > 1:
        ways.append(AllOf(tuple(Phrase((word,), _written(word)) for word in phrase.words)))
    return ways


def _written(word: Word) -> str:
    return word.wild or word.forms[0]


def _around_a_place(node: InPlace) -> list[Node]:
    """A town's county and state, a county's state."""
    from crawler.places import STATES, Place  # few searches are widened

    place, ways = node.place, list[Node]()
    if place.kind != "county" and (county := county_of(place)):
        wide = Place(county, "county", county, place.state)
        ways.append(InPlace(wide, str(wide)))
    if place.kind != "state":
        wide = Place(STATES[place.state], "state", "", place.state)
        ways.append(InPlace(wide, str(wide)))
    return ways


def _asks_of_words(node: Node) -> bool:
    match node:
        case Phrase() | Near():
            return True
        case AllOf(nodes) | AnyOf(nodes):
            return any(map(_asks_of_words, nodes))
        case Without(part):
            return _asks_of_words(part)
    return False


def _fields(node: Node) -> Node | None:
    match node:
        case Phrase() | Near():
            return None
        case AllOf(nodes):
            kept = tuple(part for each in nodes if (part := _fields(each)) is not None)
            return AllOf(kept) if kept else None
        case AnyOf(nodes):
            ways = tuple(part for each in nodes if (part := _fields(each)) is not None)
            return AnyOf(ways) if len(ways) == len(nodes) else None
        case Without(part):
            return None if _asks_of_words(part) else node
    return node
