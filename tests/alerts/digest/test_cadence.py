"""Searches that come weekly or at once, pauses, and stories that are followed or muted; on both databases."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from alerts.digest.compose import SourcesRead
from alerts.digest.post import Post
from alerts.digest.queue import queue_due_digests
from alerts.matching.matches import Found
from alerts.people.choices import StoryChoices
from alerts.people.pauses import Pauses, is_paused
from alerts.people.subscriber import Cadence, Subscriber
from alerts.settings import DigestSettings
from crawler.model import because
from crawler.store.regroup import merge_by_hand
from tests.makers.mailing import claim, mailed, morning_after, parts, post_of
from tests.makers.making import article, keep, outlet, watch

pytestmark = pytest.mark.slow  # many days of mail each

READ = SourcesRead(1)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BOND_TEXT = (
    "A federal judge in Boston on Friday ordered that two bakers arrested by ICE in Waltham be released on bond."
)


@pytest.fixture
def post(engine: Engine) -> Post:
    watch(engine, outlet("ledger"), outlet("gazette"))
    return post_of(engine)


def join(post: Post, now: datetime, cadence: Cadence = "daily", query: str = "word") -> int:
    zone = "America/New_York"
    _, search = post.members.subscribe("r@example.org", query, now, zone, "07:00", active=True, cadence=cadence)
    return search.id or 0


def find(post: Post, now: datetime, name: str, *searches: int) -> int:
    """A story that meets these searches; its number."""
    added = keep(post.matches.engine, article(name, title=f"ICE raid at the {name} mill"), now=now)
    for story in post.matches.unmatched():
        post.matches.record_matches(story, [Found(searches, added.article_id, [])], now)
    return added.story_id


def tick(post: Post, *moments: datetime) -> list[int]:
    return [queue_due_digests(post, READ, at) for at in moments]


def told(post: Post) -> str:
    return parts(mailed(post))[0]


def test_a_weekly_search_comes_on_its_day_in_the_one_mail_of_that_day(post: Post, now: datetime) -> None:
    daily, weekly = join(post, now), join(post, now, "weekly", "other")
    post.members.change_hour(1, None, None, weekday=2)  # it is Monday, 8 a.m.
    find(post, now, "north", daily)
    find(post, now, "south", weekly)
    tuesday = morning_after(now)
    assert tick(post, tuesday) == [1]
    assert ("north" in told(post), "south" in told(post), "other" in told(post)) == (True, False, False)
    assert tick(post, tuesday + DAY - MINUTE, tuesday + DAY, tuesday + DAY + MINUTE) == [0, 1, 0]
    assert ("north" in told(post), "south" in told(post)) == (False, True)


def test_who_has_weekly_searches_only_gets_one_mail_a_week(post: Post, now: datetime) -> None:
    join(post, now, "weekly")
    mornings = [morning_after(now) + n * DAY for n in range(14)]
    assert tick(post, *mornings) == [0, 0, 0, 0, 0, 0, 1] * 2


def test_a_weekly_day_that_was_missed_comes_when_somebody_is_there_again(post: Post, now: datetime) -> None:
    find(post, now, "north", join(post, now, "weekly"))
    wednesday = morning_after(now) + 8 * DAY
    assert tick(post, wednesday, wednesday + DAY) == [1, 0]
    assert "this one stands for" in told(post)


def test_what_no_server_took_on_its_day_does_not_wait_for_another_week(post: Post, now: datetime) -> None:
    search = join(post, now, "weekly")
    find(post, now, "north", search)
    monday = morning_after(now) + 6 * DAY
    assert tick(post, monday) == [1]
    find(post, monday + HOUR, "south", search)
    delivery = claim(post.deliveries, monday)
    assert delivery is not None
    post.deliveries.record_unsent(delivery, because("mail_answered", code=550, said=""), None)
    assert tick(post, monday + DAY, monday + 2 * DAY) == [1, 0]
    assert ("north" in told(post), "south" in told(post)) == (True, False)
    assert tick(post, monday + 7 * DAY) == [1]
    assert ("north" in told(post), "south" in told(post)) == (False, True)


def test_what_comes_at_once_waits_five_minutes_for_more_and_then_goes_together(post: Post, now: datetime) -> None:
    search = join(post, now, "instant")
    find(post, now, "north", search)
    find(post, now + 4 * MINUTE, "south", search)
    assert tick(post, now + 4.9 * MINUTE, now + 5 * MINUTE, now + 6 * MINUTE) == [0, 1, 0]
    assert ("north" in told(post), "south" in told(post)) == (True, True)
    find(post, now + 10 * MINUTE, "west", search)
    assert tick(post, now + 15 * MINUTE) == [1]
    assert ("north" in told(post), "west" in told(post)) == (False, True)
    assert tick(post, morning_after(now)) == [0]  # nothing is left, and no mail says so


def test_beyond_the_mails_of_a_day_the_rest_comes_with_the_digest(post: Post, now: datetime) -> None:
    few = replace(post, digest=DigestSettings(instant_most=2))
    search = join(few, now, "instant")
    for n in range(4):
        find(few, now + n * HOUR, f"m{n}", search)
        assert tick(few, now + n * HOUR + 5 * MINUTE) == [n < 2]
    assert tick(few, morning_after(now), morning_after(now) + MINUTE) == [1, 0]
    assert ["m2" in told(few), "m3" in told(few), "m1" in told(few)] == [True, True, False]
    find(few, morning_after(now), "next", search)
    assert tick(few, morning_after(now) + 5 * MINUTE) == [1]  # it is another day


def test_what_develops_is_told_at_once_too(post: Post, now: datetime) -> None:
    story = find(post, now, "north", join(post, now, "instant"))
    assert tick(post, now + 5 * MINUTE) == [1]
    develop(post, story, now + 2 * HOUR)
    assert tick(post, now + 2 * HOUR + 5 * MINUTE, now + 3 * HOUR) == [1, 0]
    assert "released on bond" in told(post)


def develop(post: Post, story: int, now: datetime) -> None:
    title = "Judge orders two bakers released on bond"
    bond = article(f"bond{now:%d%H}", "gazette", title=title, text=BOND_TEXT, published_at=now)
    keep(post.matches.engine, bond, story=story, now=now)
    for one in post.matches.unmatched():
        post.matches.record_matches(one, [], now)


def test_after_a_pause_one_mail_has_all_that_was_found_and_says_so(post: Post, now: datetime) -> None:
    search = join(post, now)
    mornings = [morning_after(now) + n * DAY for n in range(12)]
    Pauses(post.members.engine).pause(1, now + HOUR, mornings[10].date(), drops=False)
    for n in range(3):
        find(post, mornings[n * 3] - HOUR, f"m{n}", search)
    assert tick(post, *mornings) == [0] * 10 + [1, 1]
    said = next(text for text in texts(post) if "paused" in text)
    assert "while your digests were paused: it stands for March 10 to March 20." in " ".join(said.split())
    assert all(f"m{n} mill" in said for n in range(3))


def test_who_wants_it_so_is_not_told_what_was_found_in_a_pause(post: Post, now: datetime) -> None:
    search = join(post, now)
    mornings = [morning_after(now) + n * DAY for n in range(6)]
    known = find(post, now, "before", search)
    assert tick(post, mornings[0]) == [1]
    Pauses(post.members.engine).pause(1, mornings[0] + HOUR, mornings[4].date(), drops=True)
    find(post, mornings[1], "north", search)
    develop(post, known, mornings[2])
    find(post, mornings[4] - HOUR, "last day", search)
    assert tick(post, *mornings[1:]) == [0, 0, 0, 1, 1]
    said = " ".join(texts(post)[1:])
    assert ("last day" in said, "north" in said, "bond" in said, "paused" in said) == (True, False, False, False)


def texts(post: Post) -> list[str]:
    from sqlmodel import Session, col, select

    from alerts.people.subscriber import Delivery
    from tests.alerts.digest.test_once_over_years import text_of

    with Session(post.members.engine) as session:
        return [text_of(d.message) for d in session.exec(select(Delivery).order_by(col(Delivery.id)))]


def test_a_pause_without_end_lasts_until_somebody_resumes_and_holds_back_what_comes_at_once(
    post: Post, now: datetime
) -> None:
    search = join(post, now, "instant")
    pauses = Pauses(post.members.engine)
    pauses.pause(1, now, None, drops=False)
    find(post, now + HOUR, "north", search)
    later = morning_after(now) + 30 * DAY
    assert tick(post, now + 2 * HOUR, later) == [0, 0]
    pauses.resume(1, later.date())
    assert tick(post, later + DAY) == [1]
    assert "north" in told(post)


def test_a_pause_is_over_on_its_day() -> None:
    moment = datetime.fromisoformat("2026-03-09T12:00+00:00")
    person = Subscriber(email="r@example.org", timezone="UTC", digest_at="07:00", created_at=moment, paused_at=moment)
    assert is_paused(person, date(2030, 1, 1))
    person.paused_until = date(2026, 3, 20)
    assert [is_paused(person, date(2026, 3, d)) for d in (19, 20)] == [True, False]


def test_a_followed_story_is_told_when_it_develops_though_its_search_is_gone(post: Post, now: datetime) -> None:
    search = join(post, now)
    other = find(post, now, "other", search)
    story = find(post, now, "north", search)
    assert tick(post, morning_after(now)) == [1]
    StoryChoices(post.members.engine).follow(1, story, story, "ICE raid at the north mill", now + DAY)
    StoryChoices(post.members.engine).follow(1, story, story, "asked twice", now + DAY)
    post.members.remove_search(search)
    assert tick(post, morning_after(now) + DAY) == [0]  # it is no search that finds nothing
    for one in (other, story):
        develop(post, one, now + DAY * (1 + one / 10))
    assert tick(post, *(morning_after(now) + n * DAY for n in (2, 3))) == [1, 0]
    assert "For: A story that you follow: ICE raid at the north mill" in told(post)
    assert "other mill" not in told(post)
    assert StoryChoices(post.members.engine).unfollow(1, story)
    assert not StoryChoices(post.members.engine).unfollow(1, story)


def test_a_followed_story_that_was_never_told_is_told(post: Post, now: datetime) -> None:
    join(post, now)
    story = find(post, now, "north")
    StoryChoices(post.members.engine).follow(1, story, story, "ICE raid", now)
    assert tick(post, morning_after(now)) == [1]
    assert "north mill" in told(post)


def test_of_a_muted_story_nothing_is_told_whatever_it_is_merged_with(post: Post, now: datetime) -> None:
    search = join(post, now)
    story, choices = find(post, now, "north", search), StoryChoices(post.members.engine)
    assert tick(post, morning_after(now)) == [1]
    choices.mute(1, story, now)
    develop(post, story, now + DAY + HOUR)
    into = find(post, now + DAY + HOUR, "same", search)
    merge_by_hand(post.members.engine, into, [story], now + DAY + 2 * HOUR)
    assert tick(post, morning_after(now) + DAY) == [1]
    assert ("north" in told(post), "same" in told(post), "Nothing found" in told(post)) == (False, False, True)
    assert choices.muted(1) == [into]
    assert choices.unmute(1, into)
    assert not choices.unmute(1, into)
    find(post, now + 2 * DAY, "third", search)
    assert tick(post, morning_after(now) + 2 * DAY) == [1]
    assert "third" in told(post)


def test_who_mutes_a_story_follows_it_no_longer_and_the_other_way_round(post: Post, now: datetime) -> None:
    join(post, now)
    story, choices = find(post, now, "north"), StoryChoices(post.members.engine)
    choices.follow(1, story, story, "ICE raid", now)
    choices.mute(1, story, now)
    assert [len(searches) for _, searches in post.members.subscribers()] == [1]
    choices.follow(1, story, story, "ICE raid", now)
    assert choices.muted(1) == []
