"""How long to wait, and whom to pace together."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.manners.waits import LONGEST_WAIT, back_off, ip_literal, pace_name, retry_after

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
FIVE = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 7 ", timedelta(seconds=7)),
        ("0", timedelta(minutes=1)),
        ("1", timedelta(seconds=1)),
        (format_datetime(NOON + timedelta(hours=1), usegmt=True), timedelta(hours=1)),
        ("Mon, 09 Mar 2026 12:30:00 -0000", timedelta(minutes=30)),
        (format_datetime(NOON - timedelta(hours=1), usegmt=True), timedelta(minutes=1)),
        ("999999999999999999999999", LONGEST_WAIT),
        ("9" * 5000, FIVE),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
        ("", FIVE),
        ("soon", FIVE),
        ("-5", FIVE),
        ("1.5", timedelta(seconds=1)),
        ("3600.0", timedelta(hours=1)),
        ("90 seconds", timedelta(seconds=90)),
        ("2 hours", FIVE),
        ("²", FIVE),
        ("Mon, 09 Mar 2026 12:00:00 +99999999999", FIVE),
        ("Mon, 99 Foo 2026 99:99:99 GMT", FIVE),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_else_ignored(header: str, wait: timedelta) -> None:
    assert retry_after(header, NOON, FIVE) == NOON + wait


@pytest.mark.slow
@given(st.text() | st.from_regex(r"\w{3}, \d{1,3} \w{3} \d{1,5} \d\d:\d\d:\d\d [+-]\d{4}"))
def test_whatever_a_server_writes_we_come_back_within_a_day(header: str) -> None:
    assert NOON < retry_after(header, NOON, FIVE) <= NOON + LONGEST_WAIT


@given(st.integers(min_value=0, max_value=10_000))
def test_each_failed_attempt_waits_at_least_as_long_as_the_one_before(attempts: int) -> None:
    assert FIVE <= back_off(attempts) <= back_off(attempts + 1) <= timedelta(hours=12)


@pytest.mark.parametrize(
    ("a", "b", "together"),
    [
        ("https://paper.example.com/a", "http://www.example.com:8080/b", True),
        ("https://news.paper.co.uk/a", "https://sport.paper.co.uk/b", True),
        ("https://one.substack.com/feed", "https://two.substack.com/feed", True),
        ("https://one.github.io/feed", "https://two.github.io/feed", True),
        ("https://www.town.weston.ma.us/", "https://www.cityofwaltham.ma.us/", False),
        ("https://north.k12.ma.us/", "https://south.k12.ma.us/", False),
        ("https://news.ledger.example/a", "https://www.ledger.example./b", True),
        ("https://ledger.example/a", "https://gazette.example/a", False),
        ("http://127.0.0.2:9100/a", "http://127.0.0.2:9100/b", True),
        ("http://127.0.0.2:9100/a", "http://127.0.0.3:9100/a", False),
    ],
)
def test_names_below_one_registered_name_are_paced_together(a: str, b: str, together: bool) -> None:
    assert (pace_name(a) == pace_name(b)) is together


def test_an_ip_address_in_a_url_is_known_from_a_name() -> None:
    assert [ip_literal(u) for u in ("http://127.0.0.2:9100/a", "http://[::1]/a", "https://ledger.example/")] == [
        "127.0.0.2",
        "::1",
        "",
    ]
