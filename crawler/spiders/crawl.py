"""One crawl in this process: Scrapy's settings, and from the first feed to the counts."""

import asyncio
import logging
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.utils.defer import deferred_from_coro
from sqlalchemy import Engine
from twisted.logger import globalLogBeginner

from crawler.manners.hosts import Hosts
from crawler.manners.waits import back_off
from crawler.model.errors import IcewireError
from crawler.settings import CrawlSettings, user_agent
from crawler.spiders.context import Crawl, Stay
from crawler.spiders.courtesy import Pace
from crawler.spiders.desk import Desk, Page
from crawler.spiders.spider import WatchSpider
from crawler.spiders.workers import TooLong, WorkerLost, Workshop, default_workers
from crawler.store.store import Added, Store
from crawler.watch.ledger import Ledger
from crawler.watch.outcome import Outcome
from crawler.watch.polling import Limits
from crawler.watch.watchlist import Watchlist

log = logging.getLogger(__name__)

SHORTEST_CRAWL = 60  # seconds that even a crawl in quick succession gets
PATIENCE = 1.5  # seconds; the daemon waits a little longer for a crawl to end
GRACE = 5.0  # seconds, when nobody is in a hurry

# Scrapy's servers, on by default, that run whatever Python they are sent.
DOORS = ("scrapy.extensions.telnet.TelnetConsole", "scrapy.extensions.remote_control.RemoteControl")

# Scrapy's, of which each costs every answer a step; what they would do is done by the spider or not wanted.
NO_SPIDER_MIDDLEWARES = tuple(
    f"scrapy.spidermiddlewares.{name}"
    for name in (
        "httperror.HttpErrorMiddleware",
        "referer.RefererMiddleware",
        "urllength.UrlLengthMiddleware",
        "depth.DepthMiddleware",
    )
)
NO_DOWNLOADER_MIDDLEWARES = tuple(
    f"scrapy.downloadermiddlewares.{name}"
    for name in (
        "offsite.OffsiteMiddleware",
        "httpauth.HttpAuthMiddleware",
        "stats.DownloaderStats",
        "redirect.MetaRefreshMiddleware",  # it would decode every page
    )
)
NO_EXTENSIONS = (*DOORS, "scrapy.extensions.corestats.CoreStats", "scrapy.extensions.logstats.LogStats")

EVENTS_LAST = timedelta(days=30)  # so far back stories without clues are given some

Clock = Callable[[], datetime]


def crawl_once(
    engine: Engine,
    settings: CrawlSettings,
    clock: Clock,
    states: Sequence[str] = (),
    everything: bool = False,
    only_feeds: frozenset[int] | None = None,
    progress: Callable[[Counter[str]], None] = lambda counts: None,
    stay: Stay | None = None,
) -> Counter[str]:
    """Read what is due, or everything, or only the given feeds with a page of each; return the counts.

    With `stay` it goes on reading what becomes due. Once per process: Twisted's reactor cannot start twice.

    SIGINT and SIGTERM end it early; what was stored stays and the rest is due again.
    """
    crawl = prepare(engine, settings, clock)
    crawl.desk.recall.learn(clock() - EVENTS_LAST)
    crawl.states, crawl.everything, crawl.only_feeds = states, everything, only_feeds
    crawl.stay, crawl.progress = stay, progress
    # Else Twisted would write failures to stderr itself, beside what the log shows.
    globalLogBeginner.beginLoggingTo([], discardBuffer=True, redirectStandardIO=False)
    process = AsyncCrawlerProcess(scrapy_settings(settings))
    logging.getLogger("scrapy").setLevel(logging.WARNING)  # it would write each page down, body and all
    crawler = process.create_crawler(WatchSpider)
    crawler.signals.connect(lambda: _close(crawl), signal=signals.spider_closed, weak=False)
    process.crawl(crawler, crawl=crawl)
    _arrange_end(process, crawl, longest_crawl(settings, stay, checks=only_feeds is not None))
    try:
        process.start(install_signal_handlers=False)
    finally:
        _close(crawl)  # a signal may have ended it before Scrapy did
    if crawl.error:
        raise IcewireError(f"the crawl ended early: {crawl.error}")
    return crawl.counts


def prepare(engine: Engine, settings: CrawlSettings, clock: Clock) -> Crawl:
    """What a crawl works with, made from the settings; nothing is read or written yet."""
    watchlist, store, limits = Watchlist(engine), Store(engine), limits_of(settings)
    workshop = Workshop(default_workers() if settings.workers < 0 else settings.workers)
    return Crawl(
        watchlist=watchlist,
        store=store,
        desk=Desk(store, watchlist, clock, workshop, limits, timedelta(days=settings.look_again_days)),
        ledger=Ledger(watchlist),
        settings=settings,
        limits=limits,
        hosts=Hosts(engine, clock),
        pace=Pace(settings.delay_seconds),
        clock=clock,
    )


def _close(crawl: Crawl) -> None:
    crawl.ledger.flush()
    crawl.desk.workshop.close()


def limits_of(settings: CrawlSettings) -> Limits:
    """The bounds of a feed's interval."""
    shortest = timedelta(minutes=settings.poll_minutes)
    return Limits(shortest, max(shortest, timedelta(minutes=settings.poll_longest_minutes)))


def _arrange_end(process: AsyncCrawlerProcess, crawl: Crawl, longest: float) -> None:
    """When it is over: at a signal, after so many seconds (0 = never), or when a person wants to crawl.

    What is being read comes in for a moment. Scrapy alone would wait for every request that waits for its turn.
    """
    from twisted.internet import reactor as installed

    reactor: Any = installed  # typed as a module

    def stop() -> None:
        if reactor.running:
            reactor.stop()

    def end(patience: float = GRACE) -> None:
        crawl.ledger.flush()
        deferred_from_coro(process.stop())
        reactor.callLater(patience, stop)

    crawl.end = end
    if longest:
        reactor.callLater(longest, end)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: reactor.callFromThread(end, PATIENCE))


def longest_crawl(settings: CrawlSettings, stay: Stay | None = None, checks: bool = False) -> float:
    """Seconds after which a crawl ends in any case; what is left is due again. 0 = none, when feeds are checked."""
    if checks:
        return 0
    return max(SHORTEST_CRAWL, settings.poll_minutes * 60) + (stay.longest.total_seconds() if stay else 0)


def scrapy_settings(settings: CrawlSettings) -> dict[str, Any]:
    """Our manners in Scrapy's words."""
    middlewares: dict[str, int | None] = {
        "crawler.spiders.courtesy.Courtesy": 100,
        **dict.fromkeys(NO_DOWNLOADER_MIDDLEWARES),
    }
    chosen: dict[str, Any] = {
        "USER_AGENT": user_agent(settings),
        "ROBOTSTXT_OBEY": False,  # Courtesy does, and remembers from crawl to crawl
        # Without a limit, since one that only waits for its site's turn would count; PatientHandler limits the others.
        "CONCURRENT_REQUESTS": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "CONCURRENT_ITEMS": 1,  # an answer yields one page at most, and Scrapy would start a task for each it might
        "DOWNLOAD_DELAY": settings.delay_seconds or 0.001,  # Courtesy sets each site's own
        "DOWNLOAD_TIMEOUT": settings.timeout_seconds,
        "DOWNLOAD_MAXSIZE": settings.max_page_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DNS_TIMEOUT": 10,
        "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "crawler.spiders.courtesy.PatientHandler"),
        "HTTPERROR_ALLOW_ALL": True,  # the spider records every answer; redirects are still followed
        "COOKIES_ENABLED": False,
        "RETRY_ENABLED": False,  # an entry's retry is in the database, where a restart finds it
        "REDIRECT_MAX_TIMES": 6,
        "SPIDER_MIDDLEWARES": dict.fromkeys(NO_SPIDER_MIDDLEWARES),
        "DOWNLOADER_MIDDLEWARES": middlewares,
        "EXTENSIONS": dict.fromkeys(NO_EXTENSIONS),
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",  # we count ourselves
        "WARN_ON_GENERATOR_RETURN_VALUE": False,  # it would parse our source for each answer
        "LOG_INSTALL_ROOT_HANDLER": False,  # whoever runs us decides what is shown
    }
    if not settings.allow_private_addresses:
        middlewares["crawler.spiders.addresses.RefusePrivateAddresses"] = 50
        chosen["TWISTED_DNS_RESOLVER"] = "crawler.spiders.addresses.PublicOnlyResolver"
    return chosen


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
            crawl.store.looked(page.look, crawl.clock(), crawl.desk.look_again)
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
