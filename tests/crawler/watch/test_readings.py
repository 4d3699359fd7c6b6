"""What a reading of a feed is to change: values only, no database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.locale import in_words
from crawler.feeds.feed import FeedItem
from crawler.model import Why, as_written
from crawler.model.story import Entry, EntryState, Feed
from crawler.text.moments import Moment
from crawler.text.urls import canonical_url
from crawler.watch.attempts import after_failure, after_unchanged, hurried
from crawler.watch.polling import LONGEST_PAUSE, Habit, Limits
from crawler.watch.readings import FeedAnswer, ReadingIntent, Refetch, Stored, decide_reading
from tests.makers.making import HALF_HOURLY, NOON, item

WEEK, HOUR, MINUTE = timedelta(days=7), timedelta(hours=1), timedelta(minutes=1)
NOTHING, PLAIN = Stored(), FeedAnswer()
RARE = Limits(timedelta(minutes=10), timedelta(hours=12))


def feed(**facts: object) -> Feed:
    """A feed that was read an hour ago."""
    return Feed.model_validate(
        {"id": 1, "source_id": "ledger", "url": "https://ledger.example/feed", "last_success_at": NOON - HOUR} | facts
    )


def entry(path: str = "a", state: EntryState = "fetched", **facts: object) -> Entry:
    known: dict[str, object] = {"id": 9, "feed_id": 1, "url": f"https://ledger.example/{path}", "title": path}
    return Entry.model_validate(known | {"seen_at": NOON - HOUR, "state": state} | facts)


def read(
    *items: FeedItem, stored: Stored = NOTHING, of: Feed | None = None, answer: FeedAnswer = PLAIN
) -> ReadingIntent:
    """What is to be written when these items are shown at noon; texts that say ICE may matter."""
    return decide_reading(
        of or feed(), stored, items, NOON, NOON - WEEK, HALF_HOURLY, answer, lambda text: "ICE" in text
    )


def own(*entries: Entry) -> Stored:
    return Stored(entries={e.url: e for e in entries})


def of_others(*entries: Entry) -> Stored:
    return Stored(settled={address: e for e in entries for address in (e.url, canonical_url(e.url), e.page)})


def states(intent: ReadingIntent) -> list[str]:
    return [e.state for e in intent.new]


def test_a_link_that_is_not_known_is_a_new_entry_with_what_the_feed_says() -> None:
    [new] = read(item("raid?utm_source=rss", published=Moment(NOON, "day"), updated_at=NOON)).new
    assert (new.feed_id, new.url, new.page) == (
        1, "https://ledger.example/raid?utm_source=rss", "https://ledger.example/raid",
    )  # fmt: skip
    assert (new.state, new.published_at, new.day_only, new.updated_at, new.seen_at) == ("new", NOON, True, NOON, NOON)


def test_a_link_that_a_feed_shows_twice_is_one_entry_as_it_was_shown_first() -> None:
    [new] = read(item("a", published_at=NOON), item("a")).new
    assert new.published_at == NOON


def test_a_known_link_is_no_new_entry() -> None:
    intent = read(item("a"), stored=own(entry("a")))
    assert (intent.new, intent.again) == ((), ())


@pytest.mark.parametrize(
    ("age", "state"), [(WEEK - MINUTE, "new"), (WEEK, "new"), (WEEK + MINUTE, "refused"), (-HOUR, "new")]
)
def test_an_item_older_than_the_limit_is_refused(age: timedelta, state: str) -> None:
    assert states(read(item("a", published_at=NOON - age))) == [state]


def test_a_refusal_says_the_date_and_the_limit() -> None:
    [old] = read(item("a", published_at=NOON - 40 * timedelta(days=1))).new
    assert in_words(Why(old.reason, old.reason_args)) == "published 2026-01-28, more than 7 days before it was seen"


def test_an_old_item_that_was_updated_lately_is_not_refused() -> None:
    assert states(read(item("a", published_at=NOON - 9 * WEEK, updated_at=NOON - HOUR))) == ["new"]


@pytest.mark.parametrize(
    ("content", "kept"), [("<p>ICE came.</p>", "<p>ICE came.</p>"), ("<p>The fair.</p>", ""), ("", "")]
)
def test_the_text_of_an_item_is_kept_when_it_may_matter(content: str, kept: str) -> None:
    assert [e.content for e in read(item("a", content=content)).new] == [kept]


def test_the_text_of_a_page_that_we_have_is_not_kept() -> None:
    stored = Stored(articles={"https://ledger.example/raid": 4})
    [new] = read(item("raid", content="ICE came."), stored=stored).new
    assert (new.state, new.article_id, new.content) == ("fetched", 4, "")


def test_a_page_that_another_feed_led_to_is_what_it_was_there() -> None:
    other = entry("raid", "off_topic", feed_id=2, reason="not about ICE", page="https://ledger.example/raid")
    [new] = read(item("raid?utm_source=rss"), stored=of_others(other)).new
    assert (new.state, new.reason) == ("off_topic", "not about ICE")


def test_a_stored_article_counts_more_than_what_another_feed_met() -> None:
    other = entry("raid", "off_topic", page="https://ledger.example/raid")
    stored = Stored(articles={"https://ledger.example/raid": 4}, settled=of_others(other).settled)
    assert states(read(item("raid"), stored=stored)) == ["fetched"]


RENAMED = "news/{}/article_7d3f32ba-b5d3-11e0-a1b2-001cc4c03286.html"
NUMBERED = "https://ledger.example/article_7d3f32ba-b5d3-11e0-a1b2-001cc4c03286.html"


@pytest.mark.parametrize(
    ("slug", "state"), [("ice-at-mill", "fetched"), ("ice-at-mill", "off_topic"), ("three-held-at-mill", "new")]
)
def test_a_page_under_another_headline_is_read_again(slug: str, state: EntryState) -> None:
    first = entry(RENAMED.format("ice-at-mill"), "off_topic" if state == "off_topic" else "fetched", page=NUMBERED)
    stored = of_others(first)
    if first.state == "fetched":
        stored = replace(stored, articles={NUMBERED: 4}, links={NUMBERED: first.url})
    [new] = read(item(RENAMED.format(slug) + "?utm_source=rss"), stored=stored).new
    assert (new.page, new.state, new.article_id) == (NUMBERED, state, 4 if state == "fetched" else None)


def test_a_page_that_was_read_under_its_new_headline_is_not_read_for_another_feed() -> None:
    then = entry(RENAMED.format("three-held-at-mill"), page=NUMBERED, article_id=4)
    stored = replace(of_others(then), articles={NUMBERED: 4}, links={NUMBERED: then.url})
    [new] = read(item(RENAMED.format("three-held-at-mill")), stored=stored).new
    assert (new.state, new.article_id) == ("fetched", 4)


def test_an_old_item_is_refused_even_if_we_have_its_page() -> None:
    stored = Stored(articles={"https://ledger.example/raid": 4})
    assert states(read(item("raid", published_at=NOON - 9 * WEEK), stored=stored)) == ["refused"]


@pytest.mark.parametrize(
    ("state", "title", "updated", "again"),
    [
        ("fetched", "a", NOON, False),
        ("fetched", "a", NOON + MINUTE, True),
        ("fetched", "a", NOON - MINUTE, False),
        ("fetched", "another", NOON, True),
        ("fetched", "", NOON, False),
        ("off_topic", "a", NOON + MINUTE, False),
        ("off_topic", "another", NOON, True),
        ("refused", "another", NOON + MINUTE, False),
        ("failed", "another", NOON + MINUTE, False),
        ("new", "another", NOON + MINUTE, False),
    ],
)
def test_a_known_page_is_fetched_again_when_its_feed_says_that_it_changed(
    state: EntryState, title: str, updated: datetime, again: bool
) -> None:
    shown = FeedItem("https://ledger.example/a", title, updated=Moment(updated))
    intent = read(shown, stored=own(entry("a", state, updated_at=NOON)))
    assert intent.again == ((Refetch(9, title, updated),) if again else ())


def test_an_entry_keeps_its_title_when_the_feed_gives_none() -> None:
    shown = FeedItem("https://ledger.example/a", "", updated=Moment(NOON + MINUTE))
    assert read(shown, stored=own(entry("a", updated_at=NOON))).again == (Refetch(9, "a", NOON + MINUTE),)


def test_a_good_answer_ends_the_failures_and_says_what_it_told() -> None:
    answer = FeedAnswer(
        '"v2"', "Monday", as_written("ok; odd dates"), timedelta(hours=2), "https://feeds.example/ledger"
    )
    change = read(of=feed(failures=2.5, problem="blocked", status="answered 403"), answer=answer).feed
    told = change["etag"], change["last_modified"], change["status_args"], change["moved_to"]
    assert told == ('"v2"', "Monday", {"text": "ok; odd dates"}, "https://feeds.example/ledger")
    assert (change["failures"], change["problem"], change["asked_minutes"]) == (0, "", 120)
    assert change["last_attempt_at"] == change["last_success_at"] == change["full_at"] == NOON
    assert change["next_attempt_at"] >= NOON + HOUR  # a feed can ask for an hour at most


def test_something_new_came_only_when_an_entry_is_new() -> None:
    before = feed(last_new_at=NOON - WEEK)
    assert read(item("a"), of=before).feed["last_new_at"] == NOON
    assert read(item("a"), of=before, stored=own(entry("a"))).feed["last_new_at"] == NOON - WEEK


@pytest.mark.parametrize(
    ("shown", "newest"),
    [
        ((), NOON - WEEK),
        ((Moment(NOON - 2 * WEEK),), NOON - WEEK),
        ((Moment(NOON - HOUR), Moment(NOON - 2 * HOUR)), NOON - HOUR),
        ((Moment(NOON + HOUR),), NOON - WEEK),  # the future is not believed
        ((Moment(NOON, "day"),), NOON),
    ],
)
def test_the_newest_date_is_that_of_any_item_and_never_goes_back(shown: tuple[Moment, ...], newest: datetime) -> None:
    items = [item(f"a{n}", published=moment) for n, moment in enumerate(shown)]
    assert read(*items, of=feed(newest_at=NOON - WEEK)).feed["newest_at"] == newest


def test_what_comes_without_a_date_teaches_nothing_at_a_first_reading() -> None:
    habit = Habit(at=NOON - HOUR).to_json()
    assert read(item("a"), of=feed(habit=habit, last_success_at=None)).feed["habit"]["items"] == 0
    assert read(item("a"), of=feed(habit=habit)).feed["habit"]["items"] == 1


PATHS = ("a", "b", "c", "d?utm_source=rss", "d")
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2026, 4, 1), timezones=st.just(UTC))
MOMENTS = st.none() | st.builds(Moment, TIMES, st.sampled_from(["minute", "day"]))
TEXTS = st.sampled_from(["", "ICE"])
ITEMS = st.lists(st.builds(item, st.sampled_from(PATHS), published=MOMENTS, updated=MOMENTS, content=TEXTS))
ENTRIES = st.lists(
    st.builds(entry, st.sampled_from(PATHS), st.sampled_from(["new", "fetched", "off_topic", "failed", "refused"]))
)


@pytest.mark.slow
@given(ITEMS, ENTRIES, st.booleans())
def test_a_reading_takes_each_address_once_and_nothing_back(
    items: list[FeedItem], known: list[Entry], first: bool
) -> None:
    stored, before = own(*known), feed(last_success_at=None) if first else feed()
    as_before = before.model_dump(), [e.model_dump() for e in known]
    intent = read(*items, stored=stored, of=before)
    new = [e.url for e in intent.new]
    assert len(new) == len(set(new))
    assert set(new) == {i.url for i in items} - set(stored.entries)
    assert not any(e.content for e in intent.new if e.state != "new")
    assert intent.feed["next_attempt_at"] > NOON
    assert (before.model_dump(), [e.model_dump() for e in known]) == as_before


@pytest.mark.slow
@given(ITEMS)
def test_the_same_reading_again_brings_nothing(items: list[FeedItem]) -> None:
    first = read(*items)
    assert (read(*items, stored=own(*first.new)).new, read(*items, stored=own(*first.new)).again) == ((), ())


def test_a_304_teaches_and_asks_for_no_less_than_the_feed_itself_did() -> None:
    assert after_unchanged(feed(asked_minutes=60), NOON, HALF_HOURLY, MINUTE)["asked_minutes"] == 60
    assert after_unchanged(feed(asked_minutes=60), NOON, HALF_HOURLY, 2 * HOUR)["asked_minutes"] == 120
    change = after_unchanged(feed(asked_minutes=60, failures=3.0), NOON, HALF_HOURLY)
    assert (change["asked_minutes"], change["failures"], change["status"]) == (60, 0, "ok")
    assert "etag" not in change
    assert "full_at" not in change


def test_a_failure_adds_up_and_keeps_what_the_last_good_answer_told() -> None:
    change = after_failure(feed(failures=1.0), as_written("answered 503"), 0.25, NOON, HALF_HOURLY)
    assert (change["failures"], change["status_args"], change["problem"]) == (1.25, {"text": "answered 503"}, "failing")
    assert change["moved_to"] == ""
    assert not {"etag", "last_modified", "last_success_at", "habit"} & change.keys()


def test_a_host_that_asks_us_to_wait_is_obeyed() -> None:
    again = NOON + 3 * HOUR
    assert (
        after_failure(feed(), as_written("wait"), 0, NOON, HALF_HOURLY, NOON + MINUTE)["next_attempt_at"]
        == NOON + MINUTE
    )
    assert after_failure(feed(), as_written("429"), 0.25, NOON, HALF_HOURLY, again)["next_attempt_at"] == again
    assert (
        after_failure(feed(), as_written("429"), 0.25, NOON, HALF_HOURLY, NOON + MINUTE)["next_attempt_at"]
        > NOON + 20 * MINUTE
    )


@given(st.floats(0, 1e6), st.floats(0, 10))
def test_a_failing_feed_waits_a_day_at_most(failures: float, weight: float) -> None:
    planned = after_failure(feed(failures=failures), as_written("answered 404"), weight, NOON, HALF_HOURLY)[
        "next_attempt_at"
    ]
    assert NOON < planned <= NOON + LONGEST_PAUSE


@pytest.mark.parametrize("facts", [{"failures": 0.25}, {"last_success_at": None}])
def test_a_feed_that_cannot_be_read_is_not_hurried(facts: dict[str, object]) -> None:
    assert hurried(feed(**facts), NOON + WEEK, RARE) == {}


def test_a_hurried_feed_is_read_sooner_and_never_later() -> None:
    change = hurried(feed(next_attempt_at=NOON + WEEK), NOON + WEEK, RARE)
    assert change["hurry_until"] == NOON + WEEK
    assert change["next_attempt_at"] < NOON
    assert hurried(feed(next_attempt_at=NOON - HOUR), NOON + WEEK, RARE)["next_attempt_at"] == NOON - HOUR


def of_nobody(*items: FeedItem, stored: Stored = NOTHING) -> ReadingIntent:
    """The same, of addresses that are another outlet's."""
    answer, limits = PLAIN, HALF_HOURLY
    return decide_reading(
        feed(), stored, items, NOON, NOON - WEEK, limits, answer, lambda text: True, is_own=lambda url: False
    )


def test_what_a_feed_says_of_another_outlets_page_is_not_kept_and_moves_nothing() -> None:
    [new] = of_nobody(item("raid", content="ICE agents, the feed says")).new
    assert (new.state, new.content) == ("new", "")
    retitled = entry("raid", title="What it was called", updated_at=NOON - HOUR)
    assert of_nobody(item("raid", updated_at=NOON), stored=own(retitled)).again == ()
    assert len(read(item("raid", updated_at=NOON), stored=own(retitled)).again) == 1


def test_a_story_that_was_read_in_another_dress_is_asked_for_at_its_own_address() -> None:
    page = "https://ledger.example/raid"
    read_as = {"https://ledger.example/raid?format=amp": "new", page: "fetched"}
    for link, state in read_as.items():
        stored = Stored(articles={page: 7}, links={page: link})
        assert states(read(item("raid"), stored=stored)) == [state]
        assert states(read(item("raid?output=amp"), stored=stored)) == ["fetched"]
