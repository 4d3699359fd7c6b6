"""What servers asked of us, kept from crawl to crawl: their robots.txt, and until when to leave them alone."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Engine, delete, func, or_
from sqlmodel import Session, col, select

from crawler.database import reading
from crawler.manners.robots import Robots
from crawler.manners.waits import HostPaused
from crawler.model import Host, Why, because

SILENT = 3  # requests in a row without an answer; then a host is left alone
SILENT_WAIT = timedelta(hours=1)


def host_name(url: str) -> str:
    """The server that an address asks: what one robots.txt speaks for (RFC 9309, section 2.3).

    >>> host_name("https://Paper.example/news/1")
    'https://paper.example'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2].lower()}"


class Hosts:
    """The table `host`, read through memory: one crawl asks for the same few hosts again and again."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self.engine, self.readers, self.clock = engine, reading(engine), clock
        self.silences: Counter[str] = Counter()  # requests in a row without an answer
        self.refusals: Counter[str] = Counter()  # requests in a row that were answered with 429 or 503
        self.known: dict[str, Robots | None] = {}
        self.paused: dict[str, tuple[datetime, Why]] = {}
        with Session(self.readers) as session:
            for host in session.exec(select(Host).where(col(Host.paused_until) > clock())):
                assert host.paused_until is not None
                self.paused[host.name] = host.paused_until, Why(host.why, host.why_args)

    def robots(self, name: str) -> Robots | None:
        """The newest robots.txt that was had from this host, however old; None when none ever was."""
        if name not in self.known:
            with Session(self.readers) as session:
                host = session.get(Host, name)
            self.known[name] = (
                Robots.read(host.robots_status, host.robots.encode(), host.robots_at)
                if host and host.robots_at
                else None
            )
        return self.known[name]

    def remember(self, name: str, newest: Robots) -> Robots:
        """Keep what /robots.txt says now; returns what counts: while the server fails, that is what it said before."""
        known = self.robots(name)
        self.known[name] = counts = newest.or_cached(known)
        if counts is newest:  # else the older text stays, with its own time
            with Session(self.engine) as session:
                host = session.get(Host, name) or Host(name=name)
                host.robots, host.robots_status, host.robots_at = newest.text, newest.status, self.clock()
                session.add(host)
                session.commit()
        return counts

    def check(self, url: str) -> None:
        """Raise HostPaused while the host of this address wants to be left alone."""
        name = host_name(url)
        until, why = self.paused.get(name, (None, Why()))
        if until and self.clock() < until:
            raise HostPaused(urlsplit(url).netloc, until, why)

    def pause(self, url: str, until: datetime, why: Why) -> None:
        """Leave the host of this address alone until then, in later crawls, too."""
        name = host_name(url)
        self.paused[name] = until, why
        with Session(self.engine) as session:
            host = session.get(Host, name) or Host(name=name)
            host.paused_until = until
            host.why, host.why_args = why.columns
            session.add(host)
            session.commit()

    def answered(self, url: str) -> None:
        """The host of this address lives, and does not mind us."""
        self.silences.pop(host_name(url), None)
        self.refusals.pop(host_name(url), None)

    def refused(self, url: str) -> int:
        """It asked us to wait; how often it had done so before, one time after another."""
        name = host_name(url)
        self.silences.pop(name, None)
        self.refusals[name] += 1
        return self.refusals[name] - 1

    def silent(self, url: str) -> None:
        """No answer came in time; after several in a row the host is left alone."""
        name = host_name(url)
        self.silences[name] += 1
        if self.silences[name] >= SILENT:
            self.pause(url, self.clock() + SILENT_WAIT, because("left_alone"))


def forget_hosts(engine: Engine, before: datetime) -> int:
    """Retention: drop hosts that were not asked since then; returns how many."""
    asked = func.coalesce(col(Host.robots_at), col(Host.paused_until))
    with Session(engine) as session:
        gone = session.exec(delete(Host).where(or_(asked < before, asked.is_(None))))
        session.commit()
        return int(gone.rowcount)
