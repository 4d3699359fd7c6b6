"""status, doctor and the page of figures tell of workers where there are any."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from alerts.operator import Running, vitals_of
from alerts.web.metrics import exposition
from scheduler.commands.status import as_data, lines, overview
from scheduler.deployment import Deployment, open_deployment
from scheduler.doctor import look_at
from scheduler.workers.crawl_counts import add_counts
from scheduler.workers.deferring import defer, site_jobs
from scheduler.workers.figures import look_at_workers, with_workers
from scheduler.workers.held import WORKER, HeldSession
from scheduler.workers.jobs_schema import bring_up

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def deployment(engine: Engine, database_url: str, tmp_path: Path) -> Deployment:
    config = tmp_path / "icewire.toml"
    config.write_text(f'[watch]\nshipped = false\n[database]\nurl = "{database_url}"\n')
    opened = open_deployment(config)
    opened.engine.dispose()
    bring_up(engine)
    return replace(opened, engine=engine)


@pytest.mark.slow
@on_postgresql
def test_where_no_worker_lives_doctor_says_what_to_do(deployment: Deployment) -> None:
    defer(deployment.engine, site_jobs(["a.example", "b.example"]))
    [found] = [one for one in look_at(deployment) if one.what == "workers"]
    assert found.state == "wrong"
    assert found.said.endswith("jobs that wait: 2 collect")
    assert "icewire worker" in (found.mend or "")
    assert ("workers", "0 alive; 2 jobs wait, 0 are worked at", True) in lines(overview(deployment), "UTC")


@pytest.mark.slow
@on_postgresql
def test_workers_that_live_are_counted_by_their_processes(deployment: Deployment) -> None:
    one, other = HeldSession(deployment.engine, 60), HeldSession(deployment.engine, 60)
    for session, number in ((one, 1), (one, 2), (other, 3)):
        session.take(WORKER, number)
    [found] = [one for one in look_at(deployment) if one.what == "workers"]
    assert (found.state, found.said) == ("ok", "2 alive; jobs that wait: none")
    assert as_data(overview(deployment))["workers"] == {"alive": 2, "waiting": {}, "doing": {}}
    one.close()
    other.close()


@pytest.mark.slow
@on_postgresql
def test_what_the_crawls_of_all_workers_counted_is_told_together(deployment: Deployment) -> None:
    for counts in ({"feeds_read": 3, "pages_read": 40, "failed": 0}, {"pages_read": 2}):
        add_counts(deployment.engine, counts, deployment.clock())
    seen = look_at_workers(deployment.engine)
    running = with_workers(Running(crawled={"pages_read": 1}), seen)
    assert (running.crawled, running.workers) == ({"feeds_read": 3, "pages_read": 42}, 0)
    assert running.crawled_at is not None
    told = exposition(
        vitals_of(deployment.engine, deployment.pages.status(), deployment.clock()), running, deployment.clock()
    )
    assert b"icewire_crawl_pages_read_total 42.0" in told


def test_with_sqlite_there_are_none(sqlite_engine: Engine) -> None:
    assert look_at_workers(sqlite_engine) is None
