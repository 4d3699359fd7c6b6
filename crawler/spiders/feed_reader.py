"""Reads the feeds that are due: asks, stores the entries durably, and passes them on to whoever reads pages."""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from functools import partial

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.feeds import Reading
from crawler.manners import Pace
from crawler.model import Feed, IcewireError
from crawler.spiders import feed_answers
from crawler.spiders.context import CrawlScope, Records, Tally
from crawler.spiders.feed_answers import DEEPEST_INDEX, HARD, MOST_CHILD_SITEMAPS, SOFT, Unread
from crawler.spiders.network_errors import our_failure, unaskable
from crawler.spiders.page_reader import PageReader
from crawler.spiders.refusals import StaysDue
from crawler.spiders.room import Room
from crawler.spiders.suspects import at_feed
from crawler.topic import chosen
from crawler.workshop import Workshop

log = logging.getLogger(__name__)


class FeedReader:
    """A feed's way: due → request → reading → entries stored → their pages wait; or a failure on record."""

    def __init__(
        self,
        records: Records,
        pages: PageReader,
        workshop: Workshop,
        scope: CrawlScope,
        tally: Tally,
        pace: Pace,
        room: Room,
        max_age: timedelta,
    ) -> None:
        self.records, self.pages, self.scope, self.tally, self.pace = records, pages, scope, tally, pace
        self.workshop, self.room = workshop, room
        self.max_age = max_age  # an entry that its feed dates earlier is not fetched
        self.reading: Counter[int] = Counter()  # requests under way, by feed

    def due(self) -> Iterator[Request]:
        """Requests for the feeds that are due and not being read."""
        now = self.records.clock()
        scope = self.scope
        for feed in self.records.watchlist.due_feeds(now, scope.states, scope.everything, site=scope.site):
            if feed.id is None or self.reading[feed.id] or not scope.holds(feed.id):
                continue
            self.tally.count("feeds")
            self.workshop.warm_up()
            try:
                yield self.request(feed)
            except ValueError as error:
                self.unread(feed, Unread(unaskable(error), HARD))

    def request(self, feed: Feed, child: str = "", depth: int = 0) -> Request:
        """A request for a feed, conditional when it may be, or for a child of its sitemap index, that deep."""
        assert feed.id is not None
        url, owner = child or feed.moved_to or feed.url, self.records.source_of(feed.id).owner
        slot = self.pace.slot(url, owner)
        request = Request(
            url,
            self.answered,
            headers={} if child else feed_answers.validators(feed, self.records.clock()),
            priority=10,
            dont_filter=True,
            errback=self.failed,
            cb_kwargs={"feed": feed},
            meta={
                "key": f"feed {feed.id} {url}",
                "lister": partial(self.records.source_of, feed.id),
                "feed": feed,
                "depth_in_index": depth,
                "owner": owner,
                "download_slot": slot,
            },
        )
        self.reading[feed.id] += 1
        return request

    async def answered(self, response: Response, feed: Feed) -> AsyncIterator[Request]:
        """Store a feed's entries and have their pages read; our own errors cost that feed a failure."""
        self.tally.at(at_feed(feed.id))
        try:
            for request in self._kept(response, feed, await self._read(response, feed)):
                yield request
        except Exception as error:
            log.exception("icewire failed on %s", feed.url)
            self.unread(feed, Unread(our_failure(error), SOFT))
        finally:
            self._done(feed, response.request)

    def failed(self, failure: Failure) -> None:
        """A feed that could not be fetched at all; it stays due when that was our fault."""
        request: Request = failure.request  # type: ignore[attr-defined]
        feed = request.meta["feed"]
        try:
            if not isinstance(failure.value, StaysDue):
                self.unread(feed, feed_answers.unanswered(failure.value or RuntimeError("no reason given")))
        finally:
            self._done(feed, request)

    def unread(self, feed: Feed, unread: Unread) -> None:
        """Remember the failure; the feed is read again, only more slowly."""
        assert feed.id is not None
        records = self.records
        records.watchlist.record_feed_failure(
            feed.id, unread.why, unread.weight, records.clock(), records.limits, unread.again, unread.problem
        )
        self.tally.count("feeds_failed")

    async def _read(self, response: Response, feed: Feed) -> Reading | Unread | None:
        """What an answer says; None when nothing is new since the last."""
        now = self.records.clock()
        if feed_answers.is_unchanged(response):
            return None
        if response.status != 200:
            return feed_answers.turned_away(response, now)
        source = self.records.source_of(feed.id or 0)
        try:
            return await self.workshop.do(
                response.url, feed_answers.to_read(response, feed, source, now), whose=source.id
            )
        except IcewireError as error:
            return feed_answers.unreadable(error, now)

    def _kept(self, response: Response, feed: Feed, reading: Reading | Unread | None) -> Iterator[Request]:
        """What an answer leads to: entries, requests for child sitemaps, or a failure on record."""
        records, now = self.records, self.records.clock()
        self.tally.at(at_feed(feed.id))
        assert feed.id is not None
        if reading is None:
            asked = feed_answers.cache_time(response) or None
            records.watchlist.record_unchanged(feed.id, now, records.limits, asked)
            self.tally.count("feeds_read")
            return
        if isinstance(reading, Unread):
            self.unread(feed, reading)
            return
        source = records.source_of(feed.id)
        records.ledger.flush()  # what is known of these pages from other feeds counts
        # Entries are durable, in one transaction with the ETag, before any page is asked for.
        fresh = records.watchlist.record_reading(
            feed.id,
            reading.items,
            now,
            now - self.max_age,
            records.limits,
            feed_answers.answer(response, feed, reading),
            may_matter=chosen().topic.gate,
            is_own=lambda url: records.owner_of(url, source).id == source.id,
        )
        depth = int(response.meta.get("depth_in_index", 0)) if response.request else 0
        self.tally.counts.update({"entries_seen": len(reading.items), "entries_new": len(fresh)})
        if not depth:
            self.tally.count("feeds_read")
        if depth < DEEPEST_INDEX:
            for address in reading.sitemaps[:MOST_CHILD_SITEMAPS]:
                yield self.request(feed, address, depth + 1)
        if self.scope.only_feeds is None:
            self.pages.await_turn(feed.id, fresh)
        elif reading.items:
            yield from self.pages.sample(feed.id, reading.items[0].url)

    def _done(self, feed: Feed, request: Request | None) -> None:
        if request is not None:
            self.room.leave(request.meta["key"])
        assert feed.id is not None
        self.reading[feed.id] -= 1
        if self.reading[feed.id] <= 0:
            del self.reading[feed.id]
