"""How a site is asked: with manners, with values in place of a network."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from crawler.manners.transport import Answer
from crawler.manners.visit import MOST_REQUESTS, MOST_SECONDS, Over, Refused, Visit
from crawler.model.errors import IcewireError

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


def visit(robots: str, *pages: Answer, delay: float = 2) -> tuple[Visit, Pages, Clock]:
    site = Pages({urlsplit(a.url).path: a for a in (answer("/robots.txt", robots), *pages)})
    clock = Clock()
    return Visit(site, NOW, delay, sleep=clock.sleep, clock=clock), site, clock


def test_robots_txt_is_asked_first_and_obeyed() -> None:
    asking, site, _ = visit("User-agent: icewire\nDisallow: /feed\n", answer("/a"))
    assert asking.read(f"{HOME}a").answer.status == 200
    with pytest.raises(Refused):
        asking.read(f"{HOME}feed/")
    assert site.asked == ["/robots.txt", "/a"]


def test_between_two_requests_there_is_a_pause_as_long_as_the_site_wishes() -> None:
    asking, _, clock = visit("User-agent: *\nCrawl-delay: 7\n", delay=2)
    asking.read(f"{HOME}a")
    asking.read(f"{HOME}b")
    assert clock.slept == [7, 7]


def read_all(asking: Visit) -> None:
    for n in range(100):
        asking.read(f"{HOME}{n}")


def test_a_visit_ends_after_so_many_requests_or_seconds() -> None:
    asking, site, _ = visit("", delay=0)
    with pytest.raises(Over, match="requests were made"):
        read_all(asking)
    assert len(site.asked) == MOST_REQUESTS
    slow, _, clock = visit("User-agent: *\nCrawl-delay: 60\n")
    with pytest.raises(Over, match="seconds"):
        read_all(slow)
    assert clock.now <= MOST_SECONDS


def test_a_host_that_asks_us_to_wait_is_left_alone() -> None:
    asking, site, _ = visit("", answer("/a", status=429))
    assert asking.read(f"{HOME}a").wall
    with pytest.raises(Over, match="answered 429"):
        asking.read(f"{HOME}b")
    assert site.asked == ["/robots.txt", "/a"]


def test_a_host_that_asks_us_to_wait_at_its_robots_txt_is_left_alone() -> None:
    asking, site, _ = visit("")
    site.pages["/robots.txt"] = answer("/robots.txt", status=429)
    with pytest.raises(Over, match="answered 429"):
        asking.read(HOME)
    assert site.asked == ["/robots.txt"]


def test_a_host_that_refuses_everything_is_left_alone() -> None:
    asking, site, _ = visit("", *(answer(f"/{n}", status=403) for n in range(9)))
    with pytest.raises(Over, match="refused us 3 times"):
        read_all(asking)
    assert len(site.asked) == 4


def test_a_redirect_is_followed_only_where_robots_allow_and_remembered_when_permanent() -> None:
    asking, site, _ = visit(
        "User-agent: *\nDisallow: /private\n",
        answer("/a", status=301, location="/b"),
        answer("/b", "b"),
        answer("/c", status=302, location="/b"),
        answer("/d", status=302, location="/private/x"),
        answer("/loop", status=302, location="/loop"),
    )
    assert asking.read(f"{HOME}a").url == f"{HOME}b"
    assert asking.read(f"{HOME}c").url == f"{HOME}c"
    with pytest.raises(Refused):
        asking.read(f"{HOME}d")
    assert "/private/x" not in site.asked
    with pytest.raises(IcewireError, match="redirects"):
        asking.read(f"{HOME}loop")


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
def test_a_wall_for_robots_is_known(page: Answer, wall: bool) -> None:
    asking, _, _ = visit("")
    asking.get = lambda url: page if url == HOME else Answer(url, 404, {})
    assert asking.read(HOME).wall is wall
