"""The queue of mails, in both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event, func
from sqlmodel import Session, select

from alerts.digest.post import Post
from alerts.people.subscriber import Delivery
from crawler.model import as_written
from tests.makers.mailing import after_a_crash, claim, join, letter, post_of
from tests.makers.making import watch


@pytest.fixture
def post(engine: Engine) -> Post:
    watch(engine)
    return post_of(engine)


def test_a_delivery_is_claimed_once_and_again_when_its_sender_died(post: Post, now: datetime) -> None:
    join(post, now)
    post.deliveries.queue(letter(), 1, now)
    claimed = claim(post.deliveries, now)
    assert claimed is not None
    assert claim(post.deliveries, now) is None
    assert after_a_crash(post.deliveries, now) == 1
    again = claim(post.deliveries, now)
    assert again is not None
    assert (again.id, again.message_id, again.message) == (claimed.id, claimed.message_id, b"mail")


def test_an_unsent_mail_waits_for_its_next_attempt_or_is_given_up(post: Post, now: datetime) -> None:
    join(post, now)
    post.deliveries.queue(letter(), 1, now)
    claimed = claim(post.deliveries, now)
    assert claimed is not None
    post.deliveries.record_unsent(claimed, as_written("451 later"), now + timedelta(minutes=1))
    assert claim(post.deliveries, now) is None
    claimed = claim(post.deliveries, now + timedelta(minutes=1))
    assert claimed is not None
    post.deliveries.record_unsent(claimed, as_written("550 never"), None)
    assert post.deliveries.delivery_counts() == {"failed": 1}


def test_the_text_of_a_sent_mail_is_forgotten_in_time(post: Post, engine: Engine, now: datetime) -> None:
    join(post, now)
    post.deliveries.queue(letter(), 1, now)
    claimed = claim(post.deliveries, now)
    assert claimed is not None
    post.deliveries.record_sent([claimed.id or 0], now)
    assert post.deliveries.latest_digest() is not None
    post.deliveries.forget_texts(queued_before=now + timedelta(seconds=1))
    assert post.deliveries.latest_digest() is None
    assert _count(engine, Delivery) == 1


def test_of_many_digests_only_the_newest_is_read(post: Post, now: datetime) -> None:
    join(post, now)
    for n in range(3):
        post.deliveries.queue(letter(str(n)), 1, now + timedelta(minutes=n))
    loaded: list[Delivery] = []

    def note(delivery: Delivery, context: object) -> None:
        loaded.append(delivery)

    event.listen(Delivery, "load", note)
    latest = post.deliveries.latest_digest()
    event.remove(Delivery, "load", note)
    assert latest is not None
    assert latest.message_id == "<2@example.org>"
    assert len(loaded) == 1


def _count(engine: Engine, table: type) -> int:
    with Session(engine) as session:
        return session.exec(select(func.count()).select_from(table)).one()
