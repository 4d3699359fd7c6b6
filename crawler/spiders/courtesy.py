"""Scrapy's side of our manners: robots.txt first, one request at a time a site, no sooner than it likes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.manners import ClaimsLost, Fault, HostPaused, Hosts, Pace, Robots, host_name, pace_name
from crawler.model import Source
from crawler.spiders.headers import BoundedFactory
from crawler.spiders.line import Line
from crawler.spiders.network_errors import NetworkError, network_error
from crawler.spiders.pulse import Pulse
from crawler.spiders.refusals import OurOutage, RobotsRefused, RobotsUnavailable, StaysDue, TimeOver
from crawler.spiders.room import Room
from crawler.spiders.site_turns import SiteTurns
from crawler.spiders.turns import Turns
from crawler.spiders.whose import InRank, Whose

MOST_AGAIN = 2  # times a request is made again when its failure says nothing of the site
MOST_LOST = 0.2  # of its time, in which our loop stood still: then it was not the server that was silent
TIMED = (NetworkError.SILENT, NetworkError.NO_SUCH_HOST)  # what ends when a time is over
JITTER = 0.2  # Scrapy takes it off, too, so the delay is made longer by as much: never sooner than was asked


@dataclass(frozen=True, slots=True)
class Manners:
    """What a crawl's requests are asked with."""

    hosts: Hosts
    pace: Pace
    room: Room
    line: Line
    whose: Whose
    under_way: Turns
    site_turns: SiteTurns


class PoliteSpider(Spider):
    """A spider that brings its manners, where Scrapy's parts find them."""

    is_over = False  # what has not left yet stays due

    def __init__(self, manners: Manners, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.manners = manners


def _manners(crawler: Crawler) -> Manners:
    assert isinstance(crawler.spider, PoliteSpider)
    return crawler.spider.manners


def _is_over(crawler: Crawler) -> bool:
    return isinstance(crawler.spider, PoliteSpider) and crawler.spider.is_over


class Courtesy:
    """Downloader middleware: asks robots.txt first, refuses what it forbids, and paces what it allows."""

    def __init__(self, crawler: Crawler, manners: Manners) -> None:
        self.crawler, self.hosts, self.pace, self.whose = crawler, manners.hosts, manners.pace, manners.whose
        self.line = manners.line
        self.line.asks.append(self._ask_whether_there)
        pace_name("https://example.com/")  # the suffix list loads now, not while answers wait to be taken
        self.asking: dict[str, asyncio.Future[Robots]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        courtesy = cls(crawler, _manners(crawler))
        crawler.signals.connect(courtesy.close, signals.spider_closed)
        return courtesy

    def close(self) -> None:
        """The crawl is over."""
        self.line.asks.remove(self._ask_whether_there)

    async def process_request(self, request: Request) -> None:
        """Runs again for every hop of a redirect, so each is judged by its own host."""
        if _is_over(self.crawler):
            raise TimeOver
        self.hosts.check(request.url)
        slot = self.pace.slot(request.url, request.meta.get("owner", ""))
        request.meta["download_slot"] = slot
        if not request.meta.get("is_robots"):
            robots = await self.robots(request.url, request.meta.get("lister"))
            if robots.failed:
                raise RobotsUnavailable(robots)
            self.hosts.check(request.url)  # it may have asked for a pause meanwhile
            if not robots.allows(request.url):
                raise RobotsRefused
            self.pace.heed(slot, robots.crawl_delay)
        self._apply(slot, request)

    async def robots(self, url: str, lister: Callable[[], Source] | None = None) -> Robots:
        """What the host allows: remembered while fresh, else asked once, however many requests wait for it."""
        name = host_name(url)
        if name not in self.asking:
            if known := self.hosts.fresh_robots(name):
                return known
            self.asking[name] = asyncio.ensure_future(self._ask(name, self.hosts.robots(name), lister))
            self.asking[name].add_done_callback(lambda _: self.asking.pop(name, None))
        return await asyncio.shield(self.asking[name])

    async def _ask(self, name: str, known: Robots | None, lister: Callable[[], Source] | None) -> Robots:
        meta = {"is_robots": True, "lister": lister}
        request = Request(f"{name}/robots.txt", callback=NO_CALLBACK, priority=1000, dont_filter=True, meta=meta)
        assert self.crawler.engine
        now = self.hosts.clock()
        try:
            response = await self.crawler.engine.download_async(request)
        except (HostPaused, StaysDue):
            raise
        except Exception as error:
            found = network_error(error)
            if found is NetworkError.ENDLESS:  # RFC 9309, section 2.3.1.2: it may be taken for missing
                return self.hosts.remember(name, Robots.read(404, b"", now))
            # Whatever else the network does is no answer.
            before = known and not known.failed and not isinstance(error, IgnoreRequest)
            if found is NetworkError.TOO_LARGE or before:
                return self.hosts.remember(name, Robots.read(None, b"", now))
            raise  # the host itself does not answer, or may not be asked: that is the reason to tell
        return self.hosts.remember(name, Robots.read(response.status, response.body, now))

    async def _ask_whether_there(self, name: str) -> None:
        """A request like any other, of which nothing but the answer is wanted."""
        assert self.crawler.engine
        meta = {"is_robots": True, "dont_redirect": True, "is_probe": True}
        request = Request(f"{name}/robots.txt", callback=NO_CALLBACK, priority=1000, dont_filter=True, meta=meta)
        await self.crawler.engine.download_async(request)

    def _apply(self, slot: str, request: Request) -> None:
        """Scrapy keeps a queue a slot; its delay is what we say, from the first request on, and who goes first."""
        assert self.crawler.engine
        downloader: Any = self.crawler.engine.downloader
        # Without a delay, Scrapy sends what queues for a host at once.
        delay = max(self.pace.delay(slot) / (1 - JITTER), 0.001)
        downloader.per_slot_settings[slot] = {"delay": delay, "concurrency": 1, "jitter": JITTER}
        _, known = downloader._get_slot(request)
        known.delay = delay
        if not isinstance(known.queue, InRank):
            known.queue = InRank(self.whose, known.queue)


class PatientHandler(HTTP11DownloadHandler):
    """Leaves a host alone from the moment it asks.

    A request passes the middlewares before it waits for its turn at the host, so they would let through what queues
    already when a 429 comes in.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = BoundedFactory
        manners = _manners(crawler)
        self.crawler, self.hosts, self.pace = crawler, manners.hosts, manners.pace
        self.under_way, self.room, self.whose = manners.under_way, manners.room, manners.whose
        self.site_turns, self.line, self.pulse = manners.site_turns, manners.line, Pulse()
        self.timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")

    async def download_request(self, request: Request) -> Response:
        """Send it in its turn; raises StaysDue when nobody can be reached or the crawl is over, else the site's fault.

        It is asked again when it was our own loop that did not listen, or when many failed together.
        """
        self.pulse.start()
        for is_last in (*[False] * MOST_AGAIN, True):
            response, failure, fault = await self._sent(request)
            if fault == "ours":
                raise OurOutage from failure
            if fault == "theirs" or is_last:
                break
        if response is not None:
            self._heed(request, response)
            return response
        if isinstance(failure, DownloadTimeoutError):
            self.hosts.silent(request.url)
        assert failure
        raise failure

    async def _sent(self, request: Request) -> tuple[Response | None, Exception | None, Fault]:
        """What came of sending it, and whose fault that is if it is one."""
        try:
            response = await self._in_turn(request)
        except ClaimsLost as error:
            raise TimeOver from error
        except StaysDue:
            raise
        except Exception as error:  # noqa: BLE001  raised again above
            lost = self.pulse.lost - request.meta.get("lost_before", self.pulse.lost)
            if network_error(error) in TIMED and lost > MOST_LOST * self.timeout:
                return None, error, "again"
            probe = request.meta.get("is_probe")
            return None, error, "theirs" if probe else await self.line.failed(request, error)
        return response, None, await self.line.answered(request, response)

    async def close(self) -> None:
        """The crawl is over."""
        self.pulse.stop()
        await super().close()

    async def _in_turn(self, request: Request) -> Response:
        """When nobody else asks its site, there is room, and so many others are not under way.

        It keeps no site while it waits for room: those that have room may wait for that site.
        """
        payer, places, key = self.whose.payer(request), _places(request), request.meta.get("key")
        while True:
            async with self.site_turns.alone(places):
                if _is_over(self.crawler):
                    raise TimeOver
                if not key or self.room.enter_at_once(key, payer):
                    return await self._send(request, payer, places)
            await self.room.enter(key, payer)

    async def _send(self, request: Request, payer: str, places: list[str]) -> Response:
        async with self.under_way.place(payer):
            if self.line.down:
                raise OurOutage
            self.hosts.check(request.url)  # it may be paused by now
            self._mark_sent(request)
            self.site_turns.asked(places)
            request.meta["lost_before"] = self.pulse.lost
            return await super().download_request(request)

    def _mark_sent(self, request: Request) -> None:
        """The pause before the next request to the site runs from now, not from when this one began to wait."""
        downloader: Any = self.crawler.engine.downloader if self.crawler.engine else None
        slot = downloader and downloader.slots.get(request.meta.get("download_slot"))
        if slot:
            slot.lastseen = monotonic()

    def _heed(self, request: Request, response: Response) -> None:
        header = (response.headers.get("Retry-After") or b"").decode("latin-1")
        self.hosts.heed(response.url, response.status, header)
        slot = request.meta.get("download_slot", "")
        self.pace.throttle(slot, float(request.meta.get("download_latency", 0.0)), response.status)
        self.pace.met(response.url, request.meta.get("owner", ""), str(response.ip_address or ""))


def put_back(crawler: Crawler) -> None:
    """Whatever waits for its turn at a site stays due; what has left may come in."""
    downloader: Any = crawler.engine.downloader if crawler.engine else None
    for slot in downloader.slots.values() if downloader else ():
        while slot.queue:
            _, answer = slot.queue.popleft()
            answer.errback(TimeOver())


def _places(request: Request) -> list[str]:
    """What is to be asked by nobody else meanwhile."""
    return list(filter(None, (pace_name(request.url), request.meta.get("download_slot"))))
