"""Our line to the web: whether it works, and whose fault it is when somebody does not answer."""

import asyncio
import errno
import logging
import socket
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from time import monotonic
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from twisted.internet.error import ConnectError

from crawler.manners import MANY, Fault, Hosts, host_name, is_ours, is_proof, pace_name
from crawler.spiders.network_errors import NetworkError, network_error
from crawler.watch import Outages

log = logging.getLogger(__name__)

SOON = 1.0  # seconds; while the line works, somebody answers that often
ASKED = 10.0  # seconds for those who are asked whether it works
MOST_ASKED = 3
EVERY = 60.0  # seconds; so often who reads ends an outage that another process met on a line of its own
QUIET = timedelta(minutes=2)  # nobody has read anything for so long, and it is an outage of all
SURE = 300.0  # seconds after an answer, in which one that is no proof is not doubted
UNREACHED = frozenset((
    NetworkError.NO_SUCH_HOST, NetworkError.NOBODY_THERE, NetworkError.NO_CONNECTION, NetworkError.SILENT,
    NetworkError.NO_TLS, NetworkError.CUT,
))  # fmt: skip
_NO_ROUTE = (errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL)
_NO_RESOLVER = (socket.EAI_AGAIN, socket.EAI_FAIL, socket.EAI_SYSTEM)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A site that did not answer, and the error, if there was one."""

    host: str
    error: BaseException | None


class Line:
    """Holds what failed until somebody else answers, or nobody does.

    Of those that fail while others answer, it is the fault. When nobody has answered for a moment, some that did before
    are asked; when they do not, either, the line is `down`, for the rest of this crawl.
    """

    def __init__(self, hosts: Hosts, outages: Outages, alone: bool = True) -> None:
        """`alone`: what we do not read nobody does; else others may, and then there is no outage."""
        self.quiet = timedelta() if alone else QUIET
        self.hosts, self.outages, self.clock = hosts, outages, hosts.clock
        self.down = False
        self.asks: list[Callable[[str], Awaitable[object]]] = []  # of each crawl that runs: asks for a robots.txt
        self._well: OrderedDict[str, str] = OrderedDict()  # sites that answered, the last one last, and their hosts
        self._doubts: dict[str, Doubt] = {}
        self._answer = asyncio.Event()
        self._examining: asyncio.Task[Fault] | None = None
        self._proved = self._ended = float("-inf")

    async def failed(self, request: Request, error: BaseException) -> Fault:
        """Whose fault it is that a request failed; takes a moment when nobody else answers."""
        if network_error(error) not in UNREACHED:
            return "theirs"
        return await self._doubt(request.url, error)

    async def answered(self, request: Request, response: Response) -> Fault:
        """Take note that somebody answered; "ours" when that was not the site, but whoever stands on our line."""
        location = (response.headers.get("Location") or b"").decode("latin-1")
        before = (request.meta.get("redirect_urls") or [""])[0]
        if is_proof(request.url, response.status, location, before):
            self._prove(request.url)
        elif monotonic() - self._proved > SURE:
            return await self._doubt(request.url, None)
        return "theirs"

    def _prove(self, url: str) -> None:
        self._proved = monotonic()
        if self.down or self._proved - self._ended > EVERY:
            self.down, self._ended = False, self._proved
            self.outages.end(self.clock())
        self._answer.set()
        site = pace_name(url)
        self._well[site] = host_name(url)
        self._well.move_to_end(site)
        if len(self._well) > 2 * MOST_ASKED:
            self._well.popitem(last=False)

    async def _doubt(self, url: str, error: BaseException | None) -> Fault:
        if self.down:
            return "ours"
        self._doubts[pace_name(url)] = Doubt(urlsplit(url).hostname or "", error)
        if self._examining is None:
            self._answer.clear()
            self._examining = asyncio.ensure_future(self._examine())
        return await asyncio.shield(self._examining)

    async def _examine(self) -> Fault:
        asked = 0
        try:
            if not await self._somebody_answers(SOON):
                names = self._others()
                asked = len(names)
                await self._somebody_answers(ASKED, names)
            failed = {site: not asked and await _is_our_side(doubt) for site, doubt in tuple(self._doubts.items())}
        finally:  # whatever went wrong, the next that fails is examined anew
            self._doubts, self._examining = {}, None
        if self._answer.is_set():
            return "again" if len(failed) >= MANY else "theirs"
        if not is_ours(failed, asked):
            return "theirs"
        self.down = True
        self.outages.begin(self.clock(), self.quiet)
        return "ours"

    async def _somebody_answers(self, within: float, names: Sequence[str] | None = None) -> bool:
        """Whether there is an answer within so many seconds; when hosts are asked for one, until all have failed."""
        answer: asyncio.Future[object] = asyncio.ensure_future(self._answer.wait())
        waiting = {answer}
        if names is not None:
            waiting.add(asyncio.ensure_future(self._all_asked(names)))
        await asyncio.wait(waiting, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        answer.cancel()
        return self._answer.is_set()

    async def _all_asked(self, names: Sequence[str]) -> None:
        asked = (ask(name) for name, ask in zip(names, cycle(reversed(self.asks)), strict=False))
        for _ in await asyncio.gather(*asked, return_exceptions=True):
            pass  # whatever went wrong: only an answer counts

    def _others(self) -> list[str]:
        """Hosts that answered before, of sites that are not in doubt: those of this crawl first."""
        found = OrderedDict((site, self._well[site]) for site in reversed(self._well))
        for name in self.hosts.lately_read():
            found.setdefault(pace_name(name), name)
        return [name for site, name in found.items() if site not in self._doubts][:MOST_ASKED]


async def _is_our_side(doubt: Doubt) -> bool:
    """Whether only our own side fails so."""
    if isinstance(doubt.error, ConnectError) and doubt.error.osError in _NO_ROUTE:
        return True
    if network_error(doubt.error) is not NetworkError.NO_SUCH_HOST:
        return False
    try:  # Twisted does not tell a name that nobody knows from a resolver that does not answer
        await asyncio.get_running_loop().getaddrinfo(doubt.host, None)
    except socket.gaierror as error:
        return error.errno in _NO_RESOLVER
    except ValueError:  # a name that is none, as in http://a..b/: there is nobody to ask
        pass
    return False
