"""All searches in memory, ready to be met, and true to the database."""

import gc
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from alerts.people import Searches
from alerts.query import PlaceLookup, Query, SearchIndex, parse

log = logging.getLogger(__name__)

_MANY = 10_000  # searches; chosen by hand


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
            self._read_all()
        else:
            self._take(self._index, changed.queries.items())
            self._mark = changed.mark
        return self._index

    def _read_all(self) -> None:
        """Known only when all are read: a database that fails in the middle must not leave some out for good."""
        mark, index = self._searches.mark(), SearchIndex()
        with _uncollected():
            self._take(index, self._searches.all())
        if len(index) > _MANY:
            gc.freeze()  # it stays as long as the process: looks for garbage need not pass over it
        self._mark, self._index = mark, index

    def _take(self, index: SearchIndex, queries: Iterable[tuple[int, str | None]]) -> None:
        read: tuple[str, Query] | None = None  # the last one, as many people ask for the same
        for number, text in queries:
            try:
                if text is None:
                    index.drop(number)
                    continue
                if read is None or read[0] != text:
                    read = text, parse(text, self._places)
                index.put(number, read[1])
            except Exception:  # one search that cannot be read must not stop the others
                index.drop(number)
                log.exception("search %s cannot be read and meets no story", number, extra={"search": number})


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looks for garbage while all searches are read, which take half of the time and find none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
