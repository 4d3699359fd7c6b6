"""The outlets: how they stand in a reader's words, what they brought, and where none is."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette

from alerts.web.sources.outlets import by_state, outlets_of
from alerts.web.sources.pages import Sources
from crawler.model import Feed, Source, as_written
from crawler.places import all_counties, shipped
from crawler.store import OutletFigures, Store, outlet_figures
from crawler.watch import Coverage, FeedHealth, Watchlist
from tests.makers.browsing import ask
from tests.makers.making import HALF_HOURLY, NOON, article, keep, outlet, watch

MINUTE = timedelta(minutes=1)


def health(
    source: str = "ledger", state: str = "MA", read: bool = True, failures: float = 0.0, **feed: Any
) -> FeedHealth:
    at = NOON - MINUTE if read else None
    home = Source(id=source, name=source.title(), homepage=f"https://{source}.example", state=state)
    return FeedHealth(
        home, Feed(source_id=source, url="https://x.example", last_success_at=at, failures=failures, **feed), 0, NOON
    )


@pytest.mark.parametrize(
    ("feeds", "standing"),
    [
        ([health()], "read"),
        ([health(failures=3), health()], "read"),
        ([health(failures=3), health(read=False)], "unread"),
        ([health(read=False)], "unseen"),
        ([health(newest_at=NOON - timedelta(days=60))], "quiet"),
        ([health(pages="blocked")], "closed"),
        ([health(pages="paywalled")], "quiet"),
        ([health(problem="blocked", failures=2)], "unread"),
    ],
)
def test_an_outlet_stands_as_its_best_feed_does(feeds: list[FeedHealth], standing: str) -> None:
    [watched] = outlets_of(feeds, {})
    assert watched.standing == standing


def test_each_state_is_told_in_figures_and_what_is_nationwide_first() -> None:
    outlets = outlets_of(
        [health(), health("sun", failures=2), health("wire", state="")],
        {"sun": OutletFigures(3), "wire": OutletFigures(1)},
    )
    counties = [county for county in all_counties(shipped()) if county.state in ("MA", "NH")]
    lines = by_state(outlets, counties, Coverage(frozenset({("essex county", "MA")}), {}))
    told = [(line.code, line.outlets, line.unread, line.stories, line.counties, line.uncovered) for line in lines]
    assert told == [("US", 1, 0, 1, 0, 0), ("MA", 2, 1, 3, 14, 13), ("NH", 0, 0, 0, 10, 10)]


def test_what_an_outlet_brought_is_counted_from_what_is_stored(engine: Engine) -> None:
    watch(engine, outlet("ledger"), outlet("gazette"))
    keep(engine, article(published_at=NOON - 30 * MINUTE, fetched_at=NOON))
    figures = outlet_figures(engine, NOON - timedelta(days=1))
    assert figures == {"ledger": OutletFigures(1, 1, 30 * MINUTE)}
    assert outlet_figures(engine, NOON + timedelta(days=1)) == {}


@pytest.fixture
def app(sqlite_engine: Engine, now: datetime) -> Starlette:
    watchlist = watch(sqlite_engine, outlet("ledger"), outlet("gazette", state="NH"))
    watchlist.record_feed_failure(2, as_written("answered 503 <b>"), 0.25, now, HALF_HOURLY)
    keep(sqlite_engine, article())
    store = Store(sqlite_engine)
    return Starlette(routes=Sources(store, watchlist, lambda: now, timezone="America/New_York").routes())


def test_the_page_of_all_tells_each_state(app: Starlette) -> None:
    status, _, body = ask(app, "/sources")
    assert status == 200
    assert 'href="/sources/state/ma"' in body
    told = json.loads(ask(app, "/sources.json")[2])
    assert {o["id"]: o["standing"] for o in told["outlets"]} == {"ledger": "unseen", "gazette": "unread"}
    assert told["offline_since"] is None


def test_a_failing_outlet_says_why_in_words(app: Starlette) -> None:
    for path in ("/sources/state/nh", "/sources/gazette"):
        status, _, body = ask(app, path)
        assert status == 200
        assert "cannot be read:" in body
        assert "answered 503 &lt;b&gt;" in body
    assert "Hillsborough County" in ask(app, "/sources/state/nh")[2]
    assert "No outlet is watched here." in ask(app, "/sources/state/us")[2]


def test_an_outlet_shows_its_newest_stories(app: Starlette) -> None:
    assert "ICE detains two near Waltham courthouse" in ask(app, "/sources/ledger")[2]
    assert json.loads(ask(app, "/sources/ledger.json")[2])["stories_newest"] == [1]


def test_what_is_not_there_is_not_found(app: Starlette) -> None:
    for path in ("/sources/nobody", "/sources/nobody.json", "/sources/state/zz", "/sources/%00"):
        assert ask(app, path)[0] == 404


def test_an_outage_of_our_own_is_told_as_that(sqlite_engine: Engine, now: datetime) -> None:
    watchlist = Watchlist(sqlite_engine)
    watchlist.outages.begin(now - timedelta(hours=2))
    app = Starlette(routes=Sources(Store(sqlite_engine), watchlist, lambda: now).routes())
    body = ask(app, "/sources")[2]
    assert "held against no outlet" in body
    assert json.loads(ask(app, "/sources.json")[2])["offline_since"]
