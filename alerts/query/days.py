"""The days of since: (from that day on), after: (from the next day on) and before: (until the day before)."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from alerts.locale import Saying, one_of, saying
from alerts.query.syntax import Published

_AGO = re.compile(r"(\d{1,4})\s*(d|days?|dias?|días?|w|weeks?|semanas?|m|months?|mes(?:es)?|y|years?|años?)", re.I)
_LONG = {"d": 1, "w": 7, "s": 7, "m": 30, "y": 365, "a": 365}
_ISO = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_NAMED = {"today": 0, "hoy": 0, "yesterday": 1, "ayer": 1}


@dataclass(frozen=True, slots=True)
class Span:
    """What a field of days asks for."""

    asked: Published


def published(name: str, value: str, today: date | None) -> Span | tuple[Saying, Saying]:
    """The days that since:, after: or before: with this value means; or what is wrong, and what to write instead.

    >>> published("since", "7d", date(2026, 3, 10)).asked.first
    datetime.date(2026, 3, 3)
    """
    ago = _days_ago(value)
    if ago is not None and today is None:
        problem = saying("A search that is kept goes on: “%(value)s” means another day each day", value=value)
        return problem, saying("%(field)s:2026-03-01, or nothing: only new stories come", field=name)
    try:
        first, last = _days(value, ago, today)
        match name:
            case "since":
                return Span(Published(first, None))
            case "after":
                return Span(Published(first if ago is not None else last + timedelta(days=1), None))
        return Span(Published(None, first - timedelta(days=1)))
    except (ValueError, OverflowError):
        ways = [f"{name}:2026-03-01", *([] if today is None else [f"{name}:7d"])]
        return saying("“%(value)s” is no day", value=value), one_of(ways)


def _days_ago(value: str) -> int | None:
    if value.casefold() in _NAMED:
        return _NAMED[value.casefold()]
    ago = _AGO.fullmatch(value)
    return int(ago[1]) * _LONG[ago[2][0].casefold()] if ago else None


def _days(value: str, ago: int | None, today: date | None) -> tuple[date, date]:
    """The first and the last day of what is named: a day, a month, a year. Raises ValueError."""
    if ago is not None and today is not None:
        day = today - timedelta(days=ago)
        return day, day
    if american := _AMERICAN.fullmatch(value):
        day = date(int(american[3]), int(american[1]), int(american[2]))
        return day, day
    if not (iso := _ISO.fullmatch(value)):
        raise ValueError(value)
    year, month, day_of_month = (int(part) if part else 0 for part in iso.groups())
    last_month = month or 12
    last = day_of_month or monthrange(year, last_month)[1]
    return date(year, month or 1, day_of_month or 1), date(year, last_month, last)
