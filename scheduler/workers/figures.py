"""How many workers live, what they did and what waits for them; asks PostgreSQL, without Procrastinate."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Engine, text

from alerts.operator import Running
from crawler.database import reading
from scheduler.workers.crawl_counts import read_counts
from scheduler.workers.held import WORKER

_ALIVE = text("""
    SELECT count(DISTINCT pid) FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = :about AND objsubid = 2
    AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
""")
_JOBS = text("SELECT task_name, status::text, count(*) FROM procrastinate_jobs GROUP BY 1, 2")


@dataclass(frozen=True, slots=True)
class WorkersSeen:
    """One look at the workers: how many processes live, and the jobs that wait and are worked at, by their names."""

    alive: int
    waiting: dict[str, int]
    doing: dict[str, int]
    crawled: Mapping[str, int] = field(default_factory=dict)  # as `Running.crawled`
    crawled_at: datetime | None = None


def look_at_workers(engine: Engine) -> WorkersSeen | None:
    """Look once; None with SQLite, where there is none, and before the first start of a daemon or worker."""
    if engine.dialect.name != "postgresql":
        return None
    with reading(engine).connect() as connection:
        if connection.execute(text("SELECT to_regclass('procrastinate_jobs')")).scalar() is None:
            return None
        alive = connection.execute(_ALIVE, {"about": WORKER}).scalar_one()
        crawled, crawled_at = read_counts(connection)
        jobs = [(str(name), state, int(number)) for name, state, number in connection.execute(_JOBS)]
    waiting, doing = ({n: number for n, state, number in jobs if state == wanted} for wanted in ("todo", "doing"))
    return WorkersSeen(alive, waiting, doing, crawled, crawled_at)


def with_workers(running: Running, seen: WorkersSeen | None) -> Running:
    """What a daemon knows of itself, with what is done elsewhere for it."""
    if seen is None:
        return running
    if seen.crawled:
        running = replace(running, crawled=seen.crawled, crawled_at=seen.crawled_at)
    return replace(running, workers=seen.alive, jobs_waiting=seen.waiting)
