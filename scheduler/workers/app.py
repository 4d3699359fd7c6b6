"""Procrastinate's app and its workers, made of our tasks."""

import asyncio
import contextlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from procrastinate import App, PsycopgConnector
from procrastinate.worker import Worker as JobWorker
from sqlalchemy import URL

from crawler.database import KEEPALIVES
from scheduler.workers.tasks import Tasks

FINISHED = "always"  # deleted: what is due is known without them
LOOK_AGAIN = 5.0  # seconds between two looks for jobs, should a notice of one be lost
PRUNED = 3600.0  # seconds; the scheduler's sweep is much sooner, and this would take the jobs of who lives
LAST_WORDS = 3.0  # seconds that jobs get to end by themselves


def make_app(url: URL, tasks: Tasks) -> App:
    """An app that knows these tasks; nothing is opened yet."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    app = App(connector=PsycopgConnector(conninfo=address, min_size=1, max_size=4, kwargs=dict(KEEPALIVES)))
    for name, task in tasks.items():
        app.task(name=name)(task)
    return app


class JobWorkers:
    """The workers of one process, one a queue, each with so many jobs at once in threads."""

    def __init__(self, app: App, at_once: Mapping[str, int]) -> None:
        self._app, self._at_once = app, at_once
        self._workers: list[JobWorker] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def numbers(self) -> list[int]:
        """By which the database knows them, as soon as it does."""
        return [worker.worker_id for worker in self._workers if worker.worker_id]

    def run(self) -> None:
        """Work until `stop()`, or until the database cannot be asked; raises what it raised then."""
        asyncio.run(self._run())

    def stop(self) -> None:
        """Take no more jobs, and end when those that were begun are done. From any thread."""
        with contextlib.suppress(RuntimeError):  # its loop is over already
            for worker in self._workers:
                if self._loop:
                    self._loop.call_soon_threadsafe(worker.stop)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(sum(self._at_once.values()) + 4, "job"))
        async with self._app.open_async():
            self._workers = [
                JobWorker(
                    self._app,
                    queues=[queue],
                    name=queue,
                    concurrency=at_once,
                    fetch_job_polling_interval=LOOK_AGAIN,
                    abort_job_polling_interval=3600,  # nobody asks for that
                    shutdown_graceful_timeout=LAST_WORDS,
                    delete_jobs=FINISHED,
                    install_signal_handlers=False,
                    stalled_worker_timeout=PRUNED,
                )
                for queue, at_once in self._at_once.items()
            ]
            running = [asyncio.create_task(worker.run()) for worker in self._workers]
            try:
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for worker in self._workers:
                    worker.stop()
            await asyncio.gather(*running)
