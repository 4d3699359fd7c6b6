"""When a digest is due: pure calendar arithmetic."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

CATCH_UP_DAYS = 7
LATE_AFTER = timedelta(minutes=15)
_DAY = timedelta(days=1)
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Stretch:
    """The local dates that one digest stands for: usually one; with those before it that were missed, several."""

    first: date
    last: date


def is_known(timezone: str) -> bool:
    """Whether this machine knows the zone; one that is stored may be of a machine with more of them."""
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def instant(day: date, digest_at: str, timezone: str) -> datetime:
    """The one instant, in UTC, of that local date's digest.

    On a day whose clock jumps over that time, the instant it would have been without the jump, or an hour before
    when that is the next day already (Nuuk goes from 23:00 to midnight); on a day whose clock shows it twice, the
    first.
    """
    return _instant(day, digest_at, timezone)[0]


def _instant(day: date, digest_at: str, timezone: str) -> tuple[datetime, bool]:
    """The same, and whether there is such a day: Samoa had no December 30 in 2011."""
    zone = ZoneInfo(timezone)
    local = datetime.combine(day, time.fromisoformat(digest_at), zone)
    found = (local.replace(fold=fold).astimezone(_UTC) for fold in (0, 1))
    there = [at for at in found if at.astimezone(zone).date() == day]
    return (there[0], True) if there else (local.astimezone(_UTC), False)


def day_after(day: date, digest_at: str, timezone: str, step: timedelta = _DAY) -> date:
    """The next local date that there is; with a `step` back, the one before."""
    other = day + step
    while not _instant(other, digest_at, timezone)[1]:
        other += step
    return other


def due_dates(now: datetime, digest_at: str, timezone: str, since: datetime, made: Container[date]) -> list[date]:
    """The local dates of the last 7 days whose digest is due and not made, oldest first; none from before `since`."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    days = (today - timedelta(days=back) for back in range(CATCH_UP_DAYS - 1, -1, -1))
    found = ((day, *_instant(day, digest_at, timezone)) for day in days)
    return [day for day, at, there in found if there and since < at <= now and day not in made]


def due_span(now: datetime, digest_at: str, timezone: str, since: datetime, made: Container[date]) -> Stretch | None:
    """What the digest that is due stands for: the newest date, and those before it back to the last that was made.

    None when the newest was made, or none is due. So at most one digest is due, however long nobody made any.
    """
    days = due_dates(now, digest_at, timezone, since, ())
    if not days or days[-1] in made:
        return None
    first = days[-1]
    for day in reversed(days[:-1]):
        if day in made:
            break
        first = day
    return Stretch(first, days[-1])


def holds_weekday(span: Stretch, weekday: int, digest_at: str, timezone: str) -> bool:
    """Whether one of the dates is that day of the week (Monday = 0), or followed on one that this zone left out."""
    day = day_after(span.first, digest_at, timezone, -_DAY) + _DAY
    while day <= span.last:
        if day.weekday() == weekday:
            return True
        day += _DAY
    return False


def around(now: datetime, digest_at: str, timezone: str) -> tuple[datetime, datetime]:
    """The last digest's instant until now, and the next one's after it, in UTC.

    Who is served until an instant between the two has nothing due. Who is not has, or was served by a clock that
    ran ahead.
    """
    today = now.astimezone(ZoneInfo(timezone)).date()
    same_day = instant(today, digest_at, timezone)
    step = _DAY if same_day <= now else -_DAY
    other_day = instant(day_after(today, digest_at, timezone, step), digest_at, timezone)
    return (same_day, other_day) if same_day <= now else (other_day, same_day)


def all_served(least: datetime, most: datetime, last: datetime, coming: datetime) -> bool:
    """Whether people who are served until `least` at least and `most` at most are between what `around` gives."""
    return last <= least and most <= coming


def next_digest(now: datetime, digest_at: str, timezone: str, least: datetime) -> datetime:
    """When somebody there gets the next digest, in UTC; the one after it when all have that one already.

    `least`: until then everybody there is served.
    """
    _, coming = around(now, digest_at, timezone)
    return around(coming, digest_at, timezone)[1] if least == coming else coming
