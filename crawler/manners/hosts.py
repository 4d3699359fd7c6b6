"""What servers asked of us, kept from crawl to crawl: their robots.txt, and until when to leave them alone."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Engine, delete, func, or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from crawler.database import reading
from crawler.manners.robots import FRESH, Robots
from crawler.manners.statuses import PAUSING
from crawler.manners.waits import ASKED_TO_WAIT, LONGEST_WAIT, HostPaused, back_off, retry_after
from crawler.model import Host, Why, because, is_due

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
        self.refresh()

    def refresh(self) -> None:
        """Learn who is paused now, and who refused us last: another process may have been told to wait."""
        with Session(self.readers) as session:
            refused = session.exec(select(Host.name, Host.refusals).where(col(Host.refusals) > 0)).all()
            until = col(Host.paused_until)
            paused = session.exec(
                select(Host).where(until.is_not(None), ~is_due(until, self.clock(), LONGEST_WAIT))
            ).all()
        self.refusals = Counter(dict(refused))
        self.paused = {h.name: (h.paused_until, Why(h.why, h.why_args)) for h in paused if h.paused_until}

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

    def fresh_robots(self, name: str) -> Robots | None:
        """The same while it counts as fresh, whichever process asked for it; None when it is to be asked for."""
        known = self.known.get(name)
        if known is None or is_due(known.fresh_until, self.clock(), FRESH):
            self.known.pop(name, None)  # the table may hold a newer one
            known = self.robots(name)
        return known if known and not is_due(known.fresh_until, self.clock(), FRESH) else None

    def remember(self, name: str, newest: Robots) -> Robots:
        """Keep what /robots.txt says now; returns what counts: while the server fails, that is what it said before."""
        known = self.robots(name)
        self.known[name] = counts = newest.or_cached(known)
        if counts is newest:  # else the older text stays, with its own time
            self._write(name, robots=newest.text, robots_status=newest.status, robots_at=self.clock())
        return counts

    def lately_read(self, most: int = 20) -> list[str]:
        """Hosts whose robots.txt was had, the last ones first, without those that want to be left alone."""
        query = select(Host.name).where(col(Host.robots_at).is_not(None)).order_by(col(Host.robots_at).desc())
        with Session(self.readers) as session:
            return [name for name in session.exec(query.limit(most)) if name not in self.paused]

    def check(self, url: str) -> None:
        """Raise HostPaused while the host of this address wants to be left alone."""
        name = host_name(url)
        until, why = self.paused.get(name, (None, Why()))
        if until and not is_due(until, self.clock(), LONGEST_WAIT):
            raise HostPaused(urlsplit(url).netloc, until, why)

    def pause(self, url: str, until: datetime, why: Why, **facts: int) -> None:
        """Leave the host of this address alone until then, in later crawls, too; and note these facts of it."""
        name = host_name(url)
        self.paused[name] = until, why
        self._write(name, paused_until=until, why=why.code, why_args=dict(why.args), **facts)

    def heed(self, url: str, status: int, retry_header: str) -> None:
        """What an answer asks of us: to leave its host alone (429 and 503, with Retry-After or longer each time)."""
        name = host_name(url)
        self.silences.pop(name, None)
        before = self.refusals.pop(name, 0)
        if status not in PAUSING:
            if before:
                self._write(name, refusals=0)
            return
        self.refusals[name] = before + 1
        until = retry_after(retry_header, self.clock(), back_off(before))
        self.pause(url, until, ASKED_TO_WAIT, refusals=before + 1)

    def silent(self, url: str) -> None:
        """No answer came in time; after several in a row the host is left alone."""
        name = host_name(url)
        self.silences[name] += 1
        if self.silences[name] >= SILENT:
            self.pause(url, self.clock() + SILENT_WAIT, because("left_alone"))

    def _write(self, name: str, **facts: Any) -> None:
        """Change a host's row, or make it; once more when another process has made it in between."""
        for attempt in range(2):
            try:
                with Session(self.engine) as session:
                    host = session.get(Host, name) or Host(name=name)
                    session.add(host.sqlmodel_update(facts))
                    session.commit()
                    return
            except IntegrityError:
                if attempt:
                    raise


def forget_hosts(engine: Engine, before: datetime) -> int:
    """Retention: drop hosts that were not asked since then; returns how many."""
    asked = func.coalesce(col(Host.robots_at), col(Host.paused_until))
    with Session(engine) as session:
        gone = session.exec(delete(Host).where(or_(asked < before, asked.is_(None))))
        session.commit()
        return int(gone.rowcount)
