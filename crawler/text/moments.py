"""The one reader of dates, as feeds and pages write them; it knows how much a date says. No clock, no network."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

Precision = Literal["minute", "day"]

# Chosen by hand.
_YEARS = range(1971, 9999)  # the year 1 and the first second of 1970 are how programs write "no date"
_LONGEST = 100  # characters
_NOON = time(12, tzinfo=UTC)
_DAY_OVER = timedelta(hours=35)  # after its midnight UTC, when it is midnight in American Samoa, too

# Hours east of Greenwich. US names win where one is used twice.
_OFFSETS = {
    "z": 0.0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "ast": -4, "adt": -3, "nst": -3.5, "ndt": -2.5,
    "akst": -9, "akdt": -8, "hst": -10, "hdt": -9, "sst": -11, "chst": 10,
    "msk": 3, "ist": 5.5, "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip
# Names of a zone whatever the season: "ET", "Eastern", "Eastern Time"; Windows calls it "Eastern Standard Time" in
# summer, too.
_REGIONS = {
    "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles",
    "akt": "America/Anchorage", "ht": "Pacific/Honolulu",
    "eastern": "America/New_York", "central": "America/Chicago", "mountain": "America/Denver",
    "pacific": "America/Los_Angeles", "alaska": "America/Anchorage", "alaskan": "America/Anchorage",
    "hawaii": "Pacific/Honolulu", "hawaiian": "Pacific/Honolulu", "atlantic": "America/Puerto_Rico",
    "chamorro": "Pacific/Guam", "samoa": "Pacific/Pago_Pago",
}  # fmt: skip
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9,
    "oct": 10, "nov": 11, "dec": 12,
    "ene": 1, "abr": 4, "ago": 8, "set": 9, "dic": 12,  # Spanish, where it differs
}  # fmt: skip
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-zé]*\.?"
_DAYS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})(?P<sep>[-/.])(?P<number>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<number>[01]\d)(?P<day>[0-3]\d)(?!\d)",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s.-]*(?:de\s+)?{_MONTH},?[\s-]*(?:de\s+)?(?P<year>\d{{4}}|\d\d)\b",
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b,?(?:\s+\d\d?:.*?)?\s+(?P<year>\d{{4}})\b",
        r"(?<!\d)(?P<number>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})\b",
    )
)
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?::(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d+))?)?|(?=\s*[ap]\.?m\b))"
    r"\s*(?P<half>[ap]\.?m\b\.?)?\s*\(?"
    r"(?P<zone>(?:GMT|UTC|UT)?\s*[+-]\d{1,2}(?::?\d\d)?(?!\d)|[a-z]+/[a-z_]+(?:/[a-z_]+)?"
    rf"|(?:{'|'.join(name for name in _REGIONS if len(name) > 3)})\b|[a-z]{{1,5}}\b)?",
    re.I,
)
# The usual form of RSS, which needs no search: "Fri, 20 Nov 2026 09:30:00 -0500".
_USUAL = re.compile(
    r"(?:[A-Za-z]{3}, ?)?(\d\d?) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:([+-])(\d\d)(\d\d)|([A-Za-z]{1,4}))"
)
_UNIX = re.compile(r"1\d{9}(?:\d{3})?")  # seconds or milliseconds
_WEEK = re.compile(r"\d{4}-?W\d\d")
_OFFSET = re.compile(r"(?:GMT|UTC|UT)?\s*([+-])(\d{1,2}):?(\d\d)?", re.I)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a date means, and how well: to the minute (or second), or only the day.

    Of a day `at` is its noon UTC, at which it is that day all over the United States, from American Samoa to Guam.
    """

    at: datetime  # aware, UTC
    precision: Precision = "minute"
    zoned: bool = True  # False: a time without a zone, taken as UTC

    @property
    def day_only(self) -> bool:
        """Whether it names no hour."""
        return self.precision == "day"

    @property
    def start(self) -> datetime:
        """The first instant it can mean: of a day its midnight UTC, before which it has come to Guam only."""
        return self.at.replace(hour=0, minute=0, second=0, microsecond=0) if self.day_only else self.at

    @property
    def end(self) -> datetime:
        """The last instant it can mean: of a day when it is over everywhere in the United States."""
        return self.start + _DAY_OVER if self.day_only else self.at

    @property
    def value(self) -> datetime | date:
        """What was said and no more: a day is a date."""
        return self.at.date() if self.day_only else self.at

    def by(self, now: datetime) -> "Moment":
        """The same, but of a day whose noon is still to come the instant `now`, or its start; so it stays that day."""
        at = max(min(self.at, now), self.start)
        return self if at == self.at else Moment(at, self.precision, self.zoned)


def stored(at: datetime | None, day_only: bool) -> Moment | None:
    """A moment as two columns keep it."""
    return Moment(at, "day" if day_only else "minute") if at else None


def moment(text: str) -> Moment | None:
    """What a date means; None when it names no day, as "2026-11", "Monday" and "10:30" do, or one before 1971.

    Reads ISO 8601, RFC 822, the forms that US and Spanish pages show (month first where slashes are used, "Nov. 5,
    2026, 8 p.m. ET") and Unix times. A clock without a zone is UTC. A date without a clock, or with an impossible one,
    is a day; so is midnight to the second of Greenwich or no zone, as programs write one. Today fills no gap.

    >>> moment("Thu,28 Jul 2022 4:35:5 GMT+9").at
    datetime.datetime(2022, 7, 27, 19, 35, 5, tzinfo=datetime.timezone.utc)
    >>> moment("2026-03-09").precision
    'day'
    """
    text = " ".join(text[:_LONGEST].split())
    try:
        found: Moment | None = _usual(usual) if (usual := _USUAL.fullmatch(text)) else _iso(text)
    except (ValueError, KeyError):
        found = _loose(text)
    except OverflowError:  # beyond the first or last year
        return None
    return found if found and found.at.year in _YEARS else None


def _usual(usual: re.Match[str]) -> Moment:
    """ValueError or KeyError when a number or name is odd: then the careful reading decides."""
    day, month, year, hour, minute, second, sign, hours, minutes, zone = usual.groups()
    local = datetime(int(year), _MONTHS[month.casefold()], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    away = _OFFSETS[zone.casefold()] if zone else int(hours) + int(minutes) / 60  # hours
    if not away and hour == minute == second == "00":
        return Moment(local.replace(hour=12), "day")
    return Moment(local + timedelta(hours=away if sign == "-" else -away))


def _iso(text: str) -> Moment:
    """ValueError when it is none; OverflowError beyond the first or last year."""
    if _WEEK.fullmatch(text):
        raise ValueError("a week is no day")
    return _moment(datetime.fromisoformat(text))


def _moment(local: datetime) -> Moment:
    """Of a time as it was written; OverflowError beyond the first or last year."""
    if not (local.hour or local.minute or local.second or local.microsecond or local.utcoffset()):
        return Moment(datetime.combine(local.date(), _NOON), "day")
    if local.tzinfo is None:
        return Moment(local.replace(tzinfo=UTC), zoned=False)
    return Moment(local.astimezone(UTC))


def _loose(text: str) -> Moment | None:
    if _UNIX.fullmatch(text):
        return Moment(datetime.fromtimestamp(int(text[:10]), UTC))
    found = next((match for pattern in _DAYS if (match := pattern.search(text))), None)
    if found is None:
        return None
    parts = found.groupdict()
    month = int(parts.get("number") or 0) or _MONTHS[(parts.get("month") or "jan").casefold()]
    year = int(parts["year"])
    if year < 100:
        year += 2000 if year < 70 else 1900
    try:
        midnight = datetime(year, month, int(parts["day"]), tzinfo=UTC)
        # The clock follows the day, or stands inside it ("Thu Jul 28 04:35:05 2022").
        clock = _CLOCK.search(text, found.end()) or _CLOCK.search(text, found.start())
        return (_at(midnight, clock) if clock else None) or _moment(midnight)
    except (ValueError, OverflowError):
        return None


def _at(midnight: datetime, clock: re.Match[str]) -> Moment | None:
    """The time that a clock shows on a day; None when it is no time of a day."""
    hour, minute, second = (int(clock[name] or 0) for name in ("hour", "minute", "second"))
    if hour > 24 or minute > 59 or second > 60:
        return None
    half = (clock["half"] or "").casefold()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + 12 * half.startswith("p")
    fraction = int((clock["fraction"] or "")[:6].ljust(6, "0"))
    since = timedelta(hours=hour, minutes=minute, seconds=second, microseconds=fraction)
    zone = _zone(clock["zone"] or "")
    if hour == 24:  # the end of a day, which is no way to write one without a time
        return Moment((midnight + since).replace(tzinfo=zone or UTC).astimezone(UTC), zoned=zone is not None)
    return _moment((midnight + since).replace(tzinfo=zone))


@lru_cache(maxsize=256)
def _zone(name: str) -> tzinfo | None:
    """The zone of a name or a distance, as feeds write it; None when it is none, or unknown."""
    known = name.casefold()
    try:
        if offset := _OFFSET.fullmatch(name):
            size = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
            return timezone(size if offset[1] == "+" else -size)
        if known in _OFFSETS:
            return timezone(timedelta(hours=_OFFSETS[known]))
        return ZoneInfo(_REGIONS.get(known) or (name if "/" in name else ""))
    except (ValueError, KeyError, OSError):
        return None
