"""One crawl in this process: Scrapy's settings, and from the first feed to the counts."""

import logging
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Self

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.utils.defer import deferred_from_coro
from sqlalchemy import Engine

from crawler.manners import Pauses, back_off
from crawler.pipeline import Desk, Page
from crawler.settings import CrawlSettings, user_agent
from crawler.spiders.watch import Crawl, WatchSpider
from crawler.store import Added, Store
from crawler.watchlist import Outcome, Watchlist

log = logging.getLogger(__name__)

SHORTEST_CRAWL = 60  # seconds that even a crawl in quick succession gets
PATIENCE = 1.5  # seconds; the daemon waits a little longer for a crawl to end

# Scrapy's servers, on by default, that run whatever Python they are sent.
DOORS = ("scrapy.extensions.telnet.TelnetConsole", "scrapy.extensions.remote_control.RemoteControl")

Clock = Callable[[], datetime]


def crawl_once(
    engine: Engine,
    settings: CrawlSettings,
    clock: Clock,
    states: Sequence[str] = (),
    everything: bool = False,
    only_feeds: frozenset[int] | None = None,
    progress: Callable[[Counter[str]], None] = lambda counts: None,
) -> Counter[str]:
    """Read what is due, or everything, or only the given feeds without their pages; return the counts.

    Once per process: Twisted's reactor cannot start twice.

    SIGINT and SIGTERM end it early; what was stored stays and the rest is due again.
    """
    watchlist, store = Watchlist(engine), Store(engine)
    crawl = Crawl(
        watchlist,
        store,
        Desk(store, watchlist, clock),
        settings,
        clock,
        states,
        everything,
        only_feeds,
        progress=progress,
    )
    process = AsyncCrawlerProcess(scrapy_settings(settings, clock))
    process.crawl(WatchSpider, crawl=crawl)
    _end_on_signal(process)
    process.start(install_signal_handlers=False)
    return crawl.counts


def _end_on_signal(process: AsyncCrawlerProcess) -> None:
    """SIGINT and SIGTERM let what is being read come in, for a moment; Scrapy alone would wait for every answer."""
    from twisted.internet import reactor as installed

    reactor: Any = installed  # typed as a module

    def end() -> None:
        deferred_from_coro(process.stop())
        reactor.callLater(PATIENCE, reactor.stop)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: reactor.callFromThread(end))


def scrapy_settings(settings: CrawlSettings, clock: Clock) -> dict[str, Any]:
    """Our manners in Scrapy's words."""
    middlewares: dict[str, int | None] = {"crawler.manners.PauseHosts": 550}
    chosen: dict[str, Any] = {
        "ICEWIRE_PAUSES": Pauses(clock),
        "USER_AGENT": user_agent(settings),
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": "icewire",
        "CONCURRENT_REQUESTS": settings.concurrent_hosts,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": settings.delay_seconds or 0.001,  # without one, Scrapy sends what queues for a host at once
        "DOWNLOAD_TIMEOUT": settings.timeout_seconds,
        # No other crawl starts meanwhile: one slow host must not hold up the others. What is left is due again.
        "CLOSESPIDER_TIMEOUT": max(SHORTEST_CRAWL, settings.poll_minutes * 60),
        "DOWNLOAD_MAXSIZE": settings.max_page_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DNS_TIMEOUT": 10,
        "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "crawler.manners.PatientHandler"),
        "HTTPERROR_ALLOW_ALL": True,  # the spider records every answer; redirects are still followed
        "COOKIES_ENABLED": False,
        "RETRY_ENABLED": False,  # an entry's retry is in the database, where a restart finds it
        "REDIRECT_MAX_TIMES": 6,
        "SCHEDULER_PRIORITY_QUEUE": "scrapy.pqueues.DownloaderAwarePriorityQueue",  # many hosts at a time
        "DOWNLOADER_MIDDLEWARES": middlewares,
        "EXTENSIONS": dict.fromkeys(DOORS),
        "LOG_INSTALL_ROOT_HANDLER": False,  # whoever runs us decides what is shown
    }
    if not settings.allow_private_addresses:
        middlewares["crawler.manners.RefusePrivateAddresses"] = 50
        chosen["TWISTED_DNS_RESOLVER"] = "crawler.manners.PublicOnlyResolver"
    return chosen


class DeskPipeline:
    """Scrapy's item pipeline: passes pages to the desk."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls(crawler)

    def process_item(self, page: Page) -> Page:
        """One page; an error in our own code costs that page a retry, never the crawl."""
        spider = self.crawler.spider
        assert isinstance(spider, WatchSpider)
        crawl = spider.crawl
        try:
            result = crawl.desk.read(page)
        except Exception as error:
            log.exception("icewire failed on %s", page.url)
            again = crawl.clock() + back_off(page.entries[0].attempts)
            spider.record(page.entries, Outcome("failed", f"icewire failed on it: {error!r:.200}", again))
            return page
        if isinstance(result, Added):
            crawl.count(
                "pages_read",
                "articles",
                *(["stories"] if result.opened else []),
                *(["revisions"] if result.change else []),
            )
        else:
            crawl.count("pages_read", result.state)
        return page
