"""One soak: the hours, one by one, with what breaks in them and what is looked at after each."""

import contextlib
import resource
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from scheduler.runs import RUNS_FILE, read_runs
from tests.benchmarks.soak import rules
from tests.benchmarks.soak.books import Books
from tests.benchmarks.soak.plan import KILL, OF_DISK, TICKS, Fault, Plan, when, write_plan
from tests.benchmarks.soak.press import Press
from tests.benchmarks.soak.processes import Process, free_port
from tests.benchmarks.soak.readers import make_readers
from tests.benchmarks.soak.sim_clock import SimulatedClock
from tests.benchmarks.soak.victim import Victim

SETTINGS = """\
data = "data"
[watch]
shipped = false
[crawl]
poll_minutes = 480
poll_longest_minutes = 720
delay_seconds = 0
timeout_seconds = 3
workers = 0
look_again_days = 1
max_page_bytes = 1_500_000
allow_private_addresses = true
contact_url = "https://icewire.example/about"
[schedule]
digest_seconds = 3600
[retention]
mail_days = 1
entry_days = 14
[mail]
smtp_host = "127.0.0.1"
smtp_port = {mail}
smtp_security = "none"
sender = "digest@icewire.example"
operator = "operator@icewire.example"
postal_address = "1 Example Street, Waltham, MA"
contact = "desk@icewire.example"
[web]
public_url = "https://alerts.icewire.example"
"""
ROUNDS = 8  # looks at the queue in an hour, a minute apart, while anything waits there
BACKUP_AT = 9  # each day, UTC: before the first digests
RARELY = {"crawl": 3, "forget": 6}  # hours; all others come in each
TOLD_BY_DOCTOR = frozenset({"disk full", "read-only", "locked", "SMTP down", "DNS failure"})
_REST = rules.MAILED_AFTER  # after a fault, until nothing may be wrong any more


@dataclass
class Soak:
    """A soak in a folder; `violations` are what did not hold, by hour."""

    plan: Plan
    folder: Path
    say: Callable[[str], None] = lambda line: None
    violations: list[str] = field(default_factory=list)
    growth: list[dict[str, int]] = field(default_factory=list)  # bytes, a row a day
    told: Counter[str] = field(default_factory=Counter)  # faults of which doctor said that something is wrong
    felt: Counter[str] = field(default_factory=Counter)  # ticks, feeds and pages that failed while a fault was on
    hour: int = 0
    kept: set[str] = field(default_factory=set)  # addresses of articles
    outcomes: dict[str, int] = field(default_factory=dict)  # of the links that are remembered
    untold: int = 0
    calm: int = 0  # hours in which nothing may be wrong
    cpu_seconds: float = 0.0  # of all processes
    _looked_through: int = 0  # the hour in which the database was checked last
    _unread: int = 0  # feeds and pages, until now
    _put_off: list[Fault] = field(default_factory=list)  # kills that wait for a crawl
    _failed: list[str] = field(default_factory=list)  # ticks of the hour before

    def __post_init__(self) -> None:
        write_plan(self.plan, self.folder)
        self.clock = SimulatedClock.of(self.folder)
        self.clock.tell(when(0))
        port = free_port()
        self.press, self.readers = Press(self.plan, port), make_readers(self.plan.seed, self.plan.readers)
        (self.folder / "data" / "sources").mkdir(parents=True)
        (self.folder / "data" / "sources" / "press.toml").write_text(self.press.registry(), "utf-8")
        self.world = Process("world", self.folder, str(port))
        (self.folder / "icewire.toml").write_text(SETTINGS.format(mail=int(self.world.hear())), "utf-8")
        self.books = Books(self.folder)
        self.nursery = Process("nursery", self.folder)
        self.victim = Victim(self.folder, self.clock, self.books, self._violate)

    def run(self) -> None:
        """All hours."""
        try:
            self.nursery.hear()
            self.victim.start()
            if self.victim.daemon is None:
                raise RuntimeError((self.folder / "nursery.log").read_text())
            self.victim.ask("join")
            for hour in range(1, self.plan.hours + 1):
                self.hour = hour
                self._live()
            self.books.read(when(self.hour), afresh=True)
            self.kept, self.outcomes = rules.kept(self.books), rules.outcomes(self.books)
            self.untold = rules.untold(self.books, when(self.hour))
        finally:
            self.victim.kill()
            self.nursery.kill()
            self.world.kill()
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            self.cpu_seconds = used.ru_utime + used.ru_stime + time.process_time()

    def _live(self) -> None:
        """One hour."""
        now = when(self.hour)
        leap = self.plan.on("clock leap", now)
        self.clock.tell(now, leap.leap if leap else timedelta())
        for fault in self.plan.faults:
            if fault.ends == self.hour:
                self.victim.mend(fault)
        for fault in self.plan.of_hour(self.hour):
            self.say(f"  {fault}")
            self.victim.break_by(fault, self.plan.seed)
        if self.victim.daemon is None:
            self.victim.start()
        failed = self._ticks()
        self._feel(len(failed))
        self._look(failed)
        if self.hour % 24 == 0:
            self.growth.append(rules.sizes(self.folder))
            self.say(self._look_back(when(self.hour)))

    def _ticks(self) -> list[str]:
        """Which of them failed."""
        failed: list[str] = []
        kills = self._kills()
        for name in TICKS:
            is_time = (
                self.hour % RARELY.get(name, 1) == 0 or name in self._failed or name in kills or self.victim.is_fresh
            )
            if is_time and not self._tick(name, kills.get(name)):
                failed.append(name)
        self._deliver_the_rest()
        if when(self.hour).hour == BACKUP_AT and not self.plan.broken(OF_DISK, when(self.hour)):
            self.victim.back_up()
        self._failed = failed  # as the timetable lets them come again soon
        return failed

    def _kills(self) -> dict[str, Fault]:
        """What is killed in this hour, by tick; one in a crawl waits for an hour in which much is to be read."""
        kills = [*self._put_off, *(one for one in self.plan.of_hour(self.hour) if one.kind == KILL)]
        now = when(self.hour)
        idle = self.plan.broken(OF_DISK, now) or not rules.many_due(self.books, self.clock.leapt())
        self._put_off = [one for one in kills if one.tick == "crawl" and idle]
        return {one.tick: one for one in kills if one not in self._put_off}

    def _tick(self, name: str, kill: Fault | None = None) -> bool:
        """Whether it went well; killed in the middle, it comes again after a start."""
        if kill:
            self.victim.kill_in(kill)
        if self.victim.is_fresh:  # the first thing that a daemon does
            self.victim.is_fresh = False
            self.victim.ask("tick", name="crawl")
        return bool(self.victim.ask("tick", name=name).get("well"))

    def _deliver_the_rest(self) -> None:
        """The daemon looks at its queue every 15 seconds."""
        for minutes in range(1, ROUNDS):
            if self.victim.daemon is None or not self._waiting():
                return
            leap = self.plan.on("clock leap", when(self.hour))
            self.clock.tell(when(self.hour) + timedelta(minutes=minutes), leap.leap if leap else timedelta())
            self._tick("deliver")

    def _waiting(self) -> bool:
        """Whether a mail is due, or one that died is still thought to be at work."""
        query = "SELECT 1 FROM delivery WHERE state = 'sending' OR state = 'queued' AND next_attempt_at < ? LIMIT 1"
        with contextlib.suppress(sqlite3.DatabaseError), closing(self.books.asking()) as connection:
            moment = (self.clock.leapt() + timedelta(minutes=2)).replace(tzinfo=None).isoformat(" ")
            return connection.execute(query, (moment,)).fetchone() is not None
        return False

    def _feel(self, ticks: int) -> None:
        """Note what failed, by what is broken; what is broken and never felt was not."""
        counts = read_runs(self.folder / "data" / RUNS_FILE).crawled
        unread = counts.get("feeds_failed", 0) + counts.get("failed", 0)
        asleep = self.victim.daemon is None
        for kind in {one.kind for one in self.plan.faults if one.is_on(when(self.hour))}:
            self.felt[kind] += ticks + asleep + max(0, unread - self._unread)
        self._unread = unread

    def _look(self, failed: list[str]) -> None:
        """What must hold after each hour."""
        now = when(self.hour)
        if self.plan.on("corrupt page", now):
            return
        self.books.read(now)
        for name in rules.copied(self.books):
            self._violate(f"doubled: {name}")
        broken = self.plan.broken(OF_DISK, now)
        for one in self.plan.faults:
            if one.kind in TOLD_BY_DOCTOR and not one.outlets and self.hour == one.ends - 1:
                self._look_at_fault(one)
        calm = not any(one.begins <= self.hour and now < when(one.ends) + _REST for one in self.plan.faults)
        if failed and not broken and not self.plan.of_hour(self.hour):
            self._violate(f"failed with nothing broken: {', '.join(failed)}")
        if lost := rules.entries_lost(self.plan, self.press, self.books, now):
            self._violate(f"{len(lost)} entries not seen, the first {lost[0].at:%d %H:%M} {self.press.url(lost[0])}")
        if calm:
            self.calm += 1
            self._look_in_calm(now)

    def _look_at_fault(self, fault: Fault) -> None:
        """Whether the daemon's doctor says that something is wrong."""
        if self.victim.ask("look").get("wrong"):
            self.told[fault.kind] += 1
        elif fault.kind != "DNS failure":  # of which nobody knows until something is due
            self._violate(f"doctor says nothing of: {fault.kind}")

    def _look_in_calm(self, now: datetime) -> None:
        if number := rules.unsettled(self.books, now):
            self._violate(f"{number} links without an outcome")
        if number := rules.overdue(self.books, now):
            self._violate(f"{number} mails wait for nothing")
        if self.hour >= self._looked_through + 24:
            self._looked_through = self.hour
            if (said := rules.integrity(self.books)) != "ok":
                self._violate(f"integrity: {said}")
            seen = self.victim.ask("look")
            for said in (*seen.get("wrong", ()), *seen.get("unready", ())):
                self._violate(f"doctor: {said}")

    def _violate(self, what: str) -> None:
        """Note it, once and with its first hour."""
        if not any(said.endswith(f" {what}") for said in self.violations):
            self.violations.append(f"{when(self.hour):%d %H:%M} {what}")
            self.say(f"  VIOLATED {self.violations[-1]}")

    def _look_back(self, now: datetime) -> str:
        """What must hold of all days until now, asked once a day; how it stands, in a line."""
        damaged = self.plan.on("corrupt page", now)  # then the next day tells
        if not damaged:
            self.books.read(now, afresh=True)
        lost, doubled = rules.digests(self.plan, self.readers, self.books, now).lost, rules.doubles(self.books)
        for said in () if damaged else rules.wrong(lost, doubled):
            self._violate(said)
        return (
            f"day {self.hour // 24:2}: {len(self.books.seen)} links, {len(self.books.arrived)} mails; digests lost "
            f"{len(lost)}, doubled {len(doubled.beyond)}, stories twice {len(doubled.told_twice)}; database "
            f"{self.growth[-1]['database'] / 1e6:.1f} MB"
        )


def soak(plan: Plan, folder: Path, say: Callable[[str], None] = lambda line: None) -> Soak:
    """Live through a plan in a folder."""
    one = Soak(plan, folder, say)
    one.run()
    return one
