"""What the fields of a feed say: plain text, moments and addresses. No clock, no network."""

import html
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

# What no database stores: controls, halves of characters that JSON escapes can hold.
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# What is never closed goes on to the end, as in browsers; so no text costs more than its length.
_UNSHOWN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.S | re.I)
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|cite|code|em|font|i|mark|s|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]*)?>", re.I
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")

# Hours east of Greenwich. US names win where one is used twice.
_ZONES = {
    "z": 0.0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "et": -5, "ct": -6, "mt": -7, "pt": -8, "ast": -4, "adt": -3, "nst": -3.5, "ndt": -2.5,
    "akst": -9, "akdt": -8, "hst": -10, "hdt": -9, "sst": -11, "chst": 10,
    "msk": 3, "ist": 5.5, "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
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
    r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?m\b\.?)?"
    r"\s*\(?(?P<zone>(?:GMT|UTC|UT)?\s*[+-]\d{1,2}(?::?\d\d)?(?!\d)|[a-z]{1,5}\b)?",
    re.I,
)
# The usual form of RSS, which needs no search: "Fri, 20 Nov 2026 09:30:00 -0500".
_USUAL = re.compile(
    r"(?:[A-Za-z]{3}, ?)?(\d\d?) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:([+-])(\d\d)(\d\d)|([A-Za-z]{1,4}))"
)
_LONGEST_DATE = 100  # characters
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d\d)?$")


def plain(text: str) -> str:
    """Text without tags, entities and runs of white space; markup that was escaped once too often goes too.

    >>> plain("Mayor &amp;#8216;was not told&amp;#8217; of <b>ICE</b> visit")
    'Mayor ‘was not told’ of ICE visit'
    """
    for _ in range(3):
        if "<" in text:
            text = _TAG.sub(" ", _INLINE_TAG.sub("", _UNSHOWN.sub(" ", text)))
        if "&" in text:
            text = html.unescape(text)
    return " ".join(UNSTORABLE.sub("", text).split())


def absolute(link: str, base: str) -> str:
    """The http(s) address a link means on a page at `base`, or "" when it means none."""
    link = re.sub(r"[\t\r\n]+\s*", "", link.strip()).replace(" ", "%20")
    if not link or UNSTORABLE.search(link):
        return ""
    try:
        host = urlsplit(base).netloc.removeprefix("www.")
        if link.startswith("www.") or (host and link.startswith((f"{host}/", f"www.{host}/"))) or link == host:
            link = f"https://{link}"  # an address written without its scheme
        url = urljoin(base, link)
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else ""
    except ValueError:  # an address such as http://[news
        return ""


def moment(text: str) -> datetime | None:
    """The moment that a feed's date means, aware and in UTC; None when it names no day.

    A date without a clock, or with an impossible one, is midnight, a clock without a zone is UTC. Slashes are read the
    US way, month first. Unlike general parsers it never fills a gap from today's date, so "Monday" or "10:30" is None.

    >>> moment("Thu,28 Jul 2022 4:35:5 GMT+9")
    datetime.datetime(2022, 7, 27, 19, 35, 5, tzinfo=datetime.timezone.utc)
    """
    text = " ".join(text[:_LONGEST_DATE].split())
    try:
        if usual := _USUAL.fullmatch(text):
            return _usual_moment(usual)
        time = datetime.fromisoformat(text)
    except (ValueError, KeyError, OverflowError):
        return _loose_moment(text)
    try:
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError:
        return None


def _usual_moment(usual: re.Match[str]) -> datetime:
    """ValueError, KeyError or OverflowError when a number or name is odd: then the careful reading decides."""
    day, month, year, hour, minute, second, sign, hours, minutes, zone = usual.groups()
    time = datetime(int(year), _MONTHS[month.casefold()], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    if zone:
        return time - timedelta(hours=_ZONES[zone.casefold()])
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return time - offset if sign == "+" else time + offset


def _loose_moment(text: str) -> datetime | None:
    found = next((match for pattern in _DAYS if (match := pattern.search(text))), None)
    if found is None:
        return None
    parts = found.groupdict()
    month = int(parts.get("number") or 0) or _MONTHS[(parts.get("month") or "jan").casefold()]
    year = int(parts["year"])
    if year < 100:
        year += 2000 if year < 70 else 1900
    # The clock follows the day, or stands inside it ("Thu Jul 28 04:35:05 2022").
    clock = _CLOCK.search(text, found.end()) or _CLOCK.search(text, found.start())
    try:
        return datetime(year, month, int(parts["day"]), tzinfo=UTC) + (_since_midnight(clock) if clock else timedelta())
    except (ValueError, OverflowError):
        return None


def _since_midnight(clock: re.Match[str]) -> timedelta:
    """From midnight UTC to the moment of a clock; negative for a morning in Asia, nothing for no time of a day."""
    hour, minute, second = (int(clock[name] or 0) for name in ("hour", "minute", "second"))
    if hour > 24 or minute > 59 or second > 60:
        return timedelta()
    half = (clock["half"] or "").casefold()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + 12 * half.startswith("p")
    return timedelta(hours=hour, minutes=minute, seconds=second) - _zone(clock["zone"] or "")


def _zone(name: str) -> timedelta:
    offset = _OFFSET.search(name)
    if offset is None:
        return timedelta(hours=_ZONES.get(name.casefold(), 0.0))
    size = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    return size if offset[1] == "+" else -size
