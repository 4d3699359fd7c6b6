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


def test_a_source_whose_pages_turn_us_away_was_not_read(sqlite_engine: Engine, now: datetime) -> None:
    watchlist = watch(sqlite_engine, outlet("ledger"), outlet("gazette"))
    for feed_id in (1, 2):
        watchlist.record_unchanged(feed_id, now, HALF_HOURLY)
    watchlist.note_pages(2, "blocked", sampled=True)
    told = sources_read(watchlist.health(now, watched_only=True))
    assert told.unread == (("The Gazette", "the feed can be read, its pages turn us away"),)
    assert told.line == "1 of 2 sources were read, 1 could not be read."
