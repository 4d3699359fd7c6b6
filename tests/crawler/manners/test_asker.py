"""How servers are asked outside a crawl: the order and the waiting with values, the rest over real HTTP."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine

from crawler.manners.asker import MOST_REQUESTS, MOST_SECONDS, Asker, Over, Refused
from crawler.manners.hosts import Hosts
from crawler.manners.statuses import MOST_HOPS
from crawler.manners.transport import Answer
from crawler.manners.waits import ASKED_TO_WAIT, HostPaused
from crawler.model.errors import IcewireError
from crawler.settings import CrawlSettings
from tests.makers.saying import saying
from tests.makers.serving import Reply, served

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
HOME = "https://ledger.example/"


class Clock:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, list[float]()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class Pages:
    """What a site answers, and in which order it was asked."""

    def __init__(self, pages: dict[str, Answer]) -> None:
        self.pages, self.asked = pages, list[str]()

    def __call__(self, url: str) -> Answer:
        self.asked.append(urlsplit(url).path)
        return self.pages.get(urlsplit(url).path, Answer(url, 404, {}))


def answer(path: str, body: str = "", status: int = 200, **headers: str) -> Answer:
    return Answer(f"https://ledger.example{path}", status, headers, body.encode())


Asking = Callable[..., tuple[Asker, Pages, Clock]]


@pytest.fixture
def asking(sqlite_engine: Engine) -> Asking:
    """Who asks a site with this robots.txt and these pages, all of it remembered in one database."""

    def made(robots: str, *pages: Answer, delay: float = 2) -> tuple[Asker, Pages, Clock]:
        site = Pages({urlsplit(a.url).path: a for a in (answer("/robots.txt", robots), *pages)})
        clock, settings = Clock(), CrawlSettings(delay_seconds=delay)
        hosts = Hosts(sqlite_engine, lambda: NOW)
        return Asker(hosts, settings, get=site, sleep=clock.sleep, seconds=clock), site, clock

    return made


def test_robots_txt_is_asked_first_and_obeyed(asking: Asking) -> None:
    asker, site, _ = asking("User-agent: icewire\nDisallow: /feed\n", answer("/a"))
    assert asker.ask(f"{HOME}a").answer.status == 200
    with pytest.raises(Refused):
        asker.ask(f"{HOME}feed/")
    assert site.asked == ["/robots.txt", "/a"]


def test_between_two_requests_there_is_a_pause_as_long_as_the_site_wishes(asking: Asking) -> None:
    asker, _, clock = asking("User-agent: *\nCrawl-delay: 7\n", delay=2)
    asker.ask(f"{HOME}a")
    asker.ask(f"{HOME}b")
    assert clock.slept == [7, 7]


def ask_all(asker: Asker) -> None:
    for n in range(100):
        asker.ask(f"{HOME}{n}")


def test_asking_ends_after_so_many_requests(asking: Asking) -> None:
    asker, site, _ = asking("", delay=0)
    with saying(Over, "requests were made"):
        ask_all(asker)
    assert len(site.asked) == MOST_REQUESTS


def test_asking_ends_after_so_many_seconds(asking: Asking) -> None:
    slow, _, clock = asking("User-agent: *\nCrawl-delay: 60\n")
    with saying(Over, "seconds"):
        ask_all(slow)
    assert clock.now <= MOST_SECONDS


def test_a_host_that_asks_us_to_wait_is_left_alone(asking: Asking) -> None:
    asker, site, _ = asking("", answer("/a", status=429))
    assert asker.ask(f"{HOME}a").wall
    with saying(Over, "asked us to wait until 12:05:00"):
        asker.ask(f"{HOME}b")
    assert site.asked == ["/robots.txt", "/a"]


def test_a_host_that_asks_us_to_wait_at_its_robots_txt_is_left_alone(asking: Asking) -> None:
    asker, site, _ = asking("")
    site.pages["/robots.txt"] = answer("/robots.txt", status=429)
    with saying(Over, "asked us to wait until 12:05:00"):
        asker.ask(HOME)
    assert site.asked == ["/robots.txt"]


def test_a_host_that_refuses_everything_is_left_alone(asking: Asking) -> None:
    asker, site, _ = asking("", *(answer(f"/{n}", status=403) for n in range(9)))
    with saying(Over, "refused us 3 times"):
        ask_all(asker)
    assert len(site.asked) == 4


def test_a_redirect_is_followed_only_where_robots_allow_and_remembered_when_permanent(asking: Asking) -> None:
    asker, site, _ = asking(
        "User-agent: *\nDisallow: /private\n",
        answer("/a", status=301, location="/b"),
        answer("/b", "b"),
        answer("/c", status=302, location="/b"),
        answer("/d", status=302, location="/private/x"),
        answer("/loop", status=302, location="/loop"),
    )
    assert asker.ask(f"{HOME}a").url == f"{HOME}b"
    assert asker.ask(f"{HOME}c").url == f"{HOME}c"
    with pytest.raises(Refused):
        asker.ask(f"{HOME}d")
    assert "/private/x" not in site.asked
    with saying(IcewireError, "redirects"):
        asker.ask(f"{HOME}loop")


@pytest.mark.parametrize(
    ("page", "wall"),
    [
        (Answer(HOME, 403, {}), True),
        (Answer(HOME, 200, {"content-type": "text/html"}, b"<title>Just a moment...</title>"), True),
        (Answer(HOME, 200, {"content-type": "text/html", "cf-mitigated": "challenge"}, b"x"), True),
        (
            Answer(
                HOME, 200, {"content-type": "text/html"}, b"<script src=/_Incapsula_Resource></script>" + b"x" * 30_000
            ),
            False,
        ),
        (Answer(HOME, 200, {"content-type": "application/rss+xml"}, b"<title>Access denied</title>"), False),
        (Answer(HOME, 404, {}), False),
    ],
)
def test_a_wall_for_robots_is_known(asking: Asking, page: Answer, wall: bool) -> None:
    asker, _, _ = asking("")
    asker.get = lambda url: page if url == HOME else Answer(url, 404, {})
    assert asker.ask(HOME).wall is wall


def test_robots_txt_is_asked_once_a_day_whoever_asks(asking: Asking) -> None:
    asking("User-agent: *\nDisallow: /private\n")[0].ask(f"{HOME}a")
    again, site, _ = asking("")
    again.ask(f"{HOME}a")
    with saying(Refused, "does not allow it"):
        again.ask(f"{HOME}private")
    assert site.asked == ["/a"]


def test_a_pause_that_another_process_was_told_meanwhile_is_kept(asking: Asking, sqlite_engine: Engine) -> None:
    asker, site, _ = asking("")
    asker.ask(f"{HOME}a")
    Hosts(sqlite_engine, lambda: NOW).pause(HOME, NOW + timedelta(hours=2), ASKED_TO_WAIT)
    with saying(Over, "ledger.example asked us to wait until 14:00:00 UTC"):
        asker.ask(f"{HOME}b")
    assert site.asked == ["/robots.txt", "/a"]


def test_a_slow_server_gets_longer_pauses(asking: Asking) -> None:
    asker, site, clock = asking("")

    def slow(url: str) -> Answer:
        clock.now += 9
        return site(url)

    asker.get = slow
    asker.ask(f"{HOME}a")
    asker.ask(f"{HOME}b")
    assert site.asked == ["/robots.txt", "/a", "/b"]
    assert clock.slept == []  # its own slowness was pause enough
    asker.get = site
    asker.ask(f"{HOME}c")
    asker.ask(f"{HOME}d")
    assert clock.slept == [9]  # a page that is not there is answered quickly, which tells nothing


HERE = CrawlSettings(allow_private_addresses=True, timeout_seconds=5, delay_seconds=0)


@pytest.fixture
def asker(sqlite_engine: Engine) -> Asker:
    """Who really asks, on loopback."""
    return Asker(Hosts(sqlite_engine, lambda: NOW), HERE)


def test_a_redirect_is_followed_by_who_fetches(asker: Asker) -> None:
    with served() as site:
        site.pages = {"/old": Reply(status=302, headers={"Location": "/new"}), "/new": Reply("moved")}
        assert asker.fetch(site.url("/old")).answer.body == b"moved"
        with saying(IcewireError, "/gone: answered 404"):
            asker.fetch(site.url("/gone"))


def test_as_many_hops_are_followed_as_in_a_crawl(asker: Asker) -> None:
    with served() as site:
        for hop in range(MOST_HOPS + 1):
            site.pages[f"/{hop}"] = Reply(status=302, headers={"Location": f"/{hop + 1}"})
        site.pages[f"/{MOST_HOPS + 1}"] = Reply("at last")
        assert asker.fetch(site.url("/1")).answer.body == b"at last"
        with saying(IcewireError, "/0: more than 6 redirects"):
            asker.fetch(site.url("/0"))


def test_a_robots_txt_that_redirects_for_ever_counts_as_missing(asker: Asker) -> None:
    with served() as site:
        site.pages = {"/robots.txt": Reply(status=302, headers={"Location": "/robots.txt"}), "/": Reply("hello")}
        assert asker.fetch(site.url("/")).answer.body == b"hello"
        assert len(site.asked("/robots.txt")) == MOST_HOPS + 1


def test_a_redirect_to_a_private_address_is_refused(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with served() as site:
        # Up to the redirect the address counts as public, then it does not.
        monkeypatch.setattr("crawler.manners.transport.is_public", lambda address: not site.asked("/list"))
        site.pages = {"/list": Reply(status=301, headers={"Location": "/inside"}), "/inside": Reply("secret")}
        with saying(IcewireError, "private or loopback"):
            Asker(Hosts(sqlite_engine, lambda: NOW), CrawlSettings(delay_seconds=0)).fetch(site.url("/list"))
        assert [a.path for a in site.log] == ["/robots.txt", "/list"]


@pytest.mark.parametrize("location", ["file:///etc/hostname", "ftp://127.0.0.1/list"])
def test_a_redirect_to_something_else_than_http_is_refused(asker: Asker, location: str) -> None:
    with served() as site:
        site.pages = {"/list": Reply(status=301, headers={"Location": location})}
        with saying(IcewireError, "not an http"):
            asker.fetch(site.url("/list"))


@pytest.mark.slow
def test_a_host_that_does_not_answer_is_left_alone_by_a_crawl_too(asker: Asker, sqlite_engine: Engine) -> None:
    with served() as site:
        over = threading.Event()
        site.pages = {f"/{n}": lambda: Reply(hangs_up=over.wait(10)) for n in range(3)}
        hasty = Asker(asker.hosts, HERE.model_copy(update={"timeout_seconds": 0.2}))
        for n in range(3):
            with saying(IcewireError, "no whole answer"):
                hasty.ask(site.url(f"/{n}"))
        over.set()
        with saying(HostPaused, "does not answer and is left alone until 13:00:00 UTC"):
            Hosts(sqlite_engine, lambda: NOW).check(site.url("/4"))
