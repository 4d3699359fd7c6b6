"""Make a backup while icewire runs, look at it, and only then give it its name."""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from crawler.model import IcewireError
from scheduler.keeping.bundle import DATABASES, About, pack
from scheduler.keeping.departures import Departures
from scheduler.keeping.places import alone, digest_of, publish, workplace
from scheduler.keeping.postgresql import dump, rows_in_dump
from scheduler.keeping.soundness import look_at_file, rows_in_sqlite
from scheduler.settings import Settings

FOLDER = "backups"  # in the data folder
LOCK = "keeping.lock"
PROMISE = timedelta(days=7)  # in which who left is erased: an older backup may hold the address of somebody who was

_NAME = re.compile(r"icewire-(\d{8}T\d{6})Z\.tar")
_BUSY = "another backup is being made or put back; wait for it to end"


@dataclass(frozen=True, slots=True)
class Backup:
    """One that was made. `compared`: nobody wrote meanwhile, so each table was counted against the one it is of."""

    file: Path
    about: About
    compared: bool


def default_place(data: Path, now: datetime) -> Path:
    """Where a backup goes that nobody named."""
    return data / FOLDER / f"icewire-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar"


def make_backup(engine: Engine, settings: Settings, place: Path, now: datetime) -> Backup:
    """Back up database, key and outlets into a file that must not exist yet; the daemon may run.

    Raises IcewireError, and then there is no such file.
    """
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").exists():
        raise IcewireError(f"{engine.url.database}: there is no database yet; `icewire run` makes one")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise IcewireError(f"{place.parent}: {error.strerror}") from error
    if place.exists():
        raise IcewireError(f"{place}: there is such a file already, and no backup overwrites one")
    data = settings.data
    with alone(data, LOCK, _BUSY), workplace(place.parent, data) as room:
        Departures(data).begin(now)
        about, compared = _postgresql(engine, room, now) if _is_postgresql(engine) else _sqlite(engine, room, now)
        pack(about, room / DATABASES[about.kind], data / "secret.key", settings.registry, room / "bundle.tar")
        publish(room / "bundle.tar", place)
    return Backup(place, about, compared)


def _is_postgresql(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"


def _sqlite(engine: Engine, room: Path, now: datetime) -> tuple[About, bool]:
    source, copy = Path(engine.url.database or ""), room / DATABASES["sqlite"]
    try:
        with closing(sqlite3.connect(source, timeout=30, isolation_level=None)) as connection:
            before = _written(connection)
            rows = rows_in_sqlite(connection)
            connection.execute("VACUUM INTO ?", (str(copy),))  # needs no lock: others go on writing
            compared = _written(connection) == before
    except sqlite3.Error as error:
        raise IcewireError(f"{source}: no copy could be made of it in {room.parent}: {error}") from error
    found = look_at_file(copy, source)
    if found.faults:
        raise IcewireError("; ".join(found.faults))
    if compared and found.rows != rows:
        raise IcewireError(f"{source}: a copy of it lacks rows ({_lacking(rows, found.rows)}); try again")
    return About("sqlite", now, found.revision, found.rows, digest_of(copy)), compared


def _written(connection: sqlite3.Connection) -> int:
    """A number that is another one when anybody else has written."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _postgresql(engine: Engine, room: Path, now: datetime) -> tuple[About, bool]:
    copy = room / DATABASES["postgresql"]
    revision, rows = dump(engine, copy)
    found = rows_in_dump(copy)
    if found != rows:
        raise IcewireError(f"pg_dump left rows out ({_lacking(rows, found)}); try again")
    return About("postgresql", now, revision, rows, digest_of(copy)), True


def _lacking(rows: dict[str, int], found: dict[str, int]) -> str:
    return ", ".join(f"{name}: {found.get(name, 0)} of {n}" for name, n in rows.items() if found.get(name) != n)


def moment_of(name: str) -> datetime:
    """The time that stands in a name, 20260309T120000."""
    return datetime.strptime(f"{name}+0000", "%Y%m%dT%H%M%S%z")


def made_in(folder: Path) -> list[tuple[Path, datetime]]:
    """The backups in a folder that are called as we call them, and when they were made; newest first."""
    named = [(file, _NAME.fullmatch(file.name)) for file in folder.glob("icewire-*.tar")]
    found = [(file, moment_of(name[1])) for file, name in named if name]
    return sorted(found, key=lambda one: one[1], reverse=True)


def superfluous(made: Sequence[tuple[Path, datetime]], keep: int, now: datetime, older: bool) -> list[Path]:
    """Which of these, newest first, are to go: those beyond `keep`, and unless `older` those beyond the promise."""
    return [file for n, (file, at) in enumerate(made) if n >= keep or (n and not older and now - at > PROMISE)]
