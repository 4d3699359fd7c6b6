"""The one reader of dates, as feeds and pages write them; it knows how much a date says. No clock, no network."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Literal

from crawler.text.zonenames import meant, named_zone

Precision = Literal["minute", "day"]

# Chosen by hand.
_YEARS = range(1971, 9999)  # the year 1 and the first second of 1970 are how programs write "no date"
_LONGEST = 100  # characters
_FURTHEST_BESIDE = 80  # characters before a day, in which its clock begins
_NOON = time(12, tzinfo=UTC)
_SKEW = timedelta(minutes=10)  # of two clocks
_DAY_OVER = timedelta(hours=35)  # after its midnight UTC, when it is midnight in American Samoa, too

_MONTHS = {
    name: number
    for number, names in enumerate(
        (  # English, Spanish, Portuguese, French; the longer name first
            "january jan enero ene janeiro janvier", "february feb febrero fevereiro fev fevrier",
            "march mar marzo marco mars", "april apr abril abr avril avr", "may mayo maio mai",
            "june jun junio junho juin", "july jul julio julho juillet", "august aug agosto ago aout",
            "september sept sep septiembre setiembre set setembro septembre",
            "october oct octubre outubro out octobre", "november nov noviembre novembro novembre",
            "december dec diciembre dic dezembro dez decembre",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})(?![a-z])\.?"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_TH = r"(?:st|nd|rd|th|ro|[o.]?[º°])?"
# A day as people write it: month first where only numbers are used, unless that cannot be.
_SHOWN = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"(?<![\d/.-])(?P<year>\d{4})(?P<sep>[-/.])(?P<number>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)",
        rf"(?<!\d)(?P<day>\d{{1,2}}){_TH}[\s./-]*(?:de\s+)?{_MONTH},?[\s/-]*(?:del?\s+)?{_YEAR}",
        rf"(?<![a-z]){_MONTH}\s*(?P<day>\d{{1,2}}){_TH}(?![\d:])(?:\s*+,)?(?:\s++\d\d?:[^,;|]{{0,24}}?)?\s*+(?:del?\s+)?(?<![\d+-]){_YEAR}",
        rf"(?<![\d/.-])(?P<number>\d{{1,2}})(?P<sep>[-/.])(?P<day>\d{{1,2}})(?P=sep){_YEAR}",
        r"(?<![\d/.-])(?P<number>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d\d)(?![\d/.])",
    )
)
_DAYS = (
    *_SHOWN[:1],
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<number>[01]\d)(?P<day>[0-3]\d)(?!\d)"),
    *_SHOWN[1:],
    re.compile(rf"(?<!\d)(?P<day>\d{{1,2}})[\s-]*{_MONTH},?[\s-]*(?P<year>\d\d)\b(?!:)", re.I),
)
_CLOCK = re.compile(
    r"(?<![\d:])(?P<hour>\d{1,2})(?::(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d+))?)?"
    r"|(?=\s*[ap]\.?\s?m\b))\s*(?P<half>[ap]\.?\s?m\b\.?)?\s*\(?"
    r"(?P<zone>(?:GMT|UTC|UT)?\s*[+-]\d{1,2}(?::?\d\d)?(?!\d)|[a-z]+/[a-z_]+(?:/[a-z_]+)?"
    r"|[ecmp]\.[sd]?\.?t\b\.?|(?:US\s)?[a-z]{1,9}\b)?",
    re.I,
)
_BESIDE = re.compile(  # between a day and its clock
    r"[\s,;|/•·@–—-]*(?:(?:at|on|a las?|as|el)\s+)?(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}[\s.,]+)?", re.I
)
# The usual form of RSS, which needs no search: "Fri, 20 Nov 2026 09:30:00 -0500".
_USUAL = re.compile(
    r"(?:[A-Za-z]{3}, ?)?(\d\d?) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:([+-])(\d\d)(\d\d)|([A-Za-z]{1,4}))"
)
_UNIX = re.compile(
    r"(?:\\?/Date\()?(1\d{9})(?:\d{3})?(?:\.\d{1,9})?(?:[+-]\d{4}\)|\))?(?:\\?/)?"
)  # seconds or milliseconds
_WEEK = re.compile(r"\d{4}-?W\d\d")


@dataclass(frozen=True, slots=True)
class Moment:
    """What a date means, and how well: to the minute (or second), or only the day.

    Of a day `at` is its noon UTC, at which it is that day all over the United States, from American Samoa to Guam.
    """

    at: datetime  # aware, UTC
    precision: Precision = "minute"
    zoned: bool = True  # False: a time without a zone, taken as that of the place

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


@lru_cache(maxsize=256)  # an item's date is asked for several times, and many items of a feed have the same
def moment(text: str, zone: tzinfo = UTC, now: datetime | None = None) -> Moment | None:
    """What a date means; None when it names no day, as "2026-11", "Monday" and "10:30" do, or one before 1971.

    Reads ISO 8601, RFC 822, the forms that US and Spanish pages show ("Nov. 5, 2026, 8 p.m. ET", month first where
    only numbers are used) and Unix times. A clock without a zone is that of `zone`; but UTC when it would there be
    still to come `now`. A date without a clock, or with an impossible one, is a day; so is midnight to the second of
    Greenwich or no zone, as programs write one. Today fills no gap.

    >>> moment("Thu,28 Jul 2022 4:35:5 GMT+9").at
    datetime.datetime(2022, 7, 27, 19, 35, 5, tzinfo=datetime.timezone.utc)
    >>> moment("2026-03-09").precision
    'day'
    """
    text = " ".join(text[:_LONGEST].split())
    try:
        found: Moment | None = _usual(usual) if (usual := _USUAL.fullmatch(text)) else _iso(text, zone)
    except (ValueError, KeyError):
        found = _loose(text, zone)
    except OverflowError:  # beyond the first or last year
        return None
    if found is None or found.at.year not in _YEARS:
        return None
    return _not_to_come(found, zone, now) if now and not found.zoned else found


def moments_in(text: str, zone: tzinfo = UTC, now: datetime | None = None) -> list[tuple[int, int, Moment]]:
    """Where in a line of a page days stand as a person reads them, each with the clock beside it: (start, end, what).

    >>> [text[a:b] for text in ["Posted 8:45 p.m. ET Nov. 5, 2026 | Local"] for a, b, _ in moments_in(text)]
    ['8:45 p.m. ET Nov. 5, 2026']
    """
    folded = _same_length(text)
    days = sorted((found for pattern in _SHOWN for found in pattern.finditer(folded)), key=lambda found: found.start())
    told: list[tuple[int, int, Moment]] = []
    for day in days:
        start, end = day.span()
        if told and start < told[-1][1]:
            continue
        clock = _clock_beside(folded, start, end, told[-1][1] if told else 0)
        said = _read(day, clock, zone)
        if said and said.at.year in _YEARS:
            ends = [end, *([_end_of(clock)] if clock else [])]
            whole = min(start, clock.start() if clock else start), max(ends)
            told.append((*whole, _not_to_come(said, zone, now) if now and not said.zoned else said))
    return told


def _same_length(text: str) -> str:
    """Without accents, letter by letter."""
    return text if text.isascii() else "".join(unicodedata.normalize("NFD", letter)[0] for letter in text)


def _clock_beside(text: str, start: int, end: int, since: int) -> re.Match[str] | None:
    gap = _BESIDE.match(text, end)
    if after := _CLOCK.match(text, gap.end() if gap else end):
        return after
    if inside := _CLOCK.search(text, start, end):
        return inside
    since = max(since, start - _FURTHEST_BESIDE)
    before = [clock for clock in _CLOCK.finditer(text, since, start) if _BESIDE.fullmatch(text, clock.end(), start)]
    return before[-1] if before else None


def _end_of(clock: re.Match[str]) -> int:
    """Behind its zone, or behind its time where the word that follows is none."""
    if clock["zone"] and named_zone(clock["zone"]):
        return clock.end("zone")
    return max(clock.end(name) for name in ("hour", "minute", "second", "half"))


def _not_to_come(said: Moment, zone: tzinfo, now: datetime) -> Moment:
    """Of a clock without a zone: Greenwich's, when the one in `zone` has not shown it yet."""
    if said.day_only or said.at <= now + _SKEW:
        return said
    greenwich = said.at.astimezone(zone).replace(tzinfo=UTC)
    return Moment(greenwich, zoned=False) if greenwich <= now + _SKEW else said


def _usual(usual: re.Match[str]) -> Moment:
    """ValueError or KeyError when a number or name is odd: then the careful reading decides."""
    day, month, year, hour, minute, second, sign, hours, minutes, name = usual.groups()
    local = datetime(int(year), _MONTHS[month.casefold()], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    zone = named_zone(name or f"{sign}{hours}{minutes}")
    if zone is None:
        raise ValueError("no zone")
    return _moment(local, zone, UTC)


def _iso(text: str, zone: tzinfo) -> Moment:
    """ValueError when it is none; OverflowError beyond the first or last year."""
    if _WEEK.fullmatch(text):
        raise ValueError("a week is no day")
    local = datetime.fromisoformat(text)
    return _moment(local, local.tzinfo, zone)


def _moment(local: datetime, named: tzinfo | None, own: tzinfo) -> Moment:
    """Of a time as a clock shows it in the zone it names, else in `own`; OverflowError beyond the last year."""
    local = local.replace(tzinfo=named or own)
    if local.time() == time() and not (named and local.utcoffset()):
        return Moment(datetime.combine(local.date(), _NOON), "day")
    return Moment(local.astimezone(UTC), zoned=named is not None)


def _loose(text: str, zone: tzinfo) -> Moment | None:
    if unix := _UNIX.fullmatch(text):
        return Moment(datetime.fromtimestamp(int(unix[1]), UTC))
    text = _same_length(text)
    found = next((match for pattern in _DAYS if (match := pattern.search(text))), None)
    if found is None:
        return None
    # The clock follows the day, stands inside it ("Thu Jul 28 04:35:05 2022") or before it.
    clock = _CLOCK.search(text, found.end()) or _CLOCK.search(text, found.start()) or _CLOCK.search(text)
    return _read(found, clock, zone)


def _read(found: re.Match[str], clock: re.Match[str] | None, zone: tzinfo) -> Moment | None:
    """A day with its clock; None when no calendar has that day."""
    parts = found.groupdict()
    month, day = int(parts.get("number") or 0) or _MONTHS[(parts.get("month") or "jan").casefold()], int(parts["day"])
    if month > 12 >= day and found.start("number") < found.start("year"):  # "20/11/2026" can be read one way only
        month, day = day, month
    year = int(parts["year"])
    if len(parts["year"]) == 2:
        year += 2000 if year < 70 else 1900
    try:
        midnight = datetime(year, month, day, tzinfo=UTC)
        return (_at(midnight, clock, zone) if clock else None) or _moment(midnight, None, zone)
    except (ValueError, OverflowError):
        return None


def _at(midnight: datetime, clock: re.Match[str], own: tzinfo) -> Moment | None:
    """The time that a clock shows on a day; None when it is no time of a day."""
    hour, minute, second = (int(clock[name] or 0) for name in ("hour", "minute", "second"))
    if hour > 24 or minute > 59 or second > 60:
        return None
    half = (clock["half"] or "").casefold()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + 12 * half.startswith("p")
    fraction = int((clock["fraction"] or "")[:6].ljust(6, "0"))
    local = midnight + timedelta(hours=hour, minutes=minute, seconds=second, microseconds=fraction)
    name = clock["zone"] or ""
    zone = meant(name, local, own) if half else named_zone(name)
    if hour == 24:  # the end of a day, which is no way to write one without a time
        return Moment(local.replace(tzinfo=zone or own).astimezone(UTC), zoned=zone is not None)
    return _moment(local, zone, own)
