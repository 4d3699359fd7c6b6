"""Backups under load: python -m tests.benchmarks.backups [--count N] [--seed N]

A process of its own stores articles, records matches, queues and sends digests, and lets people join and leave in an
SQLite file, some dozens of transactions a second. Meanwhile `make_backup` makes so many backups. Each is
restored into a folder of its own, every other one as on another machine (`--moved`); then

- `look_at_file` must find it whole;
- it must be of one moment: the writer stores article n, then its match, then its mail, so of the three there are
  equally many, or one fewer of what comes later;
- where it was not `moved`, nothing may wait to be sent;
- `icewire run` must start on it, tick, and end by itself when it is told to.

Prints how many held, what did not, and the seconds a backup, a restore and a start took: median and longest.
"""

import argparse
import os
import random
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from alerts.digest.records import MadeDigest
from alerts.mail import Letter
from alerts.mail.links import load_key
from alerts.matching.matches import Found
from alerts.people import DigestRecord
from crawler.database import open_database
from scheduler.keeping.backup import make_backup
from scheduler.keeping.departures import Departures
from scheduler.keeping.places import digest_of
from scheduler.keeping.restore import restore
from scheduler.keeping.soundness import look_at_file
from scheduler.migrations import upgrade
from scheduler.settings import Settings
from tests.makers.mailing import join, post_of
from tests.makers.making import article, keep, outlet, watch

STARTED = "page      http://"  # the daemon's log says so when all of it is there
LONGEST_START = 60.0  # seconds
PAUSE = 0.1  # seconds between two articles at most, lest the last backups be of gigabytes
QUIET = (
    "[watch]\nshipped = false\n[web]\nport = 0\n[schedule]\nmatch_seconds = 0.2\ndigest_seconds = 0.2\n"
    "deliver_seconds = 0.2\n"
)
Made = TypeVar("Made")


@dataclass
class Seen:
    """What came of the backups."""

    whole: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    least: int = 0  # articles in the first backup and the last
    most: int = 0

    def timed(self, name: str, do: Callable[[], Made]) -> Made:
        """The same, and how long it took."""
        began = time.perf_counter()
        made = do()
        self.seconds.setdefault(name, []).append(time.perf_counter() - began)
        return made


def write(folder: Path, seed: int) -> None:
    """Until whoever started it is gone: one article, its match and its mail after another; people come and go."""
    rng, engine = random.Random(seed), open_database(f"sqlite:///{folder / 'icewire.db'}")
    post, number, parent = post_of(engine), 0, os.getppid()
    while os.getppid() == parent:
        time.sleep(rng.random() * PAUSE)
        number, now = number + 1, datetime.now(UTC)
        added = keep(engine, article(f"n{number}", title=f"ICE arrests {number}"), now=now)
        [story] = post.matches.unmatched()
        post.matches.record_matches(story, [Found([1], added.article_id, [])], now)
        record = DigestRecord(subscriber_id=1, local_date=now.date(), cadence=f"n {number}", made_at=now, stories=1)
        mail = Letter("digest", "reader@example.org", f"<{number}@example.org>", rng.randbytes(2_000))
        post.records.record([MadeDigest(record, mail, {number: None})])
        if rng.random() < 0.5:
            with post.deliveries.leases.held() as holder:
                for delivery_id in post.deliveries.claim(holder, now):
                    post.deliveries.record_sent([delivery_id], now)
        if rng.random() < 0.2:
            someone = join(post, now, f"r{number}@example.org")
            if rng.random() < 0.5:
                post.members.leave(someone.id or 0, now)


@contextmanager
def writer(folder: Path, seed: int) -> Iterator[None]:
    """It writes while the block runs."""
    words = [sys.executable, "-m", "tests.benchmarks.backups", "--write", str(folder), "--seed", str(seed)]
    process = subprocess.Popen(words)
    try:
        yield
        if process.poll() is not None:
            raise SystemExit("the writer ended by itself")
    finally:
        process.kill()
        process.wait()


def try_backups(count: int, seed: int, tell: Callable[[str], None] = lambda said: None) -> Seen:
    """Make, restore and start so many."""
    seen = Seen()
    with tempfile.TemporaryDirectory(prefix="backups-") as place:
        data = Path(place, "data")
        data.mkdir()
        settings = Settings(data=data)
        engine = open_database(settings.database_url)
        upgrade(engine)
        watch(engine, outlet())
        join(post_of(engine), datetime.now(UTC))
        load_key(data / "secret.key")
        with writer(data, seed):
            while not look_at_file(data / "icewire.db").rows["delivery"]:
                time.sleep(0.1)
            for n in range(count):
                file = Path(place, f"{n}.tar")
                Departures(data).note(engine, datetime.now(UTC))
                seen.timed("backup", lambda file=file: make_backup(engine, settings, file, datetime.now(UTC)))  # type: ignore[misc]
                faults = list(_tried(file, Path(place, str(n)), data, n % 2 == 1, seen))
                seen.wrong += [f"{n}: {fault}" for fault in faults]
                seen.whole += not faults
                file.unlink()
                tell(f"{n + 1} of {count}, {seen.whole} whole, {seen.most} articles")
        engine.dispose()
    return seen


def _tried(file: Path, folder: Path, data: Path, moved: bool, seen: Seen) -> Iterator[str]:
    """What is wrong with one backup."""
    folder.mkdir()
    shutil.copy(data / "left.json", folder)
    settings = Settings(data=folder)
    seen.timed("restore", lambda: restore(file, settings, datetime.now(UTC), "moved" if moved else "since"))
    found = look_at_file(folder / "icewire.db")
    yield from found.faults
    articles, matches, mails = (found.rows[name] for name in ("article", "match", "delivery"))
    seen.least, seen.most = seen.least or articles, articles
    if not articles >= matches >= mails >= articles - 1:
        yield f"of two moments: {articles} articles, {matches} matches, {mails} mails"
    if digest_of(folder / "secret.key") != digest_of(data / "secret.key"):
        yield "another key"
    with closing(sqlite3.connect(folder / "icewire.db")) as connection:
        query = "SELECT count(*) FROM delivery WHERE state IN ('queued', 'sending')"
        if (waiting := connection.execute(query).fetchone()[0]) and not moved:
            yield f"{waiting} mails would be sent again"
    yield from seen.timed("start", lambda: list(_started(folder)))
    shutil.rmtree(folder)


def _started(folder: Path) -> Iterator[str]:
    """Start the daemon, let it tick, end it."""
    (folder / "icewire.toml").write_text(f'data = "{folder}"\n{QUIET}')
    words = [sys.executable, "-m", "scheduler.cli", "--config", str(folder / "icewire.toml"), "run"]
    with (folder / "log").open("w+") as log, subprocess.Popen(words, stderr=log) as process:
        until, said = time.monotonic() + LONGEST_START, ""
        while STARTED not in said and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
            said = (folder / "log").read_text()
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        status = process.wait(LONGEST_START)
        said = (folder / "log").read_text()
    if status or STARTED not in said or "failed" in said:
        yield f"the daemon: status {status}: {said[-500:]}"


def main() -> None:
    """Read the arguments, try, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.write:
        write(given.write, given.seed)
        return
    seen = try_backups(given.count, given.seed, lambda said: print(said, file=sys.stderr))
    print(f"{seen.whole} of {given.count} whole and started; {seen.least} to {seen.most} articles in them")
    for name, took in seen.seconds.items():
        print(f"{name:8} {statistics.median(took):6.2f} s median, {max(took):6.2f} s longest")
    for wrong in seen.wrong:
        print(wrong)
    sys.exit(bool(seen.wrong))


if __name__ == "__main__":
    main()
