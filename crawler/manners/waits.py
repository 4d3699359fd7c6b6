"""How long to wait, whom to pace together, and network errors in words: pure functions."""

import ipaddress
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from gzip import BadGzipFile
from urllib.parse import urlsplit

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from twisted.internet.error import ConnectError

from crawler.text.sites import ascii_host, registered_name

LONGEST_WAIT = timedelta(days=1)
LEAST_WAIT = timedelta(minutes=1)  # for who says "at once" or names a moment that is over
PAUSING = (429, 503)


class HostPaused(IgnoreRequest):
    """The host asked us to come back later, or does not answer; `until` says when to ask again."""

    def __init__(self, host: str, until: datetime, why: str = "asked us to wait") -> None:
        super().__init__(f"{host} {why} until {until:%H:%M:%S} UTC")
        self.until = until


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


def pace_name(url: str) -> str:
    """What is asked one request at a time: all names below one registered name, an IP address with its port.

    Publishers who share a registered name share its owner's servers: one.substack.com and two.substack.com.

    >>> pace_name("https://news.paper.co.uk/a"), pace_name("http://127.0.0.2:9100/a")
    ('paper.co.uk', '127.0.0.2:9100')
    """
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2] if ip_literal(url) else registered_name(ascii_host(parts.hostname or ""))


def ip_literal(url: str) -> str:
    """The IP address that stands in a URL in place of a name, or ""."""
    host = urlsplit(url).hostname or ""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return ""


_REASONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (CannotResolveHostError, "the host name was not found"),
    (DownloadConnectionRefusedError, "nothing answers at that address (connection refused)"),
    (DownloadTimeoutError, "no answer in time"),
    (DownloadCancelledError, "larger than crawl.max_page_bytes"),
    (ResponseDataLossError, "the answer was cut off"),
    ((BadGzipFile, zlib.error, EOFError), "the answer is packed in a way that nobody can unpack"),
)
# What Python and Scrapy say of an address that is none.
_NO_ADDRESS = ("request url", "Invalid IPv6 URL", "IPv4 or IPv6 address", "netloc", "Port ")


def plain_reason(error: BaseException | None) -> str:
    """A network error in words for a person."""
    for kind, words in _REASONS:
        if isinstance(error, kind):
            return words
    said = str(error).strip("[]<> ").splitlines()
    if isinstance(error, ValueError) and any(words in str(error) for words in _NO_ADDRESS):
        return "it redirects to what is no address"
    if isinstance(error, ConnectError):  # what Scrapy has no name for
        return "the connection was cut" if "reset" in str(error) else "no connection could be made"
    if "decoder failed" in str(error):  # brotli's own error
        return "the answer is packed in a way that nobody can unpack"
    if isinstance(error, DownloadFailedError):
        tls = "SSL" in str(error) or "certificate" in str(error)
        return "the secure connection failed (TLS)" if tls else "the connection was cut"
    return f"{type(error).__name__}: {said[0][:200]}" if said else type(error).__name__
