"""One soak: the hours, one by one, with what breaks in them and what is looked at after each."""

import contextlib
import os
import random
import resource
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.benchmarks.running import ROOT
from tests.benchmarks.soak import rules
from tests.benchmarks.soak.books import Books
from tests.benchmarks.soak.plan import KILL, OF_DISK, TICKS, Fault, Plan, when, write_plan
from tests.benchmarks.soak.press import Press
from tests.benchmarks.soak.processes import Process, WorkerGone, free_port, start_worker
from tests.benchmarks.soak.readers import make_readers
from tests.benchmarks.soak.sim_clock import SimulatedClock

SETTINGS = """\
data = "data"
[watch]
shipped = false
[crawl]
poll_minutes = 240
poll_longest_minutes = 720
delay_seconds = 0
timeout_seconds = 3
workers = 0
look_again_days = 1
max_page_bytes = 1_500_000
allow_private_addresses = true
contact_url = "https://icewire.example/about"
[schedule]
digest_seconds = 3600
[retention]
mail_days = 1
entry_days = 14
[mail]
smtp_host = "127.0.0.1"
smtp_port = {mail}
smtp_security = "none"
sender = "digest@icewire.example"
operator = "operator@icewire.example"
postal_address = "1 Example Street, Waltham, MA"
contact = "desk@icewire.example"
[web]
public_url = "https://alerts.icewire.example"
"""
ROUNDS = 8  # looks at the queue in an hour, a minute apart, while anything waits there
BACKUP_AT = 9  # each day, UTC: before the first digests
RARELY = {"crawl": 2, "forget": 6}  # hours; all others come in each
TOLD_BY_DOCTOR = frozenset({"disk full", "read-only", "locked", "SMTP down", "DNS failure"})
_PATIENCE = 2.0  # seconds, for mails before a kill
_REST = rules.MAILED_AFTER  # after a fault, until nothing may be wrong any more


@dataclass
class Soak:
    """A soak in a folder; `violations` are what did not hold, by hour."""

    plan: Plan
    folder: Path
    say: Callable[[str], None] = lambda line: None
    violations: list[str] = field(default_factory=list)
    growth: list[dict[str, int]] = field(default_factory=list)  # bytes, a row a day
    seconds: dict[str, float] = field(default_factory=dict)  # that each part took
    told: Counter[str] = field(default_factory=Counter)  # faults of which doctor said that something is wrong
    hour: int = 0
    backup: str = ""
    kept: set[str] = field(default_factory=set)  # addresses of articles
    outcomes: dict[str, int] = field(default_factory=dict)  # of the links that are remembered
    untold: int = 0
    cpu_seconds: float = 0.0

    def __post_init__(self) -> None:
        write_plan(self.plan, self.folder)
        self.clock = SimulatedClock.of(self.folder)
        self.clock.tell(when(0))
        port = free_port()
        self.press, self.readers = Press(self.plan, port), make_readers(self.plan.seed, self.plan.readers)
        (self.folder / "data" / "sources").mkdir(parents=True)
        (self.folder / "data" / "sources" / "press.toml").write_text(self.press.registry(), "utf-8")
        self.world = Process("world", self.folder, str(port))
        (self.folder / "icewire.toml").write_text(SETTINGS.format(mail=int(self.world.hear())), "utf-8")
        self.books = Books(self.folder)
        self.worker: Process | None = None
        self.locker: sqlite3.Connection | None = None

    def run(self) -> None:
        """All hours."""
        try:
            self._start()
            if self.worker is None:
                raise RuntimeError((self.folder / "worker.log").read_text())
            with self._timed("join"):
                self.worker.ask("join")
            for hour in range(1, self.plan.hours + 1):
                self.hour = hour
                self._live()
            self.books.read(when(self.hour), afresh=True)
            self.kept, self.outcomes = rules.kept(self.books), rules.outcomes(self.books)
            self.untold = rules.untold(self.books, when(self.hour))
        finally:
            if self.worker:
                self.worker.kill()
            self.world.kill()
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            self.cpu_seconds = used.ru_utime + used.ru_stime + time.process_time()

    def _start(self) -> None:
        with self._timed("starts"):
            self.worker = start_worker(self.folder)

    def _live(self) -> None:
        """One hour."""
        now = when(self.hour)
        leap = self.plan.on("clock leap", now)
        self.clock.tell(now, leap.leap if leap else timedelta())
        self._mend([one for one in self.plan.faults if one.ends == self.hour])
        self._break(self.plan.of_hour(self.hour))
        if self.worker is None:
            self._start()
        failed = self._ticks()
        with self._timed("looks"):
            self._look(failed)
        if self.hour % 24 == 0:
            self.growth.append(rules.sizes(self.folder))
            self.say(self._line())

    def _ticks(self) -> list[str]:
        """Which of them failed."""
        failed = []
        kills = {one.tick: one for one in self.plan.of_hour(self.hour) if one.kind == KILL}
        for name in TICKS:
            is_time = self.hour % RARELY.get(name, 1) == 0 or name in kills
            if is_time and not self._tick(name, kills.get(name)):
                failed.append(name)
        self._deliver_the_rest()
        if when(self.hour).hour == BACKUP_AT and self.worker and not self.plan.broken(OF_DISK, when(self.hour)):
            self._back_up()
        return failed

    def _tick(self, name: str, kill: Fault | None = None) -> bool:
        """Whether it went well; killed in the middle, it comes again after a start."""
        if self.worker is None:
            return False
        if kill:
            self._kill_in(self.worker, kill)
        with self._timed(name):
            return bool(self._ask("tick", name=name).get("well"))

    @contextlib.contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds[what] = self.seconds.get(what, 0.0) + time.monotonic() - began

    def _ask(self, do: str, **given: Any) -> dict[str, Any]:
        try:
            return self.worker.ask(do, **given) if self.worker else {}
        except WorkerGone:
            self._violate(f"the worker ended by itself in {do} {given}")
            assert self.worker
            self.worker.kill()
            self.worker = None
            return {}

    def _kill_in(self, worker: Process, kill: Fault) -> None:
        self.books.read_mails()
        before = len(self.books.arrived)
        worker.tell("tick", name=kill.tick)
        if kill.mails:
            self._wait_for(before + kill.mails)
        else:
            time.sleep(kill.after)
        worker.kill()
        time.sleep(0.05)  # what it had handed over arrives
        self.books.note_kill(before)
        self._start()
        if self.worker is None:
            self._violate("it does not start again after a SIGKILL")

    def _wait_for(self, mails: int) -> None:
        """Until so many mails arrived; perhaps there are not so many."""
        end = time.monotonic() + _PATIENCE
        while len(self.books.arrived) < mails and time.monotonic() < end:
            time.sleep(0.001)
            self.books.read_mails()

    def _deliver_the_rest(self) -> None:
        """The daemon looks at its queue every 15 seconds."""
        for minutes in range(1, ROUNDS):
            if self.worker is None or not self._waiting():
                return
            leap = self.plan.on("clock leap", when(self.hour))
            self.clock.tell(when(self.hour) + timedelta(minutes=minutes), leap.leap if leap else timedelta())
            self._tick("deliver")

    def _waiting(self) -> bool:
        """Whether a mail is due, or one that died is still thought to be at work."""
        query = "SELECT 1 FROM delivery WHERE state = 'sending' OR state = 'queued' AND next_attempt_at < ? LIMIT 1"
        with contextlib.suppress(sqlite3.DatabaseError), closing(self.books.asking()) as connection:
            moment = (self.clock.leapt() + timedelta(minutes=2)).replace(tzinfo=None).isoformat(" ")
            return connection.execute(query, (moment,)).fetchone() is not None
        return False

    def _break(self, faults: list[Fault]) -> None:
        for fault in faults:
            if fault.kind != KILL:
                self.say(f"  {fault}")
            if fault.kind == "disk full" and self.worker:
                self.worker.limit(1)
            elif fault.kind == "read-only":
                self._ask("pragma", said="query_only=ON", on=True)
            elif fault.kind == "locked":
                self.locker = sqlite3.connect(self.books.database, isolation_level=None, timeout=30)
                self.locker.execute("BEGIN EXCLUSIVE")
            elif fault.kind == "corrupt page":
                self._corrupt()

    def _mend(self, faults: list[Fault]) -> None:
        for fault in faults:
            if fault.kind == "disk full" and self.worker:
                self.worker.limit(-1)
            elif fault.kind == "read-only":
                self._ask("pragma", said="query_only=ON", on=False)
            elif fault.kind == "locked" and self.locker:
                self.locker.close()
                self.locker = None
            elif fault.kind == "corrupt page":
                self._restore()

    def _back_up(self) -> None:
        with self._timed("backups"):
            self.backup = str(self._ask("backup").get("file", self.backup))

    def _corrupt(self) -> None:
        """The machine goes down, and a page of the database with it, an hour or so after a backup."""
        self._back_up()
        if self.worker:
            self.worker.kill()
            self.worker = None
        with closing(sqlite3.connect(self.books.database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (size,) = connection.execute("PRAGMA page_size").fetchone()
            tables = [root for (root,) in connection.execute("SELECT rootpage FROM sqlite_master WHERE rootpage > 1")]
        rng = random.Random(f"{self.plan.seed}/page")
        with self.books.database.open("r+b") as database:
            for root in rng.sample(tables, len(tables) // 2):
                database.seek((root - 1) * size)
                database.write(rng.randbytes(size))

    def _restore(self) -> None:
        """As docs/operating.md says: stop it, put the newest backup back, start it."""
        if self.worker:
            self.worker.kill()
            self.worker = None
        offset = (self.clock.leapt() - datetime.now(UTC)).total_seconds()
        command = [
            sys.executable,
            "-m",
            "scheduler.cli",
            "--config",
            str(self.folder / "icewire.toml"),
            "db",
            "restore",
        ]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "ICEWIRE_CLOCK_OFFSET_SECONDS": str(offset)}
        ran = subprocess.run([*command, self.backup], env=environment, capture_output=True, text=True, cwd=self.folder)
        if ran.returncode:
            self._violate(f"the backup cannot be put back: {ran.stdout} {ran.stderr}")
        self.books.restored()
        for aside in (self.folder / "data").glob("icewire.db.before-*"):
            aside.unlink()

    def _look(self, failed: list[str]) -> None:
        """What must hold after each hour."""
        now = when(self.hour)
        if self.plan.on("corrupt page", now):
            return
        self.books.read(now)
        broken = self.plan.broken(OF_DISK, now)
        for one in self.plan.faults:
            if one.kind in TOLD_BY_DOCTOR and not one.outlets and self.hour == one.ends - 1:
                self._look_at_fault(one)
        calm = not any(one.begins <= self.hour and now < when(one.ends) + _REST for one in self.plan.faults)
        if failed and not broken and not self.plan.of_hour(self.hour):
            self._violate(f"failed with nothing broken: {', '.join(failed)}")
        if calm:
            self._look_in_calm(now)

    def _look_at_fault(self, fault: Fault) -> None:
        """Whether the daemon's doctor says that something is wrong."""
        if self._ask("look").get("wrong"):
            self.told[fault.kind] += 1
        elif fault.kind != "DNS failure":  # of which nobody knows until something is due
            self._violate(f"doctor says nothing of: {fault.kind}")

    def _look_in_calm(self, now: datetime) -> None:
        if number := rules.unsettled(self.books, now):
            self._violate(f"{number} links without an outcome")
        if number := rules.overdue(self.books, now):
            self._violate(f"{number} mails wait for nothing")
        if lost := rules.entries_lost(self.plan, self.press, self.books, now):
            self._violate(f"{len(lost)} entries not seen, the first {lost[0].at:%d %H:%M} {self.press.url(lost[0])}")
        if self.hour % 24 == 4:
            if (said := rules.integrity(self.books)) != "ok":
                self._violate(f"integrity: {said}")
            seen = self._ask("look")
            for said in (*seen.get("wrong", ()), *seen.get("unready", ())):
                self._violate(f"doctor: {said}")

    def _violate(self, what: str) -> None:
        self.violations.append(f"{when(self.hour):%d %H:%M} {what}")
        self.say(f"  VIOLATED {self.violations[-1]}")

    def _line(self) -> str:
        sizes = self.growth[-1]
        took = ", ".join(f"{name} {seconds:.0f}" for name, seconds in self.seconds.items())
        return (
            f"day {self.hour // 24:2}: {len(self.books.seen)} links, {len(self.books.arrived)} mails, database "
            f"{sizes['database'] / 1e6:.1f} MB; seconds: {took}"
        )


def soak(plan: Plan, folder: Path, say: Callable[[str], None] = lambda line: None) -> Soak:
    """Live through a plan in a folder."""
    one = Soak(plan, folder, say)
    one.run()
    return one
