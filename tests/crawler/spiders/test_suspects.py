"""What a crawl stood still at is left alone for a while by the next one."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from crawler.model.story import Entry, Feed
from crawler.settings import CrawlSettings
from crawler.spiders.context import CrawlScope, Records, Tally
from crawler.spiders.crawl import assemble
from crawler.spiders.suspects import at_feed, at_page, back_off_from
from tests.makers.making import NOON, item, see, watch


@pytest.fixture
def records(sqlite_engine: Engine) -> Records:
    see(watch(sqlite_engine), item("one"), item("two"))
    return assemble(sqlite_engine, CrawlSettings(workers=0), lambda: NOON, CrawlScope(), Tally()).records


def test_a_feed_backs_off_and_its_list_says_why(records: Records, sqlite_engine: Engine) -> None:
    back_off_from(records, at_feed(1))
    with Session(sqlite_engine) as session:
        feed = session.get_one(Feed, 1)
    assert (feed.status, feed.failures > 0) == ("held_up_the_crawl", True)
    assert list(records.watchlist.due_feeds(NOON)) == []


def test_a_page_is_tried_again_later_and_given_up_in_the_end(records: Records, sqlite_engine: Engine) -> None:
    for _ in range(10):
        back_off_from(records, at_page([1], None))
    with Session(sqlite_engine) as session:
        first, second = session.exec(select(Entry).order_by(Entry.id)).all()  # type: ignore[arg-type]
    assert (first.state, first.reason) == ("refused", "given_up")
    assert (second.state, second.retry_at) == ("new", None)


@pytest.mark.parametrize("at", ["", "feed 99", "feed x", "entries", "entries 99", "article 99", "what 1"])
def test_of_what_is_gone_or_no_mark_nothing_comes(records: Records, at: str) -> None:
    back_off_from(records, at)
    assert len(list(records.watchlist.due_entries(NOON + timedelta(hours=1)))) == 2


def test_a_mark_names_what_is_asked_for() -> None:
    assert [at_feed(7), at_page([1, 2], 3), at_page([], 3), at_page([], None)] == [
        "feed 7", "entries 1 2", "article 3", ""
    ]  # fmt: skip
