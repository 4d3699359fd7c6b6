"""A clock runs ahead by minutes, days or years and is set right: whatever it left in the tables waits for nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from alerts.digest.compose import SourcesRead
from alerts.digest.queue import queue_due_digests
from alerts.mail.deliveries import LONGEST_WAIT, Deliveries
from alerts.mail.handing import RETRY_AFTER
from alerts.mail.leases import Leases, LeaseTimes
from crawler.manners.hosts import Hosts, host_name
from crawler.manners.robots import Robots
from crawler.manners.waits import ASKED_TO_WAIT, HostPaused
from crawler.model import Why, because
from crawler.model.story import Feed, Outage, Story
from crawler.spiders.feed_answers import validators
from crawler.store.recheck import LONGEST_LOOK, next_recheck
from crawler.store.store import Store
from crawler.watch.outcome import LONGEST_RETRY, Outcome, next_look
from crawler.watch.polling import HURRY, Habit, Limits, next_reading
from tests.makers.mailing import after_a_crash, claim, join, letter, meet, morning_after, post_of
from tests.makers.making import HALF_HOURLY, article, item, keep, see, watch

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AHEAD = 30 * DAY
OFTEN = Limits(12 * MINUTE, 4 * HOUR)

far = pytest.mark.parametrize("ahead", [3 * HOUR, 3 * DAY, 30 * DAY, 3650 * DAY], ids=str)


@far
def test_a_feed_that_was_read_or_failed_ahead_is_read_now_and_then_at_its_own_pace(
    engine: Engine, now: datetime, ahead: timedelta
) -> None:
    watchlist = watch(engine)
    see(watchlist, now=now + ahead)
    assert len(watchlist.due_feeds(now)) == 1
    watchlist.record_feed_failure(1, because("ok"), 1.0, now + ahead, HALF_HOURLY, again=now + ahead + DAY)
    assert len(watchlist.due_feeds(now)) == 1
    watchlist.record_unchanged(1, now, HALF_HOURLY)
    assert watchlist.due_feeds(now + MINUTE) == []
    assert len(watchlist.due_feeds(now + HOUR)) == 1


def test_a_feed_is_in_a_hurry_for_some_hours_and_not_for_the_length_of_a_leap(now: datetime) -> None:
    calm = next_reading(Habit(), now, OFTEN)
    assert next_reading(Habit(), now, OFTEN, hurry_until=now + AHEAD) == calm
    assert next_reading(Habit(), now, OFTEN, hurry_until=now + HOUR) < calm


def test_a_full_reading_ahead_is_no_reason_to_believe_a_304_until_then(now: datetime) -> None:
    feed = Feed(source_id="ledger", url="https://ledger.example/feed", etag='"1"', full_at=now + AHEAD)
    assert validators(feed, now) == {}
    assert validators(feed.model_copy(update={"full_at": now - HOUR}), now) == {"If-None-Match": '"1"'}


def test_an_entry_that_failed_ahead_is_tried_now(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    [entry] = see(watchlist, item("raid"), now=now)
    for state in ("failed", "off_topic"):
        watchlist.record_outcome([entry.id or 0], Outcome(state, because("ok"), now + 10 * DAY))
        assert watchlist.due_entries(now) == [(1, entry.id)]
        assert len(watchlist.entries_for([entry.id or 0], now)) == 1
        watchlist.record_outcome([entry.id or 0], Outcome(state, because("ok"), now + HOUR))
        assert (watchlist.due_entries(now), watchlist.entries_for([entry.id or 0], now)) == ([], [])


def test_a_page_that_was_seen_ahead_is_not_looked_at_hourly_until_then(now: datetime) -> None:
    assert next_look(None, now + AHEAD, now) is None
    assert next_look(None, now, now) == now + HOUR


@far
def test_a_host_that_was_left_alone_ahead_is_asked_now(engine: Engine, now: datetime, ahead: timedelta) -> None:
    time = [now + ahead]
    hosts = Hosts(engine, lambda: time[0])
    hosts.pause("https://ledger.example/", time[0] + HOUR, ASKED_TO_WAIT)
    with pytest.raises(HostPaused):
        hosts.check("https://ledger.example/")
    time[0] = now
    if ahead > DAY:  # else it may be what the host has asked for
        hosts.check("https://ledger.example/")
        assert Hosts(engine, lambda: now).paused == {}


def test_a_robots_txt_that_was_read_ahead_is_asked_for_anew(engine: Engine, now: datetime) -> None:
    time, name = [now + AHEAD], host_name("https://ledger.example/")
    hosts = Hosts(engine, lambda: time[0])
    hosts.remember(name, Robots.read(200, b"User-agent: *\nDisallow: /private", time[0]))
    assert hosts.fresh_robots(name) is not None
    time[0] = now
    assert hosts.fresh_robots(name) is None
    assert Hosts(engine, lambda: now).fresh_robots(name) is None


def test_an_article_is_looked_at_again_now_whose_look_was_planned_ahead(engine: Engine, now: datetime) -> None:
    watch(engine)
    keep(engine, article(fetched_at=now + AHEAD, published_at=now + AHEAD), now=now + AHEAD)
    store = Store(engine)
    assert len(store.due_rechecks(now, 10)) == 1
    store.record_recheck(1, now)
    assert store.due_rechecks(now, 10) == []
    assert len(store.due_rechecks(now + 2 * HOUR, 10)) == 1


def test_a_development_counts_after_one_that_was_found_ahead(engine: Engine, now: datetime) -> None:
    watch(engine)
    keep(engine, article("one", title="ICE arrests two bakers in Waltham"), now=now)
    text = "A federal judge in Boston on Friday ordered that two bakers arrested by ICE in Waltham be released on bond."
    bond = article("two", title="Judge orders two bakers released on bond", text=text, published_at=now + HOUR)
    keep(engine, bond, story=1, now=now + AHEAD)
    later = "Two Waltham bakers were deported to Guatemala on Sunday, their lawyer said, after an appeal was denied."
    deported = article("three", title="Two Waltham bakers deported", text=later, published_at=now + 2 * HOUR)
    keep(engine, deported, story=1, now=now + 3 * HOUR)
    with Session(engine) as session:
        story = session.get_one(Story, 1)
    assert story.development == "Two Waltham bakers deported"
    assert story.developed_at is not None
    assert story.developed_at > now + AHEAD


def test_an_outage_that_ended_ahead_excuses_nobody_for_longer(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    watchlist.record_unchanged(1, now, HALF_HOURLY)
    with Session(engine) as session:
        session.add(Outage(began_at=now + MINUTE, ended_at=now + AHEAD))
        session.commit()
    assert [h.state for h in watchlist.health(now + 3 * DAY)] == ["overdue"]
    watchlist.outages.begin(now + HOUR)
    assert watchlist.outages.current() is not None
    watchlist.outages.end(now + 2 * HOUR)
    watchlist.outages.begin(now + 3 * HOUR)
    assert watchlist.outages.current() is not None  # though the newest that is over began earlier


def test_a_mail_that_was_queued_deferred_or_begun_ahead_leaves_now(engine: Engine, now: datetime) -> None:
    watch(engine)
    post = post_of(engine)
    join(post, now)
    deliveries = post.deliveries
    deliveries.queue(letter("a"), 1, now + HOUR)  # an hour ahead, and never tried
    claimed = claim(deliveries, now)
    assert claimed is not None
    deliveries.record_unsent(claimed, Why(), now + AHEAD + HOUR)
    again = claim(deliveries, now + MINUTE)
    assert again is not None
    deliveries.record_unsent(again, Why(), now + HOUR)
    assert claim(deliveries, now + 2 * MINUTE) is None
    assert claim(deliveries, now + AHEAD) is not None  # and its sender dies
    assert after_a_crash(deliveries, now + HOUR) == 1
    assert claim(deliveries, now + HOUR) is not None


@pytest.mark.parametrize("leap", [AHEAD, -AHEAD, 3650 * DAY, HOUR], ids=str)
def test_a_lease_is_over_by_no_leap_of_a_clock(engine: Engine, now: datetime, leap: timedelta) -> None:
    watch(engine)
    post = post_of(engine)
    join(post, now)
    steady = [0.0]
    deliveries = Deliveries(engine, Leases(engine, LeaseTimes(beat=1000, over=180), lambda: steady[0]))
    deliveries.queue(letter("a"), 1, now)
    assert claim(deliveries, now) is not None
    for passed in (0, 50, 100, 150):
        steady[0] = passed
        assert deliveries.reclaim(now + leap) == 0
    steady[0] = 200
    assert deliveries.reclaim(now - leap) == 1  # its holder never counted on
    assert claim(deliveries, now - leap) is not None


def test_what_was_found_ahead_is_in_the_next_digest(engine: Engine, now: datetime) -> None:
    watch(engine)
    post = post_of(engine)
    join(post, now)
    meet(post, now + AHEAD)
    assert len(post.matches.pending_matches([1], now, now)) == 1
    assert queue_due_digests(post, SourcesRead(1), morning_after(now)) == 1
    assert post.matches.pending_matches([1], now + 2 * AHEAD) == []


def test_no_wait_that_is_planned_is_longer_than_the_longest() -> None:
    assert max(RETRY_AFTER) <= LONGEST_WAIT
    assert 2 * DAY <= LONGEST_RETRY  # next_look() doubles what is at most a day
    day = datetime.fromisoformat("2026-03-09T12:00+00:00")
    looks: list[Callable[[], datetime | None]] = [
        lambda n=n, changed=changed: next_recheck(day, day + n * HOUR, 1, changed)  # type: ignore[misc]
        for n in range(400)
        for changed in (True, False)
    ]
    waits = [at - (day + n // 2 * HOUR) for n, look in enumerate(looks) if (at := look())]
    assert max(waits) <= LONGEST_LOOK


def test_all_feeds_of_a_database_are_read_though_the_clock_was_a_month_ahead(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    see(watchlist, now=now)
    assert watchlist.due_feeds(now) == []
    with Session(engine) as session:  # as an older icewire left it
        feed = session.exec(select(Feed)).one()
        feed.next_attempt_at = now + AHEAD
        session.add(feed)
        session.commit()
    assert len(watchlist.due_feeds(now)) == 1


@pytest.mark.parametrize("read", [MINUTE, 2 * HOUR, DAY])
def test_a_story_hurries_feeds_however_long_ago_they_were_read(engine: Engine, now: datetime, read: timedelta) -> None:
    watchlist, slow = watch(engine), Limits(MINUTE, 4 * DAY)
    watchlist.record_unchanged(1, now - read, slow)
    with Session(engine) as session:
        session.exec(select(Feed)).one().next_attempt_at = now + DAY
        session.commit()
    watchlist.hurry("ledger", [], now, now + HURRY, slow)
    assert len(watchlist.due_feeds(now + MINUTE)) == 1
