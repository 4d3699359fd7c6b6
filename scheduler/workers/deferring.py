"""What is due becomes jobs. A job is a hint: it may be lost or come twice, as what is due is asked of the database."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from procrastinate.manager import JobManager
from procrastinate.sync_psycopg_connector import SyncPsycopgConnector
from sqlalchemy import Engine, text

from alerts.channels import POSTED, Postings
from alerts.digest import Post, due_bursts, unserved
from alerts.mail import MAILS, Deliveries
from alerts.people import Hour
from scheduler import jobs
from scheduler.deployment import Deployment
from scheduler.first_reading import FirstReading
from scheduler.timetable import Ticks
from scheduler.workers.sweeping import Sweeper
from scheduler.workers.tasks import AT_A_TIME, COLLECTING, TELLING

log = logging.getLogger("icewire")

MOST_SITES = 2000  # that wait in the queue
MOST_MAIL_JOBS = 200  # that wait in the queue, of 100 mails each
MAIL_FIRST = 1  # what is composed should leave while more is composed

_QUEUED = text("SELECT lock FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")


def defer(engine: Engine, wanted: Iterable[Job]) -> int:
    """Put these into the queue, but for those whose lock is there already; returns how many."""
    with engine.begin() as connection:
        queued = set(connection.execute(_QUEUED).scalars())
        fresh = [job for job in wanted if job.lock not in queued]
        if fresh:
            try:
                manager = JobManager(SyncPsycopgConnector())
                manager.batch_defer_jobs(fresh, connection.connection.driver_connection)
            except AlreadyEnqueued:  # another scheduler did so at this moment
                connection.rollback()
                return 0
    return len(fresh)


def _job(queue: str, task: str, lock: str, given: Mapping[str, Any], priority: int = 0) -> Job:
    kwargs = dict(given)
    return Job(queue=queue, task_name=task, lock=lock, queueing_lock=lock, priority=priority, task_kwargs=kwargs)


def site_jobs(names: Iterable[str]) -> list[Job]:
    """One a site: no two workers ask the same at once."""
    return [_job(COLLECTING, "collect", f"site {name}", {"site": name}) for name in names]


def mail_jobs(due: int) -> list[Job]:
    """One a hundred mails; which of them, each worker claims by itself."""
    return [
        _job(TELLING, "mails", f"mails {n}", {}, MAIL_FIRST) for n in range(min(MOST_MAIL_JOBS, -(-due // AT_A_TIME)))
    ]


def digest_jobs(waiting: Iterable[tuple[Hour, Sequence[int]]], queued: frozenset[str]) -> Iterator[Job]:
    """One a hundred people of an hour; none while jobs of this hour are still in the queue, whose people those are."""
    for hour, people in waiting:
        round_ = f"digests {hour.digest_at} {hour.timezone} "
        if any(lock.startswith(round_) for lock in queued):
            continue
        for start in range(0, len(people), AT_A_TIME):
            some = list(people[start : start + AT_A_TIME])
            given = {"digest_at": hour.digest_at, "timezone": hour.timezone, "subscribers": some}
            yield _job(TELLING, "digests", f"{round_}{start}", given)


def _queued(engine: Engine) -> frozenset[str]:
    with engine.connect() as connection:
        return frozenset(lock for lock in connection.execute(_QUEUED).scalars() if lock)


def _due_digests(post: Post, now: datetime) -> Iterator[Job]:
    yield from digest_jobs(unserved(post, now), _queued(post.members.engine))
    if due_bursts(post, now):
        yield _job(TELLING, "bursts", "bursts", {})


def _due_mails(deliveries: Deliveries, now: datetime) -> list[Job]:
    return mail_jobs(deliveries.due(now, MAILS, MOST_MAIL_JOBS * AT_A_TIME))


def _due_postings(deliveries: Deliveries, now: datetime) -> list[Job]:
    due = deliveries.due(now, POSTED, 1) or Postings(deliveries.engine).waiting()
    return [_job(TELLING, "postings", "postings", {})] if due else []


def sharing_ticks(d: Deployment, alone: Ticks) -> Ticks:
    """The ticks of a daemon that leaves to workers what several can do at once.

    Matching stays: all searches stand in one memory, and digests wait for it.
    """
    s, silence = d.settings, d.settings.workers.silence_seconds
    reading = FirstReading(d.watchlist, s.watch.states, d.clock, timedelta(seconds=s.schedule.digest_seconds))
    sweeper = Sweeper(d.engine, silence / 3)

    def crawl() -> None:
        sweep()
        due = jobs.sites_to_read(d.watchlist, d.store, s.watch.states, d.clock())
        defer(d.engine, site_jobs(site.name for site in due[:MOST_SITES]))

    def digest() -> None:
        with reading.awake() as is_over:
            if is_over:
                alone["match"]()
                defer(d.engine, _due_digests(d.post, d.clock()))

    def deliver() -> None:
        sweep()
        if left := d.deliveries.reclaim(d.clock()):  # which nobody would look for, were nothing else due
            log.warning("%d deliveries were cut off while they were sent, and are sent again", left)
        defer(d.engine, _due_mails(d.deliveries, d.clock()))

    def post() -> None:
        defer(d.engine, _due_postings(d.deliveries, d.clock()))

    def sweep() -> None:
        if left := sweeper.sweep():
            log.warning("%d jobs of workers that are gone are due again", left)

    return {**alone, **{tick.__name__: tick for tick in (crawl, digest, deliver, post)}}
