"""The timetable: what is due is done, and a tick that fails is told."""

import logging
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from alerts.mail import Mailer
from scheduler import timetable
from scheduler.crawls import Crawls
from scheduler.deployment import Deployment, open_deployment
from scheduler.parts import Parts
from scheduler.timetable import Work, make_timetable, run, ticks
from tests.makers.making import HALF_HOURLY, NOON, outlet, watch

NAMES = ["crawl", "match", "digest", "deliver", "bounces", "post", "departures", "forget", "health"]


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sqlite_template: Path) -> Iterator[Deployment]:
    monkeypatch.chdir(tmp_path)
    Path("var").mkdir()
    shutil.copy(sqlite_template, "var/icewire.db")
    made = open_deployment()
    yield made
    made.engine.dispose()


@pytest.fixture
def given(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Work:
    """What the words of the job store mean here."""
    made = Work(ticks(deployment, Crawls()), Parts(deployment.clock))
    monkeypatch.setitem(timetable._known, "", made)
    return made


def test_a_tick_that_fails_is_told_and_the_next_one_may_succeed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(timetable._known, "", Work({"match": fail}, Parts(lambda: NOON)))
    with caplog.at_level(logging.ERROR):
        run("match", "")
    [logged] = caplog.records
    assert (logged.levelname, logged.getMessage()) == ("ERROR", "match failed: ZeroDivisionError: ")
    assert logged.exc_info is not None
    assert logged.exc_info[0] is ZeroDivisionError


@pytest.mark.parametrize("name", NAMES)
def test_a_tick_with_nothing_due_does_nothing_and_says_nothing(
    given: Work, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "icewire"):
        run(name, "")
    assert caplog.records == []


def test_the_stored_timetable_holds_every_tick_as_words_and_no_secrets(deployment: Deployment, given: Work) -> None:
    made = make_timetable(deployment.engine, "", given, deployment.settings.schedule)
    made.start(paused=True)
    try:
        assert {job.id: job.args for job in made.get_jobs()} == {name: (name, "") for name in NAMES}
    finally:
        made.shutdown()
    assert set(given.ticks) == set(NAMES)


def test_a_silent_mail_server_holds_up_no_digest(
    deployment: Deployment, given: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, may_end = threading.Event(), threading.Event()

    class Silent(Mailer):
        def send(self, recipient: str, message: bytes) -> None:
            asked.set()
            may_end.wait(30)

    monkeypatch.setattr(Deployment, "mailer", Silent())
    long_ago = deployment.clock() - timedelta(days=2)
    for name in ("first", "second"):
        deployment.members.subscribe(f"{name}@example.org", "x", long_ago, "UTC", "00:00", active=True)
        run("digest", "")
        if name == "first":
            sending = threading.Thread(target=run, args=("deliver", ""))
            sending.start()
            assert asked.wait(30)
    assert deployment.deliveries.delivery_counts() == {"queued": 1, "sending": 1}
    may_end.set()
    sending.join(30)


def test_no_digest_is_made_before_the_first_reading(deployment: Deployment, given: Work) -> None:
    watchlist = watch(deployment.engine, outlet("ledger"))
    deployment.members.subscribe(
        "reader@example.org", "x", deployment.clock() - timedelta(days=2), "UTC", "00:00", active=True
    )
    run("digest", "")
    assert deployment.deliveries.delivery_counts() == {}
    watchlist.record_unchanged(1, deployment.clock(), HALF_HOURLY)
    run("digest", "")
    assert deployment.deliveries.delivery_counts() == {"queued": 1}


@pytest.mark.slow
@pytest.mark.parametrize("said", ["database or disk is full", "attempt to write a readonly database", "locked"])
def test_while_nothing_can_be_written_each_tick_is_told_once_and_then_does_what_was_due(
    deployment: Deployment, given: Work, caplog: pytest.LogCaptureFixture, said: str
) -> None:
    watchlist = watch(deployment.engine, outlet("ledger"))
    watchlist.record_unchanged(1, deployment.clock(), HALF_HOURLY)
    long_ago = deployment.clock() - timedelta(days=2)
    deployment.members.subscribe("reader@example.org", "x", long_ago, "UTC", "00:00", active=True)
    full = True

    @event.listens_for(deployment.engine, "before_cursor_execute")
    def write(connection: object, cursor: object, statement: str, *_: object) -> None:
        if full and statement.startswith(("INSERT", "UPDATE", "DELETE", "PRAGMA wal")):
            raise sqlite3.OperationalError(said)

    for _ in range(3):
        for name in NAMES[1:]:
            run(name, "")
    assert len(caplog.messages) == len({line.partition(" failed")[0] for line in caplog.messages})
    assert not any(record.exc_info for record in caplog.records)
    assert deployment.deliveries.delivery_counts() == {}
    full = False
    for name in NAMES[1:]:
        run(name, "")
    assert deployment.deliveries.delivery_counts() == {"sent": 1}


def test_who_left_is_written_down_beside_the_database_within_seconds(deployment: Deployment, given: Work) -> None:
    someone, _ = deployment.members.subscribe("a@example.org", "x", deployment.clock(), "UTC", "00:00", active=True)
    deployment.members.leave(someone.id or 0, deployment.clock())
    run("departures", "")
    assert f'"{someone.id}": ' in (deployment.settings.data / "left.json").read_text()
    assert deployment.settings.schedule.deliver_seconds <= 15
