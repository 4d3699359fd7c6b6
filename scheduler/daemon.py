"""Start the timetable and the web page, wait for a signal, stop both."""

import logging
import signal
import threading
from pathlib import Path
from typing import Any

import uvicorn
from filelock import FileLock, Timeout

from alerts.web import guarded, make_app
from crawler.model import IcewireError
from scheduler.clock import Leaps
from scheduler.crawls import Crawls
from scheduler.deployment import Deployment, open_deployment
from scheduler.timetable import Timetable, is_ticking, make_timetable, tick_now, ticks

log = logging.getLogger("icewire")

CRAWL_PATIENCE = 2.0  # seconds for a crawl to end by itself; nothing is lost when it is ended


class TimetableStopped(IcewireError):
    """The daemon had to end, because it could do nothing any more."""


def run_daemon(config: Path | None) -> None:
    """Run until SIGINT or SIGTERM. Raises IcewireError when it cannot start."""
    deployment = open_deployment(config)
    lock = FileLock(deployment.settings.data / "daemon.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise IcewireError(f"{lock.lock_file}: another icewire runs with this data folder; stop it first") from error
    with lock:
        outlets = deployment.sync_registry()
        deployment.matches.take_up()
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        _announce(deployment, outlets)
        server, thread = _start_web(deployment)
        crawls = Crawls()
        settings = deployment.settings.schedule
        timetable = make_timetable(deployment.engine, str(deployment.config or ""), ticks(deployment, crawls), settings)
        timetable.start()
        _wait(stop, timetable, Leaps(deployment.clock))
        log.info("stopping")
        if is_ticking():
            timetable.shutdown(wait=False)
        crawls.end(CRAWL_PATIENCE)
        server.should_exit = True
        thread.join(1.5)
        if not stop.is_set():
            raise TimetableStopped("the timetable stopped by itself; is the disk full, or the database gone?")
        log.info("stopped; everything found so far is kept")


def _wait(stop: threading.Event, timetable: Timetable, leaps: Leaps, seconds: float = 1) -> None:
    """Until somebody stops it or it stops by itself."""
    while not stop.wait(seconds) and is_ticking():
        if leapt := leaps.last():
            log.warning("the clock leapt by %+.0f seconds: all that is due is looked for now", leapt.total_seconds())
            tick_now(timetable)


def _start_web(deployment: Deployment) -> tuple[uvicorn.Server, threading.Thread]:
    web = deployment.settings.web
    config: Any = uvicorn.Config(
        make_app(deployment.pages),
        http=guarded(),
        ws="none",
        host=web.host,
        port=web.port,
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=1,
        server_header=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=_serve, args=(server, web.host, web.port), name="web", daemon=True)
    thread.start()
    return server, thread


def _serve(server: uvicorn.Server, host: str, port: int) -> None:
    try:
        server.run()
    except SystemExit:  # uvicorn's way to say that the address is taken
        log.error(
            "the web page cannot listen on %s:%d (taken by another program?); set web.port. "
            "Collecting and mailing go on without it.",
            host,
            port,
        )


def _announce(deployment: Deployment, outlets: int) -> None:
    s = deployment.settings
    feeds = len(deployment.watchlist.health(deployment.clock(), s.watch.states, watched_only=True))
    log.info(
        "watching %d feeds (%d outlets in the registry%s)",
        feeds,
        outlets,
        f"; states: {', '.join(s.watch.states)}" if s.watch.states else "",
    )
    log.info("database  %s", deployment.engine.url.render_as_string(hide_password=True))
    log.info("mail      %s", s.mail.smtp_host or f"{s.outbox} (set mail.smtp_host to send)")
    log.info("page      http://%s:%d", s.web.host, s.web.port)
    log.info("stop      Ctrl-C; nothing is lost")
