"""A small, busy machine, and one that kills: for benchmarks and tests. Linux: reads /proc."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

LOOP = "while True: pass"
SERVER = "multiprocessing.forkserver"  # what stands in the command of the process that workers are forked from


@contextlib.contextmanager
def pinned(core: int | None) -> Iterator[None]:
    """This process and what it starts share one core; None = all that there are."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, before if core is None else {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextlib.contextmanager
def busy(loops: int) -> Iterator[None]:
    """So many processes that do nothing as fast as they can."""
    running = [subprocess.Popen([sys.executable, "-c", LOOP]) for _ in range(loops)]
    try:
        yield
    finally:
        for loop in running:
            loop.kill()
            loop.wait()


@dataclass(slots=True)
class Killer:
    """Kills the worker that works most, every so often, as the system does for want of memory."""

    every: float
    killed: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until it is over."""
        while not self._over.wait(self.every):
            if (pid := busiest(workers_of(os.getpid()))) is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self.killed += 1

    def stop(self) -> None:
        """It is over."""
        self._over.set()


@contextlib.contextmanager
def killing(every: float | None) -> Iterator[Killer]:
    """Workers of crawls that this process starts are killed meanwhile; None = not."""
    killer = Killer(every or 0)
    thread = threading.Thread(target=killer.run, daemon=True)
    if every:
        thread.start()
    try:
        yield killer
    finally:
        killer.stop()
        if every:
            thread.join()


def workers_of(pid: int) -> list[int]:
    """The processes that a crawl below this process has judge its pages."""
    found = []
    for child in children(pid):
        found += children(child) if SERVER in command(child) else workers_of(child)
    return found


def children(pid: int) -> list[int]:
    """The processes that a process has started; none when it has ended."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [int(c) for task in tasks for c in (task / "children").read_text().split()]
    except OSError:
        return []


def command(pid: int) -> str:
    """The command of a process, or ""."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def busiest(pids: list[int], watched: float = 0.2) -> int | None:
    """Which of them has used most of a core within a moment."""
    before = {pid: ticks(pid) for pid in pids}
    time.sleep(watched if len(pids) > 1 else 0)
    return max(before, key=lambda pid: ticks(pid) - before[pid], default=None)


def ticks(pid: int) -> int:
    """What a process has used of a core so far; 0 when it has ended."""
    try:
        return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
    except OSError:
        return 0
