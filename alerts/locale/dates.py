"""Dates as a reader is told them; the year is said when it is not this one."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


def said_day(day: date, today: date, form: str = "%a, %b") -> str:
    """A day for a reader.

    >>> said_day(date(2026, 3, 9), date(2026, 3, 10)), said_day(date(2019, 3, 9), date(2026, 3, 10))
    ('Mon, Mar 9', 'Sat, Mar 9, 2019')
    """
    return f"{day:{form}} {day.day}" + (f", {day.year}" if day.year != today.year else "")


def said_time(when: datetime | None, timezone: str, today: date, day_only: bool = False) -> str:
    """A time for a reader in their zone: "Mon, Mar 9, 2:05 PM"; of a day "Mon, Mar 9", the same in every zone.

    `today` is that of the reader.
    """
    if when is None:
        return "no date given"
    if day_only:
        return said_day(when, today)
    there = when.astimezone(ZoneInfo(timezone))
    return f"{said_day(there, today)}, {there.hour % 12 or 12}:{there:%M %p}"
