"""When a digest is due: pure calendar arithmetic."""

from collections.abc import Container
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CATCH_UP_DAYS = 7
LATE_AFTER = timedelta(minutes=15)


def moment(day: date, digest_at: str, timezone: str) -> datetime:
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
    return [d for d in days if since < moment(d, digest_at, timezone) <= now and d not in made]


def next_moment(now: datetime, digest_at: str, timezone: str, made: Container[date] = ()) -> datetime:
    """The next digest's instant after now, in UTC."""
    today = now.astimezone(ZoneInfo(timezone)).date()
    upcoming = (today + timedelta(days=ahead) for ahead in range(3))
    return next(m for d in upcoming if d not in made and (m := moment(d, digest_at, timezone)) > now)
