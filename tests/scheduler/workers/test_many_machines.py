"""Daemons and workers with one PostgreSQL are killed and cut off: every entry is read once, every digest made once."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from alerts.people.members import Members
from scheduler.workers.figures import look_at_workers
from tests.makers.crawling import outlet_at, page, rss
from tests.makers.machines import Machines, Wire, machines, until
from tests.makers.mail_sink import mail_sink
from tests.makers.making import BODY
from tests.makers.serving import Reply, served
from tests.makers.site_crawls import Watched

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]

SITES, PAGES, READERS = 10, 4, 250
SILENCE = 2  # seconds; a real deployment has ten times that
CUT = 2 * SILENCE  # for so long the wire is cut
SETTINGS = f"""
[watch]
shipped = false
[schedule]
crawl_seconds = 1
match_seconds = 1
digest_seconds = 1
deliver_seconds = 1
[workers]
silence_seconds = {SILENCE}
[crawl]
allow_private_addresses = true
delay_seconds = 0
workers = 0
concurrent_hosts = 2
contact_url = "https://icewire.example/about"
[mail]
smtp_host = "127.0.0.1"
smtp_port = {{port}}
smtp_security = "none"
connections = 4
sender = "digest@icewire.example"
postal_address = "1 Example Street, Waltham, MA"
contact = "desk@icewire.example"
"""


@dataclass(frozen=True, slots=True)
class Town:
    """Outlets, a mail server, a database and the machines that share it."""

    engine: Engine
    url: str
    wire: Wire
    sites: list[Watched]
    started: Machines
    log: Path  # of the mail server

    def one(self, query: str) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(text(query)).scalar_one())

    def alive(self) -> int:
        seen = look_at_workers(self.engine)
        return seen.alive if seen else 0

    def settled(self) -> int:
        return self.one("SELECT count(*) FROM entry WHERE state IN ('fetched', 'off_topic')")

    def mails(self) -> Counter[str]:
        return Counter(self.log.read_text().splitlines()) if self.log.exists() else Counter()

    def told(self) -> str:
        logs = "\n".join(f"--- {n}\n{machine.log}" for n, machine in enumerate(self.started.all))
        return f"{self.settled()} settled, {len(self.mails())} mails, {look_at_workers(self.engine)}\n{logs}"

    def until(self, is_so: Callable[[], bool], seconds: float = 60) -> None:
        until(is_so, seconds, self.told)


@pytest.fixture
def town(engine: Engine, database_url: str, tmp_path: Path) -> Iterator[Town]:
    with ExitStack() as open_:
        sites = []
        for number in range(SITES):
            site = open_.enter_context(served())
            links = [(site.url(f"/{n}"), f"ICE detains {n} at courthouse {number}") for n in range(PAGES)]
            site.pages["/robots.txt"] = Reply("User-agent: *\nDisallow:\n", kind="text/plain")
            site.pages["/feed"] = rss(*links)
            for n, (_, title) in enumerate(links):
                site.pages[f"/{n}"] = Reply(page(title, BODY.replace("two men", f"{n + 2} of {number + 30} men")))
            sites.append(Watched(site, seconds=0.4))
        log = tmp_path / "mails"
        port = open_.enter_context(mail_sink(0.05, log))
        wire = open_.enter_context(Wire(database_url))  # it ends after the machines
        outlets = [outlet_at(f"paper{n}", one.sites[0].base) for n, one in enumerate(sites)]
        started = open_.enter_context(machines(tmp_path, SETTINGS.format(port=port), outlets))
        yield Town(engine, database_url, wire, sites, started, log)


def due_readers(engine: Engine) -> None:
    """So many, whose digest of today is due in the moment."""
    members, now = Members(engine), datetime.now(UTC)
    for n in range(READERS):
        members.subscribe(
            f"r{n}@d{n % 50}.example.org", "courthouse", now - timedelta(days=1), "UTC", "00:00", active=True
        )
    with engine.begin() as connection:
        served = now.replace(hour=0, minute=0, second=0) - timedelta(hours=1)
        connection.execute(text("UPDATE subscriber SET served_until = :at"), {"at": served})


def test_killed_and_cut_off_in_turn_they_read_every_entry_once_and_make_every_digest_once(town: Town) -> None:
    start, url, wire = town.started.start, town.url, town.wire
    workers = [start("worker", url), start("worker", url), start("worker", wire.url)]
    town.until(lambda: town.alive() == 3)
    first, second = start("run", url), start("run", url)
    town.until(lambda: "this one schedules" in first.log + second.log)
    leader, other = (first, second) if "this one schedules" in first.log else (second, first)

    town.until(lambda: town.settled() >= 4)
    workers[0].kill()
    leader.kill()
    town.until(lambda: "this one schedules" in other.log)
    town.until(lambda: town.settled() >= 12)
    wire.cut()
    cut_at = time.monotonic()
    due_readers(town.engine)
    start("run", url)
    town.until(lambda: town.alive() == 1)
    time.sleep(max(0, CUT - (time.monotonic() - cut_at)))
    wire.mend()

    town.until(lambda: len(town.mails()) >= READERS / 3)
    workers[1].kill()
    town.until(lambda: town.alive() == 1)  # the one that was cut off began anew
    town.until(lambda: len(town.mails()) == READERS)
    town.until(lambda: town.one("SELECT count(*) FROM procrastinate_jobs") == 0)

    assert town.settled() == SITES * PAGES == town.one("SELECT count(*) FROM article")
    pages = Counter(one.path for site in town.sites for one in site.sites[0].log if one.path[1:].isdecimal())
    assert pages.total() - SITES * PAGES <= 2 * 2 * 2  # what two were at when they were killed or cut off
    assert max(site.most for site in town.sites) == 1
    assert town.one("SELECT number FROM crawlcount WHERE name = 'feeds_read'") > 0  # who is killed counts nothing
    assert (
        town.one("SELECT count(*) FROM digest")
        == town.one("SELECT count(DISTINCT subscriber_id) FROM digest")
        == READERS
    )
    assert town.one("SELECT count(*) FROM delivery WHERE state = 'sent'") == READERS
    assert (
        sum(town.mails().values()) - READERS <= 2 * 4
    )  # of what the killed one had on its way, the same mails once more
