"""The spider: what a crawl does, step by step.

    due feeds ─► FeedReader: request, answer, entries stored ─► Frontier ─► PageReader: request, answer
        ─► Desk: gate, extract, judge, group, store ─► PageReader.settle: what came of it is written down

Articles that may have changed begin at PageReader. What is due is asked of the database, where retries live, too.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from scrapy import Request
from scrapy.exceptions import CloseSpider

from crawler.spiders.context import Records, Stay, Tally
from crawler.spiders.courtesy import Manners, PoliteSpider, put_back
from crawler.spiders.feed_reader import FeedReader
from crawler.spiders.page_reader import PageReader

log = logging.getLogger(__name__)

TICK = 0.05  # seconds between two looks whether there is room
REST = 1.0  # the same while nothing is under way
NEVER = float("-inf")


class WatchSpider(PoliteSpider):
    """One crawl: asks what is due, as there is room, until nothing is left or the time is over."""

    name = "watch"
    custom_settings = {"ITEM_PIPELINES": {"crawler.spiders.pipeline.DeskPipeline": 100}}  # noqa: RUF012  Scrapy's form

    def __init__(
        self,
        manners: Manners,
        feeds: FeedReader,
        pages: PageReader,
        records: Records,
        tally: Tally,
        stay: Stay | None = None,  # None: one pass over what is due
        end: Callable[[], None] = lambda: None,  # ends the crawl soon, whatever waits
        **kwargs: Any,
    ) -> None:
        super().__init__(manners, **kwargs)
        self.feeds, self.pages, self.records, self.tally = feeds, pages, records, tally
        self.stay, self.end = stay, end

    async def start(self) -> AsyncIterator[Request]:
        """Requests for what is due, then for the pages that this leads to, as there is room for them."""
        clock, stay = asyncio.get_running_loop().time, self.stay
        began = busy = clock()
        asked = NEVER
        while not (self.manners.line.down or (stay and stay.wanted())):
            over = clock() - began >= (stay.longest.total_seconds() if stay else 0)
            if asked == NEVER or (stay and not over and clock() - asked >= stay.every.total_seconds()):
                asked = clock()
                for request in self.safely(self.due()):
                    yield request
            for request in self.safely(self.pages.next()):
                yield request
            if self.feeds.reading or self.pages.frontier or self.pages.visits:
                busy = clock()
                await asyncio.sleep(TICK)
                continue
            self.rest()
            if over or (stay and clock() - busy >= stay.idle.total_seconds()):
                return
            await asyncio.sleep(REST)
        self.end()  # nobody can be reached, or a person wants to crawl; what waits is in the database

    def due(self) -> Iterator[Request]:
        """The feeds that are due; pages left over by earlier crawls; articles to look at again."""
        self.records.ledger.flush()
        self.records.refresh()
        self.manners.hosts.refresh()  # a person may have met one that asks for peace
        yield from self.feeds.due()
        yield from self.pages.due()

    def rest(self) -> None:
        """All that was due is done: a crawl that stays writes it down and tells."""
        if self.stay and self.tally.counts:
            self.records.ledger.flush()
            self.stay.rested(self.tally.counts)
            self.tally.counts.clear()

    def safely(self, requests: Iterator[Request]) -> Iterator[Request]:
        """The same; an error in our own code, or of the database, ends the crawl and is told."""
        try:
            yield from requests
        except Exception as error:
            log.exception("icewire failed while asking what is due")
            self.tally.error = f"{error!r:.300}"
            raise CloseSpider("error") from error


class SiteSpider(WatchSpider):
    """One crawl of one site: asks once what is due, reads it for so many seconds at most, and leaves the rest."""

    def __init__(self, *parts: Any, seconds: float, begun: Callable[["SiteSpider"], None], **kwargs: Any) -> None:
        super().__init__(*parts, **kwargs)
        self.seconds = seconds
        begun(self)

    @property
    def is_reading(self) -> bool:
        """Whether something of what was due is not read yet."""
        return bool(self.feeds.reading or self.pages.frontier or self.pages.visits)

    async def start(self) -> AsyncIterator[Request]:
        """Requests for what is due at the site, then for the pages there that this leads to."""
        clock = asyncio.get_running_loop().time
        until = clock() + self.seconds
        for request in self.safely(self.due()):
            yield request
        while self.is_reading and not self.is_over:
            for request in self.safely(self.pages.next()):
                yield request
            await asyncio.sleep(TICK)
            if self.manners.line.down or clock() >= until:
                self.is_over = True
        if self.is_over:
            put_back(self.crawler)
