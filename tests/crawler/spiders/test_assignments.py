"""Crawls that are told which sites to read: side by side on one database, none asks what another does."""

import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crawler.manners.claims import Claims
from crawler.store.store import Store
from crawler.watch.watchlist import Watchlist
from scheduler.jobs import sites_to_read
from tests.makers.crawling import outlet_at, page, plain, rss
from tests.makers.making import BODY
from tests.makers.serving import Reply, Site, served
from tests.makers.site_crawls import Watched, settings_for, site_crawl

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)]
WIRE = "ICE agents detain two at Waltham courthouse"


def paper(site: Site, *more: tuple[str, str]) -> Site:
    """A site whose feed shows a wire story and some plain pages."""
    site.pages["/robots.txt"] = Reply("User-agent: *\nDisallow:\n", kind="text/plain")
    site.pages["/feed"] = rss((site.url("/wire"), WIRE), *more)
    site.pages["/wire"] = Reply(page(WIRE, BODY))
    for url, title in more:
        site.pages[url.removeprefix(site.base)] = plain(title)
    return site


def name_of(site: Site) -> str:
    return site.base.removeprefix("http://")


def due(engine: Engine) -> dict[str, int]:
    """How much is due at each site."""
    sites = sites_to_read(Watchlist(engine), Store(engine), (), datetime.now(UTC))
    return {site.name: site.feeds + site.pages for site in sites}


def test_a_wire_story_that_two_read_at_the_same_moment_is_one_story(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    folder = settings_for(tmp_path, database_url)
    with served() as one, served() as other, site_crawl(folder) as first, site_crawl(folder) as second:
        first_paper = Watched(paper(one, (one.url("/moved"), "The council moves")))
        second_paper = Watched(paper(other, *((other.url(f"/{n}"), f"The council {n}") for n in range(6))), seconds=0.1)
        one.pages["/moved"] = Reply(status=302, headers={"Location": other.url("/elsewhere")})
        other.pages["/elsewhere"] = plain("The council moves")
        Watchlist(engine).sync([outlet_at("ledger", one.base), outlet_at("gazette", other.base)])
        assert due(engine) == {name_of(one): 1, name_of(other): 1}
        first.assign("17", name_of(one))
        second.assign(18, name_of(other))
        answers = first.answer(), second.answer()
    assert [(a["done"], a["left"], a["counts"]["articles"]) for a in answers] == [("17", False, 1), (18, False, 1)]
    assert Store(engine).counts() == {"articles": 2, "stories": 1, "copies": 1}
    assert first_paper.asked == {"/robots.txt": 1, "/feed": 1, "/wire": 1, "/moved": 1}
    assert second_paper.asked["/elsewhere"] == second_paper.asked["/wire"] == 1
    assert second_paper.most == 1  # though a redirect led the other one there meanwhile
    assert due(engine) == {}


def test_neither_a_site_nor_a_machine_is_asked_by_two_and_what_stands_elsewhere_is_left(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    folder = settings_for(tmp_path, database_url)
    with (
        served() as one,
        served() as sister,
        served() as stranger,
        site_crawl(folder) as first,
        site_crawl(folder) as second,
    ):
        pages = [(one.url(f"/{n}"), f"The council {n}") for n in range(10)]
        elsewhere = (stranger.url("/a"), "The council elsewhere")
        machine = Watched(paper(one, *pages), paper(sister, (sister.url("/b"), "The mayor")), seconds=0.1)
        one.pages["/feed"] = rss(elsewhere, *pages)
        chain = [outlet_at(name, site.base, owner="Chain") for name, site in (("ledger", one), ("gazette", sister))]
        Watchlist(engine).sync(chain)
        first.assign("17", name_of(one))
        while not one.log:
            time.sleep(0.02)
        second.assign("18", name_of(one))
        second.assign("19", name_of(sister))
        answers = [first.answer(), second.answer(), second.answer()]
    assert sum(answer.get("counts", {}).get("pages_read", 0) for answer in answers) == 12
    assert machine.most == 1
    assert machine.asked == {path: 2 if path in ("/robots.txt", "/feed") else 1 for path in machine.asked}
    assert stranger.log == []
    assert due(engine) == {name_of(stranger): 1}


def test_what_a_killed_one_had_is_due_again_and_read_once(engine: Engine, database_url: str, tmp_path: Path) -> None:
    folder = settings_for(tmp_path, database_url)
    with served() as site, site_crawl(folder) as second:
        watched = Watched(paper(site, *((site.url(f"/{n}"), f"The council {n}") for n in range(10))), seconds=0.1)
        Watchlist(engine).sync([outlet_at("ledger", site.base)])
        with site_crawl(folder) as first:
            first.assign("17", name_of(site))
            while len(site.log) < 6:
                time.sleep(0.02)
            os.kill(first.child.pid, signal.SIGKILL)
            assert first.answer() == {}
        assert due(engine)[name_of(site)] >= 5
        second.assign("17", name_of(site))
        assert second.answer()["left"] is False
    assert due(engine) == {}
    assert watched.most == 1
    assert Watchlist(engine).counts() == {"fetched": 1, "off_topic": 10}
    assert Store(engine).counts()["articles"] == 1


def test_a_site_has_its_time_and_the_rest_stays_due_and_one_that_is_taken_is_left(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    folder, claims = settings_for(tmp_path, database_url, delay=0.5), Claims(engine)
    assert claims.take("reads taken.example")
    with served() as site, site_crawl(folder) as crawl:
        paper(site, *((site.url(f"/{n}"), f"The council {n}") for n in range(10)))
        Watchlist(engine).sync([outlet_at("ledger", site.base)])
        crawl.assign("16", "")
        assert crawl.answer()["why"] == "unreadable"
        crawl.assign("17", "taken.example")
        crawl.assign("18", name_of(site), seconds=3)
        first = crawl.answer()
        left = due(engine)[name_of(site)]
        crawl.assign("19", name_of(site))
        taken, second = sorted((crawl.answer(), crawl.answer()), key=lambda answer: "done" in answer)
        claims.close()
        crawl.assign("20", "taken.example")
        assert crawl.answer() == {"done": "20", "site": "taken.example", "left": False, "counts": {}}
    assert (taken["failed"], taken["why"]) == ("17", "busy")
    assert (first["left"], second["left"]) == (True, False)
    assert first["counts"].get("pages_read", 0) == 11 - left
    assert second["counts"]["pages_read"] == left > 0
    assert crawl.child.returncode == 0
