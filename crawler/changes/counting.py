"""How many people a report counts in its headline and first sentences: arrested, dead, injured."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from crawler.changes.phrases import phrases
from crawler.changes.revisions import telling
from crawler.changes.rewording import value
from crawler.text import fold

# Chosen by hand: a figure that is wrong is worse than one that is missing.
_FIRST = 2  # sentences, below the headline
_MOST_PEOPLE = 5000  # a larger number is a statistic
_BEFORE = 40  # characters in which a number is qualified, or a plan made
_LEAST = re.compile(r"(?:at least|more than|over|al menos|mas de|por lo menos) $")
_VAGUE = re.compile(
    r"(?:about|around|nearly|almost|some|up to|as many as|of|or|to|and|another|other"
    r"|unos|unas|casi|hasta|de|y|otros?) $"
)
_AGENTS = re.compile(
    r"\b(?:agents?|officers?|deput(?:y|ies)|police|troopers?|marshals?|guards?|agentes|oficiales|policias)\b"
)
_OF_AGENTS = frozenset({"hospital", "death"})  # what happens to agents too
_CLAUSE = re.compile(r"[;:,()–—]")
_PART = re.compile(r" (?:of|de) (?:the |los |las |them|those|whom)?")  # "six of the 14", a part and not the whole
_ELSEWHERE = re.compile(r" (?:to (?:a |the |an |local |area )*(?:hospital|court|shelter)|last|in (?:19|20)\d\d)\b")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of people and what happened to them, by the kinds of phrases.toml."""

    kind: str
    number: int
    at_least: bool = False

    def agrees(self, other: "Figure") -> bool:
        """Whether both can be true of one moment: "at least 3" and 5 can."""
        if self.number == other.number:
            return True
        return min(self, other, key=lambda figure: figure.number).at_least


@lru_cache(maxsize=2048)
def figures(title: str, text: str) -> tuple[Figure, ...]:
    """At most one of each kind: the headline's, else that of the first sentences; none where they give several.

    Only what is said to have happened now: no plan, no statistic, nothing long past.
    """
    found: dict[str, Figure] = {}
    for passage in ([title], islice(telling(text[:3000]), _FIRST)):
        for kind, of_kind in _by_kind(figure for sentence in passage for figure in _figures(sentence)).items():
            if len(of_kind) == 1:
                found.setdefault(kind, *of_kind)
    return tuple(found.values())


def _by_kind(found: Iterable[Figure]) -> dict[str, set[Figure]]:
    kinds: dict[str, set[Figure]] = {}
    for figure in found:
        kinds.setdefault(figure.kind, set()).add(figure)
    return kinds


def _figures(sentence: str) -> Iterator[Figure]:
    folded = " ".join(fold(sentence).split())
    said = phrases()
    if not said.number.search(folded) or said.statistics.search(folded) or said.long_past.search(folded):
        return
    for kind, pattern in said.counted:
        for match in pattern.finditer(folded):
            before = folded[max(0, match.start(1) - _BEFORE) : match.start(1)]
            number = value(match[1])
            if number is None or not 1 < number <= _MOST_PEOPLE or _is_doubtful(kind, folded, match, before):
                continue
            yield Figure(kind, int(number), bool(_LEAST.search(before)))


def _is_doubtful(kind: str, folded: str, match: re.Match[str], before: str) -> bool:
    """Whether it is a plan, an estimate, one of several numbers, or a number of those who do it."""
    beside = folded[match.start() : match.start(1)], folded[match.end(1) : match.end()]
    clause = _CLAUSE.split(folded[max(0, match.start() - _BEFORE) : match.start()])[-1]
    return bool(
        _VAGUE.search(before)
        or phrases().undone.search(clause)
        or any(phrases().number.search(words) for words in beside)
        or _PART.match(beside[1] or folded[match.end() :])
        or (kind not in _OF_AGENTS and _AGENTS.search(beside[1]))
        or _ELSEWHERE.match(folded, match.end())
    )
