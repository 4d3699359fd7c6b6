"""Who asks slowly, or holds a connection and asks nothing, keeps nobody else from the page, nor us from our work."""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS = 100  # at a time; far fewer than the files that a process may open
REQUEST_WITHIN = 10.0  # seconds for a request to be there as a whole
ANSWER_WITHIN = 60.0  # seconds for its answer to be taken


def guarded(
    most: int = MOST_CONNECTIONS, request_within: float = REQUEST_WITHIN, answer_within: float = ANSWER_WITHIN
) -> type[H11Protocol]:
    """The connections of one server. Of too many, the one goes that has waited longest without a whole request."""
    alive: dict[H11Protocol, None] = {}  # in the order in which they came

    class Guarded(H11Protocol):
        _alarm: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            alive[self] = None
            self._begin(request_within, self._end_unless_asked)
            if len(alive) > most:
                next((one for one in alive if not _is_asked(one)), self).transport.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            alive.pop(self, None)
            self._stop()
            super().connection_lost(exc)

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if not self.transport.is_closing():
                self._begin(request_within, self._end_unless_asked)

        def _end_unless_asked(self) -> None:
            if _is_asked(self) or self.transport.get_write_buffer_size():
                self._begin(answer_within, self.transport.abort)
            else:
                self.transport.abort()

        def _begin(self, seconds: float, then: Callable[[], None]) -> None:
            self._stop()
            self._alarm = self.loop.call_later(seconds, then)

        def _stop(self) -> None:
            if self._alarm is not None:
                self._alarm.cancel()
                self._alarm = None

    return Guarded


def _is_asked(connection: H11Protocol) -> bool:
    """Whether a request is there as a whole and not answered yet."""
    cycle = connection.cycle
    return cycle is not None and not cycle.more_body and not cycle.response_complete
