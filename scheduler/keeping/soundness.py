"""Is a database whole, and can this icewire read it? Looked at without changing it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from crawler.database import address_of, reading
from scheduler.migrations import newest

_MOST_TOLD = 5
_INDEX = "article_search"  # the full-text index, and the tables in which it keeps itself


@dataclass(frozen=True, slots=True)
class Soundness:
    """What was looked at and what is wrong: "" as a revision means that it is no database of icewire."""

    revision: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def older(self) -> bool:
        """Whether its tables are brought up to date at the next start."""
        return self.revision < newest()


def look_at_file(file: Path, named: object = None) -> Soundness:
    """An SQLite file, called by the name that a person knows it by."""
    try:
        with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as connection:
            connection.execute("BEGIN")  # all of it as it was at one moment
            return look_at_sqlite(connection, named or file)
    except sqlite3.Error as error:
        return Soundness(faults=[_damaged(named or file, str(error))])


def look_at_sqlite(connection: sqlite3.Connection, named: object) -> Soundness:
    """The same on a connection that is in a transaction. Raises sqlite3.Error when it cannot be read at all."""
    faults = [
        _damaged(named, said)
        for (said,) in connection.execute(f"PRAGMA integrity_check({_MOST_TOLD})").fetchall()
        if said != "ok"
    ]
    faults += _loose(connection.execute("PRAGMA foreign_key_check").fetchall(), named)
    rows = rows_in_sqlite(connection)
    return _judged(_revision(rows, lambda q: connection.execute(q).fetchone()), rows, faults, named)


def rows_in_sqlite(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table has."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    names = [name for (name,) in connection.execute(query) if not name.startswith(_INDEX)]
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608


def look_at_postgresql(engine: Engine) -> Soundness:
    """A PostgreSQL database, which itself sees to its pages and to what refers to what: can all of it be read?"""
    named = address_of(engine)
    try:
        with reading(engine).connect() as connection:
            names = sorted(inspect(connection).get_table_names())
            rows = {n: connection.execute(text(f'SELECT count(*) FROM "{n}"')).scalar_one() for n in names}  # noqa: S608
            revision = _revision(rows, lambda q: connection.execute(text(q)).one_or_none())
    except DBAPIError as error:
        return Soundness(faults=[_damaged(named, str(error.orig).strip().splitlines()[0])])
    return _judged(revision, rows, [], named)


def _revision(rows: dict[str, int], ask: Callable[[str], Any]) -> str:
    found = ask("SELECT version_num FROM alembic_version") if rows.get("alembic_version") else None
    return str(found[0]) if found else ""


def _judged(revision: str, rows: dict[str, int], faults: list[str], named: object) -> Soundness:
    if not revision:
        faults.append(f"{named}: there is no whole database of icewire in it; `icewire db restore` puts a backup back")
    elif revision > newest():
        said = f"{named}: it is of a newer icewire (tables {revision}; this one knows them up to {newest()})"
        faults.append(f"{said}; update icewire, and look again")
    return Soundness(revision, rows, faults)


def _damaged(named: object, said: str) -> str:
    return (
        f"{named}: damaged: {said}. Stop icewire and put the newest backup back that is whole: icewire db restore FILE"
    )


def _loose(found: list[tuple[Any, ...]], named: object) -> list[str]:
    """Rows that refer to what is not there, by table."""
    tables = sorted({(table, parent) for table, _, parent, _ in found})
    return [
        f"{named}: rows of {table} belong to a {parent} that is not there, {sum(row[0] == table for row in found)} in "
        "all. Stop icewire and put the newest backup back that is whole: icewire db restore FILE"
        for table, parent in tables[:_MOST_TOLD]
    ]
