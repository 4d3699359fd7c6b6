"""Asks the DNS, within a short time for all questions together."""

import time
from collections.abc import Callable
from functools import cache
from ipaddress import ip_address
from typing import Any

import dns.exception
import dns.resolver
import dns.reversename

from crawler.model import IcewireError
from scheduler.doctor.diagnosis import Address

PATIENCE = 10.0  # seconds for all questions
_ANSWER_WITHIN = 3.0  # seconds for one


class CannotLookError(IcewireError):
    """No name server answered, or not in time: that says nothing of the records."""


def system_resolver() -> dns.resolver.Resolver:
    """The name servers of this machine; none when it names none."""
    try:
        return dns.resolver.Resolver()
    except dns.exception.DNSException:
        return dns.resolver.Resolver(configure=False)


class Names:
    """What stands in the DNS under a name; each method returns () where nothing does. Raises CannotLookError."""

    def __init__(
        self, resolver: dns.resolver.Resolver, patience: float = PATIENCE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._resolver, self._clock = resolver, clock
        self._ends = clock() + patience
        self._ask = cache(self._asked)

    def texts(self, name: str) -> tuple[str, ...]:
        """Its TXT records, each joined of its strings (RFC 7208, 3.3)."""
        return tuple(b"".join(found.strings).decode("utf-8", "replace") for found in self._ask(name, "TXT"))

    def mail_servers(self, name: str) -> tuple[str, ...]:
        """Its MX records, the first to be tried first; "" for the one that says that it takes no mail (RFC 7505)."""
        found = sorted(self._ask(name, "MX"), key=lambda mx: mx.preference)
        return tuple(mx.exchange.to_text(omit_final_dot=True).lower().removeprefix("@").rstrip(".") for mx in found)

    def addresses(self, name: str) -> tuple[Address, ...]:
        """Its IPv4 and IPv6 addresses; of an address, itself."""
        try:
            return (ip_address(name),)
        except ValueError:
            return tuple(ip_address(found.address) for kind in ("A", "AAAA") for found in self._ask(name, kind))

    def names_of(self, address: Address) -> tuple[str, ...]:
        """What an address is called (PTR)."""
        found = self._ask(dns.reversename.from_address(str(address)).to_text(), "PTR")
        return tuple(ptr.target.to_text(omit_final_dot=True).lower() for ptr in found)

    def _asked(self, name: str, kind: str) -> tuple[Any, ...]:
        left = self._ends - self._clock()
        if left <= 0:
            raise CannotLookError("the name servers took too long")
        try:
            within = min(left, _ANSWER_WITHIN)
            return tuple(self._resolver.resolve(name, kind, search=False, lifetime=within))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError, UnicodeError) as error:
            raise CannotLookError(f"no name server answers what {kind} records {name} has") from error
