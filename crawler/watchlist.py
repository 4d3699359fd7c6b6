"""Every query on sources, feeds and entries: what to read next, and what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, ScalarResult, func, or_, update
from sqlmodel import Session, col, select

from crawler.database import reading
from crawler.sources import Outlet
from crawler.spiders.reading import FeedItem
from crawler.story import Article, Entry, EntryState, Feed, Source
from crawler.urls import canonical_url

SETTLED: tuple[EntryState, ...] = ("fetched", "off_topic", "refused")
MOST_ATTEMPTS = 10  # then an entry is refused for good: with our back-off, a day and a half of trying
MOST_ATTEMPTS_MISSING = 4  # for a page that its own server does not know


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """One feed as a person wants to see it."""

    source: Source
    feed: Feed
    entries: int
    now: datetime

    @property
    def state(self) -> str:
        """off, not read yet, failing (the last attempt), stale (a good reading, but too long ago) or ok."""
        feed = self.feed
        if not (self.source.enabled and self.source.listed and feed.listed):
            return "off"
        if feed.failures > 0:
            return "failing"
        if feed.last_success_at is None:
            return "not read yet"
        return "stale" if self.now - feed.last_success_at > self._long else "ok"

    @property
    def unread(self) -> bool:
        """Whether what the feed says now is not known, though it was tried or read before."""
        return self.state in ("failing", "stale")

    @property
    def said(self) -> str:
        """What a person should know of the state."""
        if self.state == "stale":
            return f"not read since {self.feed.last_success_at:%Y-%m-%d %H:%M} UTC"
        return self.source.reason if self.state == "off" else self.feed.status

    @property
    def _long(self) -> timedelta:
        """Three times the interval at which it is read, at least a day."""
        planned, tried = self.feed.next_attempt_at, self.feed.last_attempt_at
        return max(timedelta(days=1), 3 * (planned - tried) if planned and tried else timedelta())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of requesting a page."""

    state: EntryState
    reason: str = ""
    retry_at: datetime | None = None
    article_id: int | None = None
    most_attempts: int = MOST_ATTEMPTS
    asked: bool = True  # False: the host had asked us to wait, so nothing was tried


class Watchlist:
    """Sources, feeds and entries in the database; every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.readers = engine, reading(engine)

    def sync(self, outlets: Iterable[Outlet]) -> None:
        """Mirror the registry: add and update what it lists, unlist what it no longer does; nothing is deleted."""
        with Session(self.engine) as session:
            session.exec(update(Source).values(listed=False))
            session.exec(update(Feed).values(listed=False))
            known_sources = set(session.exec(select(Source.id)))
            feeds = {feed.url: feed for feed in session.exec(select(Feed))}
            wanted = list(outlets)
            for outlet in wanted:
                facts = outlet.model_dump(include=set(Source.model_fields) - {"listed"}) | {"listed": True}
                facts["covers"] = list(outlet.covers)
                if outlet.id in known_sources:
                    session.exec(update(Source).where(col(Source.id) == outlet.id).values(facts))
                else:
                    session.add(Source(**facts))
            session.flush()  # sources first: feeds refer to them
            for outlet in wanted:
                for known in outlet.feeds:
                    feed = feeds.get(known.url) or Feed(source_id=outlet.id, url=known.url)
                    feed.source_id, feed.kind, feed.listed = outlet.id, known.kind, True
                    session.add(feed)
            session.commit()

    def due_feeds(self, now: datetime, states: Sequence[str] = (), everything: bool = False) -> list[Feed]:
        """Feeds to read now, longest waiting first; `everything` ignores the timetable, never a person's switch."""
        query = _watched(states).order_by(func.coalesce(Feed.next_attempt_at, now))
        if not everything:
            query = query.where(or_(col(Feed.next_attempt_at).is_(None), col(Feed.next_attempt_at) <= now))
        with Session(self.readers) as session:
            return [feed for feed, _ in session.exec(query)]

    def due_entries(self, now: datetime, states: Sequence[str] = (), everything: bool = False) -> list[Entry]:
        """Entries whose page is still to be read: new ones, and failed ones whose time has come, newest first."""
        failed = col(Entry.state) == "failed"
        if not everything:
            failed &= col(Entry.retry_at) <= now
        watched = _watched(states).with_only_columns(col(Feed.id))
        query = (
            select(Entry)
            .where(or_(col(Entry.state) == "new", failed), col(Entry.feed_id).in_(watched))
            .order_by(col(Entry.seen_at).desc(), col(Entry.id))
        )
        with Session(self.readers) as session:
            return list(session.exec(query))

    def record_reading(
        self,
        feed_id: int,
        items: Sequence[FeedItem],
        now: datetime,
        oldest: datetime,
        next_attempt_at: datetime,
        etag: str = "",
        last_modified: str = "",
        status: str = "ok",
    ) -> list[Entry]:
        """Store a feed's entries and that it was read, in one transaction; return the entries to fetch.

        An item dated before `oldest` is recorded as refused. An entry that the feed shows with a newer date or
        another title is to be fetched again. A page that another feed led us to is not.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            feed = session.get_one(Feed, feed_id)
            known = {e.url: e for e in session.exec(select(Entry).where(Entry.feed_id == feed_id))}
            fresh: list[Entry] = []
            for item in items:
                entry = known.get(item.url)
                if entry is None:
                    entry = known[item.url] = _entry(session, feed_id, item, now, oldest)
                    feed.last_new_at = now
                elif _changed(entry, item):
                    entry.state, entry.attempts, entry.retry_at = "new", 0, None
                    entry.title, entry.updated_at = item.title, item.updated_at
                else:
                    continue
                session.add(entry)
                if entry.state == "new":
                    fresh.append(entry)
            feed.last_attempt_at = feed.last_success_at = now
            feed.next_attempt_at, feed.failures, feed.status = next_attempt_at, 0.0, status
            feed.etag, feed.last_modified = etag, last_modified
            session.commit()
            return fresh

    def record_unchanged(self, feed_id: int, now: datetime, next_attempt_at: datetime) -> None:
        """The server said 304: nothing new since the last reading."""
        with Session(self.engine) as session:
            feed = session.get_one(Feed, feed_id)
            feed.last_attempt_at = feed.last_success_at = now
            feed.next_attempt_at, feed.failures, feed.status = next_attempt_at, 0.0, "ok"
            session.commit()

    def record_feed_failure(
        self, feed_id: int, status: str, weight: float, now: datetime, next_attempt_at: datetime
    ) -> None:
        """The feed could not be read; its entries and its ETag stay."""
        with Session(self.engine) as session:
            feed = session.get_one(Feed, feed_id)
            feed.last_attempt_at, feed.next_attempt_at = now, next_attempt_at
            feed.failures, feed.status = feed.failures + weight, status
            session.commit()

    def record_outcome(self, entry_ids: Sequence[int], outcome: Outcome) -> None:
        """What came of a page, for every entry that led to it; too many failed attempts become a refusal."""
        with Session(self.engine) as session:
            settle(session, entry_ids, outcome)
            session.commit()

    def source_of(self, feed_id: int) -> Source:
        """The source that a feed belongs to."""
        with Session(self.readers) as session:
            query = select(Source).join(Feed, col(Feed.source_id) == Source.id).where(Feed.id == feed_id)
            return session.exec(query).one()

    def health(self, now: datetime, states: Sequence[str] = (), watched_only: bool = False) -> list[FeedHealth]:
        """Every feed with what the program remembers of it, by state, source and address."""
        counts = select(Entry.feed_id, func.count().label("entries")).group_by(col(Entry.feed_id)).subquery()
        query = (
            select(Source, Feed, func.coalesce(counts.c.entries, 0))
            .join(Feed, col(Feed.source_id) == Source.id)
            .join(counts, counts.c.feed_id == Feed.id, isouter=True)
            .order_by(Source.state, Source.name, Feed.url)
        )
        if watched_only:
            query = query.where(col(Feed.id).in_(_watched(states).with_only_columns(col(Feed.id))))
        with Session(self.readers) as session:
            return [FeedHealth(source, feed, count, now) for source, feed, count in session.exec(query)]

    def entries_at(self, url: str) -> list[tuple[Entry, Source]]:
        """The entries for an address, as given or canonical, with their sources."""
        query = (
            select(Entry, Source)
            .join(Feed, col(Feed.id) == Entry.feed_id)
            .join(Source, col(Source.id) == Feed.source_id)
            .where(col(Entry.url).in_({url, canonical_url(url)}))
        )
        with Session(self.readers) as session:
            return list(session.exec(query))

    def newest_attempt(self) -> datetime | None:
        """When a feed was last tried."""
        with Session(self.readers) as session:
            return session.exec(select(func.max(Feed.last_attempt_at))).one()

    def soon(self, now: datetime) -> int:
        """How many failed entries are to be tried again by then."""
        with Session(self.readers) as session:
            query = select(func.count()).select_from(Entry).where(Entry.state == "failed", col(Entry.retry_at) <= now)
            return session.exec(query).one()

    def counts(self) -> dict[str, int]:
        """How many entries are in each state."""
        query = select(Entry.state, func.count()).group_by(Entry.state)
        with Session(self.readers) as session:
            return dict(session.exec(query).all())


def settle(session: Session, entry_ids: Sequence[int], outcome: Outcome) -> None:
    """Write an outcome inside a transaction that somebody else commits."""
    for entry in _by_id(session, entry_ids):
        entry.state, entry.reason = outcome.state, outcome.reason
        entry.article_id = outcome.article_id or entry.article_id
        entry.retry_at = outcome.retry_at if outcome.state == "failed" else None
        entry.attempts += outcome.asked
        if outcome.state == "failed" and entry.attempts >= outcome.most_attempts:
            entry.state, entry.retry_at = "refused", None
            entry.reason = f"given up after {entry.attempts} attempts: {outcome.reason}"
        session.add(entry)


def _by_id(session: Session, entry_ids: Sequence[int]) -> ScalarResult[Entry]:
    return session.exec(select(Entry).where(col(Entry.id).in_(entry_ids)))


def _watched(states: Sequence[str]):  # type: ignore[no-untyped-def]  # SQLModel's select types are not nameable
    query = (
        select(Feed, Source)
        .join(Source, col(Source.id) == Feed.source_id)
        .where(col(Source.listed), col(Source.enabled), col(Feed.listed))
    )
    if states:
        # Nationwide outlets (no state) are read by every deployment: they report on its towns, too.
        query = query.where(col(Source.state).in_([*states, ""]))
    return query


def _entry(session: Session, feed_id: int, item: FeedItem, now: datetime, oldest: datetime) -> Entry:
    entry = Entry(
        feed_id=feed_id,
        url=item.url,
        title=item.title,
        seen_at=now,
        published_at=item.published_at,
        updated_at=item.updated_at,
    )
    dated = item.updated_at or item.published_at
    if dated and dated < oldest:
        days = max(1, round((now - oldest) / timedelta(days=1)))
        entry.state, entry.reason = ("refused", f"published {dated:%Y-%m-%d}, more than {days} days before it was seen")
        return entry
    article = session.exec(select(Article).where(Article.url == canonical_url(item.url))).first()
    if article:
        entry.state, entry.article_id = "fetched", article.id
        return entry
    twin = session.exec(
        select(Entry).where(Entry.url == item.url, col(Entry.state).in_(SETTLED), Entry.feed_id != feed_id)
    ).first()
    if twin:
        entry.state, entry.reason, entry.article_id = twin.state, twin.reason, twin.article_id
    return entry


def _changed(entry: Entry, item: FeedItem) -> bool:
    retitled = bool(item.title and entry.title and item.title != entry.title)
    redated = bool(item.updated_at and entry.updated_at and item.updated_at > entry.updated_at)
    # Off-topic pages are many and some feeds touch their dates all day: only a new headline can change our mind.
    return (entry.state == "fetched" and (retitled or redated)) or (entry.state == "off_topic" and retitled)
