"""How much memory a machine needs for icewire: the daemon at its work, by process.

python -m tests.benchmarks.memory [--pages N] [--outlets N] [--topical SHARE]

`icewire run` in a fresh folder reads invented outlets over loopback (`tests.benchmarks.outlets`) until every page is
read. Ten times a second it is looked at what each process holds, in PSS: what n processes share counts an n-th in each,
so that the sum is what the machine needs. The parts are printed, in MB, of the moment when a crawl, with all processes
that it starts, was greatest, and when all was: that day the daemon also makes the tables.

The last line is JSON: `crawl_mb` and `all_mb`. Linux: reads /proc.
"""

import argparse
import json
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from crawler.registry.files import write_outlets
from crawler.registry.opml import read_opml
from tests.benchmarks.crawl import SETTINGS
from tests.benchmarks.running import children_of, environment, fetch, free_port, served

EVERY = 0.1  # seconds between two looks
LONGEST = 1_200.0  # seconds for all
CALM = 3.0  # seconds without a page to read, after which it is over
KINDS = {"resource_tracker": "tracker", "forkserver": "nursery", "\0crawl\0": "crawl"}  # by a word of its command line
Parts = dict[str, float]  # MB by kind of process


def parts_of(pid: int) -> Parts:
    """What a process and all its descendants hold."""
    found: Parts = defaultdict(float)
    for kind, mb in _each(pid, ""):
        found[kind] += mb
    return found


def _each(pid: int, above: str) -> Iterator[tuple[str, float]]:
    """The kind and MB of each; what the process that workers are forked from starts is a worker."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        children = children_of(pid)
        mb = int(rollup.partition("\nPss:")[2].split()[0]) / 1024
    except (OSError, IndexError):  # it has ended
        return
    kind = "worker" if above == "nursery" else next((kind for word, kind in KINDS.items() if word in words), "daemon")
    yield kind, mb
    for child in children:
        yield from _each(child, kind)


def crawl_mb(parts: Parts) -> float:
    """What a crawl and its own take."""
    return sum(parts.values()) - parts.get("daemon", 0.0)


def unread(database: Path) -> int | None:
    """How many pages wait to be read; None while nothing is known."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            known, waiting = connection.execute("SELECT count(*), sum(state = 'new') FROM entry").fetchone()
    except sqlite3.Error:
        return None
    return int(waiting) if known else None


def watched(folder: Path) -> tuple[Parts, Parts]:
    """The daemon until nothing is left to read: the parts when its crawl was greatest, and when all was."""
    crawls: Parts = {}
    everything: Parts = {}
    with (folder / "log").open("w") as log:
        command = [sys.executable, "-m", "scheduler", "run"]
        process = subprocess.Popen(command, cwd=folder, stderr=log, env=environment())
        try:
            until = last = time.monotonic()
            while process.poll() is None and last < until + LONGEST and time.monotonic() < last + CALM:
                parts = parts_of(process.pid)
                crawls = max(crawls, parts, key=crawl_mb)
                everything = max(everything, parts, key=lambda seen: sum(seen.values()))
                if unread(folder / "var" / "icewire.db") != 0:
                    last = time.monotonic()
                time.sleep(EVERY)
        finally:
            process.terminate()
            process.wait(30)
    if not crawls:
        raise RuntimeError("no crawl was seen; the daemon said:\n" + (folder / "log").read_text())
    return crawls, everything


def main() -> None:
    """Read the arguments, watch, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--outlets", type=int, default=40)
    parser.add_argument("--topical", type=float, default=0.03, metavar="SHARE", help="of the pages that are on topic")
    args, port = parser.parse_args(), free_port()
    options = {"pages": args.pages, "outlets": args.outlets, "on-topic": args.topical, "port": port}
    words = (str(word) for name, value in options.items() for word in (f"--{name}", value))
    outlets = [sys.executable, "-m", "tests.benchmarks.outlets", *words]
    with served(outlets, port) as base, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "icewire.toml").write_text(f"{SETTINGS}\n[web]\nport = {free_port()}\n")
        write_outlets(folder / "var" / "sources" / "mine.toml", read_opml(fetch(f"{base}/outlets.opml")).outlets)
        crawls, everything = watched(folder)
    for told, parts in (("crawl", crawls), ("all", everything)):
        shown = ", ".join(f"{kind} {mb:.1f}" for kind, mb in sorted(parts.items()))
        print(f"greatest {told:5} {crawl_mb(parts):6.1f} MB for a crawl, {sum(parts.values()):6.1f} for all: {shown}")
    figures = {"crawl_mb": round(crawl_mb(crawls), 1), "all_mb": round(sum(everything.values()), 1)}
    print(json.dumps({**figures, "pages": args.pages, "outlets": args.outlets, "python": platform.python_version()}))


if __name__ == "__main__":
    main()
