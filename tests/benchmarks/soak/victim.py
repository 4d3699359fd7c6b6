"""The daemon of a soak as a process, and what is done to it: killed, started, its disk and its database broken."""

import contextlib
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks.running import ROOT
from tests.benchmarks.soak.books import Books
from tests.benchmarks.soak.plan import Fault
from tests.benchmarks.soak.processes import Process, WorkerGone, start_worker
from tests.benchmarks.soak.sim_clock import SimulatedClock

_PATIENCE = 2.0  # seconds, for mails before a kill


@dataclass
class Victim:
    """Its worker, if one runs; what does not hold is told `complain`."""

    folder: Path
    clock: SimulatedClock
    books: Books
    complain: Callable[[str], None]
    worker: Process | None = None
    backup: str = ""  # the newest
    is_fresh: bool = False  # it has done nothing yet since it started
    seconds: dict[str, float] = field(default_factory=dict)  # that each thing took
    _locker: sqlite3.Connection | None = None

    def start(self) -> None:
        """Start it; with a broken database none may start."""
        with self._timed("start"):
            self.worker = start_worker(self.folder)
        self.is_fresh = self.worker is not None

    def kill(self) -> None:
        """End it at once."""
        if self.worker:
            self.worker.kill()
        self.worker = None

    def ask(self, do: str, **given: Any) -> dict[str, Any]:
        """Have it do something; {} when there is none to do it."""
        try:
            with self._timed(str(given.get("name", do))):
                return self.worker.ask(do, **given) if self.worker else {}
        except WorkerGone:
            self.complain(f"the worker ended by itself in {do} {given}")
            self.kill()
            return {}

    def kill_in(self, kill: Fault) -> None:
        """Kill it in the middle of a tick, and start it again."""
        if self.worker is None:
            return
        self.books.read_mails()
        before = len(self.books.arrived)
        self.worker.tell("tick", name=kill.tick)
        if kill.mails:
            self._wait_for(before + kill.mails)
        else:
            time.sleep(kill.after)
        self.kill()
        time.sleep(0.05)  # what it had handed over arrives
        self.books.note_kill(before)
        self.start()
        if self.worker is None:
            self.complain("it does not start again after a SIGKILL")

    def break_by(self, fault: Fault, seed: int) -> None:
        """What a fault breaks here; others are the world's, or the clock's."""
        if fault.kind == "disk full" and self.worker:
            self.worker.limit(1)
        elif fault.kind == "read-only":
            self.ask("pragma", said="query_only=ON", on=True)
        elif fault.kind == "locked":
            self._locker = sqlite3.connect(self.books.database, isolation_level=None, timeout=30)
            self._locker.execute("BEGIN EXCLUSIVE")
        elif fault.kind == "corrupt page":  # the machine goes down, and pages with it, soon after a backup
            self.back_up()
            self.kill()
            overwrite_pages(self.books.database, random.Random(f"{seed}/pages"))

    def mend(self, fault: Fault) -> None:
        """The end of that."""
        if fault.kind == "disk full" and self.worker:
            self.worker.limit(-1)
        elif fault.kind == "read-only":
            self.ask("pragma", said="query_only=ON", on=False)
        elif fault.kind == "locked" and self._locker:
            self._locker.close()
        elif fault.kind == "corrupt page":
            self._put_back()

    def back_up(self) -> None:
        """As each night."""
        self.backup = str(self.ask("backup").get("file", self.backup))

    def _put_back(self) -> None:
        """As docs/operating.md says: stop it, put the newest backup back, start it."""
        self.kill()
        offset = (self.clock.leapt() - datetime.now(UTC)).total_seconds()
        command = ["-m", "scheduler.cli", "--config", str(self.folder / "icewire.toml"), "db", "restore", self.backup]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "ICEWIRE_CLOCK_OFFSET_SECONDS": str(offset)}
        ran = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True)
        if ran.returncode:
            self.complain(f"the backup cannot be put back: {ran.stdout} {ran.stderr}")
        self.books.restored()
        for aside in (self.folder / "data").glob("icewire.db.before-*"):
            aside.unlink()

    def _wait_for(self, mails: int) -> None:
        """Until so many mails arrived; perhaps there are not so many."""
        end = time.monotonic() + _PATIENCE
        while len(self.books.arrived) < mails and time.monotonic() < end:
            time.sleep(0.001)
            self.books.read_mails()

    @contextlib.contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds[what] = self.seconds.get(what, 0.0) + time.monotonic() - began


def overwrite_pages(database: Path, rng: random.Random) -> None:
    """Noise in place of the first page of half of its tables and indexes."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        roots = [root for (root,) in connection.execute("SELECT rootpage FROM sqlite_master WHERE rootpage > 1")]
    with database.open("r+b") as file:
        for root in rng.sample(roots, len(roots) // 2):
            file.seek((root - 1) * size)
            file.write(rng.randbytes(size))
