"""What is due becomes jobs: few, coarse, and none that waits already."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from alerts.people import Hour
from scheduler.workers.deferring import MOST_MAIL_JOBS, defer, digest_jobs, mail_jobs, site_jobs
from scheduler.workers.jobs_schema import bring_up

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
SEVEN = Hour("07:00", "America/New_York", NOW, NOW)
EIGHT = Hour("08:00", "America/New_York", NOW, NOW)


@pytest.mark.parametrize(("due", "jobs"), [(0, 0), (1, 1), (100, 1), (101, 2), (10**6, MOST_MAIL_JOBS)])
def test_a_hundred_mails_are_a_job_and_of_very_many_the_rest_waits(due: int, jobs: int) -> None:
    assert len(mail_jobs(due)) == jobs
    assert len({job.lock for job in mail_jobs(due)}) == jobs


def test_a_hundred_people_of_an_hour_are_a_job() -> None:
    jobs = list(digest_jobs([(SEVEN, range(1, 251)), (EIGHT, [300])], frozenset()))
    assert [len(job.task_kwargs["subscribers"]) for job in jobs] == [100, 100, 50, 1]  # type: ignore[arg-type]
    asked = [person for job in jobs for person in job.task_kwargs["subscribers"]]  # type: ignore[union-attr]
    assert asked == [*range(1, 251), 300]
    assert len({job.lock for job in jobs}) == 4


def test_nobody_is_in_two_jobs_as_an_hour_waits_until_all_its_jobs_are_done() -> None:
    first = list(digest_jobs([(SEVEN, range(250))], frozenset()))
    left = frozenset({first[2].lock or ""})
    assert [job.task_kwargs["digest_at"] for job in digest_jobs([(SEVEN, [7]), (EIGHT, [8])], left)] == ["08:00"]


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_site_is_in_the_queue_once_however_often_it_is_due(engine: Engine) -> None:
    bring_up(engine)
    assert defer(engine, site_jobs(["a.example", "b.example"])) == 2
    assert defer(engine, site_jobs(["a.example", "c.example"])) == 1
    with engine.begin() as connection:
        connection.execute(text("UPDATE procrastinate_jobs SET status = 'doing' WHERE lock = 'site a.example'"))
    assert defer(engine, site_jobs(["a.example"])) == 0
    with engine.connect() as connection:
        query = text("SELECT lock FROM procrastinate_jobs ORDER BY lock")
        assert list(connection.execute(query).scalars()) == ["site a.example", "site b.example", "site c.example"]
