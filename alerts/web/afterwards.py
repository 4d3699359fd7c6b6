"""What is done when the answer is gone: so that its time tells nobody what was found."""

import heapq
import logging
import random
import threading
import time
from collections.abc import Callable
from itertools import count

from crawler.model import IcewireError

log = logging.getLogger("icewire")

MOST_WAITING = 200
# Seconds, at random: who asks again at once does not meet the work of the question before.
SOONEST, LATEST = 0.5, 3.0


class Afterwards:
    """One thread that does what is put here, some moments later; it begins with the first task.

    What waits is in memory only, as nobody has said yes to an address being kept. An orderly end does it first; what a
    crash takes are the questions of some three seconds, and whoever asked asks again, as for a mail that did not come.
    """

    def __init__(self, soonest: float = SOONEST, latest: float = LATEST) -> None:
        self._soonest, self._latest = soonest, latest
        self._waiting: list[tuple[float, int, Callable[[], object]]] = []
        self._numbers = count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._busy = False

    def do(self, task: Callable[[], object]) -> bool:
        """Have something done; False when too much waits already."""
        with self._changed:
            if len(self._waiting) >= MOST_WAITING:
                return False
            at = time.monotonic() + random.uniform(self._soonest, self._latest)  # noqa: S311  no secret
            heapq.heappush(self._waiting, (at, next(self._numbers), task))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="afterwards", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            return True

    def wait(self, patience: float | None = None) -> bool:
        """Until nothing is left to do; False when some is after so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, patience)

    def finish(self, patience: float) -> bool:
        """Do what waits at once, as the process ends; False when some is left after so many seconds."""
        with self._changed:
            self._soonest = self._latest = 0.0
            self._waiting = [(0.0, number, task) for _, number, task in self._waiting]
            self._changed.notify_all()
        return self.wait(patience)

    def _work(self) -> None:
        while True:
            task = self._next()
            try:
                task()
            except IcewireError as error:  # its words may name an address
                log.info("a question on the web came to nothing: %s", type(error).__name__)
            except Exception as error:  # noqa: BLE001  its traceback would hold an address; the next may be well
                log.error("a question on the web could not be answered: %s", type(error).__name__)
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _next(self) -> Callable[[], object]:
        with self._changed:
            while not self._waiting or self._waiting[0][0] > time.monotonic():
                self._changed.wait(self._waiting[0][0] - time.monotonic() if self._waiting else None)
            self._busy = True
            return heapq.heappop(self._waiting)[2]
