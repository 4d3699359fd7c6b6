"""Places that outlets share fairly: whoever has the fewest goes first, and the last quarter is for those with none."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

KEPT = 4  # one place of so many is kept for those who have none


class Turns:
    """So many places, each taken in the name of an outlet."""

    def __init__(self, places: int) -> None:
        self.free, self.kept = places, places // KEPT
        self.inside: Counter[str] = Counter()
        self._waiting: list[tuple[str, asyncio.Future[None]]] = []

    async def enter(self, outlet: str) -> None:
        """Wait for a place."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((outlet, turn))
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            self._waiting = [one for one in self._waiting if one[1] is not turn]
            if turn.done() and not turn.cancelled():  # it was given in the same moment
                self.leave(outlet)
            raise

    def enter_at_once(self, outlet: str) -> bool:
        """Take a place if there is one for this outlet and nobody waits."""
        if not self.free or self._waiting or (self.inside[outlet] and self.free <= self.kept):
            return False
        self.free -= 1
        self.inside[outlet] += 1
        return True

    def leave(self, outlet: str) -> None:
        """Give a place back."""
        self.free += 1
        self.inside[outlet] -= 1
        if self.inside[outlet] <= 0:
            del self.inside[outlet]
        self._admit()

    @asynccontextmanager
    async def place(self, outlet: str) -> AsyncIterator[None]:
        """A place, as long as the block runs."""
        await self.enter(outlet)
        try:
            yield
        finally:
            self.leave(outlet)

    def _admit(self) -> None:
        while self.free and self._waiting:
            outlet, turn = first = min(self._waiting, key=lambda one: self.inside[one[0]])
            if self.inside[outlet] and self.free <= self.kept:
                return
            self._waiting.remove(first)
            if not turn.done():
                self.free -= 1
                self.inside[outlet] += 1
                turn.set_result(None)
