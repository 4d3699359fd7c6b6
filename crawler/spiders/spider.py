"""The spider: reads the feeds that are due, then the pages that they lead to, then articles that may have changed."""

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler import topic
from crawler.model import Entry, Feed, FeedProblem, Source
from crawler.spiders import feed_answers, page_answers
from crawler.spiders.context import Crawl
from crawler.spiders.desk import Page, entry_ids
from crawler.spiders.feed_answers import DEEPEST_INDEX, HARD, MOST_CHILD_SITEMAPS, SOFT, Unread
from crawler.spiders.frontier import Frontier
from crawler.spiders.page_answers import Answered, Visit
from crawler.text import canonical_url
from crawler.watch import SETTLED, Outcome

log = logging.getLogger(__name__)

WINDOW = 600  # pages asked for at a time; enough for all outlets to take part
BATCH = 50  # of them asked of the database together
MOST_FINISHED = 5000  # pages remembered as settled, for entries that come late
MANY = 200  # so many, and some are on topic
LOOKS = 50  # articles looked at again in one go
TICK = 0.05  # seconds between two looks whether there is room
REST = 1.0  # the same while nothing is under way


class WatchSpider(Spider):
    """One crawl. What is to be done next is asked of the database; retries live there, not here."""

    name = "watch"
    custom_settings = {"ITEM_PIPELINES": {"crawler.spiders.pipeline.DeskPipeline": 100}}  # noqa: RUF012  Scrapy's form

    def __init__(self, crawl: Crawl, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.crawl = crawl
        self.frontier = Frontier()
        self.visits: dict[str, Visit] = {}  # pages that are asked for, by key
        self.reading: Counter[int] = Counter()  # requests under way, by feed
        self.finished: OrderedDict[str, Outcome] = OrderedDict()  # by key, the last some
        self.sources: dict[int, Source] = {}  # by feed
        self.met: dict[int, FeedProblem] = {}  # what was last noted of a feed's pages

    async def start(self) -> AsyncIterator[Request]:
        """Requests for what is due, as there is room for them, until nothing is left or the time is over."""
        clock, stay = asyncio.get_running_loop().time, self.crawl.stay
        began = busy = clock()
        asked = float("-inf")
        while not (stay and stay.wanted()):
            over = clock() - began >= (stay.longest.total_seconds() if stay else 0)
            if asked == float("-inf") or (stay and not over and clock() - asked >= stay.every.total_seconds()):
                asked = clock()
                for request in self.safely(self.due()):
                    yield request
            for request in self.safely(self.pages()):
                yield request
            if self.reading or self.frontier or (stay and self.visits):
                busy = clock()
                await asyncio.sleep(TICK)
                continue
            self.rest()
            if over or (stay and clock() - busy >= stay.idle.total_seconds()):
                return
            await asyncio.sleep(REST)
        self.crawl.end()  # a person wants to crawl; what waits is in the database

    def safely(self, requests: Iterator[Request]) -> Iterator[Request]:
        """The same; an error in our own code, or of the database, ends the crawl and is told."""
        try:
            yield from requests
        except Exception as error:
            log.exception("icewire failed while asking what is due")
            self.crawl.error = f"{error!r:.300}"
            raise CloseSpider("error") from error

    def rest(self) -> None:
        """All that was due is done: a crawl that stays writes it down and tells."""
        if self.crawl.stay and self.crawl.counts:
            self.crawl.ledger.flush()
            self.crawl.stay.rested(self.crawl.counts)
            self.crawl.counts.clear()

    def due(self) -> Iterator[Request]:
        """The feeds that are due; pages left over by earlier crawls; articles to look at again."""
        crawl, now = self.crawl, self.crawl.clock()
        crawl.ledger.flush()
        for feed in crawl.watchlist.due_feeds(now, crawl.states, crawl.everything):
            if (
                feed.id is None
                or self.reading[feed.id]
                or not (crawl.only_feeds is None or feed.id in crawl.only_feeds)
            ):
                continue
            crawl.count("feeds")
            try:
                yield self.feed_request(feed)
            except ValueError as error:
                self.feed_unread(feed, Unread(f"no address that can be asked: {error}", HARD))
        if crawl.only_feeds is None:
            asked = {i for visit in self.visits.values() for i in entry_ids(visit.entries)}
            for feed_id, entry_id in crawl.watchlist.due_entries(now, crawl.states, crawl.everything):
                if entry_id not in asked:
                    self.frontier.add(self.source_of(feed_id).id, [entry_id])
            for article_id, url, source in crawl.store.due_rechecks(now, LOOKS, crawl.states):
                yield from self.page_request(Visit(url, canonical_url(url), source, article_id=article_id))

    def pages(self) -> Iterator[Request]:
        """Requests for the next pages, while there is room; one a page, however many entries lead to it."""
        crawl = self.crawl
        if len(self.frontier) > MANY:
            crawl.desk.workshop.warm_up()
        while self.frontier and len(self.visits) + min(BATCH, len(self.frontier)) <= WINDOW:
            taken = (self.frontier.take() for _ in range(min(BATCH, len(self.frontier))))
            ids, until = [i for i in taken if i not in crawl.ledger.ids], None if crawl.everything else crawl.clock()
            for entries in crawl.watchlist.entries_for(ids, until):
                first = entries[0]
                if first.page in self.visits:
                    self.visits[first.page].join(entries)
                elif not self.known(entries):
                    yield from self.page_request(Visit(first.url, first.page, self.source_of(first.feed_id), entries))

    def known(self, entries: Sequence[Entry]) -> bool:
        """Whether this crawl has settled their page for another feed's entries; then these are settled, too."""
        outcome = self.finished.get(entries[0].page)
        if outcome is None or any(e.article_id or e.reason for e in entries):  # one that comes back has changed
            return False
        self.crawl.ledger.note(entry_ids(entries), outcome)
        return True

    def done(self, key: str, outcome: Outcome | None) -> list[int]:
        """What came of a page; there is room for another. Returns the ids of all entries that it was for."""
        visit = self.visits.pop(key, None)
        ids = entry_ids(visit.entries) if visit else []
        if ids and outcome and outcome.state in SETTLED:
            self.finished[key] = outcome
            while len(self.finished) > MOST_FINISHED:
                self.finished.popitem(last=False)
        return ids

    def feed_request(self, feed: Feed, child: str = "", depth: int = 0) -> Request:
        """A request for a feed, conditional when it may be, or for a child of its sitemap index, that deep."""
        assert feed.id is not None
        url, owner = child or feed.moved_to or feed.url, self.source_of(feed.id).owner
        slot = self.crawl.pace.slot(url, owner)
        request = Request(
            url,
            self.read_feed,
            headers={} if child else feed_answers.validators(feed, self.crawl.clock()),
            priority=10,
            dont_filter=True,
            errback=self.feed_failed,
            cb_kwargs={"feed": feed},
            meta={"feed": feed, "depth_in_index": depth, "owner": owner, "download_slot": slot},
        )
        self.reading[feed.id] += 1
        return request

    def read_feed(self, response: Response, feed: Feed) -> Iterator[Request]:
        """Store a feed's entries and put them into the frontier; our own errors cost that feed a failure."""
        assert feed.id is not None
        try:
            yield from self.feed_read(response, feed)
        except Exception as error:
            log.exception("icewire failed on %s", feed.url)
            self.feed_unread(feed, Unread(f"icewire failed on it: {error!r:.200}", SOFT))
        finally:
            self._feed_done(feed.id)

    def feed_read(self, response: Response, feed: Feed) -> Iterator[Request]:
        """What an answer leads to: entries, requests for child sitemaps, or a failure on record."""
        crawl, now = self.crawl, self.crawl.clock()
        assert feed.id is not None
        depth = int(response.meta.get("depth_in_index", 0)) if response.request else 0
        if response.status == 304:
            asked = feed_answers.cache_time(response) or None
            crawl.watchlist.record_unchanged(feed.id, now, crawl.limits, asked)
            crawl.count("feeds_read")
            return
        reading = feed_answers.understood(response, feed, now)
        if isinstance(reading, Unread):
            self.feed_unread(feed, reading)
            return
        crawl.ledger.flush()  # what is known of these pages from other feeds counts
        # Entries are durable, in one transaction with the ETag, before any page is asked for.
        fresh = crawl.watchlist.record_reading(
            feed.id,
            reading.items,
            now,
            now - timedelta(days=crawl.settings.max_age_days),
            crawl.limits,
            feed_answers.answer(response, feed, reading),
            may_matter=topic.shipped().gate,
        )
        crawl.counts["entries_seen"] += len(reading.items)
        crawl.counts["entries_new"] += len(fresh)
        if not depth:
            crawl.count("feeds_read")
        if depth < DEEPEST_INDEX:
            for address in reading.sitemaps[:MOST_CHILD_SITEMAPS]:
                yield self.feed_request(feed, address, depth + 1)
        if crawl.only_feeds is None:
            self.frontier.add(self.source_of(feed.id).id, fresh)
        elif reading.items:
            url = reading.items[0].url
            yield from self.page_request(Visit(url, f"{feed.id} {url}", self.source_of(feed.id), sample=True), feed.id)

    def feed_failed(self, failure: Failure) -> None:
        """A feed that could not be fetched at all."""
        feed = failure.request.meta["feed"]  # type: ignore[attr-defined]
        try:
            self.feed_unread(feed, feed_answers.unanswered(_error(failure)))
        finally:
            self._feed_done(feed.id)

    def feed_unread(self, feed: Feed, unread: Unread) -> None:
        """Remember the failure; the feed is read again, only more slowly."""
        crawl = self.crawl
        assert feed.id is not None
        crawl.watchlist.record_feed_failure(
            feed.id, unread.said, unread.weight, crawl.clock(), crawl.limits, unread.again, unread.problem
        )
        crawl.count("feeds_failed")

    def page_request(self, visit: Visit, feed_id: int | None = None) -> Iterator[Request]:
        """A request for a page; nothing for an address that cannot be asked."""
        owner, meta = visit.source.owner, {"key": visit.key, "feed_id": feed_id}
        if visit.key in self.visits:
            return
        self.crawl.count("pages")
        try:
            request = Request(
                visit.url,
                self.read_page,
                errback=self.page_failed,
                dont_filter=True,
                priority=-10 if visit.article_id else 0,
                meta={**meta, "owner": owner, "download_slot": self.crawl.pace.slot(visit.url, owner)},
            )
        except ValueError as error:
            self.settle(visit, Answered(outcome=Outcome("refused", f"no address that can be asked: {error}")))
            return
        self.visits[visit.key] = visit  # first: the answer may be here before we are asked for the next request
        yield request

    def read_page(self, response: Response) -> Iterator[Page]:
        """Hand a page to the desk, or record why it could not be had."""
        visit = self.visits[response.meta["key"]]
        yield from self.take(
            visit, response.meta["feed_id"], lambda: page_answers.answered(response, visit, self.crawl.clock())
        )

    def page_failed(self, failure: Failure) -> Iterator[Page]:
        """A page that could not be fetched at all; the feed may have carried its text."""
        meta = failure.request.meta  # type: ignore[attr-defined]
        visit, error = self.visits[meta["key"]], _error(failure)
        yield from self.take(visit, meta["feed_id"], lambda: page_answers.unanswered(error, visit, self.crawl.clock()))

    def take(self, visit: Visit, feed_id: int | None, judge: Callable[[], Answered]) -> Iterator[Page]:
        """What an answer leads to: a page for the desk or an outcome; our own errors cost the page a retry."""
        try:
            answered = judge()
            self.note_met(visit, answered, feed_id)
        except Exception as error:
            log.exception("icewire failed on %s", visit.url)
            again = self.crawl.clock() + timedelta(hours=1)
            answered = Answered(outcome=Outcome("failed", f"icewire failed on it: {error!r:.200}", again))
        if answered.page and not visit.sample:
            yield answered.page
        else:
            self.settle(visit, answered)

    def settle(self, visit: Visit, answered: Answered) -> None:
        """Write down that a page could not be had."""
        crawl = self.crawl
        crawl.count(*(["gone"] if answered.gone and visit.article_id else []))
        known = visit.article_id or next((e.article_id for e in visit.entries if e.article_id), None)
        if known and (visit.article_id or answered.gone):
            crawl.store.record_recheck(known, crawl.clock(), crawl.desk.look_again, gone=answered.gone)
        if answered.outcome and visit.entries:
            crawl.ledger.note(entry_ids(visit.entries), answered.outcome)
        crawl.count("pages_read", *([answered.outcome.state] if answered.outcome and visit.entries else []))
        self.done(visit.key, answered.outcome)

    def note_met(self, visit: Visit, answered: Answered, feed_id: int | None) -> None:
        """Remember of the feed what its pages meet with, when that changed."""
        if answered.met is None:
            return
        for feed in {e.feed_id for e in visit.entries} | ({feed_id} if feed_id is not None else set()):
            if self.met.get(feed) != answered.met:
                self.met[feed] = answered.met
                self.crawl.ledger.flush()
                self.crawl.watchlist.note_pages(feed, answered.met, sampled=visit.sample)

    def source_of(self, feed_id: int) -> Source:
        """The source of a feed, asked of the database once."""
        if feed_id not in self.sources:
            self.sources[feed_id] = self.crawl.watchlist.source_of(feed_id)
        return self.sources[feed_id]

    def _feed_done(self, feed_id: int) -> None:
        self.reading[feed_id] -= 1
        if self.reading[feed_id] <= 0:
            del self.reading[feed_id]


def _error(failure: Failure) -> BaseException:
    return failure.value or RuntimeError("no reason given")
