"""The one pattern that finds every term of a topic in a text, however many there are."""

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Generic, Protocol, TypeVar

from crawler.text import fold

# What survives folding as one of these: ICE in capitals, in capitals among others, or spelled as a name; and US.
PLAIN, SHOUTED, NAMED, COUNTRY = "\ue000", "\ue001", "\ue002", "\ue003"
_MARKS = {PLAIN: "ICE", SHOUTED: "ICE", NAMED: "ICE", COUNTRY: "US"}
_MARK = re.compile(f"[{''.join(_MARKS)}]")
_CAPITALS = re.compile(r"(?<!\w)(?:I(?:CE|ce)|US)(?!\w)")
_CAPITALS_BEFORE = re.compile(r"(?<!\w)(?:[A-Z]{4,}|THE|ON|OFF|IN)[\s\-]+$")
_CAPITALS_AFTER = re.compile(r"[\s\-]+(?:[A-Z]{4,}|ON|IN|AT|IS)(?!\w)")
_FROZEN = re.compile(
    r"[\s\-]+(?:creams?|cubes?|pops?|hockey|rinks?|skat\w+|storms?|fish\w+|ages?|caps?|dams?|jams?|sculptur\w+|baths?|tea|box|pack|"
    r"machines?|sheets?|makers?|melt|time|cold)\b",
    re.IGNORECASE,
)
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


def mark(text: str) -> str:
    """The text with each ICE, Ice and US as one private character, so that its case survives folding."""
    if "ICE" not in text and "Ice" not in text and "US" not in text:
        return text
    shouted = text.upper() == text

    def marker(match: re.Match[str]) -> str:
        if match.group() == "US":
            return "US" if shouted else COUNTRY
        if _FROZEN.match(text, match.end()):
            return "ice"
        if match.group() == "Ice":
            return NAMED
        before = _CAPITALS_BEFORE.search(text, max(0, match.start() - 20), match.start())
        return SHOUTED if shouted or before or _CAPITALS_AFTER.match(text, match.end()) else PLAIN

    return _CAPITALS.sub(marker, text)


def unmark(text: str) -> str:
    """Marked text as a person reads it."""
    return _MARK.sub(lambda found: _MARKS[found.group()], text)


# A node of the tree of terms: character → node; "" → number of the leaf.
_Node = dict[str, Any]


class TermFinder(Generic[T]):
    """Finds every term in marked and folded text. At one place the longest term wins."""

    def __init__(self, groups: Sequence[T]) -> None:
        self._leaves: list[tuple[T, bool]] = []
        tree: _Node = {}
        # Other meanings of ice come first, so that "ICE CREAM" is theirs.
        for group in sorted(groups, key=lambda g: g.role != "sense"):
            for term in (expanded for written in group.terms for expanded in expand(written)):
                for spelled in _spellings(term, group.role):
                    self._plant(tree, spelled, group, "ICE" in term.split())
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

    def find(self, text: str) -> Iterator[tuple[str, T, bool]]:
        """(the text found, its group, whether the term is written with ICE in capitals), from left to right."""
        for found in self._finder.finditer(text):
            named = self._namer.match(text, found.start())
            if named and named.lastindex:
                yield found.group(), *self._leaves[self._order[named.lastindex - 1]]


def _spellings(term: str, role: str) -> Iterator[str]:
    """A term as marked and folded text spells it: small letters only in other meanings, plain capitals never there."""
    either = (NAMED, SHOUTED, "ice") if role == "sense" else (PLAIN, SHOUTED, NAMED)
    choices = [
        (PLAIN, SHOUTED) if w == "ICE" else (COUNTRY,) if w == "US" else either if w.lower() == "ice" else (fold(w),)
        for w in term.split()
    ]
    return (" ".join(chosen) for chosen in product(*choices))


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
