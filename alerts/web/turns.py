"""Only so many answers of a kind are made at a time: the other pages and the daemon go on."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.requests import Request
from starlette.responses import Response

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds that one waits for its turn
RETRY_AFTER = {"Retry-After": "60"}


class BusyError(Exception):
    """Others are being made."""


@contextmanager
def turn(turns: threading.Semaphore, patience: float = PATIENCE) -> Iterator[None]:
    """Wait for a turn and hold it. Raises BusyError."""
    if not turns.acquire(timeout=patience):
        raise BusyError
    try:
        yield
    finally:
        turns.release()


Answer = Callable[[Request], Response]


def guarded(answer: Answer, told: Callable[[Request, int], Response]) -> Answer:
    """An endpoint that tells of what it cannot do by `told(request, 503 or 500)`, and whose log holds no query."""

    def endpoint(request: Request) -> Response:
        from starlette.exceptions import HTTPException

        try:
            return answer(request)
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
