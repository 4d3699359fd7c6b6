"""Which addresses are on the public internet: the only ones that are asked."""

import ipaddress

from crawler.model import Why, because

NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052


def is_public(address: str) -> bool:
    """Whether an IP address literal is reachable on the public internet; ValueError when it is none.

    >>> is_public("127.0.0.1"), is_public("192.0.66.2")
    (False, True)
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):  # what an IPv6 address leads to may be an IPv4 host
        translated = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None
        ip = ip.ipv4_mapped or ip.sixtofour or translated or ip
    return ip.is_global and not ip.is_multicast


def why_private(host: str) -> Why:
    """Why a host is not asked that is not on the public internet, and what to do when it should be."""
    return because("private_address", host=host)
