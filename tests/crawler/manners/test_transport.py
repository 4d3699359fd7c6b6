"""One GET outside a crawl: what it gives, and what it refuses."""

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from crawler.manners.transport import Silence, TooLarge, get
from crawler.model.errors import IcewireError
from crawler.settings import CrawlSettings
from tests.makers.hostile import zeros
from tests.makers.saying import saying
from tests.makers.serving import Reply, Site, served

HERE = CrawlSettings(allow_private_addresses=True, timeout_seconds=5, contact_url="https://desk.example")


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as site:
        yield site


def test_the_body_is_fetched_and_the_server_learns_who_asks(site: Site) -> None:
    site.pages = {"/list.opml": Reply(b"<opml/>")}
    assert get(site.url("/list.opml"), HERE).body == b"<opml/>"
    assert site.log[0].headers["user-agent"] == "icewire/0.1 (+https://desk.example)"


def test_a_larger_answer_than_allowed_is_refused(site: Site) -> None:
    site.pages = {"/big": Reply(b"x" * 1001), "/fits": Reply(b"x" * 1000)}
    small = HERE.model_copy(update={"max_page_bytes": 1000})
    assert len(get(site.url("/fits"), small).body) == 1000
    with saying(TooLarge, r"larger than crawl.max_page_bytes \(1000\)"):
        get(site.url("/big"), small)


def test_a_private_address_is_refused_before_it_is_asked(site: Site) -> None:
    with saying(IcewireError, r"private or loopback network; set crawl.allow_private_addresses = true"):
        get(site.url("/list.opml"), CrawlSettings())
    assert site.log == []


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://paper.example/list", "http://", "list.opml"])
def test_what_is_no_http_address_is_refused(url: str) -> None:
    with pytest.raises(IcewireError):
        get(url, HERE)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/list", "http://paper.invalid/list", "http://127.0.0.1:99999/list"])
@pytest.mark.parametrize("settings", [HERE, CrawlSettings()])
def test_a_host_that_cannot_be_reached_is_an_error_that_names_the_address(url: str, settings: CrawlSettings) -> None:
    with saying(IcewireError, r"127.0.0.1|paper.invalid"):
        get(url, settings)


def test_an_answer_that_is_cut_off_or_never_comes_is_an_error(site: Site) -> None:
    site.pages = {"/cut": Reply("half", promised=999), "/hung-up": Reply(hangs_up=True)}
    for path in site.pages:
        with saying(IcewireError, path):
            get(site.url(path), HERE)


def test_another_status_is_an_answer_for_who_asks(site: Site) -> None:
    site.pages = {"/": Reply("none of your business", 403, headers={"X-Why": "robots"})}
    answer = get(site.url("/"), HERE)
    assert (answer.status, answer.url, answer.body) == (403, site.url("/"), b"none of your business")
    assert answer.headers["x-why"] == "robots"


def test_where_a_redirect_leads_is_told_and_not_followed(site: Site) -> None:
    site.pages = {"/old": Reply(status=301, headers={"Location": "new?a=ñ"}), "/new": Reply("moved")}
    assert get(site.url("/old"), HERE).location == site.url("/new?a=ñ")
    assert get(site.url("/new?a=ñ"), HERE).body == b"moved"
    assert site.log[-1].path == "/new?a=%C3%B1"


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"news" * 100, mtime=0)),
        ("gzip", gzip.compress(b"news" * 40, mtime=0) + gzip.compress(b"news" * 60, mtime=0)),
        ("deflate", zlib.compress(b"news" * 100)),
        ("deflate", zlib.compress(b"news" * 100)[2:-4]),
    ],
)
def test_a_packed_answer_is_unpacked(site: Site, encoding: str, packed: bytes) -> None:
    site.pages = {"/": Reply(packed, headers={"Content-Encoding": encoding})}
    assert get(site.url("/"), HERE).body == b"news" * 100


@pytest.mark.slow
def test_a_packed_answer_may_not_be_larger_when_it_is_unpacked(site: Site) -> None:
    site.pages = {"/": Reply(gzip.compress(b"0" * 50_000_000), headers={"Content-Encoding": "gzip"})}
    with saying(TooLarge, "larger than crawl.max_page_bytes"):
        get(site.url("/"), HERE.model_copy(update={"max_page_bytes": 100_000}))


@pytest.mark.parametrize(
    ("encoding", "packed", "said"),
    [
        ("gzip", gzip.compress(b"news", mtime=0)[:-5], "cut off"),
        ("gzip", b"plain", "incorrect header"),
        ("br", b"x", "'br'"),
    ],
)
def test_a_damaged_or_unasked_packing_is_an_error(site: Site, encoding: str, packed: bytes, said: str) -> None:
    site.pages = {"/": Reply(packed, headers={"Content-Encoding": encoding})}
    with saying(IcewireError, said):
        get(site.url("/"), HERE)


def test_a_name_is_resolved_once_and_what_was_checked_is_connected_to(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A name that is public when asked for the first time and loopback ever after.
    asked: list[str] = []
    port = int(site.base.rpartition(":")[2])

    def rebinding(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        address = "127.0.0.1" if len(asked) > 1 else "127.0.0.9"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr("crawler.manners.transport.socket.getaddrinfo", rebinding)
    monkeypatch.setattr("crawler.manners.transport.is_public", lambda address: address == "127.0.0.9")
    site.pages = {"/": Reply("inside")}
    with saying(IcewireError, r"http://paper\.example"):
        get(f"http://paper.example:{port}/", CrawlSettings(timeout_seconds=2))
    assert (asked, site.log) == (["paper.example"], [])


def test_of_several_addresses_only_public_ones_are_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(site.base.rpartition(":")[2])
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("10.0.0.1", "127.0.0.1")]
    monkeypatch.setattr("crawler.manners.transport.socket.getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr("crawler.manners.transport.is_public", lambda address: address == "127.0.0.1")
    site.pages = {"/": Reply("hello")}
    assert get(f"http://paper.example:{port}/", CrawlSettings(timeout_seconds=2)).body == b"hello"
    assert site.log[0].headers["host"] == f"paper.example:{port}"


@pytest.mark.slow
@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_a_server_that_dribbles_does_not_hold_us(beginning: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        stop = threading.Event()
        thread = threading.Thread(target=dribble, args=(server, beginning, stop), daemon=True)
        thread.start()
        began = time.monotonic()
        with saying(Silence, r"no whole answer within crawl.timeout_seconds \(0.4\)"):
            get(f"http://127.0.0.1:{server.getsockname()[1]}/", HERE.model_copy(update={"timeout_seconds": 0.4}))
        assert time.monotonic() - began < 2
        stop.set()
        thread.join()


def dribble(server: socket.socket, beginning: bytes, stop: threading.Event) -> None:
    """Answer one request a byte at a time, without ever coming to an end."""
    line, _ = server.accept()
    with line:
        try:
            line.sendall(beginning)
            while not stop.wait(0.05):
                line.sendall(b"x")
        except OSError:  # whoever asked has given up
            return


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_is_stopped_at_the_limit(site: Site, encoding: str) -> None:
    site.pages = {"/bomb": Reply(zeros(700, 31 if encoding == "gzip" else 15), headers={"Content-Encoding": encoding})}
    with pytest.raises(TooLarge):
        get(site.url("/bomb"), HERE)


def test_what_is_packed_twice_was_not_asked_for(site: Site) -> None:
    body = gzip.compress(gzip.compress(b"twice"))
    site.pages = {"/twice": Reply(body, headers={"Content-Encoding": "gzip, gzip"})}
    with saying(IcewireError, "not asked for"):
        get(site.url("/twice"), HERE)


def test_of_hundreds_of_thousands_of_packed_pieces_the_first_are_read(site: Site) -> None:
    body = gzip.compress(b"a") * 300_000
    site.pages = {"/pieces": Reply(body, headers={"Content-Encoding": "gzip"})}
    began = time.process_time()
    assert len(get(site.url("/pieces"), HERE).body) <= 1000
    assert time.process_time() - began < 2
