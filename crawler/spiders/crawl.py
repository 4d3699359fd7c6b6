"""One crawl in this process, from the first feed to the counts."""

import logging
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.defer import deferred_from_coro
from sqlalchemy import Engine
from twisted.logger import globalLogBeginner

from crawler.manners import Hosts
from crawler.model import IcewireError
from crawler.settings import CrawlSettings
from crawler.spiders.context import Crawl, Stay
from crawler.spiders.courtesy import Pace
from crawler.spiders.desk import Desk
from crawler.spiders.scrapy_settings import scrapy_settings
from crawler.spiders.spider import WatchSpider
from crawler.spiders.workers import Workshop, default_workers
from crawler.store import Store
from crawler.watch import Ledger, Limits, Watchlist

log = logging.getLogger(__name__)

SHORTEST_CRAWL = 60  # seconds that even a crawl in quick succession gets
PATIENCE = 1.5  # seconds; the daemon waits a little longer for a crawl to end
GRACE = 5.0  # seconds, when nobody is in a hurry

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
    crawl.desk.candidates.learn(clock() - EVENTS_LAST)
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
