"""The clock, which is passed in wherever a time is needed."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

LEAP = timedelta(seconds=5)


def clock(offset_seconds: float = 0) -> Clock:
    """A clock that tells the time in UTC, shifted by that much."""
    offset = timedelta(seconds=offset_seconds)
    return lambda: datetime.now(UTC) + offset


class Leaps:
    """Notices when a clock leaps, by one that never does."""

    def __init__(self, clock: Clock, steady: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._steady = clock, steady
        self._began = self._begin()

    def _begin(self) -> datetime:
        """What the clock showed when the steady one began."""
        return self._clock() - timedelta(seconds=self._steady())

    def last(self) -> timedelta:
        """How far the clock leapt since this was asked before; 0 when by no more than clocks are usually adjusted.

        A machine that slept wakes with a leap ahead.
        """
        began = self._begin()
        leapt = began - self._began
        if abs(leapt) < LEAP:
            return timedelta()  # what adds up slowly is not forgotten
        self._began = began
        return leapt
