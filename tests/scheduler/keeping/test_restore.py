"""What is put back is whole, mails nobody twice, and brings nobody back who left."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from alerts.digest import SourcesRead
from alerts.digest.queue import queue_due_digests
from alerts.people import Delivery, Members, Subscriber
from alerts.people.subscriber import Pass
from crawler.database import open_database
from crawler.model import IcewireError
from scheduler.keeping.backup import make_backup
from scheduler.keeping.departures import Departures
from scheduler.keeping.restore import Wish, restore
from scheduler.migrations import upgrade
from scheduler.settings import DatabaseSettings, Settings
from tests.makers.backing_up import ADA, BEA, live
from tests.makers.mailing import claim, join, post_of

DAY = timedelta(days=1)
CEA = "cea@example.org"


@contextmanager
def opened(settings: Settings) -> Iterator[Engine]:
    engine = open_database(settings.database_url)
    try:
        upgrade(engine)
        yield engine
    finally:
        engine.dispose()


def states(engine: Engine) -> dict[str, str]:
    with Session(engine) as session:
        return {one.email: one.state for one in session.exec(select(Subscriber))}


def mails(engine: Engine) -> list[tuple[str, bytes, str]]:
    with Session(engine) as session:
        found = session.exec(select(Delivery).order_by(col(Delivery.id)))
        return [(one.state, one.message, one.error) for one in found]


def backed_up(engine: Engine, settings: Settings, now: datetime) -> Path:
    return make_backup(engine, settings, settings.data / "one.tar", now).file


def test_on_another_machine_all_goes_on_as_it_was(
    engine: Engine, lived: Settings, elsewhere: Settings, now: datetime
) -> None:
    done = restore(backed_up(engine, lived, now), elsewhere, now, "moved")
    assert (done.mended.left, done.mended.held, done.mended.told, done.aside) == (0, 0, 0, [])
    assert (elsewhere.data / "secret.key").read_bytes() == (lived.data / "secret.key").read_bytes()
    with opened(elsewhere) as other:
        assert states(other) == states(engine) == {ADA: "active", BEA: "left"}
        assert mails(other) == [("queued", b"\x00mail\xff", "")]
        assert post_of(other).store.search([["mechanic"]], limit=5)  # the full-text index
        assert claim(post_of(other).deliveries, now + DAY) is not None
        assert join(post_of(other), now, CEA).id == 3


def test_a_folder_may_be_called_what_means_something_in_an_address(
    sqlite_engine: Engine, tmp_path: Path, now: datetime
) -> None:
    live(sqlite_engine, now)
    url = f"sqlite:///{sqlite_engine.url.database}"
    file = backed_up(sqlite_engine, Settings(data=tmp_path, database=DatabaseSettings(url=url)), now)
    there = Settings(data=tmp_path / "100%41 sure?/#1")
    there.data.mkdir(parents=True)
    restore(file, there, now, "moved")
    with opened(there) as other:
        assert other.url.database == str(there.data / "icewire.db")
        assert states(other) == {ADA: "active", BEA: "left"}


def test_nobody_is_mailed_again_what_waited_or_was_found_then(
    engine: Engine, lived: Settings, elsewhere: Settings, now: datetime
) -> None:
    file = backed_up(engine, lived, now)
    shutil.copy(lived.data / "left.json", elsewhere.data)
    done = restore(file, elsewhere, now + DAY)
    assert (done.mended.held, done.mended.told) == (1, 1)
    with opened(elsewhere) as other:
        post = post_of(other)
        assert mails(other) == [("failed", b"\x00mail\xff", "restored")]
        assert post.matches.unmatched() == []
        assert post.matches.have_news([1]) == set()
        assert queue_due_digests(post, SourcesRead(total=3), now + DAY) == 0  # no day until now is made up for
        assert claim(post.deliveries, now + DAY) is None


def test_who_left_since_stays_away_and_is_erased_in_time(
    engine: Engine, lived: Settings, elsewhere: Settings, now: datetime
) -> None:
    file = backed_up(engine, lived, now)
    post_of(engine).members.leave(1, now + timedelta(hours=2))
    Departures(lived.data).note(engine, now + timedelta(hours=3))
    shutil.copy(lived.data / "left.json", elsewhere.data)
    assert restore(file, elsewhere, now + DAY).mended.left == 1
    with opened(elsewhere) as other:
        assert states(other) == {ADA: "left", BEA: "left"}
        assert mails(other) == []  # what waited for her went with her
        Members(other).forget(now + timedelta(hours=2))  # seven days after, say
        assert states(other) == {}


def test_whoever_was_signed_in_then_signs_in_anew(sqlite_engine: Engine, tmp_path: Path, now: datetime) -> None:
    settings = Settings(data=tmp_path)
    ada = join(post_of(sqlite_engine), now, ADA)
    with Session(sqlite_engine) as session:
        known = {"hashed": "x", "subscriber_id": ada.id, "kind": "session", "issued_at": now, "until": now + 9 * DAY}
        session.add(Pass.model_validate(known | {"email": ADA}))
        session.commit()
    file = backed_up(sqlite_engine, settings, now)
    sqlite_engine.dispose()
    wishes: list[tuple[Wish, int]] = [("moved", 1), ("since", 0)]
    for wish, passes in wishes:
        restore(file, settings, now + DAY, wish)
        with opened(settings) as engine, Session(engine) as session:
            assert len(session.exec(select(Pass)).all()) == passes


def test_a_number_in_an_old_link_is_nobody_elses(
    engine: Engine, lived: Settings, elsewhere: Settings, now: datetime
) -> None:
    file = backed_up(engine, lived, now)
    shutil.copy(lived.data / "left.json", elsewhere.data)
    gone = join(post_of(engine), now, "dee@example.org")
    restore(file, elsewhere, now + DAY)
    with opened(elsewhere) as other:
        assert (join(post_of(other), now, CEA).id or 0) > (gone.id or 0)


@pytest.mark.parametrize(("days", "said"), [(1, "no list of who left"), (9, "is 9 days old")])
def test_without_knowing_who_left_nobody_comes_back(
    sqlite_engine: Engine, tmp_path: Path, now: datetime, days: int, said: str
) -> None:
    join(post_of(sqlite_engine), now, ADA)
    file = backed_up(sqlite_engine, Settings(data=tmp_path), now)
    there = Settings(data=tmp_path / "there")
    there.data.mkdir()
    with pytest.raises(IcewireError, match=said):
        restore(file, there, now + days * DAY)
    assert not (there.data / "icewire.db").exists()
    assert restore(file, there, now + days * DAY, "people_gone").erased == 1
    with opened(there) as other:
        assert states(other) == {}
    restore(file, there, now + days * DAY, "unlisted")
    with opened(there) as other:
        assert states(other) == {ADA: "active"}


def test_what_was_there_is_kept_beside_and_nothing_of_its_log_stays(
    sqlite_engine: Engine, tmp_path: Path, now: datetime
) -> None:
    settings = Settings(data=tmp_path)
    file = backed_up(sqlite_engine, settings, now)
    join(post_of(sqlite_engine), now, ADA)
    sqlite_engine.dispose()
    done = restore(file, settings, now + DAY)
    assert [one.name for one in done.aside] == ["icewire.db.before-20260310T120000Z"]
    assert not list(tmp_path.glob("icewire.db-*"))
    with closing(sqlite3.connect(done.aside[0])) as old:
        assert old.execute("SELECT email FROM subscriber").fetchall() == [(ADA,)]
    with opened(settings) as engine:
        assert states(engine) == {}


@pytest.mark.parametrize("damage", ["a log without its database", "no database at all"])
def test_a_damaged_database_gives_way(sqlite_engine: Engine, tmp_path: Path, now: datetime, damage: str) -> None:
    settings = Settings(data=tmp_path)
    join(post_of(sqlite_engine), now, ADA)
    file = backed_up(sqlite_engine, settings, now)
    sqlite_engine.dispose()
    (tmp_path / "icewire.db").write_bytes(b"rubbish" * 1000)
    if damage.startswith("a log"):
        (tmp_path / "icewire.db-wal").write_bytes(b"more rubbish")
    restore(file, settings, now + DAY)
    with opened(settings) as engine:
        assert states(engine) == {ADA: "active"}
    kept = sorted(one.name for one in tmp_path.glob("*.before-*"))
    assert kept[0] == "icewire.db.before-20260310T120000Z"


@pytest.mark.parametrize("name", ["daemon.lock", "crawl.lock", "keeping.lock"])
def test_nothing_is_put_back_under_whoever_runs(
    sqlite_engine: Engine, tmp_path: Path, now: datetime, name: str
) -> None:
    settings = Settings(data=tmp_path)
    file = backed_up(sqlite_engine, settings, now)
    with FileLock(tmp_path / name), pytest.raises(IcewireError, match=name):
        restore(file, settings, now)


@pytest.mark.slow
def test_nor_under_a_command_that_has_the_database_open(sqlite_engine: Engine, tmp_path: Path, now: datetime) -> None:
    settings = Settings(data=tmp_path)
    file = backed_up(sqlite_engine, settings, now)
    with sqlite_engine.connect() as connection:
        connection.execute(text("SELECT 1 FROM story"))
        with pytest.raises(IcewireError, match="another program has it open"):
            restore(file, settings, now, "moved")
    assert not list(tmp_path.glob("*.before-*"))


def test_the_backup_of_a_newer_icewire_is_refused(sqlite_engine: Engine, tmp_path: Path, now: datetime) -> None:
    settings = Settings(data=tmp_path)
    with sqlite_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9000'"))
    with pytest.raises(IcewireError, match="newer icewire"):
        backed_up(sqlite_engine, settings, now)
    with closing(sqlite3.connect(tmp_path / "icewire.db")) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "bare.db"),))
    with pytest.raises(IcewireError, match=r"bare\.db: it is of a newer icewire .*update icewire"):
        restore(tmp_path / "bare.db", settings, now, "moved")


@pytest.mark.slow
def test_the_backup_of_an_older_icewire_is_brought_up_to_date(tmp_path: Path, now: datetime) -> None:
    settings = Settings(data=tmp_path)
    engine = open_database(settings.database_url)
    upgrade(engine, "0018")
    with engine.begin() as connection:
        known = "email, timezone, digest_at, state, served_until, created_at, language"
        row = f"'{ADA}', 'America/New_York', '07:00', 'active', '2026-03-01 00:00:00', '2026-03-01 00:00:00', 'en'"
        connection.execute(text(f"INSERT INTO subscriber ({known}) VALUES ({row})"))
    file = backed_up(engine, settings, now)
    engine.dispose()
    restore(file, settings, now + DAY)
    with opened(settings) as engine:
        assert states(engine) == {ADA: "active"}


def test_one_kind_is_not_put_in_the_place_of_the_other(sqlite_engine: Engine, tmp_path: Path, now: datetime) -> None:
    from scheduler.settings import DatabaseSettings

    file = backed_up(sqlite_engine, Settings(data=tmp_path), now)
    other = Settings(data=tmp_path, database=DatabaseSettings(url="postgresql://nobody@localhost/none"))
    with pytest.raises(IcewireError, match="it is a backup of sqlite.*icewire db copy"):
        restore(file, other, now)
