"""Subscribers and their searches, in both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func
from sqlmodel import Session, select

from alerts.digest.post import Post
from alerts.people.searches import Searches
from alerts.people.subscriber import Delivery, DigestRecord, Match, Subscriber, Subscription
from crawler.model.errors import IcewireError
from tests.makers.mailing import claim, join, letter, meet, post_of
from tests.makers.making import watch

HOUR = timedelta(hours=1)


@pytest.fixture
def post(engine: Engine) -> Post:
    watch(engine)
    return post_of(engine)


def test_an_address_is_one_subscriber_with_many_searches(post: Post, now: datetime) -> None:
    join(post, now, "Reader@Example.org ")
    join(post, now, query="worcester")
    [(subscriber, searches)] = post.members.subscribers()
    assert subscriber.email == "reader@example.org"
    assert [s.query for s in searches] == ["waltham", "worcester"]


def test_the_same_search_twice_is_an_error_a_person_can_read(post: Post, now: datetime) -> None:
    join(post, now)
    with pytest.raises(IcewireError, match="already has the search “waltham”"):
        join(post, now)


def test_leaving_stops_all_mail_at_once_and_erases_everything_in_time(
    post: Post, engine: Engine, now: datetime
) -> None:
    join(post, now)
    meet(post, now)
    post.deliveries.queue(letter(), 1, now)
    post.members.leave(1, now)
    assert claim(post.deliveries, now) is None
    assert list(Searches(engine).all()) == []
    post.members.forget(left_before=now - timedelta(days=7))
    assert _count(engine, Subscriber) == 1
    post.members.forget(left_before=now)
    assert [_count(engine, t) for t in (Subscriber, Subscription, Match, DigestRecord, Delivery)] == [0] * 5


@pytest.mark.parametrize("active", [True, False])
def test_who_left_may_come_back_and_begins_anew(post: Post, now: datetime, active: bool) -> None:
    join(post, now, query="old")
    join(post, now)
    post.members.leave(1, now)
    later = now + timedelta(days=6)
    subscriber, _ = post.members.subscribe("reader@example.org", "waltham", later, "UTC", "06:00", active)
    assert (subscriber.id, subscriber.state) == (1, "active" if active else "pending")
    assert (subscriber.timezone, subscriber.digest_at) == ("UTC", "06:00")
    [(_, searches)] = post.members.subscribers()
    assert [s.query for s in searches] == ["waltham"]
    post.members.forget(left_before=now)  # what was before they came back has no say
    assert len(post.members.subscribers()) == 1


def test_the_number_of_somebody_erased_is_never_given_again(post: Post, now: datetime) -> None:
    erased = join(post, now)
    post.members.leave(erased.id or 0, now)
    post.members.forget(left_before=now)
    assert join(post, now, "other@example.org").id != erased.id


def test_reading_does_not_wait_for_somebody_who_writes(post: Post, engine: Engine, now: datetime) -> None:
    join(post, now)
    with Session(engine) as writer:
        writer.add(Subscriber(email="b@example.org", timezone="UTC", digest_at="07:00", created_at=now))
        writer.flush()
        assert len(post.members.subscribers()) == 1


def _count(engine: Engine, table: type) -> int:
    with Session(engine) as session:
        return session.exec(select(func.count()).select_from(table)).one()
