"""A feed that shows ever new links: what is kept, what is left, and that an ordinary outlet loses nothing."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from alerts.locale import in_words
from crawler.feeds.feed import FeedItem
from crawler.model import Entry, Feed, Source, Why
from crawler.text.moments import Moment
from crawler.watch import Outcome, Troubles, Watchlist, examine
from crawler.watch.flood import ALWAYS, MOST_A_DAY, MOST_WAITING
from crawler.watch.readings import FeedAnswer
from tests.makers.making import HALF_HOURLY, outlet, watch

MINUTES = timedelta(minutes=12)
TAGGED = FeedAnswer(etag='"1"', last_modified="Mon, 02 Mar 2026 08:00:00 GMT")


def links(first: int, most: int, published: datetime | None = None, site: str = "ledger") -> list[FeedItem]:
    dated = Moment(published) if published else None
    return [
        FeedItem(url=f"https://{site}.example/{n}", title=f"Number {n}", published=dated)
        for n in range(first, first + most)
    ]


def read(engine: Engine, items: list[FeedItem], now: datetime, feed: int = 1) -> list[int]:
    oldest = now - timedelta(days=7)
    return Watchlist(engine).record_reading(
        feed, items, now, oldest, HALF_HOURLY, TAGGED, is_own=lambda url: "ledger" in url
    )


def watched(engine: Engine, feeds: int = 1) -> None:
    known = [{"kind": "rss", "url": f"https://ledger.example/feed{n}"} for n in range(feeds)]
    watch(engine, outlet("ledger", feeds=known), outlet("paper"))


def states(engine: Engine) -> dict[str, int]:
    with Session(engine) as session:
        return dict(session.exec(select(Entry.state, func.count()).group_by(Entry.state)).all())


def feed_of(engine: Engine, number: int = 1) -> Feed:
    with Session(engine) as session:
        return session.get_one(Feed, number)


@pytest.mark.slow
def test_a_news_sitemap_of_a_thousand_is_kept_whole(engine: Engine, now: datetime) -> None:
    watched(engine)
    assert len(read(engine, links(0, 1000, now), now)) == 1000
    assert (feed_of(engine).left_at, feed_of(engine).etag) == (None, '"1"')
    assert [f.kind for f in found(engine, now)] == []


@pytest.mark.slow
def test_what_there_was_no_room_for_is_kept_when_there_is(engine: Engine, now: datetime) -> None:
    """Two sections of a large outlet, after a week: nothing is lost."""
    watched(engine, feeds=2)
    watchlist, seen = Watchlist(engine), set[int]()
    for hour in (0, 1, 24):
        for feed in (1, 2):
            fresh = read(engine, links(2000 * feed, 1900, now), now + timedelta(hours=hour), feed)
            seen.update(fresh)
            watchlist.record_outcome(fresh, Outcome("off_topic"))
    assert (len(seen), states(engine)) == (3800, {"off_topic": 3800})


@pytest.mark.slow
def test_240_000_links_a_day_are_a_few_thousand_rows_and_never_more_wait(engine: Engine, now: datetime) -> None:
    watched(engine)
    for reading in range(6):  # of 120 in a day
        read(engine, links(2000 * reading, 2000), now + reading * MINUTES)
        assert states(engine)["new"] <= MOST_WAITING
    assert states(engine) == {"new": MOST_WAITING, "refused": 5 * ALWAYS}
    with Session(engine) as session:
        newest = session.exec(select(Entry.url).where(Entry.state == "new").order_by(col(Entry.id).desc())).first()
        oldest = session.exec(select(Entry).where(Entry.state == "refused").order_by(col(Entry.id))).first()
    assert newest == f"https://ledger.example/{5 * 2000 + ALWAYS - 1}"
    assert oldest is not None
    assert oldest.url == "https://ledger.example/0"
    assert "newer links of its outlet" in in_words(Why(oldest.reason, oldest.reason_args))


@pytest.mark.slow
def test_pages_that_are_read_at_once_grow_nothing_either(engine: Engine, now: datetime) -> None:
    watched(engine)
    watchlist = Watchlist(engine)
    for reading in range(20):
        watchlist.record_outcome(
            read(engine, links(2000 * reading, 2000), now + reading * MINUTES), Outcome("off_topic")
        )
    assert sum(states(engine).values()) <= MOST_A_DAY + 20 * ALWAYS


@pytest.mark.slow
def test_of_too_many_the_newest_of_its_own_are_kept(engine: Engine, now: datetime) -> None:
    watched(engine)
    others = links(5000, 1000, now, site="elsewhere")
    fresh = read(engine, [*others, *links(0, 1400, now - timedelta(hours=9)), *links(2000, 5, now)], now)
    kept = Watchlist(engine).addresses(fresh)
    assert len(kept) == MOST_WAITING
    assert sum("elsewhere" in url for url in kept.values()) == MOST_WAITING - 1405
    assert feed_of(engine).left == 905


@pytest.mark.slow
def test_pages_that_get_new_headlines_at_each_reading_are_a_flood_too(engine: Engine, now: datetime) -> None:
    watched(engine)
    fresh = read(engine, links(0, 1400, now), now)
    Watchlist(engine).record_outcome(fresh, Outcome("fetched"))
    read(engine, links(2000, 1450, now), now + MINUTES)
    renamed = [FeedItem(url=item.url, title=f"{item.title} again") for item in links(0, 1400)]
    assert len(read(engine, renamed, now + 2 * MINUTES)) == MOST_WAITING - 1450
    assert feed_of(engine).left == 1400 - (MOST_WAITING - 1450)


@pytest.mark.slow
def test_another_outlet_is_not_concerned(engine: Engine, now: datetime) -> None:
    watched(engine)
    read(engine, links(0, 2000), now)
    assert len(read(engine, links(0, 200, site="paper"), now, feed=2)) == 200


def found(engine: Engine, now: datetime):  # type: ignore[no-untyped-def]
    return [f for record in Troubles(engine).records(now) for f in examine(record).findings]


@pytest.mark.slow
def test_a_flood_is_a_trouble_until_it_is_over_for_hours(engine: Engine, now: datetime) -> None:
    watched(engine)
    troubles = Troubles(engine)
    for n in range(3):
        read(engine, links(4000 * n, 2000), now + n * MINUTES)
    [flood] = found(engine, now + 3 * MINUTES)
    assert (flood.source_id, flood.kind, flood.since) == ("ledger", "flood", now)
    said = in_words(flood.why)
    assert said.startswith("shows more new links than one outlet has room for: of the last reading 1,975 were left out")
    troubles.record(map(examine, troubles.records(now)), now)
    assert [(source.name, why) for source, why in troubles.floods()] == [(name_of(engine), flood.why)]
    status = feed_of(engine)
    assert "1,975 new links beyond the room of one outlet left out" in in_words(Why(status.status, status.status_args))
    assert (status.etag, status.last_modified) == ("", "")
    later = now + timedelta(hours=7)
    read(engine, links(0, 3), later)
    assert found(engine, later) == []
    troubles.record(map(examine, troubles.records(later)), later)
    assert troubles.floods() == []


def name_of(engine: Engine) -> str:
    with Session(engine) as session:
        return session.get_one(Source, "ledger").name
