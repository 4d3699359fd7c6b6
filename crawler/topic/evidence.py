"""What a story holds of the topic's terms, sentence by sentence."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from crawler.topic.terms import Role, TermGroup

Where = Literal["title", "text"]

POSITIVE: frozenset[Role] = frozenset({"agency", "bare", "act", "support"})
NAMES: frozenset[Role] = frozenset({"agency", "bare"})
DECISIVE: frozenset[Role] = frozenset({"agency", "bare", "act"})
NEAR: frozenset[Role] = frozenset({"near", "neighbour"})
UNNAMED: frozenset[Role] = frozenset({"elsewhere", "crime"})  # against only where the agency is not named
OTHER: frozenset[Role] = UNNAMED | {"subject", "setting"}
AGAINST: frozenset[Role] = NEAR | OTHER | {"sense"}


@dataclass(frozen=True, slots=True)
class TermHit:
    """A term found, or a pair of them."""

    group: TermGroup
    term: str
    doubtful: bool  # the bare word among other capitals, where it may mean anything
    weight: float
    spells_bare: bool  # it is the bare word, or holds it

    @property
    def clear(self) -> bool:
        """Whether it leaves no doubt that the topic is meant."""
        return self.group.role in ("agency", "act") and not self.doubtful


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
        """Whether it says that the agency does something to somebody."""
        return any(
            (h.group.role == "agency" and "done" in h.group.tells)
            or (h.group.role == "act" and "done_unnamed" in h.group.tells)
            for h in self.hits.values()
        )

    @property
    def is_prosecuted(self) -> bool:
        """Whether it names the agency beside what makes a case: somebody's, whoever that is."""
        return self.total(NAMES) > 0 and any("case" in h.group.tells for h in self.hits.values())

    @property
    def is_event(self) -> bool:
        """Whether it tells of an event, by whatever word."""
        return any("event" in hit.group.tells for hit in self.hits.values())

    @property
    def is_clear(self) -> bool:
        """Whether it leaves no doubt that the topic is meant."""
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
        h.group.role == "support" or (h.group.role == "word" and "echoed" in h.group.tells) for h in title.hits.values()
    )
