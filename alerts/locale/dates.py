"""Dates as a reader is told them, by CLDR; the year is said when it is not this one."""

from datetime import date, datetime, time
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alerts.locale.translation import locale_of, translations

Form = Literal["short", "long"]  # "Mon, Mar 9" or "March 9"

_NEAR = {"short": "MMMEd", "long": "MMMMd"}  # CLDR's names of forms without a year


@lru_cache(maxsize=256)
def said_day(day: date, today: date | None, form: Form = "short", language: str = "en") -> str:
    """A day for a reader; without `today` with its year.

    >>> said_day(date(2026, 3, 9), date(2026, 3, 10)), said_day(date(2019, 3, 9), date(2026, 3, 10))
    ('Mon, Mar 9', 'Sat, Mar 9, 2019')
    """
    from babel.dates import format_date, format_skeleton  # only for who tells a day

    if today and day.year == today.year:
        return _plain(format_skeleton(_NEAR[form], day, locale=locale_of(language)))
    if form == "long":
        return _plain(format_date(day, "long", locale=locale_of(language)))
    return _plain(format_skeleton("yMMMEd", day, locale=locale_of(language)))


def full_day(day: date, language: str = "en") -> str:
    """A day with its weekday and year: "Monday, March 9, 2026"."""
    from babel.dates import format_date

    return _plain(format_date(day, "full", locale=locale_of(language)))


def said_hour(when: datetime, language: str = "en") -> str:
    """The time of the clock: "2:05 PM"; `when` is by the reader's own."""
    from babel.dates import format_time

    return _plain(format_time(when, "short", locale=locale_of(language), tzinfo=when.tzinfo))


def hour_there(when: datetime, timezone: str, language: str = "en") -> str:
    """The time of the clock in a zone."""
    there = when.astimezone(ZoneInfo(timezone))
    return _hour(time(there.hour, there.minute), language)


@lru_cache(maxsize=4096)  # CLDR's way takes 0.1 ms, and a list has dozens
def _hour(clock: time, language: str) -> str:
    return said_hour(datetime.combine(date(2026, 1, 1), clock), language)


def said_time(when: datetime | None, timezone: str, today: date, day_only: bool = False, language: str = "en") -> str:
    """A time for a reader in their zone: "Mon, Mar 9, 2:05 PM"; of a day "Mon, Mar 9", the same in every zone.

    `today` is that of the reader.
    """
    if when is None:
        return translations(language).gettext("no date given")
    if day_only:
        return said_day(when.date(), today, language=language)
    there = when.astimezone(ZoneInfo(timezone))
    return f"{said_day(there.date(), today, language=language)}, {said_hour(there, language)}"


def said_zone(name: str, language: str = "en") -> str:
    """A time zone of the IANA as people call it; one that has no name of its own by its town.

    >>> said_zone("America/New_York"), said_zone("America/Chicago", "es"), said_zone("America/Phoenix")
    ('Eastern Time', 'hora central', 'Mountain Standard Time')
    >>> said_zone("UTC"), said_zone("America/Indiana/Indianapolis"), said_zone("Mars/Base")
    ('Coordinated Universal Time', 'Indianapolis', 'Mars/Base')
    """
    from babel.dates import get_timezone_name

    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # stored by a machine that knows more of them
        return name
    winter, summer = (datetime(2026, month, 1, tzinfo=zone).utcoffset() for month in (1, 7))
    variant: Literal["standard", "generic"] = "standard" if winter == summer else "generic"
    said = get_timezone_name(zone, "long", locale=locale_of(language), zone_variant=variant)
    return name.rpartition("/")[2].replace("_", " ") if "(" in said else said  # such a name only tells where it is


def _plain(said: str) -> str:
    """With spaces that every mail program shows: CLDR has narrow ones before PM."""
    return said.replace("\u202f", " ").replace("\xa0", " ")
