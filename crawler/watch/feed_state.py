"""One feed as a person wants to see it: the state it is in, in a word, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from crawler.model import Code, Feed, Source, Why, as_written, because

FeedState = Literal[
    "ok", "moved", "stale", "paywalled", "overdue", "failing", "blocked", "robots-refused", "not read yet", "off"
]
_PAGES: dict[FeedState, Code] = {
    "blocked": "pages_blocked", "robots-refused": "pages_refused", "paywalled": "pages_paywalled",
}  # fmt: skip
STALE_DAYS = 45  # a monthly is not stale


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """A feed with its source, how many entries it gave, and the moment at which it is judged."""

    source: Source
    feed: Feed
    entries: int
    now: datetime

    @property
    def state(self) -> FeedState:
        """In this order of weight.

        off (by a person), failing, blocked or robots-refused (the last attempt), not read yet, overdue (a good
        reading, but too long ago), stale (it answers with old items only), blocked, robots-refused or paywalled
        (the pages that it leads to), moved (a permanent redirect is remembered), ok.
        """
        feed = self.feed
        if not (self.source.enabled and self.source.listed and feed.listed):
            return "off"
        if feed.failures > 0:
            return feed.problem or "failing"
        if feed.last_success_at is None:
            return "not read yet"
        if self.now - feed.last_success_at > self._long:
            return "overdue"
        if self._newest and self.now - self._newest > timedelta(days=STALE_DAYS):
            return "stale"
        return feed.pages or ("moved" if self._moved else "ok")

    @property
    def unread(self) -> bool:
        """Whether what the feed says now is not known, though it was tried or read before."""
        return (self.feed.failures > 0 and self.state != "off") or self.state == "overdue"

    @property
    def turned_away(self) -> bool:
        """Whether what it says is known, but nothing of the pages that it leads to."""
        return self.state in ("blocked", "robots-refused") and not self.unread

    @property
    def read(self) -> bool:
        """Whether we know what the feed says now, be it much, little or what we cannot follow up."""
        return self.state not in ("off", "not read yet") and not self.unread

    @property
    def why(self) -> Why:
        """What a person should know of the state."""
        feed, state = self.feed, self.state
        if state == "off":
            return as_written(self.source.reason)
        if state == "overdue":
            assert feed.last_success_at
            return because("not_read_lately", at=f"{feed.last_success_at:%Y-%m-%d %H:%M} UTC")
        if state == "stale":
            assert self._newest
            return because("newest_item", day=self._newest.date())
        if not feed.failures and feed.pages == state and state in _PAGES:
            return because(_PAGES[state])
        status = Why(feed.status, feed.status_args)
        return because("feed_moved", status=status, url=feed.moved_to) if self._moved else status

    @property
    def _moved(self) -> bool:
        """To another address, not just to https or www."""
        if not self.feed.moved_to:
            return False
        from crawler.registry import feed_key  # brings all that reads and checks outlets; few feeds move

        return feed_key(self.feed.moved_to) != feed_key(self.feed.url)

    @property
    def _newest(self) -> datetime | None:
        """When it last brought something new, by its own dates and by our seeing."""
        feed = self.feed
        return feed.newest_at or feed.last_new_at

    @property
    def _long(self) -> timedelta:
        """Three times the interval at which it is read, at least a day."""
        planned, tried = self.feed.next_attempt_at, self.feed.last_attempt_at
        return max(timedelta(days=1), 3 * (planned - tried) if planned and tried else timedelta())
