"""Crawls of one site each, side by side in one process, as whoever started it assigns them; PostgreSQL only."""

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Self

from scrapy.crawler import AsyncCrawlerProcess
from sqlalchemy import Engine
from twisted.logger import globalLogBeginner

from crawler.manners import Claims, ClaimsLost
from crawler.model import IcewireError
from crawler.settings import CrawlSettings
from crawler.spiders.context import CrawlScope, Tally
from crawler.spiders.crawl import (
    EVENTS_LAST,
    GRACE,
    PATIENCE,
    Clock,
    Parts,
    arrange_beat,
    arrange_end,
    assemble,
    ending,
    reactor,
)
from crawler.spiders.scrapy_settings import scrapy_settings
from crawler.spiders.site_turns import LOOK
from crawler.spiders.spider import SiteSpider
from crawler.spiders.suspects import back_off_from
from crawler.workshop import give_back

log = logging.getLogger(__name__)

SITE_SECONDS = 300.0  # for a site, then the others of whoever assigns have their turn
BUSY_FOR = 10.0  # seconds: a process that has just ended may still have its site
STUCK = 180.0  # seconds after its time for what had left to come in, and be read
OUTLETS_ARE_KNOWN = 60.0  # seconds: what a person changes of them is noticed by then
CHECK = 5.0  # seconds between two looks whether our claims are still ours

Tell = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Assignment:
    """A site that is to be read, in the name of a job of whoever assigns it, for so many seconds at most."""

    job: str | int
    site: str
    seconds: float = SITE_SECONDS

    @classmethod
    def read(cls, line: str) -> Self:
        """From a line of JSON; raises ValueError when it is none."""
        said = json.loads(line)
        if not (isinstance(said, dict) and isinstance(said.get("job"), str | int) and said.get("site")):
            raise ValueError("no assignment")
        return cls(said["job"], str(said["site"]), float(said.get("seconds", SITE_SECONDS)))


def crawl_sites(
    engine: Engine,
    settings: CrawlSettings,
    clock: Clock,
    states: Sequence[str],
    listen: Callable[[Callable[[str], None]], None],
    tell: Tell,
    suspect: str = "",
) -> None:
    """Read the sites that are assigned, until the process is told to end, or nobody or no database can be reached.

    `listen` is called once, with a function that takes the lines of assignments from any thread; `tell` gets the
    answers, see `Assignments`, and where we are at. Once per process, as `crawl_once()`.
    """
    if engine.dialect.name != "postgresql":
        raise IcewireError("sites are assigned to workers only with a PostgreSQL database")
    give_back()
    tally = Tally(at=lambda at: tell({"at": at}))
    parts = assemble(engine, settings, clock, CrawlScope(states), tally, alone=False)
    parts.records.every = OUTLETS_ARE_KNOWN
    back_off_from(parts.records, suspect)
    parts.desk.candidates.learn(clock() - EVENTS_LAST)
    globalLogBeginner.beginLoggingTo([], discardBuffer=True, redirectStandardIO=False)
    process = AsyncCrawlerProcess(scrapy_settings(settings))
    logging.getLogger("scrapy").setLevel(logging.WARNING)
    assignments = Assignments(process, parts, states, tell, ending(process, parts.records.ledger))
    twisted = reactor()
    twisted.callWhenRunning(listen, lambda line: twisted.callFromThread(assignments.take, line))
    twisted.callWhenRunning(assignments.watch)
    arrange_beat(tally.at)
    arrange_end(lambda patience: assignments.end("ended", "", patience), longest=0)
    try:
        process.start(stop_after_crawl=False, install_signal_handlers=False)
    finally:
        parts.close()


class Assignments:
    """Answers each assignment once: {"done": job, "site", "left", "counts"} when all that was due there is stored, or
    `left` for later as the time was over; or {"failed": job, "site", "why", "said"}, and the rest is due."""

    def __init__(
        self,
        process: AsyncCrawlerProcess,
        parts: Parts,
        states: Sequence[str],
        tell: Tell,
        end: Callable[[float], None],
    ) -> None:
        self.process, self.parts, self.states, self.tell, self._end = process, parts, states, tell, end
        self.claims: Claims = parts.manners.site_turns.claims
        self._open: dict[asyncio.Task[None], Assignment] = {}
        self._spiders: set[SiteSpider] = set()
        self._over: tuple[str, str] | None = None  # why no more is read

    def take(self, line: str) -> None:
        """Begin to read an assigned site."""
        try:
            assignment = Assignment.read(line)
        except (ValueError, TypeError) as error:
            self.tell({"failed": None, "site": "", "why": "unreadable", "said": str(error)})
            return
        if self._over:
            self._fail(assignment, *self._over)
            return
        task = asyncio.ensure_future(self._answer(assignment))
        self._open[task] = assignment
        task.add_done_callback(lambda task: self._open.pop(task, None))

    def end(self, why: str, said: str, patience: float) -> None:
        """Fail all that is under way, and end the process when so many seconds have passed."""
        self._end(patience)  # first: whoever is to be told may be gone
        if self._over is not None:
            return
        self._over = why, said
        for spider in self._spiders:
            spider.is_over = True
        unanswered = list(self._open.values())
        self._open.clear()
        for assignment in unanswered:
            self._fail(assignment, why, said)

    def watch(self) -> None:
        """End when our claims are not ours any more: somebody else may ask those sites by now."""
        try:
            self.claims.check()
        except ClaimsLost as error:
            log.error("%s; what is due stays due", error)
            self.end("error", str(error), PATIENCE)
        else:
            reactor().callLater(CHECK, self.watch)

    async def _answer(self, assignment: Assignment) -> None:
        try:
            answer = await self._read_alone(assignment)
        except Exception as error:  # ours, or the database's
            log.exception("icewire failed on the site %s", assignment.site)
            answer = _failure("error", f"{error!r:.300}")
        if asyncio.current_task() in self._open:  # else it was answered when the process was told to end
            which = "failed" if "why" in answer else "done"
            self.tell({which: assignment.job, "site": assignment.site, **answer})
        if answer.get("why") == "offline":
            self.end("offline", answer["said"], GRACE)

    async def _read_alone(self, assignment: Assignment) -> dict[str, Any]:
        claim, until = f"reads {assignment.site}", monotonic() + BUSY_FOR
        while not self.claims.take(claim):
            if monotonic() > until:
                return _failure("busy", "another process reads that site")
            await asyncio.sleep(LOOK)
        try:
            return await self._read(assignment)
        finally:
            self.claims.give_back(claim)

    async def _read(self, assignment: Assignment) -> dict[str, Any]:
        tally = Tally(at=self.parts.tally.at)
        parts = self.parts.beside(CrawlScope(self.states, site=assignment.site), tally)
        crawler = self.process.create_crawler(SiteSpider)
        given = (parts.manners, parts.feeds, parts.pages, parts.records, tally)
        crawl = self.process.crawl(crawler, *given, seconds=assignment.seconds, begun=self._spiders.add)
        done, _ = await asyncio.wait({asyncio.ensure_future(crawl)}, timeout=assignment.seconds + STUCK)
        if not done:
            self.end("error", f"the crawl of {assignment.site} does not end", PATIENCE)
            return _failure("error", "it does not end")
        done.pop().result()
        spider = crawler.spider
        assert isinstance(spider, SiteSpider)
        self._spiders.remove(spider)
        self.parts.records.ledger.flush()
        if parts.manners.line.down:
            return _failure("offline", "nobody can be reached")
        if tally.error:
            return _failure("error", tally.error)
        return {"left": spider.is_over or spider.is_reading, "counts": dict(tally.counts)}

    def _fail(self, assignment: Assignment, why: str, said: str) -> None:
        self.tell({"failed": assignment.job, "site": assignment.site, **_failure(why, said)})


def _failure(why: str, said: str) -> dict[str, Any]:
    return {"why": why, "said": said}
