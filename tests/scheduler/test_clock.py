"""A clock that leaps is noticed by one that does not, and the ticks go on."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.database import open_database
from scheduler import daemon
from scheduler.clock import LEAP, Leaps
from scheduler.parts import Parts
from scheduler.settings import ScheduleSettings
from scheduler.timetable import Timetable, Work, make_timetable
from tests.makers.making import NOON

HOUR = timedelta(hours=1)


class Time:
    """Two clocks: one that somebody sets, and the seconds that really pass."""

    def __init__(self, now: datetime) -> None:
        self.now, self.passed = now, 0.0

    def passes(self, seconds: float, shown: float | None = None) -> None:
        self.passed += seconds
        self.now += timedelta(seconds=seconds if shown is None else shown)

    def leaps(self) -> Leaps:
        return Leaps(lambda: self.now, lambda: self.passed)


@pytest.mark.parametrize("leap", [-30 * 24 * HOUR, -3 * HOUR, -2 * LEAP, 2 * LEAP, HOUR, 3650 * 24 * HOUR])
def test_a_leap_is_told_once(now: datetime, leap: timedelta) -> None:
    clocks = Time(now)
    leaps = clocks.leaps()
    clocks.passes(60)
    assert not leaps.last()
    clocks.passes(1, shown=1 + leap.total_seconds())
    assert leaps.last() == leap
    clocks.passes(1)
    assert not leaps.last()


def test_a_clock_that_is_adjusted_slowly_leaps_when_it_adds_up(now: datetime) -> None:
    clocks = Time(now)
    leaps = clocks.leaps()
    told = []
    for _ in range(12):
        clocks.passes(60, shown=59)
        told.append(leaps.last())
    assert [t.total_seconds() for t in told if t] == [-5, -5]


@pytest.fixture
def ticked(tmp_path: Path) -> Iterator[tuple[Timetable, list[str]]]:
    """A real timetable, whose ticks are noted; it ticked once, and its next ticks are hours away."""
    seen: list[str] = []
    rare = ScheduleSettings(crawl_seconds=80000, match_seconds=80000, digest_seconds=80000, deliver_seconds=80000)
    names = ("crawl", "match", "digest", "deliver", "post", "forget", "health")
    engine = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    known = {n: lambda n=n: seen.append(n) for n in names}
    made = make_timetable(engine, "leaps", Work(known, Parts(lambda: NOON)), rare)
    made.start()
    wait_for(lambda: len(seen) == len(names))
    seen.clear()
    yield made, seen
    made.shutdown()
    engine.dispose()


def wait_for(done: object) -> None:
    for _ in range(200):
        if done():  # type: ignore[operator]
            return
        time.sleep(0.02)
    raise AssertionError("nothing ticked")


def test_when_the_clock_of_the_daemon_is_set_back_all_ticks_come_at_once(
    ticked: tuple[Timetable, list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    timetable, seen = ticked
    set_back = [timedelta()]
    leaps, stop = Leaps(lambda: datetime.now(UTC) - set_back[0]), threading.Event()
    waiting = threading.Thread(target=daemon._wait, args=(stop, leaps, timetable.tick_now), kwargs={"seconds": 0.05})
    waiting.start()
    try:
        time.sleep(0.15)
        assert seen == []
        set_back[0] = 3 * HOUR
        wait_for(lambda: len(seen) == 7)
        assert "the clock leapt by -10800 seconds" in caplog.text
        time.sleep(0.15)
        assert len(seen) == 7
    finally:
        stop.set()
        waiting.join()
