"""A source is judged by its own habit: what is steady is never reported, what stops is."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.locale import in_words
from crawler.model import because
from crawler.watch.habits import Examination, FeedReading, Record, day_of, examine, rhythm, start_of, unread_days
from crawler.watch.holidays import is_quiet

MONDAY = date(2026, 3, 9)
BEGUN = MONDAY - timedelta(days=56)  # a Monday, too
Habit = Callable[[date], int]

counts = st.integers(0, 40)
weeks = st.lists(counts, min_size=7, max_size=7).filter(any)


def days(first: date, number: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(number)]


def fresh(now: datetime, **facts: object) -> FeedReading:
    return replace(FeedReading(now, now), **facts)  # type: ignore[arg-type]


def record(brought: Habit, today: date = MONDAY, until: date | None = None, begun: date = BEGUN) -> Record:
    """A source that was read all the time, at noon of `today`; from the day `until` on it brought nothing."""
    now = start_of(today) + timedelta(hours=3)
    known = {d: brought(d) for d in days(begun, (today - begun).days + 1) if until is None or d < until}
    return Record("ledger", [fresh(now)], now, begun, known)


def kinds(examination: Examination) -> list[str]:
    return [f.kind for f in examination.findings]


def weekly(of_week: Sequence[int]) -> Habit:
    return lambda day: of_week[day.weekday()]


def reported_after(brought: Habit, stops: date, at_most: int) -> int | None:
    """So many days after it stopped it is reported silent; None = not within that."""
    for waited in range(at_most + 1):
        if "silent" in kinds(examine(record(brought, stops + timedelta(days=waited), stops, stops - timedelta(56)))):
            return waited
    return None


@given(weeks, st.integers(0, 20))
def test_a_source_with_the_same_week_again_and_again_is_never_reported(week: list[int], later: int) -> None:
    assert examine(record(weekly(week), MONDAY + timedelta(days=later))).findings == ()


@pytest.mark.slow
@settings(derandomize=True, max_examples=40)  # chance itself is what is tested: one in some thousands may be reported
@given(st.integers(0, 10**6), st.floats(0.2, 60), st.floats(0.1, 1))
def test_a_source_that_varies_by_chance_is_never_reported(seed: int, a_day: float, weekend: float) -> None:
    chance = random.Random(seed)
    pace = {d: a_day * (weekend if d.weekday() > 4 else 1) for d in days(BEGUN, 60)}
    brought = {d: sum(chance.expovariate(1) < pace[d] / 100 for _ in range(100)) for d in pace}
    assert examine(record(lambda day: brought[day])).findings == ()


@settings(max_examples=40)
@given(st.lists(st.integers(70, 130), min_size=57, max_size=57), st.integers(1, 30))
def test_a_source_within_a_third_of_its_habit_is_never_reported(wobble: list[int], a_day: int) -> None:
    assert examine(record(lambda day: round(a_day * wobble[(day - BEGUN).days] / 100))).findings == ()


@pytest.mark.slow
@settings(max_examples=40)
@given(st.integers(1, 60), st.integers(0, 6))
def test_a_daily_source_that_stops_is_reported_within_a_few_days(a_day: int, weekday: int) -> None:
    stops = date(2026, 3, 16) + timedelta(days=weekday)
    waited = reported_after(lambda day: a_day, stops, 20)
    assert waited is not None
    assert 2 <= waited <= max(2, 10 / a_day + 1)


@pytest.mark.slow
@settings(max_examples=40)
@given(weeks, st.integers(0, 6))
def test_every_source_with_a_weekly_habit_is_reported_when_it_stops(week: list[int], weekday: int) -> None:
    stops = date(2026, 3, 16) + timedelta(days=weekday)
    few = sum(week) < 5  # then chance alone explains a few empty weeks
    assert (reported_after(weekly(week), stops, 42) is not None) or few or not any_before(week, stops)


def any_before(week: Sequence[int], stops: date) -> bool:
    return any(week[(stops - timedelta(days=n)).weekday()] for n in range(1, 8))


def test_a_weekly_paper_is_not_silent_before_it_missed_two_issues() -> None:
    thursdays = weekly([0, 0, 0, 12, 0, 0, 0])
    last_issue = date(2026, 3, 12)
    assert last_issue.weekday() == 3
    assert reported_after(thursdays, last_issue + timedelta(days=1), 13) is None
    assert reported_after(thursdays, last_issue + timedelta(days=1), 20) == 14


def test_an_office_that_rests_at_the_weekend_is_not_silent_on_a_long_one() -> None:
    office = weekly([4, 4, 4, 4, 4, 0, 0])
    memorial_day = date(2026, 5, 25)
    quiet = {memorial_day, memorial_day - timedelta(days=3)}
    now = memorial_day + timedelta(days=1)
    known = record(lambda day: 0 if day in quiet else office(day), now, begun=now - timedelta(days=56))
    assert examine(known).findings == ()


@pytest.mark.parametrize("holiday", [date(2026, 11, 26), date(2026, 12, 24)], ids=["Thanksgiving", "Christmas"])
def test_a_daily_paper_may_rest_at_holidays(holiday: date) -> None:
    rests = days(holiday, 4)
    for today in days(holiday, 7):
        known = record(lambda day: 0 if day in rests else 20, today, begun=today - timedelta(days=56))
        assert examine(known).findings == ()


def test_the_report_says_since_when_and_what_is_usual() -> None:
    found = examine(record(lambda day: 6, until=date(2026, 3, 4))).findings
    assert [in_words(f.why) for f in found] == ["nothing new since Tue, Mar 3, 2026, usually 6 items a day"]
    assert found[0].since == start_of(date(2026, 3, 4))


def test_a_source_with_too_little_history_is_not_judged() -> None:
    examined = examine(record(lambda day: 6, until=MONDAY - timedelta(days=4), begun=MONDAY - timedelta(days=15)))
    assert examined == Examination("ledger", (), frozenset({"failing", "flood"}))


def test_nobody_is_silent_while_we_sleep() -> None:
    known = record(lambda day: 6)
    asleep = replace(known, counts={d: n for d, n in known.counts.items() if d < date(2026, 3, 3)})
    night = start_of(date(2026, 3, 3))
    assert examine(replace(asleep, feeds=[fresh(night)], read_until=night)).findings == ()
    assert kinds(examine(asleep)) == ["silent"]


def test_a_feed_that_dates_its_news_to_the_past_is_not_silent() -> None:
    silent = record(lambda day: 6, until=date(2026, 3, 4))
    spoke = fresh(start_of(MONDAY), last_new_at=start_of(MONDAY) - timedelta(hours=5))
    assert examine(replace(silent, feeds=[spoke])).findings == ()


NOW = start_of(MONDAY)


@pytest.mark.parametrize(
    ("failures", "days_ago", "others_ago", "lost"),
    [
        (3, 2, 0, True),
        (3, 0.5, 0, False),  # not for a day
        (1, 2, 0, False),  # tried too little: we may just have woken up
        (3, 2, 2, False),  # nobody else was read: the network is down
        (8, 4, 4, True),  # but that was tried for days
    ],
)
def test_a_feed_is_lost_after_a_day_in_which_we_tried(
    failures: float, days_ago: float, others_ago: float, lost: bool
) -> None:
    feed = FeedReading(NOW, NOW - timedelta(days=days_ago), failures=failures, status=because("answered", status=404))
    assert feed.lost(NOW - timedelta(days=others_ago)) is lost


def test_a_feed_that_was_never_read_is_lost_when_others_were() -> None:
    never = FeedReading(NOW, None, failures=4)
    assert never.lost(NOW)
    assert not never.lost(None)
    assert replace(never, failures=9).lost(None)


def test_a_source_fails_when_all_its_feeds_are_lost() -> None:
    gone = FeedReading(
        NOW, datetime(2026, 3, 3, 20, tzinfo=NOW.tzinfo), failures=5, status=because("answered", status=404)
    )
    never = replace(gone, last_success_at=None)
    assert [in_words(f.why) for f in examine(Record("ledger", [gone, never], NOW)).findings] == [
        "not read since Tue, Mar 3, 2026: answered 404"
    ]
    assert [in_words(f.why) for f in examine(Record("ledger", [never], NOW)).findings] == [
        "never read yet: answered 404"
    ]
    assert examine(Record("ledger", [gone, fresh(NOW)], NOW)).findings == ()


def test_a_volume_that_falls_or_grows_beyond_its_band_is_reported() -> None:
    since = MONDAY - timedelta(days=3)
    less = examine(record(lambda day: 2 if day >= since else 20))
    assert [(f.kind, in_words(f.why)) for f in less.findings] == [
        ("less", "6 items in the 3 days to Sun, Mar 8, 2026, usually about 60")
    ]
    more = examine(record(lambda day: 200 if day >= since else 20))
    assert [(f.kind, in_words(f.why)) for f in more.findings] == [
        ("more", "600 items in the 3 days to Sun, Mar 8, 2026, usually about 60")
    ]


def test_a_volume_must_come_well_back_before_it_is_over() -> None:
    halfway = record(lambda day: 12 if day >= MONDAY - timedelta(days=3) else 20)
    assert kinds(examine(halfway)) == []
    assert kinds(examine(halfway, known=["less"])) == ["less"]
    well_back = record(lambda day: 18 if day >= MONDAY - timedelta(days=3) else 20)
    assert kinds(examine(well_back, known=["less"])) == []


def test_of_small_numbers_nothing_is_said() -> None:
    assert kinds(examine(record(lambda day: int(day < MONDAY - timedelta(days=3)) * 6 or 1))) == []


def test_days_on_which_we_did_not_read_are_not_held_against_a_source() -> None:
    gap = days(MONDAY - timedelta(days=2), 2)
    known = record(lambda day: 0 if day in gap else 30)
    examined = examine(replace(known, skip=gap))
    assert examined.findings == ()
    assert "less" not in examined.judged


def test_a_day_on_which_all_sources_together_brought_little_was_not_read() -> None:
    seen = {d: 100 if d.weekday() < 5 else 30 for d in days(BEGUN, 57)}
    seen[MONDAY - timedelta(days=4)] = 10
    assert unread_days(seen, BEGUN, MONDAY) == {MONDAY - timedelta(days=4)}
    assert unread_days({BEGUN: 5}, BEGUN, MONDAY) == frozenset()


def test_the_rhythm_is_told_in_the_unit_that_fits() -> None:
    assert in_words(rhythm(record(lambda day: 6))) == "6 items a day"
    assert in_words(rhythm(record(weekly([0, 0, 0, 5, 0, 0, 0])))) == "5 items a week"
    assert in_words(rhythm(record(lambda day: int((day - BEGUN).days % 14 == 0)))) == "2 items a month"


def test_an_evening_in_hawaii_and_in_maine_belong_to_the_day_of_its_place() -> None:
    assert day_of(datetime.fromisoformat("2026-03-09T23:30-04:00")) == MONDAY
    assert day_of(datetime.fromisoformat("2026-03-09T22:30-10:00")) == MONDAY
    assert day_of(start_of(MONDAY)) == MONDAY


def test_holidays_are_those_of_the_calendar_with_the_weekends_they_make_longer() -> None:
    year = [d for d in days(date(2026, 1, 1), 365) if is_quiet(d)]
    assert [f"{d:%m-%d}" for d in year if d.weekday() < 5] == (
        "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 11-27 12-24 12-25 12-31".split()
    )
    assert [f"{d:%m-%d}" for d in year if d.weekday() == 6] == (
        "01-18 02-15 05-24 06-21 07-05 09-06 10-11 11-29 12-27".split()
    )
    assert is_quiet(date(2027, 7, 5))  # the Fourth is a Sunday
