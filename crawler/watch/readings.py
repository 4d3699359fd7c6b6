"""What a reading changes in the database: entries that are new or have changed, and what we know of the feed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import or_
from sqlmodel import Session, col, select

from crawler.feeds import FeedItem
from crawler.model import Article, Entry, EntryState, Feed
from crawler.text import canonical_url
from crawler.watch.polling import Habit, Limits, learn, next_reading

Value = TypeVar("Value")
KNOWN: tuple[EntryState, ...] = ("fetched", "off_topic")  # a refusal may be of the feed, not of the page
LONGEST_IN_LIST = 500  # addresses in one question to the database


@dataclass(frozen=True, slots=True)
class Answer:
    """What a feed's good answer told beside its items."""

    etag: str = ""
    last_modified: str = ""
    status: str = "ok"
    asked: timedelta = timedelta()  # how long it asks to be left alone: ttl, sy:updatePeriod, Cache-Control
    moved_to: str = ""  # where permanent redirects led


def take_in(
    session: Session,
    feed_id: int,
    items: Sequence[FeedItem],
    now: datetime,
    oldest: datetime,
    limits: Limits,
    answer: Answer,
    keeps: Callable[[str], bool],
) -> list[Entry]:
    """The entries that are new or have changed, added to the session; see `Watchlist.record_reading`."""
    feed = session.get_one(Feed, feed_id)
    before = feed.last_success_at
    known = _known_entries(session, feed_id, items)
    fresh = [_entry(feed_id, item, now, oldest, keeps) for item in items if item.url not in known]
    _settle_known_pages(session, fresh)
    for item in items:
        entry = known.get(item.url)
        if entry is not None and _changed(entry, item):
            entry.state, entry.attempts, entry.retry_at = "new", 0, None
            entry.title, entry.updated_at = item.title or entry.title, item.updated_at
            fresh.append(entry)
    session.add_all(fresh)
    came = [_came(item, now) for item in items if item.url not in known and (before or item.published or item.updated)]
    feed.last_new_at = now if any(e.id is None for e in fresh) else feed.last_new_at
    dates = [min(d.at, now) for item in items if (d := item.published or item.updated) and d.start <= now]
    feed.newest_at = max([*dates, *([feed.newest_at] if feed.newest_at else [])], default=None)
    feed.full_at, feed.etag, feed.last_modified = now, answer.etag, answer.last_modified
    feed.moved_to, feed.asked_minutes = answer.moved_to, answer.asked / timedelta(minutes=1)
    note_read(feed, came, now, limits, answer.status)
    return fresh


def note_read(feed: Feed, came: Sequence[datetime], now: datetime, limits: Limits, status: str) -> None:
    """The feed answered well: what that teaches of its habit, and when to come back."""
    feed.habit = learn(Habit.from_json(feed.habit), came, now, feed.last_success_at).to_json()
    feed.last_attempt_at = feed.last_success_at = now
    feed.failures, feed.status, feed.problem = 0.0, status, ""
    feed.next_attempt_at = next_attempt(feed, now, limits)


def next_attempt(feed: Feed, now: datetime, limits: Limits) -> datetime:
    """When a feed that was just tried is read next, by its habit, its wishes and its failures."""
    return next_reading(
        Habit.from_json(feed.habit),
        now,
        limits,
        asked=timedelta(minutes=feed.asked_minutes) or None,
        hurry_until=feed.hurry_until,
        failures=feed.failures,
    )


def _known_entries(session: Session, feed_id: int, items: Sequence[FeedItem]) -> dict[str, Entry]:
    """The feed's entries among these items, by address."""
    known: dict[str, Entry] = {}
    for some in _chunks([item.url for item in items]):
        query = select(Entry).where(Entry.feed_id == feed_id, col(Entry.url).in_(some))
        known |= {e.url: e for e in session.exec(query)}
    return known


def _entry(feed_id: int, item: FeedItem, now: datetime, oldest: datetime, keeps: Callable[[str], bool]) -> Entry:
    entry = Entry(
        feed_id=feed_id,
        url=item.url,
        page=canonical_url(item.url),
        title=item.title,
        seen_at=now,
        published_at=item.published_at,
        day_only=item.published is not None and item.published.day_only,
        updated_at=item.updated_at,
    )
    dated = item.updated or item.published
    if dated and dated.end < oldest:
        days = max(1, round((now - oldest) / timedelta(days=1)))
        said = f"published {dated.at:%Y-%m-%d}, more than {days} days before it was seen"
        entry.state, entry.reason = "refused", said
    elif item.content and keeps(f"{item.title} {item.content}"):
        entry.content = item.content
    return entry


def _settle_known_pages(session: Session, entries: Sequence[Entry]) -> None:
    """A page that we have, or know what became of, is not asked for because a second feed shows it."""
    for some in _chunks([e for e in entries if e.state == "new"]):
        pages, urls = {e.page for e in some}, {e.url for e in some}
        rows = session.exec(select(Article.url, Article.id).where(col(Article.url).in_(pages)))
        articles: dict[str, int | None] = dict(rows.all())
        seen = or_(col(Entry.page).in_(pages), col(Entry.url).in_(urls))
        twins: dict[str, Entry] = {}
        for twin in session.exec(select(Entry).where(seen, col(Entry.state).in_(KNOWN))):
            twins[twin.page] = twins[twin.url] = twin
        for entry in some:
            other = twins.get(entry.page) or twins.get(entry.url)
            if entry.page in articles:
                entry.state, entry.article_id = "fetched", articles[entry.page]
            elif other:
                entry.state, entry.reason, entry.article_id = other.state, other.reason, other.article_id


def _chunks(values: Sequence[Value]) -> Iterable[Sequence[Value]]:
    return (values[i : i + LONGEST_IN_LIST] for i in range(0, len(values), LONGEST_IN_LIST))


def _came(item: FeedItem, now: datetime) -> datetime:
    """When an item came, for the feed's habit: its midnight where only the day is known, which says no hour."""
    dated = item.published or item.updated
    return min(dated.start, now) if dated else now


def _changed(entry: Entry, item: FeedItem) -> bool:
    retitled = bool(item.title and entry.title and item.title != entry.title)
    redated = bool(item.updated and entry.updated_at and item.updated.start > entry.updated_at)
    # Off-topic pages are many and some feeds touch their dates all day: only a new headline can change our mind.
    return (entry.state == "fetched" and (retitled or redated)) or (entry.state == "off_topic" and retitled)
