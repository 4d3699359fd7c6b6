"""One at a time says to which story an article belongs, and stores it: else two open a story for one event."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text
from sqlmodel import Session

from crawler.database import hold_lock

LOCK = 7_235_401_120  # a number of our own
LONGEST_SILENCE = "10s"  # of who holds it: a machine that sleeps or is cut off then loses what it was about to store


@contextmanager
def grouping_turn(engine: Engine) -> Iterator[Session | None]:
    """While the block runs, no other process on this database groups; commit what is stored in the session given.

    The lock is that transaction's own, so who loses one has not stored the other. None on SQLite, where one process at
    a time crawls (`var/crawl.lock`), and no writer should wait for texts to be compared.
    """
    if engine.dialect.name != "postgresql":
        yield None
        return
    with Session(engine, expire_on_commit=False) as session:
        connection = session.connection()
        connection.execute(
            text("SELECT set_config('idle_in_transaction_session_timeout', :longest, true)"),
            {"longest": LONGEST_SILENCE},
        )
        hold_lock(connection, LOCK)
        yield session
