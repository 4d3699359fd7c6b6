"""What a story holds of the topic's terms, sentence by sentence."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from crawler.topic.terms import Role, TermGroup

Where = Literal["title", "text"]

POSITIVE: frozenset[Role] = frozenset({"agency", "ice", "act", "support"})
NAMES: frozenset[Role] = frozenset({"agency", "ice"})
DECISIVE: frozenset[Role] = frozenset({"agency", "ice", "act"})
NEAR: frozenset[Role] = frozenset({"near", "neighbour"})
UNNAMED: frozenset[Role] = frozenset({"elsewhere", "crime"})  # against only where the agency is not named
OTHER: frozenset[Role] = UNNAMED | {"subject", "setting"}
AGAINST: frozenset[Role] = NEAR | OTHER | {"sense"}
EVENTS = frozenset({"287g", "arrest", "death", "deployment", "deportation", "detention", "protest", "raid", "shooting"})
_TELLING = EVENTS | {"court"}  # kinds that a title echoes
_DONE = frozenset({"arrest", "shooting", "deportation", "deployment", "death"})  # kinds of what ICE does to somebody

_DONE_BY_US = frozenset({"arrest", "shooting", "deployment"})  # deported also names a person, or another country's act


@dataclass(frozen=True, slots=True)
class TermHit:
    """A term found, or a pair of them."""

    group: TermGroup
    term: str
    doubtful: bool  # ICE among other capitals, where it may be any ice
    weight: float

    @property
    def clear(self) -> bool:
        """Whether it leaves no doubt which ice is meant."""
        return self.group.role in ("agency", "act") and not self.doubtful

    @property
    def spells_ice(self) -> bool:
        """Whether it is the word ICE, or holds it."""
        return "ICE" in self.term


@dataclass(frozen=True, slots=True)
class Statement:
    """A title or a sentence of the text with the terms that it holds."""

    text: str
    where: Where
    factor: float
    hits: dict[str, TermHit]  # by group (or "first+second" of a pair): a group counts once in a sentence

    def total(self, roles: frozenset[Role]) -> float:
        """The weight of the hits of these roles."""
        return sum(hit.weight for hit in self.hits.values() if hit.group.role in roles)

    def has(self, role: Role) -> bool:
        """Whether a term of this role stands here, of any weight."""
        return any(hit.group.role == role for hit in self.hits.values())

    def heaviest(self, roles: frozenset[Role]) -> float:
        """The weight of the heaviest hit of these roles; 0 without one."""
        return max((hit.weight for hit in self.hits.values() if hit.group.role in roles), default=0.0)

    @property
    def is_act(self) -> bool:
        """Whether it says that somebody does something, and not only the agency's name."""
        return any(
            h.group.role == "act" or (h.group.kind and h.group.role in ("agency", "word")) for h in self.hits.values()
        )

    @property
    def is_done(self) -> bool:
        """Whether it says that the agency arrests, shoots, deports somebody or goes somewhere."""
        return any(
            (h.group.role == "agency" and h.group.kind in _DONE)
            or (h.group.role == "act" and h.group.kind in _DONE_BY_US)
            for h in self.hits.values()
        )

    @property
    def is_prosecuted(self) -> bool:
        """Whether it names the agency beside an arrest or a court: somebody's case, whoever that is."""
        return self.total(NAMES) > 0 and any(h.group.kind in ("arrest", "court") for h in self.hits.values())

    @property
    def is_event(self) -> bool:
        """Whether it tells of an arrest, a raid, a protest or the like, by whatever word."""
        return any(hit.group.kind in EVENTS for hit in self.hits.values())

    @property
    def is_clear(self) -> bool:
        """Whether it leaves no doubt which ice is meant."""
        return any(hit.clear for hit in self.hits.values())


@dataclass(frozen=True, slots=True)
class ReadStory:
    """What was read of a story: its headline and text, and those of their sentences that hold terms."""

    headline: str
    text: str
    title: Statement  # without hits when it holds no term
    body: tuple[Statement, ...]
    site: str = ""  # the host that told it, where known

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The title and the sentences of the text that hold a term."""
        return (self.title, *self.body) if self.title.hits else self.body

    def opening(self, factor: float, short: int) -> Iterable[Statement]:
        """The title, and all of a short text or the sentences of a long one that count at least so much."""
        yield self.title
        yield from (self.body if len(self.text) <= short else self.lead(factor))

    def lead(self, factor: float) -> Iterable[Statement]:
        """The sentences of the text that count at least so much."""
        return (s for s in self.body if s.factor >= factor)

    def reweighed(self, weighed: Callable[[TermHit], TermHit]) -> "ReadStory":
        """The story with each hit as it is weighed."""
        return replace(self, title=reweighed(self.title, weighed), body=tuple(reweighed(s, weighed) for s in self.body))


def reweighed(sentence: Statement, weighed: Callable[[TermHit], TermHit]) -> Statement:
    """The sentence with each hit as it is weighed."""
    return replace(sentence, hits={name: weighed(hit) for name, hit in sentence.hits.items()})


def is_echoed(title: Statement) -> bool:
    """Whether the title speaks of what such stories speak of, by words that other stories use as well."""
    return any(
        h.group.role == "support" or (h.group.role == "word" and h.group.kind in _TELLING) for h in title.hits.values()
    )
