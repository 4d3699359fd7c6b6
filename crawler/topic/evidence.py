"""What a story holds of the topic's terms, sentence by sentence, and what its title shows of the whole."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from crawler.text import sentences
from crawler.topic.terms import Role, TermGroup

Where = Literal["title", "text"]

_LISTED = re.compile(r"[,;] ICE(?:,| (?:and|&|y) )|,.* (?:and|&|y) ICE$")  # ICE as one item of a headline's list

POSITIVE: frozenset[Role] = frozenset({"agency", "ice", "act", "support"})
NAMES: frozenset[Role] = frozenset({"agency", "ice"})
DECISIVE: frozenset[Role] = frozenset({"agency", "ice", "act"})
NEAR: frozenset[Role] = frozenset({"near", "neighbour"})
_TELLING = frozenset({"arrest", "raid", "detention", "death", "shooting", "protest"})
UNNAMED: frozenset[Role] = frozenset({"elsewhere", "crime"})  # against only where the agency is not named
OTHER: frozenset[Role] = UNNAMED | {"subject"}
AGAINST: frozenset[Role] = NEAR | OTHER | {"sense"}


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


def title_of(story: list[Statement]) -> Statement:
    """The title of a story; an empty one when it holds no term."""
    return next((s for s in story if s.where == "title"), Statement("", "title", 1.0, {}))


def is_echoed(title: Statement) -> bool:
    """Whether the title speaks of what such stories speak of, by words that other stories use as well."""
    return any(
        h.group.role == "support" or (h.group.role == "word" and h.group.kind in _TELLING) for h in title.hits.values()
    )


def reweighed(sentence: Statement, weighed: Callable[[TermHit], TermHit]) -> Statement:
    """The sentence with each hit as it is weighed."""
    return replace(sentence, hits={name: weighed(hit) for name, hit in sentence.hits.items()})


def unlisted(title: Statement, listed: float) -> Statement:
    """The title, where the bare word ICE counts only a share when it is one item of a list."""
    if title.where == "text" or title.has("support") or not _LISTED.search(title.text):
        return title
    return reweighed(title, lambda hit: replace(hit, weight=hit.weight * listed) if hit.group.role == "ice" else hit)


def is_list(headline: str) -> bool:
    """Whether a headline strings together three or more whole sentences, as roundups do."""
    return sum(len(sentence.split()) > 3 for sentence in sentences(headline)) > 2


def is_neighbours(title: Statement, story: list[Statement]) -> bool:
    """Whether another agency acts more than ICE, which the title does not name."""
    acting = sum(s.has("neighbour") for s in story)
    named = sum(s.total(NAMES) > 0 for s in story)
    if acting <= named or title.total(NAMES):
        return False
    return title.has("neighbour") or (not named and (acting > 1 or not title.total(DECISIVE)))


def is_abroad(story: list[Statement]) -> bool:
    """Whether the title names another country where nothing names the agency."""
    return title_of(story).total(frozenset({"elsewhere"})) > 0
