"""All searches in memory, ready to be met, and true to the database."""

import gc
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Engine

from alerts.people import Searches
from alerts.query import PlaceLookup, Query, SearchIndex, parse

log = logging.getLogger(__name__)

_MANY = 5_000  # searches; chosen by hand


class LiveSearches:
    """Read once, then kept up by what changed; nothing is parsed twice. One call at a time."""

    def __init__(self, engine: Engine, places: PlaceLookup) -> None:
        self._searches = Searches(engine)
        self._places = places
        self._index = SearchIndex()
        self._mark: int | None = None

    def index(self) -> SearchIndex:
        """The searches of those who have not left, as they are now; the same object each time."""
        changed = self._searches.changed(self._mark) if self._mark is not None else None
        if changed is None:
            changed = self._searches.all()
            self._index = SearchIndex()
        self._take(changed.queries)
        self._mark = changed.mark
        return self._index

    def _take(self, queries: Mapping[int, str | None]) -> None:
        read: dict[str, Query] = {}  # many people ask for the same
        with _uncollected(len(queries) > _MANY):
            for number, text in queries.items():
                try:
                    if text is None:
                        self._index.drop(number)
                    else:
                        query = read.get(text) or read.setdefault(text, parse(text, self._places))
                        self._index.put(number, query)
                except Exception:  # one search that cannot be read must not stop the others
                    self._index.drop(number)
                    log.exception("search %s cannot be read and meets no story: %r", number, text)


@contextmanager
def _uncollected(large: bool) -> Iterator[None]:
    """Without looks for garbage where a large index is made, which take half of the time and find none."""
    if not large or not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.freeze()  # it stays as long as the process: later looks need not pass over it
