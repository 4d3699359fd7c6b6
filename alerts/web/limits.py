"""How often a network may ask for what costs work or mail. Kept in memory alone, and without any address.

A network is known by its HMAC under a key that dies with the day (UTC): nobody can tell later who asked.
"""

import hashlib
import hmac
import math
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from starlette.exceptions import HTTPException
from starlette.requests import Request

from alerts.locale import marked
from alerts.web.guard import asked_by

Costly = Literal["subscribe", "sign in", "back-test", "search"]

MOST_KNOWN = 20_000  # buckets, some 4 MB; of more the one that was used longest ago goes
_TOO_OFTEN = marked("This was asked for too often from your network. Please try again later.")


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many at once, and one more after each such time."""

    most: int
    each: timedelta


# Chosen by hand, for an office, a library or a telephone network behind one address.
ALLOWANCES: Mapping[Costly, Allowance] = {
    "subscribe": Allowance(10, timedelta(minutes=6)),
    "sign in": Allowance(10, timedelta(minutes=6)),
    "back-test": Allowance(30, timedelta(seconds=10)),
    "search": Allowance(60, timedelta(seconds=1)),
}


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is left of an allowance at a moment."""

    left: float
    at: datetime


def drawn(bucket: Bucket | None, allowance: Allowance, now: datetime) -> tuple[Bucket, timedelta]:
    """The bucket after one was asked for, and how long to wait; zero = it was given. Pure.

    A clock that went back refills nothing, and takes nothing either.
    """
    left = float(allowance.most)
    if bucket is not None:
        left = min(left, bucket.left + max(timedelta(0), now - bucket.at) / allowance.each)
    if left >= 1:
        return Bucket(left - 1, now), timedelta(0)
    return Bucket(left, now), (1 - left) * allowance.each


@dataclass(slots=True)
class Allowances:
    """The buckets of all networks, whatever thread asks. `proxies`: what these say of who asks is believed."""

    clock: Callable[[], datetime]
    proxies: Sequence[str] = ()
    allowances: Mapping[Costly, Allowance] = field(default_factory=lambda: ALLOWANCES)
    _key: bytes = b""
    _day: date | None = None
    _buckets: OrderedDict[bytes, Bucket] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, request: Request, what: Costly) -> None:
        """Let a request have what it costs. Raises HTTPException: 429, with Retry-After in seconds."""
        peer = request.client.host if request.client else ""
        wait = self.wait(asked_by(peer, request.headers.raw, self.proxies), what)
        if wait:
            raise HTTPException(429, _TOO_OFTEN, {"Retry-After": str(math.ceil(wait.total_seconds()))})

    def wait(self, network: str, what: Costly) -> timedelta:
        """How long this network has to wait; zero = it has it now."""
        now = self.clock()
        with self._lock:
            if now.date() != self._day:
                self._day, self._key = now.date(), secrets.token_bytes(32)
                self._buckets.clear()
            who = hmac.digest(self._key, f"{what} {network}".encode(), hashlib.sha256)[:16]
            self._buckets[who], wait = drawn(self._buckets.get(who), self.allowances[what], now)
            self._buckets.move_to_end(who)
            while len(self._buckets) > MOST_KNOWN:
                self._buckets.popitem(last=False)
        return wait
