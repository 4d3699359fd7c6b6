"""A digest waits for the first reading after a start, or after the machine slept; not for ever."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from crawler.model import as_written
from crawler.watch.outcome import Outcome
from crawler.watch.watchlist import Watchlist
from scheduler.first_reading import PATIENCE, FirstReading
from tests.makers.making import HALF_HOURLY, item, outlet, watch

MINUTE = timedelta(minutes=1)


@dataclass
class Morning:
    """Two outlets, a clock, and somebody who looks every half minute."""

    watchlist: Watchlist
    now: datetime

    def __post_init__(self) -> None:
        self.reading = FirstReading(self.watchlist, (), lambda: self.now, MINUTE / 2)

    def over(self, later: timedelta = MINUTE / 2) -> bool:
        self.now += later
        with self.reading.awake() as is_over:
            return is_over

    def read(self, feed_id: int, *paths: str) -> list[int]:
        items = [item(path) for path in paths]
        return self.watchlist.record_reading(feed_id, items, self.now, self.now - 365 * 1440 * MINUTE, HALF_HOURLY)


@pytest.fixture
def morning(engine: Engine, now: datetime) -> Morning:
    return Morning(watch(engine, outlet("ledger"), outlet("gazette")), now)


def test_it_is_over_when_all_feeds_were_asked_and_their_pages_as_well(morning: Morning) -> None:
    assert not morning.over()
    [page] = morning.read(1, "raid")
    assert not morning.over()
    morning.watchlist.record_feed_failure(2, as_written("answered 404"), 1.0, morning.now, HALF_HOURLY)
    assert not morning.over()
    morning.watchlist.record_outcome([page], Outcome("fetched"))
    assert morning.over()


def test_what_comes_later_holds_up_nothing(morning: Morning) -> None:
    [page] = morning.read(1, "raid")
    morning.read(2)
    assert not morning.over()
    morning.read(2, "fair")
    morning.watchlist.record_outcome([page], Outcome("failed", as_written("answered 503"), morning.now + MINUTE))
    assert morning.over()
    assert morning.over(5 * MINUTE)  # while feeds are due again


def test_it_is_not_waited_for_for_ever(morning: Morning) -> None:
    minutes = PATIENCE // MINUTE
    assert [morning.over(MINUTE) for _ in range(minutes)] == [False] * (minutes - 1) + [True]


@pytest.mark.parametrize("gap", [timedelta(hours=9), timedelta(hours=-9)])
def test_a_machine_that_slept_or_whose_clock_was_set_reads_first(morning: Morning, gap: timedelta) -> None:
    morning.read(1)
    morning.read(2)
    assert morning.over()
    assert not morning.over(gap)
    morning.read(1)
    morning.read(2)
    assert morning.over()


def test_work_that_takes_long_is_no_sleep(morning: Morning) -> None:
    morning.read(1)
    morning.read(2)
    assert morning.over()
    with morning.reading.awake():
        morning.now += timedelta(hours=2)  # so many digests are made
    assert morning.over()


def test_a_reading_that_takes_minutes_is_over_when_all_was_read(morning: Morning) -> None:
    morning.now += 3 * MINUTE
    morning.read(1)
    morning.now += 3 * MINUTE
    morning.read(2)
    assert morning.over()
