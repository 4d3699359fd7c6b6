"""When a stored article is looked at again: soon at first, then ever more seldom (to be replaced)."""

from datetime import datetime, timedelta


def next_look(published_at: datetime | None, fetched_at: datetime, looks: int, changed: bool) -> datetime | None:
    """The next look after so many, or None when there is none."""
    hours = (1, 3, 8, 24, 72, 168)
    if looks >= len(hours):
        return None
    return max(fetched_at, (published_at or fetched_at)) + timedelta(hours=hours[0 if changed else looks])
