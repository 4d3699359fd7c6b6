"""By which address a page is known: `page_ids.toml` says where a number names it and the headline's words do not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crawler.text.data import read_data
from crawler.text.sites import web_parts
from crawler.text.urls import canonical_url

_FILE = Path(__file__).with_name("page_ids.toml")


@dataclass(frozen=True, slots=True)
class _System:
    hosts: frozenset[str]  # () = any
    path: re.Pattern[str]
    page: str


def page_address(url: str) -> str:
    """The one address of a page, whatever its headline is: canonical, and without words beside an article's own number.

    An identity, like `canonical_url`, which it leaves as it is where no publishing system is known. Idempotent.

    >>> page_address("https://www.wbay.example/news/local/ice-agents-in-salem/4333143/?utm_source=rss")
    'https://wbay.example/news/local/4333143'
    """
    address = canonical_url(url)
    host, path = _split(address)
    for system in _systems():
        if (not system.hosts or host in system.hosts) and (found := system.path.fullmatch(path)):
            return address.removesuffix(path) + found.expand(system.page)
    return address


def is_renamed(url: str, other: str) -> bool:
    """Whether two addresses are of one page under two headlines.

    >>> is_renamed("https://a.example/ice-at-a-mill/4333143", "https://a.example/two-held-at-mill/4333143/")
    True
    """
    return canonical_url(url) != canonical_url(other) and page_address(url) == page_address(other)


def _split(address: str) -> tuple[str, str]:
    """The host, and all behind it but a fragment that a script reads: with that, it is no such system."""
    parts = web_parts(address)
    if parts is None or not parts.hostname or parts.fragment:
        return "", ""
    return parts.hostname, parts.path + (f"?{parts.query}" if parts.query else "")


@cache
def _systems() -> tuple[_System, ...]:
    return tuple(_read())


def _read() -> Iterator[_System]:
    for table in read_data(_FILE).only("system").tables("system"):
        table.only("hosts", "path", "page")
        yield _System(
            frozenset(table.texts("hosts", ())), table.pattern("path", table.text("path")), table.text("page")
        )
