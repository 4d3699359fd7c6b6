"""What the parts of one crawl share: what it is to read, how long it stays, where it writes down, what it counts."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from crawler.model import Source
from crawler.store import Store
from crawler.watch import Ledger, Limits, Owners, Watchlist, site_of_page


@dataclass(frozen=True, slots=True)
class Stay:
    """How a crawl goes on: it asks every so often what is due, until a time is over or nothing was due for long."""

    every: timedelta
    rested: Callable[[Counter[str]], None]  # told the counts whenever all that was due is done
    wanted: Callable[[], bool] = lambda: False  # whether a person wants to crawl now: then it makes way
    longest: timedelta = timedelta(hours=1)  # a new process starts clean
    idle: timedelta = timedelta(minutes=2)  # then its memory is given back
    at: Callable[[str], None] = lambda at: None  # told what it is at, and now and then that it lives


@dataclass(frozen=True, slots=True)
class CrawlScope:
    """What a crawl is to read."""

    states: Sequence[str] = ()  # () = all
    everything: bool = False  # also what is not due yet
    only_feeds: frozenset[int] | None = None  # these feeds, and of each one page to see whether it can be had
    site: str = ""  # what is to be asked for there; "" = everywhere

    def holds(self, feed_id: int) -> bool:
        """Whether this feed is to be read."""
        return self.only_feeds is None or feed_id in self.only_feeds

    def has_page(self, url: str) -> bool:
        """Whether the page of this address is to be read."""
        return not self.site or site_of_page(url) == self.site


@dataclass(slots=True)
class Tally:
    """What a crawl has done so far, told to whoever watches, and why it ended early."""

    progress: Callable[[Counter[str]], None] = lambda counts: None
    counts: Counter[str] = field(default_factory=Counter)
    error: str = ""
    at: Callable[[str], None] = lambda at: None  # told what is worked at now

    def count(self, *names: str) -> None:
        """Add one to each and tell."""
        self.counts.update(names)
        self.progress(self.counts)


@dataclass(slots=True)
class Records:
    """Where a crawl writes down what it learns, at the time of its clock."""

    watchlist: Watchlist
    store: Store
    ledger: Ledger
    clock: Callable[[], datetime]
    limits: Limits
    recheck_for: timedelta  # how long after its publication an article is asked for again
    sources: dict[int, Source] = field(default_factory=dict)  # by feed
    owners: Owners | None = None  # whose a page is
    every: float = 0.0  # seconds; a person's change of the outlets is noticed so late
    _refreshed: float = field(default_factory=monotonic)

    def refresh(self) -> None:
        """A person may have changed the outlets."""
        if monotonic() - self._refreshed >= self.every:
            self.owners, self.sources, self._refreshed = None, {}, monotonic()

    def owner_of(self, url: str, listing: Source) -> Source:
        """Whose an address is that a feed of this source led to."""
        if self.owners is None:
            self.owners = self.watchlist.owners()
        return self.owners.of(url, listing)

    def source_of(self, feed_id: int) -> Source:
        """The source of a feed, asked of the database once."""
        if feed_id not in self.sources:
            self.sources[feed_id] = self.watchlist.source_of(feed_id)
        return self.sources[feed_id]
