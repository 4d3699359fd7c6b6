"""Outcomes of pages, written to the database some at a time: a transaction for each would cost more than the page."""

import logging
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError

from crawler.watch.outcome import Outcome
from crawler.watch.watchlist import Watchlist

log = logging.getLogger(__name__)

MOST_WAITING = 64


class Ledger:
    """What is not written yet when a crawl dies is due again in the next one, so nothing is lost."""

    def __init__(self, watchlist: Watchlist) -> None:
        self.watchlist = watchlist
        self.waiting: list[tuple[Sequence[int], Outcome]] = []
        self.ids: set[int] = set()  # of the entries whose outcome waits

    def note(self, entry_ids: Sequence[int], outcome: Outcome) -> None:
        """What came of a page, for every entry that led to it."""
        self.waiting.append((entry_ids, outcome))
        self.ids.update(entry_ids)
        if len(self.waiting) >= MOST_WAITING:
            self.flush()

    def flush(self) -> None:
        """Write down what waits."""
        waiting, self.waiting, self.ids = self.waiting, [], set()
        if not waiting:
            return
        try:
            self.watchlist.record_outcomes(waiting)
        except SQLAlchemyError:  # one of them, perhaps: it must not take the others with it
            for one in waiting:
                self._write(one)

    def _write(self, one: tuple[Sequence[int], Outcome]) -> None:
        try:
            self.watchlist.record_outcomes([one])
        except SQLAlchemyError:
            log.exception("the outcome of entries %s could not be written; they are due again", one[0])
