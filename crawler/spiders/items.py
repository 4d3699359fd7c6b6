"""What a feed gave, as values: the same for every kind of feed."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from crawler.errors import IcewireError
from crawler.spiders.fields import absolute, moment, plain
from crawler.story import FeedKind
from crawler.urls import is_web_address

_LONGEST = 10_000  # characters of a title or summary, which in some feeds is a whole article
_LONGEST_LINK = 2000  # bytes; PostgreSQL indexes about 2,700
_OPEN_TAG = re.compile(r"<[^<>]*\Z")


class UnreadableFeed(IcewireError):
    """The answer of a feed's address holds nothing usable; the message says what it looked like."""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One link of a feed. Texts are plain, times are aware UTC and only what the feed itself says."""

    url: str  # absolute, http or https
    title: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """All links of one feed in its own order, each once."""

    kind: FeedKind  # what the content is, whatever it was expected to be
    items: tuple[FeedItem, ...]
    notes: tuple[str, ...] = ()  # what was lost or mended, for a person
    sitemaps: tuple[str, ...] = ()  # children of a sitemap index, freshest first


@dataclass(slots=True)
class Collector:
    """Turns raw fields into a Reading: resolves, cleans, drops doubles and counts what is lost."""

    base: str  # what relative links are relative to
    now: datetime | None  # None: dates are not judged for the future
    items: dict[str, FeedItem] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, link: str, title: str = "", published: str = "", updated: str = "", summary: str = "") -> None:
        """Take one item as the feed wrote it; links and dates as text, title and summary as HTML."""
        url = absolute(link, self.base)
        if not url:
            self._count("without a link skipped")
        elif len(url.encode()) > _LONGEST_LINK or not is_web_address(url):
            self._count("with an unusable link skipped")
        elif url in self.items:
            self._count("repeating a link dropped")
        else:
            self.items[url] = FeedItem(
                url=url,
                title=plain(_OPEN_TAG.sub("", title[:_LONGEST])),
                published_at=self._past(published),
                updated_at=self._past(updated),
                summary=plain(_OPEN_TAG.sub("", summary[:_LONGEST])),
            )

    def reading(self, kind: FeedKind, notes: tuple[str, ...] = ()) -> Reading:
        counted = (f"{n} item{'s' * (n != 1)} {what}" for what, n in self.counts.items())
        return Reading(kind, tuple(self.items.values()), (*notes, *counted))

    def _past(self, text: str) -> datetime | None:
        if not text.strip():
            return None
        time = moment(text)
        if time is None:
            self._count("with an unreadable date")
        elif self.now is not None and time > self.now:
            self._count("dated in the future: date dropped")
            return None
        return time

    def _count(
        self,
        what: Literal[
            "without a link skipped",
            "with an unusable link skipped",
            "repeating a link dropped",
            "with an unreadable date",
            "dated in the future: date dropped",
        ],
    ) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1
