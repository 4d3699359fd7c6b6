"""How long to wait, and whom to pace together: pure functions."""

import ipaddress
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from crawler.model import IcewireError, Why, because
from crawler.text import ascii_host, registered_name

LONGEST_WAIT = timedelta(days=1)
NOWHERE = "nowhere"  # the site of an address that nobody can be asked for
_LONGEST_NAME = 253  # RFC 1035, 2.3.4, as it is written
# As servers write it beside RFC 9110, too: "120.0", "120s".
_SECONDS = re.compile(r"\s*\+?(\d+)(?:\.\d*)?\s*(?:s|secs?|seconds?)?\s*", re.I)
LEAST_WAIT = timedelta(minutes=1)  # for who says "at once" or names a moment that is over
ASKED_TO_WAIT = because("asked_to_wait")


class HostPaused(IcewireError):
    """The host asked us to come back later, or does not answer; `until` says when to ask again."""

    def __init__(self, host: str, until: datetime, why: Why = ASKED_TO_WAIT) -> None:
        super().__init__(because("host_paused", host=host, why=why, until=f"{until:%H:%M:%S} UTC"))
        self.until = until


def retry_after(header: str, now: datetime, default: timedelta) -> datetime:
    """When to come back (RFC 9110, section 10.2.3: seconds or a date); within a day, and never at once."""
    wait = default
    try:
        if seconds := _SECONDS.fullmatch(header):
            wait = timedelta(seconds=min(int(seconds[1]), 10**6))
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


def site_to_ask(url: str) -> str:
    """The site in whose name an address is read: `pace_name()`, or NOWHERE when there is none that could be asked.

    >>> site_to_ask("https://news.paper.example/a"), site_to_ask("http://[bad/")
    ('paper.example', 'nowhere')
    """
    try:
        name = pace_name(url)
    except ValueError:
        return NOWHERE
    return name if name.isascii() and name.isprintable() and 0 < len(name) <= _LONGEST_NAME else NOWHERE


def ip_literal(url: str) -> str:
    """The IP address that stands in a URL in place of a name, or ""."""
    host = urlsplit(url).hostname or ""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return ""
