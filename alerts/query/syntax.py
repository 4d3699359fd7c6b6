"""A query as a tree: a closed set of values, equal when they ask the same, usable as keys."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from crawler.places import Place, Point, Spot

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
    def is_word(self) -> bool:
        """Whether it is one word, or pattern of one, that may stand anywhere and be printed anyhow."""
        return len(self.words) == 1 and not self.title and not self.words[0].exact

    @property
    def forms(self) -> tuple[str, ...]:
        """Of such a word its forms; () of another phrase, and of a pattern."""
        return self.words[0].forms if self.is_word else ()

    @property
    def label(self) -> str:
        """As a reader would say it."""
        return f"“{self.written}”" if self.quoted and len(self.words) > 1 else self.written


@dataclass(frozen=True, slots=True)
class Near:
    """Each side (one of its phrases) at most gaps[i] words from the next one, in either order."""

    sides: tuple[tuple[Phrase, ...], ...]
    gaps: tuple[int, ...]
    single: bool = field(init=False, compare=False)  # each phrase is a word that may stand anywhere, printed anyhow
    forms: tuple[tuple[str, ...], ...] = field(init=False, compare=False)  # then, of the sides that have no pattern

    def __post_init__(self) -> None:
        single = all(one.is_word for side in self.sides for one in side)
        plain = [side for side in self.sides if single and all(one.forms for one in side)]
        forms = tuple([tuple([form for one in side for form in one.forms]) for side in plain])
        object.__setattr__(self, "single", single)  # frozen: it is asked many times more often than made
        object.__setattr__(self, "forms", forms)


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
    spot: "Spot" = field(init=False, compare=False)
    reach: float = field(init=False, compare=False)  # the distance, straight through a ball of radius 1

    def __post_init__(self) -> None:
        from crawler.places import in_space, straight  # few queries ask for a distance

        object.__setattr__(self, "spot", in_space(self.point))  # frozen: it is asked many times more often than made
        object.__setattr__(self, "reach", straight(self.kilometres))

    @property
    def kilometres(self) -> float:
        return self.distance * 1.609344 if self.unit == "mi" else self.distance


@dataclass(frozen=True, slots=True)
class InOffice:
    """It happened in the area of a field office of the topic's agency."""

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
