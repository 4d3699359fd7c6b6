"""When to look at a stored article again: often while its news is young, sooner after a change, then never."""

from dataclasses import dataclass
from datetime import datetime, timedelta

_AFTER_HOURS = (1, 3, 8, 24, 72, 168)  # after publication
LONGEST_LOOK = timedelta(hours=_AFTER_HOURS[-1])  # no look is planned further ahead
_SOON = timedelta(minutes=30)  # a look this close to the last one is left to the next
_AFTER_CHANGE = timedelta(hours=2)
_LATE_CHANGE = timedelta(days=1)  # after a change of an article whose looks were over
_OVER = timedelta(days=14)
_MOST_LOOKS = 24  # a page that changes each time, as live ones do


@dataclass(frozen=True, slots=True)
class Recheck:
    """A stored article that is to be asked for again."""

    article_id: int
    link: str
    title: str


def next_recheck(published_at: datetime | None, fetched_at: datetime, looks: int, changed: bool) -> datetime | None:
    """When to look again at an article read at `fetched_at`, for the first time or again; None when that is over.

    `looks` is how often it was read again so far, `changed` whether this reading found a material change. Looks come
    1, 3, 8 and 24 hours, 3 and 7 days after publication, or after the first reading when that is not known; two hours
    after a change, and a day after a late one. There is none later than two weeks, and never more than 24. Times are
    aware.
    """
    if looks >= _MOST_LOOKS:
        return None
    start = min(published_at or _first_read(fetched_at, looks), fetched_at)
    planned = (start + timedelta(hours=hours) for hours in _AFTER_HOURS)
    due = next((at for at in planned if at >= fetched_at + _SOON), None)
    if not changed:
        return due
    if due:
        return min(due, fetched_at + _AFTER_CHANGE)
    late = fetched_at + _LATE_CHANGE
    return late if late <= start + _OVER else None


def _first_read(fetched_at: datetime, looks: int) -> datetime:
    """About when an article without a date was first read, if the looks since then came as planned."""
    passed = _AFTER_HOURS[min(looks, len(_AFTER_HOURS)) - 1] if looks else 0
    return fetched_at - timedelta(hours=passed)
