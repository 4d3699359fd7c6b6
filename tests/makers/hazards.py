"""What outlets can do to a crawl, and what is to be told of each: at their feed, their page or their robots.txt."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass

import brotli  # type: ignore[import-untyped]
from scrapy.utils._compression import zstd  # type: ignore[attr-defined]

from tests.makers.crawling import page
from tests.makers.hostile import Answer, Line, head, http, zeros
from tests.makers.making import BODY

XML = "application/rss+xml"
RAID = "ICE agents detain two men outside Waltham courthouse"
STORY = page(RAID, BODY)
NEWS = '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>'
ATTRIBUTES = " ".join(f"a{n}=''" for n in range(200_000))
LINKS = (
    '<!doctype html><html><head><title>News</title></head><body><a href="/2026/03/09/two-detained-outside-court">'
    "Two men are detained outside the court of Waltham</a>"
)


def items(*titles: str, dated: str = "") -> str:
    """An RSS feed; its items lead nowhere."""
    rows = (f"<item><title>{t}</title><link>/old/{n}</link>{dated}</item>" for n, t in enumerate(titles))
    return f"{NEWS}{''.join(rows)}</channel></rss>"


def packed(content: bytes, encoding: str, kind: str = XML) -> bytes:
    """A body with a Content-Encoding."""
    return http(content, kind, Content_Encoding=encoding)


def to(location: str) -> bytes:
    """A redirect."""
    return http(status="302 Found", Location=location)


def laughs() -> str:
    """A billion laughs: ten entities, each ten times the one before."""
    rows = ['<!ENTITY l0 "laugh">', *(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))]
    item = "<item><title>Ha &l9;</title><link>/laughs</link></item>"
    return f'<?xml version="1.0"?><!DOCTYPE rss [{"".join(rows)}]><rss version="2.0"><channel>{item}</channel></rss>'


def external(address: str) -> bytes:
    """A feed that says what stands elsewhere: by an entity, by a parameter entity and by its DTD."""
    dtd = f'<!DOCTYPE rss SYSTEM "{address}" [<!ENTITY x SYSTEM "{address}"><!ENTITY % p SYSTEM "{address}">%p;]>'
    item = "<item><title>News: &x;</title><link>/gone</link></item>"
    return http(f'<?xml version="1.0"?>{dtd}<rss version="2.0"><channel>{item}</channel></rss>', XML)


def chain(line: Line) -> None:
    """A redirect to an address that was never seen before, for ever."""
    line.send(to(f"{line.path}x"))


def loop(line: Line) -> None:
    """A redirect to and fro."""
    line.send(to("/a" if line.path != "/a" else "/b"))


def refreshes(line: Line) -> None:
    """A page that sends on to another, for ever."""
    line.send(http(f'<html><head><meta http-equiv="refresh" content="0; url={line.path}x"></head><body></body></html>'))


def endless(kind: str, begin: str, more: str) -> Callable[[Line], None]:
    """A body in chunks without an end."""

    def answer(line: Line) -> None:
        chunk = more * (65536 // len(more))
        line.send(head(kind=kind, Transfer_Encoding="chunked") + f"{len(begin):x}\r\n{begin}\r\n".encode())
        line.flood(f"{len(chunk):x}\r\n{chunk}\r\n".encode())

    return answer


def endless_headers(line: Line) -> None:
    """Headers without an end."""
    line.send(b"HTTP/1.1 200 OK\r\n")
    line.flood(b"X-A: b\r\n" * 10, 0.01)


def headers_flood(line: Line) -> None:
    """Headers without an end, as fast as they are taken."""
    line.send(b"HTTP/1.1 200 OK\r\n")
    line.flood(b"X-A: b\r\n" * 1000)


def slow_head(line: Line) -> None:
    """A byte of the headers now and then."""
    line.drip(b"HTTP/1.1 200 OK\r\n" + b"X-Patience: yes\r\n" * 1000, 0.3)


def slow_body(line: Line) -> None:
    """A byte of the body now and then."""
    line.send(head(length=100_000))
    line.drip(b"<p>ICE agents", 0.3)


def silent(line: Line) -> None:
    """No answer at all."""
    line.dawdle()


def reset(line: Line) -> None:
    """RST before an answer."""
    line.reset()


def reset_midway(line: Line) -> None:
    """RST within the body."""
    line.send(head(length=100_000) + STORY.encode())
    line.dawdle(0.1)
    line.reset()


def next_pages(line: Line) -> None:
    """An Atom feed of which each page names a next one."""
    number = int(line.path.partition("=")[2] or 1)
    more = f'<link rel="next" href="/feed?page={number + 1}"/>'
    entry = f"<entry><title>Page {number}</title><link href='/fair'/></entry>"
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title>{more}{entry}</feed>'
    line.send(http(body, "application/atom+xml"))


def next_sections(line: Line) -> None:
    """A section page of which each names a next one."""
    number = int(line.path.partition("=")[2] or 1)
    turn = f'<link rel="next" href="/feed?page={number + 1}"><a rel="next" href="/feed?page={number + 1}">Older</a>'
    line.send(http(f"{LINKS}{turn}<a href='/page/{number + 1}'>More news from all over the county</a>"))


def next_sitemaps(line: Line) -> None:
    """A sitemap index whose children are sitemap indexes."""
    children = "".join(f"<sitemap><loc>{line.base}{line.path}/{n}</loc></sitemap>" for n in range(50))
    body = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{children}</sitemapindex>'
    line.send(http(body, "application/xml"))


@dataclass(frozen=True, slots=True)
class Hazard:
    """What an outlet does, and what is to be told of it: a state and some of the words, as regular expressions."""

    answer: Answer
    state: str
    said: str = ""
    kind: str = "rss"
    anywhere: bool = False  # also at other addresses than the first


_LARGE, _CUT, _SLOW = "larger than crawl.max_page_bytes", "the connection was cut", "no answer in time"
_LARGE_OR_SLOW = f"{_LARGE}|{_SLOW}"  # whichever limit it meets first
_UNFINISHED, _ROUND = "the answer was cut off", "it redirects without end"
_NOWHERE, _NO_ROBOTS = "it redirects to what is no address", "robots.txt could not be had"
_FAIR = items("The fair")
_LAST_YEAR = "<pubDate>2025-03-03</pubDate>"

FEEDS = {
    "gzip-bomb": Hazard(packed(zeros(2000, 31), "gzip"), "failing", _LARGE),
    "deflate-bomb": Hazard(packed(zeros(2000, 15), "deflate"), "failing", _LARGE),
    "brotli-bomb": Hazard(packed(brotli.compress(bytes(50_000_000), quality=1), "br"), "failing", _LARGE),
    "double-bomb": Hazard(packed(gzip.compress(zeros(900, 31)), "gzip, gzip"), "failing", _LARGE),
    "file-bomb": Hazard(http(zeros(2000, 31), "application/gzip"), "failing", "gave more than 50 MB"),
    "zstd-bomb": Hazard(packed(zstd.compress(bytes(1_000_000)) * 700, "zstd"), "failing", _LARGE),
    "gzip-pieces": Hazard(packed(gzip.compress(b"") * 100_000, "gzip"), "failing", "nothing|empty"),
    "packed-often": Hazard(packed(b"whatever", ", ".join(["gzip"] * 500)), "failing", "nobody can unpack"),
    "no-gzip": Hazard(packed(b"not packed at all" * 100, "gzip"), "failing", "nobody can unpack"),
    "no-brotli": Hazard(packed(b"not packed at all" * 100, "br"), "failing", "nobody can unpack"),
    "laughs": Hazard(http(laughs(), XML), "ok", "ok"),
    "one-long-laugh": Hazard(http(f"<!DOCTYPE rss [<!ENTITY a '{'a' * 50_000}'>]>{items('&a;' * 50_000)}", XML), "ok"),
    "redirect-loop": Hazard(loop, "failing", _ROUND, anywhere=True),
    "redirect-chain": Hazard(chain, "failing", _ROUND, anywhere=True),
    "redirect-to-itself": Hazard(to(""), "failing", _ROUND),
    "redirect-to-script": Hazard(to("javascript:alert(1)"), "failing", _NOWHERE),
    "redirect-to-file": Hazard(to("file:///etc/passwd"), "failing", "answered 302"),
    "redirect-to-nowhere": Hazard(to("http://[::1"), "failing", _NOWHERE),
    "redirect-spaced": Hazard(to("  /two words/caf\xe9 \xff.xml  "), "failing", "answered 404"),
    "endless-feed": Hazard(next_pages, "ok", "ok", anywhere=True),
    "endless-sections": Hazard(next_sections, "blocked", "turn us away", "section", anywhere=True),
    "endless-sitemaps": Hazard(next_sitemaps, "ok", "ok", "news_sitemap", anywhere=True),
    "ten-megabytes-of-links": Hazard(http(LINKS + '<a href="/a/b">x</a>' * 500_000), "ok", "links after", "section"),
    "hundred-thousand-items": Hazard(http(items(*["Road closed"] * 100_000, dated=_LAST_YEAR), XML), "stale"),
    "long-attribute": Hazard(http(f"{NEWS}<item x='{'a' * 80_000}'><link>/x</link></item>&x</b>", XML), "ok"),
    "many-attributes": Hazard(http(f"{NEWS}<item {ATTRIBUTES}><link>/x</link></item></channel></rss>", XML), "ok"),
    "nested-bases": Hazard(http(NEWS + '<a xml:base="http://a.example/b/">' * 60_000, XML), "failing"),
    "deep-items": Hazard(http(NEWS + "<item>" * 200_000, XML), "failing", "cut off"),
    "deep-root": Hazard(http("<item>" * 200_000, XML), "failing"),
    "deep-json": Hazard(http("[" * 1_000_000, "application/json"), "failing", "JSON that cannot be read"),
    "deep-html": Hazard(http(LINKS + "<div>" * 100_000), "ok", "ok", "section"),
    "long-lines": Hazard(http(items(*(c * 1_000_000 for c in "a& ("), "&lt;a " * 200_000), XML), "ok"),
    "lying-charset": Hazard(http(items("Caf\xe9").encode("latin-1"), f"{XML}; charset=utf-16"), "ok", "ok"),
    "unknown-charset": Hazard(http(_FAIR, f"{XML}; charset=klingon"), "ok", "ok"),
    "charset-for-bytes": Hazard(http(_FAIR, f"{XML}; charset=zlib_codec"), "ok", "ok"),
    "nuls": Hazard(http(items("The\0 fair", "\0"), XML, ETag='"a\0b"'), "ok", "ok"),
    "length-too-long": Hazard(http(_FAIR, XML, length=9_000_000), "failing", _UNFINISHED),
    "length-huge": Hazard(http(_FAIR, XML, length=10**15), "failing", _LARGE),
    "length-no-number": Hazard(head(kind=XML, Content_Length="many") + _FAIR.encode(), "failing", _CUT),
    "length-negative": Hazard(head(kind=XML, Content_Length="-5") + _FAIR.encode(), "failing", _CUT),
    "lengths-two": Hazard(head(kind=XML, length=5, Content_length="7") + b"<rss>", "failing", _CUT),
    "chunks-broken": Hazard(head(Transfer_Encoding="chunked") + b"zz\r\n<rss>\r\n", "failing", _UNFINISHED),
    "chunk-huge": Hazard(head(Transfer_Encoding="chunked") + b"f" * 10_000 + b"\r\n<rss>", "failing", _UNFINISHED),
    "infinite": Hazard(endless(XML, NEWS, "<item><title>A</title></item>"), "failing", _LARGE_OR_SLOW),
    "reset": Hazard(reset, "failing", _CUT),
    "reset-midway": Hazard(reset_midway, "failing", _UNFINISHED),
    "slow-head": Hazard(slow_head, "failing", _SLOW),
    "slow-body": Hazard(slow_body, "failing", _SLOW),
    "silent": Hazard(silent, "failing", _SLOW),
    "goes-on": Hazard(lambda line: line.flood(b"HTTP/1.1 100 Continue\r\n\r\n", 0.01), "failing", _SLOW),
    "header-long": Hazard(http(_FAIR, XML, X_Long="a" * 100_000), "failing", _CUT),
    "headers-many": Hazard(http(_FAIR, XML).replace(b"\r\n", b"\r\n" + b"X-Many: yes\r\n" * 10_000, 1), "ok", "ok"),
    "headers-endless": Hazard(endless_headers, "failing", _SLOW),
    "headers-flood": Hazard(headers_flood, "failing", _CUT),
    "cookies": Hazard(
        http(_FAIR, XML).replace(b"\r\n", b"\r\n" + b"Set-Cookie: a=b; Path=/\r\n" * 5000, 1), "ok", "ok"
    ),
    "garbage": Hazard(b"\xff\xfe\0\0 what? \r\n\r\n" * 10, "failing", _CUT),
    "status-no-number": Hazard(b"HTTP/1.1 banana OK\r\n\r\nhi", "failing", _CUT),
    "status-99999": Hazard(b"HTTP/1.1 99999 OK\r\nContent-Length: 2\r\n\r\nhi", "failing", "answered 99999"),
    "http-09": Hazard(_FAIR.encode(), "failing", _CUT),
    "nothing": Hazard(lambda line: None, "failing", _CUT),
}

_BAIT = {
    "abbreviations": "Mr. " * 250_000, "street": "12 Moody Street " * 10_000, "blanks": " " * 1_000_000 + "x",
    "brackets": "(" * 1_000_000, "tags": "<a " * 300_000, "one-word": "a" * 1_000_000,
}  # fmt: skip

# Where a page cannot be read, its feed's headline is kept, and the reason with it.
PAGES = {
    "page-gzip-bomb": Hazard(packed(zeros(2000, 31), "gzip", "text/html"), "fetched", _LARGE),
    "page-deflate-bomb": Hazard(packed(zeros(2000, -15), "deflate", "text/html"), "fetched", _LARGE),
    "page-infinite": Hazard(endless("text/html", STORY, "<p>ICE agents</p>"), "fetched|failed", _LARGE_OR_SLOW),
    "page-redirects": Hazard(chain, "fetched", _ROUND, anywhere=True),
    "page-refreshes": Hazard(refreshes, "fetched", _ROUND, anywhere=True),
    "page-refreshes-itself": Hazard(
        http(STORY.replace("<head>", '<head><meta http-equiv="refresh" content="60; url=/page">')), "fetched"
    ),
    "page-to-nowhere": Hazard(to("http://[::1"), "failed", _NOWHERE),
    "page-reset": Hazard(reset_midway, "failed", _UNFINISHED),
    "page-slow": Hazard(slow_body, "failed", _SLOW),
    "page-silent": Hazard(silent, "failed", _SLOW),
    "page-garbage": Hazard(b"banana\r\n\r\n", "failed", _CUT),
    "page-deep": Hazard(http(STORY.replace("<p>", "<div>" * 100_000 + "<p>", 1)), "fetched"),
    "page-nuls": Hazard(http(STORY.replace("ICE agents", "ICE\0 agents")), "fetched"),
    "page-charset": Hazard(http(STORY, "text/html; charset=utf-16"), "fetched"),
    "page-charset-for-bytes": Hazard(http(STORY, "text/html; charset=zlib_codec"), "fetched"),
    "page-picture": Hazard(http(b"\x89PNG\r\n" + STORY.encode()), "fetched", "not a web page"),
    "page-odd-type": Hazard(http(STORY, "a\0b\xff" * 100), "fetched", "not a page but ab\xffab"),
    **{f"page-{name}": Hazard(http(page(RAID, f"{BODY}\n{bait}")), "fetched") for name, bait in _BAIT.items()},
}

ROBOTS = {
    "robots-huge": Hazard(http("User-agent: *\nDisallow: /x\n" * 100_000, "text/plain"), "ok", "ok"),
    "robots-infinite": Hazard(
        endless("text/plain", "User-agent: *\n", "Disallow: /x\n"), "failing", f"{_NO_ROBOTS}|{_SLOW}"
    ),
    "robots-bomb": Hazard(packed(zeros(2000, 31), "gzip", "text/plain"), "failing", _NO_ROBOTS),
    "robots-silent": Hazard(silent, "failing", _SLOW),
    "robots-503": Hazard(http(status="503 Busy"), "failing", "robots.txt answered 503"),
    "robots-chain": Hazard(chain, "ok", "ok", anywhere=True),
    "robots-loop": Hazard(to("/robots.txt"), "ok", "ok"),
    "robots-binary": Hazard(http(bytes(range(256)) * 1000, "text/plain"), "ok", "ok"),
    "robots-reset": Hazard(reset, "failing", _CUT),
    "robots-stars": Hazard(http(f"User-agent: *\nDisallow: /{'*a' * 5000}$\n", "text/plain"), "ok", "ok"),
}
