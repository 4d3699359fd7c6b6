"""Which of several daemons with one database schedules: one leads, the others stand by."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from scheduler.workers.held import SCHEDULER, HeldSession

log = logging.getLogger("icewire")


class Lead:
    """The right to schedule. It is tried for again and again; who dies or is cut off loses it."""

    def __init__(self, engine: Engine, silence: float, steady: Callable[[], float] = time.monotonic) -> None:
        self._engine, self._silence, self._steady = engine, silence, steady
        self._session: HeldSession | None = None
        self._taken = False
        self._over = threading.Event()

    def begin(self) -> None:
        """Try for it, in a thread: who is cut off may wait long for an answer."""
        threading.Thread(target=self._try, name="lead", daemon=True).start()

    def is_held(self) -> bool:
        """Whether it is ours."""
        session = self._session
        return self._taken and session is not None and session.is_heard()

    def end(self) -> None:
        """Leave it to another."""
        self._over.set()
        self._let_go()

    def _try(self) -> None:
        while not self._over.is_set():
            try:
                self._session = self._session or HeldSession(self._engine, self._silence, self._steady)
                if self._taken:
                    self._session.beat()
                else:
                    self._taken = self._session.take(SCHEDULER, 0)
            except DBAPIError as error:
                log.debug("the session that says who schedules is over: %s", error)
                self._let_go()
            self._over.wait(self._silence / 6)

    def _let_go(self) -> None:
        session, self._session, self._taken = self._session, None, False
        if session:
            with contextlib.suppress(DBAPIError):
                session.close()


class Standby:
    """A part of the daemon that only works while it leads."""

    def __init__(
        self,
        lead: Lead,
        take_up: Callable[[], None],
        start: Callable[[], None],
        trouble: Callable[[], str],
        rest: Callable[[], None],
    ) -> None:
        """`take_up` comes before the first `start` of each time that it leads."""
        self._lead, self._take_up, self._start, self._trouble, self._rest = lead, take_up, start, trouble, rest
        self._leads: bool | None = None

    def begin(self) -> None:
        """Start it, also in place of one that is no good any more."""
        if self._leads:
            self._start()

    def look(self) -> str:
        """Begin or rest, as it stands now; returns why it does not work, "" when it does or rests."""
        if (leads := self._lead.is_held()) != self._leads:
            before, self._leads = self._leads, leads
            if leads:
                log.info("this one schedules")
                self._take_up()
                self._start()
            elif before:
                log.warning("the database does not hear us any more: another one may schedule")
                self._rest()
            else:
                log.info("standing by: another one schedules, until it ends or is cut off")
        return self._trouble() if leads else ""
