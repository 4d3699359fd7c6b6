"""Jobs of workers that are dead are cleared away: what they were at is due still, and is deferred again.

Procrastinate's own query does not find all of them (its issue #1518), and it compares times.
"""

import time
from collections.abc import Callable

from sqlalchemy import Engine, text

from scheduler.workers.held import WORKER, held

_JOBS = text("DELETE FROM procrastinate_jobs WHERE status = 'doing' AND (worker_id IS NULL OR worker_id = ANY(:gone))")
_WORKERS = text("DELETE FROM procrastinate_workers WHERE id = ANY(:gone)")


class Sweeper:
    """What one scheduler has seen of the workers that nobody holds a lock for."""

    def __init__(self, engine: Engine, grace: float, steady: Callable[[], float] = time.monotonic) -> None:
        """`grace`: seconds for a worker that has just begun to take its lock."""
        self._engine, self._grace, self._steady = engine, grace, steady
        self._seen: dict[int, float] = {}

    def sweep(self) -> int:
        """Forget the workers that are gone, and delete the jobs that they were at; returns how many jobs."""
        with self._engine.begin() as connection:
            known = set(connection.execute(text("SELECT id FROM procrastinate_workers")).scalars())
            silent, now = known - held(connection, WORKER), self._steady()
            self._seen = {worker: self._seen.get(worker, now) for worker in silent}
            gone = {"gone": [worker for worker, since in self._seen.items() if now - since >= self._grace]}
            left = connection.execute(_JOBS, gone).rowcount
            connection.execute(_WORKERS, gone)
        return left


def release(engine: Engine, workers: list[int]) -> None:
    """Leave at once, with the jobs that these workers of ours were at."""
    with engine.begin() as connection:
        connection.execute(_JOBS, {"gone": workers})
        connection.execute(_WORKERS, {"gone": workers})
