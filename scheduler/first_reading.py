"""Whether what was due when this process started, or when its machine woke, has been read: digests wait for that."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from crawler.watch import Watchlist

PATIENCE = timedelta(minutes=15)  # then a digest says what could not be read
SLEPT = timedelta(minutes=10)  # nobody looked for so long: the machine was asleep, or its clock was set


class FirstReading:
    """What a digest waits for: all feeds that were due then were asked, and the pages found by then were as well.

    A laptop that is opened at nine would else tell nothing of a night that it is about to read.
    """

    def __init__(
        self, watchlist: Watchlist, states: Sequence[str], clock: Callable[[], datetime], every: timedelta
    ) -> None:
        """`every`: how often somebody looks."""
        self._watchlist, self._states, self._clock = watchlist, states, clock
        self._slept = SLEPT + 2 * every
        self._began = self._seen = clock()
        self._pages: set[tuple[int, int]] | None = None  # that were due when the feeds had been asked
        self._is_over = False

    @contextmanager
    def awake(self) -> Iterator[bool]:
        """Whether it is over; what is done inside, however long it takes, is no sleep."""
        now = self._clock()
        if not -self._slept <= now - self._seen <= self._slept:
            self._began, self._pages, self._is_over = now, None, False
        self._is_over = self._is_over or now - self._began >= PATIENCE or self._all_read()
        try:
            yield self._is_over
        finally:
            self._seen = self._clock()

    def _all_read(self) -> bool:
        if self._watchlist.due_feeds(self._clock(), self._states, by=self._began):
            return False
        due = set(self._watchlist.due_entries(self._began, self._states))
        self._pages = due if self._pages is None else self._pages & due
        return not self._pages
