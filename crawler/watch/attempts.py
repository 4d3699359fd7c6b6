"""What trying to read a feed changes of what we remember of it, and when it is tried next; nothing is written here."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypedDict

from crawler.model import Feed, FeedProblem, Why, because
from crawler.watch.polling import HURRY, Habit, Limits, learn, next_reading

OK = because("ok")


class FeedChange(TypedDict, total=False):
    """Columns of a feed's row, as they are to become; those that are missing stay."""

    etag: str
    last_modified: str
    last_attempt_at: datetime
    last_success_at: datetime
    last_new_at: datetime | None
    next_attempt_at: datetime
    failures: float
    status: str
    status_args: dict[str, Any]
    habit: dict[str, Any]
    asked_minutes: float
    full_at: datetime
    hurry_until: datetime
    moved_to: str
    problem: FeedProblem
    newest_at: datetime | None
    left: int
    left_at: datetime
    left_since: datetime


def after_success(
    feed: Feed, came: Sequence[datetime], now: datetime, limits: Limits, status: Why, asked_minutes: float
) -> FeedChange:
    """The feed answered well; `came` is when its new items came, which teaches its habit."""
    habit = learn(Habit.from_json(feed.habit), came, now, feed.last_success_at)
    return {
        "habit": habit.to_json(),
        "last_attempt_at": now,
        "last_success_at": now,
        "failures": 0.0,
        "status": status.code,
        "status_args": dict(status.args),
        "problem": "",
        "asked_minutes": asked_minutes,
        "next_attempt_at": _next(habit, now, limits, asked_minutes, feed.hurry_until),
    }


def after_unchanged(feed: Feed, now: datetime, limits: Limits, asked: timedelta | None = None) -> FeedChange:
    """The server said 304: nothing new. `asked` is how long its answer asks to be left alone; None = it does not say.

    The feed's own wish stands in the body that a 304 leaves out, so it is never shortened.
    """
    minutes = max(feed.asked_minutes, asked / timedelta(minutes=1)) if asked is not None else feed.asked_minutes
    return after_success(feed, (), now, limits, OK, minutes)


def after_failure(
    feed: Feed,
    status: Why,
    weight: float,
    now: datetime,
    limits: Limits,
    again: datetime | None = None,
    problem: FeedProblem = "failing",
) -> FeedChange:
    """The feed could not be read. `again` is when its host said to come back; with no `weight` that alone counts."""
    failures = feed.failures + weight
    planned = _next(Habit.from_json(feed.habit), now, limits, feed.asked_minutes, feed.hurry_until, failures)
    if again is not None:
        planned = max(again, planned) if weight else again
    return {
        "last_attempt_at": now,
        "failures": failures,
        "status": status.code,
        "status_args": dict(status.args),
        "problem": problem,
        "moved_to": "",  # where it had moved to may be what fails
        "next_attempt_at": planned,
    }


def hurried(feed: Feed, until: datetime, limits: Limits) -> FeedChange:
    """A feed is read as often as may be until then; {} for one that is failing or was never read."""
    if feed.failures or feed.last_success_at is None:
        return {}
    at = feed.last_success_at
    sooner = _next(Habit.from_json(feed.habit), at, limits, feed.asked_minutes, min(until, at + HURRY))
    return {"hurry_until": until, "next_attempt_at": min(sooner, feed.next_attempt_at or sooner)}


def _next(
    habit: Habit,
    now: datetime,
    limits: Limits,
    asked_minutes: float,
    hurry_until: datetime | None,
    failures: float = 0.0,
) -> datetime:
    asked = timedelta(minutes=asked_minutes) or None
    return next_reading(habit, now, limits, asked=asked, hurry_until=hurry_until, failures=failures)
