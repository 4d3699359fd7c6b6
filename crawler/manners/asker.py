"""Ask servers one request after another, with the manners and the memory of a crawl: for what a person looks at."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from crawler.glance import is_wall, redirect_in
from crawler.manners import transport
from crawler.manners.hosts import Hosts, host_name
from crawler.manners.pace import Pace
from crawler.manners.robots import NOT_ALLOWED, Robots
from crawler.manners.statuses import BLOCKED, MOST_HOPS, PAID, PERMANENT
from crawler.manners.transport import Answer, Silence, TooLarge
from crawler.manners.waits import HostPaused
from crawler.model import IcewireError, Why, because, inner
from crawler.settings import CrawlSettings

MOST_REQUESTS = 25  # robots.txt included
MOST_SECONDS = 180.0
_MOST_WALLS = 3  # pages in a row behind a wall; then the host is left alone
_WALLED = (*PAID, *BLOCKED, 429)


class Refused(IcewireError):
    """robots.txt does not let us ask for an address; `unread`: it could not be had, so nothing may be asked."""

    def __init__(self, url: str, why: Why, unread: bool = False) -> None:
        super().__init__(because("at_address", url=url, why=why))
        self.unread = unread


class Over(IcewireError):
    """As much was asked as may be, or the host wants to be left alone; the reason says which."""


def reason(error: IcewireError) -> Why:
    """Why an address was not had, without the address."""
    return (inner(error.why.args["why"]) if error.why.code == "at_address" else None) or error.why


@dataclass(frozen=True, slots=True)
class Had:
    """An answer, and the address it has for good: that of the last permanent redirect."""

    answer: Answer
    url: str

    @property
    def wall(self) -> bool:
        """Whether readers are let in and we are not: a login, a payment or a test for robots."""
        answer = self.answer
        challenged = answer.headers.get("cf-mitigated") == "challenge"
        html = "html" in answer.headers.get("content-type", "")
        return answer.status in _WALLED or challenged or (html and is_wall(answer.body))


class Asker:
    """Asks politely, at most 25 times in three minutes, and remembers what came of each request.

    robots.txt first, kept a day in the table `host`; no host that asked for peace, here or in a crawl; one request at
    a time a site, no sooner than it likes; every hop of a redirect judged by its own host.
    """

    def __init__(
        self,
        hosts: Hosts,
        settings: CrawlSettings,
        tell: Callable[[str], None] = lambda address: None,  # what is being asked for
        get: Callable[[str], Answer] | None = None,  # one GET in place of the real one
        sleep: Callable[[float], None] = time.sleep,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.hosts, self.pace, self.tell = hosts, Pace(settings.delay_seconds), tell
        self.get = get or (lambda url: transport.get(url, settings))
        self.sleep, self.seconds = sleep, seconds
        self.tried: list[tuple[str, Why]] = []  # each address asked for and what it answered
        self._unread: dict[str, tuple[Robots, Why]] = {}  # robots.txt of hosts that do not answer, and why
        self._asked_at: dict[str, float] = {}  # by slot
        self._walls: Counter[str] = Counter()
        self._began: float | None = None

    def fetch(self, url: str) -> Had:
        """The page or file at an address; as `ask`, but another status than 200 or a wall is an IcewireError, too."""
        try:
            had = self.ask(url)
        except Over as over:
            raise IcewireError(because("at_address", url=url, why=over.why)) from over
        answer = had.answer
        if answer.status != 200:
            raise IcewireError(because("at_address", url=answer.url, why=because("answered", status=answer.status)))
        if had.wall:
            raise IcewireError(because("at_address", url=answer.url, why=because("wall")))
        return had

    def ask(self, url: str) -> Had:
        """What an address answers, redirects followed as far as robots.txt allows, those of a page itself, too.

        Raises Refused, Over, or an IcewireError that says why there was no answer.
        """
        permanent, address = True, url
        for _ in range(MOST_HOPS + 1):
            self._check_allowed(url)
            answer = self._request(url)
            onward = answer.location or _sent_on(answer)
            if not onward:
                had = Had(answer, address)
                self._walls[host_name(url)] = self._walls[host_name(url)] + 1 if had.wall else 0
                return had
            url = onward
            permanent = permanent and answer.status in PERMANENT
            address = url if permanent else address
        raise IcewireError(because("at_address", url=address, why=because("redirected_too_often", hops=MOST_HOPS)))

    def robots(self, url: str) -> Robots:
        """The rules of an address's host: remembered while fresh, else asked for."""
        name = host_name(url)
        if known := self.hosts.fresh_robots(name):
            return known
        return self._unread[name][0] if name in self._unread else self._ask_robots(name)

    def _check_allowed(self, url: str) -> None:
        robots, name = self.robots(url), host_name(url)
        self._check_open(url)  # it may have asked for a pause at its robots.txt
        if robots.failed:
            why = self._unread[name][1] if name in self._unread else because("answered", status=robots.status)
            raise Refused(url, because("robots_unread", why=why), unread=True)
        if not robots.allows(url):
            raise Refused(url, NOT_ALLOWED)
        self.pace.heed(self.pace.slot(url), robots.crawl_delay)

    def _ask_robots(self, name: str) -> Robots:
        known, now, url = self.hosts.robots(name), self.hosts.clock(), f"{name}/robots.txt"
        try:
            for _ in range(MOST_HOPS + 1):
                answer = self._request(url)
                if not answer.location:
                    return self.hosts.remember(name, Robots.read(answer.status, answer.body, now))
                url = answer.location
        except Over:
            raise
        except IcewireError as error:
            nothing = Robots.read(None, b"", now)
            if isinstance(error, TooLarge) or (known and not known.failed):
                return self.hosts.remember(name, nothing)
            self._unread[name] = nothing, reason(error)  # for now: the next who asks may succeed
            return nothing
        return self.hosts.remember(name, Robots.read(404, b"", now))  # RFC 9309, section 2.3.1.2: as if missing

    def _request(self, url: str) -> Answer:
        """One request, when its site's turn has come."""
        slot = self.pace.slot(url)
        self._await_turn(url, slot)
        self.tell(url)
        self._asked_at[slot] = began = self.seconds()
        try:
            answer = self.get(url)
        except IcewireError as error:
            self.tried.append((url, reason(error)))
            if isinstance(error, Silence):
                self.hosts.silent(url)
            raise
        self.tried.append((url, because("answered", status=answer.status)))
        self.hosts.heed(url, answer.status, answer.headers.get("retry-after", ""))
        self.pace.throttle(slot, self.seconds() - began, answer.status)
        return answer

    def _await_turn(self, url: str, slot: str) -> None:
        self._check_open(url)
        if len(self.tried) >= MOST_REQUESTS:
            raise Over(because("enough_requests", count=MOST_REQUESTS))
        now = self.seconds()
        self._began = now if self._began is None else self._began
        pause = max(0.0, self._asked_at[slot] + self.pace.delay(slot) - now) if slot in self._asked_at else 0.0
        if now + pause - self._began > MOST_SECONDS:
            raise Over(because("enough_time", seconds=MOST_SECONDS))
        if pause:
            self.sleep(pause)
            self._check_open(url)  # a crawl may have met with it meanwhile

    def _check_open(self, url: str) -> None:
        """Raise Over for a host that wants to be left alone, whoever it told that."""
        self.hosts.refresh()
        try:
            self.hosts.check(url)
        except HostPaused as paused:
            raise Over(paused.why) from None
        if self._walls[host_name(url)] >= _MOST_WALLS:
            raise Over(because("walled", host=host_name(url), times=_MOST_WALLS))


def _sent_on(answer: Answer) -> str:
    if answer.status != 200 or "html" not in answer.headers.get("content-type", ""):
        return ""
    return redirect_in(answer.body, answer.url, answer.headers.get("refresh", ""))
