"""Every query on sources, feeds and entries: what to read next, and what came of it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Engine, func, or_, update
from sqlmodel import Session, col, select

from crawler.database import reading
from crawler.manners import site_to_ask
from crawler.model import UNLISTED, Entry, Feed, FeedProblem, Source, Why, is_due
from crawler.text import canonical_url, page_address
from crawler.watch.attempts import FeedChange, after_failure, after_unchanged, hurried
from crawler.watch.crowd import crowd_of, crowd_out
from crawler.watch.due import entry_is_due, feed_is_due, may_be_at, site_of_feed, watched
from crawler.watch.feed_state import FeedHealth
from crawler.watch.flood import MOST_WAITING, allowance
from crawler.watch.outages import Outages, known_until
from crawler.watch.outcome import HAD, LONGEST_RETRY, SETTLED, Outcome, write_outcomes
from crawler.watch.owners import Owners
from crawler.watch.polling import Limits
from crawler.watch.readings import FeedAnswer, ReadingIntent, decide_reading
from crawler.watch.stored import chunks, stored_of

if TYPE_CHECKING:
    from crawler.feeds import FeedItem
    from crawler.places import Place
    from crawler.registry import Outlet


class Watchlist:
    """Sources, feeds and entries in the database; every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.readers = engine, reading(engine)
        self.outages = Outages(engine)

    def sync(self, outlets: "Iterable[Outlet]") -> None:
        """Mirror the registry: add and update what it lists, unlist what it no longer does; nothing is deleted."""
        with Session(self.engine) as session:
            session.exec(update(Source).values(listed=False))
            session.exec(update(Feed).values(listed=False))
            known_sources = set(session.exec(select(Source.id)))
            feeds = {feed.url: feed for feed in session.exec(select(Feed))}
            wanted = list(outlets)
            for outlet in wanted:
                facts = outlet.model_dump(include=set(Source.model_fields) - {"listed"}) | {"listed": True}
                facts |= {"covers": list(outlet.covers), "sites": list(outlet.sites)}
                if outlet.id in known_sources:
                    session.exec(update(Source).where(col(Source.id) == outlet.id).values(facts))
                else:
                    session.add(Source(**facts))
            session.flush()  # sources first: feeds refer to them
            for outlet in wanted:
                for known in outlet.feeds:
                    feed = feeds.get(known.url) or Feed(source_id=outlet.id, url=known.url)
                    feed.source_id, feed.kind, feed.listed = outlet.id, known.kind, True
                    feed.link_patterns = list(known.link_patterns)
                    session.add(feed)
            session.commit()

    def due_feeds(
        self,
        now: datetime,
        states: Sequence[str] = (),
        everything: bool = False,
        by: datetime | None = None,
        site: str = "",
    ) -> list[Feed]:
        """Feeds to read now, longest waiting first; `everything` ignores the timetable, never a person's switch.

        `by`: those that were due by then. `site`: those that are asked for there.
        """
        query = watched(states).order_by(func.coalesce(Feed.next_attempt_at, now))
        if not everything:
            query = query.where(feed_is_due(now, by))
        if site:
            query = query.where(or_(may_be_at(col(Feed.url), site), may_be_at(col(Feed.moved_to), site)))
        with Session(self.readers) as session:
            found = [feed for feed, _ in session.exec(query)]
        return [feed for feed in found if not site or site_of_feed(feed.url, feed.moved_to) == site]

    def due_entries(
        self, now: datetime, states: Sequence[str] = (), everything: bool = False, site: str = ""
    ) -> list[tuple[int, int]]:
        """(feed id, entry id) of pages to be read, newest first: new ones, and those to be tried or looked at again
        whose time has come. `site`: those that stand there."""
        feeds = watched(states).with_only_columns(col(Feed.id))
        query = (
            select(Entry.feed_id, Entry.id, Entry.page)
            .where(entry_is_due(None if everything else now), col(Entry.feed_id).in_(feeds))
            .order_by(col(Entry.seen_at).desc(), col(Entry.id))
        )
        if site:
            query = query.where(may_be_at(col(Entry.page), site))
        with Session(self.readers) as session:
            return [
                (feed_id, entry_id)
                for feed_id, entry_id, page in session.exec(query)
                if entry_id is not None and (not site or site_to_ask(page) == site)
            ]

    def addresses(self, entry_ids: Iterable[int]) -> dict[int, str]:
        """Where these entries lead, in their order."""
        ids, known = list(entry_ids), dict[int, str]()
        with Session(self.readers) as session:
            for some in chunks(ids):
                known |= {
                    i: url for i, url in session.exec(select(Entry.id, Entry.url).where(col(Entry.id).in_(some))) if i
                }
        return {i: known[i] for i in ids if i in known}

    def entries_for(self, entry_ids: Sequence[int], until: datetime | None = None) -> list[list[Entry]]:
        """Of these entries those still to be read, by page; each with all others, of any feed, that lead there.

        With `until` those are left out that are to be tried again later.
        """
        unsettled: ColumnElement[bool] = or_(
            col(Entry.state).not_in(SETTLED), (col(Entry.state) == "off_topic") & col(Entry.retry_at).is_not(None)
        )
        if until is not None:
            unsettled &= or_(col(Entry.retry_at).is_(None), is_due(col(Entry.retry_at), until, LONGEST_RETRY))
        with Session(self.readers) as session:
            wanted = list(session.exec(select(Entry).where(col(Entry.id).in_(entry_ids), unsettled)))
            pages: dict[str, list[Entry]] = {e.page: [] for e in wanted}
            for entry in session.exec(select(Entry).where(col(Entry.page).in_(pages), unsettled)):
                pages[entry.page].append(entry)
        first = {entry_id: number for number, entry_id in enumerate(entry_ids)}
        for entries in pages.values():
            entries.sort(key=lambda e: first.get(e.id or 0, len(first)))
        return sorted(pages.values(), key=lambda entries: first.get(entries[0].id or 0, 0))

    def record_reading(
        self,
        feed_id: int,
        items: "Sequence[FeedItem]",
        now: datetime,
        oldest: datetime,
        limits: Limits,
        answer: FeedAnswer = FeedAnswer(),  # noqa: B008  a frozen value
        may_matter: Callable[[str], bool] = bool,
        is_own: Callable[[str], bool] = bool,
    ) -> list[int]:
        """Store a feed's entries and that it was read, in one transaction; return the ids of entries to fetch.

        An item dated before `oldest` is recorded as refused. An entry that the feed shows with a newer date or
        another title is to be fetched again. A page that another feed led us to is not. For more links than an outlet
        has room (`flood.py`) the oldest make it, or are left where they are. An item's whole text is kept while its
        page is not had, when it `may_matter`. An address that is not the feed's outlet's own (`is_own`) is
        only an address: what the feed says of its page moves nothing.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            feed = session.get_one(Feed, feed_id)
            stored = stored_of(session, feed_id, items)
            waiting, today = crowd_of(session, feed.source_id, now)
            room = allowance(waiting, today)
            intent = decide_reading(feed, stored, items, now, oldest, limits, answer, may_matter, is_own, room)
            _write_reading(session, feed, intent)
            if (over := waiting + len(intent.new) - MOST_WAITING) > 0:
                crowd_out(session, feed.source_id, over)
            session.commit()
            fresh = [e.id for e in intent.new if e.state == "new" and e.id is not None]
            return fresh + [refetch.entry_id for refetch in intent.again]

    def record_unchanged(self, feed_id: int, now: datetime, limits: Limits, asked: timedelta | None = None) -> None:
        """The server said 304: nothing new since the last reading."""
        with Session(self.engine) as session:
            feed = session.get_one(Feed, feed_id)
            _write(feed, after_unchanged(feed, now, limits, asked))
            session.commit()

    def record_feed_failure(
        self,
        feed_id: int,
        status: Why,
        weight: float,
        now: datetime,
        limits: Limits,
        again: datetime | None = None,
        problem: FeedProblem = "failing",
    ) -> None:
        """The feed could not be read; its entries and its ETag stay. `again` is when its host said to come back."""
        with Session(self.engine) as session:
            feed = session.get_one(Feed, feed_id)
            _write(feed, after_failure(feed, status, weight, now, limits, again, problem))
            session.commit()

    def note_pages(self, feed_id: int, met: FeedProblem, sampled: bool = False) -> None:
        """What the pages that a feed leads to meet with. One that was `sampled` speaks for all; else one that turns us
        away does not while others of the last ten were read."""
        with Session(self.engine) as session:
            last = select(Entry.state).where(Entry.feed_id == feed_id).order_by(col(Entry.id).desc()).limit(10)
            if met in ("blocked", "robots-refused") and not sampled and set(HAD) & set(session.scalars(last)):
                return
            session.exec(update(Feed).where(col(Feed.id) == feed_id, col(Feed.pages) != met).values(pages=met))
            session.commit()

    def hurry(self, source_id: str, places: "Sequence[Place]", now: datetime, until: datetime, limits: Limits) -> None:
        """A story came from this outlet and those places: read the outlets there as often as may be until then."""
        towns = {(p.state, p.name) for p in places if p.name} | {(p.state, p.county) for p in places if p.county}
        query = select(Feed, Source).join(Source, col(Source.id) == Feed.source_id)
        query = query.where(
            col(Feed.listed),
            or_(col(Source.id) == source_id, col(Source.state).in_({p.state for p in places if p.state})),
        )
        with Session(self.engine) as session:
            for feed, source in session.exec(query):
                near = {(source.state, source.city), (source.state, source.county)} & towns
                if source.id == source_id or near:
                    _write(feed, hurried(feed, until, limits))
            session.commit()

    def record_outcome(self, entry_ids: Sequence[int], outcome: Outcome) -> None:
        """What came of a page, for every entry that led to it; too many failed attempts become a refusal."""
        self.record_outcomes([(entry_ids, outcome)])

    def record_outcomes(self, outcomes: Iterable[tuple[Sequence[int], Outcome]]) -> None:
        """The same for several pages, in one transaction."""
        with Session(self.engine) as session:
            write_outcomes(session, outcomes)
            session.commit()

    def source_of(self, feed_id: int) -> Source:
        """The source that a feed belongs to."""
        with Session(self.readers) as session:
            query = select(Source).join(Feed, col(Feed.source_id) == Source.id).where(Feed.id == feed_id)
            return session.exec(query).one()

    def owners(self) -> Owners:
        """Whose web addresses are; an outlet that was taken off the list counts where no other does."""
        with Session(self.readers) as session:
            sources = session.exec(select(Source).order_by(col(Source.listed), col(Source.id))).all()
            feeds = session.exec(select(Feed.source_id, Feed.url).where(col(Feed.listed))).all()
        return Owners(sources, [(source_id, url) for source_id, url in feeds])

    def know(self, source: Source) -> None:
        """Have a row for a source that stands for a site of nobody on the list; others have theirs."""
        if source.kind != UNLISTED:
            return
        with Session(self.engine) as session:
            if session.get(Source, source.id) is None:
                session.add(Source(**source.model_dump()))
                session.commit()

    def health(self, now: datetime, states: Sequence[str] = (), watched_only: bool = False) -> list[FeedHealth]:
        """Every feed with what the program remembers of it, by state, source and address.

        They are judged as of the last moment at which we could have read them.
        """
        now = known_until(self.outages.last(), now)
        counts = select(Entry.feed_id, func.count().label("entries")).group_by(col(Entry.feed_id)).subquery()
        query = (
            select(Source, Feed, func.coalesce(counts.c.entries, 0))
            .join(Feed, col(Feed.source_id) == Source.id)
            .join(counts, counts.c.feed_id == Feed.id, isouter=True)
            .order_by(Source.state, Source.name, Feed.url)
        )
        if watched_only:
            query = query.where(col(Feed.id).in_(watched(states).with_only_columns(col(Feed.id))))
        with Session(self.readers) as session:
            return [FeedHealth(source, feed, count, now) for source, feed, count in session.exec(query)]

    def entries_at(self, url: str) -> list[tuple[Entry, Source]]:
        """The entries for an address, as given or canonical, with their sources."""
        query = (
            select(Entry, Source)
            .join(Feed, col(Feed.id) == Entry.feed_id)
            .join(Source, col(Source.id) == Feed.source_id)
            .where(or_(col(Entry.url).in_({url, canonical_url(url)}), col(Entry.page) == page_address(url)))
        )
        with Session(self.readers) as session:
            return list(session.exec(query))

    def failing_pages(self, limit: int) -> list[tuple[Entry, Source]]:
        """The entries whose page could not be read or was refused, the newest first, with their sources."""
        query = (
            select(Entry, Source)
            .join(Feed, col(Feed.id) == Entry.feed_id)
            .join(Source, col(Source.id) == Feed.source_id)
            .where(col(Entry.state).in_(("failed", "refused")))
            .order_by(col(Entry.seen_at).desc(), col(Entry.id).desc())
            .limit(limit)
        )
        with Session(self.readers) as session:
            return list(session.exec(query))

    def newest_attempt(self) -> datetime | None:
        """When a feed was last tried."""
        with Session(self.readers) as session:
            return session.exec(select(func.max(Feed.last_attempt_at))).one()

    def retries_until(self, until: datetime) -> int:
        """How many failed entries are to be tried again by then."""
        with Session(self.readers) as session:
            query = select(func.count()).select_from(Entry).where(Entry.state == "failed", col(Entry.retry_at) <= until)
            return session.exec(query).one()

    def counts(self) -> dict[str, int]:
        """How many entries are in each state."""
        query = select(Entry.state, func.count()).group_by(Entry.state)
        with Session(self.readers) as session:
            return dict(session.exec(query).all())


def _write(feed: Feed, change: FeedChange) -> None:
    feed.sqlmodel_update(dict(change))


def _write_reading(session: Session, feed: Feed, intent: ReadingIntent) -> None:
    session.add_all(intent.new)
    for refetch in intent.again:
        entry = session.get_one(Entry, refetch.entry_id)
        entry.state, entry.attempts, entry.retry_at = "new", 0, None
        entry.title, entry.updated_at = refetch.title, refetch.updated_at
    _write(feed, intent.feed)
