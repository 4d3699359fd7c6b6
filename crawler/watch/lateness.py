"""How late the feeds are read that are watched."""

from collections.abc import Iterable
from datetime import datetime

from crawler.model import Feed


def delays(feeds: Iterable[Feed], now: datetime) -> list[float]:
    """For how many seconds each has been due and not asked, the shortest first; 0 of one that is not due."""
    return sorted(
        max(0.0, (now - feed.next_attempt_at).total_seconds()) if feed.next_attempt_at else 0.0 for feed in feeds
    )


def stalled(feeds: Iterable[Feed], now: datetime) -> float:
    """For how many seconds no feed at all was asked though one was due; 0 when none is.

    One that was never asked counts from when any other was.
    """
    known = list(feeds)
    asked = max((feed.last_attempt_at for feed in known if feed.last_attempt_at), default=None)
    due = [feed.next_attempt_at for feed in known if feed.next_attempt_at and feed.next_attempt_at <= now]
    if not due:
        return 0.0
    since = max(min(due), asked) if asked else min(due)
    return max(0.0, (now - since).total_seconds())
