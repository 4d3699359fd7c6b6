"""Locks that tell who lives: sweeping, standing by, and the key that all share."""

import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from crawler.model import IcewireError
from scheduler.workers.figures import look_at_workers
from scheduler.workers.held import WORKER, HeldSession, held
from scheduler.workers.jobs_schema import bring_up
from scheduler.workers.same_key import check_key, note_key
from scheduler.workers.standing_by import Lead, Standby
from scheduler.workers.sweeping import Sweeper
from tests.makers.machines import until

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]
FILE = Path("secret.key")


@pytest.fixture
def engine(engine: Engine) -> Engine:
    bring_up(engine)
    return engine


def at_work(engine: Engine, status: str = "doing") -> int:
    """A worker, and the job that it is at; its number."""
    with engine.begin() as connection:
        begun = text("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        number = int(connection.execute(begun).scalar_one())
        columns = "procrastinate_jobs (queue_name, task_name, status, worker_id)"
        job = text(f"INSERT INTO {columns} VALUES ('telling', 'mails', '{status}', {number})")
        connection.execute(job)
    return number


def jobs(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one())


def test_the_job_of_a_worker_that_nobody_holds_a_lock_for_is_swept_after_a_grace(engine: Engine) -> None:
    at_work(engine)
    now = [0.0]
    sweeper = Sweeper(engine, 10, lambda: now[0])
    assert (sweeper.sweep(), jobs(engine)) == (0, 1)
    now[0] = 9
    assert sweeper.sweep() == 0
    now[0] = 10
    assert (sweeper.sweep(), jobs(engine)) == (1, 0)


def test_the_job_of_a_worker_that_lives_is_not_however_long_it_takes(engine: Engine) -> None:
    session = HeldSession(engine, 60)
    assert session.take(WORKER, at_work(engine))
    now = [0.0]
    sweeper = Sweeper(engine, 10, lambda: now[0])
    for now[0] in (0, 10, 3600):
        assert sweeper.sweep() == 0
    seen = look_at_workers(engine)
    assert seen is not None
    assert (seen.alive, seen.doing) == (1, {"mails": 1})
    session.close()


def test_what_procrastinate_has_pruned_the_worker_of_is_swept_at_once(engine: Engine) -> None:
    number = at_work(engine)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM procrastinate_workers WHERE id = :n"), {"n": number})
    assert Sweeper(engine, 10).sweep() == 1


def test_a_job_that_waits_is_never_swept(engine: Engine) -> None:
    at_work(engine, "todo")
    assert (Sweeper(engine, 0).sweep(), jobs(engine)) == (0, 1)


def test_the_server_lets_go_of_the_locks_of_who_says_nothing_who_knows_before(engine: Engine) -> None:
    session = HeldSession(engine, 1)
    session.take(WORKER, 5)
    with engine.connect() as connection:
        assert held(connection, WORKER) == {5}
    assert session.is_heard()
    time.sleep(0.8)
    assert not session.is_heard()
    with engine.connect() as connection:
        assert held(connection, WORKER) == {5}
        time.sleep(0.7)
        assert held(connection, WORKER) == set()
    with pytest.raises(DBAPIError):
        session.beat()


def test_one_leads_and_when_it_ends_the_other_does(engine: Engine) -> None:
    first, second, told = Lead(engine, 1), Lead(engine, 1), list[str]()
    first.begin()
    until(first.is_held)
    standby = Standby(
        second, lambda: told.append("took up"), lambda: told.append("started"), lambda: "", lambda: told.append("rests")
    )
    second.begin()
    time.sleep(0.5)
    assert (standby.look(), second.is_held(), told) == ("", False, [])
    first.end()
    until(second.is_held)
    standby.look()
    second.end()
    standby.look()
    assert told == ["took up", "started", "rests"]


def test_a_worker_has_the_key_of_the_daemon_or_does_not_begin(engine: Engine) -> None:
    note_key(engine, b"the daemon's", FILE)
    note_key(engine, b"the daemon's", FILE)
    check_key(engine, b"the daemon's", FILE)
    with pytest.raises(IcewireError, match="copy the daemon's file"):
        check_key(engine, b"another", FILE)


def test_a_daemon_that_is_alone_may_have_a_new_key_and_a_second_one_may_not(engine: Engine) -> None:
    note_key(engine, b"old", FILE)
    note_key(engine, b"new", FILE)
    session = HeldSession(engine, 60)
    session.take(WORKER, 1)
    with pytest.raises(IcewireError, match="another key"):
        note_key(engine, b"newer", FILE)
    session.close()
