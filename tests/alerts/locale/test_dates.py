"""Dates as a reader is told them."""

from datetime import UTC, date, datetime

import pytest

from alerts.locale.dates import said_day, said_time

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (datetime(2026, 3, 9, 18, 5, tzinfo=UTC), "Mon, Mar 9, 2:05 PM"),
        (datetime(2019, 3, 9, 14, 5, tzinfo=UTC), "Sat, Mar 9, 2019, 9:05 AM"),
        (datetime(2026, 1, 1, 4, 59, tzinfo=UTC), "Wed, Dec 31, 2025, 11:59 PM"),  # still the old year in Boston
        (datetime(2026, 1, 1, 5, 0, tzinfo=UTC), "Thu, Jan 1, 12:00 AM"),
        (datetime(2027, 1, 2, 17, 0, tzinfo=UTC), "Sat, Jan 2, 2027, 12:00 PM"),  # a clock that ran ahead
        (None, "no date given"),
    ],
)
def test_a_time_of_another_year_has_its_year(when: datetime | None, said: str) -> None:
    assert said_time(when, "America/New_York", TODAY) == said


def test_a_day_is_the_same_in_every_zone() -> None:
    for zone in ("Pacific/Guam", "Pacific/Honolulu"):
        assert said_time(datetime(2025, 12, 31, 12, tzinfo=UTC), zone, TODAY, day_only=True) == "Wed, Dec 31, 2025"
        assert said_time(datetime(2026, 3, 1, 12, tzinfo=UTC), zone, TODAY, day_only=True) == "Sun, Mar 1"


def test_a_day_is_said_in_other_forms() -> None:
    assert said_day(date(2026, 3, 1), TODAY, "long") == "March 1"
    assert said_day(date(2025, 3, 1), TODAY, "long") == "March 1, 2025"
