"""One crawl in this process, from the first feed to the counts."""

import logging
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.defer import deferred_from_coro
from sqlalchemy import Engine
from twisted.logger import globalLogBeginner

from crawler.manners import Claims, Hosts, Pace
from crawler.model import IcewireError
from crawler.settings import CrawlSettings
from crawler.spiders.context import CrawlScope, Records, Stay, Tally
from crawler.spiders.courtesy import Manners
from crawler.spiders.desk import Desk
from crawler.spiders.feed_reader import FeedReader
from crawler.spiders.line import Line
from crawler.spiders.page_reader import PageReader
from crawler.spiders.room import AHEAD, Room
from crawler.spiders.scrapy_settings import scrapy_settings
from crawler.spiders.site_turns import SiteTurns
from crawler.spiders.spider import WatchSpider
from crawler.spiders.suspects import at_page, back_off_from
from crawler.spiders.turns import Turns
from crawler.spiders.whose import Whose
from crawler.store import Store
from crawler.watch import Ledger, Limits, Watchlist
from crawler.workshop import Workshop, default_workers, give_back

log = logging.getLogger(__name__)

SHORTEST_CRAWL = 60  # seconds that even a crawl in quick succession gets
PATIENCE = 1.5  # seconds; the daemon waits a little longer for a crawl to end
BEAT = 10.0  # seconds between two signs of life
GRACE = 5.0  # seconds, when nobody is in a hurry

OFFLINE = "offline"  # counted once when nobody could be reached
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
    suspect: str = "",
) -> Counter[str]:
    """Read what is due, or everything, or only the given feeds with a page of each; return the counts.

    With `stay` it goes on reading what becomes due. The last crawl stood still at the `suspect`, which waits.

    Once per process: Twisted's reactor cannot start twice.

    SIGINT and SIGTERM end it early; what was stored stays and the rest is due again. So does an outage of our own; then
    it counts as OFFLINE.
    """
    give_back()
    tally = Tally(progress)
    if stay:
        tally.at = stay.at
    parts = assemble(engine, settings, clock, CrawlScope(states, everything, only_feeds), tally)
    back_off_from(parts.records, suspect)
    parts.desk.candidates.learn(clock() - EVENTS_LAST)
    # Else Twisted would write failures to stderr itself, beside what the log shows.
    globalLogBeginner.beginLoggingTo([], discardBuffer=True, redirectStandardIO=False)
    process = AsyncCrawlerProcess(scrapy_settings(settings))
    logging.getLogger("scrapy").setLevel(logging.WARNING)  # it would write each page down, body and all
    crawler = process.create_crawler(WatchSpider)
    crawler.signals.connect(parts.close, signal=signals.spider_closed, weak=False)
    end = ending(process, parts.records.ledger)
    process.crawl(
        crawler, parts.manners, parts.feeds, parts.pages, parts.records, parts.tally, stay, lambda: end(GRACE)
    )
    if stay:
        arrange_beat(stay.at)
    arrange_end(end, longest_crawl(settings, stay, checks=only_feeds is not None))
    try:
        process.start(install_signal_handlers=False)
    finally:
        parts.close()  # a signal may have ended it before Scrapy did
    if parts.tally.error:
        raise IcewireError(f"the crawl ended early: {parts.tally.error}")
    if parts.manners.line.down:
        parts.tally.counts[OFFLINE] = 1
    return parts.tally.counts


@dataclass(frozen=True, slots=True)
class Parts:
    """What one crawl is made of."""

    records: Records
    desk: Desk
    pages: PageReader
    feeds: FeedReader
    manners: Manners
    tally: Tally

    def close(self) -> None:
        """Write down what waits, end the workers, give back what was claimed."""
        self.records.ledger.flush()
        self.desk.workshop.close()
        self.manners.site_turns.claims.close()

    def beside(self, scope: CrawlScope, tally: Tally) -> "Parts":
        """Another crawl in this process, with the same records, desk and manners."""
        manners, workshop = self.manners, self.desk.workshop
        pages = PageReader(self.records, self.desk, scope, tally, manners.pace, manners.room)
        feeds = FeedReader(self.records, pages, workshop, scope, tally, manners.pace, manners.room, self.desk.max_age)
        return replace(self, pages=pages, feeds=feeds, tally=tally)


def assemble(
    engine: Engine, settings: CrawlSettings, clock: Clock, scope: CrawlScope, tally: Tally, alone: bool = True
) -> Parts:
    """A crawl's parts, made from the settings; nothing is read or written yet. `alone`: no other process reads."""
    watchlist, store, limits = Watchlist(engine), Store(engine), limits_of(settings)
    recheck_for = timedelta(days=settings.look_again_days)
    records = Records(watchlist, store, Ledger(watchlist), clock, limits, recheck_for)
    workshop = Workshop(default_workers() if settings.workers < 0 else settings.workers)
    max_age = timedelta(days=settings.max_age_days)
    desk = Desk(store, watchlist, clock, workshop, limits, recheck_for, max_age)
    desk.at = lambda page: tally.at(at_page(page.entry_ids, page.look))
    hosts = Hosts(engine, clock)
    line = Line(hosts, watchlist.outages, alone)
    pace = Pace(settings.delay_seconds)
    room = Room(settings.concurrent_hosts + AHEAD)
    manners = Manners(
        hosts,
        pace,
        room,
        line,
        Whose(records.owner_of),
        Turns(settings.concurrent_hosts),
        SiteTurns(Claims(engine), pace.delay),
    )
    pages = PageReader(records, desk, scope, tally, manners.pace, room)
    feeds = FeedReader(records, pages, workshop, scope, tally, manners.pace, room, max_age)
    return Parts(records, desk, pages, feeds, manners, tally)


def limits_of(settings: CrawlSettings) -> Limits:
    """The bounds of a feed's interval."""
    shortest = timedelta(minutes=settings.poll_minutes)
    return Limits(shortest, max(shortest, timedelta(minutes=settings.poll_longest_minutes)))


def ending(process: AsyncCrawlerProcess, ledger: Ledger) -> Callable[[float], None]:
    """What ends the crawl, with so many seconds for what is being read to come in.

    Scrapy alone would wait for every request that waits for its turn.
    """

    def end(patience: float) -> None:
        twisted = reactor()
        ledger.flush()
        deferred_from_coro(process.stop())
        twisted.callLater(patience, lambda: twisted.running and twisted.stop())

    return end


def arrange_beat(at: Callable[[str], None]) -> None:
    """Tell now and then that the reactor runs, and that it is at nothing."""

    def beat() -> None:
        at("")
        reactor().callLater(BEAT, beat)

    beat()


def arrange_end(end: Callable[[float], None], longest: float) -> None:
    """When it is over: at a signal, or after so many seconds (0 = never)."""
    twisted = reactor()
    if longest:
        twisted.callLater(longest, end, GRACE)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: twisted.callFromThread(end, PATIENCE))


def reactor() -> Any:
    """Twisted's reactor; the import before a crawl is begun would choose the wrong one."""
    from twisted.internet import reactor

    return reactor


def longest_crawl(settings: CrawlSettings, stay: Stay | None = None, checks: bool = False) -> float:
    """Seconds after which a crawl ends in any case; what is left is due again. 0 = none, when feeds are checked."""
    if checks:
        return 0
    return max(SHORTEST_CRAWL, settings.poll_minutes * 60) + (stay.longest.total_seconds() if stay else 0)
