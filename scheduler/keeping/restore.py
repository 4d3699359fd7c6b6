"""Put a backup in the place of what is there: nobody is mailed twice, and who left stays away."""

import os
import sqlite3
from collections.abc import Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine, inspect, text

from alerts.people import Mended, erase_everybody, mend, skip_numbers
from crawler.database import address_of, open_database
from crawler.model import IcewireError
from scheduler.keeping.backup import LOCK, PROMISE
from scheduler.keeping.bundle import About, Unpacked, read_about, unpack
from scheduler.keeping.departures import Departures
from scheduler.keeping.places import alone, flush, replace, workplace
from scheduler.keeping.postgresql import fill, rows_in_dump
from scheduler.keeping.soundness import look_at_file
from scheduler.migrations import newest, upgrade_within
from scheduler.settings import Settings, sqlite_address

# since: icewire went on after the backup. moved: it did not run since. people_gone: the stories, and no subscriber.
# unlisted: as `since`, although nobody knows who left.
Wish = Literal["since", "moved", "people_gone", "unlisted"]

_RUNS = "an icewire runs with this data folder; stop it first"
_CRAWLS = "a crawl runs with this data folder; wait for it to end"
_BUSY = "a backup is being made or put back; wait for it to end"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, what became of it, and where that is kept which it took the place of."""

    about: About
    mended: Mended
    erased: int = 0
    aside: list[Path] = field(default_factory=list)


def restore(file: Path, settings: Settings, now: datetime, wish: Wish = "since") -> Restored:
    """Put a backup back. Raises IcewireError, and then all is as it was before."""
    data = settings.data
    with ExitStack() as held:
        held.enter_context(alone(data, "daemon.lock", _RUNS))
        held.enter_context(alone(data, "crawl.lock", _CRAWLS))
        held.enter_context(alone(data, LOCK, _BUSY))
        about = read_about(file)
        engine = open_database(settings.database_url)
        held.callback(engine.dispose)
        if about.kind != engine.dialect.name:
            raise IcewireError(_other_kind(file, about))
        if about.revision > newest():
            raise IcewireError(
                f"{file}: it is of a newer icewire (tables {about.revision}); update icewire, and restore again"
            )
        left = _who_left(Departures(data), engine, about, now, wish)
        place = Path(engine.url.database or "") if about.kind == "sqlite" else data / "icewire.db"
        room = held.enter_context(workplace(place.parent, data))
        unpacked = unpack(file, room)
        aside, suffix = [], _suffix(place.parent, data, now)
        if about.kind == "sqlite":
            mended, erased = _prepare(unpacked.database, file, now, left, wish)
            aside += _put_files(unpacked, settings, suffix)
            aside += _put_database(unpacked.database, place, suffix)
        else:
            _refuse_if_used(engine)
            aside += _put_files(unpacked, settings, suffix)
            mended, erased = _fill(engine, unpacked, now, left, wish)
        return Restored(about, mended, erased, aside)


def _suffix(folder: Path, data: Path, now: datetime) -> str:
    """What the files that are put aside have behind their names; no earlier ones have it, of the same second."""
    first = f".before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    more = (first, *(f"{first}-{number}" for number in range(2, 100)))
    return next(one for one in more if not any([*folder.glob(f"*{one}"), *data.glob(f"*{one}")]))


def _other_kind(file: Path, about: About) -> str:
    other = "empty" if about.kind == "sqlite" else "the address of an empty PostgreSQL database"
    return (
        f"{file}: it is a backup of {about.kind}, which database.url does not name. Set database.url to {other}, "
        "restore, and let `icewire db copy` bring it into another kind of database"
    )


def _who_left(
    departures: Departures, engine: Engine, about: About, now: datetime, wish: Wish
) -> Mapping[int, datetime]:
    """Who left since the backup. Raises IcewireError when that is not known and matters."""
    if wish in ("moved", "people_gone"):
        return {}
    with suppress(Exception):  # what is there may be damaged: then the list is as new as the daemon's last look
        if engine.dialect.name == "sqlite" and Path(engine.url.database or "").stat().st_size:
            departures.note(engine, now)
    engine.dispose()  # what is there is closed before it is put aside
    since, left = departures.read()
    if wish == "unlisted":
        return left
    if now - about.made_at > PROMISE:
        raise IcewireError(
            f"the backup is {(now - about.made_at).days} days old, and who left so long ago is not known any more. "
            "--without-subscribers puts the stories back and nobody's address"
        )
    if since is None or since > about.made_at:
        raise IcewireError(
            "the data folder has no list of who left since the backup (left.json), so they would get mail again. Put "
            "that file there if you have it; or say --moved when icewire has not run since, --without-subscribers to "
            "keep the stories only, or --whoever-left when you answer for it"
        )
    return left


def _mend(connection: Connection, now: datetime, left: Mapping[int, datetime], wish: Wish) -> tuple[Mended, int]:
    """Bring the tables up to date and make them fit for now."""
    upgrade_within(connection)
    erased = erase_everybody(connection) if wish == "people_gone" else 0
    mended = mend(connection, now, left, quiet=wish == "moved")
    if wish != "moved":
        skip_numbers(connection)
    return mended, erased


def _prepare(database: Path, file: Path, now: datetime, left: Mapping[int, datetime], wish: Wish) -> tuple[Mended, int]:
    """Look at the copy and mend it, before anything else is touched."""
    found = look_at_file(database, file)
    if found.faults:
        raise IcewireError("; ".join(found.faults))
    engine = open_database(sqlite_address(database))
    try:
        with engine.begin() as connection:
            done = _mend(connection, now, left, wish)
    finally:
        engine.dispose()
    _close(database)
    return done


def _put_files(unpacked: Unpacked, settings: Settings, suffix: str) -> list[Path]:
    """The key and the outlets; returns what they took the place of."""
    aside = [replace(unpacked.key, settings.data / "secret.key", suffix)] if unpacked.key else []
    if unpacked.sources:
        settings.registry.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside += [replace(one, settings.registry / one.name, suffix) for one in unpacked.sources]
    return [one for one in aside if one]


def _put_database(fresh: Path, place: Path, suffix: str) -> list[Path]:
    """Put a database in place of another, of which nothing may stay that SQLite would take for the new one's."""
    aside: list[Path] = []
    if place.exists():
        try:
            _close(place)
        except sqlite3.OperationalError as error:
            raise IcewireError(f"{place}: another program has it open ({error}); stop every icewire first") from error
        except sqlite3.DatabaseError:
            pass  # damaged, which may be why a backup is put back
    for end in ("-wal", "-shm"):
        if (rest := Path(f"{place}{end}")).exists():
            kept = Path(f"{place}{suffix}{end}")
            os.replace(rest, kept)
            aside.append(kept)
    flush(place.parent)
    kept_database = replace(fresh, place, suffix)
    return [kept_database, *aside] if kept_database else aside


def _close(database: Path) -> None:
    """Bring all of a database into its one file. Raises sqlite3.OperationalError when anybody else has it open."""
    with closing(sqlite3.connect(database, timeout=2, isolation_level=None)) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
    if mode != "delete":
        raise sqlite3.OperationalError("database is locked")


def _fill(
    engine: Engine, unpacked: Unpacked, now: datetime, left: Mapping[int, datetime], wish: Wish
) -> tuple[Mended, int]:
    """An empty database becomes the backup's. Until it is mended it has no version, and no icewire starts on it."""
    revision, dump = unpacked.about.revision, unpacked.database
    rows = rows_in_dump(dump)
    fill(engine, dump)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:at)"), {"at": revision})
        found = {n: connection.execute(text(f'SELECT count(*) FROM "{n}"')).scalar_one() for n in rows}  # noqa: S608
        if found != rows:
            raise IcewireError("not all rows arrived; make a new database (createdb) and restore into that")
        return _mend(connection, now, left, wish)


def _refuse_if_used(engine: Engine) -> None:
    with engine.connect() as connection:
        used = bool(inspect(connection).get_table_names())
    if used:
        shown = address_of(engine)
        raise IcewireError(
            f"database.url: {shown} is not empty. Make a new database (createdb), name it in database.url and restore "
            "again: what is there stays as it is, and so does what a restore that was cut off left"
        )
