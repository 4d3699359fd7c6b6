"""When to read a feed next: learnt from when it brought something new.

A reading is worth its request once the waiting that has probably built up among unseen items is large enough.
Where items come evenly at a rate r, the interval becomes sqrt(2 * WORTH / r): readings in proportion to the square
root of the rate, which gives the freshest copy for a number of requests (Cho and Garcia-Molina, "Effective page
refresh policies for web crawlers", 2003). Where the rate follows the hour, nights stretch and mornings tighten by
the same rule.

One feed shows few dates, so each of its figures starts from a prior and moves with what is observed.
"""

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from crawler.model import is_due

HOUR, DAY = 3600.0, 86400.0
WORTH = 0.5 / 60  # item-hours of waiting that are worth a request: half a minute, so 8 minutes at an item an hour
MOST_ASKED = timedelta(hours=1)  # the longest wait a feed can ask for: ttl is often set once and forgotten
LONGEST_INTERVAL = timedelta(days=8)  # no reading is planned further ahead: the settings allow 7 days
HURRY = timedelta(hours=6)  # how long a story on the topic makes the feeds around it be read as often as may be
LONGEST_PAUSE = timedelta(days=1)  # of a failing feed
_JITTER = 0.08  # how far the bounds give way, so that feeds read together drift apart

# How soon the past is forgotten (half-lives, in days): how much comes, what came lately, and at which hours.
_RATE_KEPT, _RECENT_KEPT, _SHAPE_KEPT = 21.0, 1.5, 120.0
_BACKLOG_DAYS = 120.0  # dates before that say nothing of today
# Before anything is known a feed is taken to bring two items a day, and half a moment of evidence outweighs it.
_PRIOR_MOMENTS, _PRIOR_DAYS = 0.5, 0.25
_RECENT_TRUST = 1.0  # days of recent observation that count as much as all of the longer past
# Something new makes more soon likely (a self-exciting process): so many more items, within about so long.
_FOLLOWERS, _FOLLOW_HOURS = 0.15, 1.0

# Hours and days: shrunk to an even day and a working week until that many items are seen. A prior day taken from real
# feeds, turned to each outlet's own zone, gained no more than a smaller trust in the even day does.
_HOURS_TRUST, _WEEK_TRUST = 5.0, 30.0
_WEEK = (1.1, 1.1, 1.1, 1.1, 1.1, 0.75, 0.75)  # Monday first
_NIGHT = 6 * HOUR  # a US day ends about 06:00 UTC

_STEP = 600.0  # seconds between two looks at the expected waiting
_MINUTES_TRUST = 4.0
_PUNCTUAL = 0.5  # share of items in one slot of five minutes that makes a feed punctual
_AFTER_SLOT = 90.0  # seconds after a punctual feed's minute


@dataclass(frozen=True, slots=True)
class Habit:
    """What is known of when a feed brings something new; every count is weighted by age.

    A moment is a minute in which something came: twenty items at once are one.
    """

    at: datetime | None = None  # told up to here
    last: datetime | None = None  # when the newest item came
    items: float = 0.0
    moments: float = 0.0
    days: float = 0.0  # observed
    recent: float = 0.0  # moments of the last days
    recent_days: float = 0.0
    hours: tuple[float, ...] = (0.0,) * 24  # moments by hour of day, UTC
    week: tuple[float, ...] = (0.0,) * 7  # moments by day of the week, Monday first, in the US
    slots: tuple[float, ...] = (0.0,) * 12  # moments by five minutes of the hour

    def to_json(self) -> dict[str, Any]:
        """Plain values for a JSON column."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Habit":
        """The habit that to_json gave; anything else is a habit of which nothing is known."""
        try:
            return cls(**{f.name: _read(stored[f.name], getattr(_UNKNOWN, f.name)) for f in fields(cls)})
        except (KeyError, TypeError, ValueError, OverflowError):
            return cls()


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of the interval between two readings."""

    shortest: timedelta
    longest: timedelta


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return [round(v, 4) for v in value] if isinstance(value, tuple) else value and round(value, 4)


def _read(stored: Any, unknown: Any) -> Any:
    """One stored field, of the kind that its unknown value has; ValueError or TypeError when it is not."""
    if unknown is None:
        at = None if stored is None else datetime.fromisoformat(stored)
        if at is not None and at.tzinfo is None:
            raise ValueError("a time without zone")
        return at
    values = tuple(float(v) for v in (stored if isinstance(unknown, tuple) else (stored,)))
    if not all(0 <= v < 1e9 for v in values):
        raise ValueError("not a count")
    if not isinstance(unknown, tuple):
        return values[0]
    if len(values) != len(unknown):
        raise ValueError("not as many counts")
    return values


_UNKNOWN = Habit()


def learn(habit: Habit, came: Sequence[datetime], now: datetime, since: datetime | None) -> Habit:
    """The habit after a successful reading at `now`, the one before it at `since`; None: this is the first.

    `came` are the publication times of new items, `now` for an item without one. At a first reading an item dated
    `now` says nothing of when it came. Later, what came is dated between the two readings: an older date than
    `since` appeared in the feed after it, so half-way is taken.
    """
    first = since is None or habit.at is None
    if first:
        oldest = now - timedelta(days=_BACKLOG_DAYS)
        seen = sorted(t for t in came if oldest < t < now)
        begin = max(min((t for t in came if t < now), default=now), oldest)
    else:
        begin = min(max(habit.at or now, since or now), now)
        seen = sorted(t if begin <= t <= now else begin + (now - begin) / 2 for t in came)
    moments = sorted({int(t.timestamp() // 60) * 60.0 for t in seen})
    return _counted(habit, len(seen), moments, begin, now)


def _counted(habit: Habit, items: int, moments: list[float], begin: datetime, now: datetime) -> Habit:
    end, days = now.timestamp(), (now - begin).total_seconds() / DAY
    kept, recent_kept, shape_kept = (0.5 ** (days / half) for half in (_RATE_KEPT, _RECENT_KEPT, _SHAPE_KEPT))
    weights = [0.5 ** ((end - m) / DAY / _RATE_KEPT) for m in moments]
    new = replace(
        habit,
        at=now,
        days=habit.days * kept + (1 - kept) * _RATE_KEPT / math.log(2),
        recent_days=habit.recent_days * recent_kept + (1 - recent_kept) * _RECENT_KEPT / math.log(2),
        items=habit.items * kept + (sum(weights) / len(weights) * items if weights else 0.0),
        moments=habit.moments * kept + sum(weights),
        recent=habit.recent * recent_kept + sum(0.5 ** ((end - m) / DAY / _RECENT_KEPT) for m in moments),
    )
    if not moments:
        return new
    hours, week, slots = ([v * shape_kept for v in shape] for shape in (habit.hours, habit.week, habit.slots))
    for moment in moments:
        weight = 0.5 ** ((end - moment) / DAY / _SHAPE_KEPT)
        week[_weekday(moment)] += weight
        if moment % DAY:  # midnight to the second is a date without a time
            hours[int(moment % DAY // HOUR)] += weight
            slots[int(moment % HOUR // 300)] += weight
    last = max(datetime.fromtimestamp(moments[-1], UTC), habit.last or datetime.min.replace(tzinfo=UTC))
    return replace(new, last=last, hours=tuple(hours), week=tuple(week), slots=tuple(slots))


def rate(habit: Habit) -> float:
    """Items a day, as of the last reading; before anything is known, what a local outlet usually brings."""
    per_moment = max(1.0, habit.items / habit.moments) if habit.moments else 1.0
    return _moments_a_day(habit) * per_moment


def expected_gap(habit: Habit) -> timedelta | None:
    """The usual time between two moments at which something new comes; None as long as fewer than three were seen."""
    if habit.moments < 3 or habit.days <= 0:
        return None
    return timedelta(days=habit.days / habit.moments)


def _moments_a_day(habit: Habit) -> float:
    """The long rate, or the recent one where that is higher: a feed that comes back is believed within a day."""
    usual = (habit.moments + _PRIOR_MOMENTS) / (habit.days + _PRIOR_DAYS)
    return max(usual, (habit.recent + usual * _RECENT_TRUST) / (habit.recent_days + _RECENT_TRUST))


def next_reading(
    habit: Habit,
    now: datetime,
    limits: Limits,
    *,
    asked: timedelta | None = None,
    hurry_until: datetime | None = None,
    failures: float = 0.0,
) -> datetime:
    """When to read the feed that was just tried.

    Until `hurry_until` it is read at the shortest interval. `asked` (ttl, sy:updatePeriod, max-age) is a floor, up
    to MOST_ASKED. Each whole one of `failures` doubles the interval, up to LONGEST_PAUSE; never given up.
    """
    jitter = _jitter(habit, now)
    shortest = limits.shortest.total_seconds() * (1 + jitter)
    longest = max(limits.longest.total_seconds() * (1 - jitter), shortest)
    hurry = hurry_until is not None and not is_due(hurry_until, now, HURRY)
    wait = shortest if hurry else _worth_reading(habit, now.timestamp(), shortest, longest)
    if asked is not None:
        wait = max(wait, min(asked, MOST_ASKED).total_seconds())
    if failures >= 1:
        pause = max(LONGEST_PAUSE.total_seconds() * (1 - jitter), wait)
        wait = min(wait * 2.0 ** min(int(failures), 20), pause)
    return now + timedelta(seconds=wait)


def _jitter(habit: Habit, now: datetime) -> float:
    """A share from 0 to _JITTER that looks random but is the same for the same feed at the same time."""
    told = f"{habit.items} {habit.days} {now.timestamp()}"
    return _JITTER * (zlib.crc32(told.encode()) & 0xFFFF) / 0x10000


def _worth_reading(habit: Habit, now: float, shortest: float, longest: float) -> float:
    """Seconds from `now` until the waiting that has probably built up is worth a request."""
    shape, week, hourly = _hours(habit.hours), _week(habit.week), _moments_a_day(habit) / 24
    step, waited, unseen, passed = _STEP / HOUR, 0.0, 0.0, 0.0
    follow = _follow(habit, now)
    fading = math.exp(-step / _FOLLOW_HOURS)
    while passed < longest:
        at = now + passed + _STEP / 2
        r = hourly * shape[int(at % DAY // HOUR)] * week[_weekday(at)] + follow
        if waited + unseen * step + r * step * step / 2 >= WORTH:
            root = math.sqrt(unseen * unseen + 2 * r * (WORTH - waited))
            passed += (root - unseen) / r * HOUR
            break
        waited, unseen = waited + unseen * step + r * step * step / 2, unseen + r * step
        follow, passed = follow * fading, passed + _STEP
    return min(max(_on_its_minute(habit, now, min(passed, longest)), shortest), longest)


def _follow(habit: Habit, now: float) -> float:
    """How many more items an hour are likely because one has just come."""
    if habit.last is None:
        return 0.0
    ago = max(0.0, (now - habit.last.timestamp()) / HOUR)
    return _FOLLOWERS / _FOLLOW_HOURS * math.exp(-ago / _FOLLOW_HOURS)


def _on_its_minute(habit: Habit, now: float, wait: float) -> float:
    """The wait, moved to just after the minute at which a punctual feed publishes, when one lies near."""
    total = sum(habit.slots) + _MINUTES_TRUST
    best = max(range(12), key=habit.slots.__getitem__)
    if habit.slots[best] < _PUNCTUAL * total:
        return wait
    minute = best * 300 + _AFTER_SLOT
    behind = (now + wait - minute) % HOUR  # since that minute last was
    moved = wait - behind if behind <= HOUR / 2 else wait + HOUR - behind
    return moved if abs(moved - wait) <= wait / 2 else wait


@lru_cache(maxsize=4096)
def _hours(counts: tuple[float, ...]) -> tuple[float, ...]:
    """The feed's share of each UTC hour, mean 1: its own counts, blurred by an hour either side."""
    total = sum(counts) + _HOURS_TRUST
    blurred = ((counts[h - 1] + 2 * counts[h] + counts[(h + 1) % 24]) / 4 for h in range(24))
    return tuple((24 * count + _HOURS_TRUST) / total for count in blurred)


@lru_cache(maxsize=4096)
def _week(counts: tuple[float, ...]) -> tuple[float, ...]:
    """The feed's share of each day of the week, mean 1."""
    total = sum(counts) + _WEEK_TRUST
    return tuple((7 * count + _WEEK_TRUST * prior) / total for count, prior in zip(counts, _WEEK, strict=True))


def _weekday(moment: float) -> int:
    """Monday = 0, in the US; the epoch was a Thursday."""
    return int((moment - _NIGHT) // DAY + 3) % 7
