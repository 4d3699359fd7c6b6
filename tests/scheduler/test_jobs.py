"""The timetable: what is due is done, and a tick that fails is told."""

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from scheduler import jobs
from scheduler.deployment import Deployment, open_deployment


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Deployment]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(jobs._deployments, "", made := open_deployment())
    yield made
    made.engine.dispose()


def test_a_tick_that_fails_is_told_and_the_next_one_may_succeed(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(deployment: Deployment) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(jobs.JOBS, "match", fail)
    with caplog.at_level(logging.ERROR):
        jobs.run("match", "")
    assert "match failed" in caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("name", ["match", "digest", "deliver", "forget", "crawl", "health"])
def test_a_tick_with_nothing_due_does_nothing_and_says_nothing(
    deployment: Deployment, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "icewire"):
        jobs.run(name, "")
    assert caplog.records == []


def test_the_stored_timetable_holds_words_and_no_secrets(deployment: Deployment, now: datetime) -> None:
    scheduler = BackgroundScheduler(timezone="UTC")
    jobs.schedule(scheduler, deployment)
    scheduler.start(paused=True)
    assert {job.id: job.args for job in scheduler.get_jobs()} == {name: (name, "") for name in jobs.JOBS}
    scheduler.shutdown()
