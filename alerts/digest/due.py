"""When a digest is due: pure calendar arithmetic."""

from collections.abc import Container
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

CATCH_UP_DAYS = 7
LATE_AFTER = timedelta(minutes=15)


def is_known(timezone: str) -> bool:
    """Whether this machine knows the zone; one that is stored may be of a machine with more of them."""
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def instant(day: date, digest_at: str, timezone: str) -> datetime:
    """The one instant, in UTC, of that local date's digest.

    On a day whose clock jumps over that time, the instant it would have been without the jump; on a day whose
    clock shows it twice, the first.
    """
    zone = ZoneInfo(timezone)
    local = datetime.combine(day, time.fromisoformat(digest_at), zone)
    return local.astimezone(ZoneInfo("UTC"))


def due_dates(now: datetime, digest_at: str, timezone: str, since: datetime, made: Container[date]) -> list[date]:
    """The local dates of the last 7 days whose digest is due and not made, oldest first; none from before `since`."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    days = (today - timedelta(days=back) for back in range(CATCH_UP_DAYS - 1, -1, -1))
    return [d for d in days if since < instant(d, digest_at, timezone) <= now and d not in made]


def around(now: datetime, digest_at: str, timezone: str) -> tuple[datetime, datetime]:
    """The last digest's instant until now, and the next one's after it, in UTC.

    Who is served until an instant between the two has nothing due. Who is not has, or was served by a clock that
    ran ahead.
    """
    today = now.astimezone(ZoneInfo(timezone)).date()
    same_day = instant(today, digest_at, timezone)
    step = timedelta(days=1 if same_day <= now else -1)
    other_day = instant(today + step, digest_at, timezone)
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
