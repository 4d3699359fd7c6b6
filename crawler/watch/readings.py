"""What a reading of a feed changes: entries that are new or to be fetched again, and what we remember of the feed.

Nothing is asked or written here: `decide_reading` is told what is stored, and says what is to be.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from crawler.model import Entry, Feed, Why, because
from crawler.text import canonical_url, is_dressed, is_renamed, link_url, page_address
from crawler.watch.attempts import OK, FeedChange, after_success
from crawler.watch.flood import ALWAYS, MOST_WAITING, admitted, noted
from crawler.watch.owners import holds_for
from crawler.watch.polling import Limits

if TYPE_CHECKING:
    from crawler.feeds import FeedItem
    from crawler.text import Moment


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """What a feed's good answer told beside its items."""

    etag: str = ""
    last_modified: str = ""
    status: Why = OK
    asked: timedelta = timedelta()  # how long it asks to be left alone: ttl, sy:updatePeriod, Cache-Control
    moved_to: str = ""  # where permanent redirects led


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored already of the pages that a feed shows."""

    entries: Mapping[str, Entry] = field(default_factory=dict)  # this feed's own, by address
    articles: Mapping[str, int | None] = field(default_factory=dict)  # ids by the page's address
    links: Mapping[str, str] = field(default_factory=dict)  # where they were read, by the same
    settled: Mapping[str, Entry] = field(
        default_factory=dict
    )  # had, by whatever feed: as given; what was fetched by page and canonical address, too, all else by its link


@dataclass(frozen=True, slots=True)
class Refetch:
    """A stored entry whose page is to be fetched again, as if it were new, and what the feed says of it now."""

    entry_id: int
    title: str
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReadingIntent:
    """What is to be written of a reading, in one transaction."""

    new: tuple[Entry, ...]  # not stored yet
    again: tuple[Refetch, ...]
    feed: FeedChange
    left: int = 0  # pages to be read for which there is no room


def is_old(dated: "Moment | None", oldest: datetime) -> bool:
    """Whether something dated so is from before `oldest`, and so no news; what has no date is as new as its reading.

    A day lasts until it is over everywhere. Asked of what a feed says, and again of the page, which may know better.
    """
    return dated is not None and dated.end < oldest


def decide_reading(
    feed: Feed,
    stored: Stored,
    items: "Sequence[FeedItem]",
    now: datetime,
    oldest: datetime,
    limits: Limits,
    answer: FeedAnswer,
    may_matter: Callable[[str], bool],
    is_own: Callable[[str], bool] = bool,
    room: int = MOST_WAITING,
) -> ReadingIntent:
    """What a good reading of a feed changes; see `Watchlist.record_reading`. Its arguments stay as they are."""
    shown = {item.url: item for item in reversed(items)}  # an address that is shown twice counts once, as at first
    items = [item for item in items if shown[item.url] is item]
    unknown = [item for item in items if item.url not in stored.entries]
    own = {item.url for item in items if is_own(item.url)}
    may_carry = {True: may_matter, False: lambda text: False}
    kept, left = admitted(unknown, own, room, now, oldest)
    new = tuple(_entry(feed.id or 0, item, stored, now, oldest, may_carry[item.url in own]) for item in kept)
    known = ((stored.entries[item.url], item) for item in items if item.url in own and item.url in stored.entries)
    changed = [_refetch(entry, item) for entry, item in known if _is_changed(entry, item)]
    again = tuple(changed[: max(ALWAYS, room - len(new))])
    left += len(changed) - len(again)
    came = [_came(item, now) for item in kept if feed.last_success_at or item.published or item.updated]
    change = _feed_change(feed, items, came, bool(new), now, limits, answer)
    return ReadingIntent(new, again, {**change, **noted(feed, left, answer.status, now)}, left)


def _entry(
    feed_id: int, item: "FeedItem", stored: Stored, now: datetime, oldest: datetime, may_carry: Callable[[str], bool]
) -> Entry:
    entry = Entry(
        feed_id=feed_id,
        url=item.url,
        page=page_address(item.url),
        title=item.title,
        seen_at=now,
        published_at=item.published_at,
        day_only=item.published is not None and item.published.day_only,
        updated_at=item.updated_at,
    )
    dated = item.updated or item.published
    if dated and is_old(dated, oldest):
        days = max(1, round((now - oldest) / timedelta(days=1)))
        entry.state = "refused"
        entry.reason, entry.reason_args = because("too_old", published=dated.at.date(), days=days).columns
        return entry
    # A page that we have, or know what became of, is not asked for because a second feed shows it.
    other = _settled(item.url, entry.page, stored)
    link = stored.links.get(entry.page, "")
    if is_dressed(link) and not is_dressed(item.url):
        return entry  # it was read as somebody else's list had it
    if entry.page in stored.articles and (other or not is_renamed(link, item.url)):
        entry.state, entry.article_id = "fetched", stored.articles[entry.page]
    elif other:
        entry.state, entry.article_id = other.state, other.article_id
        entry.reason, entry.reason_args = other.reason, dict(other.reason_args)
    elif item.content and may_carry(f"{item.title} {item.content}"):
        entry.content = item.content
    return entry


def _settled(url: str, page: str, stored: Stored) -> Entry | None:
    """The entry that tells what became of a page. One with another headline in its address, but the same number, tells
    only what the page was."""
    if same := stored.settled.get(url) or stored.settled.get(link_url(url)):
        return same if holds_for(same.state, same.url, url) else None
    if (same := stored.settled.get(canonical_url(url))) and same.state == "fetched":
        return same
    other = stored.settled.get(page)
    return None if not other or other.state != "fetched" or is_renamed(other.url, url) else other


def _refetch(entry: Entry, item: "FeedItem") -> Refetch:
    return Refetch(entry.id or 0, item.title or entry.title, item.updated_at)


def _is_changed(entry: Entry, item: "FeedItem") -> bool:
    retitled = bool(item.title and entry.title and item.title != entry.title)
    redated = bool(item.updated and entry.updated_at and item.updated.start > entry.updated_at)
    # Off-topic pages are many and some feeds touch their dates all day: only a new headline can change our mind.
    return (entry.state == "fetched" and (retitled or redated)) or (entry.state == "off_topic" and retitled)


def _came(item: "FeedItem", now: datetime) -> datetime:
    """When an item came, for the feed's habit: its midnight where only the day is known, which says no hour."""
    dated = item.published or item.updated
    return min(dated.start, now) if dated else now


def _feed_change(
    feed: Feed,
    items: "Sequence[FeedItem]",
    came: Sequence[datetime],
    has_new: bool,
    now: datetime,
    limits: Limits,
    answer: FeedAnswer,
) -> FeedChange:
    dates = [min(d.at, now) for item in items if (d := item.published or item.updated) and d.start <= now]
    return {
        **after_success(feed, came, now, limits, answer.status, answer.asked / timedelta(minutes=1)),
        "last_new_at": now if has_new else feed.last_new_at,
        "newest_at": max([*dates, *([feed.newest_at] if feed.newest_at else [])], default=None),
        "full_at": now,
        "etag": answer.etag,
        "last_modified": answer.last_modified,
        "moved_to": answer.moved_to,
    }
