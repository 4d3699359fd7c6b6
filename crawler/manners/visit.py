"""A visit to a site that is being looked at: robots.txt first, one request at a time, and not many of them."""

import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from crawler.manners.robots import Robots
from crawler.manners.transport import Answer
from crawler.model import IcewireError

MOST_REQUESTS = 25  # robots.txt included
MOST_SECONDS = 180.0
_MOST_HOPS = 5
_MOST_WALLS = 3  # pages in a row behind a wall; then the host is left alone
_PERMANENT = (301, 308)
_LEAVE_ALONE = (429, 503)
_LARGEST_WALL = 20_000  # bytes
WALLED = (401, 402, 403, 407, 429, 451)
_WALL = re.compile(
    rb"<title>\s*(?:just a moment|attention required|access denied|are you a (?:human|robot)|pardon our interruption)"
    rb"|px-captcha|/_Incapsula_Resource|captcha-delivery\.com|cf-browser-verification",
    re.I,
)


class Refused(IcewireError):
    """robots.txt does not allow us to ask for an address."""


class Over(IcewireError):
    """The visit has asked as much as it may, or the host wants to be left alone; the message says which."""


@dataclass(frozen=True, slots=True)
class Had:
    """An answer, and the address it has for good: that of the last permanent redirect."""

    answer: Answer
    url: str

    @property
    def wall(self) -> bool:
        """Whether readers are let in and we are not: a login, a payment or a test for robots."""
        answer = self.answer
        mitigated = answer.headers.get("cf-mitigated") == "challenge"
        # A whole page may carry the same scripts; a wall is little else.
        bare = "html" in answer.headers.get("content-type", "") and len(answer.body) < _LARGEST_WALL
        return answer.status in WALLED or mitigated or (bare and bool(_WALL.search(answer.body)))


@dataclass(slots=True)
class Visit:
    """Asks for pages politely and remembers what came of each."""

    get: Callable[[str], Answer]  # one GET; redirects are answers; raises IcewireError
    now: datetime
    delay_seconds: float
    tell: Callable[[str], None] = lambda address: None  # what is being asked for
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    tried: list[tuple[str, str]] = field(default_factory=list)  # each address asked for and what it answered
    _robots: dict[str, Robots] = field(default_factory=dict)
    _asked_at: dict[str, float] = field(default_factory=dict)
    _closed: dict[str, str] = field(default_factory=dict)
    _walls: Counter[str] = field(default_factory=Counter)
    _began: float | None = None

    def read(self, url: str) -> Had:
        """What an address answers, redirects followed as far as robots.txt allows.

        Raises Refused, Over, or an IcewireError that says why there was no answer.
        """
        permanent, address = True, url
        for _ in range(_MOST_HOPS + 1):
            if not self.robots(url).allows(url):
                self._check_open(_host(url))
                raise Refused(f"{url}: robots.txt does not allow it")
            answer = self._ask(url)
            if not answer.location:
                had = Had(answer, address)
                self._note_wall(had)
                return had
            url = answer.location
            permanent = permanent and answer.status in _PERMANENT
            address = url if permanent else address
        raise IcewireError(f"{address}: more than {_MOST_HOPS} redirects")

    def robots(self, url: str) -> Robots:
        """The rules of an address's host, asked for when they are first needed."""
        host = _host(url)
        if host not in self._robots:
            self._robots[host] = Robots.read(*self._robots_answer(f"{host}/robots.txt"), self.now)
        return self._robots[host]

    def _robots_answer(self, url: str) -> tuple[int | None, bytes]:
        try:
            for _ in range(_MOST_HOPS + 1):
                answer = self._ask(url)
                if not answer.location:
                    return answer.status, answer.body
                url = answer.location
        except Over:
            raise
        except IcewireError:
            return None, b""
        return 404, b""  # RFC 9309, section 2.3.1.2: after five redirects it may be taken for missing

    def _ask(self, url: str) -> Answer:
        """One request, when its host's turn has come."""
        self._wait(_host(url))
        self.tell(url)
        try:
            answer = self.get(url)
        except IcewireError as error:
            self.tried.append((url, str(error).removeprefix(f"{url}: ")))
            raise
        finally:
            self._asked_at[_host(url)] = self.clock()
        self.tried.append((url, f"answered {answer.status}"))
        if answer.status in _LEAVE_ALONE:
            self._closed[_host(url)] = f"answered {answer.status}"
        return answer

    def _check_open(self, host: str) -> None:
        if host in self._closed:
            raise Over(f"{host} {self._closed[host]} and is left alone")

    def _wait(self, host: str) -> None:
        now = self.clock()
        self._began = now if self._began is None else self._began
        self._check_open(host)
        if len(self.tried) >= MOST_REQUESTS:
            raise Over(f"{MOST_REQUESTS} requests were made")
        known = self._robots.get(host)
        delay = max(self.delay_seconds, (known and known.crawl_delay) or 0.0)
        pause = max(0.0, self._asked_at.get(host, now - delay) + delay - now)
        if now + pause - self._began > MOST_SECONDS:
            raise Over(f"it took more than {MOST_SECONDS:g} seconds")
        if pause:
            self.sleep(pause)

    def _note_wall(self, had: Had) -> None:
        host = _host(had.answer.url)
        self._walls[host] = self._walls[host] + 1 if had.wall else 0
        if self._walls[host] >= _MOST_WALLS:
            self._closed[host] = f"refused us {_MOST_WALLS} times"


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
