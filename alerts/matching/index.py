"""All searches at once: which of them a document meets, without asking each.

A search is a conjunction of nodes. It is filed under the keys of its rarest clause, so that a document only asks those
that it shares a key with, and each node that several searches have is asked once a document. The idea is that of
percolators (Lucene Monitor, formerly Luwak): here it is exact, as `Query.match` says what is met.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from alerts.matching.keys import Key, keys_of, keys_of_fields
from alerts.query import Document, Query
from alerts.query.clauses import clauses_of, rarest, share_of
from alerts.query.syntax import AllOf, Node
from alerts.query.truth import fulfils


_ANY: Key = ("any",)  # of searches that need nothing that can be looked up: each document asks them


class _Part:
    """A node of one or more searches, the same object in all of them."""

    __slots__ = ("node", "uses")

    def __init__(self, node: Node) -> None:
        self.node, self.uses = node, 0


class Search:
    """A distinct query, and who has it."""

    __slots__ = ("ids", "parts")

    def __init__(self, parts: tuple[_Part, ...]) -> None:
        self.parts = parts
        self.ids: list[int] = []

    @property
    def query(self) -> Query:
        """As a value that says why it is met."""
        return Query("", _joined(self.parts))


class SearchIndex:
    """Searches by an id of the caller's; adding or dropping one costs the same however many there are."""

    def __init__(self) -> None:
        self._parts: dict[Node, _Part] = {}
        self._searches: dict[tuple[_Part, ...], Search] = {}
        self._by_id: dict[int, Search] = {}
        self._by_key: dict[Key, list[Search]] = {}
        self._begun: dict[str, set[int]] = {}  # the first letters of what "detain*" begins with → its lengths

    def __len__(self) -> int:
        return len(self._by_id)

    @property
    def distinct(self) -> int:
        """How many different queries there are."""
        return len(self._searches)

    @property
    def nodes(self) -> int:
        """How many different parts they have."""
        return len(self._parts)

    def put(self, number: int, query: Query) -> None:
        """Add a search, or give it another query."""
        self.drop(number)
        nodes = query.tree.nodes if isinstance(query.tree, AllOf) else (query.tree,)
        parts = tuple([self._parts.setdefault(node, _Part(node)) for node in nodes])
        search = self._searches.get(parts)
        if search is None:
            search = self._searches[parts] = Search(parts)
            for part in parts:
                part.uses += 1
            for key in self._keys_of(search):
                self._by_key.setdefault(key, []).append(search)
        search.ids.append(number)
        self._by_id[number] = search

    def drop(self, number: int) -> None:
        """Leave a search out from now on; one that is not there is no mistake."""
        search = self._by_id.pop(number, None)
        if search is None:
            return
        search.ids.remove(number)
        if search.ids:
            return
        for key in self._keys_of(search):
            self._by_key[key].remove(search)
            if not self._by_key[key]:
                del self._by_key[key]
        del self._searches[search.parts]
        for part in search.parts:
            part.uses -= 1
            if not part.uses:
                self._parts.pop(part.node, None)

    def candidates(self, document: Document) -> set[Search]:
        """The searches that have a key in common with a document."""
        words = set().union(*(index.vocabulary for index in document.indexes))
        keys = chain((_ANY,), keys_of_fields(document), words, self._beginnings(words))
        return set().union(*(self._by_key.get(key, ()) for key in keys))

    def met_by(self, document: Document) -> Iterator[Search]:
        """The searches that a document meets, in no order."""
        known: dict[_Part, bool] = {}
        for search in self.candidates(document):
            for part in search.parts:
                if (held := known.get(part)) is None:
                    held = known[part] = fulfils(document, part.node)
                if not held:
                    break
            else:
                yield search

    def _keys_of(self, search: Search) -> set[Key]:
        """What a search is filed under."""
        clause = rarest(clauses_of(_joined(search.parts), share_of), share_of)
        keys = {key for atom in clause for key in keys_of(atom)} or {_ANY}
        for key in keys:
            if isinstance(key, str) and key.endswith("*"):
                self._begun.setdefault(key[:-1][:2], set()).add(len(key) - 1)
        return keys

    def _beginnings(self, words: Iterable[str]) -> set[str]:
        """What a search may have with a star that one of these words begins with."""
        begun = self._begun
        found = set()
        for word in words:
            for head in (word[:1], word[:2]):
                for length in begun.get(head, ()):
                    found.add(f"{word[:length]}*")
        return found


def _joined(parts: tuple[_Part, ...]) -> Node:
    return parts[0].node if len(parts) == 1 else AllOf(tuple(part.node for part in parts))
