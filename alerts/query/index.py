"""All searches at once: which of them a document meets, without asking each.

A search is a conjunction of nodes. It is filed under the keys of its rarest clause, so that a document only asks those
that it shares a key with, and each node that several searches have is asked once a document. The idea is that of
percolators (Lucene Monitor, formerly Luwak): here it is exact, as `Query.match` says what is met.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import chain

from alerts.query.clauses import clauses_of, rarest, share_of
from alerts.query.document import Document
from alerts.query.keys import Key, keys_of, keys_of_fields
from alerts.query.query import Query
from alerts.query.reasons import Hit, Reason, find, hit_of
from alerts.query.syntax import AllOf, AnyOf, Node, Phrase, Without, Word
from alerts.query.truth import fulfils

_ANY: Key = ("any",)  # of searches that need nothing that can be looked up: each document asks them


class _Part:
    """A node of one or more searches, the same object in all of them."""

    __slots__ = ("absent", "forms", "node", "uses")

    def __init__(self, node: Node) -> None:
        self.node, self.uses = node, 0
        # What most nodes are: that one of some words stands anywhere, or none of them does.
        self.absent = isinstance(node, Without)
        self.forms = _forms_of(node.node if isinstance(node, Without) else node)


class Search:
    """A distinct query, and who has it."""

    __slots__ = ("asked", "ids", "parts")

    def __init__(self, parts: tuple[_Part, ...]) -> None:
        self.parts = parts
        self.asked = parts  # of a document that it is looked up for: without the part that it has for sure
        self.ids: tuple[int, ...] = ()  # not a list: nearly all have one


class Hits:
    """Why searches meet a story: each of their parts is asked once a document, however many searches have it."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._found: list[dict[_Part, list[Reason]]] = [{} for _ in documents]

    def of(self, search: Search, index: int) -> Hit:
        """Why a document that meets a search does; as `Query.match` says it."""
        document, known = self._documents[index], self._found[index]
        reasons: list[Reason] = []
        for part in search.parts:
            if (found := known.get(part)) is None:
                found = known[part] = find(part.node, document) or []
            reasons += found
        return hit_of(reasons, document)


class SearchIndex:
    """Searches by an id of the caller's; adding or dropping one costs the same however many there are."""

    def __init__(self) -> None:
        self._parts: dict[Node, _Part] = {}
        self._searches: dict[tuple[_Part, ...], Search] = {}
        self._by_id: dict[int, Search] = {}
        self._by_key: dict[Key, list[Search]] = {}
        self._begun: dict[str, set[int]] = {}  # the first two letters of "detain*" → how long such beginnings are

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
        parts = tuple([self._parts.get(node) or self._parts.setdefault(node, _Part(node)) for node in nodes])
        search = self._searches.get(parts)
        if search is None:
            search = Search(parts)
            keys = self._file(search)  # before anything is kept: a search that cannot be filed leaves nothing behind
            self._searches[parts] = search
            for part in parts:
                part.uses += 1
            for key in keys:
                self._by_key.setdefault(key, []).append(search)
        search.ids += (number,)
        self._by_id[number] = search

    def drop(self, number: int) -> None:
        """Leave a search out from now on; one that is not there is no mistake."""
        search = self._by_id.pop(number, None)
        if search is None:
            return
        search.ids = tuple([each for each in search.ids if each != number])
        if search.ids:
            return
        for key in self._file(search):
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
        words = document.vocabulary
        pairs = (index.pairs for index in document.indexes)
        keys = chain((_ANY,), keys_of_fields(document), words, self._beginnings(words), *pairs)
        return set().union(*[bucket for key in keys if (bucket := self._by_key.get(key))])

    def first_met(self, documents: Sequence[Document]) -> dict[Search, int]:
        """The searches that a story meets, each with the first of its documents that does."""
        first: dict[Search, int] = {}
        for index, document in enumerate(documents):
            first.update(dict.fromkeys(self.met_by(document, first), index))
        return first

    def met_by(self, document: Document, known_to: Collection[Search] = ()) -> list[Search]:
        """The searches that a document meets, but for those that are known to meet its story; in no order."""
        known: dict[_Part, bool] = {}
        asked, lacks = known.get, document.vocabulary.isdisjoint
        met = []
        for search in self.candidates(document).difference(known_to):
            for part in search.asked:
                held = asked(part)
                if held is None:
                    forms = part.forms
                    held = known[part] = (
                        lacks(forms) is part.absent if forms is not None else fulfils(document, part.node)
                    )
                if not held:
                    break
            else:
                met.append(search)
        return met

    def _file(self, search: Search) -> set[Key]:
        """What a search is filed under."""
        atoms = rarest(clauses_of(_joined(search.parts), share_of))
        keys = {key for atom in atoms for key in keys_of(atom)} or {_ANY}
        given = next((p for p in search.parts if p.forms and not p.absent and keys == set(p.forms)), None)
        if given:
            search.asked = tuple([part for part in search.parts if part is not given])
        for key in keys:
            if isinstance(key, str) and key.endswith("*"):
                self._begun.setdefault(key[:2], set()).add(len(key) - 1)
        return keys

    def _beginnings(self, words: Iterable[str]) -> set[str]:
        """What a search may have with a star that one of these words begins with."""
        begun = self._begun.get
        return {f"{word[:length]}*" for word in words if (lengths := begun(word[:2])) for length in lengths}


def _forms_of(node: Node) -> tuple[str, ...] | None:
    """The words of which a node wants one and nothing else; None when it wants something else."""
    match node:
        case Phrase((Word(forms, "", ""),), title=False):
            return forms
        case AnyOf(nodes):
            each = [_forms_of(part) for part in nodes]
            return None if None in each else tuple(form for forms in each for form in forms or ())
    return None


def _joined(parts: tuple[_Part, ...]) -> Node:
    return parts[0].node if len(parts) == 1 else AllOf(tuple(part.node for part in parts))
