"""Advisory locks that are held as long as their process lives and reaches the database.

PostgreSQL ends the session of who says nothing for some seconds, and of who died at once, and with it the locks. Who
holds them knows by a clock that never leaps when it was heard last, and gives up before the server does. So nobody
compares a time of one machine with another's.
"""

import time
from collections.abc import Callable

from sqlalchemy import Connection, Engine, text

WORKER, SCHEDULER = 7_321_456, 7_321_457  # what a lock is about

_TAKE = text("SELECT pg_try_advisory_lock(:about, :number)")
_HELD = """
    SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = :about AND objsubid = 2
    AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class HeldSession:
    """A session of its own, to be beaten often; raises DBAPIError when it is over."""

    def __init__(self, engine: Engine, silence: float, steady: Callable[[], float] = time.monotonic) -> None:
        """`silence`: the seconds after which the server ends it."""
        self._steady, self._silence = steady, silence
        self._heard_at = steady()
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._connection.detach()  # it is no other's afterwards
        self._connection.execute(text(f"SET idle_session_timeout = {int(silence * 1000)}"))

    def take(self, about: int, number: int) -> bool:
        """Take a lock, unless another session holds it; it is a sign of life as well."""
        asked_at = self._steady()
        taken = bool(self._connection.execute(_TAKE, {"about": about, "number": number}).scalar_one())
        self._heard_at = asked_at
        return taken

    def beat(self) -> None:
        """A sign of life."""
        asked_at = self._steady()
        self._connection.execute(text("SELECT 1"))
        self._heard_at = asked_at

    def is_heard(self) -> bool:
        """Whether the server still holds our locks for us; false some seconds before it would let go of them."""
        return self._steady() - self._heard_at < self._silence * 2 / 3

    def close(self) -> None:
        """Let go."""
        self._connection.close()


def held(connection: Connection, about: int) -> set[int]:
    """The numbers of all locks about something that anybody holds."""
    return set(connection.execute(text(_HELD), {"about": about}).scalars())
