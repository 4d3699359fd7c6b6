"""A network asks for so much at once and so much in time; who it is is known to nobody."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.requests import Request

from alerts.web.limits import MOST_KNOWN, Allowance, Allowances, Bucket, drawn
from tests.makers.visiting import Clock

NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FEW = Allowance(2, timedelta(minutes=1))


@given(st.lists(st.integers(0, 200), min_size=1, max_size=60))
def test_nobody_gets_more_than_the_allowance_in_any_time(pauses: list[int]) -> None:
    bucket, now, given_at = None, NOON, []
    for pause in pauses:
        now += pause * SECOND
        bucket, wait = drawn(bucket, FEW, now)
        if not wait:
            given_at.append(now)
    for first in range(len(given_at)):
        for last in range(first, len(given_at)):
            span = given_at[last] - given_at[first]
            assert last - first + 1 <= FEW.most + span / FEW.each + 1e-6


@given(st.integers(0, 200))
def test_who_waits_as_long_as_they_are_told_has_it(pause: int) -> None:
    then = NOON + pause * SECOND
    bucket, wait = drawn(Bucket(0, NOON), FEW, then)
    if wait:
        assert drawn(bucket, FEW, then + wait + timedelta(microseconds=1))[1] == timedelta(0)


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing() -> None:
    bucket, _ = drawn(None, FEW, NOON)
    bucket, wait = drawn(bucket, FEW, NOON - timedelta(days=1))
    assert (bucket.left, wait) == (0, timedelta(0))


def request(peer: str, forwarded: str = "") -> Request:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    return Request({"type": "http", "client": (peer, 1), "headers": headers})


def test_a_network_of_ipv6_is_one_and_another_has_its_own() -> None:
    limits = Allowances(Clock(NOON), allowances={"search": FEW})
    limits.take(request("2001:db8::1"), "search")
    limits.take(request("2001:db8::2"), "search")
    with pytest.raises(HTTPException) as told:
        limits.take(request("2001:db8::3"), "search")
    assert (told.value.status_code, told.value.headers) == (429, {"Retry-After": "60"})
    limits.take(request("2001:db8:1::1"), "search")


def test_only_a_proxy_of_ours_says_who_asks() -> None:
    limits = Allowances(Clock(NOON), ["10.0.0.1"], {"search": FEW})
    for last in range(9):
        limits.take(request("10.0.0.1", f"203.0.113.{last}"), "search")
    limits.take(request("203.0.113.99", "198.51.100.1"), "search")
    limits.take(request("203.0.113.99", "198.51.100.2"), "search")
    with pytest.raises(HTTPException):
        limits.take(request("203.0.113.99", "198.51.100.3"), "search")


def test_no_address_is_kept_and_the_key_dies_with_the_day() -> None:
    clock = Clock(NOON)
    limits = Allowances(clock)
    limits.wait("203.0.113.7", "search")
    key = limits._key
    assert "203.0.113.7" not in repr(limits)
    clock.now += timedelta(days=1)
    limits.wait("198.51.100.1", "search")
    assert limits._key != key
    assert len(limits._buckets) == 1


def test_memory_is_bounded() -> None:
    limits = Allowances(Clock(NOON))
    for number in range(MOST_KNOWN + 50):
        limits.wait(str(number), "search")
    assert len(limits._buckets) == MOST_KNOWN
