"""What fails is told once, kept for `icewire doctor`, and started again later each time."""

import itertools
import json
import logging
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from scheduler.few import Few
from scheduler.parts import WAITS, Kept, Parts, read_parts
from tests.makers.making import NOON

FULL = OperationalError("UPDATE x", {}, Exception("database or disk is full"))


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


def test_what_fails_every_second_is_told_once_an_hour_and_once_when_it_works_again(
    time: Time, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    parts = Parts(lambda: NOON + timedelta(seconds=time.now), tmp_path / "daemon.json", time)
    with caplog.at_level(logging.INFO, "icewire"):
        for time.now in range(2 * 3600):
            parts.failed("match", FULL)
        parts.well("match")
        parts.well("match")
    first, second, over = caplog.records
    assert first.getMessage() == "match failed: database or disk is full"
    assert first.exc_info is None
    assert "3601 times since 12:00 UTC" in second.getMessage()
    assert over.getMessage() == "match works again"
    [known] = read_parts(tmp_path / "daemon.json").values()
    assert (known["times"], known["why"]) == (7200, "database or disk is full")
    assert known["over"] == (NOON + timedelta(seconds=7199)).isoformat()


def test_another_fault_is_told_soon_and_with_where_it_is(time: Time, caplog: pytest.LogCaptureFixture) -> None:
    parts = Parts(lambda: NOON, steady=time)
    parts.failed("match", FULL)
    for time.now in range(1, 120):
        parts.failed("match", ValueError("odd"))
    assert [bool(record.exc_info) for record in caplog.records] == [False, True]


@pytest.mark.parametrize("written", [b"", b"[]", b"\xff", b'{"a"'])
def test_a_damaged_file_says_nothing(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "daemon.json").write_bytes(written)
    assert read_parts(tmp_path / "daemon.json") == {}


def test_a_folder_that_cannot_be_written_to_stops_nothing(time: Time, tmp_path: Path) -> None:
    Parts(lambda: NOON, tmp_path / "no folder" / "daemon.json", time).failed("web", "gone")
    assert list(tmp_path.iterdir()) == []


def test_a_part_is_started_again_later_each_time_and_soon_after_it_was_well(time: Time, tmp_path: Path) -> None:
    starts: list[float] = []
    trouble = ["it ended"]
    file = tmp_path / "daemon.json"
    part = Kept("web", lambda: starts.append(time.now), lambda: trouble[0], Parts(lambda: NOON, file, time), time)
    part.begin()
    for time.now in range(200):
        part.look()
    waits = [round(later - sooner) for sooner, later in itertools.pairwise(starts)]
    assert waits == [1, 3, 6, 16, 31, 61, 61]  # a second more each: it is looked at each second
    assert json.loads(file.read_text())["web"]["over"] is None
    trouble[0] = ""
    for time.now in range(200, 1000):
        part.look()
    assert json.loads(file.read_text())["web"]["over"]
    trouble[0], starts[:] = "it ended", []
    for time.now in range(1000, 1003):
        part.look()
    assert starts == [1001]


def test_a_part_that_cannot_be_started_is_told_and_tried_again(time: Time, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise OSError(24, "Too many open files")

    part = Kept("web", fail, lambda: "", Parts(lambda: NOON, steady=time), time)
    part.begin()
    for time.now in range(1, 60):
        part.look()
    assert len(caplog.records) == 1
    assert "Too many open files" in caplog.text


def test_the_waits_grow() -> None:
    assert list(WAITS) == sorted(WAITS)


def test_of_lines_by_the_thousand_some_are_written_and_then_their_number(
    time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    few = Few(5, 60, time)
    logger = logging.getLogger("flood")
    caplog.handler.addFilter(few)
    try:
        for time.now in [n / 100 for n in range(6000)]:
            logger.warning("accept failed %s", time.now)
        logger.warning("another")
        time.now = 61
        few.tell()
    finally:
        caplog.handler.removeFilter(few)
    *lines, another, count = caplog.messages
    assert len(lines) == 5
    assert another == "another"
    assert count.startswith("5995 more lines like that of test_parts.py:")
