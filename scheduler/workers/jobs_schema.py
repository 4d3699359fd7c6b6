"""Procrastinate's tables, brought up to the release that is installed, by its own SQL."""

from pathlib import Path
from typing import Any

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, Engine, text

from crawler.database import hold_lock
from crawler.model import IcewireError

LOCK = 7_321_455_013  # two processes that start together must not both create the tables

_KNOWN = text("""
    SELECT coalesce(obj_description(oid, 'pg_class'), '') FROM pg_class
    WHERE relname = 'procrastinate_jobs' AND relkind = 'r' AND pg_table_is_visible(oid)
""")  # and not to_regclass(), which may remember that there was none before another process made it


def bring_up(engine: Engine) -> None:
    """Create or migrate the tables; safe at every start and from several processes at once.

    Which of Procrastinate's migrations was the last stands as a comment on its table of jobs, so that a copy of the
    database knows it. Raises IcewireError when a newer release than this one was here.
    """
    newest = _migrations()[-1].stem
    with engine.connect() as connection:
        if _known(connection) == newest:
            return
    with engine.begin() as connection:
        hold_lock(connection, LOCK)
        known = _known(connection)
        for file in _wanted(known, _migrations()):
            _execute(connection, file.read_text("utf-8"))
        if known is None:
            _execute(connection, SchemaManager.get_schema())
        _execute(connection, f"COMMENT ON TABLE procrastinate_jobs IS '{newest}'")


def _known(connection: Connection) -> str | None:
    """The last migration that was applied; None when there are no tables yet."""
    return connection.execute(_KNOWN).scalar()


def _migrations() -> list[Path]:
    """Procrastinate's own, in the order of their names, which is that of its releases."""
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))


def _wanted(known: str | None, migrations: list[Path]) -> list[Path]:
    """Those that tables of this state lack. Raises IcewireError when they are newer than all."""
    if known is None:
        return []
    if known > migrations[-1].stem:
        raise IcewireError(f"the queue of jobs is of a newer icewire than this one ({known}); update icewire")
    return [file for file in migrations if file.stem > known]


def _execute(connection: Connection, statements: str) -> None:
    """Several at once, as they are written; SQLAlchemy would take a percent sign for a parameter."""
    driver: Any = connection.connection.driver_connection
    driver.execute(statements)
