"""Open a database from its URL."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from crawler.model import IcewireError

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "busy_timeout=30000",
    "secure_delete=ON",  # what is deleted is overwritten, whatever this SQLite was built to do
    # Pages, 16 MB: an article writes some 50, which are copied at a checkpoint. Only there the disk is waited for: when
    # the power fails, what the system had not yet written down, some half a minute, is done again.
    "wal_autocheckpoint=4000",
    "cache_size=-8000",  # KiB a connection: the upper levels of its indexes stay in memory
)

# Who is cut off from the server learns it within half a minute; without these, the system may wait for hours.
KEEPALIVES = {
    "connect_timeout": 10,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds
}


class _Hinting(SQLiteCompiler):
    """Writes hints on tables (`INDEXED BY`): there are no statistics here by which SQLite would choose an index."""

    def get_from_hint_text(self, table: Any, text: str | None) -> str | None:
        return text


def open_database(url: str) -> Engine:
    """An engine for `sqlite:///path` or `postgresql://…`; SQLite gets WAL, foreign keys and a busy timeout.

    Raises IcewireError when the URL names another kind of database, or gives SQLite options. Does not connect
    and does not migrate.
    """
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        if backend == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
            kept = {name: value for name, value in KEEPALIVES.items() if name not in parsed.query}
            return create_engine(parsed, pool_pre_ping=True, hide_parameters=True, connect_args=kept)
        if backend != "sqlite":
            raise IcewireError(f"database.url: {parsed.drivername} is not supported; use sqlite:///… or postgresql://…")
        if parsed.query:
            raise IcewireError(
                f"database.url: {_without_password(url)!r} has options after its ?; SQLite takes none, leave them out"
            )
        engine = create_engine(parsed, connect_args={"timeout": 30}, hide_parameters=True)
    except (ArgumentError, ValueError) as error:  # a port that is no number, a bracket without its other
        raise IcewireError(
            f"database.url: {_without_password(url)!r} is not a database address; expected sqlite:///var/icewire.db or postgresql://…"
        ) from error
    engine.dialect.statement_compiler = _Hinting
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "checkin", _end_sqlite)
    return engine


def address_of(engine: Engine) -> str:
    """A database's address as `database.url` may say it and anybody may read it: without a password."""
    url = engine.url.set(drivername=engine.url.get_backend_name())
    return url._replace(password=None).render_as_string()  # set() takes None for: as it is


def _without_password(url: str) -> str:
    """An address that cannot be parsed, as it may be shown: what stands before its last @ may hold a password."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://…@{rest.rpartition('@')[2]}" if "@" in rest else url


def reading(engine: Engine) -> Engine:
    """The same database for transactions that only read: on SQLite they neither take nor await the write lock."""
    return engine.execution_options(sqlite_begin="DEFERRED")


def leave_no_trace(engine: Engine) -> None:
    """Empty the write-ahead log, which holds what was deleted until it is written over; SQLite alone keeps one of ours.

    Waits for who reads an older state, half a minute at most: then the next call does it.
    """
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.close()


def hold_lock(connection: Connection, number: int) -> None:
    """Let one transaction at a time pass here, by a number that means this place; it is held to the transaction's end.

    Only PostgreSQL needs it: SQLite has one writer at a time.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def do_not_wait_for_disk(connection: Connection) -> None:
    """What this transaction writes outlives our end and the server's, but perhaps not the power's, for some moments.

    On SQLite that is so for every transaction, see above.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL synchronous_commit = off"))


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see below
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # The driver's own BEGIN is deferred: two processes that read and then write would meet SQLITE_BUSY at once.
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _end_sqlite(connection: Any, record: Any) -> None:
    # A COMMIT that fails leaves its transaction open, with the lock, and SQLAlchemy takes it for ended.
    if connection is not None and connection.in_transaction:
        try:
            connection.rollback()
        except sqlite3.Error:
            record.invalidate()
