"""Whom we may ask, and when to leave them alone: downloader middlewares, and how long to wait as pure functions."""

import ipaddress
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

LONGEST_WAIT = timedelta(days=1)
LEAST_WAIT = timedelta(minutes=1)  # for who says "at once" or names a moment that is over
SILENT = 3  # requests in a row without an answer; then a host is left alone
SILENT_WAIT = timedelta(hours=1)
PAUSING = (429, 503)
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052


class PrivateAddress(IgnoreRequest):
    """The host is, or resolves to, an address that is not on the public internet."""


class HostPaused(IgnoreRequest):
    """The host asked us to come back later, or does not answer; `until` says when to ask again."""

    def __init__(self, host: str, until: datetime, why: str = "asked us to wait") -> None:
        super().__init__(f"{host} {why} until {until:%H:%M:%S} UTC")
        self.until = until


def is_public(address: str) -> bool:
    """Whether an IP address literal is reachable on the public internet.

    >>> is_public("127.0.0.1"), is_public("192.0.66.2")
    (False, True)
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):  # what an IPv6 address leads to may be an IPv4 host
        translated = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None
        ip = ip.ipv4_mapped or ip.sixtofour or translated or ip
    return ip.is_global and not ip.is_multicast


def retry_after(header: str, now: datetime, default: timedelta) -> datetime:
    """When to come back (RFC 9110, section 10.2.3: seconds or a date); within a day, and never at once."""
    wait = default
    try:
        if header.strip().isdecimal():
            wait = timedelta(seconds=min(int(header), 10**6))
        elif header:
            when = parsedate_to_datetime(header)
            wait = (when if when.tzinfo else when.replace(tzinfo=UTC)) - now
    except (ValueError, OverflowError):  # neither, or a number or date beyond all measure
        pass
    return now + min(wait if wait > timedelta(0) else LEAST_WAIT, LONGEST_WAIT)


def back_off(attempts: int) -> timedelta:
    """How long to wait after that many failed attempts: 5 minutes, doubling, at most 12 hours.

    >>> back_off(0), back_off(2)
    (datetime.timedelta(seconds=300), datetime.timedelta(seconds=1200))
    """
    return min(timedelta(minutes=5 * 2.0 ** min(attempts, 10)), timedelta(hours=12))


class RefusePrivateAddresses:
    """Refuses requests whose host is a private address or a name that only a local network knows."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls()

    def process_request(self, request: Request) -> None:
        """Literal addresses are judged here; names by the resolver below, at the moment of connecting."""
        host = urlsplit(request.url).hostname or ""
        try:
            public = is_public(host)
        except ValueError:
            public = host != "localhost" and not host.endswith(".localhost")
        if not public:
            raise _private(host)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Twisted only says that a name leads nowhere; say why."""
        host = urlsplit(request.url).hostname or ""
        if host in PublicOnlyResolver.refused:
            raise _private(host) from exception


def _private(host: str) -> PrivateAddress:
    return PrivateAddress(
        f"{host} is on a private or loopback network; set crawl.allow_private_addresses = true to allow it"
    )


class PublicOnlyResolver(CachingThreadedResolver):
    """Resolves names, but fails for one that points into a private network (DNS rebinding)."""

    refused: ClassVar[set[str]] = set()  # names; one process, one crawl

    def getHostByName(self, name: str, timeout: Any = ()) -> Any:  # noqa: N802  Twisted's name
        """An address for the name, as a Deferred."""
        return super().getHostByName(name, timeout).addCallback(_refuse_private, name)


def _refuse_private(address: str, name: str) -> str:
    if not is_public(address):
        PublicOnlyResolver.refused.add(name)
        raise DNSLookupError(f"{name} points to {address}, which is on a private or loopback network")
    return address


class Pauses:
    """Which hosts are to be left alone, until when and why."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.until: dict[str, tuple[datetime, str]] = {}
        self.silences: Counter[str] = Counter()  # requests in a row without an answer

    def check(self, url: str) -> None:
        """Raise HostPaused while the host of this address wants to be left alone."""
        host = urlsplit(url).netloc
        until, why = self.until.get(host, (None, ""))
        if until and self.clock() < until:
            raise HostPaused(host, until, why)

    def note(self, response: Response) -> None:
        """Remember a host that answered 429 or 503."""
        host = urlsplit(response.url).netloc
        self.silences.pop(host, None)
        if response.status in PAUSING:
            header = (response.headers.get("Retry-After") or b"").decode("latin-1")
            until = retry_after(header, self.clock(), timedelta(minutes=5))
            self.until[host] = until, "asked us to wait"

    def note_silence(self, url: str) -> None:
        """Remember that no answer came in time; after several in a row the host is left alone."""
        host = urlsplit(url).netloc
        self.silences[host] += 1
        if self.silences[host] >= SILENT:
            self.until[host] = self.clock() + SILENT_WAIT, "does not answer and is left alone"


class PauseHosts:
    """Stops a request to a paused host early; it waits with its entry."""

    def __init__(self, pauses: Pauses) -> None:
        self.pauses = pauses

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls(crawler.settings["ICEWIRE_PAUSES"])

    def process_request(self, request: Request) -> None:
        """Stop a request to a paused host before it queues."""
        self.pauses.check(request.url)


class PatientHandler(HTTP11DownloadHandler):
    """Leaves a host alone from the moment it asks.

    A request passes the middlewares before it waits for its turn at the host, so they would let through what queues
    already when a 429 comes in.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.pauses: Pauses = crawler.settings["ICEWIRE_PAUSES"]

    async def download_request(self, request: Request) -> Response:
        """Send it now, unless the host has been paused meanwhile."""
        self.pauses.check(request.url)
        try:
            response = await super().download_request(request)
        except DownloadTimeoutError:
            self.pauses.note_silence(request.url)
            raise
        self.pauses.note(response)
        return response


_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (CannotResolveHostError, "the host name was not found"),
    (DownloadConnectionRefusedError, "nothing answers at that address (connection refused)"),
    (DownloadTimeoutError, "no answer in time"),
    (DownloadCancelledError, "larger than crawl.max_page_bytes"),
    (ResponseDataLossError, "the answer was cut off"),
)


def plain_reason(error: BaseException | None) -> str:
    """A network error in words for a person."""
    for kind, words in _REASONS:
        if isinstance(error, kind):
            return words
    said = str(error).strip("[]<> ").splitlines()
    if isinstance(error, DownloadFailedError):
        tls = "SSL" in str(error) or "certificate" in str(error)
        return "the secure connection failed (TLS)" if tls else "the connection was cut"
    return f"{type(error).__name__}: {said[0][:200]}" if said else type(error).__name__
