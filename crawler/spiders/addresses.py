"""Which hosts may be asked at all: none in private networks, whatever names point there."""

from collections.abc import Sequence
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.resolver import CachingHostnameResolver

from crawler.manners import is_public
from crawler.spiders.refusals import PrivateAddress, StaysDue


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
            raise PrivateAddress(host)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Twisted only says that a name leads nowhere; say why."""
        host = urlsplit(request.url).hostname or ""
        if host in PublicOnlyResolver.refused and not isinstance(exception, StaysDue):
            raise PrivateAddress(host) from exception


class PublicOnlyResolver(CachingHostnameResolver):
    """Resolves names to their public addresses, IPv4 and IPv6; one that has none but private ones fails.

    What it gives is what is connected to, so a name that changes its mind (DNS rebinding) gains nothing.
    """

    refused: ClassVar[set[str]] = set()  # names; one process, one crawl

    def resolveHostName(  # noqa: N802  Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[Any] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """Addresses for the name, told to the receiver one by one."""
        public: Any = _PublicOnly(resolutionReceiver, hostName)
        return super().resolveHostName(public, hostName, portNumber, addressTypes, transportSemantics)


class _PublicOnly:
    """Passes public addresses on and remembers a name that had none."""

    def __init__(self, receiver: Any, name: str) -> None:
        self.receiver, self.name = receiver, name
        self.private = self.passed = False

    def resolutionBegan(self, resolution: Any) -> None:  # noqa: N802
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if is_public(address.host.partition("%")[0]):
            self.passed = True
            self.receiver.addressResolved(address)
        else:
            self.private = True

    def resolutionComplete(self) -> None:  # noqa: N802
        if self.private and not self.passed:
            PublicOnlyResolver.refused.add(self.name)
        self.receiver.resolutionComplete()
