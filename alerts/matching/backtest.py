"""What a search would have brought, as a value: how many stories, how often, and which it just missed. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from alerts.locale import phrasebook
from alerts.query import StoryHit
from crawler.store import StoryView

MONTH, QUARTER = 30, 90  # days
MOST_A_DAY = 30  # stories that a search may bring without a question
MOST_MISSES = 5


@dataclass(frozen=True, slots=True)
class Period:
    """What a search would have brought in the last days; a story counts on the day it was opened."""

    days: int
    looked_at: int  # of these days: an archive may be younger, and not everything is read
    count: int
    complete: bool  # else there may be more
    busiest: tuple[date, int] | None  # a day and how many stories it had; None when there is none

    @property
    def a_day(self) -> float:
        """Stories a day, by the days that were looked at."""
        return self.count / self.looked_at

    def rate(self, language: str = "en") -> str:
        """How often that is, in plain words: "about 3 a week", "about 2 a day", "one in the last 30 days", "none"."""
        say = phrasebook(language).say
        if not self.count:
            return say("rate_none")
        if self.a_day >= 1:
            return say("rate_day", count=round(self.a_day))
        if self.a_day * 7 >= 1 and self.count > 1:
            return say("rate_week", count=round(self.a_day * 7))
        return say("rate_days", count=self.count, days=self.looked_at)


@dataclass(frozen=True, slots=True)
class Miss:
    """A story that a search would not have brought, and what kept it out, a clause each."""

    view: StoryView
    why: tuple[str, ...]
    step: int  # how far the search had to be widened to meet it


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


def period(
    days: int, opened: Sequence[datetime], begun: datetime, complete: bool, now: datetime, zone: tzinfo
) -> Period:
    """The last days of a search.

    `opened`: when the stories were opened that it meets; `begun`: since when all such stories are known, which is
    either as old as they get (`complete`) or how far somebody looked.
    """
    since = now - timedelta(days=days)
    within = [when for when in opened if when >= since]
    by_day = Counter(when.astimezone(zone).date() for when in within)
    span = now - max(begun, since)
    return Period(
        days=days,
        looked_at=min(days, max(1, -(-span // timedelta(days=1)))),
        count=len(within),
        complete=complete or begun <= since,
        busiest=max(by_day.items(), key=lambda item: (item[1], item[0]), default=None),
    )


def nearest(misses: Sequence[Miss]) -> tuple[Miss, ...]:
    """The few that lack least; of those that lack as much, what the search reaches sooner, then the newest."""

    def distance(miss: Miss) -> tuple[int, int, float, int]:
        return len(miss.why), miss.step, -miss.view.story.opened_at.timestamp(), -(miss.view.story.id or 0)

    return tuple(sorted(misses, key=distance)[:MOST_MISSES])


def has_enough(misses: Sequence[Miss]) -> bool:
    """Whether nothing that is reached later can be nearer."""
    return sum(len(miss.why) == 1 for miss in misses) >= MOST_MISSES
