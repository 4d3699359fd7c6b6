"""What each outlet brought."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import Engine, func, select
from sqlmodel import col

from crawler.database import reading
from crawler.model import Article

# What was seen later than that was not late: it was an old page that a feed showed, or a date that is wrong.
_LONGEST = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class OutletFigures:
    """Of one outlet: stories in which it has a report, those of which its report was seen first, how late we were."""

    stories: int = 0
    first: int = 0
    delay: timedelta | None = None  # from publication to our seeing it, the median; None = never known


@dataclass(frozen=True, slots=True)
class Seen:
    """When a report was published, by its own page, and when it was stored first; None = not known to the minute."""

    outlet: str
    story: int
    published_at: datetime | None
    seen_at: datetime


def outlet_figures(engine: Engine, since: datetime) -> Mapping[str, OutletFigures]:
    """What each outlet brought since then, by its id; an outlet that brought nothing is not in it."""
    seen_at = func.coalesce(Article.stored_at, Article.fetched_at)
    query = (
        select(Article.source_id, Article.story_id, Article.published_at, Article.day_only, seen_at)  # type: ignore[call-overload]
        .where(col(Article.fetched_at) >= since, col(Article.story_id).is_not(None), seen_at >= since)
        .where(col(Article.old).is_(False))
    )
    with reading(engine).connect() as connection:
        rows = connection.execute(query).all()
    return counted(
        Seen(outlet, story, None if day else published, seen) for outlet, story, published, day, seen in rows
    )


def counted(seen: Iterable[Seen]) -> Mapping[str, OutletFigures]:
    """The figures of these reports.

    >>> at, later = datetime(2026, 3, 9, 12), datetime(2026, 3, 9, 12, 9)
    >>> found = counted([Seen("sun", 1, None, datetime(2026, 3, 9, 14)), Seen("ledger", 1, at, later)])
    >>> found["ledger"].first, found["sun"].first, found["ledger"].delay
    (1, 0, datetime.timedelta(seconds=540))
    """
    stories: dict[str, set[int]] = defaultdict(set)
    delays: dict[str, list[float]] = defaultdict(list)
    first: dict[int, Seen] = {}
    for one in seen:
        stories[one.outlet].add(one.story)
        if one.story not in first or one.seen_at < first[one.story].seen_at:
            first[one.story] = one
        if one.published_at and timedelta() <= (delay := one.seen_at - one.published_at) <= _LONGEST:
            delays[one.outlet].append(delay.total_seconds())
    led: dict[str, int] = defaultdict(int)
    for one in first.values():
        led[one.outlet] += 1
    return {
        outlet: OutletFigures(len(brought), led[outlet], _middle(delays[outlet])) for outlet, brought in stories.items()
    }


def _middle(seconds: list[float]) -> timedelta | None:
    return timedelta(seconds=median(seconds)) if seconds else None
