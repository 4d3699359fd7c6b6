"""When we were cut off ourselves is remembered, and what was not read meanwhile is nobody's fault."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from crawler.model import because
from crawler.watch.outages import Outages
from tests.makers.making import HALF_HOURLY, watch

HOUR = timedelta(hours=1)


def test_one_outage_goes_on_until_somebody_answers(sqlite_engine: Engine, now: datetime) -> None:
    outages = Outages(sqlite_engine)
    assert outages.current() is None
    outages.begin(now)
    outages.begin(now + HOUR)
    current = outages.current()
    assert current
    assert current.began_at == now
    assert current.why == because("offline_since", at="2026-03-09 12:00 UTC")
    outages.end(now + 2 * HOUR)
    outages.end(now + 3 * HOUR)
    assert outages.current() is None
    [over] = outages.since(now)
    assert over.ended_at == now + 2 * HOUR
    assert outages.since(now + 2 * HOUR) == []
    outages.forget(now + 3 * HOUR)
    assert outages.last() is None


def test_a_weekend_offline_leaves_no_feed_overdue(sqlite_engine: Engine, now: datetime) -> None:
    watchlist = watch(sqlite_engine)
    watchlist.record_unchanged(1, now, HALF_HOURLY)
    monday = now + 60 * HOUR
    assert [h.state for h in watchlist.health(monday)] == ["overdue"]
    watchlist.outages.begin(now + HOUR)
    current = watchlist.outages.current()
    assert current
    assert current.began_at == now  # when somebody last answered
    assert [h.state for h in watchlist.health(monday)] == ["ok"]
    watchlist.outages.end(monday)
    assert [h.state for h in watchlist.health(monday + HOUR / 2)] == ["ok"]  # it will be read soon
    assert [h.state for h in watchlist.health(monday + 2 * HOUR)] == ["overdue"]
