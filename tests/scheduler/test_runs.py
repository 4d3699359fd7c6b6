"""What jobs and crawls did is counted on after a restart."""

from datetime import timedelta
from pathlib import Path

import pytest

from alerts.operator.running import Running
from scheduler.parts import Parts
from scheduler.runs import Runs, read_runs
from scheduler.timetable import Work
from tests.makers.making import NOON


def test_counts_go_on_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "runs.json"
    for _ in range(2):
        runs = Runs(lambda: NOON, file)
        runs.crawled({"pages_read": 3, "offline": 1}, 12.5)
        runs.ran("match", 0.5, well=True)
    known = read_runs(file)
    assert (known.crawled, known.crawled_at, known.crawl_seconds) == ({"pages_read": 6}, NOON, 12.5)
    assert (known.jobs["match"].successes, known.jobs["match"].succeeded_at) == (2, NOON)


def test_a_job_that_fails_is_counted_and_told_until_it_succeeds() -> None:
    now, deed = [NOON], [True]
    runs = Runs(lambda: now[0])

    def tick() -> None:
        if deed[0]:
            raise ValueError("odd")

    work = Work({"match": tick}, Parts(lambda: NOON), runs=runs)
    work.run("match")
    assert runs.known({}).jobs["match"].fails
    deed[0], now[0] = False, NOON + timedelta(seconds=1)
    work.run("match")
    job = runs.known({}).jobs["match"]
    assert (job.fails, job.failures, job.successes) == (False, 1, 1)


@pytest.mark.parametrize("written", [b"", b"[]", b"\xff", b'{"jobs"', b'{"jobs": {"a": 1}, "crawled": {}}'])
def test_a_damaged_file_says_nothing(tmp_path: Path, written: bytes) -> None:
    (tmp_path / "runs.json").write_bytes(written)
    assert read_runs(tmp_path / "runs.json") == Running()
    Runs(lambda: NOON, tmp_path / "runs.json").ran("match", 1, well=True)
    assert read_runs(tmp_path / "runs.json").jobs["match"].successes == 1


def test_a_folder_that_takes_no_file_stops_nobody(tmp_path: Path) -> None:
    Runs(lambda: NOON, tmp_path / "none" / "runs.json").ran("match", 1, well=True)
    assert list(tmp_path.iterdir()) == []
