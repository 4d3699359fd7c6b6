"""The topic file: its terms, weights and limits, checked; and the one pattern that finds every term."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Any, Literal, NoReturn, get_args

from crawler.model import IcewireError
from crawler.text import fold

Role = Literal[
    "agency", "ice", "act", "support", "word", "near", "neighbour", "sense", "subject", "elsewhere", "crime", "roundup"
]
ROLES: tuple[Role, ...] = get_args(Role)

# ICE survives folding as one of these: in capitals, in capitals among other capitals, or spelled as a name.
PLAIN, SHOUTED, NAMED = "\ue000", "\ue001", "\ue002"
_MARK = re.compile(f"[{PLAIN}{SHOUTED}{NAMED}]")
_ICE = re.compile(r"(?<!\w)I(?:CE|ce)(?!\w)")
_CAPITALS_BEFORE = re.compile(r"(?<!\w)(?:[A-Z]{4,}|THE|ON|OFF|IN)[\s\-]+$")
_CAPITALS_AFTER = re.compile(r"[\s\-]+(?:[A-Z]{4,}|ON|IN|AT|IS)(?!\w)")
_SPACE = r"(?:'s)?[\s\-‐-—]{1,3}"  # between two words of a term
_END = r"(?!\w)"
_LEAF = _END + "()"  # its number tells the term


class TopicError(IcewireError):
    """A topic file that cannot be used: the message names the file, the table, the key and what is expected."""


@dataclass(frozen=True, slots=True)
class TermGroup:
    """Terms of one meaning. Its role says how they count; a pair's group has no terms of its own."""

    name: str
    role: Role
    weight: float
    kind: str
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two groups that say more when they meet in one sentence, and the group of what they say."""

    first: str
    second: str
    group: TermGroup


@dataclass(frozen=True, slots=True)
class PartWeights:
    """How much each part of a story adds; the file explains each."""

    title: float
    sentence: float
    opening: float
    opening_characters: float
    lead: float
    lead_characters: float
    body: float
    body_characters: float
    tail: float
    further: float
    echo: float
    listed: float
    doubtful: float
    against: float

    def factor(self, start: int) -> float:
        """What a sentence counts that begins at this character of the text."""
        if start < self.lead_characters:
            return self.lead
        return self.body if start < self.body_characters else self.tail


@dataclass(frozen=True, slots=True)
class Lines:
    """Where a label begins."""

    activity: float
    near: float
    near_words: float


@dataclass(frozen=True, slots=True)
class Terms:
    """A topic file as values."""

    lines: Lines
    weights: PartWeights
    kinds: Mapping[str, float]
    groups: tuple[TermGroup, ...]
    pairs: tuple[Pair, ...]
    stems: tuple[str, ...]
    languages: frozenset[str]


def load_terms(path: Path | None = None) -> Terms:
    """The topic file at a path, or the shipped one. Raises TopicError."""
    resource = path or files("crawler.topic") / "ice.toml"
    try:
        table = tomllib.loads(resource.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TopicError(f"{resource}: {error}; expected a topic file: TOML in UTF-8") from error
    return _TopicFile(str(resource), table).terms()


class _TopicFile:
    """Reads the tables of one parsed file; every complaint names file, table and key."""

    def __init__(self, name: str, table: dict[str, Any]) -> None:
        self._name, self._table = name, table

    def terms(self) -> Terms:
        known = {"languages", "lines", "reading", "gate", "kinds", "group", "pair"}
        if unknown := set(self._table) - known:
            self._complain("the file", min(unknown), f"expected only {', '.join(sorted(known))}")
        kinds = {kind: self._number(self._dict("kinds"), "kinds", kind) for kind in self._dict("kinds")}
        groups = tuple(self._group(name, kinds) for name in self._dict("group"))
        pairs = tuple(self._pair(n, {group.name: group for group in groups}) for n in range(len(self._list("pair"))))
        terms = Terms(
            Lines(**self._numbers("lines", Lines.__slots__)),
            PartWeights(**self._numbers("reading", PartWeights.__slots__)),
            kinds,
            groups,
            pairs,
            self._strings(self._dict("gate"), "gate", "stems"),
            frozenset(self._strings(self._table, "the file", "languages")),
        )
        self._check_unique(terms)
        self._check_gate(terms)
        return terms

    def _complain(self, table: str, key: str, expected: str) -> NoReturn:
        raise TopicError(f"{self._name}: [{table}] {key}: {expected}")

    def _dict(self, key: str) -> dict[str, Any]:
        value = self._table.get(key)
        return value if isinstance(value, dict) else self._complain("the file", key, f"expected a table [{key}]")

    def _list(self, key: str) -> list[Any]:
        value = self._table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self._complain("the file", key, f"expected tables [[{key}]]")
        return value

    def _number(self, table: dict[str, Any], name: str, key: str) -> float:
        value = table.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            self._complain(name, key, f"expected a number of 0 or more, not {value!r}")
        return float(value)

    def _numbers(self, name: str, keys: Sequence[str]) -> dict[str, float]:
        table = self._dict(name)
        if unknown := set(table) - set(keys):
            self._complain(name, min(unknown), f"expected only {', '.join(keys)}")
        return {key: self._number(table, name, key) for key in keys}

    def _strings(self, table: dict[str, Any], name: str, key: str) -> tuple[str, ...]:
        value = table.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(s, str) and s.strip() for s in value):
            self._complain(name, key, "expected a list of one or more texts")
        return tuple(value)

    def _group(self, name: str, kinds: Mapping[str, float]) -> TermGroup:
        table, where = self._dict("group")[name], f"group.{name}"
        if not isinstance(table, dict):
            self._complain("group", name, f"expected a table [{where}]")
        if unknown := set(table) - {"role", "weight", "kind", "terms"}:
            self._complain(where, min(unknown), "expected only role, weight, kind, terms")
        role, kind = table.get("role"), table.get("kind", "")
        if role not in ROLES:
            self._complain(where, "role", f"expected one of {', '.join(ROLES)}, not {role!r}")
        if kind and kind not in kinds:
            self._complain(where, "kind", f"expected one of {', '.join(kinds)}, not {kind!r}")
        weight = 0.0 if role in ("word", "roundup") else self._number(table, where, "weight")
        return TermGroup(name, role, weight, kind, self._strings(table, where, "terms"))

    def _pair(self, n: int, groups: Mapping[str, TermGroup]) -> Pair:
        table, where = self._table["pair"][n], f"pair {n + 1}"
        names = self._strings(table, where, "groups")
        if len(names) != 2 or not set(names) <= set(groups):
            self._complain(where, "groups", f"expected the names of two groups, not {list(names)!r}")
        weight, role = self._number(table, where, "weight"), table.get("role", "act")
        if role not in ROLES:
            self._complain(where, "role", f"expected one of {', '.join(ROLES)}, not {role!r}")
        return Pair(*names, TermGroup("+".join(names), role, weight, groups[names[1]].kind))

    def _check_unique(self, terms: Terms) -> None:
        owner: dict[str, str] = {}
        for group in terms.groups:
            for term in (expanded for written in group.terms for expanded in expand(written)):
                if owner.setdefault(term, group.name) != group.name:
                    self._complain(f"group.{group.name}", "terms", f"{term!r} is already in [group.{owner[term]}]")

    def _check_gate(self, terms: Terms) -> None:
        """Each term that can make a story pass holds a stem, so that the gate errs in one direction only."""
        for stem in terms.stems:
            if not stem.isascii() or stem != stem.lower() or " " in stem:
                self._complain(
                    "gate", "stems", f"{stem!r}: expected one lower-case word or part of one, without accents"
                )
        bare = {g.name: term for g in terms.groups if (term := self._without_stem(g, terms.stems))}
        needed = [g.name for g in terms.groups if g.role in ("agency", "ice", "act")]
        needed += [pair.first for pair in terms.pairs if pair.second in bare and pair.group.role == "act"]
        for name in needed:
            if name in bare:
                self._complain(f"group.{name}", "terms", f"{bare[name]!r} holds no stem of [gate] stems; add one there")

    @staticmethod
    def _without_stem(group: TermGroup, stems: Sequence[str]) -> str:
        for term in (expanded for written in group.terms for expanded in expand(written)):
            if (
                "ice" not in fold(term).split()
                and "i.c.e." not in fold(term)
                and not any(s in term.lower() for s in stems)
            ):
                return term
        return ""


def expand(written: str) -> Iterator[str]:
    """The terms that one line of the file stands for: "a|b c" is "a c" and "b c"."""
    return (" ".join(chosen) for chosen in product(*(word.split("|") for word in written.split())))


def mark(text: str) -> str:
    """The text with each ICE and Ice as one private character, so that its case survives folding."""
    if "ICE" not in text and "Ice" not in text:
        return text
    shouted = text.upper() == text

    def marker(match: re.Match[str]) -> str:
        if match.group() == "Ice":
            return NAMED
        before = _CAPITALS_BEFORE.search(text, max(0, match.start() - 20), match.start())
        return SHOUTED if shouted or before or _CAPITALS_AFTER.match(text, match.end()) else PLAIN

    return _ICE.sub(marker, text)


def unmark(text: str) -> str:
    """Marked text as a person reads it."""
    return _MARK.sub("ICE", text)


# A node of the tree of terms: character → node; "" → number of the leaf.
_Node = dict[str, Any]


class TermFinder:
    """Finds every term in marked and folded text. At one place the longest term wins."""

    def __init__(self, groups: Sequence[TermGroup]) -> None:
        self._leaves: list[tuple[TermGroup, bool]] = []
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

    def _plant(self, tree: _Node, spelled: str, group: TermGroup, capital: bool) -> None:
        for character in spelled:
            tree = tree.setdefault(character, {})
        if "" not in tree:
            tree[""] = len(self._leaves)
            self._leaves.append((group, capital))

    def find(self, text: str) -> Iterator[tuple[str, TermGroup, bool]]:
        """(the text found, its group, whether the term is written with ICE in capitals), from left to right."""
        for found in self._finder.finditer(text):
            named = self._namer.match(text, found.start())
            if named and named.lastindex:
                yield found.group(), *self._leaves[self._order[named.lastindex - 1]]


def _spellings(term: str, role: Role) -> Iterator[str]:
    """A term as marked and folded text spells it: small letters only in other meanings, plain capitals never there."""
    either = (NAMED, SHOUTED, "ice") if role == "sense" else (PLAIN, SHOUTED, NAMED)
    choices = [(PLAIN, SHOUTED) if w == "ICE" else either if w.lower() == "ice" else (fold(w),) for w in term.split()]
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
