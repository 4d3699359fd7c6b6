"""How long our own loop stood still: time in which nobody could have answered us."""

import asyncio

BEAT = 0.25  # seconds


class Pulse:
    """Adds up by how much its beats come late, while it beats."""

    def __init__(self) -> None:
        self.lost = 0.0  # seconds
        self._expected = 0.0
        self._next: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to beat, if it does not yet."""
        if self._next is None:
            self._await_next(asyncio.get_running_loop())

    def stop(self) -> None:
        """For good."""
        if self._next is not None:
            self._next.cancel()

    def _await_next(self, loop: asyncio.AbstractEventLoop) -> None:
        self._expected = loop.time() + BEAT
        self._next = loop.call_at(self._expected, self._beat, loop)

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        late = loop.time() - self._expected
        if late > BEAT:  # less is how any loop works
            self.lost += late
        self._await_next(loop)
