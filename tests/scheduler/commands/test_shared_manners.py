"""What a host asked of a crawl counts for commands that ask it, and the other way round; over real HTTP."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.makers.crawling import Place, deploy, outlet_at, page, plain, rss
from tests.makers.saying import status
from tests.makers.serving import Reply, Site, served

pytestmark = pytest.mark.slow  # each crawl is a process of its own

LATER = Reply("later", 503, headers={"Retry-After": "3600"})
HOUR = 3700
WAIT = re.compile(r"127\.0\.0\.1:\d+ asked us to wait until \d\d:\d\d:\d\d UTC$")


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as site:
        site.pages = {
            "/feed": rss((site.url("/fair"), "The fair")),
            "/fair": plain("The fair"),
            "/": Reply(page("The Ledger", "Welcome.")),
            "/list.opml": Reply("<opml/>"),
        }
        yield site


@pytest.fixture
def place(site: Site, tmp_path: Path) -> Place:
    """A deployment that reads the site's feed, and knows its homepage not."""
    return deploy(tmp_path, [outlet_at("ledger", site.base, homepage="https://ledger.example/")])


def test_who_asked_a_crawl_to_wait_is_not_asked_by_a_person_either(site: Site, place: Place) -> None:
    site.pages["/feed"] = LATER
    place.crawl()
    asked = len(site.log)
    for words in (
        ("sources", "add", site.url("/"), "--state", "MA"),
        ("sources", "add", site.url("/"), "--state", "MA", "--feed", site.url("/news.rss")),
        ("sources", "import", site.url("/list.opml")),
        ("explain", site.url("/story")),
    ):
        status, said = place.told(*words)
        assert status == 1
        assert "asked us to wait until" in said
        assert ("cannot be looked at now" in said) is (words[1:2] == ("add",) and "--feed" not in words)
        assert WAIT.search(said) or "--feed" in words  # nothing else follows but how to watch it all the same
    assert len(site.log) == asked
    place.told("explain", site.url("/story"), offset=HOUR)
    assert site.log[-1].path == "/story"


def test_who_asked_a_person_to_wait_is_not_asked_by_a_crawl_either(site: Site, place: Place) -> None:
    site.pages["/"] = LATER
    assert place.told("sources", "add", site.url("/"), "--state", "MA")[0] == 1
    place.crawl()
    assert [a.path for a in site.log] == ["/robots.txt", "/"]
    assert WAIT.search(status(place.snapshot().feeds["ledger"]))
    place.crawl(offset=HOUR)
    assert [a.path for a in site.log][2:] == ["/feed", "/fair"]


def test_a_robots_txt_is_asked_for_once_a_day_by_both(site: Site, place: Place) -> None:
    site.pages["/robots.txt"] = Reply("User-agent: *\nDisallow: /members\n", kind="text/plain")
    place.crawl()
    assert "robots.txt does not allow it" in place.told("explain", site.url("/members/story"))[1]
    place.told("sources", "add", site.url("/"), "--state", "MA", "--dry-run")
    place.crawl("--all")
    assert len(site.asked("/robots.txt")) == 1
    assert site.asked("/members/story") == []
    place.told("explain", site.url("/story"), offset=25 * HOUR)
    place.crawl("--all", offset=25 * HOUR)
    assert len(site.asked("/robots.txt")) == 2
