"""The daemon of a soak, without its own timetable.

Its ticks are those of `icewire run`, made by `scheduler.timetable.ticks`; when they come is told it by commands, a line
of JSON each, and its clock is the simulated one. Each line of its answers is what came of one. It ends with the
commands. It is forked by the soak's nursery, in which all is loaded that it needs.
"""

import json
import logging
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any

from filelock import FileLock
from sqlalchemy import Engine, event
from sqlalchemy.exc import SQLAlchemyError

from alerts.join import add_search
from alerts.mail import Deliveries
from alerts.mail.leases import Leases
from alerts.operator.readiness import database_parts
from crawler.database import open_database
from crawler.model import IcewireError
from scheduler import doctor as ward
from scheduler import logs
from scheduler.crawls import Crawls
from scheduler.deployment import Deployment, open_deployment
from scheduler.few import Few
from scheduler.keeping.backup import default_place, made_in, make_backup, superfluous
from scheduler.migrations import newest
from scheduler.parts import STATE_FILE, Parts
from scheduler.runs import RUNS_FILE, Runs
from scheduler.settings import Settings
from scheduler.timetable import Work, ticks
from scheduler.turns import daemons_turn
from tests.benchmarks.soak.plan import read_plan
from tests.benchmarks.soak.readers import make_readers
from tests.benchmarks.soak.sim_clock import SimulatedClock

CONFIG = "icewire.toml"
_PATIENCE_MS = (
    300  # for a locked database: an hour lasts a second here, and the daemon's own half a minute would be days
)


class ForkedCrawls(Crawls):
    """Crawls that are forks of this process, in which all is loaded: so one costs a fraction of a second to begin."""

    def __init__(self, worker: "Worker", told: Any) -> None:
        super().__init__(told=told)
        self.worker = worker

    def run(self, settings: Settings) -> None:
        """One crawl of what is due."""
        context = multiprocessing.get_context("fork")
        heard, tells = context.Pipe(duplex=False)
        began = time.monotonic()
        child = context.Process(target=_crawl, args=(self.worker, settings, tells))
        child.start()
        tells.close()
        with suppress(EOFError), closing(heard):
            self._told(heard.recv(), time.monotonic() - began)
        child.join()
        if child.exitcode:
            raise IcewireError(f"the crawl ended with status {child.exitcode}")


class Worker:
    """A deployment, its jobs, and the switches of what breaks inside its process."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.plan = folder, read_plan(folder)
        self.clock = SimulatedClock.of(folder)
        self.dies_in = 0  # statements and commits; 0 and less: not at all
        self.pragmas = [f"busy_timeout={_PATIENCE_MS}"]
        opened = open_deployment(folder / CONFIG)
        opened.engine.dispose()
        self.deployment: Deployment = replace(opened, clock=self.clock.leapt, engine=self.open(opened.settings))
        logs.begin(verbose=False, how="text")
        few = Few(steady=self.steady)
        for handler in logging.getLogger().handlers:
            handler.addFilter(few)
        # Who died in the middle is given up after three minutes of these days, not of ours.
        leases = Leases(self.deployment.engine, steady=self.steady)
        self.deployment.__dict__["deliveries"] = Deliveries(self.deployment.engine, leases)
        data = opened.settings.data
        self.lock = FileLock(data / "daemon.lock")
        self.lock.acquire(timeout=0)
        self.deployment.sync_registry()
        self.deployment.matches.take_up()
        self.runs = Runs(self.deployment.clock, data / RUNS_FILE)
        crawls = ForkedCrawls(self, self.runs.crawled)
        parts = Parts(self.deployment.clock, data / STATE_FILE)
        self.work = Work(ticks(self.deployment, crawls), parts, runs=self.runs)

    def steady(self) -> float:
        """Seconds of a clock that never leaps."""
        return self.clock.true().timestamp()

    def open(self, settings: Settings) -> Engine:
        """The database, with what is broken about it."""
        engine = open_database(settings.database_url)
        event.listen(engine, "connect", self._prepare)
        event.listen(engine, "before_cursor_execute", self._count)
        event.listen(engine, "commit", self._count)
        return engine

    def _count(self, *_: Any) -> None:
        """One more thing that the database is told, by this process or a crawl of its."""
        self.dies_in -= 1
        if self.dies_in == 0:
            os.killpg(0, signal.SIGKILL)

    def _prepare(self, connection: Any, record: Any) -> None:
        for pragma in self.pragmas:
            connection.execute(f"PRAGMA {pragma}")

    def tick(self, name: str, die_at: int = 0) -> dict[str, Any]:
        """One tick; whether it went well. `die_at`: before that statement or commit of it this daemon is killed."""
        self.dies_in = die_at
        before = self.runs.known({}).jobs.get(name)
        self.work.run(name)
        after = self.runs.known({}).jobs[name]
        return {"well": after.failures == (before.failures if before else 0)}

    def pragma(self, said: str, on: bool) -> None:
        """From now on all connections are so, or not any more."""
        self.pragmas = [one for one in self.pragmas if one != said] + [said] * on
        self.deployment.engine.dispose()

    def backup(self) -> dict[str, Any]:
        """As `icewire db backup`."""
        settings, now = self.deployment.settings, self.deployment.clock()
        place = default_place(settings.data, now)
        make_backup(self.deployment.engine, settings, place, now)
        for old in superfluous(made_in(place.parent), 7, now, older=False):
            old.unlink()
        return {"file": str(place)}

    def look(self) -> dict[str, Any]:
        """What `icewire doctor` and /readyz say is wrong."""
        wrong = []
        try:
            found = (*ward.look_at(self.deployment), *ward.look_at_mail(self.deployment))
            wrong += [f"{one.what}: {one.said}" for one in found if one.state == "wrong"]
        except (IcewireError, SQLAlchemyError) as error:
            wrong.append(f"database: {error}")
        parts = database_parts(self.deployment.engine, newest(), self.deployment.clock())
        return {"wrong": wrong, "unready": sorted(f"{name} {said}" for name, said in parts.items() if said != "ok")}

    def join(self) -> None:
        """Everybody joins."""
        d = self.deployment
        for one in make_readers(self.plan.seed, self.plan.readers):
            terms = (one.email, one.query, one.digest_at, one.timezone)
            add_search(d.post, d.places, *terms, active=True, now=d.clock(), cadence=one.cadence)

    def obey(self, command: dict[str, Any]) -> dict[str, Any]:
        """Do what a command says."""
        what, given = command["do"], {name: value for name, value in command.items() if name != "do"}
        return getattr(self, what)(**given) or {}


def _crawl(worker: Worker, settings: Settings, tells: Connection) -> None:
    """In a child: read what is due, tell the counts."""
    from crawler.spiders import crawl_once

    with daemons_turn(settings.data) as is_ours:
        counts = Counter[str]()
        if is_ours:
            counts = crawl_once(worker.open(settings), settings.crawl, worker.clock.leapt)
    tells.send(dict(counts))
    sys.stdout.flush()
    os._exit(0)


def _cpu() -> float:
    """Seconds of CPU that this process and the crawls that ended have used."""
    return sum(os.times()[:4])


def live(folder: Path, commands: IO[str], answers: IO[str]) -> None:
    """One daemon, from its start to the end of the commands."""

    def say(answer: dict[str, Any]) -> None:
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    say({"pid": os.getpid()})
    worker = Worker(folder)
    say({"ready": True})
    for line in commands:
        before = _cpu()
        answer = worker.obey(json.loads(line))
        say({**answer, "cpu": _cpu() - before})
    worker.deployment.engine.dispose()
