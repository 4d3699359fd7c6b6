"""What a feed gave, as values: the same for every kind of feed."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from heapq import nlargest
from typing import TypeVar
from urllib.parse import urlsplit

from crawler.model import Code, FeedKind, IcewireError, Why, because
from crawler.text import UNSTORABLE, Moment, absolute, moment, numbers_mended, plain, visible

# Bounds, chosen by hand.
MOST_ITEMS = 2000  # of one feed; the busiest real one gives 1,000
MOST_CONTENT = 200_000  # characters of an item's full text
LONGEST_LINK = 2000  # bytes; PostgreSQL indexes about 2,700

_MOST_TEXT = 12_000_000  # characters of all items: no honest document says more than it holds, one of nested items does
_LONGEST = 10_000  # characters of a title or summary, which in some feeds is a whole article
_MOST_DATES = 10_000
_OPEN_TAG = re.compile(r"<[^<>]*\Z")
_AMPERSAND = re.compile(r"&(?:amp|#0*38|#x0*26);", re.I)  # of an address that was escaped twice
_HOST = re.compile(r"[\w.:\[\]-]+")
_HOURLY = timedelta(hours=1)  # what WordPress writes into every feed
_LONGEST_ASK = timedelta(days=1)  # no living outlet means more, whatever its software says
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

T = TypeVar("T")


class UnreadableFeed(IcewireError):
    """The answer of a feed's address holds nothing usable; the reason says what it looked like."""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One link of a feed. Texts are plain, dates only what the feed itself says."""

    url: str  # absolute, http or https
    title: str = ""
    published: Moment | None = None
    updated: Moment | None = None
    summary: str = ""
    content: str = ""  # the full text as HTML, at most MOST_CONTENT characters; "" when the feed gives a summary only

    @property
    def published_at(self) -> datetime | None:
        """In UTC; of a day its noon."""
        return self.published.at if self.published else None

    @property
    def updated_at(self) -> datetime | None:
        """In UTC; of a day its noon."""
        return self.updated.at if self.updated else None


@dataclass(frozen=True, slots=True)
class Asked:
    """How long a feed asks to be left alone between two readings, as it says."""

    ttl: timedelta | None = None  # RSS <ttl>
    period: timedelta | None = None  # sy:updatePeriod divided by sy:updateFrequency
    skips: bool = False  # it has skipHours or skipDays, which we only note

    def wait(self) -> timedelta | None:
        """The pause somebody chose: the longer statement, at most a day; None when nobody chose one.

        An hourly period is what WordPress writes into every feed: it says nothing of the outlet's wishes.
        """
        chosen = [asked for asked in (self.ttl, self.period if self.period != _HOURLY else None) if asked]
        return min(max(chosen), _LONGEST_ASK) if chosen else None


@dataclass(frozen=True, slots=True)
class Reading:
    """All entries of one feed in its own order; those that lead to a page are `items`, each link once."""

    kind: FeedKind  # what the content is, whatever it was expected to be
    items: tuple[FeedItem, ...]  # of several entries with one link the latest
    notes: tuple[Why, ...] = ()  # what was lost or mended
    sitemaps: tuple[str, ...] = ()  # children of a sitemap index worth reading now, freshest first
    asked: Asked = Asked()
    beside: tuple[FeedItem, ...] = ()  # the other entries: without a link (url is ""), or with that of an item

    @property
    def entries(self) -> tuple[FeedItem, ...]:
        """Every entry that the feed shows, whether it leads to a page of its own or not."""
        return (*self.items, *self.beside)

    @property
    def ask(self) -> timedelta | None:
        """How long the feed asks to wait before it is read again: `Asked.wait`."""
        return self.asked.wait()


def newest(rows: Sequence[T], date: Callable[[T], str], most: int = MOST_ITEMS) -> list[T]:
    """The newest rows, in their order; a row without a date is as old as the one before it.

    Without any date, the first: feeds put the newest on top. Of very many rows not every date is read.
    """
    times, last, step = [], _LONG_AGO, 1 + len(rows) // _MOST_DATES
    for n, row in enumerate(rows):
        if n % step == 0:
            last = said.at if (said := moment(date(row))) else last
        times.append(last)
    kept = nlargest(most, range(len(rows)), key=lambda n: (times[n], -n))
    return [rows[n] for n in sorted(kept)]


@dataclass(slots=True)
class Collector:
    """Turns raw fields into a Reading: resolves, cleans, sets doubles aside and counts what leads nowhere."""

    base: str  # what relative links are relative to
    now: datetime | None  # None: dates are not judged for the future
    zone: tzinfo = UTC  # of a clock that names none
    items: dict[str, FeedItem] = field(default_factory=dict)
    beside: list[FeedItem] = field(default_factory=list)
    counts: dict[Code, int] = field(default_factory=dict)
    room: int = _MOST_TEXT

    def add(
        self, link: str, title: str = "", published: str = "", updated: str = "", summary: str = "", content: str = ""
    ) -> None:
        """Take one item as the feed wrote it; links and dates as text, title, summary and content as HTML."""
        url = absolute(_AMPERSAND.sub("&", visible(link.strip())), self.base)
        if not url:
            self._count("items_without_link")
        elif len(url.encode()) > LONGEST_LINK or not _can_be_asked(url):
            self._count("items_with_bad_link")
            url = ""
        self.room -= len(summary) + len(content)
        if self.room < 0:
            summary = content = ""
        item = FeedItem(
            url=url,
            title=_plain_start(title),
            published=self._past(published),
            updated=self._past(updated),
            summary=_plain_start(summary or content),
            content=_storable(content),
        )
        if not url:
            self.beside.append(item)
        elif url in self.items:
            self._count("items_repeating")
            self._join(item)
        else:
            self.items[url] = item

    def _join(self, item: FeedItem) -> None:
        """Of two entries with one link, as the updates of a live page, the later one speaks for the page."""
        known = self.items[item.url]
        later, other = (item, known) if _said_at(item) > _said_at(known) else (known, item)
        self.items[item.url] = later
        self.beside.append(other)

    def leave_out(self, number: int) -> None:
        """Count items that were not looked at because there are too many."""
        if number:
            self.counts["items_left_out"] = number

    def reading(self, kind: FeedKind, notes: tuple[Why, ...] = (), asked: Asked = Asked()) -> Reading:
        counted = (because(what, count=n) for what, n in self.counts.items())
        return Reading(kind, tuple(self.items.values()), (*notes, *counted), (), asked, tuple(self.beside))

    def _past(self, text: str) -> Moment | None:
        if not text.strip():
            return None
        said = moment(text, self.zone, self.now)
        if said is None:
            self._count("items_undated")
            return None
        if self.now is not None and said.start > self.now:
            self._count("items_in_future")
            return None
        return said

    def _count(self, what: Code) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


def _said_at(item: FeedItem) -> datetime:
    return max((date for date in (item.published_at, item.updated_at) if date), default=_LONG_AGO)


def _plain_start(markup: str) -> str:
    if len(markup) > _LONGEST:
        markup = _OPEN_TAG.sub("", markup[:_LONGEST])  # no half of a tag; a "<" of a short text is meant
    return plain(markup)


def _storable(markup: str) -> str:
    """The start of a text as HTML that a database can hold, not cut inside a tag."""
    if len(markup) > MOST_CONTENT:
        markup = _OPEN_TAG.sub("", markup[:MOST_CONTENT])
    return UNSTORABLE.sub("", numbers_mended(markup))


def _can_be_asked(url: str) -> bool:
    """Whether an http(s) address names a host and a port; whether that may be asked is the crawl's affair."""
    try:
        parts = urlsplit(url)
        return parts.port != 0 and bool(_HOST.fullmatch(parts.hostname or ""))
    except ValueError:
        return False
