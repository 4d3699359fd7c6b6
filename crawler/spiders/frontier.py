"""The frontier: which page next. The outlets take turns, and no one of them fills the room of the others."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

WINDOW = 600  # pages asked for at a time; the last quarter is for outlets that have none among them
MOST_OF_AN_OUTLET = 6  # of them that an outlet's feeds led to: its site answers one at a time
MOST_AT_SITE = 6  # that wait for one site
MOST_FOREIGN = 2  # of those that other outlets' feeds led to


class Lane(NamedTuple):
    """What waits together: the pages that one feed shows of one site, and whether that is its own outlet's."""

    feed: int
    site: str
    own: bool


@dataclass(slots=True)
class Busy:
    """How many pages are asked for: in all, of each outlet, at each site, and of strangers there."""

    total: int = 0
    outlets: Counter[str] = field(default_factory=Counter)
    sites: Counter[str] = field(default_factory=Counter)
    foreign: Counter[str] = field(default_factory=Counter)

    def add(self, outlet: str, site: str, own: bool) -> None:
        """One more is asked for."""
        self.total += 1
        self.outlets[outlet] += 1
        self.sites[site] += 1
        self.foreign[site] += not own

    def has_room(self, outlet: str) -> bool:
        """Whether one more of this outlet may be."""
        most = WINDOW if not self.outlets[outlet] else WINDOW * 3 // 4
        return self.total < most and self.outlets[outlet] < MOST_OF_AN_OUTLET

    def is_open(self, lane: Lane) -> bool:
        """Whether one more may wait for its site."""
        return self.sites[lane.site] < MOST_AT_SITE and (lane.own or self.foreign[lane.site] < MOST_FOREIGN)


class Frontier:
    """Ids of pages to read; what is taken rotates over the outlets, and over the feeds and sites of each.

    Ids only: a first crawl knows tens of thousands of pages, and their requests would fill the memory. A site's own
    outlet goes first there: what another lists of it waits until none of its own does.
    """

    def __init__(self) -> None:
        self.queues: dict[str, dict[Lane, deque[int]]] = {}
        self.known: set[int] = set()
        self._own: Counter[str] = Counter()  # pages of a site that its own outlet listed

    def __len__(self) -> int:
        return len(self.known)

    def add(self, outlet: str, lane: Lane, ids: Iterable[int]) -> None:
        """Put these at the end of the lane; what waits already is not put twice."""
        fresh = [i for i in ids if i not in self.known]
        if fresh:
            self.known.update(fresh)
            self.queues.setdefault(outlet, {}).setdefault(lane, deque()).extend(fresh)
            self._own[lane.site] += len(fresh) * lane.own

    def take(self, most: int, busy: Busy) -> list[int]:
        """The next ones that may be asked for, which then count as `busy`; none when there is room for none."""
        taken: list[int] = []
        turn = list(self.queues)
        while turn:
            again = []
            for outlet in turn:
                if len(taken) == most:
                    return taken
                if (lane := self._open_lane(outlet, busy)) is not None:
                    taken.append(self._pop(outlet, lane))
                    busy.add(outlet, lane.site, lane.own)
                    again.append(outlet)
            turn = [outlet for outlet in again if outlet in self.queues]
        return taken

    def _open_lane(self, outlet: str, busy: Busy) -> Lane | None:
        if not busy.has_room(outlet):
            return None
        return next((lane for lane in self.queues[outlet] if self._may_be_asked(lane, busy)), None)

    def _may_be_asked(self, lane: Lane, busy: Busy) -> bool:
        return busy.is_open(lane) and (lane.own or not self._own[lane.site])

    def _pop(self, outlet: str, lane: Lane) -> int:
        """The first of the lane, which goes to the end of its outlet's, as that does of all."""
        lanes = self.queues.pop(outlet)
        queue = lanes.pop(lane)
        taken = queue.popleft()
        self.known.discard(taken)
        self._own[lane.site] -= lane.own
        if self._own[lane.site] <= 0:
            del self._own[lane.site]
        if queue:
            lanes[lane] = queue
        if lanes:
            self.queues[outlet] = lanes
        return taken


def lanes_of(waiting: Iterable[tuple[int, Lane]]) -> Iterator[tuple[Lane, list[int]]]:
    """The ids of each lane, in their order."""
    found: dict[Lane, list[int]] = {}
    for number, lane in waiting:
        found.setdefault(lane, []).append(number)
    yield from found.items()
