"""One real crawl over sixty outlets that break every rule of the web, with a good one among them.

The crawl ends, the good outlet's story is stored, and of each other one the reason is told.
"""

import contextlib
import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import Answer, Line, Trap, Traps, head, http, trapped, zeros
from tests.making import BODY, outlet
from tests.serving import served
from tests.test_crawl import RAID, Place, Snapshot, deploy, outlet_at, page, rss

TIMEOUT = 1.5
LONGEST = 25  # seconds for the whole crawl; alone on a machine it takes about five
MOST_MEMORY = 600  # megabytes, of the crawl or any of its workers
SETTINGS = {"ICEWIRE_CRAWL__CONCURRENT_HOSTS": "128", "ICEWIRE_CRAWL__MAX_PAGE_BYTES": "12000000"}
SECRET = "the-key-under-the-mat"

# Writes down the most memory that it took, then runs the command.
MEASURED = """
import atexit, pathlib, resource
def note():
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    pathlib.Path("peak").write_text(str(max(peaks)))
atexit.register(note)
"""
RUN = "\nfrom scheduler.cli import main\nmain()\n"

XML = "application/rss+xml"
STORY = page(RAID, BODY)
NEWS = '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>'
LINKS = '<!doctype html><html><head><title>News</title></head><body><a href="/2026/03/09/two-detained-outside-court">'
LINKS += "Two men are detained outside the court of Waltham</a>"


def feed_of(base: str, path: str = "/page", title: str = RAID) -> bytes:
    """A feed with one item."""
    return http(rss((base + path, title)).content, XML)


def items(*titles: str) -> str:
    """A feed whose items lead nowhere that is asked: they are of last year."""
    old = "<pubDate>Mon, 03 Mar 2025 09:00:00 GMT</pubDate>"
    rows = (f"<item><title>{t}</title><link>/old/{n}</link>{old}</item>" for n, t in enumerate(titles))
    return f"{NEWS}{''.join(rows)}</channel></rss>"


def bombs(content: bytes, encoding: str, kind: str) -> bytes:
    return http(content, kind, Content_Encoding=encoding)


def laughs(element: str = "title") -> str:
    """A billion laughs: ten entities, each ten times the one before."""
    rows = ['<!ENTITY l0 "laugh">', *(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))]
    item = f"<item><{element}>Ha &l9;</{element}><link>http://127.0.0.1:9/laughs</link></item>"
    return f'<?xml version="1.0"?><!DOCTYPE rss [{"".join(rows)}]><rss version="2.0"><channel>{item}</channel></rss>'


def external(address: str) -> Callable[[Line], None]:
    """A feed whose title is an entity that stands elsewhere, by its DTD and by a parameter entity."""

    def answer(line: Line) -> None:
        dtd = f'<!DOCTYPE rss SYSTEM "{address}" [<!ENTITY x SYSTEM "{address}"><!ENTITY % p SYSTEM "{address}">%p;]>'
        item = f"<item><title>News: &x;</title><link>{line.base}/gone</link></item>"
        line.send(http(f'<?xml version="1.0"?>{dtd}<rss version="2.0"><channel>{item}</channel></rss>', XML))

    return answer


def to(location: str, status: str = "302 Found") -> bytes:
    """A redirect."""
    return http(status=status, Location=location)


def chain(line: Line) -> None:
    """A redirect to an address that was never seen before, for ever."""
    line.send(to(f"{line.path}x"))


def endless(kind: str, begin: str, more: str) -> Callable[[Line], None]:
    """A body in chunks without an end."""

    def answer(line: Line) -> None:
        line.send(head(kind=kind, Transfer_Encoding="chunked"))
        line.send(f"{len(begin):x}\r\n{begin}\r\n".encode())
        chunk = more * (65536 // len(more))
        line.flood(f"{len(chunk):x}\r\n{chunk}\r\n".encode())

    return answer


def slow_head(line: Line) -> None:
    line.drip(b"HTTP/1.1 200 OK\r\n" + b"X-Patience: yes\r\n" * 1000, 0.2)


def slow_body(kind: str) -> Callable[[Line], None]:
    def answer(line: Line) -> None:
        line.send(head(kind=kind, length=100_000))
        line.drip(b"<p>ICE agents", 0.2)

    return answer


def silent(line: Line) -> None:
    line.dawdle()


def reset(line: Line) -> None:
    line.reset()


def reset_midway(line: Line) -> None:
    line.send(head(length=100_000) + STORY.encode())
    line.dawdle(0.1)
    line.reset()


def continues(line: Line) -> None:
    """Says "go on" and never an answer."""
    line.flood(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


def pages_on(line: Line) -> None:
    """An Atom feed of which each page names a next one."""
    number = int(line.path.partition("=")[2] or 1)
    entry = f"<entry><title>Page {number}</title><link href='/fair'/><updated>2025-03-03T00:00:00Z</updated></entry>"
    more = f'<link rel="next" href="/feed?page={number + 1}"/>'
    body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>N</title>{more}{entry}</feed>'
    line.send(http(body, "application/atom+xml"))


def sections_on(line: Line) -> None:
    number = int(line.path.partition("=")[2] or 1)
    turn = f'<link rel="next" href="/feed?page={number + 1}"><a rel="next" href="/feed?page={number + 1}">Older</a>'
    line.send(http(f"{LINKS}{turn}<a href='/page/{number + 1}'>More news from all over the county</a>"))


def sitemaps_on(line: Line) -> None:
    """A sitemap index whose children are sitemap indexes."""
    children = "".join(f"<sitemap><loc>{line.base}{line.path}/{n}</loc></sitemap>" for n in range(50))
    body = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{children}</sitemapindex>'
    line.send(http(body, "application/xml"))


def loops(line: Line) -> None:
    line.send(to("/a" if line.path != "/a" else "/b"))


def refreshes(line: Line) -> None:
    line.send(http(f'<html><head><meta http-equiv="refresh" content="0; url={line.path}x"></head><body></body></html>'))


@dataclass(frozen=True, slots=True)
class Hazard:
    """What an outlet does, and what is to be told of it."""

    answer: Answer
    state: str
    said: str
    kind: str = "rss"


FEEDS = {
    "gzip-bomb": Hazard(bombs(zeros(2000, 31), "gzip", XML), "failing", "larger than crawl.max_page_bytes"),
    "deflate-bomb": Hazard(bombs(zeros(2000, 15), "deflate", XML), "failing", "larger than crawl.max_page_bytes"),
    "double-bomb": Hazard(bombs(gzip.compress(zeros(900, 31)), "gzip, gzip", XML), "failing", "larger than crawl.max"),
    "gz-file-bomb": Hazard(http(zeros(2000, 31), "application/gzip"), "failing", "gave more than 50 MB"),
    "not-gzip": Hazard(bombs(b"not gzip at all" * 100, "gzip", XML), "failing", ""),
    "laughs": Hazard(http(laughs(), XML), "ok", "ok"),
    "quadratic": Hazard(
        http(f"<!DOCTYPE rss [<!ENTITY a '{'a' * 50_000}'>]>{NEWS}<item><title>{'&a;' * 50_000}</title>", XML),
        "failing",
        "",
    ),
    "redirect-loop": Hazard(loops, "failing", "redirected more than 6 times"),
    "redirect-chain": Hazard(chain, "failing", "redirected more than 6 times"),
    "redirect-to-script": Hazard(to("javascript:alert(1)"), "failing", "answered 302"),
    "redirect-to-file": Hazard(to("file:///etc/passwd"), "failing", "answered 302"),
    "redirect-to-nowhere": Hazard(to("http://[::1"), "failing", ""),
    "redirect-to-blank": Hazard(to(""), "failing", ""),
    "redirect-spaced": Hazard(to("  /two words/caf\xe9 \xff.xml  "), "failing", "answered 404"),
    "endless-feed": Hazard(pages_on, "ok", "ok"),
    "endless-sections": Hazard(sections_on, "ok", "ok", "section"),
    "endless-sitemaps": Hazard(sitemaps_on, "ok", "", "news_sitemap"),
    "links": Hazard(http(LINKS + '<a href="/a/b">x</a>' * 500_000), "ok", "links after the first 5000", "section"),
    "hundred-thousand": Hazard(http(items(*["Road closed"] * 100_000), XML), "ok", "left out"),
    "deep-xml": Hazard(http(NEWS + "<item>" * 200_000, XML), "failing", "cut off"),
    "deep-items": Hazard(http("<item>" * 200_000, XML), "failing", ""),
    "deep-json": Hazard(http("[" * 1_000_000, "application/json"), "failing", "JSON"),
    "deep-html": Hazard(http(LINKS + "<div>" * 100_000), "ok", "", "section"),
    "long-line": Hazard(http(items("a" * 1_000_000, "&" * 1_000_000, "&lt;a " * 200_000, "(" * 1_000_000), XML), "ok", ""),
    "lying-charset": Hazard(
        http(items("Caf\xe9 closes").encode("latin-1"), f"{XML}; charset=utf-16"), "ok", "ok"
    ),
    "unknown-charset": Hazard(http(items("The fair"), f"{XML}; charset=klingon"), "ok", "ok"),
    "codec-charset": Hazard(http(items("The fair"), f"{XML}; charset=zlib_codec"), "ok", "ok"),
    "nuls": Hazard(http(items("The\0 fair", "\0"), XML, ETag='"a\0b"'), "ok", ""),
    "long-length": Hazard(http(items("A fair"), XML, length=9_000_000), "failing", "the answer was cut off"),
    "huge-length": Hazard(http(items("A fair"), XML, length=10**15), "failing", "larger than crawl.max_page_bytes"),
    "no-length": Hazard(head(kind=XML, Content_Length="many") + items("A fair").encode(), "failing", ""),
    "negative-length": Hazard(head(kind=XML, Content_Length="-5") + items("A fair").encode(), "failing", ""),
    "two-lengths": Hazard(head(kind=XML, length=5, Content_length="7") + b"<rss>", "failing", ""),
    "bad-chunks": Hazard(head(kind=XML, Transfer_Encoding="chunked") + b"zz\r\n<rss>\r\n", "failing", ""),
    "huge-chunk": Hazard(head(kind=XML, Transfer_Encoding="chunked") + b"f" * 10_000 + b"\r\n<rss>", "failing", ""),
    "infinite": Hazard(endless(XML, NEWS, "<item><title>A</title></item>"), "failing", "larger than crawl.max_page"),
    "reset": Hazard(reset, "failing", "the connection was cut"),
    "reset-midway": Hazard(reset_midway, "failing", "cut"),
    "slow-head": Hazard(slow_head, "failing", "no answer in time"),
    "slow-body": Hazard(slow_body(XML), "failing", "no answer in time"),
    "silent": Hazard(silent, "failing", "no answer in time"),
    "continues": Hazard(continues, "failing", ""),
    "long-header": Hazard(http(items("A fair"), XML, X_Long="a" * 100_000), "failing", ""),
    "many-headers": Hazard(
        http(items("A fair"), XML, **{f"X-{n}": "a" * 100 for n in range(10_000)}), "ok", ""
    ),
    "endless-headers": Hazard(lambda line: (line.send(b"HTTP/1.1 200 OK\r\n"), line.flood(b"X-A: b\r\n" * 5000))[1], "failing", ""),
    "cookies": Hazard(
        http(items("A fair"), XML).replace(b"\r\n", b"\r\n" + b"Set-Cookie: a=b; Path=/\r\n" * 5000, 1), "ok", "ok"
    ),
    "garbage": Hazard(b"\xff\xfe\0\0 what? \r\n\r\n" * 10, "failing", ""),
    "no-number": Hazard(b"HTTP/1.1 banana OK\r\n\r\nhi", "failing", ""),
    "odd-number": Hazard(b"HTTP/1.1 99999 OK\r\nContent-Length: 2\r\n\r\nhi", "failing", ""),
    "http-09": Hazard(items("A fair").encode(), "failing", ""),
    "nothing": Hazard(lambda line: None, "failing", "the connection was cut"),
}

PAGES = {
    "page-gzip-bomb": Hazard(bombs(zeros(2000, 31), "gzip", "text/html"), "refused", "larger than crawl.max_page"),
    "page-deflate-bomb": Hazard(bombs(zeros(2000, -15), "deflate", "text/html"), "refused", "larger than crawl.max"),
    "page-infinite": Hazard(endless("text/html", STORY, "<p>ICE agents</p>"), "refused", "larger than crawl.max_page"),
    "page-redirects": Hazard(chain, "refused", "redirected more than 6 times"),
    "page-refreshes": Hazard(refreshes, "refused", "redirected more than 6 times"),
    "page-refreshes-itself": Hazard(
        http(STORY.replace("<head>", '<head><meta http-equiv="refresh" content="60; url=/page">')), "fetched", ""
    ),
    "page-nowhere": Hazard(to("http://[::1"), "failed", ""),
    "page-reset": Hazard(reset_midway, "failed", "cut"),
    "page-slow": Hazard(slow_body("text/html"), "failed", "no answer in time"),
    "page-silent": Hazard(silent, "failed", "no answer in time"),
    "page-garbage": Hazard(b"banana\r\n\r\n", "failed", ""),
    "page-deep": Hazard(http(STORY.replace("<p>", "<div>" * 100_000 + "<p>", 1)), "off_topic", ""),
    "page-nuls": Hazard(http(STORY.replace("ICE agents", "ICE\0 agents")), "fetched", ""),
    "page-charset": Hazard(http(STORY, "text/html; charset=utf-16"), "fetched", ""),
    "page-codec": Hazard(http(STORY, "text/html; charset=zlib_codec"), "fetched", ""),
    "page-lying-type": Hazard(http(b"\x89PNG\r\n" + STORY.encode()), "off_topic", ""),
    "page-odd-type": Hazard(http(STORY, "a\0b\xff" * 100), "refused", "not a page but"),
    "page-abbreviations": Hazard(http(page(RAID, BODY + "\n" + "Mr. " * 250_000)), "fetched", ""),
    "page-towns": Hazard(http(page(RAID, BODY + "\n" + "12 Moody Street " * 20_000)), "fetched", ""),
    "page-spaces": Hazard(http(page(RAID, BODY + "\n" + " " * 1_000_000 + "x")), "fetched", ""),
    "page-parens": Hazard(http(page(RAID, BODY + "\n" + "(" * 1_000_000)), "fetched", ""),
    "page-angles": Hazard(http(page(RAID, BODY + "\n" + "<a " * 300_000)), "fetched", ""),
}

ROBOTS = {
    "robots-huge": Hazard(http("User-agent: *\nDisallow: /x\n" * 100_000, "text/plain"), "ok", "ok"),
    "robots-infinite": Hazard(endless("text/plain", "", "Disallow: /x\n"), "failing", "robots.txt could not be had"),
    "robots-bomb": Hazard(bombs(zeros(2000, 31), "gzip", "text/plain"), "failing", "robots.txt could not be had"),
    "robots-silent": Hazard(silent, "failing", "no answer in time"),
    "robots-503": Hazard(http(status="503 Busy"), "failing", ""),
    "robots-500": Hazard(http(status="500 Oh"), "failing", "robots.txt answered 500"),
    "robots-chain": Hazard(chain, "ok", "ok"),
    "robots-loop": Hazard(to("/robots.txt"), "ok", "ok"),
    "robots-binary": Hazard(http(bytes(range(256)) * 1000, "text/plain"), "ok", "ok"),
    "robots-reset": Hazard(reset, "failing", "cut"),
    "robots-stars": Hazard(http(f"User-agent: *\nDisallow: /{'*a' * 5000}$\n", "text/plain"), "ok", "ok"),
}


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What a crawl over all of them left behind."""

    counts: dict[str, int]
    errors: str
    seconds: float
    megabytes: float
    known: Snapshot
    listed: dict[str, dict[str, Any]]  # `sources list` by outlet
    traps: dict[str, Trap]
    canary: Trap  # nobody has any business there


def command(place: Place, preamble: str, *words: str, settings: dict[str, str] = SETTINGS) -> tuple[str, str]:
    """An icewire command in a process of its own, after these lines of Python; what it printed and complained of."""
    arguments = [sys.executable, "-c", preamble + RUN, "--config", "icewire.toml", *words]
    ran = subprocess.run(
        arguments, cwd=place.folder, env={**os.environ, **settings}, capture_output=True, text=True, timeout=90, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout, ran.stderr


def set_traps(traps: Traps, canary: Trap, secret: Path) -> tuple[dict[str, Trap], dict[str, str]]:
    """A server for each hazard, and the kinds of their feeds."""
    made: dict[str, Trap] = {}
    for name, hazard in FEEDS.items():
        made[name] = traps.add({"/feed": hazard.answer})
        if hazard.answer in (loops, chain, pages_on, sections_on, sitemaps_on):
            made[name].answers["*"] = hazard.answer
            made[name].answers["/robots.txt"] = http(status="404 No")
    for name, hazard in PAGES.items():
        made[name] = traps.add({"/page": hazard.answer})
        if hazard.answer in (chain, refreshes):
            made[name].answers |= {"*": hazard.answer, "/robots.txt": http(status="404 No")}
        made[name].answers["/feed"] = feed_of(made[name].base)
    for name, hazard in ROBOTS.items():
        made[name] = traps.add({"/robots.txt": hazard.answer, "/feed": http(items("A fair"), XML)})
        if hazard.answer is chain:
            made[name].answers["*"] = chain
    made["file-entity"] = traps.add({"/feed": external(secret.as_uri())})
    made["web-entity"] = traps.add({"/feed": external(canary.url("/entity"))})
    return made, {name: hazard.kind for name, hazard in FEEDS.items()}


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aftermath]:
    folder = tmp_path_factory.mktemp("hostile")
    secret = folder / "secret"
    secret.write_text(SECRET)
    with contextlib.ExitStack() as stack:
        traps, good = stack.enter_context(trapped()), stack.enter_context(served())
        good.pages = {"/feed": rss((good.url("/raid"), RAID)), "/raid": lambda: _good_page()}
        canary = traps.add({"*": http(SECRET)})
        made, kinds = set_traps(traps, canary, secret)
        outlets = [
            outlet(name, homepage=trap.url("/"), feeds=[{"kind": kinds.get(name, "rss"), "url": trap.url("/feed")}])
            for name, trap in made.items()
        ]
        place = deploy(folder, [*outlets, outlet_at("good", good.base)], timeout=TIMEOUT)
        began = time.monotonic()
        printed, errors = command(place, MEASURED, "crawl", "--json")
        seconds = time.monotonic() - began
        listed, _ = command(place, "", "sources", "list", "--json")
        peak = int((folder / "peak").read_text()) / 1000
        rows = {row["id"]: row for row in json.loads(listed)}
        yield Aftermath(json.loads(printed), errors, seconds, peak, place.snapshot(), rows, made, canary)


def _good_page() -> Any:
    from tests.serving import Reply

    return Reply(page("ICE raid empties a Framingham car wash", BODY.replace("Waltham", "Framingham")))


def test_the_crawl_ends_in_time_and_within_its_memory(aftermath: Aftermath) -> None:
    print(aftermath.seconds, aftermath.megabytes, aftermath.counts, aftermath.errors[:20000])
    for n, r in aftermath.listed.items(): print(n, "|", r["state"], "|", r["status"])
    for n in PAGES: print(n, [(e.state, e.reason) for es in aftermath.known.entries.values() for e in es if e.url.startswith(aftermath.traps[n].base)])
    assert aftermath.seconds < LONGEST
    assert aftermath.megabytes < MOST_MEMORY
    assert aftermath.errors == ""
