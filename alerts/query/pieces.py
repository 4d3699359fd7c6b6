"""The pieces of a query of which one may ask what each brings: alternatives, and what is left out."""

from collections.abc import Iterator
from dataclasses import dataclass

from alerts.query.query import Query
from alerts.query.syntax import AllOf, AnyOf, Around, InOffice, InPlace, Node, Without

MOST_PIECES = 20


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece, by itself and with all else that the query asks for."""

    alone: Query
    within: Query  # what meets this has the piece, and but for it all that the query asks for
    leaves_out: bool  # then what meets `within` is kept out by it


def pieces_of(query: Query) -> tuple[Piece, ...]:
    """Each alternative, and each thing that is left out; what everything has to fulfil brings no story by itself."""
    parts = query.tree.nodes if isinstance(query.tree, AllOf) else (query.tree,)
    found = [piece for at, part in enumerate(parts) for piece in _pieces(part, (*parts[:at], *parts[at + 1 :]))]
    return tuple(found[:MOST_PIECES])


def states_of(query: Query) -> frozenset[str]:
    """The states (USPS codes) in which a query looks, as far as its places say; none = everywhere."""
    return frozenset(_states(query.tree))


def _pieces(part: Node, others: tuple[Node, ...]) -> Iterator[Piece]:
    match part:
        case AnyOf(nodes):
            for node in nodes:
                yield Piece(Query("", node), Query("", AllOf((*others, node))), leaves_out=False)
        case Without(node) if others:
            yield Piece(Query("", node), Query("", AllOf((*others, node))), leaves_out=True)


def _states(node: Node) -> Iterator[str]:
    match node:
        case AllOf(nodes) | AnyOf(nodes):
            for part in nodes:
                yield from _states(part)
        case InPlace(place):
            yield place.state
        case InOffice(_, areas):
            yield from (state for state, _ in areas)
        case Around(_, _, _, name):
            from crawler.places import shipped  # few ask

            if town := shipped().look_up(name):
                yield town.state
