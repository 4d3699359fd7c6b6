"""What the daemon does, for the web page, `icewire doctor` and anybody who watches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.digest import is_known, next_digest
from alerts.mail import Deliveries
from alerts.people import Members, Rounds
from crawler.model import Outage
from crawler.store import Store, StoryView
from crawler.watch import FeedHealth, Watchlist

MOST_COUNTED = 1000  # mails in a state: a look costs the same whether ten people get a digest or a hundred thousand


@dataclass(frozen=True, slots=True)
class Status:
    """One look at everything; times are UTC."""

    feeds: tuple[FeedHealth, ...]
    stories: tuple[StoryView, ...]  # the newest
    counts: dict[str, int]  # articles, stories, copies
    entries: dict[str, int]  # by state
    next_digest: datetime | None  # None: nobody gets one
    deliveries: dict[str, int]  # by state; 1,000 stands for as many or more
    outage: Outage | None = None  # our own, when it goes on
    unknown_zones: tuple[str, ...] = ()  # in which somebody wants a digest, and this machine cannot tell the time

    @property
    def read(self) -> int:
        """Feeds whose last reading was good."""
        return sum(f.read for f in self.feeds)

    @property
    def failing(self) -> tuple[FeedHealth, ...]:
        """Feeds whose last reading was not, or is too long ago."""
        return tuple(f for f in self.feeds if f.unread)

    @property
    def turned_away(self) -> int:
        """Feeds that were read, and whose pages could not be."""
        return sum(f.turned_away for f in self.feeds)

    @property
    def waiting(self) -> int:
        """Feeds not read yet."""
        return sum(f.state == "not read yet" for f in self.feeds)

    @property
    def last_read(self) -> datetime | None:
        """When a feed was last read well."""
        return max((f.feed.last_success_at for f in self.feeds if f.feed.last_success_at), default=None)

    def as_json(self) -> dict[str, Any]:
        """For a machine; no subscriber appears."""
        last_read, next_digest = self.last_read, self.next_digest
        return {
            "feeds": {
                "watched": len(self.feeds),
                "read": self.read,
                "failing": len(self.failing),
                "pages_blocked": self.turned_away,
                "waiting": self.waiting,
            },
            "offline_since": self.outage.began_at.isoformat() if self.outage else None,
            "last_read": last_read.isoformat() if last_read else None,
            "stories": self.counts,
            "entries": self.entries,
            "next_digest": next_digest.isoformat() if next_digest else None,
            "deliveries": self.deliveries,
        }


def status_of(
    watchlist: Watchlist, store: Store, members: Members, deliveries: Deliveries, states: Sequence[str], now: datetime
) -> Status:
    """Look once."""
    hours = Rounds(members.engine).hours()
    coming = (next_digest(now, h.digest_at, h.timezone, h.least) for h in hours if is_known(h.timezone))
    return Status(
        feeds=tuple(watchlist.health(now, states, watched_only=True)),
        stories=tuple(store.stories(limit=12)),
        counts=store.counts(),
        entries=watchlist.counts(),
        next_digest=min(coming, default=None),
        deliveries=deliveries.delivery_counts(MOST_COUNTED),
        outage=watchlist.outages.current(),
        unknown_zones=tuple(dict.fromkeys(h.timezone for h in hours if not is_known(h.timezone))),
    )
