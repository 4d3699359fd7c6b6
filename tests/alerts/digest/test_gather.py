"""How complete the reading was, as a digest tells it."""

from datetime import datetime

from sqlalchemy import Engine

from alerts.digest.compose import SourcesRead
from alerts.digest.gather import sources_read
from crawler.model import as_written
from tests.makers.making import HALF_HOURLY, outlet, watch


def test_a_source_is_read_when_one_of_its_feeds_is(sqlite_engine: Engine, now: datetime) -> None:
    watchlist = watch(sqlite_engine, outlet("ledger"), outlet("gazette"))
    watchlist.record_unchanged(1, now, HALF_HOURLY)
    watchlist.record_feed_failure(2, as_written("answered 404"), 1.0, now, HALF_HOURLY)
    assert sources_read(watchlist.health(now, watched_only=True)) == SourcesRead(2, (("The Gazette", "answered 404"),))
