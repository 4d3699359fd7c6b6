"""The topic file: its terms, weights and limits, checked."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NoReturn, get_args

from crawler.model import IcewireError
from crawler.text import DataTable, fold, read_data
from crawler.topic.abroad import Countries
from crawler.topic.bare_word import BareWord
from crawler.topic.clause import Clause
from crawler.topic.finder import expand
from crawler.topic.other_meanings import OtherMeanings

Role = Literal[
    "agency",
    "bare",
    "act",
    "support",
    "word",
    "near",
    "neighbour",
    "sense",
    "subject",
    "aside",
    "setting",
    "elsewhere",
    "crime",
    "roundup",
]
ROLES: tuple[Role, ...] = get_args(Role)
# What it tells of a story that a word of a kind stands in it; [kinds] of the file explains each.
Telling = Literal["event", "echoed", "done", "done_unnamed", "case"]
TELLINGS: tuple[Telling, ...] = get_args(Telling)
FILE, ELSEWHERE = "terms.toml", "elsewhere.toml"


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
    tells: frozenset[Telling] = frozenset()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two groups that say more when they meet in one sentence, and the group of what they say."""

    first: str
    second: str
    group: TermGroup


@dataclass(frozen=True, slots=True)
class Frame:
    """Groups that say together who does what to whom, though no sentence says it all, and the group of what they say.

    Each part is the names of groups of which one must stand in the title or the opening, and none of `unless`.
    """

    parts: tuple[frozenset[str], ...]
    unless: frozenset[str]
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
    doubtful: float
    named: float
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
    kinds: frozenset[str]
    groups: tuple[TermGroup, ...]
    pairs: tuple[Pair, ...]
    frames: tuple[Frame, ...]
    stems: tuple[str, ...]
    languages: frozenset[str]
    bare: BareWord
    other: OtherMeanings | None
    clause: Clause | None
    countries: Countries | None = None


def load_terms(file: Path, elsewhere: Path | None = None) -> Terms:
    """The terms of a file, with the names of other countries that stand in another. Raises TopicError."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TopicError(f"{file}: {error}; expected the terms of a topic: TOML in UTF-8") from error
    terms = _TopicFile(str(file), table).terms()
    if elsewhere is None or not elsewhere.exists():
        return terms
    try:
        return replace(terms, countries=Countries(read_data(elsewhere), terms.bare))
    except ValueError as error:
        raise TopicError(str(error)) from error


class _TopicFile:
    """Reads the tables of one parsed file; every complaint names file, table and key."""

    def __init__(self, name: str, table: dict[str, Any]) -> None:
        self._name, self._table = name, table

    def terms(self) -> Terms:
        known = {"languages", "lines", "reading", "gate", "kinds", "bare", "group", "pair", "frame"}
        if unknown := set(self._table) - known:
            self._complain("the file", min(unknown), f"expected only {', '.join(sorted(known))}")
        kinds = self._kinds()
        groups = tuple(self._group(name, kinds) for name in self._dict("group"))
        pairs = tuple(self._pair(n, {group.name: group for group in groups}) for n in range(len(self._list("pair"))))
        frames = tuple(self._frame(n, {group.name for group in groups}, kinds) for n in range(len(self._list("frame"))))
        terms = Terms(
            Lines(**self._numbers("lines", Lines.__slots__)),
            PartWeights(**self._numbers("reading", PartWeights.__slots__)),
            frozenset(kinds),
            groups,
            pairs,
            frames,
            self._strings(self._dict("gate"), "gate", "stems"),
            frozenset(self._strings(self._table, "the file", "languages")),
            *self._bare(),
        )
        self._check_unique(terms)
        self._check_gate(terms)
        return terms

    def _kinds(self) -> dict[str, frozenset[Telling]]:
        """Each kind that terms may tell, and what that tells of a story."""
        table = self._dict("kinds")
        if unknown := set(table) - {"known", *TELLINGS}:
            self._complain("kinds", min(unknown), f"expected only known, {', '.join(TELLINGS)}")
        known = self._strings(table, "kinds", "known")
        told = {telling: self._strings(table, "kinds", telling) for telling in TELLINGS if table.get(telling)}
        for telling, kinds in told.items():
            if strangers := set(kinds) - set(known):
                self._complain("kinds", telling, f"{min(strangers)!r} is none of those that are known")
        return {kind: frozenset(telling for telling in told if kind in told[telling]) for kind in known}

    def _bare(self) -> tuple[BareWord, OtherMeanings | None, Clause | None]:
        """The word that is also an everyday word, if the topic has one, and what else it may mean."""
        if "bare" not in self._table:
            return BareWord(), None, None
        table = DataTable(f"{self._name}: [bare]", self._dict("bare"))
        try:
            bare = BareWord.of(table)
            return bare, OtherMeanings(bare, table.table("other")), Clause(bare, table.table("headline"))
        except ValueError as error:
            raise TopicError(str(error)) from error

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

    def _group(self, name: str, kinds: Mapping[str, frozenset[Telling]]) -> TermGroup:
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
        told = kinds.get(kind, frozenset())
        return TermGroup(name, role, weight, kind, self._strings(table, where, "terms"), told)

    def _pair(self, n: int, groups: Mapping[str, TermGroup]) -> Pair:
        table, where = self._table["pair"][n], f"pair {n + 1}"
        names = self._strings(table, where, "groups")
        if len(names) != 2 or not set(names) <= set(groups):
            self._complain(where, "groups", f"expected the names of two groups, not {list(names)!r}")
        weight, role = self._number(table, where, "weight"), table.get("role", "act")
        if role not in ROLES:
            self._complain(where, "role", f"expected one of {', '.join(ROLES)}, not {role!r}")
        return Pair(*names, TermGroup("+".join(names), role, weight, groups[names[1]].kind, (), groups[names[1]].tells))

    def _frame(self, n: int, groups: set[str], kinds: Mapping[str, frozenset[Telling]]) -> Frame:
        table, where = self._table["frame"][n], f"frame {n + 1}"
        if unknown := set(table) - {"groups", "unless", "weight", "kind"}:
            self._complain(where, min(unknown), "expected only groups, unless, weight, kind")
        parts = tuple(frozenset(part.split("|")) for part in self._strings(table, where, "groups"))
        unless = frozenset(self._strings(table, where, "unless") if "unless" in table else ())
        if strangers := frozenset().union(*parts, unless) - groups:
            self._complain(where, "groups", f"{min(strangers)!r} is the name of no group")
        if (kind := table.get("kind")) not in kinds:
            self._complain(where, "kind", f"expected one of {', '.join(kinds)}, not {kind!r}")
        name = "+".join("|".join(sorted(part)) for part in parts)
        return Frame(parts, unless, TermGroup(name, "act", self._number(table, where, "weight"), kind, (), kinds[kind]))

    def _check_unique(self, terms: Terms) -> None:
        owner: dict[str, str] = {}
        for group in terms.groups:
            for term in (expanded for written in group.terms for expanded in expand(written)):
                if owner.setdefault(term, group.name) != group.name:
                    self._complain(f"group.{group.name}", "terms", f"{term!r} is already in [group.{owner[term]}]")

    def _check_gate(self, terms: Terms) -> None:
        """Each term that can make a story pass holds a stem, so that the gate errs in one direction only."""
        for stem in terms.stems:
            if not stem.isascii() or stem != stem.lower():
                self._complain("gate", "stems", f"{stem!r}: expected lower-case words or part of one, without accents")
        bare = {g.name: term for g in terms.groups if (term := self._without_stem(g, terms))}
        needed = [g.name for g in terms.groups if g.role in ("agency", "bare", "act")]
        needed += [pair.first for pair in terms.pairs if pair.second in bare and pair.group.role == "act"]
        for name in needed:
            if name in bare:
                self._complain(f"group.{name}", "terms", f"{bare[name]!r} holds no stem of [gate] stems; add one there")

        for frame in terms.frames:
            if all(part & bare.keys() for part in frame.parts):
                at = "; ".join(f"{bare[name]!r}" for part in frame.parts for name in sorted(part & bare.keys())[:1])
                self._complain(
                    "frame", frame.group.name, f"each part has terms that hold no stem of [gate] stems: {at}"
                )

    @staticmethod
    def _without_stem(group: TermGroup, terms: Terms) -> str:
        for term in (expanded for written in group.terms for expanded in expand(written)):
            if not terms.bare.is_meant_by(fold(term)) and not any(stem in term.lower() for stem in terms.stems):
                return term
        return ""
