"""Subscribers, matches, digests and deliveries in both databases."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, event, func
from sqlmodel import Session, select

from alerts.people.register import ABANDONED_AFTER, Letter, Register
from alerts.people.subscriber import Delivery, DigestRecord, Match, Subscriber, Subscription
from crawler.model.errors import IcewireError
from tests.makers.making import article, keep, watch


@pytest.fixture
def register(engine: Engine) -> Register:
    watch(engine)
    return Register(engine)


def join(register: Register, now: datetime, email: str = "reader@example.org", query: str = "waltham") -> Subscriber:
    return register.subscribe(email, query, now, "America/New_York", "07:00", active=True)[0]


def letter(name: str = "a") -> Letter:
    return Letter("digest", "reader@example.org", f"<{name}@example.org>", b"mail")


def meet(register: Register, engine: Engine, now: datetime) -> None:
    """One stored story that the first search met."""
    added = keep(engine, article())
    [story] = register.unmatched()
    match = Match(subscription_id=1, story_id=added.story_id, article_id=added.article_id, matched_at=now)
    register.record_matches(story, [match])


def test_an_address_is_one_subscriber_with_many_searches(register: Register, now: datetime) -> None:
    join(register, now, "Reader@Example.org ")
    join(register, now, query="worcester")
    [(subscriber, searches)] = register.subscribers()
    assert subscriber.email == "reader@example.org"
    assert [s.query for s in searches] == ["waltham", "worcester"]


def test_the_same_search_twice_is_an_error_a_person_can_read(register: Register, now: datetime) -> None:
    join(register, now)
    with pytest.raises(IcewireError, match="already has the search “waltham”"):
        join(register, now)


def test_a_pending_subscriber_becomes_active_by_confirming(register: Register, now: datetime) -> None:
    subscriber, _ = register.subscribe("a@example.org", "x", now, "UTC", "07:00", active=False)
    assert subscriber.state == "pending"
    confirmed = register.confirm(subscriber.id or 0, now)
    assert confirmed is not None
    assert (confirmed.state, confirmed.confirmed_at) == ("active", now)


def test_a_story_is_unmatched_until_matched_and_again_when_it_changes(
    register: Register, engine: Engine, now: datetime
) -> None:
    join(register, now)
    meet(register, engine, now)
    assert register.unmatched() == []
    keep(engine, article("more"), story=1)
    assert [s.version for s in register.unmatched()] == [2]


def test_a_story_meets_a_search_once_however_often_it_changes(
    register: Register, engine: Engine, now: datetime
) -> None:
    join(register, now)
    meet(register, engine, now)
    keep(engine, article("more"), story=1)
    [story] = register.unmatched()
    again = Match(subscription_id=1, story_id=1, article_id=1, matched_at=now)
    assert register.record_matches(story, [again]) == 0


def test_a_digest_is_recorded_with_its_matches_and_its_mail_or_not_at_all(
    register: Register, engine: Engine, now: datetime
) -> None:
    join(register, now)
    meet(register, engine, now)
    record = DigestRecord(subscriber_id=1, local_date=date(2026, 3, 9), made_at=now, stories=1)
    assert register.record_digest(record, letter("a"), {1: None})
    assert register.pending_matches(1, now) == []
    assert register.made_dates(1, date(2026, 3, 1)) == {date(2026, 3, 9)}
    second = DigestRecord(subscriber_id=1, local_date=date(2026, 3, 9), made_at=now, stories=1)
    assert not register.record_digest(second, letter("b"), {1: None})
    assert register.delivery_counts() == {"queued": 1}


def test_matches_found_after_the_digests_hour_wait_for_the_next(
    register: Register, engine: Engine, now: datetime
) -> None:
    join(register, now)
    meet(register, engine, now)
    assert register.pending_matches(1, now - timedelta(seconds=1)) == []
    assert len(register.pending_matches(1, now)) == 1


def test_a_delivery_is_claimed_once_and_again_when_its_sender_died(register: Register, now: datetime) -> None:
    join(register, now)
    register.queue(letter(), 1, now)
    claimed = register.claim_delivery(now)
    assert claimed is not None
    assert register.claim_delivery(now) is None
    again = register.claim_delivery(now + ABANDONED_AFTER)
    assert again is not None
    assert (again.id, again.message_id, again.message) == (claimed.id, claimed.message_id, b"mail")


def test_at_start_what_was_being_sent_is_sent_again(register: Register, now: datetime) -> None:
    join(register, now)
    register.queue(letter(), 1, now)
    register.claim_delivery(now)
    assert register.reclaim_deliveries(now) == 1
    assert register.claim_delivery(now) is not None


def test_an_unsent_mail_waits_for_its_next_attempt_or_is_given_up(register: Register, now: datetime) -> None:
    join(register, now)
    register.queue(letter(), 1, now)
    claimed = register.claim_delivery(now)
    assert claimed is not None
    register.record_unsent(claimed.id or 0, "451 later", now + timedelta(minutes=1))
    assert register.claim_delivery(now) is None
    claimed = register.claim_delivery(now + timedelta(minutes=1))
    assert claimed is not None
    register.record_unsent(claimed.id or 0, "550 never", None)
    assert register.delivery_counts() == {"failed": 1}


def test_leaving_stops_all_mail_at_once_and_erases_everything_in_time(
    register: Register, engine: Engine, now: datetime
) -> None:
    join(register, now)
    meet(register, engine, now)
    register.queue(letter(), 1, now)
    register.leave(1, now)
    assert register.claim_delivery(now) is None
    assert register.live_subscriptions() == []
    register.forget(left_before=now - timedelta(days=7), sent_before=now)
    assert _count(engine, Subscriber) == 1
    register.forget(left_before=now, sent_before=now)
    assert [_count(engine, t) for t in (Subscriber, Subscription, Match, DigestRecord, Delivery)] == [0] * 5


def test_the_text_of_a_sent_mail_is_forgotten_in_time(register: Register, engine: Engine, now: datetime) -> None:
    join(register, now)
    register.queue(letter(), 1, now)
    claimed = register.claim_delivery(now)
    assert claimed is not None
    register.record_sent(claimed.id or 0, now)
    assert register.latest_digest() is not None
    register.forget(left_before=now, sent_before=now + timedelta(seconds=1))
    assert register.latest_digest() is None
    assert _count(engine, Delivery) == 1


@pytest.mark.parametrize("active", [True, False])
def test_who_left_may_come_back_and_begins_anew(register: Register, now: datetime, active: bool) -> None:
    join(register, now, query="old")
    join(register, now)
    register.leave(1, now)
    later = now + timedelta(days=6)
    subscriber, _ = register.subscribe("reader@example.org", "waltham", later, "UTC", "06:00", active)
    assert (subscriber.id, subscriber.state) == (1, "active" if active else "pending")
    assert (subscriber.timezone, subscriber.digest_at) == ("UTC", "06:00")
    [(_, searches)] = register.subscribers()
    assert [s.query for s in searches] == ["waltham"]
    register.forget(left_before=now, sent_before=now)  # what was before they came back has no say
    assert len(register.subscribers()) == 1


def test_who_has_not_confirmed_yet_may_ask_for_the_same_again(register: Register, now: datetime) -> None:
    first = register.subscribe("a@example.org", "x", now, "UTC", "07:00", active=False)[1]
    assert register.subscribe("a@example.org", "x", now, "UTC", "07:00", active=False)[1].id == first.id
    subscriber, again = register.subscribe("a@example.org", "x", now, "UTC", "07:00", active=True)
    assert (subscriber.state, again.id) == ("active", first.id)


def test_who_is_asked_again_has_the_whole_week_to_confirm(register: Register, now: datetime) -> None:
    later = now + timedelta(days=6)
    for asked in (now, later):
        register.subscribe("a@example.org", "x", asked, "UTC", "07:00", active=False)
    register.forget(left_before=now, sent_before=now)
    assert len(register.subscribers()) == 1


def test_the_number_of_somebody_erased_is_never_given_again(register: Register, now: datetime) -> None:
    erased = join(register, now)
    register.leave(erased.id or 0, now)
    register.forget(left_before=now, sent_before=now)
    assert join(register, now, "other@example.org").id != erased.id


def test_a_match_that_the_daemon_stored_meanwhile_is_known_and_the_others_are_kept(
    register: Register, engine: Engine, now: datetime
) -> None:
    join(register, now)
    meet(register, engine, now)
    keep(engine, article("two"))
    keep(engine, article("three"))
    found = [Match(subscription_id=1, story_id=n, article_id=n, matched_at=now) for n in (1, 2, 3)]
    with Session(engine) as daemon, ThreadPoolExecutor() as other:
        daemon.add(Match(subscription_id=1, story_id=2, article_id=2, matched_at=now))
        daemon.flush()
        adding = other.submit(register.add_matches, found)
        time.sleep(0.2)  # it has come to the daemon's match, and waits
        daemon.commit()
        adding.result()
    assert [m.story_id for m, _ in register.pending_matches(1, now)] == [1, 2, 3]


def test_of_many_digests_only_the_newest_is_read(register: Register, now: datetime) -> None:
    join(register, now)
    for n in range(3):
        register.queue(letter(str(n)), 1, now + timedelta(minutes=n))
    loaded: list[Delivery] = []

    def note(delivery: Delivery, context: object) -> None:
        loaded.append(delivery)

    event.listen(Delivery, "load", note)
    latest = register.latest_digest()
    event.remove(Delivery, "load", note)
    assert latest is not None
    assert latest.message_id == "<2@example.org>"
    assert len(loaded) == 1


def test_a_text_that_is_forgotten_already_is_not_written_again(
    register: Register, engine: Engine, now: datetime
) -> None:
    join(register, now)
    register.queue(letter(), 1, now)
    register.record_sent(1, now)
    changed: list[int] = []
    event.listen(
        engine,
        "after_cursor_execute",
        lambda _c, cursor, said, *_: changed.append(cursor.rowcount) if said.startswith("UPDATE delivery") else None,
    )
    for _ in range(2):
        register.forget(left_before=now, sent_before=now + timedelta(seconds=1))
    assert changed == [1, 0]


def test_reading_does_not_wait_for_somebody_who_writes(register: Register, engine: Engine, now: datetime) -> None:
    join(register, now)
    with Session(engine) as writer:
        writer.add(Subscriber(email="b@example.org", timezone="UTC", digest_at="07:00", created_at=now))
        writer.flush()
        assert len(register.subscribers()) == 1


def _count(engine: Engine, table: type) -> int:
    with Session(engine) as session:
        return session.exec(select(func.count()).select_from(table)).one()
