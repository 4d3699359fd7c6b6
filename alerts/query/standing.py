"""What a search stands on: words alone, or a place, a kind or an outlet that the story must have as well."""

from collections.abc import Iterable
from itertools import product

from alerts.query.query import Query
from alerts.query.syntax import AllOf, AnyOf, Around, Fact, InOffice, InPlace, Near, Node, Phrase, Without

# One way to meet a query: (it looks for words, it wants a place, a kind or an outlet).
_Way = tuple[bool, bool]
_NOTHING: _Way = (False, False)


def stands_on_words(query: Query) -> bool:
    """Whether a story can meet it by words alone, as one would search for a person; a day or a language is nothing.

    Each alternative counts by itself, and a word that is left out twice is looked for. A query without a word to
    look for is about nobody.
    """
    return (True, False) in _ways(query.tree, wanted=True)


def _ways(node: Node, wanted: bool) -> frozenset[_Way]:
    """The ways to meet a node, or (not wanted) to miss it; at most four, so no query costs more than its length."""
    match node:
        case Without(part):
            return _ways(part, not wanted)
        case AllOf(nodes):
            ways = [_ways(part, wanted) for part in nodes]
            return _together(ways) if wanted else frozenset().union(*ways)
        case AnyOf(nodes):
            ways = [_ways(part, wanted) for part in nodes]
            return frozenset().union(*ways) if wanted else _together(ways)
    if not wanted:
        return frozenset({_NOTHING})
    match node:
        case Phrase() | Near():
            return frozenset({(True, False)})
        case InPlace() | Around() | InOffice() | Fact("kind" | "source"):
            return frozenset({(False, True)})
    return frozenset({_NOTHING})


def _together(parts: Iterable[frozenset[_Way]]) -> frozenset[_Way]:
    met = frozenset({_NOTHING})
    for ways in parts:
        met = frozenset((a[0] or b[0], a[1] or b[1]) for a, b in product(met, ways))
    return met
