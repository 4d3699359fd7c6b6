"""The frontier: which page next. The outlets take turns, so that no big one holds up the small ones."""

from collections import deque
from collections.abc import Hashable, Iterable


class Frontier:
    """Ids of pages to read, in a queue for each outlet; what is taken rotates over the outlets.

    Ids only: a first crawl knows tens of thousands of pages, and their requests would fill the memory.
    """

    def __init__(self) -> None:
        self.queues: dict[Hashable, deque[int]] = {}
        self.known: set[int] = set()

    def __len__(self) -> int:
        return len(self.known)

    def add(self, outlet: Hashable, ids: Iterable[int]) -> None:
        """Put these at the end of the outlet's queue; what waits already is not put twice."""
        fresh = [i for i in ids if i not in self.known]
        if fresh:
            self.known.update(fresh)
            self.queues.setdefault(outlet, deque()).extend(fresh)

    def take(self) -> int:
        """The next one. Raises StopIteration when none waits."""
        outlet, queue = next(iter(self.queues.items()))
        del self.queues[outlet]
        taken = queue.popleft()
        self.known.discard(taken)
        if queue:
            self.queues[outlet] = queue  # at the end of the turn
        return taken
