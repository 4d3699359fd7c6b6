"""Scrapy's item pipeline: the page that a callback yields is handed to whoever keeps it."""

from typing import Self

from scrapy.crawler import Crawler

from crawler.spiders.desk import Page
from crawler.spiders.page_reader import PageReader
from crawler.spiders.spider import WatchSpider


class DeskPipeline:
    """Passes pages on, one after the other."""

    def __init__(self, pages: PageReader) -> None:
        self.pages = pages

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        assert isinstance(crawler.spider, WatchSpider)
        return cls(crawler.spider.pages)

    async def process_item(self, page: Page) -> Page:
        """One page."""
        await self.pages.keep(page)
        return page
