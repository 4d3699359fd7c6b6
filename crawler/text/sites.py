"""Whose a web address is: the name that was registered, and the site of one publisher."""

import re
from functools import cache, lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_ADDRESS = 4_000  # characters; chosen by hand
_LONGEST_HOST = 253  # RFC 1035, 2.3.4, as it is written

_FORBIDDEN_IN_URL = re.compile(r"[\s\x00-\x1f\x7f]")
_FORBIDDEN_IN_HOST = re.compile(r"[^\w.\-:]")
_BRACKETED = re.compile(r"(?:[^\[\]@]*@)?\[[0-9a-fA-F:.]+\](?::\d*)?")  # an IPv6 host

# Every name below these is another publisher's, as below the list's private suffixes, into which they were not entered:
# that is their owners' choice, since it keeps a browser's cookies from being shared below the name.
HOSTING = {
    "beehiiv.com", "buttondown.email", "ghost.io", "medium.com", "newspack.com", "squarespace.com", "substack.com",
    "tumblr.com", "typepad.com", "weebly.com", "wordpress.com",
}  # fmt: skip

# RFC 1480 names a body of a state by its kind, and the list has few of these names. The city, the county, the town and
# the village of one name are governments apart (ci.ithaca.ny.us, town.ithaca.ny.us), so each is a site of its own,
# as the list itself has it where a locality was entered (ann-arbor.mi.us). Without a kind, the locality's name was
# registered like any other (www.cityofwaltham.ma.us), and all below it is one site; so are all agencies of a state
# (dds.state.ma.us), as they are below mass.gov. Schools, libraries and colleges (k12, lib, cc) the list has.
_US_BODY = re.compile(r"(?<![^.])(?:(?:ci|co|town|twp|vil|boro)\.[^.]+|[^.]+\.(?:cog|dst|gen|mus|tec))\.[a-z]{2}\.us$")


def same_site(a: str, b: str) -> bool:
    """Whether two web addresses belong to one publisher's site, by host name alone.

    All names below one registered name are one site, except where each customer, school or town has a name of its own.
    IP addresses and localhost are one site only with the same port.
    """
    one = site(a)
    return bool(one) and one == site(b)


def site(url: str) -> str:
    """The publisher's site that a web address belongs to, by name; "" when it is no web address.

    >>> site("https://www.town.weston.ma.us/a"), site("https://one.substack.com/"), site("http://127.0.0.1/")
    ('town.weston.ma.us', 'one.substack.com', '127.0.0.1:80')
    """
    parts = web_parts(url)
    if parts is None:
        return ""
    name = publisher(ascii_host(parts.hostname or ""))
    whole = name.startswith("[") or "." not in name or is_ip(name)
    return f"{name}:{parts.port or DEFAULT_PORTS[parts.scheme]}" if whole else name


@lru_cache(maxsize=10_000)
def publisher(host: str) -> str:
    """The name below which everything is one publisher's; an IP address and a name of one label are themselves.

    >>> publisher("www.cityofwaltham.ma.us"), publisher("www.north.k12.ma.us"), publisher("a.one.github.io")
    ('cityofwaltham.ma.us', 'north.k12.ma.us', 'one.github.io')
    """
    if body := _US_BODY.search(host):
        return body[0]
    if "." in (bare := host.removeprefix("www.")):  # nobody's name: www.nhs.uk is the site of who gives names there
        host = bare
    registered = registered_name(host)
    return _one_below(registered, host) if registered in HOSTING else _name(host, private=True)


@lru_cache(maxsize=10_000)
def registered_name(host: str) -> str:
    """The name that was bought of a registry: whose the servers below it are, whoever publishes there.

    >>> registered_name("www.town.weston.ma.us"), registered_name("one.github.io"), registered_name("127.0.0.1")
    ('weston.ma.us', 'github.io', '127.0.0.1')
    """
    return _name(host, private=False)


def gives_names(host: str) -> bool:
    """Whether every name below this one may be another publisher's: substack.com, co.uk, k12.ma.us."""
    below = f"any.{host}"
    return publisher(below) == below


def _name(host: str, private: bool) -> str:
    if host.startswith("[") or is_ip(host):
        return host
    return _one_below(_suffixes(private).publicsuffix(host) or "", host)


def _one_below(suffix: str, host: str) -> str:
    """One label more than the suffix."""
    return ".".join(host.split(".")[-(suffix.count(".") + 2) :])


@cache
def _suffixes(private: bool) -> "PublicSuffixList":
    """The public suffix list as the library ships it, with or without what is no registry's: nothing is fetched."""
    from publicsuffixlist import PublicSuffixList  # not for who asks nothing

    return PublicSuffixList(only_icann=not private)


def web_parts(url: str) -> SplitResult | None:
    """The parts of a whole http(s) address whose host can be asked, else None."""
    return _web_parts(url) if len(url) <= LONGEST_ADDRESS else None


@lru_cache(maxsize=512)  # an address is asked about many times on its page's way
def _web_parts(url: str) -> SplitResult | None:
    if _FORBIDDEN_IN_URL.search(url.replace(" ", "")):
        return None
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # a broken port or bracket
        return None
    if parts.scheme not in DEFAULT_PORTS or port == 0 or not host or _FORBIDDEN_IN_HOST.search(host):
        return None
    if "[" in parts.netloc and not _BRACKETED.fullmatch(parts.netloc):  # Python reads the host out of a[::1]
        return None
    host = host.rstrip(".")
    if len(host) > _LONGEST_HOST:
        return None
    named = "." in host and ".." not in host and not host.startswith((".", "-")) and ":" not in host
    return parts if named or host == "localhost" or is_ip(host) else None


def is_ip(host: str) -> bool:
    """Whether this is an IP address, without brackets."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def ascii_host(host: str) -> str:
    """A host as it is asked for: lower case, IDNA, no dot at the end, an IPv6 address in brackets."""
    host = host.rstrip(".")
    if host.isascii():
        return f"[{host}]" if ":" in host else host.lower()
    try:
        return host.encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError:
        return host.lower()
