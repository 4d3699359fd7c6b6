"""Extraction and judgement in processes of their own, so that reading the web does not wait for them."""

import asyncio
import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import connection

from crawler import places, topic
from crawler.extract import Hint, NotAnArticle, extract, joined
from crawler.judge import clock_of, home_of, judge
from crawler.model import Article, IcewireError, Source, Verdict, Why, because

PATIENCE = 60.0  # seconds for one page; what takes longer is no page of a newspaper


NEVER_MENTIONED = because("never_mentioned")


class TooLong(IcewireError):
    """A page whose extraction does not end."""


class WorkerLost(IcewireError):
    """The process that should have read a page is gone. `innocent`: it was ended for another page."""

    def __init__(self, why: Why, innocent: bool) -> None:
        super().__init__(why)
        self.innocent = innocent


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page on its way to be judged."""

    url: str
    body: bytes
    content_type: str
    source: Source
    hint: Hint
    more: tuple[bytes, ...] = ()  # the further pages of its story


def judge_page(sheet: Sheet, now: datetime) -> tuple[Article, Verdict] | Why:
    """The article of a page and what we judge of it, or why it is none; the gate spares most the reading."""
    if not any(map(topic.shipped_gate().passes, (sheet.body, *sheet.more))):
        return NEVER_MENTIONED
    try:
        article = joined(_extracted(sheet, sheet.body, now), _further(sheet, now))
    except NotAnArticle as error:
        return error.why
    return article, judge(article, home_of(sheet.source), topic.shipped(), places.shipped(), now)


def _extracted(sheet: Sheet, body: bytes, now: datetime) -> Article:
    source = sheet.source
    return extract(body, sheet.url, source.id, now, sheet.content_type, sheet.hint, clock_of(source))


def _further(sheet: Sheet, now: datetime) -> Iterator[Article]:
    for body in sheet.more:
        with contextlib.suppress(NotAnArticle):
            yield _extracted(sheet, body, now)


class Workshop:
    """Examines pages: in so many processes, or in this one when there are none."""

    def __init__(self, workers: int = 0) -> None:
        self.workers = workers
        self.pool: ProcessPoolExecutor | None = None

    def warm_up(self) -> None:
        """Start the processes, which takes seconds, while pages are still on their way."""
        if self.workers and self.pool is None:
            for _ in range(self.workers):
                self._open().submit(places.shipped)

    async def judge_page(self, sheet: Sheet, now: datetime) -> tuple[Article, Verdict] | Why:
        """As the function. Raises TooLong for a page that takes more than a minute, WorkerLost for those beside it."""
        if not self.workers:
            return judge_page(sheet, now)
        pool = self._open()
        working = asyncio.get_running_loop().run_in_executor(pool, judge_page, sheet, now)
        try:
            return await asyncio.wait_for(working, PATIENCE)
        except TimeoutError:
            self.close(pool)
            raise TooLong(because("extraction_too_long", seconds=PATIENCE)) from None
        except BrokenProcessPool:  # killed for want of memory, perhaps by another page
            self.close(pool)
            raise WorkerLost(because("worker_lost"), innocent=False) from None
        except asyncio.CancelledError:
            if self.pool is pool:
                raise
            raise WorkerLost(because("worker_ended"), innocent=True) from None

    def close(self, pool: ProcessPoolExecutor | None = None) -> None:
        """End the processes, whatever they do; with `pool` only if it is still the one in use."""
        if self.pool is None or pool not in (None, self.pool):
            return
        ending, self.pool = self.pool, None
        running = list((getattr(ending, "_processes", None) or {}).values())
        ending.shutdown(wait=False, cancel_futures=True)
        for process in running:
            process.kill()

    def _open(self) -> ProcessPoolExecutor:
        if self.pool is None:
            context = multiprocessing.get_context("spawn")  # a fork would copy Twisted's reactor
            self.pool = ProcessPoolExecutor(self.workers, mp_context=context, initializer=_live_with_parent)
        return self.pool


def default_workers() -> int:
    """One for each core that reading the web leaves free, one or two.

    Never none: a page on which extraction does not end must not hold up the reading of all others.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(2, cores - 1))


def _live_with_parent() -> None:
    """A worker ends with the crawl, however that ends; Ctrl-C is the crawl's affair."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
