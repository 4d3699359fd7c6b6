"""Scrapy's item pipeline: passes pages to the desk, and writes down what came of them."""

import asyncio
import logging
from datetime import datetime
from typing import Self

from scrapy.crawler import Crawler

from crawler.manners import back_off
from crawler.spiders.desk import Page
from crawler.spiders.spider import WatchSpider
from crawler.spiders.workers import TooLong, WorkerLost
from crawler.store import Added
from crawler.watch import Outcome

log = logging.getLogger(__name__)


class DeskPipeline:
    """Scrapy's item pipeline: passes pages to the desk."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls(crawler)

    async def process_item(self, page: Page) -> Page:
        """One page; an error in our own code costs that page a retry, never the crawl."""
        spider = self.crawler.spider
        assert isinstance(spider, WatchSpider)
        crawl = spider.crawl
        try:
            result = await crawl.desk.read(page)
        except asyncio.CancelledError:
            raise
        except WorkerLost as error:
            result = Outcome("failed", str(error), self._again(page), most_attempts=5, asked=not error.innocent)
        except TooLong as error:
            log.warning("%s: %s", page.url, error)
            result = Outcome("failed", str(error), self._again(page), most_attempts=2)
        except Exception as error:
            log.exception("icewire failed on %s", page.url)
            result = Outcome("failed", f"icewire failed on it: {error!r:.200}", self._again(page))
        added = result if isinstance(result, Added) else None
        if page.look is not None and (added is None or added.article_id != page.look):
            crawl.store.record_recheck(page.look, crawl.clock(), crawl.desk.look_again)
        outcome = Outcome("fetched", article_id=result.article_id) if isinstance(result, Added) else result
        entries = spider.done(page.key, outcome) or page.entry_ids
        unwritten = set(entries) - set(page.entry_ids if added else ())  # those that came late, or all
        if unwritten:
            crawl.ledger.note(sorted(unwritten), outcome)
        if added:
            new = ["articles", "stories"] if added.opened else ["articles"]
            known = ["revisions"] if added.change else ["unchanged"]
            crawl.count("pages_read", *(new if added.new else known))
        else:
            crawl.count("pages_read", *([outcome.state] if entries else []))
        return page

    def _again(self, page: Page) -> datetime:
        spider = self.crawler.spider
        assert isinstance(spider, WatchSpider)
        return spider.crawl.clock() + back_off(page.entries[0].attempts if page.entries else 0)
