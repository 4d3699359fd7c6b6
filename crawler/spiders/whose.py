"""Whose request it is: which outlet it is made for, in whose name it takes a place, and who goes first at a site."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from scrapy import Request

from crawler.model import UNLISTED, Source


class Rank(IntEnum):
    """In which order the requests that wait for one site are made."""

    ROBOTS = 0
    FEED = 1
    PAGE = 2
    LOOK_AGAIN = 3
    FOREIGN = 4  # another outlet's feed or redirect led there


@dataclass(frozen=True, slots=True)
class Whose:
    """Tells it by the address that is asked and the outlet that led there: `owner_of` says whose an address is."""

    owner_of: Callable[[str, Source], Source]

    def payer(self, request: Request) -> str:
        """The outlet in whose name a request takes its place among all others: that of the site that it keeps busy, if
        we watch it; else the one that led there. "" = nobody's."""
        if (lister := lister_of(request)) is None:
            return ""
        owner = self.owner_of(request.url, lister)
        return lister.id if owner.kind == UNLISTED else owner.id

    def rank(self, request: Request) -> Rank:
        """Where it stands among those that wait for its site."""
        if request.meta.get("is_robots"):
            return Rank.ROBOTS
        lister = lister_of(request)
        if lister is None or self.owner_of(request.url, lister).id != lister.id:
            return Rank.FOREIGN
        if "feed" in request.meta:
            return Rank.FEED
        return Rank.PAGE if request.priority >= 0 else Rank.LOOK_AGAIN


def lister_of(request: Request) -> Source | None:
    """The outlet that led there, as it is known now: its own may have listed a page since it was asked for."""
    known: Callable[[], Source] | None = request.meta.get("lister")
    return known() if known else None


class InRank(deque[Any]):
    """Scrapy's queue of a slot, (request, its answer), from which the first of the best rank goes first."""

    def __init__(self, whose: Whose, waiting: "deque[Any]") -> None:
        super().__init__(waiting)
        self.whose = whose

    def popleft(self) -> Any:
        """The next one."""
        number = min(range(len(self)), key=lambda i: self.whose.rank(self[i][0])) if len(self) > 1 else 0
        found = self[number]
        del self[number]
        return found
