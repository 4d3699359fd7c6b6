"""30 days of 600 feeds: how late icewire sees what they publish, and for how many requests.

    python -m tests.benchmarks.polling [PATH]      PATH: a folder with real_feeds.tar.gz

Posts are resampled from the dates of the real feeds, each taken for as many of the 600 as comes out of drawing
with replacement; dead, quiet and busy feeds keep their proportion. The newest date of the second newest feed is
taken for the moment at which all were saved, and is where the simulation starts. What a feed showed then is its
backlog, from which icewire may learn; nothing else is known to it.

- A feed whose dates reach back 14 days or more: each simulated day is one of its own days, empty ones too, working
  days for working days. Hours, minutes and bursts within a day stay as they were. Dates older than 180 days are
  left out, so a feed with none since is dead. Dates without a time get one from the hours of all such feeds.
- A feed whose dates reach back less (it shows few items and brings many) never showed a week: its gaps are drawn in
  blocks of five, so that bursts stay, and stretched by the hours and days of all feeds above, pooled.

Assumed: an item is in its feed at the time of its date. 3 in 100 requests fail; 3 in 100 servers are down for 3 to
7 days; 3 in 100 feeds bring nothing for 10 days and then come back; 5 in 100 have no dates. While a server is down
nobody could see anything, so a delay counts from when it is back. A feed shows as many items as it really does:
what left it unseen is `lost`. Fixed pollers start at a random phase and meet the same failures.

`asked` honours ttl, and sy:updatePeriod unless it is WordPress's default of once an hour, up to polling.MOST_ASKED;
that is `adaptive` in the JSON. `asked, with WordPress` honours that default too; `not asked` honours nothing.
The second table has only feeds with at least an item a day, which is harder: no dead feed pays for a busy one. The
third has those with less, where adaptive polling is slower by design: few items wait, and each the longer.
"""

import bisect
import gzip
import itertools
import json
import random
import re
import sys
import tarfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.feeds.feed import UnreadableFeed, read_feed
from crawler.watch.polling import Habit, Limits, learn, next_reading

FEEDS, DAYS = 600, 30
HOUR, DAY = 3600.0, 86400.0
HISTORY, LONG_ENOUGH = 180 * DAY, 14 * DAY
LIMITS = Limits(timedelta(minutes=12), timedelta(hours=4))
ERRORS, DOWN, SILENT, UNDATED = 0.03, 0.03, 0.03, 0.05
A_FAILURE = 0.5  # as the spider weighs a connection that fails
_TTL = re.compile(rb"<ttl>\s*(\d{1,5})\s*</ttl>", re.I)
_PERIOD = re.compile(rb"<sy:updatePeriod>\s*(hourly|daily|weekly)", re.I)
_FREQUENCY = re.compile(rb"<sy:updateFrequency>\s*(\d{1,3})", re.I)
_PERIODS = {b"hourly": 60.0, b"daily": 1440.0, b"weekly": 10080.0}


@dataclass
class Saved:
    """A real feed as it was saved: its dates in seconds, how many items it shows, what it asks for in minutes."""

    dates: list[float]
    shows: int
    asked: float = 0.0
    default: bool = False  # it asks for what WordPress writes without being told


@dataclass
class Simulated:
    """One feed of the simulation."""

    saved: Saved
    posts: list[float]
    down: tuple[float, float]
    dated: bool
    seed: int


@dataclass
class Outcome:
    """What a way of polling brought: (publication, delay) of each item seen, the times of requests, items lost."""

    seen: list[tuple[float, float]] = field(default_factory=list)
    requests: list[float] = field(default_factory=list)
    lost: int = 0

    def figures(self, after: float = 0.0) -> dict[str, float]:
        delays = sorted(delay / 60 for came, delay in self.seen if came >= after) or [0.0]
        return {
            "median_minutes": round(delays[len(delays) // 2], 1),
            "mean_minutes": round(sum(delays) / len(delays), 1),
            "p95_minutes": round(delays[int(len(delays) * 0.95)], 1),
            "requests": sum(at >= after for at in self.requests),
        }


def saved_feeds(folder: Path) -> Iterator[Saved]:
    with tarfile.open(folder / "real_feeds.tar.gz") as archive:
        for member in archive:
            file = archive.extractfile(member) if member.name.endswith(".gz") else None
            if file is None:
                continue
            body = gzip.decompress(file.read())
            try:
                items = list(read_feed(body, "https://feed.example/").items)
            except UnreadableFeed:
                items = []
            dates = sorted(item.published.start.timestamp() for item in items if item.published)
            yield Saved(dates, max(len(items), 1), *_asked(body))


def _asked(body: bytes) -> tuple[float, bool]:
    ttl, period, frequency = _TTL.search(body), _PERIOD.search(body), _FREQUENCY.search(body)
    times = max(int(frequency[1]), 1) if frequency else 1
    by_period = _PERIODS[period[1].lower()] / times if period else 0.0
    return max(float(ttl[1]) if ttl else 0.0, by_period), ttl is None and by_period == 60


class Pool:
    """The hours and days of all feeds with a long history, and the clock that runs as fast as they publish."""

    def __init__(self, feeds: Sequence[Saved], start: float) -> None:
        hours, days = [1.0] * 24, [5.0, 2.0]
        for feed in feeds:
            timed = [at for at in feed.dates if start - HISTORY < at <= start and at % DAY]
            if timed and start - feed.dates[0] >= LONG_ENOUGH:
                for at in timed:
                    hours[int(at % DAY // HOUR)] += min(len(timed), 30) / len(timed)
                    days[_weekend(at)] += min(len(timed), 30) / len(timed)
        self.hours = hours
        weight = [days[0] / 5, days[1] / 2]
        self.begin = (start - HISTORY) // DAY * DAY
        self.passed = [0.0]  # of the publishing clock, at each hour from `begin`
        for hour in range(int((HISTORY + (DAYS + 2) * DAY) / HOUR)):
            share = hours[hour % 24] * weight[_weekend(self.begin + hour * HOUR)]
            self.passed.append(self.passed[-1] + share)

    def publishing(self, at: float) -> float:
        hour, rest = divmod(at - self.begin, HOUR)
        low, high = self.passed[int(hour) : int(hour) + 2]
        return low + (high - low) * rest / HOUR

    def clock(self, publishing: float) -> float:
        hour = min(bisect.bisect_right(self.passed, publishing), len(self.passed) - 1) - 1
        low, high = self.passed[hour : hour + 2]
        return self.begin + (hour + min((publishing - low) / (high - low), 1.0)) * HOUR

    def with_time(self, at: float, chance: random.Random) -> float:
        """A date without a time gets one."""
        if at % DAY:
            return at
        return at + (chance.choices(range(24), self.hours)[0] + chance.random()) * HOUR


def _weekend(at: float) -> bool:
    return int(at // DAY + 3) % 7 >= 5


def _own_days(feed: Saved, start: float, pool: Pool, chance: random.Random) -> list[float]:
    oldest = max(feed.dates[0], start - HISTORY)
    days: dict[int, list[float]] = {day: [] for day in range(int(oldest // DAY) + 1, int(start // DAY))}
    for at in feed.dates:
        if int(at // DAY) in days:
            days[int(at // DAY)].append(at)
    kinds = {kind: [day for day in days if _weekend(day * DAY) == kind] for kind in (False, True)}
    first, posts = int(start // DAY), list[float]()
    for day in range(first, first + DAYS + 1):
        own = chance.choice(kinds[_weekend(day * DAY)])
        posts += [pool.with_time(at, chance) + (day - own) * DAY for at in days[own]]
    return posts


def _own_gaps(feed: Saved, start: float, pool: Pool, chance: random.Random) -> list[float]:
    ticks = [pool.publishing(at) for at in feed.dates if start - HISTORY < at <= start]
    gaps = [later - earlier for earlier, later in itertools.pairwise(ticks)]
    end = pool.publishing(start + DAYS * DAY)
    tick, posts = pool.publishing(start), list[float]()
    while sum(gaps) > 0 and tick < end:
        begin = chance.randrange(len(gaps))
        for n in range(5):
            tick += gaps[(begin + n) % len(gaps)]
            posts.append(pool.clock(min(tick, end)))
    return posts


def simulated(feeds: Sequence[Saved], start: float, seed: int, least: float = 0.0) -> list[Simulated]:
    """600 feeds drawn from the real ones; those with fewer posts than `least` a day are drawn again."""
    chance, pool, drawn = random.Random(seed), Pool(feeds, start), list[Simulated]()
    end = start + DAYS * DAY
    while len(drawn) < FEEDS:
        feed = chance.choice(feeds)
        posts: list[float] = []
        if any(start - HISTORY < at <= start for at in feed.dates):
            make = _own_days if start - feed.dates[0] >= LONG_ENOUGH else _own_gaps
            posts = make(feed, start, pool, chance)
        if chance.random() < SILENT:
            silent = start + chance.uniform(0, 15) * DAY
            posts = [at for at in posts if not silent < at < silent + 10 * DAY]
        down = start + chance.uniform(0, 25) * DAY if chance.random() < DOWN else end
        posts = sorted(at for at in posts if start < at < end)
        if len(posts) >= least * DAYS:
            down_for = (down, down + chance.uniform(3, 7) * DAY)
            drawn.append(Simulated(feed, posts, down_for, chance.random() >= UNDATED, chance.randrange(2**32)))
    return drawn


Poller = Callable[[Simulated, float], Callable[[float, list[float] | None], float]]


def run(feed: Simulated, start: float, poller: Poller, outcome: Outcome) -> None:
    """Read one feed for 30 days; the poller is told what each reading brought, None for a failure."""
    chance, end, taken, now = random.Random(feed.seed), start + DAYS * DAY, 0, start
    plan = poller(feed, start)
    now += chance.random() * HOUR  # the first crawl takes its time
    while now < end:
        outcome.requests.append(now)
        if feed.down[0] <= now < feed.down[1] or chance.random() < ERRORS:
            now = plan(now, None)
            continue
        published = bisect.bisect_right(feed.posts, now)
        shown = max(taken, published - feed.saved.shows)
        outcome.lost += shown - taken
        new, taken = feed.posts[shown:published], published
        for at in new:
            back = feed.down[1] if feed.down[0] <= at < feed.down[1] else at
            outcome.seen.append((at, now - back))
        now = plan(now, new)


def fixed(minutes: float) -> Poller:
    return lambda feed, start: lambda now, new: now + minutes * 60


def adaptive(asked: Callable[[Saved], float]) -> Poller:
    def poller(feed: Simulated, start: float) -> Callable[[float, list[float] | None], float]:
        habit, since, failures = Habit(), None, 0.0
        wish = timedelta(minutes=asked(feed.saved)) or None

        def plan(now: float, new: list[float] | None) -> float:
            nonlocal habit, since, failures
            at = datetime.fromtimestamp(now, UTC)
            if new is None:
                failures += A_FAILURE
            else:
                dates = new if since else [*feed.saved.dates, *new]
                came = [datetime.fromtimestamp(t, UTC) if feed.dated and 0 < t < now else at for t in dates]
                habit, since, failures = learn(habit, came, at, since), at, 0.0
            return next_reading(habit, at, LIMITS, asked=wish, failures=failures).timestamp()

        return plan

    return poller


POLLERS: dict[str, tuple[str, Poller]] = {
    "adaptive": ("adaptive, asked", adaptive(lambda feed: 0.0 if feed.default else feed.asked)),
    "adaptive_all_asked": ("adaptive, asked, with WordPress", adaptive(lambda feed: feed.asked)),
    "adaptive_not_asked": ("adaptive, not asked", adaptive(lambda feed: 0.0)),
    "fixed_15": ("every 15 minutes", fixed(15)),
    "fixed_30": ("every 30 minutes", fixed(30)),
    "fixed_60": ("every 60 minutes", fixed(60)),
}


def compare(feeds: Sequence[Simulated], start: float, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """The figures of each way of polling: all 30 days, then the last 15."""
    outcomes: dict[str, Outcome] = {}
    for name in names:
        outcomes[name] = Outcome()
        for feed in feeds:
            run(feed, start, POLLERS[name][1], outcomes[name])
    figures: dict[str, dict[str, float]] = {}
    for name, outcome in outcomes.items():
        late = outcome.figures(start + DAYS / 2 * DAY)
        figures[name] = {**outcome.figures(), "lost": outcome.lost}
        figures[name] |= {f"late_{key}": value for key, value in late.items()}
    for row in figures.values():
        for half in ("", "late_"):
            row[f"{half}requests_ratio_to_15"] = round(
                row[f"{half}requests"] / figures["fixed_15"][f"{half}requests"], 3
            )
    return figures


def show(title: str, figures: dict[str, dict[str, float]]) -> None:
    keys = ("median_minutes", "mean_minutes", "p95_minutes", "requests_ratio_to_15")
    print(f"\n{title}\n{'':34}{'median':>8}{'mean':>8}{'p95':>8}{'ratio':>8}   requests  lost |   days 16 to 30")
    for name, row in figures.items():
        whole, late = ("".join(f"{row[half + key]:8}" for key in keys) for half in ("", "late_"))
        print(f"{POLLERS[name][0]:34}{whole}{row['requests']:11,}{row['lost']:6} |{late}")


def main(arguments: Sequence[str]) -> int:
    folder, began = Path(arguments[0] if arguments else "../shared/data/feeds/dev"), time.perf_counter()
    feeds = list(saved_feeds(folder))
    start = sorted(feed.dates[-1] for feed in feeds if feed.dates)[-2]
    everything = simulated(feeds, start, seed=1)
    busy = simulated(feeds, start, seed=2, least=1.0)[:60]
    items = sum(len(feed.posts) for feed in everything)
    print(f"{len(feeds)} real feeds, {FEEDS} simulated, {DAYS} days, {items:,} items; limits {LIMITS}")
    figures = compare(everything, start, list(POLLERS))
    show("All feeds; delay in minutes", figures)
    show(f"{len(busy)} feeds with at least an item a day", compare(busy, start, ("adaptive", "fixed_15", "fixed_30")))
    quiet = [feed for feed in everything if 0 < len(feed.posts) < DAYS]
    show(f"{len(quiet)} feeds with less", compare(quiet, start, ("adaptive", "fixed_15", "fixed_30")))
    print(f"\n{time.perf_counter() - began:.0f} s")
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
