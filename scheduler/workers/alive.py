"""A worker says that it lives, as long as the database hears it."""

import threading
from collections.abc import Callable, Iterable

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from scheduler.workers.held import WORKER, HeldSession


class Alive:
    """The locks of the workers of one process, by their numbers; each says that its worker lives."""

    def __init__(self, engine: Engine, silence: float, numbers: Callable[[], Iterable[int]]) -> None:
        self._session, self._silence, self._numbers = HeldSession(engine, silence), silence, numbers
        self._lost = ""
        threading.Thread(target=self._beat, name="alive", daemon=True).start()

    def lost(self) -> str:
        """Why others must think that we are dead, or will before we can tell them; "" when they do not."""
        if not self._lost and not self._session.is_heard():
            return "the database does not answer"
        return self._lost

    def _beat(self) -> None:
        taken: set[int] = set()
        pause = threading.Event()
        try:
            while True:
                for number in set(self._numbers()) - taken:
                    self._session.take(WORKER, number)
                    taken.add(number)
                self._session.beat()
                pause.wait(min(1.0, self._silence / 6))
        except DBAPIError as error:
            self._lost = f"the database has ended our session: {str(error.orig).strip().partition(chr(10))[0]}"
