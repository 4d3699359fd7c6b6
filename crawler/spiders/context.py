"""What one crawl works with, how long it stays, and what it counts."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crawler.manners import Hosts
from crawler.settings import CrawlSettings
from crawler.spiders.courtesy import Pace
from crawler.spiders.desk import Desk
from crawler.store import Store
from crawler.watch import Ledger, Limits, Watchlist


@dataclass(frozen=True, slots=True)
class Stay:
    """How a crawl goes on: it asks every so often what is due, until a time is over or nothing was due for long."""

    every: timedelta
    rested: Callable[[Counter[str]], None]  # told the counts whenever all that was due is done
    wanted: Callable[[], bool] = lambda: False  # whether a person wants to crawl now: then it makes way
    longest: timedelta = timedelta(hours=1)  # a new process starts clean
    idle: timedelta = timedelta(minutes=2)  # then its memory is given back


@dataclass
class Crawl:
    """What one crawl works with, and what it counts."""

    watchlist: Watchlist
    store: Store
    desk: Desk
    ledger: Ledger
    settings: CrawlSettings
    limits: Limits
    hosts: Hosts
    pace: Pace
    clock: Callable[[], datetime]
    states: Sequence[str] = ()
    everything: bool = False  # also what is not due yet
    only_feeds: frozenset[int] | None = None  # read these feeds, and of each one page to see whether it can be had
    stay: Stay | None = None  # None: one pass over what is due
    end: Callable[[], None] = lambda: None  # ends it soon, whatever waits
    error: str = ""  # why it ended early
    counts: Counter[str] = field(default_factory=Counter)
    progress: Callable[[Counter[str]], None] = lambda counts: None

    def count(self, *names: str) -> None:
        """Add one to each and tell whoever watches."""
        self.counts.update(names)
        self.progress(self.counts)
