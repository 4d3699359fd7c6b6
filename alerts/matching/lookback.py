"""A search meets the stories of the last 90 days, before anybody saves it.

The database's full-text index proposes, the outlines of the stories tell which have the right places and facts, and
only what is left is read: tens of thousands of stories are no longer a wait than some hundred.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta, tzinfo
from functools import cached_property
from itertools import groupby, islice

from alerts.matching.archive import asked_of_index, document_of_outline, documents_of
from alerts.matching.backtest import MONTH, QUARTER, BackTest, Brought, Miss, has_enough, nearest
from alerts.matching.periods import period
from alerts.query import (
    Document,
    Query,
    StoryHit,
    asks_of_words,
    fields_of,
    match_story,
    pieces_of,
    why_missed,
    widened,
)
from crawler.store import Store, StoryView

MOST_READ = 1000  # stories that may match
MOST_READ_A_WAY = 60  # stories that may just miss, for each way to widen the search
MOST_READ_A_PIECE = 200
MOST_WAYS = 24
MOST_SHOWN = 50  # stories that are kept with what matched
_AT_ONCE = 20


def back_test(store: Store, query: Query, now: datetime, zone: tzinfo) -> BackTest:
    """What a query would have brought in the last 30 and 90 days, and what it just missed.

    As in alerts, only what was news when it was found; a day is one of the zone's.
    """
    archive = _Archive(store, now - timedelta(days=QUARTER))
    begun = store.opened_first()
    proposed = list(archive.proposed(query))
    if asks_of_words(query):
        read = proposed[:MOST_READ]
        opened, stories = _met(archive, query, read)
    else:  # their outlines say it all
        read = proposed
        opened = {number: archive.opened[number] for number in proposed}
        stories = _met(archive, query, read[:MOST_SHOWN])[1]
    complete = len(read) == len(proposed)
    if not complete:
        begun = archive.opened[read[-1]]
    month, quarter = (period(d, list(opened.values()), begun, complete, now, zone) for d in (MONTH, QUARTER))
    day = now.astimezone(zone).date()
    today = sum(when.astimezone(zone).date() == day for when in opened.values())
    misses, every_way = _missed(archive, query, opened.keys())
    return BackTest(now, month, quarter, today, stories, misses, every_way)


def brought_by(store: Store, query: Query, now: datetime) -> tuple[Brought, ...]:
    """What each piece of a query brought in the last 30 days, or kept out."""
    archive = _Archive(store, now - timedelta(days=MONTH))
    told = []
    for piece in pieces_of(query):
        numbers = list(islice(archive.proposed(piece.within), MOST_READ_A_PIECE + 1))
        met, _ = _met(archive, piece.within, numbers[:MOST_READ_A_PIECE])
        told.append(Brought(piece, len(met), len(numbers) <= MOST_READ_A_PIECE))
    return tuple(told)


def _met(
    archive: "_Archive", query: Query, numbers: Iterable[int]
) -> tuple[dict[int, datetime], tuple[tuple[StoryView, StoryHit], ...]]:
    """When each of these stories that meets a query was opened; the first of them, with what matched."""
    opened: dict[int, datetime] = {}
    shown: list[tuple[StoryView, StoryHit]] = []
    for view, documents in archive.read(numbers):
        if not any(map(query.is_met_by, documents)):
            continue
        opened[view.story.id or 0] = view.story.opened_at
        if len(shown) < MOST_SHOWN and (hit := match_story(documents, query)):
            shown.append((view, hit))
    return opened, tuple(shown)


def _missed(archive: "_Archive", query: Query, met: Collection[int]) -> tuple[tuple[Miss, ...], bool]:
    """The nearest misses, and whether all that may be nearer was read."""
    found: dict[int, Miss] = {}
    every_way = True
    ways = 0
    for step, together in groupby(islice(widened(query), MOST_WAYS), key=lambda way: way[0]):
        for _, way in together:
            ways += 1
            proposed = (number for number in archive.proposed(way) if number not in met and number not in found)
            near: list[Miss] = []
            for view, documents in archive.read(islice(proposed, MOST_READ_A_WAY)):
                if why := why_missed(documents, query):
                    near.append(Miss(view, why, step))
                if has_enough(near):
                    break
            else:
                every_way = every_way and next(proposed, None) is None
            found.update({miss.view.story.id or 0: miss for miss in near})
        if has_enough(list(found.values())):
            return nearest(list(found.values())), every_way
    return nearest(list(found.values())), every_way and ways < MOST_WAYS


class _Archive:
    """The stories opened since a day, of which only so much is read as somebody asks for."""

    def __init__(self, store: Store, since: datetime) -> None:
        self.store, self.since = store, since

    @cached_property
    def opened(self) -> dict[int, datetime]:
        """All of them, the last opened first."""
        return self.store.opened(self.since)

    def proposed(self, query: Query) -> Iterator[int]:
        """Those that may meet a query, the last opened first; those that do, when it asks for no words."""
        clauses, fields = asked_of_index(query), fields_of(query)
        said = set(self.store.search(clauses, since=self.since)) if clauses else None
        for number in self._outlined if fields or said is None else self.opened:
            if (said is None or number in said) and (fields is None or self._fits(number, fields)):
                yield number

    def read(self, numbers: Iterable[int]) -> Iterator[tuple[StoryView, list[Document]]]:
        """These stories, as far as they are news; a few at a time."""
        waiting = iter(numbers)
        while some := list(islice(waiting, _AT_ONCE)):
            for view in self.store.views(some):
                if news := view.news:
                    yield news, documents_of(news)

    def _fits(self, number: int, fields: Query) -> bool:
        return any(map(fields.is_met_by, self._outlined[number]))

    @cached_property
    def _outlined(self) -> dict[int, list[Document]]:
        """Of each story with news the reports, without a word."""
        stories: dict[int, list[Document]] = {}
        for outline in self.store.outlines(self.since):
            stories.setdefault(outline.story_id, []).append(document_of_outline(outline))
        return stories
