"""A digest is recorded once, in both databases."""

from datetime import date, datetime

import pytest
from sqlalchemy import Engine

from alerts.digest.post import Post
from alerts.digest.records import MadeDigest
from alerts.people.subscriber import DigestRecord
from tests.makers.mailing import join, letter, meet, post_of
from tests.makers.making import watch


@pytest.fixture
def post(engine: Engine) -> Post:
    watch(engine)
    return post_of(engine)


def test_a_digest_is_recorded_with_its_matches_and_its_mail_or_not_at_all(
    post: Post, engine: Engine, now: datetime
) -> None:
    join(post, now)
    meet(post, now)
    record = DigestRecord(subscriber_id=1, local_date=date(2026, 3, 9), made_at=now, stories=1)
    assert post.records.record([MadeDigest(record, letter("a"), {1: None})]) == [True]
    assert post.matches.pending_matches([1], now) == []
    assert post.records.made_dates(1, date(2026, 3, 1)) == {date(2026, 3, 9)}
    second = DigestRecord(subscriber_id=1, local_date=date(2026, 3, 9), made_at=now, stories=1)
    assert post.records.record([MadeDigest(second, letter("b"), {1: None})]) == [False]
    assert post.deliveries.delivery_counts() == {"queued": 1}


def test_of_many_digests_only_the_one_that_was_made_is_not_recorded(post: Post, engine: Engine, now: datetime) -> None:
    for number in range(1, 4):
        join(post, now, f"r{number}@example.org")

    def made(number: int, name: str) -> MadeDigest:
        record = DigestRecord(subscriber_id=number, local_date=date(2026, 3, 9), made_at=now, stories=1)
        return MadeDigest(record, letter(name))

    assert post.records.record([made(2, "a")]) == [True]
    assert post.records.record([made(1, "b"), made(2, "c"), made(3, "d")]) == [True, False, True]
    assert post.records.record([]) == []
    assert post.deliveries.delivery_counts() == {"queued": 3}
