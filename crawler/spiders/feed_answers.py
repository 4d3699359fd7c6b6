"""What the answer to a request for a feed means: entries to fetch, children of its sitemap to ask for, or a failure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.feeds import Reading, read_feed
from crawler.glance import kind_of_title
from crawler.judge import clock_of
from crawler.manners import BLOCKED, GONE, PAID, PAUSING, PERMANENT, HostPaused, back_off, retry_after
from crawler.model import Feed, FeedProblem, IcewireError, Source, Why, because, inner, is_due
from crawler.spiders.network_errors import why_unanswered
from crawler.spiders.page_answers import header
from crawler.spiders.refusals import RobotsRefused, RobotsUnavailable
from crawler.watch import FeedAnswer, Habit, expected_gap
from crawler.workshop import NotBegun, PutOff

MOST_CHILD_SITEMAPS = 3
DEEPEST_INDEX = 2  # an index of indexes is followed, one of those is not
FRESH = timedelta(days=3)  # rows of a big sitemap older than that, or than our last reading, are left out
FULL_READING = timedelta(hours=12)  # some servers repeat an ETag after a change
SURPRISED = 3  # usual gaps without anything new, after which a 304 is not believed
# Media Cloud's weights: a hard failure (the feed is gone) counts more than a passing one.
HARD, SOFT, PASSING, NONE = 1.0, 0.5, 0.25, 0.0
_MAX_AGE = re.compile(r"(?<![\w-])max-age\s*=\s*\"?(\d{1,9})", re.I)
_UNSHARED = re.compile(r"(?<![\w-])no-(?:cache|store)", re.I)


@dataclass(frozen=True, slots=True)
class Unread:
    """A feed that could not be read: why, how much that counts, and when its host said to come back."""

    why: Why
    weight: float
    again: datetime | None = None
    problem: FeedProblem = "failing"


def validators(feed: Feed, now: datetime) -> dict[str, str]:
    """The headers of a conditional GET (RFC 9110, section 13.1), unless it is time for a full reading."""
    if feed.full_at is None or is_due(feed.full_at + FULL_READING, now, FULL_READING):
        return {}
    gap = expected_gap(Habit.from_json(feed.habit))
    if gap and feed.last_new_at and now - feed.last_new_at > SURPRISED * gap and now - feed.full_at > gap:
        return {}
    headers = {"If-None-Match": feed.etag, "If-Modified-Since": feed.last_modified}
    return {name: value for name, value in headers.items() if value}


def is_unchanged(response: Response) -> bool:
    """Whether nothing is new: a 304 to a conditional request. One that nobody asked for tells nothing."""
    request = response.request
    asked = request is not None and ("If-None-Match" in request.headers or "If-Modified-Since" in request.headers)
    return response.status == 304 and asked


def to_read(response: Response, feed: Feed, source: Source, now: datetime) -> Callable[[], Reading]:
    """How the body of an answer 200 is read, in another process. It raises UnreadableFeed."""
    away = now - feed.last_success_at if feed.last_success_at else timedelta()
    return partial(
        read_feed,
        response.body,
        response.url,
        header(response, "Content-Type"),
        feed.kind,
        now,
        feed.link_patterns,
        fresh=max(FRESH, away + timedelta(days=1)),
        zone=clock_of(source),
    )


def unreadable(error: IcewireError, now: datetime) -> Unread:
    """What it means that the body of an answer could not be read."""
    if isinstance(error, NotBegun):
        return Unread(error.why, NONE, now + back_off(0))
    if isinstance(error, PutOff):
        return Unread(error.why, PASSING)
    looks = inner(error.why.args.get("looks")) or error.why
    walled = kind_of_title(str(looks.args.get("title", ""))) == "wall"
    return Unread(error.why, SOFT, problem="blocked" if walled else "failing")


def unanswered(error: BaseException) -> Unread:
    """What it means that there was no response."""
    if isinstance(error, HostPaused):
        return Unread(error.why, NONE, error.until)
    if isinstance(error, RobotsUnavailable):
        return Unread(error.why, PASSING, error.until)
    if isinstance(error, RobotsRefused):
        return Unread(error.why, SOFT, problem="robots-refused")
    return Unread(why_unanswered(error), SOFT if isinstance(error, IgnoreRequest) else PASSING)


def answer(response: Response, feed: Feed, reading: Reading) -> FeedAnswer:
    """What a good answer told beside its items."""
    # The validators of an index or of its child say nothing about the rest: such a feed is read in full.
    plain = response.request is None or not (response.request.meta.get("depth_in_index") or reading.sitemaps)
    return FeedAnswer(
        header(response, "ETag") if plain else "",
        header(response, "Last-Modified") if plain else "",
        because("ok", notes=reading.notes[:3]) if reading.notes else because("ok"),
        max(cache_time(response), reading.ask or timedelta()),
        moved_to(response, feed),
    )


def cache_time(response: Response) -> timedelta:
    """How long the answer counts as fresh (RFC 9111, section 4.2: max-age less the age it has already)."""
    control = header(response, "Cache-Control")
    found = _MAX_AGE.search(control)
    if not found or _UNSHARED.search(control):
        return timedelta()
    age = header(response, "Age").strip()
    return timedelta(seconds=max(0, int(found[1]) - (int(age) if age.isdecimal() and len(age) < 10 else 0)))


def moved_to(response: Response, feed: Feed) -> str:
    """Where permanent redirects say that the feed lives now; "" = where it was.

    A temporary one ends the chain: what stands behind it may be elsewhere tomorrow.
    """
    meta = response.request.meta if response.request is not None else {}
    if meta.get("depth_in_index"):
        return feed.moved_to
    target = feed.moved_to
    hops = [*meta.get("redirect_urls", []), response.url][1:]
    for reason, url in zip(meta.get("redirect_reasons", []), hops, strict=False):
        if reason not in PERMANENT:
            break
        target = url
    return target if target != feed.url else ""


def turned_away(response: Response, now: datetime) -> Unread:
    """What an answer with a status other than 200 means that says nothing of the feed."""
    said = because("answered", status=response.status)
    if response.status in GONE:
        return Unread(said, HARD)
    if response.status in PAUSING:
        problem: FeedProblem = "blocked" if response.status == 429 else "failing"
        return Unread(said, PASSING, retry_after(header(response, "Retry-After"), now, timedelta()), problem)
    if response.status in BLOCKED + PAID:
        return Unread(said, SOFT, problem="paywalled" if response.status in PAID else "blocked")
    return Unread(said, PASSING if response.status >= 500 else SOFT)
