"""The timetable: which job is called how often; the only file that knows APScheduler."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.events import EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import STATE_STOPPED
from sqlalchemy import Engine

from alerts.mail import Outbox, sender_domain
from alerts.matching import LiveSearches
from crawler.watch import Troubles
from scheduler import jobs
from scheduler.crawls import Crawls
from scheduler.deployment import Deployment
from scheduler.first_reading import FirstReading
from scheduler.keeping.departures import Departures
from scheduler.logs import at_work_on
from scheduler.parts import Parts
from scheduler.runs import Runs
from scheduler.settings import ScheduleSettings

Ticks = Mapping[str, Callable[[], None]]

LONGEST_TICK = 7200.0  # seconds: a crawl stays an hour, the last answer of a mail server may take ten minutes
LONGEST_PASS = 120.0  # for one look at what is due: SQLite may keep it waiting for half a minute, now and then
AGAIN_AFTER = 10.0  # such a look that failed
SOON = timedelta(minutes=15)  # what comes only each few hours comes again this soon when it failed
_WHOLE_MINUTE = datetime(2026, 1, 1, tzinfo=UTC)
_LOOKING = "looking for what is due"


class Work:
    """The ticks, and which of them are at it. One that is still at it does not begin again, whatever calls it."""

    def __init__(
        self, ticks: Ticks, parts: Parts, steady: Callable[[], float] = time.monotonic, runs: Runs | None = None
    ) -> None:
        self.ticks, self.parts, self._steady, self._runs = ticks, parts, steady, runs
        self._running: dict[str, tuple[object, float]] = {}
        self._lock = threading.Lock()

    def run(self, name: str) -> bool:
        """One tick, and whether it did not fail; raises nothing: what was not done is still due, and it is told why."""
        turn, began, well = object(), self._steady(), False
        with self._lock:
            if name in self._running:
                return True
            self._running[name] = (turn, began)
        try:
            with at_work_on(name):
                self.ticks[name]()
        except BaseException as error:  # noqa: BLE001  also SystemExit: it is the tick that ends, not the daemon
            self.parts.failed(name, error)
        else:
            self.parts.well(name)
            well = True
        finally:
            if self._runs:
                self._runs.ran(name, self._steady() - began, well)
            with self._lock:
                if self._running.get(name, (None,))[0] is turn:
                    del self._running[name]
        return well

    def hanging(self, longest: float = LONGEST_TICK) -> list[str]:
        """The ticks that have been at it for too long."""
        with self._lock:
            return [name for name, (_, began) in self._running.items() if self._steady() - began > longest]

    def let_go(self, names: Iterable[str], ticks: Ticks) -> None:
        """No thread can be ended from outside: those that hang are left alone, and others come in their place."""
        with self._lock:
            for name in names:
                self._running.pop(name, None)
            self.ticks = ticks


# By settings file. The job store keeps only words, so the daemon leaves here what they mean.
_known: dict[str, Work] = {}


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
        jobs.post(d.store, d.links, d.poster, d.clock, s.digest.most_of_an_outlet)

    def bounces() -> None:
        box, paths = d.bounce_box, d.return_paths
        if box and paths:
            jobs.read_bounces(d.engine, box, paths, sender_domain(s.mail), d.clock())

    def departures() -> None:  # often: what is not written down when the disk is lost is lost
        Departures(s.data).note(d.engine, d.clock())

    def forget() -> None:
        departures()
        jobs.forget(d.engine, d.members, d.deliveries, s.retention, d.clock())
        jobs.forget_mails(Outbox(s.outbox, d.clock), d.members, s.mail.operator)

    def health() -> None:
        jobs.health(Troubles(d.engine), d.post, states, s.retention.entry_days, d.clock())

    known = (crawl, match, digest, deliver, bounces, post, departures, forget, health)
    return {tick.__name__: tick for tick in known}


def run(name: str, config: str) -> bool:
    """One tick; this is what the persistent job store names, so the arguments are plain words and no secrets."""
    return _known[config].run(name)


class Timetable(BackgroundScheduler):  # type: ignore[misc]  # it has no types
    """APScheduler, which tells whether it still looks for what is due."""

    parts: Parts
    _looks_by: float = 0.0  # by a clock that never leaps
    _leapt = False

    def start(self, *given: Any, **named: Any) -> None:
        """Begin to tick."""
        self._looks_by = time.monotonic() + LONGEST_PASS
        self._failed: set[str] = set()
        self.add_listener(self._note, EVENT_JOB_EXECUTED)
        super().start(*given, **named)

    def trouble(self) -> str:
        """Why it does not tick; "" when it does."""
        thread = self._thread
        if thread is None or not thread.is_alive():
            return "its thread has ended"
        late = time.monotonic() - self._looks_by
        return f"it has looked for nothing for {late + LONGEST_PASS:.0f} seconds" if late > 0 else ""

    def abandon(self) -> None:
        """End it without waiting for it: it may hang in the middle."""
        self.state = STATE_STOPPED
        if self._event is not None:
            self._event.set()

    def tick_now(self) -> None:
        """Let all ticks come now and go on from here: they wait for times of the clock as it was before it leapt.

        One that is running comes once more when it is due again.
        """
        self._leapt = True
        self.wakeup()

    def _note(self, event: JobExecutionEvent) -> None:
        if event.retval is False:
            self._failed.add(event.job_id)
            self.wakeup()

    def _hurry(self) -> None:
        """Let what failed come again soon, if it would not."""
        soon = datetime.now(UTC) + SOON
        for name in tuple(self._failed):
            job = self.get_job(name)
            if job and job.next_run_time and job.next_run_time > soon:
                job.modify(next_run_time=soon)
            self._failed.discard(name)

    def _process_jobs(self) -> float | None:
        self._looks_by = time.monotonic() + LONGEST_PASS
        try:
            if self._leapt:
                self._leapt = False
                for job in self.get_jobs():
                    job.modify(next_run_time=datetime.now(UTC))
            self._hurry()
            wait: float | None = super()._process_jobs()
        except Exception as error:  # noqa: BLE001  the disk is full, the database gone: APScheduler's thread would end
            self.parts.failed(_LOOKING, error)
            wait = AGAIN_AFTER
        else:
            self.parts.well(_LOOKING)
        self._looks_by = time.monotonic() + LONGEST_PASS + (wait if wait is not None else threading.TIMEOUT_MAX)
        return wait


def make_timetable(engine: Engine, config: str, given: Work, every: ScheduleSettings) -> Timetable:
    """The timetable of these ticks with today's intervals, kept in the database; `start()` starts it."""
    _known[config] = given
    scheduler = Timetable(
        jobstores={"default": SQLAlchemyJobStore(engine=engine, tablename="timetable")}, timezone="UTC"
    )
    scheduler.parts = given.parts
    seconds = {
        "crawl": every.crawl_seconds,
        "match": every.match_seconds,
        "digest": every.digest_seconds,
        "deliver": every.deliver_seconds,
        "post": every.deliver_seconds,
        "departures": every.deliver_seconds,
        "bounces": every.bounce_seconds,
        "forget": every.retention_hours * 3600,
        "health": every.health_hours * 3600,
    }
    for name, interval in seconds.items():
        scheduler.add_job(
            run,
            "interval",
            seconds=interval,
            start_date=_WHOLE_MINUTE,  # so that an interval that divides a minute looks at 07:00:00
            id=name,
            args=[name, config],
            replace_existing=True,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )
    return scheduler


class Clockwork:
    """The timetable as a part of the daemon: when it ends or hangs, or one of its ticks does, another is made."""

    def __init__(
        self, make: Callable[[Work], Timetable], make_ticks: Callable[[], Ticks], parts: Parts, runs: Runs | None = None
    ) -> None:
        self._make, self._make_ticks, self._parts = make, make_ticks, parts
        self.work = Work(make_ticks(), parts, runs=runs)
        self.timetable: Timetable | None = None

    def start(self) -> None:
        """Also in place of one that is no good any more, with new threads, and new locks for what hangs."""
        if self.timetable:
            self.timetable.abandon()
        if hanging := self.work.hanging():
            self.work.let_go(hanging, self._make_ticks())
        self.timetable = self._make(self.work)
        self.timetable.start()

    def tick_now(self) -> None:
        """Let all ticks come now."""
        if self.timetable:
            self.timetable.tick_now()

    def rest(self) -> None:
        """Tick no more; what runs may end."""
        if self.timetable:
            self.timetable.abandon()

    def trouble(self) -> str:
        """Why it does not tick; "" when it does."""
        if hanging := self.work.hanging():
            for name in hanging:
                self._parts.failed(name, f"it has been at it for more than {LONGEST_TICK / 3600:.0f} hours")
            return f"{', '.join(hanging)} hung"
        return self.timetable.trouble() if self.timetable else "it was not started"
