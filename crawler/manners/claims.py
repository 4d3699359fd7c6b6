"""Names that one process alone has, of all that share a database."""

from hashlib import blake2b

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from crawler.model import IcewireError


class ClaimsLost(IcewireError):
    """The database does not answer, so what was claimed may be another's by now."""


class Claims:
    """Session-level advisory locks of PostgreSQL, on a connection of their own: however a process ends, the server
    frees what it had, at once or, when its machine is cut off, within half a minute.

    On SQLite one process at a time crawls (`var/crawl.lock`), and has whatever it asks for. Not for several threads.
    """

    def __init__(self, engine: Engine) -> None:
        self.are_shared = engine.dialect.name == "postgresql"
        self._engine = engine
        self._connection: Connection | None = None
        self._has: set[str] = set()
        self._lost = False

    def take(self, name: str) -> bool:
        """Claim a name; False while another process, or somebody else in this one, has it. Raises ClaimsLost."""
        if name in self._has:
            return False
        if self.are_shared and not self._asked("SELECT pg_try_advisory_lock(:key)", key=_key(name)):
            return False
        self._has.add(name)
        return True

    def give_back(self, name: str) -> None:
        """Others may have it. Raises ClaimsLost."""
        self._has.discard(name)
        if self.are_shared:
            self._asked("SELECT pg_advisory_unlock(:key)", key=_key(name))

    def check(self) -> None:
        """Raises ClaimsLost when they are."""
        if self._connection is not None or self._lost:
            self._asked("SELECT true")

    def close(self) -> None:
        """Give all back."""
        if self._connection is not None:
            self._connection.invalidate()  # closed and not kept: the server frees what it held
            self._connection.close()
            self._connection = None

    def _asked(self, query: str, **values: int) -> bool:
        if self._lost:
            raise ClaimsLost("the connection that held our claims is lost")
        try:
            if self._connection is None:
                self._connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
                for setting in ("idle=10", "interval=5", "count=3"):  # seconds: the server's own side
                    self._connection.execute(text(f"SET tcp_keepalives_{setting}"))
            return bool(self._connection.scalar(text(query), values))
        except SQLAlchemyError as error:
            self._lost = True  # else it would connect anew, and have nothing
            raise ClaimsLost(f"the database does not answer: {error.__class__.__name__}") from error


def _key(name: str) -> int:
    """A number for PostgreSQL, which knows locks by eight bytes."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8, person=b"icewire").digest(), signed=True)
