"""An outage of our own, with real crawls: nobody is blamed for it, and all stays due."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, select

from crawler.model.story import Feed, Host, Outage
from crawler.registry.outlet import Outlet
from tests.makers.crawling import Place, deploy, outlet_at, plain, rss
from tests.makers.serving import Reply, Site, served

pytestmark = pytest.mark.slow
WEEKEND = 2 * 86_400.0
PORTAL = "http://127.0.0.9:9/login"


@pytest.fixture
def ports() -> list[int]:
    """Where nobody listens."""
    with contextlib.ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(5)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def outlets(ports: list[int]) -> list[Outlet]:
    return [outlet_at(f"paper{n}", f"http://127.0.0.1:{port}") for n, port in enumerate(ports)]


@contextlib.contextmanager
def online(ports: list[int]) -> Iterator[list[Site]]:
    """All outlets answer."""
    with contextlib.ExitStack() as held:
        sites = [held.enter_context(served(port)) for port in ports]
        for site in sites:
            site.pages = {"/feed": rss((site.url("/fair"), "The fair")), "/fair": plain("The fair")}
        yield sites


def feeds(place: Place) -> list[dict[str, object]]:
    """The rows of all feeds."""
    with place.opened() as engine, Session(engine) as session:
        return [feed.model_dump() for feed in session.exec(select(Feed))]


def outages(place: Place) -> list[bool]:
    """Of each outage, whether it is over."""
    with place.opened() as engine, Session(engine) as session:
        return [o.ended_at is not None for o in session.exec(select(Outage))]


def crawl_offline(place: Place, *options: str, offset: float = 0) -> dict[str, int]:
    status, said = place.told("crawl", "--json", *options, offset=offset)
    assert status == 1, said
    counts: dict[str, int] = json.loads(said)
    return counts


def test_a_weekend_offline_leaves_no_trace_and_on_return_all_is_read(tmp_path: Path, ports: list[int]) -> None:
    place = deploy(tmp_path, outlets(ports), timeout=15)
    with online(ports):
        place.crawl()
    before = feeds(place)
    for hours in (6, 36):
        counts = crawl_offline(place, offset=hours * 3600)
        assert (counts["offline"], counts.get("feeds_failed", 0)) == (1, 0)
    assert feeds(place) == before
    assert outages(place) == [False]
    with place.opened() as engine, Session(engine) as session:
        assert [host.paused_until for host in session.exec(select(Host))] == [None] * 5
    with online(ports):
        counts = place.crawl(offset=WEEKEND)
    assert counts["feeds_read"] == 5
    assert outages(place) == [True]


def test_it_is_said_once_what_is_the_matter(tmp_path: Path, ports: list[int]) -> None:
    place = deploy(tmp_path, outlets(ports), timeout=15)
    with online(ports):
        place.crawl()
    status, said = place.told("crawl", offset=WEEKEND)
    assert status == 1
    assert said.startswith("error no network: nobody answers.")
    status, said = place.told("sources", "check", "--all", offset=WEEKEND)
    assert status == 1
    assert said.startswith("error no network: nobody answers.")
    _, said = place.told("sources", "list", offset=2 * WEEKEND)
    assert said.count("offline since") == 1
    assert "failing" not in said
    assert "overdue" not in said
    _, said = place.told("doctor", offset=2 * WEEKEND)
    assert said.count("offline since") == 1


def test_a_first_crawl_without_a_network_blames_nobody(tmp_path: Path, ports: list[int]) -> None:
    place = deploy(tmp_path, outlets(ports), timeout=15)
    assert crawl_offline(place)["offline"] == 1
    assert {(feed["failures"], feed["last_attempt_at"], feed["next_attempt_at"]) for feed in feeds(place)} == {
        (0.0, None, None)
    }


def test_one_that_does_not_answer_while_another_does_is_to_blame(tmp_path: Path, ports: list[int]) -> None:
    place = deploy(tmp_path, outlets(ports), timeout=15)
    with online(ports[:1]):
        counts = place.crawl()
    assert (counts["feeds_read"], counts["feeds_failed"]) == (1, 4)
    assert sum(feed["failures"] != 0 for feed in feeds(place)) == 4
    assert outages(place) == []


def test_a_single_outlet_that_does_not_answer_is_to_blame_when_another_does_if_asked(
    tmp_path: Path, ports: list[int]
) -> None:
    place = deploy(tmp_path, outlets(ports[:2]), timeout=15)
    with online(ports[:2]):
        place.crawl()
    with place.opened() as engine, Session(engine) as session:
        other = session.exec(select(Feed).where(Feed.source_id == "paper1")).one()
        other.next_attempt_at = None
        session.add(other)
        session.commit()
    with online(ports[:1]) as [site]:
        counts = place.crawl()
    assert (counts["feeds"], counts["feeds_failed"]) == (1, 1)
    assert [asked.path for asked in site.log] == ["/robots.txt"]
    assert outages(place) == []


def test_an_only_outlet_that_refuses_is_to_blame(tmp_path: Path, ports: list[int]) -> None:
    place = deploy(tmp_path, outlets(ports[:1]), timeout=15)
    assert place.crawl()["feeds_failed"] == 1
    assert outages(place) == []


def test_when_it_begins_amid_a_crawl_what_came_stays_and_the_rest_is_due(tmp_path: Path, ports: list[int]) -> None:
    place = deploy(tmp_path, outlets(ports), timeout=30)
    with online(ports):
        place.crawl()
    cut, asked = threading.Event(), threading.Semaphore(0)

    def hang_up() -> Reply:
        cut.set()
        return Reply(hangs_up=True)

    def hang_up_later() -> Reply:
        """After the feed that was read, however slow the machine."""
        asked.release()
        cut.wait(20)
        return Reply(hangs_up=True)

    def gone(sites: list[Site]) -> Reply:
        """Only when all others were asked for their feeds: a robots.txt that comes after the cut ends the doubt."""
        for _ in sites[1:]:
            asked.acquire(timeout=10)
        for site in sites:
            site.pages = dict.fromkeys(("/feed", "/robots.txt", "/0", "/1", "/2"), hang_up)
        return rss(*((sites[0].url(f"/{n}"), f"Item {n}") for n in range(3)))

    with online(ports) as sites:
        sites[0].pages["/feed"] = lambda: gone(sites)
        for site in sites[1:]:
            site.pages["/feed"] = hang_up_later
        counts = crawl_offline(place, offset=WEEKEND)
    assert counts["feeds_read"] == 1
    known = place.snapshot()
    assert [known.entries[f"/{n}"][0].state for n in range(3)] == ["new"] * 3
    assert [feed.failures for feed in known.feeds.values()] == [0] * 5
    with online(ports) as sites:
        sites[0].pages |= {f"/{n}": plain(f"Item {n}") for n in range(3)}
        counts = place.crawl(offset=WEEKEND + 60)
    assert counts["feeds_read"] == 4  # the one that was read is not due
    assert {place.snapshot().told(f"/{n}")[0] for n in range(3)} == {"off_topic"}


def test_a_short_one_is_asked_again_before_anybody_is_blamed(tmp_path: Path, ports: list[int]) -> None:
    place = deploy(tmp_path, outlets(ports), timeout=5)
    with online(ports):
        place.crawl()
    with online(ports) as sites:
        for site in sites[1:]:
            replies = iter([Reply(hangs_up=True)])
            page = site.pages["/feed"]
            assert isinstance(page, Reply)
            site.pages["/feed"] = lambda replies=replies, page=page: next(replies, page)  # type: ignore[misc]
        slow = sites[0].pages["/feed"]
        sites[0].pages["/feed"] = lambda: time.sleep(0.5) or slow  # type: ignore[func-returns-value, assignment, return-value]
        counts = place.crawl(offset=WEEKEND)
    assert counts["feeds_read"] == 5
    assert [feed.failures for feed in place.snapshot().feeds.values()] == [0] * 5


def test_the_page_where_a_hotel_asks_for_a_room_number_is_nobody_s_feed(tmp_path: Path, ports: list[int]) -> None:
    place = deploy(tmp_path, outlets(ports), timeout=15)
    with online(ports):
        place.crawl()
    before = feeds(place)
    with online(ports) as sites, served() as portal:
        portal.pages = {"/login": Reply("<html><title>Welcome to our hotel</title></html>")}
        to_portal = Reply(status=302, headers={"Location": portal.url("/login")})
        for site in sites:
            site.pages = dict.fromkeys(("/feed", "/robots.txt", "/fair"), to_portal)
        assert crawl_offline(place, offset=WEEKEND)["offline"] == 1
    assert feeds(place) == before
