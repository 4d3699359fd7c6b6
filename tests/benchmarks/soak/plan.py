"""What breaks in a soak, and when: all of it follows from the seed."""

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

FILE = "plan.json"
START = datetime(
    2026, 3, 1, 8, tzinfo=UTC
)  # before anybody's morning; a week later the clocks are changed in most of the US
HOUR = timedelta(hours=1)
KILL = "SIGKILL"
TICKS = ("crawl", "match", "digest", "deliver", "post", "departures", "bounces", "forget", "health")

# How often in 30 days, and for how many hours at least and at most.
FAULTS = {
    "disk full": (2, 2, 5), "read-only": (2, 1, 4), "locked": (2, 1, 4), "corrupt page": (1, 1, 3),
    "SMTP down": (1, 24, 30), "clock leap": (4, 1, 4), "DNS failure": (2, 9, 14), "slow servers": (2, 9, 14),
    "hostile feeds": (2, 9, 14),
}  # fmt: skip
OF_DISK = frozenset({"disk full", "read-only", "locked", "corrupt page"})
OF_OUTLETS = frozenset({"DNS failure", "slow servers", "hostile feeds"})
_LEAPS = (timedelta(minutes=20), 3 * HOUR, 26 * HOUR, -2 * HOUR, -26 * HOUR)
_CALM_FIRST, _CALM_LAST = 12, 40  # hours: nothing breaks before the first digest, and in the end all comes to rest
_REST = 30  # hours in the end of a short soak: else nothing could be called lost, as after a fault much has time
_GAP = 6  # hours between two faults at least
_KILL_EVERY = 20  # hours, about
_FELT_WITHIN = 9  # hours: so often feeds are read, and what breaks at outlets in between nobody feels
_LAST_STATEMENT = {"crawl": 3.3, "digest": 2.0}  # its logarithm: about how many a crawl has, and a morning's digests


@dataclass(frozen=True, slots=True)
class Fault:
    """Something breaks at the beginning of an hour and is mended at that of a later one."""

    kind: str
    begins: int
    ends: int
    outlets: frozenset[int] = frozenset()  # at which; () = everywhere
    leap: timedelta = timedelta()
    tick: str = ""  # in which the process is killed
    statement: int = 0  # before the database is told that one of it
    mails: int = 0  # or as soon as so many were taken

    def __str__(self) -> str:
        where = f" at {len(self.outlets)} outlets" if self.outlets else ""
        more = f" by {self.leap.total_seconds() / 3600:+.1f} h" if self.leap else ""
        at = f"after {self.mails} mails of" if self.mails else f"at statement {self.statement} of"
        more += f" {at} {self.tick}" if self.tick else ""
        return f"{when(self.begins):%d %H:%M} +{self.ends - self.begins:2} h  {self.kind}{where}{more}"

    def is_on(self, now: datetime) -> bool:
        """Whether it is broken then."""
        return when(self.begins) <= now < when(self.ends)


@dataclass(frozen=True, slots=True)
class Plan:
    """A soak: how long, how many outlets and readers, and what breaks."""

    seed: int
    hours: int
    outlets: int
    readers: int
    faults: tuple[Fault, ...]

    def on(self, kind: str, now: datetime, outlet: int | None = None) -> Fault | None:
        """What of that kind is broken then, at an outlet or anywhere."""
        for fault in self.faults:
            if (
                fault.kind == kind
                and fault.is_on(now)
                and (outlet is None or not fault.outlets or outlet in fault.outlets)
            ):
                return fault
        return None

    def of_hour(self, hour: int) -> list[Fault]:
        """What begins then."""
        return [fault for fault in self.faults if fault.begins == hour]

    def broken(self, kinds: Iterable[str], now: datetime) -> list[Fault]:
        """Which of these are broken then."""
        return [fault for fault in self.faults if fault.kind in kinds and fault.is_on(now)]


def when(hour: int) -> datetime:
    """The beginning of an hour of the soak."""
    return START + hour * HOUR


def make_plan(seed: int, hours: int, outlets: int, readers: int, kinds: Sequence[str] = (*FAULTS, KILL)) -> Plan:
    """The same for the same arguments. A soak shorter than 30 days has as many of the faults as there is room for."""
    rng = random.Random(f"{seed}/faults")
    faults = list(_in_turn(rng, hours, outlets, kinds))
    if KILL in kinds:
        faults += _kills(rng, hours, faults)
    return Plan(seed, hours, outlets, readers, tuple(sorted(faults, key=lambda one: (one.begins, one.kind))))


def _in_turn(rng: random.Random, hours: int, outlets: int, kinds: Sequence[str]) -> Iterable[Fault]:
    """All that is no kill, one after the other, with calm between."""
    wanted = [(kind, rng.randint(least, most)) for kind in kinds if kind != KILL for least, most in _lengths(kind)]
    rng.shuffle(wanted)
    scale = min(1.0, hours / 720)
    first, last = max(2, round(_CALM_FIRST * scale)), hours - max(2, round(_CALM_LAST * scale), min(_REST, hours // 3))
    gap = max(1, round(_GAP * scale))
    lengths = [max(_FELT_WITHIN if kind in OF_OUTLETS else 1, round(length * scale)) for kind, length in wanted]
    while wanted and sum(lengths) + gap * len(lengths) > last - first:
        wanted.pop()
        lengths.pop()
    room = last - first - sum(lengths) - gap * len(lengths)
    at, pauses = first, sorted(rng.randint(0, max(0, room)) for _ in wanted)
    for n, ((kind, _), length) in enumerate(zip(wanted, lengths, strict=True)):
        begins = at + pauses[n]
        yield _fault(rng, kind, begins, begins + length, outlets)
        at += length + gap


def _lengths(kind: str) -> list[tuple[int, int]]:
    often, least, most = FAULTS[kind]
    return [(least, most)] * often


def _fault(rng: random.Random, kind: str, begins: int, ends: int, outlets: int) -> Fault:
    some = frozenset(rng.sample(range(outlets), max(1, outlets // 20))) if kind in OF_OUTLETS else frozenset[int]()
    if kind == "DNS failure" and rng.random() < 0.5:
        some = frozenset()
    return Fault(kind, begins, ends, some, rng.choice(_LEAPS) if kind == "clock leap" else timedelta())


def _kills(rng: random.Random, hours: int, faults: Sequence[Fault]) -> Iterable[Fault]:
    """Not while the disk is broken: whoever starts then does not start at all."""
    taken = {hour for one in faults if one.kind in OF_DISK for hour in range(one.begins - 1, one.ends + 1)}
    free = [hour for hour in range(2, hours - 1) if hour not in taken]
    mornings = [hour for hour in free if 10 <= when(hour).hour <= 17] or free  # when most mail leaves
    for _ in range(max(1, hours // _KILL_EVERY) if free else 0):
        tick = rng.choice(("crawl", "digest", "deliver", "deliver"))
        hour = rng.choice(free if tick == "crawl" else mornings)
        mails = rng.randint(1, 12) if tick == "deliver" else 0
        statement = 0 if mails else round(10 ** rng.uniform(0, _LAST_STATEMENT[tick]))  # early as often as late
        yield Fault(KILL, hour, hour + 1, tick=tick, statement=statement, mails=mails)


def write_plan(plan: Plan, folder: Path) -> None:
    """For the other processes of a soak."""
    faults = [{**asdict(one), "outlets": sorted(one.outlets), "leap": one.leap.total_seconds()} for one in plan.faults]
    (folder / FILE).write_text(json.dumps({**asdict(plan), "faults": faults}), "utf-8")


def read_plan(folder: Path) -> Plan:
    """What was written."""
    known = json.loads((folder / FILE).read_text("utf-8"))
    faults = (
        Fault(**{**one, "outlets": frozenset(one["outlets"]), "leap": timedelta(seconds=one["leap"])})
        for one in known.pop("faults")
    )
    return Plan(**known, faults=tuple(faults))
