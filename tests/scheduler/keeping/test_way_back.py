"""From every earlier version of the tables, with rows in each: an update keeps them, and there is a way back."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from crawler.database import open_database
from crawler.model import IcewireError
from scheduler.deployment import Deployment, open_deployment
from scheduler.keeping.bundle import unpack
from scheduler.keeping.restore import restore
from scheduler.keeping.soundness import look_at_file
from scheduler.migrations import VERSIONS, newest, upgrade
from scheduler.settings import load
from tests.scheduler.test_migrations import insert

pytestmark = pytest.mark.slow

REVISIONS = sorted(file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*.py"))
ROOT = Path(__file__).parents[3]
ADDRESS = "ada@example.org"


# What no column of that name is without.
KNOWN = {"digest_at": "07:00", "timezone": "UTC", "query": "raid", "local_date": "2026-03-09", "cadence": "daily"}
KNOWN |= {"error_args": "{}", "status_args": "{}", "reason_args": "{}", "state": "active", "url": "https://a.example/1"}


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A database of each version: each table got a row when it came, and was brought on with all that it held."""
    folder = tmp_path_factory.mktemp("older")
    made, engine = {}, open_database(f"sqlite:///{folder / 'icewire.db'}")
    for revision in REVISIONS:
        upgrade(engine, to=revision)
        with engine.begin() as connection:
            fill(connection)
        engine.dispose()
        made[revision] = folder / f"{revision}.db"
        with closing(sqlite3.connect(folder / "icewire.db")) as connection:
            connection.execute("VACUUM INTO ?", (str(made[revision]),))
    return made


def fill(connection: Connection) -> None:
    """A row into each table that has none, which refers to the first of others."""
    found = inspect(connection)
    for table, _ in found.get_sorted_table_and_fkc_names():
        if table is None or table.startswith(("article_search", "alembic")):
            continue
        if connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one():
            continue
        refers = {name: key for key in found.get_foreign_keys(table) for name in key["constrained_columns"]}
        facts: dict[str, object] = {}
        for column in found.get_columns(table):
            name = column["name"]
            if name in refers:
                [other] = refers[name]["referred_columns"]
                first = text(f'SELECT "{other}" FROM "{refers[name]["referred_table"]}" LIMIT 1')
                facts[name] = connection.execute(first).scalar_one_or_none()
            elif name == "id" and "INT" in str(column["type"]):
                facts[name] = 1
            elif name == "email":
                facts[name] = ADDRESS
            elif name in KNOWN:
                facts[name] = KNOWN[name]
        insert(connection, table, **facts)


def said(file: Path) -> list[str]:
    """All that a database holds."""
    with closing(sqlite3.connect(file)) as connection:
        return sorted(line for line in connection.iterdump() if line.startswith("INSERT"))


@pytest.fixture
def here(tmp_path: Path) -> Path:
    config = tmp_path / "icewire.toml"
    config.write_text(f'data = "{tmp_path}/var"\n[watch]\nshipped = false\n')
    (tmp_path / "var").mkdir()
    return config


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_an_update_keeps_all_rows_and_beside_them_what_was_there_before(
    older: dict[str, Path], here: Path, revision: str
) -> None:
    database = here.with_name("var") / "icewire.db"
    shutil.copy(older[revision], database)
    before = look_at_file(database).rows
    with opened(here) as icewire:
        assert [person.email for person, _ in icewire.members.subscribers()] == [ADDRESS]
    now = look_at_file(database)
    assert (now.revision, now.faults) == (newest(), [])
    assert {name: n for name, n in now.rows.items() if name in before} == before
    [backup] = (here.with_name("var") / "backups").iterdir()
    room = here.with_name("room")
    room.mkdir()
    assert said(unpack(backup, room).database) == said(older[revision])


# Tables of an icewire to come, of which this one is the older.
NEWER = """
from alembic import op
revision, down_revision = "9999", "{before}"
def upgrade() -> None:
    op.execute("ALTER TABLE subscriber ADD COLUMN to_come INTEGER")
"""


def test_the_older_icewire_puts_back_what_the_update_kept_and_nobody_who_left_since(
    older: dict[str, Path], here: Path, tmp_path: Path
) -> None:
    """As docs/operating.md tells it."""
    database, newer = here.with_name("var") / "icewire.db", a_newer_icewire(tmp_path / "newer")
    shutil.copy(older[newest()], database)
    with opened(here) as icewire:
        icewire.members.subscribe("bea@example.org", "raid", icewire.clock(), "UTC", "07:00", active=True)
    command = [sys.executable, "-m", "scheduler.cli", "--config", str(here), "unsubscribe", ADDRESS]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": str(newer)}, cwd=newer, check=True, timeout=120)
    assert look_at_file(database).revision == "9999"
    [backup] = (here.with_name("var") / "backups").iterdir()
    engine = open_database(f"sqlite:///{database}")
    with pytest.raises(IcewireError, match="of a newer icewire than this one"):
        upgrade(engine)
    engine.dispose()
    restore(backup, load(here), datetime.now(UTC))
    now = look_at_file(database)
    assert (now.revision, now.faults) == (newest(), [])
    with opened(here) as icewire:
        assert [person.email for person, _ in icewire.members.subscribers()] == ["bea@example.org"]


@contextmanager
def opened(config: Path) -> Iterator[Deployment]:
    icewire = open_deployment(config)
    yield icewire
    icewire.engine.dispose()


def a_newer_icewire(folder: Path) -> Path:
    """This one, with newer tables."""
    shutil.copytree(ROOT / "scheduler", folder / "scheduler", ignore=shutil.ignore_patterns("__pycache__"))
    for room in ("alerts", "crawler"):
        (folder / room).symlink_to(ROOT / room)
    (folder / "scheduler/migrations/versions/9999_to_come.py").write_text(NEWER.format(before=newest()))
    return folder


def test_without_room_for_a_backup_nothing_is_changed(older: dict[str, Path], here: Path) -> None:
    database = here.with_name("var") / "icewire.db"
    shutil.copy(older["0031"], database)
    (here.with_name("var") / "backups").write_text("no folder")
    with pytest.raises(IcewireError, match="no backup could be made of the older ones"):
        open_deployment(here)
    assert look_at_file(database).revision == "0031"
    with here.open("a") as settings:
        settings.write("[database]\nbackup_before_upgrade = false\n")
    with opened(here):
        pass
    assert look_at_file(database).revision == newest()
