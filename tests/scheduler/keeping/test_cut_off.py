"""Ended in the middle, or without room on the disk: what was there is whole, and nothing half is left."""

import os
import resource
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from crawler.model import IcewireError
from scheduler.keeping.backup import make_backup
from scheduler.keeping.bundle import read_about
from scheduler.keeping.soundness import look_at_file
from scheduler.settings import Settings
from tests.makers.backing_up import ADA
from tests.makers.mailing import join, post_of

pytestmark = pytest.mark.slow

LARGE = 20_000_000  # bytes, so that each step takes some time


@pytest.fixture
def large(sqlite_engine: Engine, tmp_path: Path, now: datetime) -> Settings:
    """A database that takes some tenths of a second to copy."""
    join(post_of(sqlite_engine), now, ADA)
    with sqlite_engine.begin() as connection:
        connection.execute(text("CREATE TABLE ballast (b BLOB)"))
        connection.execute(text(f"INSERT INTO ballast VALUES (randomblob({LARGE}))"))
    sqlite_engine.dispose()
    return Settings(data=tmp_path)


def started(folder: Path, *words: str) -> "subprocess.Popen[bytes]":
    given = {**os.environ, "ICEWIRE_DATA": str(folder), "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-m", "scheduler.cli", "db", *words]
    return subprocess.Popen(command, cwd=folder, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def killed_as_soon_as(process: "subprocess.Popen[bytes]", folder: Path, pattern: str) -> None:
    """Ended the moment that such a file is there."""
    until = time.monotonic() + 60
    while process.poll() is None and not list(folder.glob(pattern)) and time.monotonic() < until:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.communicate()


@pytest.mark.parametrize("at", [".icewire-*.part", ".icewire-*.part/icewire.db", ".icewire-*.part/bundle.tar"])
def test_a_backup_that_is_killed_has_no_name_and_the_next_one_clears_up(
    large: Settings, sqlite_engine: Engine, now: datetime, at: str
) -> None:
    killed_as_soon_as(started(large.data, "backup", str(large.data / "one.tar")), large.data, at)
    assert not (large.data / "one.tar").exists()
    assert look_at_file(large.data / "icewire.db").faults == []
    make_backup(sqlite_engine, large, large.data / "one.tar", now)
    assert not list(large.data.glob(".icewire-*"))


@pytest.mark.parametrize("at", [".icewire-*.part", ".icewire-*.part/icewire.db", "icewire.db.before-*"])
def test_a_restore_that_is_killed_leaves_the_old_state_or_the_new(
    large: Settings, sqlite_engine: Engine, now: datetime, at: str
) -> None:
    file = make_backup(sqlite_engine, large, large.data / "one.tar", now).file
    join(post_of(sqlite_engine), now + timedelta(hours=1), "bea@example.org")
    sqlite_engine.dispose()
    killed_as_soon_as(started(large.data, "restore", "--moved", str(file)), large.data, at)
    found = look_at_file(large.data / "icewire.db")
    assert found.faults == []
    assert found.rows["subscriber"] in (1, 2)
    process = started(large.data, "restore", "--moved", str(file))
    said = process.communicate()
    assert (process.returncode, said[1]) == (0, b"")
    assert look_at_file(large.data / "icewire.db").rows["subscriber"] == 1


def test_a_copy_that_is_killed_leaves_nothing(large: Settings, now: datetime, tmp_path: Path) -> None:
    words = ("copy", f"sqlite:///{tmp_path}/icewire.db", f"sqlite:///{tmp_path}/new.db")
    killed_as_soon_as(started(large.data, *words), tmp_path, "new.db-wal")
    found = look_at_file(tmp_path / "new.db")
    assert [name for name, n in found.rows.items() if n and name != "alembic_version"] == []
    process = started(large.data, *words)
    process.communicate()
    assert process.returncode == 0


def test_a_disk_that_is_full_is_told_and_nothing_is_left(large: Settings, sqlite_engine: Engine, now: datetime) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    for most in (LARGE // 2, LARGE + LARGE // 50):  # in the middle of the copy, and of the file around it
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
        try:
            with pytest.raises(IcewireError, match=r"no copy could be made|too large"):
                make_backup(sqlite_engine, large, large.data / "one.tar", now)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert not (large.data / "one.tar").exists()
        assert not list(large.data.glob(".icewire-*"))
    assert read_about(make_backup(sqlite_engine, large, large.data / "one.tar", now).file).rows
