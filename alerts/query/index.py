"""All searches at once: which of them a document meets, without asking each.

A search is a conjunction of parts. It is filed under the keys of its rarest part, so that a document only asks those
that it shares a key with, and each part that several searches have is asked once a document. The idea is that of
percolators (Lucene Monitor, formerly Luwak): here it is exact, as `Query.match` says what is met.

Searches and parts have numbers, and what is asked of each search lies in arrays: a hundred thousand objects, spread
over the memory, would take longer to reach than to ask.
"""

from array import array
from collections.abc import Collection, Iterable, MutableSequence, Sequence
from itertools import chain
from typing import TypeVar

from alerts.query.document import Document
from alerts.query.filing import Filing, filing_of
from alerts.query.keys import Key, keys_of_fields
from alerts.query.query import Query
from alerts.query.reasons import Hit, Reason, find, hit_of
from alerts.query.syntax import AllOf, AnyOf, Node, Phrase, Without
from alerts.query.truth import fulfils

_T = TypeVar("_T")

_ANY: Key = ("any",)  # of searches that need nothing that can be looked up: each document asks them

_EVERY = AllOf(())
_NOTHING = 0  # the part that every document fulfils
_UNASKED = 2  # of a part that may be True or False
_KEPT_APART = 2  # parts that a search asks lie in arrays; nearly none has more


class _Part:
    """A node of one or more searches."""

    __slots__ = ("node", "number", "share", "sure", "uses")

    def __init__(self, number: int, node: Node, filing: Filing) -> None:
        self.number, self.node, self.uses = number, node, 0
        self.share, self.sure = filing.share, filing.sure


class Search:
    """A distinct query, and who has it."""

    __slots__ = ("ids", "number", "parts")

    def __init__(self, number: int, parts: tuple[_Part, ...]) -> None:
        self.number, self.parts = number, parts
        self.ids: tuple[int, ...] = ()  # not a list: nearly all have one

    @property
    def keys(self) -> set[Key]:
        """What it is looked up by: the keys of its rarest part."""
        first = min(self.parts, key=_share, default=None)
        return set(filing_of(first.node).keys() if first else ()) or {_ANY}

    @property
    def asked(self) -> list[int]:
        """The parts that a document is asked for that has one of its keys, the rarest first."""
        parts = sorted(self.parts, key=_share)
        return [part.number for part in (parts[1:] if parts and parts[0].sure else parts)]


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
        self._by_key: dict[Key, array[int]] = {}  # the numbers of searches
        self._begun: dict[str, set[int]] = {}  # the first two letters of "detain*" → how long such beginnings are
        # By a part's number: its node or, as most want one of some words or none of them, these, and which of the two.
        self._asks: list[Node | tuple[str, ...]] = [_EVERY]
        self._unwanted = bytearray(1)
        # By a search's number: itself, the first parts that it asks, and the further ones of those that have more.
        self._numbered: list[Search | None] = []
        self._first, self._second = array("I"), array("I")
        self._more: dict[int, list[int]] = {}
        self._free_parts: list[int] = []
        self._free_searches: list[int] = []

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
        known = [self._parts.get(node) for node in nodes]
        # Before anything is kept: a search that cannot be filed leaves nothing behind.
        filings = [None if part else filing_of(node) for part, node in zip(known, nodes, strict=True)]
        parts = tuple([p or self._part(n, f) for p, n, f in zip(known, nodes, filings, strict=True)])
        search = self._searches.get(parts) or self._search(parts)
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
        for key in search.keys:
            self._by_key[key].remove(search.number)
            if not self._by_key[key]:
                del self._by_key[key]
        del self._searches[search.parts]
        self._numbered[search.number] = None
        self._more.pop(search.number, None)
        self._free_searches.append(search.number)
        for part in search.parts:
            part.uses -= 1
            if not part.uses:
                self._forget(part)

    def candidates(self, document: Document) -> set[Search]:
        """The searches that have a key in common with a document."""
        return {search for number in self._candidates(document) if (search := self._numbered[number])}

    def first_met(self, documents: Sequence[Document]) -> dict[Search, int]:
        """The searches that a story meets, each with the first of its documents that does."""
        first: dict[int, int] = {}
        for index, document in enumerate(documents):
            first.update(dict.fromkeys(self._met(document, first), index))
        return {search: index for number, index in first.items() if (search := self._numbered[number])}

    def met_by(self, document: Document) -> list[Search]:
        """The searches that a document meets, in no order."""
        return [search for number in self._met(document) if (search := self._numbered[number])]

    def _met(self, document: Document, known: Collection[int] = ()) -> list[int]:
        """The searches that a document meets, but for those that are known to meet its story."""
        states = bytearray([_UNASKED]) * len(self._asks)
        asks, first, second, more = self._asks, self._first, self._second, self._more
        lacks, unwanted = document.vocabulary.isdisjoint, self._unwanted

        def holds(part: int) -> bool:
            asked = asks[part]
            held = lacks(asked) == unwanted[part] if isinstance(asked, tuple) else fulfils(document, asked)
            states[part] = held
            return held

        met = []
        for search in self._candidates(document).difference(known):
            # Most searches ask one part, or fail at the first: this is run a thousand times a document.
            state = states[part := first[search]]
            if not (holds(part) if state == _UNASKED else state):
                continue
            state = states[part := second[search]]
            if not (holds(part) if state == _UNASKED else state):
                continue
            if search in more and not all(map(holds, more[search])):
                continue
            met.append(search)
        return met

    def _candidates(self, document: Document) -> set[int]:
        words = document.vocabulary
        pairs = [index.pairs for index in document.indexes]
        keys = chain((_ANY,), keys_of_fields(document), words, self._beginnings(words), *pairs)
        filed = array("I", b"".join([numbers for key in keys if (numbers := self._by_key.get(key))]))
        return set(filed)

    def _part(self, node: Node, filing: Filing | None) -> _Part:
        if part := self._parts.get(node):  # it stands twice in the query
            return part
        number = self._free_parts.pop() if self._free_parts else len(self._asks)
        unwanted = _forms_of(node.node) if isinstance(node, Without) else ()
        _set(self._asks, number, unwanted or _forms_of(node) or node)
        _set(self._unwanted, number, bool(unwanted))
        part = self._parts[node] = _Part(number, node, filing or filing_of(node))
        return part

    def _forget(self, part: _Part) -> None:
        del self._parts[part.node]
        self._asks[part.number] = _EVERY
        self._free_parts.append(part.number)

    def _search(self, parts: tuple[_Part, ...]) -> Search:
        number = self._free_searches.pop() if self._free_searches else len(self._numbered)
        search = self._searches[parts] = Search(number, parts)
        one, other, *more = *search.asked, _NOTHING, _NOTHING
        _set(self._numbered, number, search)
        _set(self._first, number, one)
        _set(self._second, number, other)
        if more := more[:-_KEPT_APART]:
            self._more[number] = more
        for key in search.keys:
            self._by_key.setdefault(key, array("I")).append(number)
            if isinstance(key, str) and key.endswith("*"):
                self._begun.setdefault(key[:2], set()).add(len(key) - 1)
        for part in parts:
            part.uses += 1
        return search

    def _beginnings(self, words: Iterable[str]) -> set[str]:
        """What a search may have with a star that one of these words begins with."""
        begun = self._begun.get
        return {f"{word[:length]}*" for word in words if (lengths := begun(word[:2])) for length in lengths}


def _set(row: "MutableSequence[_T]", number: int, value: _T) -> None:
    """Give a number its value; the next number makes the row longer."""
    if number == len(row):
        row.append(value)
    else:
        row[number] = value


def _forms_of(node: Node) -> tuple[str, ...]:
    """The words of which a node wants one and nothing else; () when it wants something else."""
    if isinstance(node, AnyOf):
        each = [_forms_of(part) for part in node.nodes]
        return tuple(form for forms in each for form in forms) if all(each) else ()
    return node.forms if isinstance(node, Phrase) else ()


def _share(part: _Part) -> float:
    return part.share
