"""Which of a site's feeds to take, judged by what they hold."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal
from urllib.parse import urlsplit

from crawler.discovery.ways_in import WayIn, is_comments, is_part
from crawler.feeds import FeedItem, Reading
from crawler.model import FeedKind, Why, as_written, because
from crawler.text import canonical_url, fold

FoundState = Literal["live", "taken", "stale", "same", "part", "comments", "empty", "refused", "unreadable"]

# Chosen by hand.
QUIET = timedelta(days=14)  # a feed whose newest item is older is stale, unless such gaps are its habit
LONGEST_QUIET = timedelta(days=60)
MOST_TAKEN = 3
_RECENT = timedelta(days=7)
_NEWS = timedelta(days=2)  # what a news sitemap holds
_MONTH = timedelta(days=28)
_KNOWN = 0.7  # of a feed's recent items that others bring as well: it adds nothing
_MUCH_MORE = 1.5  # times the news: then a sitemap is worth more than a feed, which may give whole texts
_KINDS: tuple[FeedKind, ...] = ("rss", "atom", "json", "news_sitemap", "section")


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """One way into a site that was looked at, and what we think of it."""

    url: str
    kind: FeedKind
    origin: str  # WayIn.origin; "section" for a page
    state: FoundState
    why: Why = Why()  # noqa: RUF009  what a person should know of the state
    newest: datetime | None = None  # None = no item is dated
    weekly: float | None = None  # items a week, of the last four weeks; None = cannot be told
    items: tuple[FeedItem, ...] = field(default=(), repr=False)
    part: bool = False  # of one section, not of the whole site
    plain: bool = False  # a sitemap that does not say when its pages were published


def without_content(way: WayIn, state: FoundState, why: Why) -> FoundFeed:
    """A feed that was not or could not be read."""
    return FoundFeed(way.url, way.kind or "rss", way.origin, state, why)


def weigh_feed(way: WayIn, reading: Reading, homepage: str, now: datetime) -> FoundFeed:
    """What one feed is worth by itself: live, stale, empty or comments."""
    dates = sorted((d for item in reading.items if (d := item.published_at or item.updated_at)), reverse=True)
    plain = reading.kind == "news_sitemap" and not any(item.published_at for item in reading.items)
    found = FoundFeed(
        way.url,
        reading.kind,
        way.origin,
        "live",
        newest=dates[0] if dates else None,
        weekly=_weekly(dates, now),
        items=reading.items,
        part=is_part(way.url, homepage),
        plain=plain,
    )
    if is_comments(way) or _tells_comments(reading.items):
        return replace(found, state="comments")
    if not reading.items:
        return replace(found, state="empty")
    if dates and now - dates[0] > _quiet(dates):
        return replace(found, state="stale")
    if plain and not dates:
        return replace(found, state="unreadable", why=because("sitemap_undated"))
    return found


def choose_feeds(found: Iterable[FoundFeed], now: datetime) -> tuple[FoundFeed, ...]:
    """The same feeds, what to take first: at most MOST_TAKEN are "taken", no live one is left undecided.

    A feed of the whole site comes first, or a news sitemap that brings much more; then what adds to it. Only without
    either are sections taken, and only without those a plain sitemap. Feeds of comments, stale and empty ones never.
    """
    found = list(found)
    live = sorted((f for f in found if f.state == "live"), key=lambda f: _worth(f, now))
    taken: list[FoundFeed] = []
    decided: list[FoundFeed] = []
    for one in _best_first(live, now):
        one = _decide(one, taken, now)
        decided.append(one)
        if one.state == "taken":
            taken.append(one)
    return (*sorted(decided, key=lambda f: f.state != "taken"), *(f for f in found if f.state != "live"))


def is_whole(found: FoundFeed) -> bool:
    """Whether a feed is alive and of the whole site, so that nothing better need be looked for."""
    return found.state == "live" and not found.part and not found.plain and found.newest is not None


def spans_days(found: FoundFeed) -> bool:
    """Whether a feed reaches back further than a news sitemap, so that one would add nothing."""
    dates = [d for item in found.items if (d := item.published_at or item.updated_at)]
    return bool(dates) and max(dates) - min(dates) > _NEWS


def _weekly(dates: Sequence[datetime], now: datetime) -> float | None:
    """Items a week within the last four; of a feed that reaches back less than a day it is a lower bound."""
    recent = [d for d in dates if now - d <= _MONTH]
    if not recent:
        return 0.0 if dates else None
    # With an older item beside them, the four weeks are all there.
    span = _MONTH if len(recent) < len(dates) else max(now - recent[-1], timedelta(days=1))
    return len(recent) * timedelta(days=7) / span


def _quiet(dates: Sequence[datetime]) -> timedelta:
    gaps = [later - earlier for later, earlier in pairwise(dates)]
    usual = statistics.median(gap.total_seconds() for gap in gaps) if gaps else 0.0
    return min(max(QUIET, timedelta(seconds=3 * usual)), LONGEST_QUIET)


def _tells_comments(items: Sequence[FeedItem]) -> bool:
    return bool(items) and all("#comment" in i.url or fold(i.title).startswith(("comment on ", "by: ")) for i in items)


def _worth(found: FoundFeed, now: datetime) -> tuple[bool, bool, bool, bool, int, int]:
    """Sorts the best first."""
    return (
        found.plain,
        found.part,
        found.newest is None,
        found.kind == "news_sitemap",
        -len(_since(found, now, _RECENT)),
        _KINDS.index(found.kind),
    )


def _best_first(live: list[FoundFeed], now: datetime) -> list[FoundFeed]:
    """The same, with a news sitemap in front when it brings much more news than the best feed."""
    whole = [f for f in live if not f.plain and not f.part]
    if not whole or whole[0].kind == "news_sitemap":
        return live
    sitemaps = [f for f in whole if f.kind == "news_sitemap"]
    best = max(sitemaps, key=lambda f: len(_since(f, now, _NEWS)), default=None)
    if best and len(_since(best, now, _NEWS)) >= _MUCH_MORE * max(1, len(_since(whole[0], now, _NEWS))):
        return [best, *(f for f in live if f is not best)]
    return live


def _decide(one: FoundFeed, taken: list[FoundFeed], now: datetime) -> FoundFeed:
    if not taken:
        return replace(one, state="taken", why=because("one_section") if one.part else Why())
    recent = _since(one, now, _RECENT)
    for other in taken:
        if _share_known(recent or one.items, [other]) >= _KNOWN:
            return replace(one, state="same", why=as_written(other.url))
    if one.part and not taken[0].part:
        return replace(one, state="part")
    if not recent:
        if one.newest:
            return replace(one, state="stale")
        return replace(one, state="unreadable", why=because("items_without_dates"))
    if one.plain or len(taken) >= MOST_TAKEN or _share_known(recent, taken) >= _KNOWN:
        return replace(one, state="same", why=as_written(taken[0].url))
    return replace(one, state="taken")


def _since(found: FoundFeed, now: datetime, age: timedelta) -> tuple[FeedItem, ...]:
    return tuple(i for i in found.items if (d := i.published_at or i.updated_at) and now - d <= age)


def _share_known(items: Sequence[FeedItem], others: Iterable[FoundFeed]) -> float:
    """How many of the items the others bring as well, by address or headline, 0 to 1."""
    theirs = [item for other in others for item in other.items]
    pages, titles = {_page(i.url) for i in theirs}, {fold(i.title) for i in theirs if i.title}
    return sum(_page(i.url) in pages or fold(i.title) in titles for i in items) / max(1, len(items))


def _page(url: str) -> str:
    parts = urlsplit(canonical_url(url))
    return f"{parts.netloc.removeprefix('www.')}{parts.path}?{parts.query}"
