"""When a feed is read next."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.watch.polling import LONGEST_PAUSE, MOST_ASKED, Habit, Limits, expected_gap, learn, next_reading, rate

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # a Monday
LIMITS = Limits(timedelta(minutes=10), timedelta(hours=4))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SLACK = 1.1  # jitter moves the bounds by less than a tenth


def every(gap: timedelta, how_long: timedelta) -> list[datetime]:
    return [NOW - gap * n for n in range(1, how_long // gap + 1)]


def wait(habit: Habit, now: datetime = NOW, **said: Any) -> timedelta:
    return next_reading(habit, now, LIMITS, **said) - now


def busy() -> Habit:
    return learn(Habit(), every(20 * MINUTE, 3 * DAY), NOW, None)


def dead() -> Habit:
    return learn(Habit(), [NOW - 900 * DAY, NOW - 800 * DAY], NOW, None)


def at_noon(days: int) -> Habit:
    """A feed that brings four items between 12:00 and 12:40 UTC, every day."""
    noons = [(NOW - n * DAY).replace(hour=12) for n in range(days)]
    return learn(Habit(), [noon + m * 10 * MINUTE for noon in noons for m in range(4)], NOW, None)


def test_a_busy_feed_is_read_at_the_shortest_interval() -> None:
    assert LIMITS.shortest <= wait(busy()) <= LIMITS.shortest * SLACK


def test_a_feed_whose_newest_date_is_years_old_is_read_rarely_but_read() -> None:
    assert 2 * HOUR < wait(dead()) <= LIMITS.longest


def test_a_feed_of_which_nothing_is_known_lies_between() -> None:
    assert wait(busy()) < wait(Habit()) < wait(dead())


def test_four_times_the_items_need_about_twice_the_readings() -> None:
    few, many = (learn(Habit(), every(gap, 100 * DAY), NOW, None) for gap in (77.2 * HOUR, 19.3 * HOUR))
    later = NOW + 12 * HOUR  # when what came last no longer promises more
    assert 1.6 < wait(few, later) / wait(many, later) < 2.4


def test_the_hours_at_which_nothing_comes_are_left_alone() -> None:
    habit, night = at_noon(30), NOW.replace(hour=23) + DAY
    assert wait(habit, night) > 4 * wait(habit, night.replace(hour=12))


def test_a_weekend_is_read_less_when_nothing_comes_on_weekends() -> None:
    habit = learn(Habit(), [t for t in every(6 * HOUR, 90 * DAY) if t.weekday() < 5], NOW, None)
    saturday, tuesday = NOW + 5 * DAY, NOW + 8 * DAY
    assert wait(habit, saturday) > 1.3 * wait(habit, tuesday)


def test_something_new_makes_the_next_reading_sooner() -> None:
    quiet = learn(Habit(), every(40 * HOUR, 100 * DAY), NOW, None)
    later = NOW + 10 * HOUR
    silent, surprised = (learn(quiet, came, later, NOW) for came in ((), (later - MINUTE,)))
    assert wait(surprised, later) < wait(silent, later) / 2


def test_a_dead_feed_that_comes_back_is_believed_within_a_day() -> None:
    habit, before = dead(), wait(dead())
    for n in range(1, 25):
        habit = learn(habit, [NOW + n * HOUR - 30 * MINUTE], NOW + n * HOUR, NOW + (n - 1) * HOUR)
    assert wait(habit, NOW + 30 * HOUR) < before / 5


def test_a_busy_feed_that_falls_silent_is_read_less_and_less() -> None:
    habit, waits = busy(), [wait(busy())]
    for n in range(1, 61):
        habit = learn(habit, (), NOW + n * DAY, NOW + (n - 1) * DAY)
        waits.append(wait(habit, NOW + n * DAY))
    assert waits[7] < waits[21] < waits[56]  # weeks, as Mondays compare with Mondays


def test_a_punctual_feed_is_read_just_after_its_minute() -> None:
    habit = learn(Habit(), [t.replace(minute=30) for t in every(50 * HOUR, 100 * DAY)], NOW, None)
    now = NOW + 12 * HOUR
    at = next_reading(habit, now, LIMITS)
    assert at - now > LIMITS.shortest
    assert 30 <= at.minute < 35


def test_an_outlet_in_a_hurry_is_read_at_the_shortest_interval_until_then() -> None:
    assert wait(dead(), hurry_until=NOW + HOUR) <= LIMITS.shortest * SLACK
    assert wait(dead(), hurry_until=NOW) == wait(dead())


@pytest.mark.parametrize("hurry", [None, NOW + DAY])
def test_what_a_feed_asks_for_is_a_floor_even_in_a_hurry(hurry: datetime | None) -> None:
    assert wait(busy(), asked=25 * MINUTE, hurry_until=hurry) == 25 * MINUTE


def test_a_feed_cannot_ask_to_be_read_less_than_hourly() -> None:
    assert wait(busy(), asked=30 * DAY) == MOST_ASKED


def test_each_whole_failure_doubles_the_wait() -> None:
    habit = busy()
    assert wait(habit, failures=0.75) == wait(habit)
    assert wait(habit, failures=1.0) / wait(habit) == pytest.approx(2)
    assert wait(habit, failures=1.75) / wait(habit) == pytest.approx(2)
    assert wait(habit, failures=3.0) / wait(habit) == pytest.approx(8)


def test_a_feed_is_never_given_up() -> None:
    assert 0.9 * LONGEST_PAUSE < wait(dead(), failures=5000.0) <= LONGEST_PAUSE


def test_feeds_read_together_drift_apart_and_always_in_the_same_way() -> None:
    feeds = [learn(Habit(), [NOW - n * DAY], NOW, None) for n in range(200, 230)]
    together = [learn(busy(), (), NOW + n * timedelta(milliseconds=100), NOW) for n in range(1, 31)]
    assert len({wait(habit) for habit in together}) > 25
    assert [wait(habit) for habit in feeds] == [wait(habit) for habit in feeds]


def test_a_first_reading_without_dates_teaches_nothing() -> None:
    assert rate(learn(Habit(), [NOW] * 30, NOW, None)) == rate(Habit())


def test_items_without_dates_teach_when_they_were_found() -> None:
    habit = learn(Habit(), [NOW] * 30, NOW, None)
    for n in range(1, 49):
        habit = learn(habit, [NOW + n * HOUR], NOW + n * HOUR, NOW + (n - 1) * HOUR)
    assert rate(habit) == pytest.approx(24, rel=0.2)


def test_many_items_at_once_are_one_moment_but_many_items() -> None:
    dumps = [t for t in every(2 * DAY, 60 * DAY) for _ in range(20)]
    habit = learn(Habit(), dumps, NOW, None)
    assert rate(habit) == pytest.approx(10, rel=0.2)
    gap = expected_gap(habit)
    assert gap is not None
    assert gap / DAY == pytest.approx(2, rel=0.1)


def test_the_rate_is_items_a_day() -> None:
    assert rate(busy()) == pytest.approx(72, rel=0.1)
    assert rate(dead()) < 0.05


def test_there_is_no_usual_gap_before_three_moments_were_seen() -> None:
    assert expected_gap(Habit()) is None
    assert expected_gap(learn(Habit(), every(DAY, 2 * DAY), NOW, None)) is None


def test_an_item_dated_before_the_last_reading_came_after_it() -> None:
    habit = learn(dead(), [NOW - 30 * DAY], NOW + 2 * HOUR, NOW)
    assert habit.last == NOW + HOUR


def test_reading_often_or_rarely_teaches_the_same_rate() -> None:
    often = rarely = learn(Habit(), (), NOW, None)
    for n in range(240):
        came = [NOW + n * HOUR + 30 * MINUTE] if n % 6 == 0 else []
        often = learn(often, came, NOW + (n + 1) * HOUR, NOW + n * HOUR)
    for n in range(0, 240, 24):
        came = [NOW + (n + m) * HOUR + 30 * MINUTE for m in range(0, 24, 6)]
        rarely = learn(rarely, came, NOW + (n + 24) * HOUR, NOW + n * HOUR)
    assert rate(often) == pytest.approx(rate(rarely), rel=0.05)


def test_a_habit_survives_the_database() -> None:
    for habit in (Habit(), busy(), dead(), at_noon(10)):
        stored = Habit.from_json(habit.to_json())
        assert stored.to_json() == habit.to_json()
        assert wait(stored) / wait(habit) == pytest.approx(1, rel=0.1)


@pytest.mark.parametrize(
    "damage",
    [{"at": "yesterday"}, {"at": 5}, {"at": "2026-03-02T15:00:00"}, {"hours": [1.0]}, {"week": None},
     {"days": float("nan")}, {"moments": -1.0}, {"items": "many"}, {"slots": ["x"] * 12}],
)  # fmt: skip
def test_a_damaged_habit_is_a_fresh_one(damage: dict[str, Any]) -> None:
    assert Habit.from_json(busy().to_json() | damage) == Habit()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)
)
NAMES = st.sampled_from([*Habit().to_json(), "other"])


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(st.dictionaries(NAMES, ANYTHING))
def test_whatever_was_stored_a_habit_comes_of_it(stored: dict[str, Any]) -> None:
    habit = Habit.from_json(busy().to_json() | stored)
    assert LIMITS.shortest <= wait(habit) <= LIMITS.longest


TIMES = st.datetimes(datetime(1, 1, 2), datetime(2026, 3, 2), timezones=st.just(UTC))
STEPS = st.lists(st.tuples(st.floats(0, 90 * 86400), st.lists(TIMES, max_size=5)), max_size=8)


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(STEPS, st.floats(0, 1e6))
def test_whatever_came_the_next_reading_lies_within_the_bounds(
    steps: list[tuple[float, list[datetime]]], failures: float
) -> None:
    habit, now, since = Habit(), NOW, None
    for seconds, came in steps:
        now += timedelta(seconds=seconds)
        habit, since = learn(habit, came, now, since), now
        assert LIMITS.shortest <= wait(habit, now) <= LIMITS.longest
        assert LIMITS.shortest <= wait(habit, now, failures=failures) <= LONGEST_PAUSE
        assert rate(habit) >= 0
