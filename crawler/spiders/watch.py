"""The spider: reads the feeds that are due, then the pages that they lead to."""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from scrapy import Request, Spider
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.errors import IcewireError
from crawler.manners import PAUSING, HostPaused, PrivateAddress, back_off, plain_reason, retry_after
from crawler.pipeline import Desk, Page
from crawler.settings import CrawlSettings
from crawler.spiders.reading import Reading, read_feed
from crawler.store import Store
from crawler.story import Entry, Feed
from crawler.urls import canonical_url
from crawler.watchlist import MOST_ATTEMPTS, MOST_ATTEMPTS_MISSING, Outcome, Watchlist

log = logging.getLogger(__name__)

MOST_CHILD_SITEMAPS = 3
GONE = (404, 410)
# Media Cloud's weights: a hard failure (the feed is gone) counts more than a passing one.
HARD, SOFT, PASSING = 1.0, 0.5, 0.25


@dataclass
class Crawl:
    """What one crawl works with, and what it counts."""

    watchlist: Watchlist
    store: Store
    desk: Desk
    settings: CrawlSettings
    clock: Callable[[], datetime]
    states: Sequence[str] = ()
    everything: bool = False  # also what is not due yet
    only_feeds: frozenset[int] | None = None  # read these feeds and no pages
    counts: Counter[str] = field(default_factory=Counter)
    progress: Callable[[Counter[str]], None] = lambda counts: None

    def count(self, *names: str) -> None:
        """Add one to each and tell whoever watches."""
        self.counts.update(names)
        self.progress(self.counts)


class WatchSpider(Spider):
    """One crawl: due feeds, then due pages. Retries live in the database, not here."""

    name = "watch"
    custom_settings = {"ITEM_PIPELINES": {"crawler.crawl.DeskPipeline": 100}}  # noqa: RUF012  Scrapy's form

    def __init__(self, crawl: Crawl, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.crawl = crawl
        self.waiting: dict[str, list[Entry]] = {}  # canonical URL → entries that one request serves

    async def start(self) -> AsyncIterator[Request]:
        """The feeds, then entries left over from earlier crawls."""
        now, crawl = self.crawl.clock(), self.crawl
        left_over: list[Entry] = []
        if crawl.only_feeds is None:
            left_over = crawl.watchlist.due_entries(now, crawl.states, crawl.everything)
        for feed in crawl.watchlist.due_feeds(now, crawl.states, crawl.everything):
            if crawl.only_feeds is not None and feed.id not in crawl.only_feeds:
                continue
            crawl.count("feeds")
            try:
                yield self.feed_request(feed)
            except ValueError as error:
                self.record_feed_failure(feed, f"no address that can be asked: {error}", HARD)
        for request in self.page_requests(left_over):
            yield request

    def feed_request(self, feed: Feed, url: str = "") -> Request:
        """A conditional GET (RFC 9110, section 13) for a feed, or for a child of its sitemap index."""
        headers = {}
        if not url:
            headers = {"If-None-Match": feed.etag, "If-Modified-Since": feed.last_modified}
        return Request(
            url or feed.url,
            self.read_feed,
            headers={k: v for k, v in headers.items() if v},
            priority=10,
            dont_filter=True,
            errback=self.feed_failed,
            cb_kwargs={"feed": feed, "child": bool(url)},
            meta={"feed": feed},
        )

    def read_feed(self, response: Response, feed: Feed, child: bool) -> Iterator[Request]:
        """Store a feed's entries, then ask for their pages; an error in our own code costs that feed a failure."""
        try:
            yield from self.feed_pages(response, feed, child)
        except Exception as error:
            log.exception("icewire failed on %s", feed.url)
            self.record_feed_failure(feed, f"icewire failed on it: {error!r:.200}", SOFT)

    def feed_pages(self, response: Response, feed: Feed, child: bool) -> Iterator[Request]:
        """What an answer leads to: requests for pages, or a failure on record."""
        now, crawl = self.crawl.clock(), self.crawl
        assert feed.id is not None
        next_attempt_at = now + timedelta(minutes=crawl.settings.poll_minutes)
        if response.status == 304:
            crawl.watchlist.record_unchanged(feed.id, now, next_attempt_at)
            crawl.count("feeds_read")
            return
        if response.status != 200:
            self.record_feed_failure(feed, f"answered {response.status}", _weight(response.status), response)
            return
        try:
            reading = read_feed(response.body, response.url, _header(response, "Content-Type"), feed.kind, now)
        except IcewireError as error:
            self.record_feed_failure(feed, str(error), SOFT)
            return
        yield from self.store_reading(response, feed, child, reading, next_attempt_at)

    def store_reading(
        self, response: Response, feed: Feed, child: bool, reading: Reading, next_attempt_at: datetime
    ) -> Iterator[Request]:
        """Entries are durable, in one transaction with the ETag, before any page is asked for."""
        now, crawl = self.crawl.clock(), self.crawl
        assert feed.id is not None
        # The validators of an index or of its child say nothing about the rest: such a feed is read in full.
        plain = not child and not reading.sitemaps
        fresh = crawl.watchlist.record_reading(
            feed.id,
            reading.items,
            now,
            oldest=now - timedelta(days=crawl.settings.max_age_days),
            next_attempt_at=next_attempt_at,
            etag=_header(response, "ETag") if plain else "",
            last_modified=_header(response, "Last-Modified") if plain else "",
            status="; ".join(["ok", *reading.notes[:3]]),
        )
        crawl.counts["entries_seen"] += len(reading.items)
        crawl.counts["entries_new"] += len(fresh)
        if not child:
            crawl.count("feeds_read")
            for address in reading.sitemaps[:MOST_CHILD_SITEMAPS]:
                yield self.feed_request(feed, address)
        yield from self.page_requests(fresh)

    def feed_failed(self, failure: Failure) -> None:
        """A feed that could not be fetched at all."""
        feed, error = failure.request.meta["feed"], failure.value  # type: ignore[attr-defined]
        if isinstance(error, HostPaused):
            assert feed.id is not None
            self.crawl.watchlist.record_feed_failure(feed.id, str(error), 0, self.crawl.clock(), error.until)
        elif isinstance(error, IgnoreRequest):
            self.record_feed_failure(feed, _refusal(error), SOFT)
        else:
            self.record_feed_failure(feed, plain_reason(error), PASSING)

    def record_feed_failure(self, feed: Feed, status: str, weight: float, response: Response | None = None) -> None:
        """Remember the failure; the feed is read again, only more slowly."""
        now = self.crawl.clock()
        assert feed.id is not None
        pause = timedelta(minutes=self.crawl.settings.poll_minutes) * 2 ** min(int(feed.failures + weight), 6)
        again = now + min(pause, timedelta(days=1))
        if response is not None and response.status in PAUSING:
            again = retry_after(_header(response, "Retry-After"), now, pause)
        self.crawl.watchlist.record_feed_failure(feed.id, status, weight, now, again)
        self.crawl.count("feeds_failed")

    def page_requests(self, entries: Sequence[Entry]) -> Iterator[Request]:
        """One request per page, however many entries lead to it."""
        if self.crawl.only_feeds is not None:
            return
        for entry in entries:
            key = canonical_url(entry.url)
            if key in self.waiting:
                self.waiting[key].append(entry)
                continue
            self.crawl.count("pages")
            try:
                request = Request(
                    entry.url, self.read_page, errback=self.page_failed, dont_filter=True, meta={"key": key}
                )
            except ValueError as error:
                self.record([entry], Outcome("refused", f"no address that can be asked: {error}"))
                continue
            self.waiting[key] = [entry]
            yield request

    def read_page(self, response: Response) -> Iterator[Page]:
        """Hand a page to the desk, or record why it could not be had."""
        entries = self.waiting.pop(response.meta["key"])
        kind = _header(response, "Content-Type")
        if response.status == 200 and _is_page(kind):
            source = self.crawl.watchlist.source_of(entries[0].feed_id)
            yield Page(response.url, response.body, kind, source, tuple(entries))
            return
        if response.status == 200:
            self.record(entries, Outcome("refused", f"not a page but {kind.split(';')[0]}"))
            return
        now = self.crawl.clock()
        if response.status in GONE:
            self.crawl.store.mark_gone(entries[0].url, now)
        again = now + back_off(entries[0].attempts)
        if response.status in PAUSING:
            again = retry_after(_header(response, "Retry-After"), now, again - now)
        most = MOST_ATTEMPTS_MISSING if response.status in GONE else MOST_ATTEMPTS
        self.record(entries, Outcome("failed", f"answered {response.status}", again, most_attempts=most))

    def page_failed(self, failure: Failure) -> None:
        """A page that could not be fetched at all."""
        entries, error = self.waiting.pop(failure.request.meta["key"]), failure.value  # type: ignore[attr-defined]
        if isinstance(error, HostPaused):
            self.record(entries, Outcome("failed", str(error), error.until, asked=False))
        elif isinstance(error, IgnoreRequest):
            self.record(entries, Outcome("refused", _refusal(error)))
        elif isinstance(error, DownloadCancelledError):
            self.record(entries, Outcome("refused", plain_reason(error)))
        else:
            again = self.crawl.clock() + back_off(entries[0].attempts)
            self.record(entries, Outcome("failed", plain_reason(error), again))

    def record(self, entries: Sequence[Entry], outcome: Outcome) -> None:
        """Write an outcome down and count it."""
        self.crawl.watchlist.record_outcome([e.id for e in entries if e.id is not None], outcome)
        self.crawl.count("pages_read", outcome.state)


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1")


def _is_page(content_type: str) -> bool:
    kind = content_type.split(";")[0].strip().lower()
    return not kind or kind in ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml")


def _refusal(error: IgnoreRequest) -> str:
    if isinstance(error, PrivateAddress):
        return str(error)
    if "DOWNLOAD_MAXSIZE" in str(error):  # a small body that grew when it was unpacked
        return plain_reason(DownloadCancelledError())
    return "robots.txt does not allow it" if "robots.txt" in str(error) else str(error) or "refused"


def _weight(status: int) -> float:
    if status in GONE:
        return HARD
    return PASSING if status in PAUSING or status >= 500 else SOFT
