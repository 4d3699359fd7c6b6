"""Leases: who is at work on deliveries counts on while they are; a count that stands still belongs to nobody alive.

A lease is a count and no time, and who looks at it waits by a clock that never leaps. So no clock that is set, on this
machine or another, makes a lease look over, or makes it last for ever.
"""

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, delete, update
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from alerts.people import Lease


@dataclass(frozen=True, slots=True)
class LeaseTimes:
    """In seconds."""

    beat: float = 15.0  # between two counts
    over: float = (
        180.0  # a count that stood still for so long: SQLite lets a count wait for half a minute, now and then
    )
    longest: float = 7200.0  # for one delivery; who is at it for longer hangs, and counts on no more


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen of a lease, and for how long that stood still."""

    beats: int
    at: float
    still: float = 0.0

    def again(self, beats: int, at: float, at_most: float) -> "Looked":
        """Seen once more. A long time without a look counts little: perhaps we slept, and its holder with us.

        >>> Looked(7, 0.0).again(7, 20.0, 60.0).still, Looked(7, 0.0).again(8, 20.0, 60.0).still
        (20.0, 0.0)
        >>> Looked(7, 0.0).again(7, 9000.0, 60.0).still
        60.0
        """
        if beats != self.beats:
            return Looked(beats, at)
        return Looked(beats, at, self.still + min(at - self.at, at_most))


class Leases:
    """The leases in one database, as one process sees them."""

    def __init__(
        self, engine: Engine, times: LeaseTimes | None = None, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._engine, self.times, self._steady = engine, times or LeaseTimes(), steady
        self._looked: Mapping[str, Looked] = {}
        self._lock = threading.Lock()  # mails and postings are sent side by side

    @contextmanager
    def held(self) -> Iterator["Holder"]:
        """Be at work. It is no lease yet, and costs nothing, until something is claimed."""
        holder = Holder(self._engine, self.times, self._steady)
        try:
            yield holder
        finally:
            holder.stop()

    def over(self, session: Session) -> dict[str, int]:
        """The leases whose holders are gone, each with its count."""
        with self._lock:
            now, at_most = self._steady(), self.times.over / 3
            self._looked = {
                lease: known.again(beats, now, at_most) if (known := self._looked.get(lease)) else Looked(beats, now)
                for lease, beats in session.exec(select(Lease.id, Lease.beats))
            }
            return {lease: seen.beats for lease, seen in self._looked.items() if seen.still >= self.times.over}


class Holder:
    """One who is at work: a thread counts on until it stops, whatever ends it, or hangs."""

    def __init__(self, engine: Engine, times: LeaseTimes, steady: Callable[[], float]) -> None:
        self.id = secrets.token_hex(16)
        self.waiting: list[int] = []  # deliveries that were claimed and not begun
        self.has_claimed = False
        self._engine, self._times, self._steady = engine, times, steady
        self._counting: threading.Thread | None = None
        self._stopped = threading.Event()
        self._worked_at = steady()

    def holds(self, session: Session) -> bool:
        """Whether what it claims in this transaction is its own: nobody thought it gone. The first time it begins."""
        self._worked_at = self._steady()
        if self._counting is None:
            session.add(Lease(id=self.id))
            return True
        return self._count(session)

    def claimed(self, deliveries: list[int]) -> None:
        """These are its own, and it counts on."""
        self.waiting += deliveries
        self.has_claimed = True
        if self._counting is None:
            self._counting = threading.Thread(target=self._count_on, name="lease", daemon=True)
            self._counting.start()

    def begin(self, delivery_id: int) -> None:
        """It is at this one now."""
        self._worked_at = self._steady()
        self.waiting.remove(delivery_id)

    def stop(self) -> None:
        """Count no more."""
        self._stopped.set()
        if self._counting:
            self._counting.join(2)  # a count that waits for the database ends by itself

    def _count(self, session: Session) -> bool:
        counted = update(Lease).where(col(Lease.id) == self.id).values(beats=Lease.beats + 1)
        return session.exec(counted).rowcount == 1

    def _count_on(self) -> None:
        while not self._stopped.wait(self._times.beat) and self._steady() - self._worked_at < self._times.longest:
            try:
                with Session(self._engine) as session:
                    if not self._count(session):
                        return
                    session.commit()
            except SQLAlchemyError:  # locked, full or gone: then nobody else can take it, either
                continue


def end_lease(session: Session, lease: str, beats: int | None = None) -> bool:
    """Whether it could be ended: not when its holder has counted on since."""
    ended = delete(Lease).where(col(Lease.id) == lease)
    if beats is not None:
        ended = ended.where(col(Lease.beats) == beats)
    return session.exec(ended).rowcount == 1
