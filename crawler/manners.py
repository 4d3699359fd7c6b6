"""Whom we may ask, and when to leave them alone: downloader middlewares, and how long to wait as pure functions."""

import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request
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

LONGEST_WAIT = timedelta(days=1)
PAUSING = (429, 503)


class PrivateAddress(IgnoreRequest):
    """The host is, or resolves to, an address that is not on the public internet."""


class HostPaused(IgnoreRequest):
    """The host asked us to come back later; `until` says when."""

    def __init__(self, host: str, until: datetime) -> None:
        super().__init__(f"{host} asked us to wait until {until:%H:%M:%S} UTC")
        self.until = until


def is_public(address: str) -> bool:
    """Whether an IP address literal is reachable on the public internet.

    >>> is_public("127.0.0.1"), is_public("192.0.66.2")
    (False, True)
    """
    ip = ipaddress.ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_global and not ip.is_multicast


def retry_after(header: str, now: datetime, default: timedelta) -> datetime:
    """When to come back (RFC 9110, section 10.2.3: seconds or a date); never later than a day."""
    wait = default
    if header.strip().isdigit():
        wait = timedelta(seconds=min(int(header), 10**6))
    elif header:
        try:
            when = parsedate_to_datetime(header)
            wait = (when if when.tzinfo else when.replace(tzinfo=UTC)) - now
        except ValueError:
            pass
    return now + min(max(wait, timedelta(0)), LONGEST_WAIT)


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
            raise PrivateAddress(
                f"{host} is on a private or loopback network; set crawl.allow_private_addresses = true to allow it"
            )


class PublicOnlyResolver(CachingThreadedResolver):
    """Resolves names, but fails for one that points into a private network (DNS rebinding)."""

    def getHostByName(self, name: str, timeout: Any = ()) -> Any:  # noqa: N802  Twisted's name
        """An address for the name, as a Deferred."""
        return super().getHostByName(name, timeout).addCallback(_refuse_private, name)


def _refuse_private(address: str, name: str) -> str:
    if not is_public(address):
        raise PrivateAddress(f"{name} points to {address}, which is on a private or loopback network")
    return address


class PauseHosts:
    """After 429 or 503 a host is left alone for as long as it asked; its other requests wait with their entries."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.paused: dict[str, datetime] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls(crawler.settings["ICEWIRE_CLOCK"])

    def process_request(self, request: Request) -> None:
        """Stop a request to a paused host before it leaves."""
        host = urlsplit(request.url).netloc
        until = self.paused.get(host)
        if until and self.clock() < until:
            raise HostPaused(host, until)

    def process_response(self, request: Request, response: Response) -> Response:
        """Remember who asked us to wait."""
        if response.status in PAUSING:
            header = (response.headers.get("Retry-After") or b"").decode("latin-1")
            until = retry_after(header, self.clock(), timedelta(minutes=5))
            self.paused[urlsplit(request.url).netloc] = until
        return response


_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (CannotResolveHostError, "the host name was not found"),
    (DownloadConnectionRefusedError, "nothing answers at that address (connection refused)"),
    (DownloadTimeoutError, "no answer in time"),
    (DownloadCancelledError, "the answer was too large or too slow"),
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
