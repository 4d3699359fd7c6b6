"""Threads for what would keep the loop waiting. A thread is used again: to start one costs a third of a short task."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
_Work = Callable[[], Callable[[], None]]  # does it, and gives what tells of it


class Threads:
    """As many as there is work at the same time. Nobody waits for them when the crawl ends, as for asyncio's own."""

    def __init__(self) -> None:
        self._idle: list[SimpleQueue[_Work | None]] = []
        self._closed = False

    async def do(self, work: Callable[[], T]) -> T:
        """What it gives or raises."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def tell(say: Callable[[Any], None], what: Any) -> None:
            with contextlib.suppress(asyncio.InvalidStateError):  # nobody waits for it any more
                say(what)

        def run() -> Callable[[], None]:
            try:
                said: tuple[Callable[[Any], None], Any] = future.set_result, work()
            except BaseException as error:  # noqa: BLE001  whoever waits gets it
                said = future.set_exception, error
            return lambda: _call_soon(loop, tell, *said)

        self._free().put(run)
        return await future

    def close(self) -> None:
        """Let them end when they have nothing to do."""
        self._closed = True
        while self._idle:
            self._idle.pop().put(None)

    def _free(self) -> "SimpleQueue[_Work | None]":
        with contextlib.suppress(IndexError):
            return self._idle.pop()
        own: SimpleQueue[_Work | None] = SimpleQueue()
        threading.Thread(target=self._live, args=(own,), daemon=True).start()
        return own

    def _live(self, own: "SimpleQueue[_Work | None]") -> None:
        while work := own.get():
            tell = work()
            self._idle.append(own)  # before it is told: who comes next finds it
            tell()
            del work, tell  # and what it gave: the next may be long in coming
            if self._closed:
                with contextlib.suppress(ValueError):  # else it was taken, and there is something for it
                    self._idle.remove(own)
                    return


def _call_soon(loop: asyncio.AbstractEventLoop, *call: Any) -> None:
    with contextlib.suppress(RuntimeError):  # the loop has ended
        loop.call_soon_threadsafe(*call)
