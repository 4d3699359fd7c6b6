"""What is wrong with a source, if anything: its last days are compared with its own habit."""

import math
import statistics
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from crawler.model import Why, because
from crawler.watch.flood import LASTS, MOST_A_DAY
from crawler.watch.holidays import is_quiet

TroubleKind = Literal["failing", "silent", "flood", "less", "more"]
KINDS: tuple[TroubleKind, ...] = ("failing", "silent", "flood", "less", "more")  # gravest first

DAY_STARTS = 9  # UTC: deep in the night from the Atlantic to the Pacific, so that an evening is not cut in two
WINDOW_DAYS = 56  # eight of each day of the week
TRIED = 3.0  # weighted failures: three hard ones, a dozen passing ones
TRIED_LONG = 8.0  # with their growing pauses, days of trying
PATIENCE = timedelta(days=1)
LEAST_DAYS = 14  # of history; a source with less is not judged
LEAST_ACTIVE = 4  # days of them with something new
CHANCE = 1e-4  # a silence likelier than this, at the source's own pace, is none
LEAST_SILENT_DAYS = 2
BAND_DAYS = 3
LEAST_WEEKS = 3  # to compare those days with
LEAST_ITEMS = 20  # in those days; of fewer, nothing is said
BAND = 1e-6  # the probability of a volume outside its band
BAND_BACK = 1e-2  # above which a volume that had left is back


@dataclass(frozen=True, slots=True)
class FeedReading:
    """How reading one feed goes; times are UTC."""

    last_attempt_at: datetime | None
    last_success_at: datetime | None
    last_new_at: datetime | None = None
    failures: float = 0.0  # weighted, 0 after a success
    status: Why = Why()  # noqa: RUF009  a frozen value
    left: int = 0  # links of the last reading that had more than there was room for
    left_at: datetime | None = None
    left_since: datetime | None = None

    def lost(self, read_until: datetime | None) -> bool:
        """Tried again and again without success, for a day in which we did read others or did nothing but try.

        `read_until` is when half of all feeds had been read: before and after it we may have been asleep or offline.
        """
        if self.failures < TRIED or self.last_attempt_at is None:
            return False
        proof = self.last_attempt_at if self.failures >= TRIED_LONG else read_until
        if self.last_success_at is None or proof is None:
            return proof is not None
        return proof - self.last_success_at > PATIENCE


@dataclass(frozen=True, slots=True)
class Record:
    """What we know of a source: how its feeds are read and how many new items each day brought.

    A day is that of day_of(). `counts` are those of the feeds that are not lost.
    """

    source_id: str
    feeds: Sequence[FeedReading]
    read_until: datetime | None  # the newest good reading of any source
    since: date | None = None  # the first day that we saw whole
    counts: Mapping[date, int] = field(default_factory=dict)
    skip: Collection[date] = ()  # days on which we read little or nothing of anybody: see unread_days()

    @property
    def read(self) -> list[FeedReading]:
        """The feeds by which the source may be judged."""
        return [f for f in self.feeds if not f.lost(self.read_until)]

    @property
    def seen_until(self) -> datetime | None:
        """Up to when all of them were read; None = one of them never was."""
        times = [f.last_success_at for f in self.read]
        return min((t for t in times if t), default=None) if all(times) else None

    @property
    def last_new_day(self) -> date | None:
        """The last day with something new, by its date or when it came into sight."""
        seen = (day_of(f.last_new_at) for f in self.read if f.last_new_at)
        return max([*(day for day, count in self.counts.items() if count), *seen], default=None)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a source."""

    source_id: str
    kind: TroubleKind
    since: datetime
    why: Why  # with figures


@dataclass(frozen=True, slots=True)
class Examination:
    """What is wrong with a source, and which kinds could be judged: of the others we know no more than before."""

    source_id: str
    findings: tuple[Finding, ...] = ()
    judged: frozenset[TroubleKind] = frozenset()


def day_of(moment: datetime) -> date:
    """The day that a time belongs to.

    >>> day_of(datetime(2026, 3, 10, 4, tzinfo=UTC)), day_of(datetime(2026, 3, 10, 12, tzinfo=UTC))
    (datetime.date(2026, 3, 9), datetime.date(2026, 3, 10))
    """
    return (moment.astimezone(UTC) - timedelta(hours=DAY_STARTS)).date()


def start_of(day: date) -> datetime:
    """When a day begins, in UTC."""
    return datetime.combine(day, time(DAY_STARTS), UTC)


def unread_days(seen: Mapping[date, int], first: date, last: date) -> frozenset[date]:
    """The days on which we cannot have read as usual: all sources together brought under a quarter of the usual.

    `seen` counts by the day when we saw them. With fewer than 8 a day we cannot tell, and no day is left out.
    """
    days = list(_days(first, last))
    usual: dict[int, float] = {}
    for weekday in range(7):
        same = [seen.get(day, 0) for day in days if day.weekday() == weekday]
        usual[weekday] = statistics.median(same) if same else 0
    return frozenset(d for d in days if usual[d.weekday()] >= 8 and seen.get(d, 0) < usual[d.weekday()] / 4)


def examine(record: Record, known: Collection[TroubleKind] = ()) -> Examination:
    """Judge a source; `known` are the troubles it has already, of which a volume must come well back into its band."""
    if record.feeds and not record.read:
        return Examination(record.source_id, (_failing(record),), frozenset({"failing"}))
    judged: set[TroubleKind] = {"failing", "flood"} if record.seen_until else {"flood"}
    flood = _flood(record)
    findings: list[Finding] = []
    if _spoke_lately(record):
        judged.add("silent")
    elif _enough(record):
        judged.add("silent")
        findings += _silent(record)
    if not findings:  # of a silent source the volume says nothing more
        band = _volume(record, known)
        if band is not None:
            judged |= {"less", "more"}
            findings += band
    return Examination(record.source_id, (*flood, *findings), frozenset(judged))


def _flood(record: Record) -> list[Finding]:
    """More links than there is room for, at a reading of the last hours."""
    until = max((f.last_success_at for f in record.feeds if f.last_success_at), default=None)
    over = [f for f in record.feeds if f.left_at and until and until - f.left_at <= LASTS]
    if not over:
        return []
    since = min(f.left_since for f in over if f.left_since)
    why = because("too_many_links", left=sum(f.left for f in over), kept=MOST_A_DAY)
    return [Finding(record.source_id, "flood", since, why)]


def _failing(record: Record) -> Finding:
    status = next((f.status for f in record.feeds if f.status), because("no_answer"))
    last = max((f.last_success_at for f in record.feeds if f.last_success_at), default=None)
    if last:
        return Finding(record.source_id, "failing", last, because("not_read_since", day=day_of(last), status=status))
    tried = min(f.last_attempt_at for f in record.feeds if f.last_attempt_at)
    return Finding(record.source_id, "failing", tried, because("never_read", status=status))


def _spoke_lately(record: Record) -> bool:
    newest, until = record.last_new_day, record.seen_until
    return bool(newest and until and day_of(until) - newest <= timedelta(days=LEAST_SILENT_DAYS))


def _history(record: Record) -> list[date]:
    """The whole days from the first we saw to the last with something new."""
    newest = max((day for day, count in record.counts.items() if count), default=None)
    if record.since is None or newest is None or record.seen_until is None:
        return []
    return list(_days(record.since, min(newest, _last_whole_day(record.seen_until))))


def _enough(record: Record) -> bool:
    days = _history(record)
    return len(days) >= LEAST_DAYS and sum(record.counts.get(day, 0) > 0 for day in days) >= LEAST_ACTIVE


def _silent(record: Record) -> list[Finding]:
    """A silence that is neither a matter of chance nor less than twice the longest there was, holidays aside."""
    newest, until = record.last_new_day, record.seen_until
    assert newest
    assert until
    history = _history(record)
    empty = [d for d in _days(newest + timedelta(days=1), _last_whole_day(until)) if not is_quiet(d)]
    rates = _rates(record, history)
    expected = sum(rates[day.weekday()] for day in empty)
    longest = _longest_gap(record.counts, history)
    if len(empty) < max(LEAST_SILENT_DAYS, 2 * (longest + 1)) or math.exp(-expected) > CHANCE:
        return []
    why = because("nothing_new", day=newest, usual=rhythm(record))
    return [Finding(record.source_id, "silent", start_of(newest + timedelta(days=1)), why)]


def _rates(record: Record, days: Sequence[date]) -> list[float]:
    """Items a day, by day of the week."""
    rates = []
    for weekday in range(7):
        same = [record.counts.get(d, 0) for d in days if d.weekday() == weekday and not is_quiet(d)]
        rates.append(sum(same) / len(same) if same else 0.0)
    return rates


def _longest_gap(counts: Mapping[date, int], days: Sequence[date]) -> int:
    longest = run = 0
    for day in days:
        run = 0 if counts.get(day) else run + 1
        longest = max(longest, run)
    return longest


def _volume(record: Record, known: Collection[TroubleKind]) -> list[Finding] | None:
    """The last whole days against the same days of the weeks before; None when they cannot be compared."""
    until, since = record.seen_until, record.since
    if until is None or since is None:
        return None
    last = _last_whole_day(until)
    now = _sum(record, last, since)
    weeks = (_sum(record, last - timedelta(weeks=back), since) for back in range(1, WINDOW_DAYS // 7))
    past = [total for total in weeks if total is not None]
    if now is None or len(past) < LEAST_WEEKS:
        return None
    usual = statistics.median(past)
    # Of the sum of equal days, the dispersion is that of one by their number.
    dispersion = _unsteadiness(record, since, last - timedelta(days=BAND_DAYS)) / BAND_DAYS
    kind = _out_of_band(now, past, dispersion, known)
    if kind is None:
        return []
    why = because("other_volume", items=now, days=BAND_DAYS, day=last, usual=usual)
    return [Finding(record.source_id, kind, start_of(last - timedelta(days=BAND_DAYS - 1)), why)]


def _out_of_band(
    now: int, past: Sequence[int], dispersion: float, known: Collection[TroubleKind]
) -> TroubleKind | None:
    """Less or more than chance makes of the usual, and far from the extremes of the weeks before."""
    usual = statistics.median(past)
    kind: TroubleKind = "less" if now < usual else "more"
    far = now < min(past) / 2 if kind == "less" else now > max(past) * 3
    if max(now, usual) < LEAST_ITEMS or not (far or kind in known):
        return None
    below = _at_most(now if kind == "less" else now - 1, max(usual, 1.0), dispersion)
    chance = below if kind == "less" else 1 - below
    return kind if (far and chance < BAND) or (kind in known and chance < BAND_BACK) else None


def _sum(record: Record, last: date, since: date) -> int | None:
    """How many items came in the days up to `last`; None when we did not read them all, or one is a holiday."""
    days = [last - timedelta(days=back) for back in range(BAND_DAYS)]
    if days[-1] < since or any(day in record.skip or is_quiet(day) for day in days):
        return None
    return sum(record.counts.get(day, 0) for day in days)


def _unsteadiness(record: Record, first: date, last: date) -> float:
    """The dispersion of the daily counts, by moments: their variance is mean + dispersion × mean²; 0 = Poisson."""
    days = [d for d in _days(first, last) if d not in record.skip and not is_quiet(d)]
    rates = _rates(record, days)
    means = [rates[d.weekday()] for d in days]
    free = len(days) / max(1, len(days) - 7)  # seven means were taken from the same days
    beyond = sum(free * (record.counts.get(d, 0) - mean) ** 2 - mean for d, mean in zip(days, means, strict=True))
    squares = sum(mean**2 for mean in means)
    return max(0.0, beyond / squares) if squares else 0.0


def _at_most(count: int, mean: float, dispersion: float) -> float:
    """The probability of so many items or fewer, of negative binomial counts (Poisson as the dispersion goes to 0)."""
    size = 1 / max(dispersion, 1e-6)
    few, many = math.log(size / (size + mean)), math.log(mean / (size + mean))
    logs = (
        math.lgamma(n + size) - math.lgamma(size) - math.lgamma(n + 1) + size * few + n * many for n in range(count + 1)
    )
    return min(1.0, math.fsum(map(math.exp, logs)))


def _last_whole_day(until: datetime) -> date:
    return day_of(until) - timedelta(days=1)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def rhythm(record: Record) -> Why:
    """How often a source brings something new."""
    days = _history(record)
    a_day = sum(record.counts.get(day, 0) for day in days) / len(days)
    if a_day >= 1:
        return because("items_a_day", items=round(a_day))
    if a_day * 7 >= 1:
        return because("items_a_week", items=round(a_day * 7))
    return because("items_a_month", items=round(a_day * 30))
