"""How much may be under way at once: no more is downloaded than is read, so memory stays flat on a slow machine."""

from crawler.spiders.turns import Turns

AHEAD = 24  # pages and feeds that may wait to be read, beside those that are being downloaded


class Room:
    """Places for what was asked for and is not done with, by key; the outlet that has the fewest gets the next one."""

    def __init__(self, places: int) -> None:
        self.inside: dict[str, str] = {}  # whose place it is
        self._places = Turns(places)

    async def enter(self, key: str, outlet: str = "") -> None:
        """Wait for a place, unless it has one: a redirect leads on with the same key."""
        if key not in self.inside:
            await self._places.enter(outlet)
            self.inside[key] = outlet

    def enter_at_once(self, key: str, outlet: str = "") -> bool:
        """Take a place if nobody need be waited for; whether it has one."""
        if key not in self.inside and self._places.enter_at_once(outlet):
            self.inside[key] = outlet
        return key in self.inside

    def leave(self, key: str) -> None:
        """It is done with, whatever came of it, and whether or not it had a place."""
        if key in self.inside:
            self._places.leave(self.inside.pop(key))
