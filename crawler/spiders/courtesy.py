"""Scrapy's side of our manners: robots.txt first, one request at a time a site, no sooner than it likes."""

import asyncio
from time import monotonic
from typing import Any, Self

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawler.manners import PAUSING, HostPaused, Hosts, Robots, back_off, host_name, ip_literal, pace_name, retry_after
from crawler.spiders.headers import BoundedFactory

JITTER = 0.2  # Scrapy takes it off, too, so the delay is made longer by as much: never sooner than was asked
LONGEST_PACE = 60.0  # seconds that a slow server can make us wait by itself; its robots.txt may ask for more


class RobotsRefused(IgnoreRequest):
    """robots.txt does not allow this address."""


class RobotsUnavailable(IgnoreRequest):
    """robots.txt could not be had, so nothing may be asked (RFC 9309, section 2.3.1.4); `until` says when to try."""

    def __init__(self, robots: Robots) -> None:
        said = f"answered {robots.status}" if robots.status else "could not be had"
        super().__init__(f"robots.txt {said}, so nothing is asked before it can be read")
        self.until = robots.fresh_until


class Pace:
    """Which requests wait for each other, and how long: an auto-throttle that never undercuts Crawl-delay."""

    def __init__(self, least: float) -> None:
        self.least = least  # seconds between two requests; 0 = as fast as they answer
        self.asked: dict[str, float] = {}  # slot → Crawl-delay
        self.slow: dict[str, float] = {}  # slot → what its answers take
        self.shared: dict[str, str] = {}  # name → slot of the owner's machine that serves it

    def slot(self, url: str, owner: str = "") -> str:
        """What this request waits for: its site, or the machine it shares with others of the same owner."""
        name = pace_name(url)
        self.met(url, owner, ip_literal(url))
        return self.shared.get(name, name)

    def met(self, url: str, owner: str, address: str) -> None:
        """The machine that answered: an owner's papers on one machine are asked one after the other from now on."""
        if owner and address:
            self.shared.setdefault(pace_name(url), f"{owner} at {address}")

    def heed(self, slot: str, crawl_delay: float | None) -> None:
        """robots.txt asks for so many seconds between two requests."""
        self.asked[slot] = max(self.asked.get(slot, 0.0), crawl_delay or 0.0)

    def throttle(self, slot: str, latency: float, status: int) -> None:
        """A server that takes longer gets longer pauses; an error page, which is quick, does not shorten them."""
        before = self.slow.get(slot, 0.0)
        after = min(max(latency, (before + latency) / 2), LONGEST_PACE)
        if status == 200 or after > before:
            self.slow[slot] = after

    def delay(self, slot: str) -> float:
        """Seconds between two requests, as Scrapy wants them with its jitter."""
        wanted = max(self.least, self.asked.get(slot, 0.0), self.slow.get(slot, 0.0) if self.least else 0.0)
        # Without a delay, Scrapy sends what queues for a host at once.
        return max(wanted / (1 - JITTER), 0.001)


def _manners(crawler: Crawler) -> tuple[Hosts, Pace]:
    spider: Any = crawler.spider
    return spider.crawl.hosts, spider.crawl.pace


class Courtesy:
    """Downloader middleware: asks robots.txt first, refuses what it forbids, and paces what it allows."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.hosts, self.pace = _manners(crawler)
        pace_name("https://example.com/")  # the suffix list loads now, not while answers wait to be taken
        self.asking: dict[str, asyncio.Future[Robots]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Runs again for every hop of a redirect, so each is judged by its own host."""
        self.hosts.check(request.url)
        slot = self.pace.slot(request.url, request.meta.get("owner", ""))
        request.meta["download_slot"] = slot
        if not request.meta.get("is_robots"):
            robots = await self.robots(request.url)
            if robots.failed:
                raise RobotsUnavailable(robots)
            self.hosts.check(request.url)  # it may have asked for a pause meanwhile
            if not robots.allows(request.url):
                raise RobotsRefused("robots.txt does not allow it")
            self.pace.heed(slot, robots.crawl_delay)
        self._apply(slot)

    async def robots(self, url: str) -> Robots:
        """What the host allows: remembered while fresh, else asked once, however many requests wait for it."""
        name = host_name(url)
        known = self.hosts.robots(name)
        if known and known.fresh_until > self.hosts.clock():
            return known
        if name not in self.asking:
            self.asking[name] = asyncio.ensure_future(self._ask(name, known))
            self.asking[name].add_done_callback(lambda _: self.asking.pop(name, None))
        return await asyncio.shield(self.asking[name])

    async def _ask(self, name: str, known: Robots | None) -> Robots:
        request = Request(
            f"{name}/robots.txt", callback=NO_CALLBACK, priority=1000, dont_filter=True, meta={"is_robots": True}
        )
        assert self.crawler.engine
        now = self.hosts.clock()
        try:
            response = await self.crawler.engine.download_async(request)
        except HostPaused:
            raise
        except DownloadCancelledError:  # it has no end
            return self.hosts.remember(name, Robots.read(None, b"", now))
        except IgnoreRequest as error:
            if "max redirections" in str(error):  # RFC 9309, section 2.3.1.2: it may be taken for missing
                return self.hosts.remember(name, Robots.read(404, b"", now))
            if "DOWNLOAD_MAXSIZE" in str(error):  # it had no end when it was unpacked
                return self.hosts.remember(name, Robots.read(None, b"", now))
            raise
        except Exception:  # whatever the network does, it is no answer
            if known and not known.failed:
                return self.hosts.remember(name, Robots.read(None, b"", now))
            raise  # the host itself does not answer: that is the reason to tell
        return self.hosts.remember(name, Robots.read(response.status, response.body, now))

    def _apply(self, slot: str) -> None:
        """Scrapy keeps a queue a slot; its delay is what we say, from the first request on."""
        assert self.crawler.engine
        downloader: Any = self.crawler.engine.downloader
        delay = self.pace.delay(slot)
        downloader.per_slot_settings[slot] = {"delay": delay, "concurrency": 1, "jitter": JITTER}
        if slot in downloader.slots:
            downloader.slots[slot].delay = delay


class PatientHandler(HTTP11DownloadHandler):
    """Leaves a host alone from the moment it asks.

    A request passes the middlewares before it waits for its turn at the host, so they would let through what queues
    already when a 429 comes in.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = BoundedFactory
        self.hosts, self.pace = _manners(crawler)
        self.crawler = crawler
        spider: Any = crawler.spider
        self.under_way = asyncio.Semaphore(spider.crawl.settings.concurrent_hosts)

    async def download_request(self, request: Request) -> Response:
        """Send it when so many others are not under way, unless the host has been paused meanwhile."""
        async with self.under_way:
            self.hosts.check(request.url)
            self._mark_sent(request)
            try:
                response = await super().download_request(request)
            except DownloadTimeoutError:
                self.hosts.silent(request.url)
                raise
        self._heed(request, response)
        return response

    def _mark_sent(self, request: Request) -> None:
        """The pause before the next request to the site runs from now, not from when this one began to wait."""
        downloader: Any = self.crawler.engine.downloader if self.crawler.engine else None
        slot = downloader and downloader.slots.get(request.meta.get("download_slot"))
        if slot:
            slot.lastseen = monotonic()

    def _heed(self, request: Request, response: Response) -> None:
        if response.status in PAUSING:
            now, header = self.hosts.clock(), (response.headers.get("Retry-After") or b"").decode("latin-1")
            default = back_off(self.hosts.refused(response.url))
            self.hosts.pause(response.url, retry_after(header, now, default), "asked us to wait")
        else:
            self.hosts.answered(response.url)
        slot = request.meta.get("download_slot", "")
        self.pace.throttle(slot, float(request.meta.get("download_latency", 0.0)), response.status)
        self.pace.met(response.url, request.meta.get("owner", ""), str(response.ip_address or ""))
