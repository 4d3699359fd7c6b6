"""A bound for what a server may send before the body: Twisted bounds a header's line, but not their number."""

from typing import Any

from scrapy.core.downloader.handlers.http11 import _LenientHTTP11ClientFactory, _LenientHTTP11ClientProtocol
from twisted.python.failure import Failure
from twisted.web._newclient import BODY

from crawler.model import IcewireError

MOST_BYTES = 262_144  # of status lines and headers of one answer, as browsers have it; honest ones send a few thousand


class HeadersTooLarge(IcewireError):
    """A server sent headers without an end."""


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Ends a connection on which one answer's headers grow beyond MOST_BYTES."""

    received = 0

    def request(self, request: Any) -> Any:
        """Send a request; the count begins anew."""
        self.received = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        """Read on, unless it is too much."""
        if self._parser is not None and self._parser.state != BODY:
            self.received += len(data)
            if self.received > MOST_BYTES:
                why = HeadersTooLarge(f"headers of more than {MOST_BYTES} bytes")
                self._giveUp(Failure(why))  # type: ignore[no-untyped-call]
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Makes bounded connections; Scrapy's handler takes it as the factory of its pool."""

    def buildProtocol(self, addr: Any) -> BoundedProtocol:  # noqa: N802  Twisted's name
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
