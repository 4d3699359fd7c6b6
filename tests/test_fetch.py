"""One polite GET outside a crawl: what it gives, and what it refuses."""

from collections.abc import Iterator

import pytest

from crawler.errors import IcewireError
from crawler.fetch import fetch
from crawler.settings import CrawlSettings
from tests.serving import Reply, Site, served

HERE = CrawlSettings(allow_private_addresses=True, timeout_seconds=5, contact_url="https://desk.example")


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as site:
        yield site


def test_the_body_is_fetched_and_the_server_learns_who_asks(site: Site) -> None:
    site.pages = {"/list.opml": Reply(b"<opml/>")}
    assert fetch(site.url("/list.opml"), HERE) == b"<opml/>"
    assert site.log[0].headers["user-agent"] == "icewire/0.1 (+https://desk.example)"


def test_a_redirect_is_followed(site: Site) -> None:
    site.pages = {"/old": Reply(status=302, headers={"Location": "/new"}), "/new": Reply("moved")}
    assert fetch(site.url("/old"), HERE) == b"moved"


def test_another_status_is_an_error_that_names_it(site: Site) -> None:
    with pytest.raises(IcewireError, match=r"/gone: the server answered 404"):
        fetch(site.url("/gone"), HERE)


def test_a_larger_answer_than_allowed_is_refused(site: Site) -> None:
    site.pages = {"/big": Reply(b"x" * 1001), "/fits": Reply(b"x" * 1000)}
    small = HERE.model_copy(update={"max_page_bytes": 1000})
    assert len(fetch(site.url("/fits"), small)) == 1000
    with pytest.raises(IcewireError, match=r"larger than crawl.max_page_bytes \(1000\)"):
        fetch(site.url("/big"), small)


def test_a_private_address_is_refused_before_it_is_asked(site: Site) -> None:
    with pytest.raises(IcewireError, match=r"private or loopback network; set crawl.allow_private_addresses = true"):
        fetch(site.url("/list.opml"), CrawlSettings())
    assert site.log == []


def test_a_redirect_to_a_private_address_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    # The first address counts as public, the one it leads to does not.
    monkeypatch.setattr("crawler.fetch.is_public", lambda address: len(site.log) == 0)
    site.pages = {"/list": Reply(status=301, headers={"Location": "/inside"}), "/inside": Reply("secret")}
    with pytest.raises(IcewireError, match="private or loopback"):
        fetch(site.url("/list"), CrawlSettings())
    assert site.asked("/inside") == []


@pytest.mark.parametrize("location", ["file:///etc/hostname", "ftp://127.0.0.1/list"])
def test_a_redirect_to_something_else_than_http_is_refused(site: Site, location: str) -> None:
    site.pages = {"/list": Reply(status=301, headers={"Location": location})}
    with pytest.raises(IcewireError):
        fetch(site.url("/list"), HERE)


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://paper.example/list", "http://", "list.opml"])
def test_what_is_no_http_address_is_refused(url: str) -> None:
    with pytest.raises(IcewireError):
        fetch(url, HERE)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/list", "http://paper.invalid/list", "http://127.0.0.1:99999/list"])
@pytest.mark.parametrize("settings", [HERE, CrawlSettings()])
def test_a_host_that_cannot_be_reached_is_an_error_that_names_the_address(url: str, settings: CrawlSettings) -> None:
    with pytest.raises(IcewireError, match=r"127.0.0.1|paper.invalid"):
        fetch(url, settings)


def test_an_answer_that_is_cut_off_or_never_comes_is_an_error(site: Site) -> None:
    site.pages = {"/cut": Reply("half", promised=999), "/hung-up": Reply(hangs_up=True)}
    for path in site.pages:
        with pytest.raises(IcewireError, match=path):
            fetch(site.url(path), HERE)
