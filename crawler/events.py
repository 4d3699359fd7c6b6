"""Whether articles report the same event in their own words: alike openings, place, days, names and numbers."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from crawler.account import Account, terms
from crawler.background import Background, Vector, likeness
from crawler.words import folded_words

if TYPE_CHECKING:
    from crawler.places import Place

# What speaks for one event, on the scale of a cosine.
_ENOUGH = 0.26
_SAME_CITY = 0.1
_SAME_COUNTY = 0.05
_OTHER_CITY = -0.1  # two towns of one county
_ELSEWHERE = -0.3
_PER_NAME = 0.05
_PER_NUMBER = 0.02
_MOST_COUNTED = 3  # names, and numbers
_WORTH_A_LOOK = 0.14  # under this cosine no place, day or name makes one event of two
_COMMON = 3  # a name that more stories than this tell says nothing

_NEAR_DAYS = 3
_FAR_DAYS = 21  # a new story, however alike
_PER_DAY = -0.015  # for each day after the near ones


class Dated(Protocol):
    """When and where something happened, as far as an article says it."""

    @property
    def published_at(self) -> datetime | None: ...
    @property
    def places(self) -> "tuple[Place, ...]": ...


@dataclass(frozen=True, slots=True)
class Event:
    """The story that tells of the same event, and what the articles have in common, for a person."""

    story_id: int
    because: str


def known_event(account: Account, stories: Mapping[int, Sequence[Account]], background: Background) -> Event | None:
    """The story, of those given by id with their reports, of the event that an account tells; or None.

    It joins a story when it agrees with the first report, or with all reports taken together: being like a single
    later one is not enough, so a running topic does not become one story. Of equal stories the oldest wins.
    """
    mine = background.vector(account)
    best: tuple[float, int, Account] | None = None
    for story_id, unsorted in stories.items():
        reports = sorted(unsorted, key=_age)
        vectors = [background.vector(report) for report in reports]
        alike = [likeness(mine, vector) for vector in vectors]
        if max(alike[0], sum(alike) / math.sqrt(len(alike))) < _WORTH_A_LOOK:
            continue  # the centroid is shortest, and so the most alike, when the reports have nothing in common
        together = sum(alike) / _length_of_sum(vectors)
        if max(alike[0], together) < _WORTH_A_LOOK:
            continue
        evidence = [_evidence(account, report, background) for report in reports]
        score = max(alike[0] + evidence[0], together + sum(evidence) / len(evidence))
        if score >= _ENOUGH and (best is None or (score, -story_id) > (best[0], -best[1])):
            nearest = max(range(len(reports)), key=lambda i: (alike[i] + evidence[i], -i))
            best = (score, story_id, reports[nearest])
    return Event(best[1], _because(account, best[2], background)) if best else None


def contradict(a: Dated, b: Dated) -> bool:
    """Whether two reports are too far apart, in days or place, to tell of one event."""
    return _days_apart(a, b) > _FAR_DAYS or _nearness(a.places, b.places) == _ELSEWHERE


def _age(account: Account) -> tuple[float, int]:
    when = account.published_at
    return (when.timestamp() if when else math.inf, account.article_id)


def _length_of_sum(vectors: Sequence[Vector]) -> float:
    if len(vectors) == 1:
        return 1.0
    total: dict[str, float] = defaultdict(float)
    for vector in vectors:
        for term, w in vector.items():
            total[term] += w
    return math.sqrt(sum([w * w for w in total.values()])) or 1.0


def _evidence(a: Account, b: Account, background: Background) -> float:
    """What place, days, names and numbers add to the likeness of two accounts, or take from it."""
    days = _days_apart(a, b)
    if days > _FAR_DAYS:
        return -math.inf
    names = min(_MOST_COUNTED, len(_telling(a, b, background)))
    numbers = min(_MOST_COUNTED, len(a.numbers.keys() & b.numbers.keys()))
    late = max(0.0, days - _NEAR_DAYS)
    return _nearness(a.places, b.places) + _PER_NAME * names + _PER_NUMBER * numbers + _PER_DAY * late


def _telling(a: Account, b: Account, background: Background) -> list[str]:
    """The names that both hold and few stories do."""
    return [name for name in a.names if name in b.names and background.tellers(name) <= _COMMON]


def _nearness(a: "Sequence[Place]", b: "Sequence[Place]") -> float:
    """What the places say; 0 when one of them is not known, or too wide to tell."""
    if not a or not b:
        return 0.0
    cities, other_cities = ({(p.name, p.state) for p in places if p.kind == "city"} for places in (a, b))
    if cities & other_cities:
        return _SAME_CITY
    if {(p.county, p.state) for p in a if p.county} & {(p.county, p.state) for p in b if p.county}:
        return _OTHER_CITY if cities and other_cities else _SAME_COUNTY
    if (cities and other_cities) or not {p.state for p in a} & {p.state for p in b}:
        return _ELSEWHERE
    return 0.0


def _days_apart(a: Dated, b: Dated) -> float:
    """0 when one of the times is not known."""
    if a.published_at is None or b.published_at is None:
        return 0.0
    return abs((a.published_at - b.published_at).total_seconds()) / 86400


def _because(a: Account, b: Account, background: Background) -> str:
    """What two accounts have in common, in a line."""
    parts = [str(place) for place in a.places if place in b.places][:1]
    days = dict.fromkeys(f"{t.day} {t:%B}" for t in (b.published_at, a.published_at) if t)
    if a.published_at and b.published_at:
        parts.append(" and ".join(days))
    if names := _telling(a, b, background)[:_MOST_COUNTED]:
        parts.append(f"both name {', '.join(names)}")
    if numbers := [n for n in a.numbers if n in b.numbers][:_MOST_COUNTED]:
        parts.append(f"both say {', '.join(numbers)}")
    mine, theirs = background.vector(a), background.vector(b)
    shared = sorted(
        (term for term in mine.keys() & theirs.keys() if not term.isdigit()),
        key=lambda term: (-mine[term] * theirs[term], term),
    )
    surface: dict[str, str] = {}
    for word in sorted((*folded_words(a.opening), *folded_words(a.title)), key=len, reverse=True):
        surface.update(dict.fromkeys(terms([word]), word))
    parts.append(f"both speak of {', '.join(surface[term] for term in shared[:4])}")
    return "same event: " + "; ".join(parts)
