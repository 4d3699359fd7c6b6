"""What a list prints of days and hours is the order in which it stands."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.web.archive.days import by_day, moment_of
from crawler.store.listing import Brief, StoryBrief
from crawler.store.narrowing import Mark

NEW_YORK = ZoneInfo("America/New_York")
SINCE = datetime(2026, 3, 6, tzinfo=UTC)  # two days before the clocks went forward


def report(at: datetime, day_only: bool) -> Brief:
    published = datetime.combine(at.date(), time(), UTC) if day_only else at
    return Brief(
        1, "ledger", "en", published, "The Ledger", "arrest", "", "[]", 1, "ICE detains two", "", day_only, "", False,
        None,
    )  # fmt: skip


@st.composite
def stories(draw: st.DrawFn) -> StoryBrief:
    """One with some reports, whichever of them is shown."""
    hours = st.integers(0, 5 * 24 * 60)
    told = draw(st.lists(st.tuples(hours, st.booleans()), min_size=1, max_size=3))
    reports = tuple(report(SINCE + timedelta(minutes=minutes), day_only) for minutes, day_only in told)
    first = min(one.published_at for one in reports if one.published_at)
    return StoryBrief(Mark(first, draw(st.integers(1, 99))), first, None, reports)


@given(st.lists(stories(), max_size=8), st.sampled_from(["America/New_York", "Pacific/Honolulu", "UTC"]))
def test_days_and_the_hours_of_each_go_down(found: list[StoryBrief], zone: str) -> None:
    listed = by_day(sorted(found, key=lambda story: story.mark, reverse=True), ZoneInfo(zone))
    days = [day.day for day in listed]
    assert days == sorted(set(days), reverse=True)
    assert sorted(story.mark for day in listed for story in day.stories) == sorted(story.mark for story in found)
    for day in listed:
        moments = [moment for story in day.stories if (moment := moment_of(story))]
        assert moments == sorted(moments, reverse=True)
        assert all(moment.astimezone(ZoneInfo(zone)).date() == day.day for moment in moments)


@pytest.mark.parametrize("lead", [0, 1])
def test_the_hour_is_that_of_the_first_report_whichever_is_shown(lead: int) -> None:
    morning, evening = (report(SINCE + timedelta(hours=hours), False) for hours in (14, 23))
    story = StoryBrief(Mark(SINCE + timedelta(hours=14), 1), SINCE, None, (morning, evening)[:: -1 if lead else 1])
    assert moment_of(story) == morning.published_at


def test_what_is_dated_by_the_day_stands_on_that_day_without_an_hour() -> None:
    story = StoryBrief(Mark(SINCE, 1), SINCE, None, (report(SINCE, True),))
    [day] = by_day([story], NEW_YORK)
    assert (str(day.day), moment_of(story)) == ("2026-03-06", None)
