"""How reading goes, in one line: looked at once a minute, whoever asks."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.watch import Watchlist

_FRESH = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class ReadingState:
    """Feeds whose last reading was good, of how many, and when one was last read."""

    read: int
    total: int
    last_read: datetime | None


class ReadingLine:
    """Looks when it is asked, and remembers that for a minute."""

    def __init__(self, watchlist: Watchlist, states: Sequence[str], clock: Callable[[], datetime]) -> None:
        self._watchlist, self._states, self._clock = watchlist, states, clock
        self._lock = threading.Lock()
        self._seen: tuple[float, ReadingState] | None = None

    def __call__(self) -> ReadingState:
        with self._lock:
            if self._seen is None or time.monotonic() - self._seen[0] > _FRESH:
                self._seen = time.monotonic(), self._look()
            return self._seen[1]

    def _look(self) -> ReadingState:
        health = self._watchlist.health(self._clock(), self._states, watched_only=True)
        last = max((one.feed.last_success_at for one in health if one.feed.last_success_at), default=None)
        return ReadingState(sum(one.read for one in health), len(health), last)
