"""How well a search does: what each piece of it brought, what others bring too, what of its area cannot be read."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from alerts.digest import heading_of
from alerts.matching import BackTest, Brought, brought_by, documents_of
from alerts.people import Subscription
from alerts.query import Query, QueryError, parse, states_of
from alerts.web.account.reception import Reception
from crawler.watch import FeedHealth, Watchlist


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another search of the same person that meets the same stories."""

    heading: str
    count: int


@dataclass(frozen=True, slots=True)
class Checkup:
    """What is told of a search besides its back-test."""

    brought: tuple[Brought, ...]
    overlaps: tuple[Overlap, ...]
    looked_at: int  # stories in which the overlaps were looked for
    unread: tuple[FeedHealth, ...]  # one of each source


def checkup_of(desk: Reception, query: Query, test: BackTest, others: Sequence[Subscription], language: str) -> Checkup:
    """Look at a search of somebody; `others` are the rest of theirs."""
    read = [documents_of(view) for view, _ in test.stories_of_month]
    overlaps = []
    for other in others:
        with suppress(QueryError):  # one that can be read no more meets nothing
            asked = parse(other.query, desk.places)
            count = sum(any(map(asked.is_met_by, documents)) for documents in read)
            if count:
                overlaps.append(Overlap(other.name or heading_of(other.query, language), count))
    brought = brought_by(desk.post.store, query, desk.clock())
    unread = _unread(desk, tuple(states_of(query)), desk.clock())
    return Checkup(brought, tuple(overlaps), len(read), unread)


def _unread(desk: Reception, states: Sequence[str], now: datetime) -> tuple[FeedHealth, ...]:
    """The sources of which nothing can be read now."""
    health = Watchlist(desk.post.members.engine).health(now, states, watched_only=True)
    read = {feed.source.id for feed in health if feed.read and not feed.turned_away}
    unread = {f.source.id: f for f in health if (f.unread or f.turned_away) and f.source.id not in read}
    return tuple(unread.values())
