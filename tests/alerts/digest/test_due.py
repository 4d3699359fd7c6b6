"""When a digest is due: each local date once, whatever the clock does."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.digest.due import all_served, around, due_dates, instant, next_digest

BOSTON = "America/New_York"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "at", "expected"),
    [
        (date(2026, 3, 7), "07:00", "2026-03-07T12:00"),  # winter
        (date(2026, 3, 8), "07:00", "2026-03-08T11:00"),  # the day the clocks go forward
        (date(2026, 3, 8), "02:30", "2026-03-08T07:30"),  # an hour that this day does not have
        (date(2026, 11, 1), "01:30", "2026-11-01T05:30"),  # an hour that this day has twice: the first
        (date(2026, 11, 1), "07:00", "2026-11-01T12:00"),
    ],
)
def test_a_local_hour_is_one_instant(day: date, at: str, expected: str) -> None:
    assert instant(day, at, BOSTON) == utc(expected)


def test_nothing_is_due_before_its_hour_and_today_after_it() -> None:
    made = {date(2026, 3, d) for d in range(1, 9)}
    assert due_dates(utc("2026-03-09T10:59"), "07:00", BOSTON, LONG_AGO, made) == []
    assert due_dates(utc("2026-03-09T11:00"), "07:00", BOSTON, LONG_AGO, made) == [date(2026, 3, 9)]


def test_a_daemon_that_slept_catches_up_with_seven_days_and_no_more() -> None:
    due = due_dates(utc("2026-03-20T15:00"), "07:00", BOSTON, LONG_AGO, {date(2026, 3, 18)})
    assert due == [date(2026, 3, d) for d in (14, 15, 16, 17, 19, 20)]


def test_no_digest_is_due_from_before_the_subscriber_confirmed() -> None:
    confirmed = utc("2026-03-09T11:30")
    assert due_dates(utc("2026-03-09T20:00"), "07:00", BOSTON, confirmed, ()) == []
    assert due_dates(utc("2026-03-10T11:00"), "07:00", BOSTON, confirmed, ()) == [date(2026, 3, 10)]


def test_the_next_digest_is_tomorrow_when_todays_was_made_early() -> None:
    now, yesterday, today = utc("2026-03-09T09:00"), utc("2026-03-08T11:00"), utc("2026-03-09T11:00")
    assert next_digest(now, "07:00", BOSTON, yesterday) == today
    assert next_digest(now, "07:00", BOSTON, today) == utc("2026-03-10T11:00")
    assert next_digest(today, "07:00", BOSTON, today) == utc("2026-03-10T11:00")


def test_a_clock_that_ran_a_year_ahead_says_nothing_of_the_next_digest() -> None:
    ahead = utc("2027-03-09T11:00")
    assert next_digest(utc("2026-03-09T09:00"), "07:00", BOSTON, ahead) == utc("2026-03-09T11:00")


def test_who_confirms_at_the_very_hour_gets_the_next_days_digest_first() -> None:
    hour = utc("2026-03-09T11:00")
    assert due_dates(hour + timedelta(hours=20), "07:00", BOSTON, hour, ()) == []
    assert due_dates(hour + timedelta(days=1), "07:00", BOSTON, hour, ()) == [date(2026, 3, 10)]


@pytest.mark.parametrize(
    ("least", "most", "served"), [(0, 0, True), (0, 24, True), (24, 24, True), (-1, 0, False), (0, 25, False)]
)
def test_all_are_served_who_are_between_the_last_digest_and_the_coming_one(least: int, most: int, served: bool) -> None:
    last, coming = around(utc("2026-03-10T12:00"), "07:00", BOSTON)
    assert all_served(last + timedelta(hours=least), last + timedelta(hours=most), last, coming) is served


@pytest.mark.parametrize(
    ("now", "last", "coming"),
    [
        ("2026-03-09T10:59", "2026-03-08T11:00", "2026-03-09T11:00"),
        ("2026-03-09T11:00", "2026-03-09T11:00", "2026-03-10T11:00"),
        ("2026-03-08T04:30", "2026-03-07T12:00", "2026-03-08T11:00"),  # over the night when the clocks go forward
        ("2026-11-01T11:30", "2026-10-31T11:00", "2026-11-01T12:00"),  # and over the one when they go back
    ],
)
def test_each_moment_lies_between_two_digests(now: str, last: str, coming: str) -> None:
    assert around(utc(now), "07:00", BOSTON) == (utc(last), utc(coming))


@given(
    start=st.datetimes(datetime(2026, 1, 8), datetime(2026, 12, 1), timezones=st.just(UTC)),
    steps=st.lists(st.integers(-2 * 1440, 3 * 1440), min_size=1, max_size=40),
    at=st.sampled_from(["00:00", "02:30", "07:00", "23:59"]),
    zone=st.sampled_from([BOSTON, "America/Los_Angeles", "Pacific/Honolulu", "Pacific/Auckland"]),
)
def test_who_is_served_has_nothing_due_wherever_the_clock_is_set(
    start: datetime, steps: list[int], at: str, zone: str
) -> None:
    made: set[date] = set()
    now = served = start
    for minutes in steps:
        now += timedelta(minutes=minutes)
        due = due_dates(now, at, zone, start, made)
        if all_served(served, served, *around(now, at, zone)):
            assert due == []
        else:
            made.update(due)
            served = now


@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 20), timezones=st.just(UTC)),
    steps=st.lists(st.integers(1, 3000), min_size=1, max_size=40),
    at=st.sampled_from(["00:00", "02:30", "07:00", "23:59"]),
    zone=st.sampled_from([BOSTON, "America/Los_Angeles", "America/Puerto_Rico", "Pacific/Honolulu"]),
)
def test_ticking_at_any_pace_makes_each_date_at_most_once_and_never_skips_one(
    start: datetime, steps: list[int], at: str, zone: str
) -> None:
    made: list[date] = []
    now = start
    for minutes in steps:
        now += timedelta(minutes=minutes)
        made += due_dates(now, at, zone, start, set(made))
    assert len(made) == len(set(made))
    assert all(start < instant(day, at, zone) <= now for day in made)
    if made:
        whole = {made[0] + timedelta(days=n) for n in range((made[-1] - made[0]).days + 1)}
        assert set(made) == whole
