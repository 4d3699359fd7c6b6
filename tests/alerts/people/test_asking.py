"""Each search waits for the yes of the address's owner, in both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from alerts.digest.compose import SourcesRead
from alerts.digest.post import Post
from alerts.digest.queue import queue_due_digests
from alerts.people.asking import Consent, Consents
from alerts.people.rounds import Rounds
from alerts.people.subscriber import Subscription
from crawler.model.errors import IcewireError
from crawler.places.gazetteer import Gazetteer
from tests.makers.mailing import READER, ask, claim, join, join_and_meet, meet, morning_after, post_of
from tests.makers.making import article, keep, watch

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def post(engine: Engine) -> Post:
    watch(engine)
    return post_of(engine)


def yes(post: Post, asked: Subscription, now: datetime) -> Consent:
    answer = Consents(post.members.engine).say_yes(asked.id or 0, asked.generation, now)
    assert answer is not None
    return answer


def searches(post: Post) -> list[tuple[str, bool]]:
    """Of the only subscriber: the searches, and whether they said yes to them."""
    [(_, mine)] = post.members.subscribers()
    return [(search.query, search.asked_at is None) for search in mine]


def wanted(post: Post) -> list[str]:
    """What the only subscriber's digest looks for."""
    return [s.query for _, mine in post.members.confirmed([1]) for s in mine]


def test_a_yes_starts_the_mail(post: Post, now: datetime) -> None:
    asked = ask(post, now)
    assert (post.members.confirmed([1]), Rounds(post.members.engine).recipients()) == ([], 0)
    answer = yes(post, asked, now + HOUR)
    assert (answer.outcome, answer.subscriber.state) == ("yes", "active")
    assert answer.subscriber.confirmed_at == answer.subscriber.served_until == now + HOUR
    assert (wanted(post), Rounds(post.members.engine).recipients()) == (["x"], 1)


def test_it_is_said_once(post: Post, now: datetime) -> None:
    asked = ask(post, now)
    assert [yes(post, asked, now).outcome for _ in range(3)] == ["yes", "already", "already"]


def test_a_yes_to_one_search_is_none_to_another_that_a_stranger_added(post: Post, now: datetime) -> None:
    asked = ask(post, now, query="waltham")
    ask(post, now + 2 * DAY, query="what they never saw")
    yes(post, asked, now + 2 * DAY)
    assert searches(post) == [("waltham", True), ("what they never saw", False)]
    assert wanted(post) == ["waltham"]


def test_who_gets_digests_is_asked_about_a_search_that_somebody_else_adds(post: Post, now: datetime) -> None:
    """And nothing of theirs changes until they say yes."""
    join(post, now)
    post.members.subscribe(READER, "spam", now, "UTC", "03:00", active=False, language="es")
    [(reader, _)] = post.members.subscribers()
    assert (reader.language, reader.timezone, reader.digest_at) == ("en", "America/New_York", "07:00")
    assert wanted(post) == ["waltham"]


@pytest.mark.parametrize("cadence", ["daily", "instant"])
def test_what_a_search_meets_before_the_yes_is_told_after_it(
    post: Post, gazetteer: Gazetteer, now: datetime, cadence: str
) -> None:
    asked = ask(post, now)
    post.members.change_cadence(asked.id or 0, cadence)  # type: ignore[arg-type]
    meet(post, now)
    assert post.matches.bursting(now - HOUR, now + HOUR, now) == []
    assert queue_due_digests(post, SourcesRead(1), morning_after(now)) == 0
    yes(post, asked, now + HOUR)
    assert post.matches.bursting(now - HOUR, now + HOUR, now) == ([1] if cadence == "instant" else [])
    assert len(post.matches.pending_matches([1], now + DAY)) == 1


def test_the_old_link_of_somebody_who_left_says_yes_to_nothing(post: Post, now: datetime) -> None:
    asked = ask(post, now)
    yes(post, asked, now)
    post.members.leave(1, now + HOUR)
    assert yes(post, asked, now + HOUR).outcome == "left"
    ask(post, now + 2 * DAY, query="something they never saw")
    answer = Consents(post.members.engine).say_yes(asked.id or 0, asked.generation, now + 2 * DAY)
    assert answer is None or answer.outcome == "asked again"  # its number may be in use again
    assert post.members.confirmed([1]) == []


def test_an_address_gets_one_question_a_day(post: Post, now: datetime) -> None:
    for n in range(2):
        ask(post, now + n * HOUR, query=f"search {n}")
    for n in range(2, 50):
        with pytest.raises(IcewireError, match="will be asked about another search 2026-03-10"):
            ask(post, now + 2 * HOUR + n * MINUTE, query=f"search {n}")
    assert searches(post) == [("search 0", False), ("search 1", False)]
    assert post.deliveries.delivery_counts() == {"queued": 2}


def test_a_second_question_leaves_a_day_after_the_first(post: Post, now: datetime) -> None:
    ask(post, now)
    later = ask(post, now + HOUR, query="y")
    assert later.asked_at == now + DAY
    first = claim(post.deliveries, now + HOUR)
    assert first is not None
    post.deliveries.record_sent([first.id or 0], now + HOUR)
    assert claim(post.deliveries, now + 23 * HOUR) is None
    assert claim(post.deliveries, now + DAY) is not None


def test_who_was_asked_the_same_within_a_day_is_not_asked_again_and_the_first_link_holds(
    post: Post, now: datetime
) -> None:
    first = ask(post, now)
    again = ask(post, now + HOUR)
    assert (again.id, again.generation) == (first.id, first.generation)
    assert post.deliveries.delivery_counts() == {"queued": 1}
    assert yes(post, first, now + HOUR).outcome == "yes"


def test_after_a_day_the_newest_question_is_the_one_to_answer(post: Post, now: datetime) -> None:
    first, second = ask(post, now), ask(post, now + 25 * HOUR)
    assert post.deliveries.delivery_counts() == {"queued": 2}
    assert yes(post, first, now + 25 * HOUR).outcome == "asked again"
    assert yes(post, second, now + 25 * HOUR).outcome == "yes"


def test_who_is_asked_again_has_the_whole_week_to_confirm(post: Post, now: datetime) -> None:
    ask(post, now)
    ask(post, now + 6 * DAY)
    post.members.forget(left_before=now)
    assert searches(post) == [("x", False)]


def test_what_is_not_answered_in_time_is_forgotten_and_the_rest_stays(post: Post, now: datetime) -> None:
    join(post, now)
    ask(post, now, query="spam")
    post.members.forget(left_before=now - DAY)
    assert searches(post) == [("waltham", True), ("spam", False)]
    post.members.forget(left_before=now)
    assert searches(post) == [("waltham", True)]


def test_somebody_who_told_the_operator_need_not_answer(post: Post, now: datetime) -> None:
    asked = ask(post, now)
    _, told = post.members.subscribe(READER, "x", now, "UTC", "07:00", active=True)
    assert (told.id, searches(post), wanted(post)) == (asked.id, [("x", True)], ["x"])


def test_a_reader_who_waits_for_nothing_is_served_as_before(post: Post, gazetteer: Gazetteer, now: datetime) -> None:
    join_and_meet(post, "waltham", gazetteer, now)
    ask(post, now, query="spam")
    keep(post.members.engine, article())
    hours = Rounds(post.members.engine).hours()
    assert [(hour.timezone, hour.digest_at) for hour in hours] == [("America/New_York", "07:00")]
    assert queue_due_digests(post, SourcesRead(1), morning_after(now)) <= 1
