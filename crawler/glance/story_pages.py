"""Where a story goes on: the address of its next page, or of the one that holds all of it, in the links of a page."""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urljoin, urlsplit

from crawler.text import is_web_address, unescaped

_NAMES = ("page", "pg", "pagenum", "page_no", "pageno", "paged", "p")
_WHOLE = (
    "?page=all ?view=all ?all=1 ?all=true ?full=true ?full=1 ?single=1 ?single=true ?singlepage=1 ?singlepage=true"
    " ?showall=1 ?showall=true ?viewall=1 ?viewall=true ?pagewanted=all /all /view-all /singlepage /single-page"
).split()
_NUMBERED_PATH = re.compile(r"(?:/page)?/(\d)/?$|[-_](\d)(?=\.\w{3,5}$)")
_NUMBERED_QUERY = re.compile(rf"(?:^|&)(?:{'|'.join(_NAMES)})=(\d)(?=&|$)")
_EXTENSION = re.compile(r"\.(?:[sx]?html?|php|aspx?)$")
_SEARCH_PATH = re.compile(r"/(?:search|buscar|busqueda|find|results)(?:[/.]|$)", re.IGNORECASE)
_SEARCH_QUERY = re.compile(r"(?:^|&)(?:s|q|query|search|searchword|search_?term|keywords?|text)=", re.IGNORECASE)
_MOST_BYTES = 2_000_000
_MOST_LINKS = 5_000  # that may lead to the next page
_LONGEST_LINK = 600  # bytes, with what stands before it
_LINK = re.compile(rb"href\s*=\s*[\"']?([^\"'\s>]{1,500})", re.IGNORECASE)
_ADDING = re.compile(rb"href\s*=\s*[\"']?(?:\?|page/)")
_ANY = re.compile(rb"href")


def is_search(url: str) -> bool:
    """Whether an address asks a site's search, whose answer repeats what was asked as if the site said it.

    >>> is_search("https://a.example/?s=ice+raid"), is_search("https://a.example/news/search-for-missing-man")
    (True, False)
    """
    parts = urlsplit(url)
    return bool(_SEARCH_PATH.search(parts.path) or _SEARCH_QUERY.search(parts.query))


def next_page(body: bytes, url: str) -> str:
    """The address of a link to the page behind this one, of the same story; "" without one.

    Only an address that is this one with a number counts: rel=next and "Next" may lead to another story.

    >>> next_page(b'<a href="/raid?page=2">2</a> <a rel="next" href="/fair">Next</a>', "https://a.example/raid")
    'https://a.example/raid?page=2'
    """
    parts = urlsplit(url)
    path, query, number = parts.path, parts.query, 1
    if found := _NUMBERED_PATH.search(path):
        path, number = path[: found.start()] + path[found.end() :], int(found[1] or found[2])
    elif found := _NUMBERED_QUERY.search(query):
        query, number = (query[: found.start()] + query[found.end() :]).strip("&"), int(found[1])
    return _linked(body, url, _numbered(path, query, number + 1))


def whole_story(body: bytes, url: str) -> str:
    """The address of a link to all pages of this story on one; "" without one."""
    path = urlsplit(url).path.rstrip("/")
    return _linked(body, url, (f"{path}{tail}" for tail in _WHOLE))


def _numbered(path: str, query: str, number: int) -> Iterator[str]:
    for name in _NAMES:
        yield f"{path}?{query + '&' if query else ''}{name}={number}"
    stem = path.rstrip("/")
    if query or not stem:
        return
    if extension := _EXTENSION.search(stem):
        yield from (f"{stem[: extension.start()]}{mark}{number}{extension[0]}" for mark in "-_")
    yield from (f"{stem}{mark}{number}" for mark in ("/", "/page/", "/page-"))


def _linked(body: bytes, url: str, paths: Iterator[str]) -> str:
    """The first of these paths that a link of a page leads to, whole."""
    root = urljoin(url, "/").rstrip("/")
    wanted = {_plain(urljoin(url, path) if "/." in path else f"{root}{path}") for path in paths}
    path = _NUMBERED_PATH.sub("", urlsplit(url).path.rstrip("/"))
    stem = _EXTENSION.sub("", path).rpartition("/")[2].encode()
    for written in islice(_likely(body[:_MOST_BYTES], stem), _MOST_LINKS):
        target = _whole(url, unescaped(written.decode("utf-8", "replace")))
        if _plain(target) in wanted and is_web_address(target):
            return target
    return ""


def _likely(body: bytes, stem: bytes) -> Iterator[bytes]:
    """What those `href` of a page hold that have the stem of its address, or only add to it.

    Few do: to look for the stem takes a fraction of the time that it takes to look at all links.
    """
    lowered = body.lower()
    begins = {found.start() for found in (_ADDING if stem else _ANY).finditer(lowered)}
    at = body.find(stem) if stem else -1
    while at >= 0:
        begins.add(_begin(lowered, at))
        behind = lowered.find(b"href", at + 1)  # what stands before belongs to the same link or to none
        at = body.find(stem, behind) if behind >= 0 else -1
    ends = 0
    for begin in sorted(begins - {-1}):
        found = _LINK.match(body, begin) if begin >= ends else None
        if found:
            ends = found.end()
            if stem in found[1] or found[1].startswith((b"?", b"page/")):
                yield found[1]


def _begin(lowered: bytes, at: int) -> int:
    """Where the `href` begins in which something may stand; one inside an address is none. -1: there is none."""
    first = max(0, at - _LONGEST_LINK)
    begin = lowered.rfind(b"href", first, at)
    while begin > 0 and lowered[begin - 1] in b"?&=/#%":
        begin = lowered.rfind(b"href", first, begin)
    return begin


def _whole(url: str, link: str) -> str:
    try:
        return urljoin(url, link).partition("#")[0]
    except ValueError:
        return ""


def _plain(address: str) -> str:
    """Without what does not tell two pages apart."""
    path, mark, query = address.partition("#")[0].partition("?")
    return f"{path.rstrip('/')}{mark}{query}"
