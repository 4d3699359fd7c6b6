"""Bring all that one database holds into another, of the same kind or the other one: whole or not at all."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Engine, Table, bindparam, func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import SQLModel

import alerts.people
import crawler.model
from crawler.database import address_of, reading
from crawler.model import IcewireError
from scheduler.migrations import newest, upgrade

TABLES = (crawler.model, alerts.people)  # importing them declares the tables
BY_TRIGGERS = ("whereabouts",)  # of other tables, so these come last
AT_ONCE = 500  # rows

Row = TypeVar("Row")

Progress = Callable[[str, int, int], None]  # the table, rows copied of it so far, rows in all


def copy_database(source: Engine, target: Engine, tell: Progress) -> dict[str, int]:
    """Copy every table into a database in which nothing stands yet; returns the rows of each.

    Raises IcewireError; then the target holds no row more than before. The full-text index makes itself on the way.
    """
    try:
        with reading(source).connect().execution_options(isolation_level=_snapshot(source)) as old:
            _require_newest(old)
            upgrade(target)
            with target.begin() as new:
                _require_empty(new)
                return _copy(old, new, tell)
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise IcewireError(f"nothing was copied: {said}") from error


def _snapshot(engine: Engine) -> Any:
    """All is read as it is at one moment; on SQLite any transaction is like that."""
    return "REPEATABLE READ" if engine.dialect.name == "postgresql" else "SERIALIZABLE"


def _copy(old: Connection, new: Connection, tell: Progress) -> dict[str, int]:
    tables, copied = SQLModel.metadata.sorted_tables, {}
    for table in sorted(tables, key=lambda table: table.name in BY_TRIGGERS):
        new.execute(table.delete())  # of what triggers made of the tables before it
        digest, copied[table.name] = _copy_table(old, new, table, tell)
        if digest != _digest(_rows(new, table))[0]:
            raise IcewireError(f"{table.name}: what was written is not what was read; nothing was copied")
    _set_numbers(new, _numbers(old, tables))
    return copied


def _require_newest(connection: Connection) -> None:
    shown = address_of(connection.engine)
    if not inspect(connection).has_table("alembic_version"):
        raise IcewireError(f"{shown}: there is no database of icewire")
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if revision != newest():
        raise IcewireError(
            f"{shown}: its tables are of version {revision}, this icewire's of {newest()}. Start the icewire once that "
            "is to go on, so that it brings them up to date (`icewire doctor` does), and copy again"
        )


def _require_empty(connection: Connection) -> None:
    for table in SQLModel.metadata.sorted_tables:
        if connection.execute(select(table).limit(1)).first() is not None:
            shown = address_of(connection.engine)
            raise IcewireError(
                f"{shown}: {table.name} is not empty; name a new database, into which nothing was written yet"
            )


def _copy_table(old: Connection, new: Connection, table: Table, tell: Progress) -> tuple[str, int]:
    total = old.execute(select(func.count()).select_from(table)).scalar_one()
    hashing, done = hashlib.sha256(), 0
    inward = [c for c in table.columns if any(key.column.table is table for key in c.foreign_keys)]
    for rows in _batches(_rows(old, table)):
        hashing.update(b"".join(map(_as_bytes, rows)))
        new.execute(table.insert(), [{**row, **{c.name: None for c in inward}} for row in rows])
        done += len(rows)
        tell(table.name, done, total)
    for column in inward:  # a row may belong to a later one, so that waits until all are there
        _refer(old, new, table, column)
    return hashing.hexdigest(), done


def _refer(old: Connection, new: Connection, table: Table, column: Column[Any]) -> None:
    key = next(iter(table.primary_key))
    change = table.update().where(key == bindparam("of")).values({column.name: bindparam("to")})
    found = old.execute(select(key, column).where(column.is_not(None)))
    for rows in _batches(found):
        new.execute(change, [{"of": of, "to": to} for of, to in rows])


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while some := list(islice(waiting, AT_ONCE)):
        yield some


def _rows(connection: Connection, table: Table) -> Iterator[Mapping[str, Any]]:
    """Every row in the order of the key, as Python's values, a few in memory at a time."""
    query = select(table).order_by(*table.primary_key).execution_options(yield_per=AT_ONCE)
    with connection.execute(query) as found:
        for row in found:
            yield dict(row._mapping)


def _digest(rows: Iterable[Mapping[str, Any]]) -> tuple[str, int]:
    hashing, n = hashlib.sha256(), 0
    for row in rows:
        hashing.update(_as_bytes(row))
        n += 1
    return hashing.hexdigest(), n


def _as_bytes(row: Mapping[str, Any]) -> bytes:
    """A row written one way, whichever database gave it."""
    return json.dumps(dict(row), sort_keys=True, default=_plain).encode()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else bytes(value).hex()


def _numbered(tables: Sequence[Table]) -> Iterator[tuple[str, str]]:
    """The tables whose rows are numbered by the database, and by which column."""
    for table in tables:
        column = table.autoincrement_column
        if column is not None and not column.foreign_keys:
            yield table.name, column.name


def _numbers(connection: Connection, tables: Sequence[Table]) -> dict[str, int]:
    """The last number that each table gave; one that was given is not given again."""
    found = {}
    for name, column in _numbered(tables):
        last = connection.execute(text(f'SELECT coalesce(max("{column}"), 0) FROM "{name}"')).scalar_one()  # noqa: S608
        found[name] = max(last, _given(connection, name, column))
    return found


def _given(connection: Connection, name: str, column: str) -> int:
    if connection.dialect.name == "sqlite":
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        return connection.execute(query, {"name": name}).scalar() or 0
    sequence = _sequence(connection, name, column)
    last = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"  # noqa: S608
    return int(connection.execute(text(last)).scalar_one()) if sequence else 0


def _sequence(connection: Connection, name: str, column: str) -> str | None:
    found = connection.execute(text("SELECT pg_get_serial_sequence(:name, :column)"), {"name": name, "column": column})
    return str(name) if (name := found.scalar_one()) else None


def _set_numbers(connection: Connection, numbers: Mapping[str, int]) -> None:
    for (name, column), last in zip(_numbered(SQLModel.metadata.sorted_tables), numbers.values(), strict=True):
        if not last:
            continue
        if connection.dialect.name == "postgresql":
            if sequence := _sequence(connection, name, column):
                connection.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last})
        elif SQLModel.metadata.tables[name].dialect_options["sqlite"]["autoincrement"]:
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
            given = text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)")
            connection.execute(given, {"name": name, "last": last})
