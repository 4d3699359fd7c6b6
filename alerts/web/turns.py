"""Only so many answers of a kind are made at a time: the other pages and the daemon go on."""

import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext

from anyio import CapacityLimiter, fail_after
from anyio.lowlevel import RunVar
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds that one waits for its turn
RETRY_AFTER = {"Retry-After": "60"}


class BusyError(Exception):
    """Others are being made."""


@contextmanager
def turn(turns: threading.Semaphore) -> Iterator[None]:
    """Wait for a turn and hold it. Raises BusyError."""
    if not turns.acquire(timeout=PATIENCE):
        raise BusyError
    try:
        yield
    finally:
        turns.release()


Answer = Callable[[Request], Response]


class AnswerTurns:
    """So many answers of a kind at a time; who waits for a turn holds no thread, which others need."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._limiter = RunVar[CapacityLimiter]("turns")  # of each event loop: a server that hung is started anew

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Wait for a turn and hold it. Raises BusyError."""
        limiter = self._limiter.get(None)
        if limiter is None:
            self._limiter.set(limiter := CapacityLimiter(self._at_once))
        try:
            with fail_after(PATIENCE):
                await limiter.acquire()
        except TimeoutError:
            raise BusyError from None
        try:
            yield
        finally:
            limiter.release()


def guarded(
    answer: Answer, told: Callable[[Request, int], Response], turns: AnswerTurns | None
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that tells of what it cannot do by `told(request, 503 or 500)`, and whose log holds no query."""

    async def endpoint(request: Request) -> Response:
        try:
            async with turns.one() if turns else nullcontext():
                return await run_in_threadpool(answer, request)
        except HTTPException:
            raise
        except BusyError:
            response = told(request, 503)
            response.headers.update(RETRY_AFTER)
            return response
        except Exception as error:  # noqa: BLE001  its traceback would hold what was asked for
            log.error("an answer cannot be made: %s", type(error).__name__)
            return told(request, 500)

    return endpoint
