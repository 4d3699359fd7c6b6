"""A query as a tree: a closed set of values, equal when they ask the same, usable as keys."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from crawler.places import Place, Point

FactName = Literal["source", "lang", "kind"]


@dataclass(frozen=True, slots=True)
class Word:
    """One word to look for: any of some forms, or any that fits a pattern; perhaps exactly as printed."""

    forms: tuple[str, ...]  # folded, the written one first; () when there is a pattern
    wild: str = ""  # "detain*", "det*d": folded, a star for any letters or none; two letters before the first
    exact: str = ""  # `printed()`; "" = any case and accents

    @property
    def prefix(self) -> str:
        """What the words that fit a pattern begin with."""
        return self.wild.partition("*")[0]

    def fits(self, folded: str) -> bool:
        """Whether a folded word is one of these, apart from how it is printed; takes time as the word is long."""
        if not self.wild:
            return folded in self.forms
        first, *middle, last = self.wild.split("*")
        at, end = len(first), len(folded) - len(last)
        if at > end or not folded.startswith(first) or not folded.endswith(last):
            return False
        for part in middle:
            found = folded.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand one after another; often one word."""

    words: tuple[Word, ...]
    written: str  # as in the query, without the punctuation around
    quoted: bool = False
    title: bool = False  # only in the headline

    @property
    def label(self) -> str:
        """As a reader would say it."""
        return f"“{self.written}”" if self.quoted and len(self.words) > 1 else self.written


@dataclass(frozen=True, slots=True)
class Near:
    """Each side (one of its phrases) at most gaps[i] words from the next one, in either order."""

    sides: tuple[tuple[Phrase, ...], ...]
    gaps: tuple[int, ...]
    single: bool = field(init=False, compare=False)  # each phrase is one word, and may stand in the text

    def __post_init__(self) -> None:
        single = all(len(phrase.words) == 1 and not phrase.title for side in self.sides for phrase in side)
        object.__setattr__(self, "single", single)  # frozen: it is asked many times more often than made


@dataclass(frozen=True, slots=True)
class InPlace:
    """It happened in this city, county or state."""

    place: "Place"
    name: str  # that names this place and no other


@dataclass(frozen=True, slots=True)
class Around:
    """It happened in a town or county whose middle is at most so far from a point."""

    point: "Point"
    distance: float
    unit: Literal["mi", "km"]
    name: str  # of the point: a ZIP code or a place

    @property
    def kilometres(self) -> float:
        return self.distance * 1.609344 if self.unit == "mi" else self.distance


@dataclass(frozen=True, slots=True)
class InOffice:
    """It happened in the area of one of ICE's field offices."""

    office: str
    areas: frozenset[tuple[str, str]]  # (state, county), a county "" for all of its state


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the document rather than a word in it: its outlet, its language, the kind of activity."""

    name: FactName
    value: str  # folded


@dataclass(frozen=True, slots=True)
class Published:
    """It was published on one of these days, both included, by UTC; None = without an end."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Without:
    node: "Node"


@dataclass(frozen=True, slots=True)
class AllOf:
    nodes: tuple["Node", ...]  # none: every document


@dataclass(frozen=True, slots=True)
class AnyOf:
    nodes: tuple["Node", ...]


Field = InPlace | Around | InOffice | Fact | Published
Node = Phrase | Near | Field | Without | AllOf | AnyOf


def wants_something(node: Node) -> bool:
    """Whether something must be there for a document to match, not only be absent."""
    match node:
        case Without():
            return False
        case AllOf(nodes):
            return any(map(wants_something, nodes))
        case AnyOf(nodes):
            return all(map(wants_something, nodes))
    return True
