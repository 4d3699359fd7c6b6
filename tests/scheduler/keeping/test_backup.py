"""A backup is whole, private and never in the way; a bad one gets no name."""

import json
import sqlite3
import stat
import tarfile
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlmodel import SQLModel

from crawler.model import IcewireError
from scheduler.keeping.backup import PROMISE, default_place, made_in, make_backup, superfluous
from scheduler.keeping.bundle import About, pack, unpack
from scheduler.keeping.places import digest_of
from scheduler.keeping.soundness import look_at_file
from scheduler.migrations import newest
from scheduler.settings import Settings
from tests.makers.making import NOON

HOUR = timedelta(hours=1)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_holds_database_key_and_outlets_for_its_owner_alone(
    engine: Engine, lived: Settings, tmp_path: Path, now: datetime
) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/added.toml").write_text("# mine")
    place = default_place(tmp_path, now)
    made = make_backup(engine, lived, place, now)
    assert made.compared
    assert (place.name, mode(place), mode(place.parent)) == ("icewire-20260309T120000Z.tar", 0o600, 0o700)
    assert [file.name for file in place.parent.iterdir()] == [place.name]  # and nothing half done
    room = tmp_path / "room"
    room.mkdir()
    parts = unpack(place, room)
    assert parts.key is not None
    assert parts.key.read_bytes() == (tmp_path / "secret.key").read_bytes()
    assert [one.read_text() for one in parts.sources] == ["# mine"]
    assert parts.about.revision == newest()
    rows = parts.about.rows or {}
    assert rows.keys() - SQLModel.metadata.tables.keys() == {"alembic_version"}
    assert (rows["subscriber"], rows["story"], rows["delivery"]) == (2, 2, 1)


def test_a_key_and_outlets_that_are_links_are_in_it_themselves(lived: Settings, tmp_path: Path, now: datetime) -> None:
    key = (tmp_path / "secret.key").rename(tmp_path / "elsewhere.key")
    (tmp_path / "secret.key").symlink_to(key)
    (tmp_path / "elsewhere.toml").write_text("# mine")
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources/added.toml").symlink_to(tmp_path / "elsewhere.toml")
    bundle, room = tmp_path / "bundle.tar", tmp_path / "room"
    room.mkdir()
    (tmp_path / "empty.db").write_bytes(b"")
    about = About("sqlite", now, digest=digest_of(tmp_path / "empty.db"), rows={})
    pack(about, tmp_path / "empty.db", tmp_path / "secret.key", lived.registry, bundle)
    parts = unpack(bundle, room)
    assert parts.key is not None
    assert parts.key.read_bytes() == key.read_bytes()
    assert [one.read_text() for one in parts.sources] == ["# mine"]


def test_what_is_written_while_it_is_made_waits_for_nothing(
    sqlite_engine: Engine, tmp_path: Path, now: datetime
) -> None:
    settings = Settings(data=tmp_path)
    with closing(sqlite3.connect(tmp_path / "icewire.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO lease (id, beats) VALUES ('x', 1)")
        made = make_backup(sqlite_engine, settings, tmp_path / "one.tar", now)
        writer.execute("COMMIT")
    assert (made.about.rows or {})["lease"] == 0


def test_it_overwrites_nothing(sqlite_engine: Engine, tmp_path: Path, now: datetime) -> None:
    (tmp_path / "mine.tar").write_text("dear")
    with pytest.raises(IcewireError, match="no backup overwrites one"):
        make_backup(sqlite_engine, Settings(data=tmp_path), tmp_path / "mine.tar", now)
    assert (tmp_path / "mine.tar").read_text() == "dear"


def test_of_a_damaged_database_there_is_no_backup(sqlite_engine: Engine, tmp_path: Path, now: datetime) -> None:
    with sqlite_engine.begin() as connection:
        connection.execute(text("PRAGMA writable_schema=ON"))
        connection.execute(text("DELETE FROM sqlite_master WHERE name = 'alembic_version'"))
    sqlite_engine.dispose()
    with pytest.raises(IcewireError, match="no copy could be made of it.*malformed"):
        make_backup(sqlite_engine, Settings(data=tmp_path), tmp_path / "one.tar", now)
    assert not list(tmp_path.glob("*.tar"))
    assert not list(tmp_path.glob(".icewire*"))


def test_rows_that_belong_to_nothing_are_told_with_their_table(sqlite_engine: Engine, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "icewire.db")) as careless, careless:
        careless.execute("INSERT INTO muted (subscriber_id, story_id, muted_at) VALUES (7, 7, '2026-03-09 12:00:00')")
    [one, other] = look_at_file(tmp_path / "icewire.db").faults
    assert "rows of muted belong to a story that is not there" in one
    assert "rows of muted belong to a subscriber that is not there" in other
    assert "icewire db restore FILE" in one


@pytest.mark.parametrize("spoil", ["cut", "changed", "no tar"])
def test_a_backup_that_is_not_as_it_was_written_is_refused(
    sqlite_engine: Engine, tmp_path: Path, now: datetime, spoil: str
) -> None:
    place = tmp_path / "one.tar"
    make_backup(sqlite_engine, Settings(data=tmp_path), place, now)
    whole = place.read_bytes()
    at = whole.index(b"SQLite format 3") + 5000
    spoilt = {"cut": whole[: len(whole) // 2], "changed": whole[:at] + b"#" + whole[at + 1 :], "no tar": b"hello"}
    place.write_bytes(spoilt[spoil])
    (tmp_path / "room").mkdir()
    with pytest.raises(IcewireError, match="take another"):
        unpack(place, tmp_path / "room")


def test_a_tar_that_wants_out_of_its_folder_stays_in_it(sqlite_engine: Engine, tmp_path: Path, now: datetime) -> None:
    place, bad = tmp_path / "one.tar", tmp_path / "bad.tar"
    make_backup(sqlite_engine, Settings(data=tmp_path), place, now)
    (tmp_path / "evil.toml").write_text("# evil")
    with tarfile.open(place) as whole, tarfile.open(bad, "w") as other:
        for member in whole:
            other.addfile(member, whole.extractfile(member))
        for name in ("../evil.toml", "sources/../../evil.toml", "sources/deep/evil.toml"):
            other.add(tmp_path / "evil.toml", name)
    room = tmp_path / "in/room"
    room.mkdir(parents=True)
    assert unpack(bad, room).sources == []
    assert not (tmp_path / "in/evil.toml").exists()


def test_a_kind_that_is_unknown_is_told(tmp_path: Path) -> None:
    said = {"kind": "oracle", "made_at": NOON.isoformat(), "revision": "1", "rows": {}, "digest": "x"}
    (tmp_path / "about.json").write_text(json.dumps(said))
    with tarfile.open(tmp_path / "x.tar", "w") as bundle:
        bundle.add(tmp_path / "about.json", "about.json")
    with pytest.raises(IcewireError, match="oracle"):
        unpack(tmp_path / "x.tar", tmp_path)


@given(hours=st.lists(st.integers(0, 400), unique=True, max_size=12), keep=st.integers(1, 9), older=st.booleans())
def test_the_newest_stay_as_far_as_they_keep_the_promise(hours: list[int], keep: int, older: bool) -> None:
    made = [(Path(f"{h}"), NOON - h * HOUR) for h in sorted(hours)]
    gone = set(superfluous(made, keep, NOON, older))
    stay = [(file, at) for file, at in made if file not in gone]
    assert len(stay) <= keep
    assert stay[:1] == made[:1]  # the newest always
    assert older or all(NOON - at <= PROMISE for _, at in stay[1:])
    if older:
        assert stay == made[:keep]


def test_only_files_that_are_called_like_ours_are_ours(tmp_path: Path) -> None:
    for name in ("icewire-20260309T120000Z.tar", "icewire-20260310T120000Z.tar", "icewire-mine.tar", "notes.txt"):
        (tmp_path / name).touch()
    assert [at.day for _, at in made_in(tmp_path)] == [10, 9]
