"""One crawl in this process, from what is due to what is stored: the only room that knows Scrapy."""

from crawler.spiders.assignments import crawl_sites
from crawler.spiders.context import Stay
from crawler.spiders.crawl import OFFLINE, crawl_once
from crawler.spiders.desk import hint_of

__all__ = ["OFFLINE", "Stay", "crawl_once", "crawl_sites", "hint_of"]
