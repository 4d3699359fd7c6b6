"""What a search would have brought, as a value, and which misses are the nearest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.locale import Saying
from alerts.matching.periods import Period
from alerts.query import Piece, StoryHit
from crawler.store import StoryView

MONTH, QUARTER = 30, 90  # days
MOST_A_DAY = 30  # stories that a search may bring without a question
MOST_MISSES = 5


@dataclass(frozen=True, slots=True)
class Miss:
    """A story that a search would not have brought, and what kept it out, a clause each."""

    view: StoryView
    why: tuple[Saying, ...]
    step: int  # how far the search had to be widened to meet it


@dataclass(frozen=True, slots=True)
class Brought:
    """How many stories of the last 30 days have a piece of a search, and but for it all that the search asks for."""

    piece: Piece
    count: int
    complete: bool  # else there may be more


@dataclass(frozen=True, slots=True)
class BackTest:
    """What a search would have brought until now, had it been there."""

    now: datetime
    month: Period
    quarter: Period
    today: int  # stories of the current day
    stories: tuple[tuple[StoryView, StoryHit], ...]  # the newest
    misses: tuple[Miss, ...]  # the nearest first
    every_way_looked_at: bool  # else there may be nearer misses

    @property
    def stories_of_month(self) -> tuple[tuple[StoryView, StoryHit], ...]:
        """Those of the last 30 days."""
        since = self.now - timedelta(days=self.month.days)
        return tuple((view, hit) for view, hit in self.stories if view.story.opened_at >= since)

    @property
    def a_day(self) -> int:
        """How many stories a day it would bring, by the last month or by today, whichever is more."""
        return max(round(self.month.a_day), self.today)

    @property
    def heavy(self) -> bool:
        """Whether that is so many that one should ask before saving."""
        return self.month.a_day > MOST_A_DAY or self.today > MOST_A_DAY


def nearest(misses: Sequence[Miss]) -> tuple[Miss, ...]:
    """The few that lack least; of those that lack as much, what the search reaches sooner, then the newest."""

    def distance(miss: Miss) -> tuple[int, int, float, int]:
        return len(miss.why), miss.step, -miss.view.story.opened_at.timestamp(), -(miss.view.story.id or 0)

    return tuple(sorted(misses, key=distance)[:MOST_MISSES])


def has_enough(misses: Sequence[Miss]) -> bool:
    """Whether nothing that is reached later can be nearer."""
    return sum(len(miss.why) == 1 for miss in misses) >= MOST_MISSES
