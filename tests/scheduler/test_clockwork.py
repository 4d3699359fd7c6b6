"""The timetable dies, hangs, or one of its ticks does: it is found, told, and goes on."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from crawler.database import open_database
from scheduler import timetable
from scheduler.parts import Kept, Parts
from scheduler.settings import ScheduleSettings
from scheduler.timetable import Clockwork, Ticks, Timetable, make_timetable
from tests.makers.making import NOON

pytestmark = pytest.mark.slow

NAMES = ("crawl", "match", "digest", "deliver", "post", "forget", "health")
OFTEN = ScheduleSettings(crawl_seconds=0.05, match_seconds=0.05, digest_seconds=0.05, deliver_seconds=0.05)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    yield engine
    engine.dispose()


class Daemon:
    """A timetable that is looked after, as the daemon does."""

    def __init__(self, engine: Engine, deeds: Callable[[str], None]) -> None:
        self.parts = Parts(lambda: NOON)
        self.clockwork = Clockwork(
            lambda work: make_timetable(engine, "clockwork", work, OFTEN), lambda: self.ticks(deeds), self.parts
        )
        self.kept = Kept("timetable", self.clockwork.start, self.clockwork.trouble, self.parts)
        self.ticked: list[str] = []
        self.kept.begin()

    def ticks(self, deeds: Callable[[str], None]) -> Ticks:
        def tick(name: str) -> None:
            self.ticked.append(name)
            deeds(name)

        return {name: lambda name=name: tick(name) for name in NAMES}  # type: ignore[misc]

    def until(self, name: str, seconds: float = 30) -> None:
        """Look after it until this ticks anew."""
        self.ticked.clear()
        end = time.monotonic() + seconds
        while name not in self.ticked:
            assert time.monotonic() < end, f"{name} never came"
            self.kept.look()
            time.sleep(0.02)

    def stop(self) -> None:
        made = self.clockwork.timetable
        assert made is not None
        made.abandon()
        made._thread.join(10)


def test_a_tick_that_ends_its_thread_comes_again_and_the_others_with_it(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    def leave(name: str) -> None:
        if name == "match":
            raise SystemExit(3)

    daemon = Daemon(engine, leave)
    daemon.until("match")
    daemon.until("match")
    daemon.until("deliver")
    daemon.stop()
    assert sum("match failed" in line for line in caplog.messages) == 1


def test_what_comes_each_few_hours_comes_again_soon_when_it_failed_and_not_when_it_went_well(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timetable, "SOON", timedelta(milliseconds=100))
    forgetting: list[bool] = []

    def fail_twice(name: str) -> None:
        if name == "forget":
            forgetting.append(len(forgetting) > 1)
            if not forgetting[-1]:
                raise OSError("database is locked")

    daemon = Daemon(engine, fail_twice)
    while not any(forgetting):
        daemon.until("forget")
    for _ in range(10):
        daemon.until("deliver")
    daemon.stop()
    assert forgetting == [False, False, True]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_timetable_whose_thread_ended_is_made_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    daemon = Daemon(engine, lambda name: None)
    daemon.until("deliver")
    dead = daemon.clockwork.timetable
    assert dead is not None
    with monkeypatch.context() as patch:
        patch.setattr(Timetable, "_process_jobs", lambda self: (_ for _ in ()).throw(SystemExit(1)))
        dead.wakeup()
        dead._thread.join(10)
    assert not dead._thread.is_alive()
    daemon.until("deliver")
    daemon.stop()
    assert daemon.clockwork.timetable is not dead
    assert "timetable failed: its thread has ended" in caplog.messages


def test_a_timetable_that_hangs_in_its_own_work_is_left_alone_and_made_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timetable, "LONGEST_PASS", 0.5)
    daemon = Daemon(engine, lambda name: None)
    daemon.until("deliver")
    stuck, may_go = daemon.clockwork.timetable, threading.Event()
    assert stuck is not None
    stuck.get_jobs = lambda *_: may_go.wait(60)
    stuck.tick_now()
    time.sleep(0.7)
    daemon.until("deliver")
    daemon.stop()
    assert daemon.clockwork.timetable is not stuck
    may_go.set()
    stuck._thread.join(10)
    assert not stuck._thread.is_alive()  # and it ticks no more when it comes back


def test_a_tick_that_never_returns_is_told_and_another_comes_in_its_place(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    may_go, hung = threading.Event(), threading.Event()

    def hang(name: str) -> None:
        if name == "match" and not hung.is_set():
            hung.set()
            may_go.wait(60)

    daemon = Daemon(engine, hang)
    assert hung.wait(30)
    daemon.until("deliver")  # the others go on
    assert daemon.ticked.count("match") == 0
    monkeypatch.setattr(timetable.Work.hanging, "__defaults__", (0.3,))
    daemon.until("match")
    monkeypatch.setattr(timetable.Work.hanging, "__defaults__", (60.0,))
    daemon.stop()
    may_go.set()
    assert any(line.startswith("match failed: it has been at it") for line in caplog.messages)


def test_a_database_that_is_full_or_locked_for_a_while_ends_no_timetable(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timetable, "AGAIN_AFTER", 0.05)
    daemon = Daemon(engine, lambda name: None)
    daemon.until("deliver")
    made = daemon.clockwork.timetable
    assert made is not None
    store = made._lookup_jobstore("default")

    def full(job: object) -> None:
        raise OperationalError("UPDATE timetable", {}, Exception("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr(store, "update_job", full)
        time.sleep(0.3)
        assert made.trouble() == ""
    daemon.until("health" if "health" not in daemon.ticked else "deliver")
    daemon.stop()
    assert daemon.clockwork.timetable is made


def test_a_tick_that_is_at_it_does_not_begin_again() -> None:
    began, may_end = threading.Event(), threading.Event()
    count: list[int] = []

    def slow() -> None:
        count.append(1)
        began.set()
        may_end.wait(30)

    work = timetable.Work({"match": slow}, Parts(lambda: NOON))
    first = threading.Thread(target=work.run, args=("match",))
    first.start()
    assert began.wait(30)
    work.run("match")
    may_end.set()
    first.join()
    work.run("match")
    assert len(count) == 2
