"""What is due, by the site at which it is read."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from crawler.feeds.items import FeedItem
from crawler.store.store import Store
from crawler.watch.due import MOST_FOREIGN_SITES, DueSite, site_of_page
from crawler.watch.outcome import Outcome
from crawler.watch.watchlist import Watchlist
from scheduler.jobs import sites_to_read
from tests.makers.making import article, keep, outlet, see, watch

HOUR = timedelta(hours=1)


def item(url: str) -> FeedItem:
    return FeedItem(url=url, title="News of the day")


def seen(watchlist: Watchlist, now: datetime, *urls: str) -> list[int]:
    """The ids of the entries, once the feed has shown these links."""
    return [entry.id or 0 for entry in see(watchlist, *map(item, urls), now=now)]


def due(watchlist: Watchlist, now: datetime, *states: str) -> list[DueSite]:
    return sites_to_read(watchlist, Store(watchlist.engine), states, now)


def test_feeds_and_pages_count_at_the_site_where_they_are_asked_for(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine, outlet("ledger"), outlet("gazette"))
    assert due(watchlist, now) == [("gazette.example", 1, 0), ("ledger.example", 1, 0)]
    see(watchlist, item("https://www.ledger.example/a"), item("https://news.ledger.example/b"), now=now)
    assert due(watchlist, now) == [("gazette.example", 1, 0), ("ledger.example", 0, 2)]
    assert due(watchlist, now + HOUR) == [("ledger.example", 1, 2), ("gazette.example", 1, 0)]


def test_each_site_is_given_what_is_due_there_and_nothing_else(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine, outlet("ledger"), outlet("gazette"))
    own, elsewhere = seen(watchlist, now, "https://www.ledger.example/a", "https://notledger.example/a")
    assert [e for _, e in watchlist.due_entries(now, site="ledger.example")] == [own]
    assert [e for _, e in watchlist.due_entries(now, site="notledger.example")] == [elsewhere]
    assert watchlist.due_entries(now, site="example") == []
    later = now + HOUR
    assert [f.source_id for f in watchlist.due_feeds(later, site="ledger.example")] == ["ledger"]
    assert watchlist.due_feeds(later, site="notledger.example") == []


def test_all_entries_of_one_page_are_of_one_site(now: datetime) -> None:
    page = "https://paper.example/news/a"
    wrapped = f"https://www.google.com/url?sa=t&url={page}&usg=x"
    assert site_of_page(page) == site_of_page(wrapped) == "paper.example"


def test_what_nobody_can_be_asked_for_is_of_one_site_too(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    (broken,) = seen(watchlist, now, "http://[broken/a")
    assert due(watchlist, now) == [("nowhere", 0, 1)]
    assert [e for _, e in watchlist.due_entries(now, site="nowhere")] == [broken]


def test_a_retry_is_due_when_its_time_has_come(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    watchlist.record_outcome(
        seen(watchlist, now, "https://ledger.example/a"), Outcome("failed", retry_at=now + timedelta(minutes=5))
    )
    assert due(watchlist, now) == []
    assert due(watchlist, now + HOUR) == [("ledger.example", 1, 1)]


def test_stored_articles_are_looked_at_again_where_they_stand(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    see(watchlist, now=now)
    keep(engine, article(), now=now)
    assert due(watchlist, now + 3 * HOUR) == [("ledger.example", 1, 1)]
    looks = Store(engine).due_rechecks(now + 3 * HOUR, 9, site="ledger.example")
    assert len(looks) == 1
    assert Store(engine).due_rechecks(now + 3 * HOUR, 9, site="gazette.example") == []


def test_a_list_of_many_hosts_holds_up_nobody(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine, outlet("ledger"), outlet("victim"))
    see(watchlist, *(item(f"https://host-{n}.example/a") for n in range(20)), now=now - HOUR * 12)
    found = due(watchlist, now)
    assert {one.name for one in found[:2]} == {"ledger.example", "victim.example"}
    assert len(found) == 2 + MOST_FOREIGN_SITES


def test_only_the_states_that_are_read_are_due(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine, outlet("ledger", "MA"), outlet("granite", "NH"))
    assert due(watchlist, now, "NH") == [("granite.example", 1, 0)]
