"""A process of our own that does one task at a time; whoever has it knows what it is doing.

Both libraries that were looked at share one queue among their workers, so that none of this is known, and one death
concerns all: concurrent.futures and loky break the whole pool, and pebble's workers take turns at one locked pipe
(github.com/noxdafox/pebble/issues/97, 163).
"""

import contextlib
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable
from multiprocessing import connection
from multiprocessing.connection import Connection
from typing import Any

from crawler.model import IcewireError, because
from crawler.workshop.memory import MEMORY, Tidy, bound

STARTING = 300.0  # seconds for a process to start; the first loads all that they share
PATIENCE_BY_CLOCK = 5  # times its patience a task may take by the clock, on a machine that does much else
_READY, _BEGUN = "ready", "begun"
_one_at_a_time = threading.Lock()  # multiprocessing keeps a list of its processes, and looks after them unguarded


class Suspected(IcewireError):
    """A task ended its worker, or had to be ended with it."""


class TooLong(Suspected):
    """A task does not end."""


class TooMuch(Suspected):
    """A task wants more memory than MEMORY."""

    def __init__(self) -> None:
        super().__init__(because("too_much_memory", megabytes=MEMORY // 1_000_000))


class WorkerLost(Suspected):
    """The process that was at a task is gone: killed for want of memory, or crashed."""


class NotBegun(IcewireError):
    """The process was gone before it began, so the task had no part in it."""

    def __init__(self) -> None:
        super().__init__(because("worker_ended"))


class Worker:
    """One process. Its methods wait, so they are called in a thread; `end` may be called from any other."""

    def __init__(self) -> None:
        """Start it. Raises NotBegun."""
        self.pipe, theirs = _context().Pipe()
        self.process = _context().Process(target=_serve, args=(theirs,), daemon=True)  # type: ignore[attr-defined]
        try:
            with _one_at_a_time:
                self.process.start()
        except (OSError, EOFError):  # no memory, no more processes, or the one that forks them has just been killed
            raise NotBegun from None
        finally:
            theirs.close()

    def do(self, task: Callable[[], Any], patience: float) -> Any:
        """What a task gives or raises; its time is that of its work, and begins when it does.

        Raises NotBegun, TooLong, TooMuch or WorkerLost, and then the process has ended.
        """
        try:
            self._send(task, patience)
            return self._answer(patience)
        except Suspected:
            self.end()
            raise

    def end(self) -> None:
        """End the process, whatever it does."""
        if self.process.pid is not None and self.process.is_alive():
            self.process.kill()

    def _send(self, task: Callable[[], Any], patience: float) -> None:
        try:
            self.pipe.send((task, patience))
            while self.pipe.poll(STARTING):
                if self.pipe.recv() == _BEGUN:
                    return
        except (OSError, EOFError):
            pass
        self.end()
        raise NotBegun

    def _answer(self, patience: float) -> Any:
        too_long = TooLong(because("extraction_too_long", seconds=patience))
        try:
            if not self.pipe.poll(PATIENCE_BY_CLOCK * patience):
                raise too_long
            well, answer = self.pipe.recv()
        except (OSError, EOFError):
            raise too_long if self._ran_out() else WorkerLost(because("worker_lost")) from None
        if well:
            return answer
        raise TooMuch if isinstance(answer, MemoryError) else answer

    def _ran_out(self) -> bool:
        """Whether it died because its time was over."""
        with _one_at_a_time:
            self.process.join(STARTING)
        return bool(self.process.exitcode == -signal.SIGPROF)


def prepare() -> None:
    """Let the process begin to load that workers are forked from; returns at once."""
    if _context().get_start_method() == "forkserver":
        from multiprocessing.forkserver import ensure_running

        ensure_running()


def _context() -> multiprocessing.context.BaseContext:
    """How processes are started: never by a fork of this one, which would copy Twisted's reactor."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["crawler.workshop.nursery"])
    return context


def _serve(pipe: Connection) -> None:
    """A worker's life: a task, what came of it, the next one; until nobody is there."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _live_with_parent()
    bound()
    tidy = Tidy()
    with contextlib.suppress(EOFError, ConnectionError):
        while True:
            task, patience = pipe.recv()
            pipe.send(_BEGUN)
            _allow(patience)
            done = _done(task)
            _allow(0)
            try:
                pipe.send(done)
            except (TypeError, AttributeError, ValueError) as error:  # what cannot be sent
                pipe.send((False, RuntimeError(f"{error!r} ({done[1]!r:.200})")))
            except MemoryError:
                pipe.send((False, MemoryError()))
            del task, done  # the next one has all the memory
            tidy()


def _done(task: Callable[[], Any]) -> tuple[bool, Any]:
    try:
        return True, task()
    except MemoryError:
        pass  # and no traceback, which would hold what took it
    except Exception as error:  # noqa: BLE001  whoever gave the task gets it
        error.add_note(traceback.format_exc())  # which does not pass a pipe
        return False, error
    return False, MemoryError()


def _allow(seconds: float) -> None:
    """Have the system end this process when it has worked so long, whatever it is at; 0 = for ever.

    Time of work and not of the clock, so that a page costs the same on a machine that does much else.
    """
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _live_with_parent() -> None:
    """A worker ends with the crawl, however that ends."""
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
