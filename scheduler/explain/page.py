"""A page that somebody asks about, whether a feed listed it or not: a saved file, or fetched once with all manners."""

import gzip
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from crawler.glance import unescaped
from crawler.manners import Asker
from crawler.model import IcewireError
from crawler.text import is_web_address

_START = 100_000  # bytes in which a page's head stands
_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html|head|title|meta|body|main|article|section|div|h1|p)\b[^<>]*>", re.I)
_LINK = re.compile(r"<(?:link|meta)\s[^<>]*>", re.IGNORECASE)
_STATED = re.compile(r"(?:rel\s*=\s*[\"']?canonical|(?:property|name)\s*=\s*[\"']?og:url)[\"'\s/>]", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:href|content)\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Given:
    """A page's bytes, the address it stands for, and how we came by it, for a person."""

    url: str
    body: bytes
    how: str
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def read_page(path: Path, url: str, most: int) -> Given:
    """A saved page, gzipped or not, as if from `url`, else from the address it states, else from its file name.

    Raises IcewireError: no such file, unreadable, larger than `most` bytes, no HTML, `url` no web address.
    """
    if url and not is_web_address(url):
        raise IcewireError(f"--url: “{url}” is no web address; write it like https://paper.example/story")
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as file:
            body = file.read(most + 1)
    except FileNotFoundError:
        raise IcewireError(f"{path}: there is no such file; an address begins with https:// or http://") from None
    except (OSError, EOFError, zlib.error) as error:
        raise IcewireError(f"{path}: it cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(body) > most:
        raise IcewireError(f"{path}: larger than crawl.max_page_bytes ({most})")
    _check_html(body, str(path))
    stated = "" if url else stated_address(body)
    by = "as --url says" if url else "the address that the page states" if stated else "made up, as it states none"
    address = url or stated or f"https://saved.example/{quote(path.name.removesuffix('.gz'))}"
    return Given(address, body, f"read from {path}, taken as {address} ({by})")


def fetch_page(url: str, asker: Asker) -> Given:
    """The page at an address, asked for once.

    Raises IcewireError that says why the page was not had: no web address, refused, unreachable, not 200, no HTML.
    """
    if not is_web_address(url):
        raise IcewireError(f"“{url}” is no web address; write it like https://paper.example/story")
    answer = asker.fetch(url).answer
    _check_html(answer.body, answer.url)
    led = "" if answer.url == url else f", which led to {answer.url}"
    how = f"fetched now{led}: {len(answer.body):,} bytes"
    return Given(answer.url, answer.body, how, answer.headers.get("content-type", ""), answer.headers)


def stated_address(body: bytes) -> str:
    """The web address that a page's head gives as its own: rel=canonical, else og:url; "" when it gives none."""
    head = unescaped(body[:_START]).decode("utf-8", "replace")
    tags = [tag for tag in _LINK.findall(head) if _STATED.search(tag)]
    tags.sort(key=lambda tag: "canonical" not in tag.lower())
    found = (_ADDRESS.search(tag) for tag in tags)
    return next((url for m in found if m and is_web_address(url := m[1].replace("&amp;", "&"))), "")


def _check_html(body: bytes, name: str) -> None:
    if not body.strip():
        raise IcewireError(f"{name}: it is empty")
    if not _HTML.search(unescaped(body[:_START])):
        raise IcewireError(f"{name}: it is no web page: there is no HTML in it")
