"""How many stories a search would have brought in the last days, and how often that is. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from alerts.locale import phrasebook


@dataclass(frozen=True, slots=True)
class Period:
    """What a search would have brought in the last days; a story counts on the day it was opened."""

    days: int
    looked_at: int  # of these days: an archive may be younger, and not everything is read; 0 = there is no story at all
    count: int
    complete: bool  # else there may be more
    busiest: tuple[date, int] | None  # a day and how many stories it had; None when there is none

    @property
    def a_day(self) -> float:
        """Stories a day, by the days that were looked at."""
        return self.count / max(1, self.looked_at)

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


def period(
    days: int, opened: Sequence[datetime], begun: datetime | None, complete: bool, now: datetime, zone: tzinfo
) -> Period:
    """The last days of a search.

    `opened`: when the stories were opened that it meets; `begun`: since when all such stories are known, which is
    as old as stories get (`complete`) or how far somebody looked. None = there is no story at all.
    """
    since = now - timedelta(days=days)
    within = [when for when in opened if when >= since]
    by_day = Counter(when.astimezone(zone).date() for when in within)
    span = now - max(begun, since) if begun else timedelta(0)
    return Period(
        days=days,
        looked_at=min(days, max(1, -(-span // timedelta(days=1)))) if begun else 0,
        count=len(within),
        complete=complete or begun is None or begun <= since,
        busiest=max(by_day.items(), key=lambda item: (item[1], item[0]), default=None),
    )
