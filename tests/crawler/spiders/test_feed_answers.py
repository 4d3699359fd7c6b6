"""What the answer for a feed means, and what we say when we ask again."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from scrapy import Request
from scrapy.http import Response
from sqlalchemy import Engine

from alerts.locale import in_words
from crawler.feeds.feed import UnreadableFeed
from crawler.model import IcewireError, because
from crawler.model.story import Feed, Source
from crawler.settings import CrawlSettings
from crawler.spiders.context import CrawlScope, Tally
from crawler.spiders.crawl import assemble
from crawler.spiders.feed_answers import (
    cache_time,
    is_unchanged,
    moved_to,
    to_read,
    turned_away,
    unreadable,
    validators,
)
from crawler.watch.polling import Habit, learn
from crawler.workshop import NotBegun, PutOff, TooLong, TooMuch, WorkerLost
from tests.makers.crawling import rss
from tests.makers.making import NOON, watch

URL = "https://ledger.example/feed"


SOURCE = Source(id="ledger", name="The Ledger", homepage="https://ledger.example/", city="Yakima", state="WA")


def feed(**facts: object) -> Feed:
    return Feed.model_validate({"id": 1, "source_id": "ledger", "url": URL, **facts})


def answered(url: str = URL, status: int = 200, body: bytes = b"", **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(url, status=status, body=body, headers=named, request=Request(URL))


@pytest.mark.parametrize(
    ("control", "age", "seconds"),
    [
        ("max-age=600", "", 600),
        ("public, Max-Age = 600", "100", 500),
        ("max-age=60", "100", 0),
        ("no-cache, max-age=600", "", 0),
        ("private, no-store", "", 0),
        ("s-maxage=600", "", 0),
        ("max-age=soon", "", 0),
        ("max-age=600", "old", 600),
        ("", "", 0),
    ],
)
def test_an_answer_says_how_long_it_is_fresh(control: str, age: str, seconds: int) -> None:
    assert cache_time(answered(Cache_Control=control, Age=age)) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("error", "code", "counts"),
    [
        (TooLong(because("extraction_too_long", seconds=60)), "extraction_too_long", True),
        (TooMuch(), "too_much_memory", True),
        (WorkerLost(because("worker_lost")), "worker_lost", True),
        (PutOff(), "others_take_long", True),
        (NotBegun(), "worker_ended", False),
    ],
)
def test_a_feed_that_no_process_could_read_is_told_and_read_more_slowly(
    error: IcewireError, code: str, counts: bool
) -> None:
    unread = unreadable(error, NOON)
    assert (unread.why.code, unread.weight > 0, unread.problem) == (code, counts, "failing")


def redirected(*hops: tuple[int, str]) -> Response:
    """An answer behind these redirects."""
    urls = [URL, *(url for _, url in hops)]
    meta = {"redirect_urls": urls[:-1], "redirect_reasons": [status for status, _ in hops]}
    return Response(urls[-1], request=Request(urls[-1], meta=meta if hops else {}))


NEW, NEWER = "https://ledger.example/rss", "https://feeds.example/ledger"


@pytest.mark.parametrize(
    ("hops", "target"),
    [
        ((), ""),
        (((301, NEW),), NEW),
        (((308, NEW), (301, NEWER)), NEWER),
        (((302, NEW),), ""),
        (((301, NEW), (302, NEWER)), NEW),
        (((302, NEW), (301, NEWER)), ""),
        (((301, NEW), (301, URL)), ""),
    ],
)
def test_only_an_unbroken_chain_of_permanent_redirects_is_remembered(
    hops: tuple[tuple[int, str], ...], target: str
) -> None:
    assert moved_to(redirected(*hops), feed()) == target


def test_where_a_feed_has_moved_to_stays_remembered_when_it_answers_there() -> None:
    assert moved_to(Response(NEW, request=Request(NEW)), feed(moved_to=NEW)) == NEW


def test_a_feed_is_asked_conditionally_and_now_and_then_in_full(now: datetime) -> None:
    known = feed(etag='"v1"', last_modified="Mon, 09 Mar 2026 11:00:00 GMT", full_at=now - timedelta(hours=1))
    assert validators(known, now) == {"If-None-Match": '"v1"', "If-Modified-Since": "Mon, 09 Mar 2026 11:00:00 GMT"}
    assert validators(known, now + timedelta(hours=12)) == {}
    assert validators(feed(etag='"v1"'), now) == {}


def test_a_304_is_not_believed_for_ever_of_a_feed_that_used_to_bring_something_each_hour(now: datetime) -> None:
    habit, hour = Habit.from_json({}), timedelta(hours=1)
    start = now - timedelta(days=5)
    for n in range(1, 121):
        habit = learn(habit, [start + n * hour], start + n * hour, start + (n - 1) * hour)
    busy = feed(etag='"v1"', habit=habit.to_json(), last_new_at=now - timedelta(hours=8), full_at=now - 3 * hour)
    calm = feed(etag='"v1"', habit=habit.to_json(), last_new_at=now - hour, full_at=now - 3 * hour)
    assert (validators(busy, now), validators(calm, now)) == ({}, {"If-None-Match": '"v1"'})


@pytest.mark.parametrize(
    ("status", "headers", "unchanged"),
    [
        (304, {"If-None-Match": '"v1"'}, True),
        (304, {"If-Modified-Since": "Mon, 09 Mar 2026 11:00:00 GMT"}, True),
        (304, {}, False),
        (200, {"If-None-Match": '"v1"'}, False),
    ],
)
def test_a_304_that_was_not_asked_for_is_no_reading(status: int, headers: dict[str, str], unchanged: bool) -> None:
    assert is_unchanged(Response(URL, status=status, request=Request(URL, headers=headers))) == unchanged


@pytest.mark.parametrize(
    ("status", "problem", "weight"),
    [
        (404, "failing", 1.0),
        (410, "failing", 1.0),
        (403, "blocked", 0.5),
        (451, "blocked", 0.5),
        (402, "paywalled", 0.5),
        (429, "blocked", 0.25),
        (304, "failing", 0.5),
        (500, "failing", 0.25),
        (503, "failing", 0.25),
        (400, "failing", 0.5),
    ],
)
def test_a_failure_weighs_as_much_as_it_is_likely_to_last(
    status: int, problem: str, weight: float, now: datetime
) -> None:
    unread = turned_away(answered(status=status), now)
    assert (unread.problem, unread.weight, in_words(unread.why)) == (problem, weight, f"answered {status}")


def test_a_time_without_a_zone_is_the_outlets_own(now: datetime) -> None:
    dated = "<item><link>https://ledger.example/a</link><pubDate>01 Feb 2026 20:45:00</pubDate></item>"
    read = to_read(answered(body=f"<rss><channel>{dated}</channel></rss>".encode()), feed(), SOURCE, now)()
    assert read.items[0].published_at == datetime(2026, 2, 2, 4, 45, tzinfo=UTC)


def test_a_bot_wall_in_place_of_a_feed_is_a_block(now: datetime) -> None:
    wall = b"<!doctype html><html><head><title>Just a moment...</title></head><body></body></html>"
    with pytest.raises(UnreadableFeed) as met:
        to_read(answered(body=wall, Content_Type="text/html"), feed(), SOURCE, now)()
    unread = unreadable(met.value, now)
    assert unread.problem == "blocked"
    assert "Just a moment" in in_words(unread.why)


async def collected(requests: AsyncIterator[Request]) -> list[Request]:
    return [request async for request in requests]


@pytest.mark.slow
def test_an_error_in_our_own_code_is_a_failure_of_that_feed(
    sqlite_engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    watchlist = watch(sqlite_engine)
    settings = CrawlSettings.model_construct(max_age_days=9e8)  # no calendar holds it
    feeds = assemble(sqlite_engine, settings, lambda: NOON, CrawlScope(), Tally()).feeds
    [due] = watchlist.due_feeds(NOON)
    response = Response(due.url, body=rss(("https://ledger.example/a", "A")).content)
    assert asyncio.run(collected(feeds.answered(response, due))) == []
    [health] = watchlist.health(NOON)
    assert health.state == "failing"
    assert in_words(health.why).startswith("icewire failed on it: OverflowError")
    assert watchlist.due_feeds(NOON) == []
    [logged] = caplog.records
    assert (logged.levelname, logged.getMessage()) == ("ERROR", "icewire failed on https://ledger.example/feed")
    assert logged.exc_info is not None
    assert logged.exc_info[0] is OverflowError
