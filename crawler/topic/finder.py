"""The one pattern that finds every term of a topic in a text, however many there are."""

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Generic, Protocol, TypeVar

from crawler.text import fold
from crawler.topic.bare_word import BareWord

_SPACE = r"(?:'s)?[\s\-‐-—]{1,3}"  # between two words of a term
_END = r"(?!\w)"
_LEAF = _END + "()"  # its number tells the term


class TermSet(Protocol):
    """Terms of one meaning. Of two sets with one term, that of the role "sense" is found."""

    @property
    def role(self) -> str: ...
    @property
    def terms(self) -> tuple[str, ...]: ...


T = TypeVar("T", bound=TermSet)


def expand(written: str) -> Iterator[str]:
    """The terms that one line of the file stands for: "a|b c" is "a c" and "b c"."""
    return (" ".join(chosen) for chosen in product(*(word.split("|") for word in written.split())))


# A node of the tree of terms: character → node; "" → number of the leaf.
_Node = dict[str, Any]


class TermFinder(Generic[T]):
    """Finds every term in a text. At one place the longest term wins."""

    def __init__(self, groups: Sequence[T], bare: BareWord) -> None:
        self._bare = bare
        self._leaves: list[tuple[T, bool]] = []
        tree: _Node = {}
        # The everyday meanings come first, so that "ICE CREAM" is theirs.
        for group in sorted(groups, key=lambda g: g.role != "sense"):
            for term in (expanded for written in group.terms for expanded in expand(written)):
                for spelled in self._spellings(term, group.role == "sense"):
                    self._plant(tree, spelled, group, bare.word in term.split())
        self._order: list[int] = []
        named = r"(?<!\w)" + _branches(tree, self._order)
        self._namer = re.compile(named)
        # Without its capturing groups the pattern searches three times faster.
        self._finder = re.compile(named.replace(_LEAF, _END))

    def _plant(self, tree: _Node, spelled: str, group: T, capital: bool) -> None:
        for character in spelled:
            tree = tree.setdefault(character, {})
        if "" not in tree:
            tree[""] = len(self._leaves)
            self._leaves.append((group, capital))

    def _spellings(self, term: str, everyday: bool) -> Iterator[str]:
        """A term as marked and folded text spells it."""
        choices = [tuple(self._bare.spellings(word, everyday)) or (fold(word),) for word in term.split()]
        return (" ".join(chosen) for chosen in product(*choices))

    def find(self, text: str) -> Iterator[tuple[str, T, bool]]:
        """(what is found in a text, its group, whether the term has the bare word in capitals), from left to right."""
        text = fold(self._bare.mark(text))
        for found in self._finder.finditer(text):
            named = self._namer.match(text, found.start())
            if named and named.lastindex:
                yield found.group(), *self._leaves[self._order[named.lastindex - 1]]


def _branches(node: _Node, order: list[int]) -> str:
    """The pattern of a node, longer terms first; order receives the leaves as their groups are numbered."""
    parts = []
    for character in sorted(node, key=lambda c: (c == "*", c == "", c)):
        if character == "":
            order.append(node[""])
            parts.append(_LEAF)
        else:
            own = {" ": _SPACE, "*": r"\w*"}.get(character, re.escape(character))
            parts.append(own + _branches(node[character], order))
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
