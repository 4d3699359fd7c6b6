"""`icewire worker`: takes jobs until it is told to end, and begins anew whenever the database loses it."""

import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from crawler.database import address_of
from crawler.model import IcewireError
from scheduler.deployment import KEY_FILE, Deployment, open_deployment
from scheduler.few import Few
from scheduler.notify import Supervisor
from scheduler.parts import Parts, reason_of
from scheduler.site_crawl import SiteCrawl
from scheduler.workers.alive import Alive
from scheduler.workers.app import JobWorkers, make_app
from scheduler.workers.jobs_schema import bring_up
from scheduler.workers.same_key import check_key
from scheduler.workers.sweeping import release
from scheduler.workers.tasks import COLLECTING, TELLING, tasks_of, telling

log = logging.getLogger("icewire")

ANEW = "--again"  # the option that says that it began before
PAUSE = 5.0  # seconds between two beginnings
CRAWL_PATIENCE = 2.0  # seconds for the crawl to end by itself
JOB_PATIENCE = 5.0  # for jobs, when we are told to end
# Seconds for jobs when the database lost us: a mail that was taken is written down as soon as that can be again; who
# begins anew before would let it go twice. Then the lease on it is over in any case.
LOST_PATIENCE = 180.0
SITES_EACH = 2  # sites that a crawl is given for each that it reads at a time


def run_worker(config: Path | None, again: bool) -> None:
    """Take jobs until SIGINT or SIGTERM; does not return. Raises IcewireError when it cannot start the first time.

    Who is cut off from the database ends what it is at and begins anew, as a fresh process in its own place: nothing
    that hangs is left, and what was not done is deferred again.
    """
    supervisor, stop, few = Supervisor(os.environ), threading.Event(), Few()
    deployment = _opened(config, again, supervisor)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    for handler in logging.getLogger().handlers:
        handler.addFilter(few)
    try:
        why = _work(deployment, stop, few, supervisor)
    except DBAPIError as error:  # before anything was begun
        why = reason_of(error)
    if why:
        log.error("%s: what this worker was at is ended, and it begins anew", why)
        if not stop.wait(PAUSE):
            _begin_anew()
    log.info("stopped; what was not done is done by others")
    _flush()
    os._exit(0)  # a job that still waits for somebody must not hold the exit


def _check_key(deployment: Deployment) -> None:
    """It makes none: the links of its mails have to work on the daemon's page."""
    if not (file := deployment.settings.data / KEY_FILE).exists():
        raise IcewireError(f"{file} is missing: copy the file of that name from the data folder of `icewire run`")
    check_key(deployment.engine, deployment.links.key, file)


def _work(deployment: Deployment, stop: threading.Event, few: Few, supervisor: Supervisor) -> str:
    """All that a worker does, to its end; returns why it has to begin anew, "" when it was told to end."""
    s = deployment.settings
    crawl = SiteCrawl(s)
    app = make_app(deployment.engine.url, telling(tasks_of(deployment, crawl), Parts(deployment.clock)))
    workers = JobWorkers(app, {COLLECTING: SITES_EACH * s.crawl.concurrent_hosts, TELLING: s.workers.tell_at_once})
    alive = Alive(deployment.engine, s.workers.silence_seconds, workers.numbers)
    working = Working(workers)
    working.start()
    supervisor.ready()
    log.info("a worker of %s; Ctrl-C stops it", address_of(deployment.engine))
    why = ""
    while not why and not stop.wait(0.5):
        few.tell()
        supervisor.beat()
        why = alive.lost() or working.ended()
    numbers = workers.numbers()
    if why:
        crawl.end(0)
        workers.stop()

        def hurry() -> bool:
            supervisor.beat()  # it lives
            return stop.is_set()

        working.wait(LOST_PATIENCE, hurry)
        return why
    supervisor.stopping()
    crawl.end(CRAWL_PATIENCE)
    workers.stop()
    working.wait(JOB_PATIENCE)
    with contextlib.suppress(DBAPIError):
        release(deployment.engine, numbers)
    return ""


class Working(threading.Thread):
    """The workers at their jobs."""

    def __init__(self, workers: JobWorkers) -> None:
        super().__init__(name="workers", daemon=True)
        self._workers, self._why = workers, ""

    def run(self) -> None:
        try:
            self._workers.run()
        except Exception as error:  # noqa: BLE001  whatever it is, it begins anew
            self._why = reason_of(error.__cause__ or error)

    def ended(self) -> str:
        """Why they work no more; "" while they do."""
        return "" if self.is_alive() else self._why or "the workers have ended"

    def wait(self, seconds: float, hurry: Callable[[], bool] = lambda: False) -> None:
        """Until they are done, so long at most, or until somebody is in a hurry, who is asked often."""
        ends = time.monotonic() + seconds
        while self.is_alive() and time.monotonic() < ends and not hurry():
            self.join(0.2)


def _begin_anew() -> None:
    """A fresh process in the place of this one, with its number; whoever started it sees no difference."""
    _flush()
    words = [word for word in sys.orig_argv[1:] if word != ANEW]
    os.execv(sys.executable, [sys.executable, *words, ANEW])  # noqa: S606  our own command


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()


def _opened(config: Path | None, again: bool, supervisor: Supervisor) -> Deployment:
    """The deployment; when it was there before, it is waited for until it can be reached."""
    while True:
        try:
            deployment = open_deployment(config)
            if deployment.engine.dialect.name != "postgresql":
                raise IcewireError(
                    "database.url: workers need PostgreSQL; with SQLite `icewire run` does all by itself"
                )
            bring_up(deployment.engine)
            _check_key(deployment)
            return deployment
        except (IcewireError, DBAPIError) as error:
            if not again:
                raise
            log.info("the database cannot be reached yet: %s", reason_of(error))
        supervisor.beat()
        time.sleep(PAUSE)
