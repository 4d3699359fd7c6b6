"""The daemon of a soak as a process, and what is done to it: killed, started, its disk and its database broken."""

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks.running import ROOT
from tests.benchmarks.soak.books import Books
from tests.benchmarks.soak.plan import Fault
from tests.benchmarks.soak.processes import Daemon, DaemonGone
from tests.benchmarks.soak.sim_clock import SimulatedClock

_FULL = "max_page_count=1"  # SQLite takes that for the pages that there are
_PATIENCE = 2.0  # seconds, for mails before a kill


@dataclass
class Victim:
    """Its process, if one runs; what does not hold is told `complain`."""

    folder: Path
    clock: SimulatedClock
    books: Books
    complain: Callable[[str], None]
    daemon: Daemon | None = None
    backup: str = ""  # the newest
    is_fresh: bool = False  # it has done nothing yet since it started
    cpu: Counter[str] = field(default_factory=Counter)  # seconds of it that each thing took, where it was not killed
    kills: Counter[str] = field(default_factory=Counter)  # by where in its tick they struck
    _locker: sqlite3.Connection | None = None

    def start(self) -> None:
        """Start it; with a broken database none may start."""
        try:
            self.daemon = Daemon(self.folder)
        except DaemonGone:
            self.daemon = None
        self.is_fresh = self.daemon is not None

    def kill(self) -> None:
        """End it at once."""
        if self.daemon:
            self.daemon.kill()
        self.daemon = None

    def ask(self, do: str, **given: Any) -> dict[str, Any]:
        """Have it do something; {} when there is none to do it."""
        try:
            answer = self.daemon.ask(do, **given) if self.daemon else {}
        except DaemonGone:
            self.complain(f"the daemon ended by itself in {do} {given}")
            self.kill()
            return {}
        self.cpu[str(given.get("name", do))] += answer.get("cpu", 0.0)
        return answer

    def kill_in(self, kill: Fault) -> None:
        """Kill it in the middle of a tick, and start it again."""
        if self.daemon is None:
            return
        self.books.read_mails()
        before = len(self.books.arrived)
        self.daemon.tell("tick", name=kill.tick, die_at=kill.statement)
        if kill.mails:
            self._wait_for(before + kill.mails)
        in_time = self.daemon.is_silent() if kill.mails else self.daemon.is_gone()
        self.kills[f"{'in the middle' if in_time else 'after the end'} of {kill.tick}"] += 1
        self.kill()
        time.sleep(0.05)  # what it had handed over arrives
        self.books.note_kill(before)
        self.start()
        if self.daemon is None:
            self.complain("it does not start again after a SIGKILL")

    def break_by(self, fault: Fault, seed: int) -> None:
        """What a fault breaks here; others are the world's, or the clock's."""
        if fault.kind == "disk full" and self.daemon:
            self.ask("pragma", said=_FULL, on=True)  # the database can have no page more
            self.daemon.limit(1)  # and nothing else a byte
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
        if fault.kind == "disk full" and self.daemon:
            self.daemon.limit(-1)
            self.ask("pragma", said=_FULL, on=False)
        elif fault.kind == "read-only":
            self.ask("pragma", said="query_only=ON", on=False)
        elif fault.kind == "locked" and self._locker:
            self._locker.close()
        elif fault.kind == "corrupt page":
            self._put_back()

    def back_up(self) -> None:
        """As each night."""
        self.books.backed_up()
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
