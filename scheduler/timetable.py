"""The timetable: which job is called how often; the only file that knows APScheduler."""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine

from alerts.mail import Outbox, sender_domain
from alerts.matching import LiveSearches
from crawler.watch import Troubles
from scheduler import jobs
from scheduler.crawls import Crawls
from scheduler.deployment import Deployment
from scheduler.first_reading import FirstReading
from scheduler.settings import ScheduleSettings

log = logging.getLogger("icewire")

Timetable: TypeAlias = BackgroundScheduler
Ticks = Mapping[str, Callable[[], None]]

# By settings file. The job store keeps only words, so the daemon leaves here what they mean.
_known: dict[str, Ticks] = {}


def ticks(deployment: Deployment, crawls: Crawls) -> Ticks:
    """Every job by its name, given what it needs."""
    d, s, states = deployment, deployment.settings, deployment.settings.watch.states
    matching = threading.Lock()  # the digest's tick matches, too
    reading = FirstReading(d.watchlist, states, d.clock, timedelta(seconds=s.schedule.digest_seconds))
    searches = LiveSearches(d.engine, d.places)  # kept from tick to tick

    def crawl() -> None:
        if jobs.anything_to_read(d.watchlist, d.store, states, d.clock()):
            crawls.run(s)

    def match() -> None:
        with matching:
            jobs.match(d.store, searches, d.matches, d.clock())

    def digest() -> None:  # only makes them: a mail server that is silent holds up none
        with reading.awake() as is_over:
            if is_over:
                match()
                jobs.queue_digests(d.post, d.sources_read(), d.clock())

    def deliver() -> None:
        jobs.deliver_mail(d.deliveries, d.mailer, s.mail, d.clock, s.mail.smtp_host or s.outbox)

    def post() -> None:  # beside the mail: a channel that is slow to answer does not hold it up
        jobs.post(d.store, d.links, d.poster, d.clock)

    def bounces() -> None:
        box, paths = d.bounce_box, d.return_paths
        if box and paths:
            jobs.read_bounces(d.engine, box, paths, sender_domain(s.mail), d.clock())

    def forget() -> None:
        jobs.forget(d.engine, d.members, d.deliveries, s.retention, d.clock())
        jobs.forget_mails(Outbox(s.outbox, d.clock), d.members, s.mail.operator)

    def health() -> None:
        jobs.health(Troubles(d.engine), d.post, states, s.retention.entry_days, d.clock())

    known = (crawl, match, digest, deliver, bounces, post, forget, health)
    return {tick.__name__: tick for tick in known}


def run(name: str, config: str) -> None:
    """One tick; this is what the persistent job store names, so the arguments are plain words and no secrets."""
    try:
        _known[config][name]()
    except Exception:
        # The next tick tries again: what was not done is still due. But nobody may have to guess why.
        log.exception("%s failed", name)


def make_timetable(engine: Engine, config: str, given: Ticks, every: ScheduleSettings) -> Timetable:
    """The timetable of these ticks with today's intervals, kept in the database; `start()` starts it."""
    _known[config] = given
    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(engine=engine, tablename="timetable")}, timezone="UTC"
    )
    seconds = {
        "crawl": every.crawl_seconds,
        "match": every.match_seconds,
        "digest": every.digest_seconds,
        "deliver": every.deliver_seconds,
        "post": every.deliver_seconds,
        "bounces": every.bounce_seconds,
        "forget": every.retention_hours * 3600,
        "health": every.health_hours * 3600,
    }
    for name, interval in seconds.items():
        scheduler.add_job(
            run,
            "interval",
            seconds=interval,
            id=name,
            args=[name, config],
            replace_existing=True,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )
    return scheduler


def tick_now(timetable: Timetable) -> None:
    """Let all ticks come now and go on from here: APScheduler waits for times of the clock as it was before it leapt.

    One that is running comes once more when it is due again.
    """
    for job in timetable.get_jobs():
        job.modify(next_run_time=datetime.now(UTC))


def is_ticking() -> bool:
    """APScheduler's thread ends when its job store fails, and a daemon without ticks would look alive for ever."""
    return any(thread.name == "APScheduler" and thread.is_alive() for thread in threading.enumerate())
