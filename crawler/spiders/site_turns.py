"""One request at a time at a site, and at the machine it shares: whoever in this process or in another makes it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

from crawler.manners import Claims, ClaimsLost

LOOK = 0.1  # seconds between two looks whether another process has done
LONGEST = 15.0  # seconds that a site is kept from others, while it is asked again and again
YIELD = 3 * LOOK  # then it is left to them for so long


@dataclass(slots=True)
class _Place:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    wanted: int = 0  # requests that are at it or wait for it
    asked_at: float = float("-inf")
    since: float | None = None  # when it was claimed


class SiteTurns:
    """A place is claimed for as long as requests of ours are at it and its pause lasts; all times are `monotonic()`."""

    def __init__(self, claims: Claims, delay: Callable[[str], float]) -> None:
        """`delay`: seconds between two requests to what has this name."""
        self.claims, self.delay = claims, delay
        self._places: dict[str, _Place] = {}

    @asynccontextmanager
    async def alone(self, names: Iterable[str]) -> AsyncIterator[None]:
        """Nobody else asks these meanwhile: the site first, then its machine, so that no two wait for each other.

        Raises ClaimsLost.
        """
        async with AsyncExitStack() as held:
            for name in dict.fromkeys(names):
                await held.enter_async_context(self._alone_at(name))
            yield

    def asked(self, names: Iterable[str]) -> None:
        """A request leaves now: the pause before the next begins."""
        for name in names:
            self._places[name].asked_at = monotonic()

    @asynccontextmanager
    async def _alone_at(self, name: str) -> AsyncIterator[None]:
        place = self._places.setdefault(name, _Place())
        place.wanted += 1
        try:
            async with place.lock:
                await asyncio.sleep(max(0.0, self._rest(name, place)))
                await self._claim(name, place)
                yield
        finally:
            place.wanted -= 1
            if not place.wanted:
                asyncio.get_running_loop().call_later(max(0.0, self._rest(name, place)), self._leave, name, place)

    def _rest(self, name: str, place: _Place) -> float:
        return place.asked_at + self.delay(name) - monotonic()

    async def _claim(self, name: str, place: _Place) -> None:
        if self.claims.are_shared and place.since is not None and monotonic() - place.since > LONGEST:
            self._give_back(name, place)
            await asyncio.sleep(YIELD)
        while place.since is None:
            if self.claims.take(name):
                place.since = monotonic()
            else:
                await asyncio.sleep(LOOK)

    def _leave(self, name: str, place: _Place) -> None:
        if place.wanted or self._places.get(name) is not place:
            return
        del self._places[name]
        with contextlib.suppress(ClaimsLost):  # whoever asks next learns it
            self._give_back(name, place)

    def _give_back(self, name: str, place: _Place) -> None:
        if place.since is not None:
            place.since = None
            self.claims.give_back(name)
