"""Of who is forgotten no byte stays: not in the database, not in its log, not in the outbox."""

import logging
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from alerts.digest import SourcesRead
from alerts.digest.queue import queue_due_digests
from alerts.mail import DeliveryRefused, Mailer, Outbox, deliver
from alerts.people import Members
from crawler.database import open_database
from crawler.model import because
from crawler.places.gazetteer import Gazetteer
from scheduler import jobs
from scheduler.migrations import upgrade
from scheduler.settings import RetentionSettings
from tests.makers.mailing import MAIL, join, join_and_meet, morning_after, post_of
from tests.makers.making import outlet, watch

pytestmark = pytest.mark.slow

WHO = "reader@example.org"  # who joins in `join_and_meet`


@pytest.fixture
def careless(tmp_path: Path) -> Iterator[Engine]:
    """A database whose SQLite does not overwrite what is deleted, unless it is told to."""
    engine = open_database(f"sqlite:///{tmp_path / 'icewire.db'}")
    event.listen(engine, "connect", _let_lie, insert=True)
    upgrade(engine)
    watch(engine, outlet())
    yield engine
    engine.dispose()


def _let_lie(connection: sqlite3.Connection, record: object) -> None:
    connection.execute("PRAGMA secure_delete=OFF").fetchall()


def leftovers(folder: Path, said: str) -> list[str]:
    """The files in which it stands, in whatever case, or whose name holds it."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return [file.name for file in files if said.encode() in file.read_bytes().lower() or said in file.name.lower()]


def forget(engine: Engine, outbox: Outbox, now: datetime) -> None:
    members = Members(engine)
    jobs.forget(engine, members, post_of(engine).deliveries, RetentionSettings(), now)
    jobs.forget_mails(outbox, members, "")


def test_who_left_is_nowhere_after_a_week(
    careless: Engine, tmp_path: Path, gazetteer: Gazetteer, now: datetime
) -> None:
    post, outbox = post_of(careless), Outbox(tmp_path / "out", lambda: now)
    join_and_meet(post, "waltham", gazetteer, now)
    other = join(post, now, "stays@paper.example", "lowell")
    queue_due_digests(post, SourcesRead(1), morning_after(now))
    assert deliver(post.deliveries, outbox, MAIL, lambda: morning_after(now))[0] >= 1
    leaver = post.members.subscriber(WHO)
    assert leaver is not None
    post.members.leave(leaver[0].id or 0, now)
    assert len(leftovers(tmp_path, WHO)) >= 3
    forget(careless, outbox, now + timedelta(days=6))
    assert leftovers(tmp_path / "out", WHO)  # who left may still come back
    forget(careless, outbox, now + timedelta(days=8))
    assert leftovers(tmp_path, WHO) == []
    assert leftovers(tmp_path, other.email)


def test_neither_a_refusal_nor_what_it_was_logged_as_names_who_left(
    careless: Engine, tmp_path: Path, gazetteer: Gazetteer, now: datetime
) -> None:
    class Refusing(Mailer):
        def send(self, recipient: str, message: bytes) -> None:
            raise DeliveryRefused(because("mail_answered", code=550, said=f"5.1.1 <{recipient}>: no such user"), True)

    post, log = post_of(careless), logging.FileHandler(tmp_path / "icewire.log")
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(log)
    root.setLevel(logging.DEBUG)
    try:
        join_and_meet(post, "waltham", gazetteer, now)
        queue_due_digests(post, SourcesRead(1), morning_after(now))
        assert deliver(post.deliveries, Refusing(), MAIL, lambda: morning_after(now)) == (0, 1)
        leaver = post.members.subscriber(WHO)
        assert leaver is not None
        post.members.leave(leaver[0].id or 0, now)
        forget(careless, Outbox(tmp_path / "out", lambda: now), now + timedelta(days=8))
    finally:
        root.removeHandler(log)
        root.setLevel(level)
        log.close()
    assert "no such user" in (tmp_path / "icewire.log").read_text()
    assert leftovers(tmp_path, WHO) == []


def test_a_mail_that_was_cut_off_while_it_was_written_goes_too(tmp_path: Path, now: datetime) -> None:
    outbox = Outbox(tmp_path, lambda: now)
    names = ["2026-03-09-gone@a.example-0123abcd.eml.part", "2026-03-09-gone@a.example-0123abcd.html"]
    kept = ["2026-03-09-here@a.example-0123abcd.eml", "notes.txt"]
    for name in names + kept:
        (tmp_path / name).touch()
    assert outbox.forget_but(lambda: ["here@a.example"]) == 2
    assert sorted(file.name for file in tmp_path.iterdir()) == kept


def test_an_address_as_long_as_they_may_be_has_its_mail_in_the_outbox_until_it_is_forgotten(
    tmp_path: Path, now: datetime
) -> None:
    address, outbox = f"{'a' * 64}@{'.'.join(['b' * 60] * 3)}.example", Outbox(tmp_path, lambda: now)
    outbox.send(address, b"Message-ID: <0123abcd@alerts.example>\r\nContent-Type: text/html\r\n\r\nmail")
    assert sorted(file.suffix for file in tmp_path.iterdir()) == [".eml", ".html"]
    assert outbox.forget_but(lambda: [address]) == 0
    assert outbox.forget_but(list) == 2


def test_an_error_of_the_database_names_nobody(careless: Engine) -> None:
    query = text("SELECT email FROM subscriber WHERE no_such_column = :email")
    with careless.connect() as connection, pytest.raises(SQLAlchemyError) as failed:
        connection.execute(query, {"email": WHO})
    assert WHO not in str(failed.value)
