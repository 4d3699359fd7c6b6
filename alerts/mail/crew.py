"""Threads that each hand over one delivery at a time, so that who gives them out need not wait for each answer."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import NamedTuple, Self

from alerts.people import Delivery

GATHERED = 0.003  # seconds: to record what is done in them together costs little more than to record one


class Handed(NamedTuple):
    """A delivery, and what the carrier raised; None = it was taken."""

    delivery: Delivery
    error: BaseException | None


class Crew:
    """Up to so many threads; with one at most it is the caller's own, who then waits as the carrier does.

    Everything but the carrying is done by the caller, so nothing else needs a lock.
    """

    def __init__(self, carry: Callable[[Delivery], None], most: int) -> None:
        self._carry, self.most = carry, most
        self.busy = 0  # deliveries of which the caller does not know yet what came of them
        self._threads: list[threading.Thread] = []
        self._given: SimpleQueue[Delivery | None] = SimpleQueue()
        self._handed: SimpleQueue[Handed] = SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for _ in self._threads:
            self._given.put(None)

    def give(self, delivery: Delivery) -> None:
        """Let one be handed over."""
        self.busy += 1
        if self.most == 1:
            self._hand_over(delivery)
            return
        if self.busy > len(self._threads):
            self._threads.append(threading.Thread(target=self._work, name="mail", daemon=True))
            self._threads[-1].start()
        self._given.put(delivery)

    def handed(self, seconds: float | None = None) -> list[Handed]:
        """All that are done since the last call; waits for the first, that long at most, and a moment for others."""
        done = []
        with suppress(Empty):
            done.append(self._handed.get(timeout=seconds))
            until = time.monotonic() + GATHERED
            while len(done) < self.busy:
                done.append(self._handed.get(timeout=max(0.0, until - time.monotonic())))
        self.busy -= len(done)
        return done

    def _work(self) -> None:
        while delivery := self._given.get():
            self._hand_over(delivery)

    def _hand_over(self, delivery: Delivery) -> None:
        try:
            self._carry(delivery)
        except BaseException as error:  # noqa: BLE001  the caller raises it, where it is no answer
            self._handed.put(Handed(delivery, error))
        else:
            self._handed.put(Handed(delivery, None))
