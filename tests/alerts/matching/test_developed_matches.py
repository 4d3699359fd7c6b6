"""Matches whose story developed after it was told: asked for and recorded in both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event, update
from sqlmodel import Session

from alerts.digest.post import Post
from alerts.digest.records import MadeDigest
from alerts.mail.letter import Letter
from alerts.matching.matches import Found
from alerts.people.subscriber import DigestRecord, Match
from crawler.model.story import Story
from tests.makers.mailing import post_of
from tests.makers.making import article, keep, watch

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def post(engine: Engine, now: datetime) -> Post:
    """Two searches of one person met a story, and a digest told it."""
    watch(engine)
    post = post_of(engine)
    added = keep(engine, article())
    for query in ("waltham", "courthouse"):
        post.members.subscribe("r@example.org", query, now, "UTC", "07:00", active=True)
    [story] = post.matches.unmatched()
    post.matches.record_matches(story, [Found([1, 2], added.article_id, [])], now)
    assert tell(post, now, first={1: None, 2: None})
    return post


def tell(
    post: Post,
    when: datetime,
    first: dict[int, datetime | None] | None = None,
    again: dict[int, datetime] | None = None,
) -> bool:
    record = DigestRecord(subscriber_id=1, local_date=when.date(), made_at=when, stories=1)
    letter = Letter("digest", "r@example.org", f"<{when.date()}@example.org>", b"mail")
    return post.records.record([MadeDigest(record, letter, first or {}, again or {})]) == [True]


def develop(post: Post, when: datetime) -> None:
    with Session(post.matches.engine) as session:
        session.exec(update(Story).values(developed_at=when, development="Two men are released"))
        session.commit()


def developed(post: Post, until: datetime) -> list[int | None]:
    return [match.id for match, _ in post.matches.developed_matches([1], until)]


def test_a_story_that_has_not_developed_is_not_asked_for(post: Post, now: datetime) -> None:
    assert developed(post, now + DAY) == []


def test_one_that_has_is_asked_for_until_it_is_told(post: Post, now: datetime) -> None:
    develop(post, now + HOUR)
    assert developed(post, now) == []
    assert developed(post, now + HOUR) == [1, 2]
    assert tell(post, now + DAY, again={1: now + HOUR, 2: now + HOUR})
    assert developed(post, now + 2 * DAY) == []
    develop(post, now + 2 * DAY)
    assert developed(post, now + 2 * DAY) == [1, 2]


def test_what_one_search_told_is_told(post: Post, now: datetime) -> None:
    develop(post, now + HOUR)
    assert tell(post, now + DAY, again={1: now + HOUR})
    assert developed(post, now + 2 * DAY) == []


def test_a_match_that_no_digest_told_waits_for_its_first_time(post: Post, now: datetime) -> None:
    with Session(post.matches.engine) as session:
        session.exec(update(Match).values(digest_id=None))
        session.commit()
    develop(post, now + HOUR)
    assert developed(post, now + DAY) == []
    assert len(post.matches.pending_matches([1], now + DAY)) == 2


def test_a_development_is_recorded_once_and_none_of_its_digest_twice(post: Post, now: datetime) -> None:
    develop(post, now + HOUR)
    again = {1: now + HOUR, 2: now + HOUR}
    assert tell(post, now + DAY, again=again)
    assert not tell(post, now + 2 * DAY, again=again)
    assert post.deliveries.delivery_counts() == {"queued": 2}
    assert post.records.made_dates(1, now.date()) == {now.date(), (now + DAY).date()}


def test_a_match_that_another_digest_told_meanwhile_is_not_told_first_again(post: Post, now: datetime) -> None:
    assert not tell(post, now + DAY, first={1: None})
    assert post.deliveries.delivery_counts() == {"queued": 1}


def test_a_match_that_went_away_meanwhile_is_not_mailed(post: Post, now: datetime) -> None:
    develop(post, now + HOUR)
    post.members.remove_search(2)
    assert not tell(post, now + DAY, again={1: now + HOUR, 2: now + HOUR})
    assert tell(post, now + DAY, again={1: now + HOUR})


def test_of_those_that_tell_it_at_the_same_moment_one_does(post: Post, now: datetime) -> None:
    develop(post, now + HOUR)
    with ThreadPoolExecutor(4) as workers:
        done = workers.map(
            lambda n: tell(post_of(post.matches.engine), now + n * DAY, again={1: now + HOUR}), range(1, 7)
        )
        assert sum(done) == 1
    assert post.deliveries.delivery_counts() == {"queued": 2}


@pytest.fixture
def cut_off(engine: Engine) -> Iterator[None]:
    """Whoever queues a mail dies before the end of the transaction."""

    def die(_c: object, _u: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO delivery"):
            raise ConnectionAbortedError("cut off")

    event.listen(engine, "before_cursor_execute", die)
    yield
    event.remove(engine, "before_cursor_execute", die)


def test_what_was_cut_off_is_still_to_be_told(post: Post, now: datetime, cut_off: None) -> None:
    develop(post, now + HOUR)
    with pytest.raises(ConnectionAbortedError):
        tell(post, now + DAY, again={1: now + HOUR, 2: now + HOUR})
    assert developed(post, now + DAY) == [1, 2]
    assert post.records.made_dates(1, now.date()) == {now.date()}
