"""Start the timetable and the web page, keep both going, wait for a signal, stop both."""

import logging
import os
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from alerts.operator import Running
from alerts.web import Machine, Places, WebServer, make_app
from crawler.database import address_of
from crawler.model import IcewireError
from scheduler.clock import Leaps
from scheduler.crawls import Crawls
from scheduler.deployment import KEY_FILE, Deployment, open_deployment
from scheduler.few import Few
from scheduler.migrations import newest
from scheduler.notify import Supervisor
from scheduler.office import LastErrors, Office
from scheduler.parts import STATE_FILE, Kept, Parts
from scheduler.runs import RUNS_FILE, Runs
from scheduler.timetable import Clockwork, Ticks, make_timetable, ticks
from scheduler.workers.figures import look_at_workers, with_workers

log = logging.getLogger("icewire")

CRAWL_PATIENCE = 2.0  # seconds for a crawl to end by itself; nothing is lost when it is ended
ILL_FOR = 900.0  # seconds in which a part is started again and again; then whoever started us begins anew
FILES = 4096  # that the daemon may have open, where the system lets it


def run_daemon(config: Path | None) -> None:
    """Run until SIGINT or SIGTERM. Raises IcewireError when it cannot start."""
    deployment = open_deployment(config)
    lock = FileLock(deployment.settings.data / "daemon.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise IcewireError(f"{lock.lock_file}: another icewire runs with this data folder; stop it first") from error
    with lock:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        _announce(deployment)
        _run(deployment, stop)
        log.info("stopped; everything found so far is kept")


def _run(deployment: Deployment, stop: threading.Event) -> None:
    """All parts, until it is stopped."""
    few = Few()
    for handler in logging.getLogger().handlers:
        handler.addFilter(few)
    _allow_files()
    s, supervisor = deployment.settings, Supervisor(os.environ)
    parts, runs = Parts(deployment.clock, s.data / STATE_FILE), Runs(deployment.clock, s.data / RUNS_FILE)
    crawls = Crawls(told=runs.crawled)
    clockwork = Clockwork(
        lambda work: make_timetable(deployment.engine, str(deployment.config or ""), work, s.schedule),
        lambda: _ticks(deployment, crawls),
        parts,
        runs,
    )
    logging.getLogger().addHandler(errors := LastErrors())
    timetable, leave = _timetable(deployment, clockwork, parts)
    machine = _machine(
        deployment, lambda: with_workers(runs.known(_troubles(kept)), look_at_workers(deployment.engine))
    )
    more = (*machine.routes(), *Office(deployment, errors).routes())
    pages = deployment.pages
    web = WebServer(make_app(pages, more), s.web.host, s.web.port, Places(proxies=s.web.proxies))
    kept = (Kept("web", web.start, web.trouble, parts), timetable)
    for part in kept:
        part.begin()
    supervisor.ready()
    _wait(stop, Leaps(deployment.clock), clockwork.tick_now, kept, few, supervisor)
    log.info("stopping")
    supervisor.stopping()
    clockwork.rest()
    leave()
    crawls.end(CRAWL_PATIENCE)
    web.stop(1.5)
    pages.afterwards.finish(1.5)  # else who asked a moment ago waits for a mail in vain


def _ticks(deployment: Deployment, crawls: Crawls) -> Ticks:
    """What this daemon does; with PostgreSQL it leaves to workers what several can do at once."""
    alone = ticks(deployment, crawls)
    if deployment.engine.dialect.name != "postgresql":
        return alone
    from scheduler.workers.deferring import sharing_ticks

    return sharing_ticks(deployment, alone)


def _timetable(deployment: Deployment, clockwork: Clockwork, parts: Parts) -> tuple[Kept, Callable[[], None]]:
    """The timetable, and what lets another daemon have it; with PostgreSQL it rests while another one is at work."""
    if deployment.engine.dialect.name != "postgresql":
        _take_up(deployment)
        return Kept("timetable", clockwork.start, clockwork.trouble, parts), lambda: None
    from scheduler.workers.jobs_schema import bring_up
    from scheduler.workers.same_key import note_key
    from scheduler.workers.standing_by import Lead, Standby

    bring_up(deployment.engine)
    note_key(deployment.engine, deployment.links.key, deployment.settings.data / KEY_FILE)
    lead = Lead(deployment.engine, deployment.settings.workers.silence_seconds)
    lead.begin()
    standby = Standby(lead, lambda: _take_up(deployment), clockwork.start, clockwork.trouble, clockwork.rest)
    return Kept("timetable", standby.begin, standby.look, parts), lead.end


def _wait(
    stop: threading.Event,
    leaps: Leaps,
    tick_now: Callable[[], None],
    kept: Sequence[Kept] = (),
    few: Few | None = None,
    supervisor: Supervisor | None = None,
    seconds: float = 1,
) -> None:
    """Until somebody stops it, look after the parts, and tell who looks after us."""
    while not stop.wait(seconds):
        if leapt := leaps.last():
            log.warning("the clock leapt by %+.0f seconds: all that is due is looked for now", leapt.total_seconds())
            tick_now()
        for part in kept:
            part.look()
        if few:
            few.tell()
        if supervisor:
            _tell(supervisor, kept)


def _tell(supervisor: Supervisor, kept: Sequence[Kept]) -> None:
    """How we are; that we live only while no part is ill for so long that all should better begin anew."""
    troubles = _troubles(kept)
    supervisor.status("; ".join(f"{part}: {why}" for part, why in troubles.items()) or "all parts work")
    if all(part.ill_for() < ILL_FOR for part in kept):
        supervisor.beat()


def _troubles(kept: Sequence[Kept]) -> dict[str, str]:
    """The parts that do not work now, and why."""
    return {part.name: part.why for part in kept if part.why}


def _machine(deployment: Deployment, running: Callable[[], Running]) -> Machine:
    d = deployment
    return Machine(d.engine, d.pages.status, running, d.clock, newest(), d.settings.web.metrics)


def _allow_files() -> None:
    if os.name != "posix":
        return
    import resource  # of POSIX alone

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(OSError, ValueError):  # then with those that there are
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _take_up(deployment: Deployment) -> None:
    """What comes before the first tick: the registry, and the stories that could not be matched are tried again."""
    outlets, states = deployment.sync_registry(), deployment.settings.watch.states
    deployment.matches.take_up()
    feeds = len(deployment.watchlist.health(deployment.clock(), states, watched_only=True))
    only = f"; states: {', '.join(states)}" if states else ""
    log.info("watching %d feeds (%d outlets in the registry%s)", feeds, outlets, only)
    if (seen := look_at_workers(deployment.engine)) and not seen.alive:
        log.warning("no worker lives: start `icewire worker`, on this machine or others, or nothing is read or mailed")


def _announce(deployment: Deployment) -> None:
    s = deployment.settings
    log.info("database  %s", address_of(deployment.engine))
    log.info("mail      %s", s.mail.smtp_host or f"{s.outbox} (set mail.smtp_host to send)")
    log.info("page      http://%s:%d", s.web.host, s.web.port)
    log.info("stop      Ctrl-C; nothing is lost")
