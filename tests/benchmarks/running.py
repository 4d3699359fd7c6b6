"""Start a process, watch what it and its children use, and end it. Linux: reads /proc."""

import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]
EVERY = 0.1  # seconds between two looks
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


@dataclass(frozen=True, slots=True)
class Sample:
    """What a process and its children had used at a moment; `pages` is what the server had been asked for."""

    seconds: float
    cpu: float
    mb: float
    pages: int
    started: bool  # whether the server had been asked for anything
    pss_mb: float = 0.0  # as `mb`, but what processes share counts once


@dataclass(slots=True)
class Run:
    """One process from start to end."""

    seconds: float = 0.0
    cpu: float = 0.0
    status: int = 0
    pages: int = 0
    said: str = ""
    samples: list[Sample] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """Net of start-up, which ends with the first request: pages/s, CPU s a page; and the whole, in seconds."""
        start = next((s for s in self.samples if s.started), Sample(0, 0, 0, 0, True))
        pages = max(1, self.pages)
        return {
            "pages": self.pages,
            "pages_per_s": round(pages / max(0.001, self.seconds - start.seconds), 2),
            "cpu_s_per_page": round((self.cpu - start.cpu) / pages, 5),
            "peak_mb": round(max((s.mb for s in self.samples), default=0.0), 1),
            "peak_pss_mb": round(max((s.pss_mb for s in self.samples), default=0.0), 1),
            "wall_s": round(self.seconds, 2),
            "cpu_s": round(self.cpu, 2),
            "start_s": round(start.seconds, 2),
        }


def watch(
    command: Sequence[str], folder: Path, stats: str, on_sample: Callable[[Sample], None] = lambda sample: None
) -> Run:
    """Run a command in `folder` until it ends; `stats` is the address of the server's counts."""
    before = asked(stats)
    with (folder / "stdout").open("w+") as out, (folder / "stderr").open("w+") as err:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=folder, stdout=out, stderr=err, env=environment())
        run = Run()
        try:
            while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
                now = asked(stats)
                run.seconds = time.monotonic() - began
                used, shared_out = used_by(process.pid), pss_of(process.pid)
                run.samples.append(Sample(run.seconds, *used, now[1] - before[1], now != before, shared_out))
                on_sample(run.samples[-1])
                time.sleep(EVERY)
        except BaseException:
            process.terminate()
            raise
        run.seconds = time.monotonic() - began
        process.returncode = run.status = os.waitstatus_to_exitcode(ended[1])
        run.cpu = max(ended[2].ru_utime + ended[2].ru_stime, run.samples[-1].cpu)
        run.pages = asked(stats)[1] - before[1]
        out.seek(0)
        err.seek(0)
        run.said = out.read() if run.status == 0 else err.read()
    return run


def environment() -> dict[str, str]:
    """Ours, with this tree's packages first and without settings of icewire."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ICEWIRE_")}
    return {**kept, "PYTHONPATH": str(ROOT)}


def asked(stats: str) -> tuple[int, int]:
    """How often the server was asked for robots.txt, and for a page."""
    counts = json.loads(fetch(stats)).values()
    return sum(c["robots"] for c in counts), sum(c["pages"] for c in counts)


def used_by(pid: int) -> tuple[float, float]:
    """CPU seconds and resident MB of a process and all its descendants; (0, 0) when it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = children_of(pid)
    except OSError:
        return 0.0, 0.0
    used = [(sum(map(int, stat[11:15])) / _TICKS, int(stat[21]) * _PAGE_MB), *map(used_by, children)]
    return sum(cpu for cpu, _ in used), sum(mb for _, mb in used)


def pss_of(pid: int) -> float:
    """MB of a process and all its descendants; what n processes share counts an n-th in each. 0 when it has ended."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        return int(rollup.partition("\nPss:")[2].split()[0]) / 1024 + sum(map(pss_of, children_of(pid)))
    except (OSError, IndexError):
        return 0.0


def children_of(pid: int) -> set[int]:
    """The processes that a process has started. Raises OSError when it has ended."""
    return {int(c) for task in Path(f"/proc/{pid}/task").iterdir() for c in (task / "children").read_text().split()}


@contextlib.contextmanager
def served(command: Sequence[str], port: int, host: str = "127.0.0.2") -> Iterator[str]:
    """A server while the block runs; gives its base address. It is to print a line with its address when ready."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment())
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not re.search(rf"http://{re.escape(host)}:{port}/", line):
            sys.exit(f"the server of pages did not start: {line}")
        print(line.strip())
        yield f"http://{host}:{port}"
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.2", 0))
        port: int = probe.getsockname()[1]
        return port


def fetch(url: str) -> bytes:
    """What an address answers."""
    parts = urlsplit(url)
    with contextlib.closing(http.client.HTTPConnection(parts.netloc, timeout=60)) as connection:
        connection.request("GET", parts.path)
        return connection.getresponse().read()


def server_speed(urls: Sequence[str]) -> float:
    """Pages a second that one reader gets over a kept connection, one after another: the server can do no less."""
    hosts: dict[str, list[str]] = {}
    for url in urls:
        hosts.setdefault(urlsplit(url).netloc, []).append(urlsplit(url).path)
    began = time.monotonic()
    for netloc, paths in hosts.items():
        with contextlib.closing(http.client.HTTPConnection(netloc, timeout=60)) as connection:
            for path in paths:
                connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
                connection.getresponse().read()
    return len(urls) / (time.monotonic() - began)
