"""Who does which task: each beside others first; one that takes long aside, one that ended its worker alone."""

import asyncio
import contextlib
import logging
import os
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Hashable
from functools import partial
from typing import TypeVar

from crawler.model import IcewireError, because
from crawler.workshop.threads import Threads
from crawler.workshop.worker import NotBegun, Suspected, Worker, WorkerLost, prepare

T = TypeVar("T")
log = logging.getLogger(__name__)

PATIENCE = 60.0  # seconds of work for one page; what takes longer is no page of a newspaper
AT_FIRST = 10.0  # of them before others; what takes longer is done anew, beside them
OFTEN = 2  # tasks of one outlet that took longer, after which its others do not keep anybody waiting any more
TURNS = 8  # tasks a process that it goes on with by itself while our loop waits for a disk
STARTS = 8  # so often a task is given to a new process when the one before was gone before it began
LONGEST_PAUSE = 5.0  # seconds between two of them


class PutOff(IcewireError):
    """A task is not done now: those of the same outlet take too long."""

    def __init__(self) -> None:
        super().__init__(because("others_take_long"))


class Workshop:
    """Does tasks: in so many processes, or in this one when there are none."""

    def __init__(self, workers: int = 0, patience: float = PATIENCE) -> None:
        self.workers, self.patience = workers, patience
        # Whoever has a turn waits in a thread for a free process, so that it goes on without waiting for our loop.
        self._turns = asyncio.Semaphore(max(1, TURNS * workers))
        self._free = threading.Semaphore(max(1, workers))
        self._one_suspect, self._one_aside = asyncio.Lock(), asyncio.Lock()
        self._aside: set[Hashable] = set()  # whose tasks are done or wait there
        self._long: Counter[Hashable] = Counter()  # tasks that took long, by whose they are
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()
        self._closed = threading.Event()
        self._threads = Threads()

    def warm_up(self) -> None:
        """Have loaded what the processes share, which takes seconds, while pages are still on their way."""
        if self.workers:
            prepare()

    async def do(self, name: str, task: Callable[[], T], whose: Hashable = None) -> T:
        """What a task gives or raises; it and what it gives can be pickled.

        When it takes long or much memory, it is done again by a process beside the others, one task at a time; when its
        process is lost, by a fresh one with nothing else beside it, twice if it must be. Only if that ends so, too,
        TooLong, TooMuch or WorkerLost is raised. Other tasks never notice. Raises PutOff while another one of `whose`
        is done aside, and NotBegun when no process can be had. `name` is for the log.
        """
        if not self.workers:
            return task()
        try:
            return await self._beside_others(name, task, whose)
        except WorkerLost as error:
            log.info("%s: %s; it is read again, alone", name, error)
        try:
            return await self._alone(task)
        except WorkerLost:  # perhaps for want of memory that another program took
            return await self._alone(task)

    def close(self) -> None:
        """End the processes, whatever they do."""
        self._closed.set()
        self._end(list(self._all))
        self._threads.close()

    async def _beside_others(self, name: str, task: Callable[[], T], whose: Hashable) -> T:
        """What it gives: in its turn at first, then aside. Of whoever took long often before, aside at once."""
        if self._long[whose] < OFTEN:
            try:
                async with self._turns:
                    return await self._done(task, min(AT_FIRST, self.patience))
            except WorkerLost:
                raise
            except Suspected as error:
                log.info("%s: %s; it is read again, aside", name, error)
                self._long[whose] += whose is not None
        async with self._alone_aside(whose):
            return await self._done(task, self.patience, aside=True)

    @contextlib.asynccontextmanager
    async def _alone_aside(self, whose: Hashable) -> AsyncIterator[None]:
        """When it is the only task aside. Raises PutOff."""
        if whose is not None and whose in self._aside:
            raise PutOff
        self._aside.add(whose)
        try:
            async with self._one_aside:
                yield
        finally:
            self._aside.discard(whose)

    async def _alone(self, task: Callable[[], T]) -> T:
        """What a suspect gives, from a fresh process and with nothing beside it."""
        async with self._one_suspect, contextlib.AsyncExitStack() as others:
            for _ in range(TURNS * self.workers):
                await others.enter_async_context(self._turns)
            self._end(self._idle)  # their memory may be what was missing
            return await self._done(task, self.patience)

    async def _done(self, task: Callable[[], T], patience: float, aside: bool = False) -> T:
        """What it gives, from whichever process; only a new one may be none to begin with."""
        for attempt in range(STARTS):
            try:
                return await self._threads.do(partial(self._aside_by if aside else self._in_turn_by, task, patience))
            except NotBegun:
                if self._closed.is_set():
                    break
                await asyncio.sleep(min(attempt, LONGEST_PAUSE))
        raise NotBegun

    def _in_turn_by(self, task: Callable[[], T], patience: float) -> T:
        """What it gives, by the next process that is free."""
        with self._free:
            worker = self._idle.pop() if self._idle else self._started()
            try:
                answer: T = worker.do(task, patience)
            except (Suspected, NotBegun):
                self._all.discard(worker)
                raise
            except Exception:  # the task's own
                self._idle.append(worker)
                raise
            self._idle.append(worker)
            return answer

    def _aside_by(self, task: Callable[[], T], patience: float) -> T:
        """What it gives, by a process for it alone."""
        worker = self._started()
        try:
            answer: T = worker.do(task, patience)
            return answer
        finally:
            self._end([worker])

    def _started(self) -> Worker:
        worker = Worker()
        self._all.add(worker)
        if self._closed.is_set():
            worker.end()
            raise NotBegun
        return worker

    def _end(self, workers: list[Worker]) -> None:
        for worker in tuple(workers):
            worker.end()
            self._all.discard(worker)
        workers.clear()


def default_workers() -> int:
    """One for each core that reading the web leaves free, one or two.

    Never none: a page on which extraction does not end must not hold up the reading of all others.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(2, cores - 1))
