"""The days on which newsrooms and offices may be quiet without anything being wrong."""

from datetime import date, timedelta

_FIXED = {(1, 1), (6, 19), (7, 4), (11, 11), (12, 24), (12, 25), (12, 26), (12, 31)}
_MONDAYS = {1: 3, 2: 3, 9: 1, 10: 2}  # month → which Monday (5 USC 6103)


def is_quiet(day: date) -> bool:
    """Whether a day is a US holiday, one beside it that is usually taken off, or of a weekend that they make longer.

    >>> is_quiet(date(2026, 11, 26)), is_quiet(date(2026, 11, 28)), is_quiet(date(2026, 11, 30))
    (True, True, False)
    """
    if day.weekday() < 5:
        return _holiday(day)
    friday = day - timedelta(days=day.weekday() - 4)
    return _fixed(day) or _holiday(friday) or _holiday(friday + timedelta(days=3))


def _holiday(day: date) -> bool:
    """Of a weekday: the federal holidays, the days before and after Christmas, New Year's Eve, and Black Friday."""
    if _fixed(day):
        return True
    nth = (day.day - 1) // 7 + 1
    match day.weekday():
        case 0:
            last_of_may = day.month == 5 and day.day > 24
            return last_of_may or _MONDAYS.get(day.month) == nth or _fixed(day - timedelta(days=1))
        case 3:
            return day.month == 11 and nth == 4
        case 4:
            return (day.month == 11 and 23 <= day.day <= 29) or _fixed(day + timedelta(days=1))
    return False


def _fixed(day: date) -> bool:
    return (day.month, day.day) in _FIXED
