"""The clock, which is passed in wherever a time is needed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def clock(offset_seconds: float = 0) -> Clock:
    """A clock that tells the time in UTC, shifted by that much."""
    offset = timedelta(seconds=offset_seconds)
    return lambda: datetime.now(UTC) + offset
