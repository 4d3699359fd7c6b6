"""How complete the reading was, as a digest tells it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from alerts.digest.compose import SourcesRead, compose
from alerts.digest.gather import sources_read, wanted_now
from alerts.mail.message import Envelope
from alerts.people.subscriber import Subscriber, Subscription
from alerts.settings import MailSettings
from crawler.model import as_written, because
from tests.makers.mailing import digest_message
from tests.makers.making import HALF_HOURLY, outlet, watch


def test_a_source_is_read_when_one_of_its_feeds_is(sqlite_engine: Engine, now: datetime) -> None:
    watchlist = watch(sqlite_engine, outlet("ledger"), outlet("gazette"))
    watchlist.record_unchanged(1, now, HALF_HOURLY)
    watchlist.record_feed_failure(2, as_written("answered 404"), 1.0, now, HALF_HOURLY)
    assert sources_read(watchlist.health(now, watched_only=True)) == SourcesRead(
        2, (("The Gazette", as_written("answered 404")),)
    )


def test_a_source_whose_pages_turn_us_away_was_not_read(sqlite_engine: Engine, now: datetime) -> None:
    watchlist = watch(sqlite_engine, outlet("ledger"), outlet("gazette"))
    for feed_id in (1, 2):
        watchlist.record_unchanged(feed_id, now, HALF_HOURLY)
    watchlist.note_pages(2, "blocked", sampled=True)
    told = sources_read(watchlist.health(now, watched_only=True))
    assert told.unread == (("The Gazette", because("pages_blocked")),)
    assert told.line() == "1 of 2 sources were read. 1 could not be read."


HOUR = timedelta(hours=1)


def footer(sources: SourcesRead, now: datetime) -> str:
    """The mail's text."""
    digest = compose(now.date(), "America/New_York", ["waltham"], [], sources, now)
    envelope = Envelope("reader@example.org", "<1@icewire.example>", now, "https://icewire.example/unsubscribe/x")
    body = digest_message(digest, envelope, MailSettings()).get_body(("plain",))
    assert body
    return " ".join(body.get_content().split())


def test_our_own_outage_is_told_once_and_of_no_source(sqlite_engine: Engine, now: datetime) -> None:
    watchlist = watch(sqlite_engine, outlet("ledger"), outlet("gazette"))
    for feed in (1, 2):
        watchlist.record_unchanged(feed, now, HALF_HOURLY)
    watchlist.outages.begin(now)
    later = now + 50 * HOUR
    sources = sources_read(watchlist.health(later, watched_only=True), watchlist.outages.since(now))
    assert sources == SourcesRead(2, offline=((now, None),))
    said = footer(sources, later)
    assert "icewire is offline: what was published since is still to be read." in said
    assert said.count("icewire itself has been offline since Mon, Mar 9, 8:00 AM.") == 1
    watchlist.outages.end(later)
    sources = sources_read(watchlist.health(later + HOUR / 2, watched_only=True), watchlist.outages.since(now))
    said = footer(sources, later)
    assert "All 2 sources were read." in said
    assert said.count("icewire itself was offline from Mon, Mar 9, 8:00 AM to Wed, Mar 11, 10:00 AM.") == 1
    assert "Could not be read" not in said


def test_an_outage_that_was_soon_over_is_not_told(sqlite_engine: Engine, now: datetime) -> None:
    watchlist = watch(sqlite_engine)
    watchlist.outages.begin(now)
    watchlist.outages.end(now + HOUR / 2)
    assert sources_read([], watchlist.outages.since(now)).offline == ()


def test_what_one_would_get_now_is_what_comes_by_mail_and_a_weekly_search_only_on_its_day(now: datetime) -> None:
    person = Subscriber(id=1, email="a@example.org", timezone="UTC", digest_at="07:00", weekday=0, created_at=now)
    kinds: list[dict[str, Any]] = [{}, {"cadence": "weekly"}, {"channel_id": 1}, {"asked_at": now}]
    by_mail, weekly, posted, asked = (
        Subscription(id=n, subscriber_id=1, query="raid", created_at=now, **facts) for n, facts in enumerate(kinds, 1)
    )
    monday = now.replace(day=9)
    wanted = wanted_now(person, [by_mail, weekly, posted, asked], monday)
    assert ([one.id for one in wanted.subscriptions], wanted.held) == ([1, 2], frozenset())
    assert wanted_now(person, [by_mail, weekly], monday + timedelta(days=1)).held == {2}
