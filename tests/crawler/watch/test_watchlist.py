"""Sources, feeds and entries: what is read next, and what is never lost."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from alerts.locale import in_words
from crawler.extract.article import Hint
from crawler.model import Why, as_written
from crawler.model.story import Feed
from crawler.places.place import Place
from crawler.spiders.desk import hint_of
from crawler.store.store import Store
from crawler.text.moments import Moment
from crawler.watch.outcome import MOST_ATTEMPTS, Outcome
from crawler.watch.polling import Limits
from crawler.watch.readings import FeedAnswer
from crawler.watch.watchlist import Watchlist
from tests.makers.making import HALF_HOURLY, NOON, article, item, keep, outlet, see, watch


def entry_states(watchlist: Watchlist) -> dict[str, int]:
    return watchlist.counts()


def test_a_new_feed_is_due_at_once_and_again_after_its_interval(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    assert [f.url for f in watchlist.due_feeds(now)] == ["https://ledger.example/feed"]
    see(watchlist, now=now)
    assert watchlist.due_feeds(now) == []
    assert len(watchlist.due_feeds(now + timedelta(minutes=45))) == 1
    assert len(watchlist.due_feeds(now, everything=True)) == 1


def test_states_narrow_what_is_read_but_nationwide_outlets_stay(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine, outlet("ledger", "MA"), outlet("granite", "NH"), outlet("nation", ""))
    assert {f.source_id for f in watchlist.due_feeds(now, ["MA"])} == {"ledger", "nation"}


def test_an_outlet_that_a_person_switched_off_is_never_read(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine, outlet(enabled=False, reason="asked us to stop"))
    assert watchlist.due_feeds(now, everything=True) == []


def test_what_the_registry_no_longer_lists_stays_known_and_is_not_read(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine, outlet("ledger"), outlet("gazette"))
    watchlist.sync([outlet("gazette")])
    assert [f.source_id for f in watchlist.due_feeds(now)] == ["gazette"]
    assert {h.source.id: h.state for h in watchlist.health(now)} == {"gazette": "not read yet", "ledger": "off"}


def test_syncing_again_keeps_what_the_program_remembers(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    watchlist.record_reading(1, [item("a")], now, now, HALF_HOURLY, FeedAnswer(etag='"v1"'))
    watchlist.sync([outlet(name="The Waltham Ledger")])
    [health] = watchlist.health(now)
    assert (health.feed.etag, health.source.name, health.entries) == ('"v1"', "The Waltham Ledger", 1)


def test_each_link_becomes_an_entry_once(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    assert len(see(watchlist, item("a"), item("b"))) == 2
    assert len(see(watchlist, item("b"), item("c"))) == 1
    assert entry_states(watchlist) == {"new": 3}


def test_an_entry_that_is_too_old_is_refused_with_its_reason(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    assert see(watchlist, item("a", published_at=now - timedelta(days=40))) == []
    [(entry, _)] = watchlist.entries_at("https://ledger.example/a")
    assert entry.state == "refused"
    assert "2026-01-28" in in_words(Why(entry.reason, entry.reason_args))


def test_a_day_is_too_old_only_when_it_is_over_everywhere(engine: Engine) -> None:
    watchlist, day = watch(engine), Moment(datetime(2026, 3, 2, 12, tzinfo=UTC), "day")
    over = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)  # seven days after its midnight in American Samoa
    assert len(see(watchlist, item("a", published=day), item("b", updated=day), now=over)) == 2
    assert see(watchlist, item("c", published=day), item("d", updated=day), now=over + timedelta(minutes=1)) == []


def test_a_day_that_a_feed_says_is_kept_as_one(engine: Engine) -> None:
    watchlist, morning = watch(engine), datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
    [entry] = see(watchlist, item("a", published=Moment(NOON, "day")), now=morning)
    assert hint_of(entry) == Hint("a", Moment(NOON, "day"))
    with Session(engine) as session:
        assert session.get_one(Feed, 1).newest_at == morning


def test_a_changed_day_is_a_change_and_the_same_day_none(engine: Engine, now: datetime) -> None:
    watchlist, midnight = watch(engine), NOON.replace(hour=0)  # as an older icewire kept a day
    [entry] = see(watchlist, item("a", updated_at=midnight))
    watchlist.record_outcome([entry.id or 0], Outcome("fetched"))
    assert see(watchlist, item("a", updated=Moment(NOON, "day"))) == []
    assert len(see(watchlist, item("a", updated=Moment(NOON + timedelta(days=1), "day")))) == 1


def test_entries_left_over_by_a_crash_are_due_again(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    see(watchlist, item("a"))
    again = Watchlist(engine)
    assert [e.url for _, i in again.due_entries(now) for [e] in again.entries_for([i])] == ["https://ledger.example/a"]


def test_a_failed_page_is_due_when_its_time_comes(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    [entry] = see(watchlist, item("a"))
    watchlist.record_outcome([entry.id or 0], Outcome("failed", as_written("answered 500"), now + timedelta(minutes=5)))
    assert watchlist.due_entries(now) == []
    assert len(watchlist.due_entries(now + timedelta(minutes=5))) == 1


def test_a_page_that_always_fails_is_given_up_with_its_last_reason(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    [entry] = see(watchlist, item("a"))
    for _ in range(MOST_ATTEMPTS):
        watchlist.record_outcome([entry.id or 0], Outcome("failed", as_written("answered 404"), now))
    [(entry, _)] = watchlist.entries_at(entry.url)
    assert entry.state == "refused"
    assert in_words(Why(entry.reason, entry.reason_args)) == f"given up after {MOST_ATTEMPTS} attempts: answered 404"


def test_a_page_that_another_feed_led_to_is_not_fetched_again(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine, outlet("ledger"), outlet("gazette"))
    [entry] = see(watchlist, item("a"), feed_id=1)
    watchlist.record_outcome([entry.id or 0], Outcome("off_topic", as_written("not about ICE")))
    assert see(watchlist, item("a"), feed_id=2) == []
    assert entry_states(watchlist) == {"off_topic": 2}


def test_a_link_to_a_stored_article_is_known_whatever_its_tracking(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    keep(engine, article("raid"))
    assert see(watchlist, item("raid?utm_source=rss")) == []
    assert entry_states(watchlist) == {"fetched": 1}


def test_a_changed_headline_makes_a_stored_story_due_again(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    [entry] = see(watchlist, item("raid", updated_at=now))
    keep(engine, article("raid"), entries=(entry.id or 0,))
    assert see(watchlist, item("raid", updated_at=now)) == []
    assert len(see(watchlist, item("raid", updated_at=now + timedelta(minutes=9)))) == 1
    assert entry_states(watchlist) == {"new": 1}


def test_a_feed_failure_keeps_its_entries_and_its_etag(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    watchlist.record_reading(1, [item("a")], now, now, HALF_HOURLY, FeedAnswer(etag='"v1"'))
    watchlist.record_feed_failure(1, as_written("answered 503"), 0.25, now, HALF_HOURLY)
    [health] = watchlist.health(now)
    assert (health.state, in_words(health.why), health.feed.failures) == ("failing", "answered 503", 0.25)
    assert (health.feed.etag, health.entries) == ('"v1"', 1)
    watchlist.record_unchanged(1, now, HALF_HOURLY)
    assert watchlist.health(now)[0].state == "ok"


def test_a_feed_that_was_read_days_ago_is_overdue(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    see(watchlist, item("a"), now=now)

    def told(after: timedelta) -> tuple[str, str]:
        [health] = watchlist.health(now + after)
        return health.state, in_words(health.why)

    assert told(timedelta(hours=23)) == ("ok", "ok")
    assert told(timedelta(days=5)) == ("overdue", "not read since 2026-03-09 12:00 UTC")
    watchlist.record_unchanged(1, now, Limits(timedelta(days=2), timedelta(days=2)))  # polled that rarely
    assert told(timedelta(days=5))[0] == "ok"


def test_a_feed_whose_host_asked_us_to_wait_was_not_read(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    watchlist.record_feed_failure(
        1, as_written("ledger.example asked us to wait"), 0, now, HALF_HOURLY, again=now + timedelta(hours=1)
    )
    [health] = watchlist.health(now)
    assert (health.state, in_words(health.why)) == ("not read yet", "ledger.example asked us to wait")


def test_reading_waits_for_nobody_who_writes(sqlite_engine: Engine, now: datetime) -> None:
    watchlist = watch(sqlite_engine)
    store = Store(sqlite_engine)
    with sqlite_engine.begin():
        assert len(watchlist.due_feeds(now)) == 1
        assert store.stories() == []


def test_a_feed_that_moved_or_grew_stale_or_leads_to_shut_pages_says_so(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)

    def told(at: datetime = now) -> tuple[str, str]:
        [health] = watchlist.health(at)
        return health.state, in_words(health.why)

    answer = FeedAnswer(moved_to="https://feeds.example/ledger")
    watchlist.record_reading(1, [item("a", published_at=now)], now, now, HALF_HOURLY, answer)
    assert told() == ("moved", "ok; moved to https://feeds.example/ledger")
    watchlist.note_pages(1, "paywalled")
    assert told() == ("paywalled", "the feed can be read, its pages are for subscribers")
    later = now + timedelta(days=60)
    watchlist.record_unchanged(1, later, HALF_HOURLY)
    assert told(later) == ("stale", "its newest item is of 2026-03-09")
    watchlist.record_feed_failure(1, as_written("answered 403"), 0.5, later, HALF_HOURLY, problem="blocked")
    assert told(later) == ("blocked", "answered 403")


def test_only_https_or_www_more_is_no_move(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    answer = FeedAnswer(moved_to="https://www.ledger.example/feed/")
    watchlist.record_reading(1, [item("a", published_at=now)], now, now, HALF_HOURLY, answer)
    assert watchlist.health(now)[0].state == "ok"


def test_a_feed_that_moved_and_then_fails_is_asked_at_its_old_address_again(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    watchlist.record_reading(1, [], now, now, HALF_HOURLY, FeedAnswer(moved_to="https://feeds.example/ledger"))
    watchlist.record_feed_failure(1, as_written("answered 404"), 1.0, now, HALF_HOURLY)
    assert watchlist.health(now)[0].feed.moved_to == ""


def test_a_failing_feed_is_read_ever_more_slowly_and_never_given_up(engine: Engine, now: datetime) -> None:
    watchlist, waits = watch(engine), []
    for _ in range(12):
        watchlist.record_feed_failure(1, as_written("answered 404"), 1.0, now, HALF_HOURLY)
        [health] = watchlist.health(now)
        assert health.feed.next_attempt_at is not None
        waits.append(health.feed.next_attempt_at - now)
        now = health.feed.next_attempt_at
    assert waits[0] < waits[2] < waits[4]
    assert max(waits) <= timedelta(days=1)
    assert len(watchlist.due_feeds(now)) == 1


def test_after_a_story_the_outlet_and_its_neighbors_are_read_sooner(engine: Engine, now: datetime) -> None:
    at_home = {"city": "Waltham", "county": "Middlesex County"}
    outlets = [outlet("ledger", **at_home), outlet("gazette", **at_home), outlet("cape", city="Barnstable")]
    watchlist = watch(engine, *outlets, outlet("broken", **at_home))
    rare = Limits(timedelta(minutes=10), timedelta(hours=12))
    for feed in watchlist.due_feeds(now):
        watchlist.record_reading(feed.id or 0, [], now, now, rare)
    broken = next(h.feed.id for h in watchlist.health(now) if h.source.id == "broken")
    watchlist.record_feed_failure(broken or 0, as_written("answered 500"), 1.0, now, rare)
    before = {h.source.id: h.feed.next_attempt_at for h in watchlist.health(now)}
    waltham = Place("Waltham", "city", "Middlesex County", "MA")
    watchlist.hurry("ledger", [waltham], now, now + timedelta(hours=6), rare)
    after = {h.source.id: h.feed.next_attempt_at for h in watchlist.health(now)}
    assert {i for i in after if after[i] != before[i]} == {"ledger", "gazette"}
    assert all((after[i] or now) - now < timedelta(minutes=12) for i in ("ledger", "gazette"))


def test_the_whole_text_of_an_item_is_kept_only_while_it_may_be_needed(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    items = [item("raid", content="<p>ICE came.</p>"), item("fair", content="<p>The fair.</p>")]
    ids = watchlist.record_reading(1, items, now, now, HALF_HOURLY, may_matter=lambda text: "ICE" in text)
    [[raid], [fair]] = watchlist.entries_for(ids)
    assert (raid.content, fair.content) == ("<p>ICE came.</p>", "")
    watchlist.record_outcome([raid.id or 0], Outcome("failed", as_written("answered 500"), now))
    assert watchlist.entries_for(ids)[0][0].content == "<p>ICE came.</p>"
    watchlist.record_outcome([raid.id or 0], Outcome("off_topic", as_written("no")))
    assert watchlist.entries_at(raid.url)[0][0].content == ""


def test_entries_of_one_page_are_given_together_whatever_their_tracking(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine, outlet("ledger"), outlet("gazette"))
    [first] = see(watchlist, item("a?utm_source=rss"), feed_id=1)
    second = item("a?utm_source=mail")
    ids = watchlist.record_reading(2, [second], now, now, HALF_HOURLY)
    [together] = watchlist.entries_for(ids)
    assert [e.url for e in together] == [second.url, first.url]


@pytest.mark.parametrize(
    ("first", "then", "is_asked"),
    [
        ("the-fair", "the-fair?utm_medium=social", False),
        ("the-fair?format=amp", "the-fair", True),  # what another dress of it says is no word on the page
        ("short-link", "the-fair", True),
    ],
)
def test_off_topic_holds_for_the_address_that_was_asked(
    first: str, then: str, is_asked: bool, engine: Engine, now: datetime
) -> None:
    watchlist = watch(engine, outlet("ledger"), outlet("gazette"))
    [entry] = see(watchlist, item(first))
    watchlist.record_outcome(
        [entry.id or 0], Outcome("off_topic", as_written("no"), page="https://ledger.example/the-fair")
    )
    assert [e.url for e in see(watchlist, item(then), feed_id=2)] == [item(then).url] * is_asked


def test_a_page_that_failed_waits_for_its_time_even_when_much_is_waiting(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    [entry] = see(watchlist, item("a"))
    watchlist.record_outcome([entry.id or 0], Outcome("failed", as_written("answered 404"), now + timedelta(minutes=5)))
    assert watchlist.entries_for([entry.id or 0], until=now) == []
    assert len(watchlist.entries_for([entry.id or 0], until=now + timedelta(minutes=5))) == 1


def test_a_page_whose_host_never_lets_us_ask_is_given_up_after_two_weeks(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    [entry] = see(watchlist, item("a"), now=now)
    waiting = Outcome("failed", as_written("ledger.example asked us to wait"), now + timedelta(days=15), asked=False)
    watchlist.record_outcome([entry.id or 0], waiting)
    [(entry, _)] = watchlist.entries_at(entry.url)
    assert entry.state == "refused"
    assert in_words(Why(entry.reason, entry.reason_args)) == "given up after 15 days: ledger.example asked us to wait"


def test_a_refusal_of_one_feed_is_not_that_of_another(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine, outlet("ledger"), outlet("gazette"))
    assert see(watchlist, item("a", published_at=now - timedelta(days=40)), feed_id=1) == []
    assert len(see(watchlist, item("a", published_at=now), feed_id=2)) == 1


def test_a_304_does_not_shorten_what_the_feed_itself_asks_for(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    watchlist.record_reading(1, [], now, now, HALF_HOURLY, FeedAnswer(asked=timedelta(hours=1)))
    watchlist.record_unchanged(1, now, HALF_HOURLY, asked=timedelta(minutes=1))
    [health] = watchlist.health(now)
    assert health.feed.asked_minutes == 60


def test_one_page_that_turns_us_away_does_not_speak_for_an_outlet_whose_others_are_read(
    engine: Engine, now: datetime
) -> None:
    watchlist = watch(engine)
    [read, _] = see(watchlist, item("a", published_at=now), item("b", published_at=now), now=now)
    watchlist.note_pages(1, "blocked")
    assert watchlist.health(now)[0].state == "blocked"
    watchlist.record_outcome([read.id or 0], Outcome("off_topic", as_written("no")))
    watchlist.note_pages(1, "")
    watchlist.note_pages(1, "blocked")
    assert watchlist.health(now)[0].state == "ok"
    watchlist.note_pages(1, "blocked", sampled=True)
    assert watchlist.health(now)[0].state == "blocked"


def test_an_entry_is_found_by_the_address_to_which_its_page_redirected(engine: Engine, now: datetime) -> None:
    watchlist = watch(engine)
    [entry] = see(watchlist, item("old/fair"))
    watchlist.record_outcome(
        [entry.id or 0], Outcome("off_topic", as_written("no"), page="https://ledger.example/news/fair")
    )
    [(found, _)] = watchlist.entries_at("https://www.ledger.example/news/fair?utm_source=rss")
    assert found.url == entry.url
