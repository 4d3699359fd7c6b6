"""Who is mailed in a soak, and at which instants."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.people import Cadence

_ZONES = (
    "America/New_York", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
    "America/Phoenix", "America/Anchorage", "Pacific/Honolulu",
)  # fmt: skip
_HOURS = ("05:00", "06:30", "07:00", "07:00", "08:00")
_WORDS = ("", "", "raid OR arrest*", "detain*", "court*", "deport* OR remov*", "protest* OR vigil", "-hockey ICE")
_STATES = ("MA", "NH", "ME", "TX", "CA", "NY", "IL", "OH")


@dataclass(frozen=True, slots=True)
class Reader:
    """One address with one search."""

    email: str
    query: str
    timezone: str
    digest_at: str
    cadence: Cadence

    def is_due_on(self, day: date) -> bool:
        """Whether they get a digest on that local day."""
        return self.cadence == "daily" or (self.cadence == "weekly" and day.weekday() == 0)

    def due_at(self, day: date) -> datetime:
        """When, in UTC. No zone here changes its clock between 5 and 8."""
        return datetime.combine(day, time.fromisoformat(self.digest_at), ZoneInfo(self.timezone)).astimezone(UTC)

    def due(self, since: datetime, until: datetime) -> list[date]:
        """The local days whose digest is due after the one instant and not after the other."""
        first = since.astimezone(ZoneInfo(self.timezone)).date()
        days = (first + timedelta(days=n) for n in range((until - since).days + 3))
        return [day for day in days if since < self.due_at(day) <= until and self.is_due_on(day)]


def make_readers(seed: int, count: int) -> list[Reader]:
    """The same for the same arguments: nine of ten want a digest each day."""
    rng = random.Random(f"{seed}/readers")
    return [_reader(rng, n) for n in range(count)]


def _reader(rng: random.Random, n: int) -> Reader:
    words, state = rng.choice(_WORDS), rng.choice(_STATES)
    query = (
        f"{f'({words})' if ' ' in words else words} state:{state}".strip() if rng.random() < 0.8 or not words else words
    )
    cadences: tuple[Cadence, ...] = ("daily", "weekly", "instant")
    cadence = rng.choices(cadences, (90, 5, 5))[0]
    return Reader(f"r{n}@readers.example", query, rng.choice(_ZONES), rng.choice(_HOURS), cadence)
