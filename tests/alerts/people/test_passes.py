"""A pass works once and for some time, and nobody who reads the database can use one."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from alerts.people.members import Members
from alerts.people.passes import MOST, Passes
from alerts.people.subscriber import Pass

QUARTER = timedelta(minutes=15)


@pytest.fixture
def passes(engine: Engine, now: datetime) -> Passes:
    Members(engine).subscribe("reader@example.org", "raid", now, "UTC", "07:00", active=True)
    return Passes(engine)


def test_it_is_spent_once(passes: Passes, now: datetime) -> None:
    token = passes.issue("sign in", 1, now + QUARTER, now)
    assert passes.read("sign in", token, now) == passes.read("sign in", token, now)
    spent = passes.spend("sign in", token, now)
    assert spent
    assert spent.subscriber_id == 1
    assert passes.spend("sign in", token, now) is None


def test_it_is_good_for_its_kind_and_its_time_only(passes: Passes, now: datetime) -> None:
    token = passes.issue("sign in", 1, now + QUARTER, now)
    assert passes.spend("session", token, now) is None
    assert passes.spend("sign in", token + "x", now) is None
    assert passes.spend("sign in", token, now + QUARTER) is None


def test_only_its_hash_is_kept(passes: Passes, now: datetime) -> None:
    token = passes.issue("sign in", 1, now + QUARTER, now)
    with Session(passes.engine) as session:
        [kept] = session.exec(select(Pass)).all()
    assert token not in str(kept)
    assert passes.spend("sign in", kept.hashed, now) is None


def test_of_too_many_the_oldest_goes(passes: Passes, now: datetime) -> None:
    tokens = [passes.issue("session", 1, now + 2 * QUARTER, now + timedelta(seconds=i)) for i in range(7)]
    good = [token for token in tokens if passes.read("session", token, now)]
    assert good == tokens[-MOST["session"] :]


def test_those_that_are_over_are_forgotten_and_who_goes_takes_theirs_along(passes: Passes, now: datetime) -> None:
    passes.issue("sign in", 1, now + QUARTER, now)
    open_still = passes.issue("session", 1, now + 2 * QUARTER, now)
    passes.forget(now + QUARTER)
    assert passes.read("session", open_still, now)
    with Session(passes.engine) as session:
        assert len(session.exec(select(Pass)).all()) == 1
    passes.end(1)
    assert passes.read("session", open_still, now) is None
