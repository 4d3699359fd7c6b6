"""Which hosts may be asked: none in private networks, whatever names point there."""

from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError
from twisted.internet.address import IPv4Address, IPv6Address

from alerts.locale import in_words
from crawler.manners.public import is_public
from crawler.spiders.addresses import PublicOnlyResolver, RefusePrivateAddresses
from crawler.spiders.refusals import PrivateAddress


@pytest.mark.parametrize("address", ["192.0.66.2", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_on_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_an_address_of_a_private_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/feed",
        "http://[::1]:8080/feed",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost/feed",
        "http://LOCALHOST:8080/feed",
        "http://printer.localhost/feed",
    ],
)
def test_a_request_to_a_private_host_is_refused_with_what_to_do(url: str) -> None:
    with pytest.raises(PrivateAddress) as refused:
        RefusePrivateAddresses().process_request(Request(url))
    assert "set crawl.allow_private_addresses = true" in in_words(refused.value.why)


def test_a_request_to_a_public_host_passes() -> None:
    for url in ("https://ledger.example/feed", "https://192.0.66.2/feed"):
        assert RefusePrivateAddresses().process_request(Request(url)) is None  # type: ignore[func-returns-value]


class _Names:
    """A name server of two lines, as Twisted's resolvers are asked."""

    known: ClassVar = {"ledger.example": ["192.0.66.2", "10.0.0.1"], "rebound.example": ["192.168.1.1", "::1"]}

    def resolveHostName(self, receiver: Any, name: str, port: int = 0, *_: object) -> Any:  # noqa: N802
        receiver.resolutionBegan(None)
        for host in self.known.get(name, []):
            kind: type[IPv4Address | IPv6Address] = IPv6Address if ":" in host else IPv4Address
            receiver.addressResolved(kind("TCP", host, port))
        receiver.resolutionComplete()
        return receiver


class _Heard:
    """Who asked the resolver: the addresses that it was told."""

    def __init__(self) -> None:
        self.hosts: list[str] = []

    def resolutionBegan(self, resolution: object) -> None:  # noqa: N802
        pass

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        self.hosts.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        pass


def test_a_name_gives_only_its_public_addresses_and_one_without_any_is_refused_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PublicOnlyResolver, "refused", set())
    resolver = PublicOnlyResolver(SimpleNamespace(nameResolver=_Names()), 10)  # type: ignore[arg-type]

    def asked(name: str) -> list[str]:
        heard = _Heard()
        resolver.resolveHostName(heard, name, 443)
        return heard.hosts

    # Twice, since the second answer comes from the cache.
    assert [asked("ledger.example"), asked("ledger.example")] == [["192.0.66.2"], ["192.0.66.2"]]
    assert [asked("rebound.example"), asked("rebound.example")] == [[], []]
    guard, lost = RefusePrivateAddresses(), CannotResolveHostError()
    guard.process_exception(Request("https://ledger.example/feed"), lost)
    with pytest.raises(PrivateAddress) as refused:
        guard.process_exception(Request("https://rebound.example/feed"), lost)
    assert "rebound.example is on a private or loopback network" in in_words(refused.value.why)
