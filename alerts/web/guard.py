"""Who asks slowly, or holds a connection and asks nothing, keeps nobody else from the page, nor us from our work."""

import asyncio
import ipaddress
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol


@dataclass(frozen=True, slots=True)
class Places:
    """How many connections there may be, and how long each may take; far fewer than the files a process may open."""

    most: int = 100
    an_address: int = 20
    request_within: float = 10.0  # seconds for a request to be there as a whole
    answer_within: float = 60.0  # seconds for its answer to be taken
    proxies: Sequence[str] = ()  # what these say of who asks is believed


def network_of(address: str) -> str:
    """Who counts as one: an IPv4 address, or a whole /64 of IPv6, which one person has.

    >>> network_of("203.0.113.7"), network_of("::ffff:203.0.113.7"), network_of("2001:db8::1"), network_of("?")
    ('203.0.113.7', '203.0.113.7', '2001:db8::/64', '')
    """
    try:
        known = ipaddress.ip_address(address.strip().strip("[]").partition("%")[0])
    except ValueError:
        return ""
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    return str(known.ipv4_mapped or ipaddress.ip_network((known, 64), strict=False))


def asked_by(peer: str, headers: Iterable[tuple[bytes, bytes]], proxies: Sequence[str]) -> str:
    """Whose request it is: the last in line whom no proxy of ours stands for. Who is no proxy speaks for itself.

    >>> asked_by("10.0.0.1", [(b"x-forwarded-for", b"198.51.100.1, 203.0.113.7")], ["10.0.0.1"])
    '203.0.113.7'
    >>> asked_by("203.0.113.9", [(b"x-forwarded-for", b"203.0.113.7")], ["10.0.0.1"])
    '203.0.113.9'
    """
    ours = {network_of(proxy) for proxy in proxies}
    line = b",".join(value for name, value in headers if name == b"x-forwarded-for").decode("latin-1").split(",")
    asking = network_of(peer)
    while asking in ours and line:
        if not (known := network_of(line.pop())):
            break
        asking = known
    return asking


def guarded(places: Places = Places()) -> type[H11Protocol]:
    """The connections of one server. Of too many one goes of whoever holds most; see `_who_goes`."""
    alive: dict[_Connection, None] = {}  # in the order in which they came
    through = {network_of(proxy) for proxy in places.proxies}

    class Guarded(_Connection):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.peer = self.asking = network_of(self.client[0] if self.client else "")
            self.app = self._unless_gone(self.app)
            alive[self] = None
            self.begin(places.request_within, self._end_unless_asked)
            self._make_room()

        def connection_lost(self, exc: Exception | None) -> None:
            alive.pop(self, None)
            self.stop()
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self._see_who_asks()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            if not self.transport.is_closing():
                self.begin(places.request_within, self._end_unless_asked)
                self._see_who_asks()

        def _see_who_asks(self) -> None:
            if self.peer in through and self.headers:
                self.asking = asked_by(self.peer, self.headers, places.proxies) if is_asked(self) else self.peer
                self._make_room()

        def _make_room(self) -> None:
            own = [one for one in alive if one.asking == self.asking]
            if self.asking not in through and len(own) > places.an_address:
                _who_goes(own).end()
            elif len(alive) > places.most:
                greediest, _ = Counter(one.asking for one in alive).most_common(1)[0]
                _who_goes([one for one in alive if one.asking == greediest]).end()

        def _unless_gone(self, app: Any) -> Any:
            async def answer(*asked: Any) -> None:
                if self in alive:  # who asks by a proxy is known when the request is there: then it may be one too many
                    await app(*asked)

            return answer

        def end(self) -> None:
            alive.pop(self, None)
            if self.cycle is not None:
                self.cycle.disconnected = True
            self.transport.abort()

        def _end_unless_asked(self) -> None:
            if is_asked(self) or self.transport.get_write_buffer_size():
                self.begin(places.answer_within, self.end)
            else:
                self.end()

    return Guarded


class _Connection(H11Protocol):
    """A connection with one alarm."""

    peer = asking = ""
    _alarm: asyncio.TimerHandle | None = None

    def begin(self, seconds: float, then: Callable[[], None]) -> None:
        self.stop()
        self._alarm = self.loop.call_later(seconds, then)

    def stop(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def end(self) -> None:
        """Let it go."""


def is_asked(connection: H11Protocol) -> bool:
    """Whether a request is there as a whole and not answered yet."""
    cycle = connection.cycle
    return cycle is not None and not cycle.more_body and not cycle.response_complete


def _who_goes(held: Sequence[_Connection]) -> _Connection:
    """Who has waited longest without a whole request, then who does not take the answer, then who came last."""
    idle = (one for one in held if not is_asked(one))
    return next(idle, None) or next((one for one in held if one.flow.write_paused), held[-1])
