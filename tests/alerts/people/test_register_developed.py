"""Matches whose story developed after it was told: asked for and recorded in both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event, update
from sqlmodel import Session

from alerts.people.register import Letter, Register
from alerts.people.subscriber import DigestRecord, Match
from crawler.model.story import Story
from tests.makers.making import article, keep, watch

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def register(engine: Engine, now: datetime) -> Register:
    """Two searches of one person met a story, and a digest told it."""
    watch(engine)
    register = Register(engine)
    added = keep(engine, article())
    for query in ("waltham", "courthouse"):
        register.subscribe("r@example.org", query, now, "UTC", "07:00", active=True)
    [story] = register.unmatched()
    story_id, article_id = added.story_id, added.article_id
    register.record_matches(
        story, [Match(subscription_id=n, story_id=story_id, article_id=article_id, matched_at=now) for n in (1, 2)]
    )
    assert tell(register, now, first={1: None, 2: None})
    return register


def tell(
    register: Register,
    when: datetime,
    first: dict[int, datetime | None] | None = None,
    again: dict[int, datetime] | None = None,
) -> bool:
    record = DigestRecord(subscriber_id=1, local_date=when.date(), made_at=when, stories=1)
    letter = Letter("digest", "r@example.org", f"<{when.date()}@example.org>", b"mail")
    return register.record_digest(record, letter, first or {}, again)


def develop(register: Register, when: datetime) -> None:
    with Session(register.engine) as session:
        session.exec(update(Story).values(developed_at=when, development="Two men are released"))
        session.commit()


def developed(register: Register, until: datetime) -> list[int | None]:
    return [match.id for match, _ in register.developed_matches(1, until)]


def test_a_story_that_has_not_developed_is_not_asked_for(register: Register, now: datetime) -> None:
    assert developed(register, now + DAY) == []


def test_one_that_has_is_asked_for_until_it_is_told(register: Register, now: datetime) -> None:
    develop(register, now + HOUR)
    assert developed(register, now) == []
    assert developed(register, now + HOUR) == [1, 2]
    assert tell(register, now + DAY, again={1: now + HOUR, 2: now + HOUR})
    assert developed(register, now + 2 * DAY) == []
    develop(register, now + 2 * DAY)
    assert developed(register, now + 2 * DAY) == [1, 2]


def test_what_one_search_told_is_told(register: Register, now: datetime) -> None:
    develop(register, now + HOUR)
    assert tell(register, now + DAY, again={1: now + HOUR})
    assert developed(register, now + 2 * DAY) == []


def test_a_match_that_no_digest_told_waits_for_its_first_time(register: Register, now: datetime) -> None:
    with Session(register.engine) as session:
        session.exec(update(Match).values(digest_id=None))
        session.commit()
    develop(register, now + HOUR)
    assert developed(register, now + DAY) == []
    assert len(register.pending_matches(1, now + DAY)) == 2


def test_a_development_is_recorded_once_and_none_of_its_digest_twice(register: Register, now: datetime) -> None:
    develop(register, now + HOUR)
    again = {1: now + HOUR, 2: now + HOUR}
    assert tell(register, now + DAY, again=again)
    assert not tell(register, now + 2 * DAY, again=again)
    assert register.delivery_counts() == {"queued": 2}
    assert register.made_dates(1, now.date()) == {now.date(), (now + DAY).date()}


def test_a_match_that_another_digest_told_meanwhile_is_not_told_first_again(register: Register, now: datetime) -> None:
    assert not tell(register, now + DAY, first={1: None})
    assert register.delivery_counts() == {"queued": 1}


def test_a_match_that_went_away_meanwhile_is_not_mailed(register: Register, now: datetime) -> None:
    develop(register, now + HOUR)
    register.remove_search(2)
    assert not tell(register, now + DAY, again={1: now + HOUR, 2: now + HOUR})
    assert tell(register, now + DAY, again={1: now + HOUR})


def test_of_those_that_tell_it_at_the_same_moment_one_does(register: Register, now: datetime) -> None:
    develop(register, now + HOUR)
    with ThreadPoolExecutor(4) as workers:
        done = workers.map(lambda n: tell(Register(register.engine), now + n * DAY, again={1: now + HOUR}), range(1, 7))
        assert sum(done) == 1
    assert register.delivery_counts() == {"queued": 2}


@pytest.fixture
def cut_off(engine: Engine) -> Iterator[None]:
    """Whoever queues a mail dies before the end of the transaction."""

    def die(_c: object, _u: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO delivery"):
            raise ConnectionAbortedError("cut off")

    event.listen(engine, "before_cursor_execute", die)
    yield
    event.remove(engine, "before_cursor_execute", die)


def test_what_was_cut_off_is_still_to_be_told(register: Register, now: datetime, cut_off: None) -> None:
    develop(register, now + HOUR)
    with pytest.raises(ConnectionAbortedError):
        tell(register, now + DAY, again={1: now + HOUR, 2: now + HOUR})
    assert developed(register, now + DAY) == [1, 2]
    assert register.made_dates(1, now.date()) == {now.date()}
