"""The canary says nothing while all is well, and counts what should have arrived and did not."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from alerts.digest import Post, SourcesRead, queue_due_digests
from alerts.mail import Mailer, Outbox, deliver
from alerts.operator.canary import AwaitedMatch, last_due, missing_stories, overdue_digests, was_due
from alerts.people.choices import StoryChoices
from alerts.people.subscriber import Delivery, Subscriber
from crawler.places.gazetteer import Gazetteer
from tests.makers.mailing import MAIL, READER, join, join_and_meet, morning_after, post_of
from tests.makers.making import article, keep, watch

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def post(engine: Engine, gazetteer: Gazetteer, now: datetime) -> Post:
    """On Monday at eight a search meets a story; its digest is due on Tuesday at seven."""
    watch(engine)
    keep(engine, article())
    post = post_of(engine)
    join_and_meet(post, "waltham", gazetteer, now)
    return post


@pytest.fixture
def outbox(tmp_path: Path, now: datetime) -> Outbox:
    return Outbox(tmp_path / "out", lambda: now)


def told(post: Post, now: datetime) -> tuple[int, int]:
    return missing_stories(post.matches.engine, now), overdue_digests(post.matches.engine, now)


def serve(post: Post, at: datetime) -> None:
    queue_due_digests(post, SourcesRead(1), at)


def send(post: Post, mailer: Mailer, at: datetime) -> None:
    deliver(post.deliveries, mailer, MAIL, lambda: at)


def test_what_waits_for_its_hour_is_well(post: Post, now: datetime) -> None:
    serve(post, now)
    due = morning_after(now)
    assert told(post, now + 2 * HOUR) == told(post, due - HOUR) == told(post, due + HOUR / 2) == (0, 0)


def test_what_was_mailed_is_well(post: Post, now: datetime, outbox: Outbox) -> None:
    due = morning_after(now)
    serve(post, due)
    send(post, outbox, due)
    assert told(post, due + HOUR / 2) == told(post, due + 2 * HOUR) == (0, 0)


def test_a_digest_that_nobody_made_is_missed_an_hour_after_it_was_due(post: Post, now: datetime) -> None:
    serve(post, now)
    assert told(post, morning_after(now) + 1.1 * HOUR) == (1, 1)


def test_a_digest_that_no_server_took_is_missed_until_one_did(post: Post, now: datetime, outbox: Outbox) -> None:
    due = morning_after(now)
    serve(post, due)
    assert told(post, due + 2 * HOUR) == (1, 0)
    send(post, outbox, due + 2 * HOUR)
    assert told(post, due + 2 * HOUR) == (0, 0)


def test_what_another_reader_was_mailed_has_arrived(
    post: Post, now: datetime, outbox: Outbox, engine: Engine, gazetteer: Gazetteer
) -> None:
    due = morning_after(now)
    serve(post, due)
    send(post, outbox, due)
    again(engine, due)
    assert told(post, due + 2 * HOUR) == (0, 0)


def again(engine: Engine, due: datetime) -> None:
    """One more mail that carries it is queued and tried; its server does not answer, others do."""
    with Session(engine) as session:
        first = session.exec(select(Delivery)).one()
        letter = first.model_dump(exclude={"id", "message_id", "sent_at"})
        session.add(Delivery(**letter | {"message_id": "<b@example.org>", "state": "queued", "attempts": 3}))
        session.commit()


def test_a_story_that_its_reader_muted_or_that_is_no_news_is_not_missed(
    post: Post, now: datetime, engine: Engine
) -> None:
    [(reader, _)] = post.members.subscribers()
    StoryChoices(engine).mute(reader.id or 0, 1, now)
    serve(post, now)
    assert told(post, morning_after(now) + 2 * HOUR)[0] == 0


def test_who_is_away_or_left_misses_nothing(post: Post, now: datetime, engine: Engine) -> None:
    due = morning_after(now) + 2 * HOUR
    for changed in ({"state": "left"}, {"state": "active", "paused_at": now, "served_until": due}):
        with Session(engine) as session:
            session.exec(update(Subscriber).where(col(Subscriber.email) == READER).values(changed))
            session.commit()
        assert told(post, due) == (0, 0)


def test_who_joined_after_the_hour_is_due_nothing(post: Post, now: datetime) -> None:
    serve(post, now)
    late = morning_after(now) + 2 * HOUR
    join(post, late, "late@example.org")
    before = overdue_digests(post.matches.engine, late)
    assert before == 1  # that of who was there


def awaited(matched_at: datetime, cadence: str = "daily", weekday: int = 4) -> AwaitedMatch:
    return AwaitedMatch(1, 1, matched_at, matched_at, "07:00", "America/New_York", weekday, cadence)


@pytest.mark.parametrize(
    ("cadence", "hours", "due"),
    [
        ("daily", 22, False),  # Tuesday at six
        ("daily", 23.9, False),  # within the hour
        ("daily", 24.1, True),
        ("daily", 23 + 47, True),
        ("daily", 23 + 49, False),  # what was due more than two days ago is past
        ("weekly", 24 * 3, False),  # Thursday
        ("weekly", 24 * 4 + 0.5, True),  # Friday at eight and a half
        ("weekly", 24 * 7, False),
    ],
)
def test_each_search_is_due_on_its_day(now: datetime, cadence: str, hours: float, due: bool) -> None:
    one, later = awaited(now, cadence), now + hours * HOUR
    assert was_due(one, last_due(*one.hour, later), later) == due
