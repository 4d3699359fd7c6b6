"""Real crawls over real HTTP on loopback, each in a process of its own: what is read, kept, refused and tried again."""

import contextlib
import gzip
import json
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlmodel import Session, select

from crawler.model.story import Fingerprint
from crawler.store.store import Store
from tests.makers.crawling import TWO_HOURS, Place, Snapshot, deploy, in_turn, outlet_at, page, plain, rss
from tests.makers.making import BODY
from tests.makers.saying import reason, status
from tests.makers.serving import Reply, Site, served

pytestmark = pytest.mark.slow

RAID = "ICE agents detain two men outside Waltham courthouse"


@dataclass(slots=True)
class Crawled:
    """A deployment after two crawls, two hours apart, and what its outlets saw of each."""

    place: Place
    sites: dict[str, Site]
    counts: list[dict[str, int]] = field(default_factory=list)
    known: list[Snapshot] = field(default_factory=list)
    logs: list[dict[str, list[str]]] = field(default_factory=list)
    entries_at_first_page: int = -1

    def crawl(self, offset: float = 0) -> None:
        self.counts.append(self.place.crawl(offset=offset))
        self.known.append(self.place.snapshot())
        self.logs.append({name: [a.path for a in site.log] for name, site in self.sites.items()})


def ledger(site: Site, run: Crawled) -> None:
    """An outlet on which everything happens that can happen to a page."""
    paths = "/council /secret /gone /big /swollen /cut /hung-up /report.pdf /moved /shared /storm".split()
    links = [(site.url(p), p.strip("/")) for p in paths]
    raids = [(site.url(f"/raid?utm_source={s}"), RAID) for s in ("rss", "mail")]
    after = [(url, f"{title}; one released") for url, title in raids]
    feeds = in_turn(rss(*links, *raids, etag='"monday"'), rss(*links, *after, etag='"tuesday"'))
    zipped = {"Content-Encoding": "gzip"}
    revised = (
        BODY.replace("two men", "three men") + "\nOne of the three was released on Tuesday after a hearing in Boston."
    )
    raid_pages = in_turn(
        Reply(gzip.compress(page(RAID, BODY).encode()), headers=zipped),
        Reply(gzip.compress(page(f"{RAID}; one released", revised).encode()), headers=zipped),
    )

    def council() -> Reply:
        if run.entries_at_first_page < 0:
            run.entries_at_first_page = count_entries(run.place.database, site.base)
        return plain("The new library roof")

    site.pages = {
        "/robots.txt": Reply("User-agent: *\nDisallow: /secret\n", kind="text/plain"),
        "/feed": lambda: next(feeds),
        "/raid": lambda: next(raid_pages),
        "/council": council,
        "/secret": plain("For subscribers"),
        "/big": Reply("ice " * 60_000),
        "/swollen": Reply(gzip.compress(b"ice " * 600_000), headers=zipped),
        "/cut": Reply("<html>", promised=9_000),
        "/hung-up": Reply(hangs_up=True),
        "/report.pdf": Reply("%PDF-1.7", kind="application/pdf"),
        "/moved": Reply(status=301, headers={"Location": "/2026/landed?utm_medium=feed"}),
        "/2026/landed": Reply(page("ICE raid empties a Framingham car wash", CAR_WASH)),
        "/shared": plain("One bus route for two towns"),
        "/storm": Reply(page("Ice storm closes schools", "The ice storm closed schools. " * 30)),
    }


CAR_WASH = (
    "Federal immigration agents arrested five workers at a car wash on Waverly Street in Framingham on Friday.\n"
    "The owner said that the Immigration and Customs Enforcement officers showed no warrant and stayed for an hour.\n"
    "A neighbor who runs the bakery next door saw the workers led away in handcuffs to two unmarked vans.\n"
    "An ICE spokesman confirmed the operation in Framingham and would not say where the five are held."
)


def count_entries(database: Path, base: str) -> int:
    """The entries of one feed, as another process sees them."""
    query = "SELECT count(*) FROM entry JOIN feed ON feed.id = feed_id WHERE feed.url = ?"
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(query, (f"{base}/feed",)).fetchone()[0])


def busy(site: Site) -> None:
    """Asks for ten minutes of peace once, then answers."""
    asked = in_turn(Reply("later", 429, headers={"Retry-After": "600"}), plain("A quiet street"))
    site.pages = {f"/{n}": lambda: next(asked) for n in ("one", "two", "three")}
    site.pages["/feed"] = rss(*((site.url(p), p) for p in list(site.pages)))


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """Seven outlets, most of them in trouble, crawled now and two hours later."""
    with contextlib.ExitStack() as stack:
        names = ("ledger", "gazette", "busy", "garbled", "silent", "mover")
        sites = {name: stack.enter_context(served()) for name in names}
        over = threading.Event()
        stack.callback(over.set)
        shut = stack.enter_context(socket.socket())
        shut.bind(("127.0.0.1", 0))
        outlets = [outlet_at(name, site.base) for name, site in sites.items()]
        outlets.append(outlet_at("shut", f"http://127.0.0.1:{shut.getsockname()[1]}"))
        run = Crawled(deploy(tmp_path_factory.mktemp("crawl"), outlets, timeout=4), sites)
        ledger(sites["ledger"], run)
        busy(sites["busy"])
        sites["gazette"].pages = {"/feed": rss((sites["ledger"].url("/shared"), "One bus route"), etag='"g1"')}
        garbled = in_turn(Reply("<p>Back soon", headers={"ETag": '"sorry"'}), rss())
        sites["garbled"].pages = {"/feed": lambda: next(garbled)}
        sites["silent"].pages = {"/feed": lambda: Reply(hangs_up=over.wait(10))}
        site = sites["mover"]
        site.pages = {
            "/feed": Reply(status=301, headers={"Location": "/rss"}),
            "/rss": rss((site.url("/fair"), "The fair")),
            "/fair": plain("The fair"),
        }
        run.crawl()
        for site in sites.values():
            site.log.clear()
        sites["silent"].pages["/feed"] = rss()
        run.crawl(offset=TWO_HOURS)
        yield run


@pytest.fixture(scope="module")
def store(crawled: Crawled) -> Iterator[Store]:
    with crawled.place.opened() as engine:
        yield Store(engine)


def test_entries_are_durable_before_the_first_page_is_asked_for(crawled: Crawled) -> None:
    assert crawled.entries_at_first_page == 13


def test_the_other_outlets_are_read_when_some_cannot_be(crawled: Crawled) -> None:
    first = crawled.counts[0]
    assert (first["feeds"], first["feeds_read"], first["feeds_failed"]) == (7, 4, 3)
    assert first["pages"] == first["pages_read"] == 16


def test_an_etag_is_sent_back_and_304_counts_as_read(crawled: Crawled) -> None:
    [asked] = crawled.sites["gazette"].asked("/feed")
    assert asked.headers["if-none-match"] == '"g1"'
    feed = crawled.known[1].feeds["gazette"]
    assert (feed.etag, status(feed), feed.failures) == ('"g1"', "ok", 0)
    assert feed.last_success_at == feed.last_attempt_at
    assert crawled.counts[1]["feeds_read"] == 6


def test_the_etag_of_an_unreadable_feed_is_not_kept(crawled: Crawled) -> None:
    before, after = (known.feeds["garbled"] for known in crawled.known)
    assert before.etag == ""
    assert "if-none-match" not in crawled.sites["garbled"].asked("/feed")[0].headers
    assert before.failures > 0
    assert after.failures == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("garbled", "not a feed"),
        ("silent", "no answer in time"),
        ("shut", "nothing answers at that address (connection refused)"),
    ],
)
def test_a_feed_that_cannot_be_read_says_why(crawled: Crawled, name: str, said: str) -> None:
    assert said in status(crawled.known[0].feeds[name])


def test_a_feed_that_moved_is_followed(crawled: Crawled) -> None:
    assert status(crawled.known[0].feeds["mover"]) == "ok"
    assert crawled.known[0].told("/fair")[0] == "off_topic"


def test_an_article_about_ice_opens_a_story_with_verdict_place_and_fingerprint(crawled: Crawled, store: Store) -> None:
    [view] = [v for v in store.stories() if "Waltham" in v.lead.article.title]
    report = view.lead
    assert (report.verdict.label, report.source.id, view.place) == ("activity", "ledger", "Waltham, MA")
    assert report.verdict.evidence
    with Session(store.engine) as session:
        hashes = session.exec(select(Fingerprint).where(Fingerprint.article_id == report.article.id)).all()
    assert hashes
    assert crawled.counts[0]["stories"] == 2


def test_tracking_parameters_do_not_make_two_articles_and_cost_one_request(crawled: Crawled) -> None:
    entries = crawled.known[0].entries["/raid"]
    assert [e.state for e in entries] == ["fetched", "fetched"]
    assert len({e.article_id for e in entries}) == 1
    assert len([p for p in crawled.logs[0]["ledger"] if p.startswith("/raid")]) == 1


def test_a_page_that_two_feeds_list_is_fetched_once(crawled: Crawled) -> None:
    assert [e.state for e in crawled.known[0].entries["/shared"]] == ["off_topic", "off_topic"]
    assert crawled.logs[0]["ledger"].count("/shared") == 1


def test_a_redirect_is_followed_and_the_article_stands_where_it_ended(crawled: Crawled, store: Store) -> None:
    assert crawled.known[0].told("/moved")[0] == "fetched"
    article = store.article(crawled.known[0].entries["/moved"][0].article_id or 0)
    assert article is not None
    assert article.url == crawled.sites["ledger"].url("/2026/landed")


@pytest.mark.parametrize(
    ("path", "state", "said"),
    [
        ("/secret", "refused", "robots.txt does not allow it"),
        ("/big", "refused", "larger than crawl.max_page_bytes"),
        ("/swollen", "refused", "larger than crawl.max_page_bytes"),
        ("/report.pdf", "refused", "not a page but application/pdf"),
        ("/gone", "failed", "answered 404"),
        ("/cut", "failed", "the answer was cut off"),
        ("/hung-up", "failed", "the connection was cut"),
        ("/council", "off_topic", "the page's own text never mentions the topic"),
        ("/storm", "off_topic", ""),
    ],
)
def test_a_page_that_is_not_kept_says_why(crawled: Crawled, path: str, state: str, said: str) -> None:
    known_state, known_reason = crawled.known[0].told(path)
    assert known_state == state
    assert known_reason
    assert said in known_reason


def test_a_failed_page_is_tried_again_later_and_a_settled_one_is_not(crawled: Crawled) -> None:
    entry = crawled.known[0].entries["/gone"][0]
    assert entry.retry_at is not None
    assert timedelta(minutes=4) < entry.retry_at - entry.seen_at < timedelta(minutes=6)
    assert crawled.known[1].entries["/gone"][0].attempts == 2
    asked_again = {p.partition("?")[0] for p in crawled.logs[1]["ledger"]} - {"/robots.txt", "/feed"}
    looked_at_again = {"/raid", "/2026/landed"}  # stored articles, to see whether they changed
    assert asked_again == {"/gone", "/cut", "/hung-up"} | looked_at_again


def test_a_page_that_robots_txt_forbids_is_never_asked_for(crawled: Crawled) -> None:
    assert all("/secret" not in log["ledger"] for log in crawled.logs)


def test_after_429_the_host_is_left_alone_and_its_pages_wait(crawled: Crawled) -> None:
    asked = [p for p in crawled.logs[0]["busy"] if p not in ("/robots.txt", "/feed")]
    assert len(asked) == 1
    waiting = [crawled.known[0].entries[p][0] for p in ("/one", "/two", "/three")]
    assert {e.state for e in waiting} == {"failed"}
    assert all(e.retry_at and e.retry_at - e.seen_at >= timedelta(seconds=600) for e in waiting)
    assert sum("asked us to wait" in reason(e) for e in waiting) == 2


def test_pages_that_waited_for_a_busy_host_are_read_by_a_later_crawl(crawled: Crawled) -> None:
    assert {crawled.known[1].told(p)[0] for p in ("/one", "/two", "/three")} == {"off_topic"}


def test_a_revised_page_keeps_its_earlier_version_and_says_what_changed(crawled: Crawled, store: Store) -> None:
    assert crawled.counts[1]["revisions"] == 1
    article = store.article(crawled.known[1].entries["/raid"][0].article_id or 0)
    assert article is not None
    [revision] = store.revisions(article.id or 0)
    assert "three men" in article.text
    assert "two men" in revision.text
    assert revision.change


def test_private_addresses_are_refused_by_default_and_the_reason_is_said(tmp_path: Path) -> None:
    with served() as site:
        port = urlsplit(site.base).port
        site.pages = {"/feed": rss((site.url("/raid"), RAID))}
        hosts = {"literal": "127.0.0.1", "name": "localhost", "number": "2130706433", "six": "[::1]"}
        outlets = [outlet_at(name, f"http://{host}:{port}") for name, host in hosts.items()]
        place = deploy(tmp_path, outlets, allow=False)
        command = [sys.executable, "-m", "scheduler.cli", "sources", "check", "--all", "--json"]
        ran = subprocess.run(command, cwd=place.folder, capture_output=True, text=True, timeout=30, check=False)
        assert site.log == []
    assert ran.returncode == 1
    checked = json.loads(ran.stdout)
    assert {row["id"] for row in checked} == set(hosts)
    for row in checked:
        assert row["state"] == "failing"
        assert "is on a private or loopback network" in row["status"]


def test_sigterm_ends_a_crawl_at_once_and_a_later_one_reads_the_rest(tmp_path: Path) -> None:
    with served() as site:
        reached, released = threading.Event(), threading.Event()

        def slow() -> Reply:
            reached.set()
            released.wait(20)
            return plain("A slow page")

        site.pages = {f"/{n}": slow for n in range(4)}
        site.pages["/feed"] = rss(*((site.url(p), p) for p in site.pages))
        place = deploy(tmp_path, [outlet_at("slow", site.base)], timeout=30)
        running = place.start()
        assert reached.wait(20)
        began = time.monotonic()
        running.send_signal(signal.SIGTERM)
        printed, said = running.communicate(timeout=20)
        assert time.monotonic() - began < 5
        assert (running.returncode, said) == (0, "")
        assert json.loads(printed)["feeds_read"] == 1
        released.set()
        assert {e.state for [e] in place.snapshot().entries.values()} == {"new"}
        assert place.crawl()["pages_read"] == 4
    assert {e.state for [e] in place.snapshot().entries.values()} == {"off_topic"}


def test_an_address_that_cannot_be_asked_stops_nothing(tmp_path: Path) -> None:
    with served() as site:
        bad, long = "http://☃[::1]/x", site.url("/" + "very-" * 500 + "long")
        site.pages = {
            "/feed": rss((bad, "Snow"), (long, "Long"), (site.url("/fair"), "The fair")),
            "/fair": plain("The fair"),
        }
        place = deploy(tmp_path, [outlet_at("ledger", site.base)])
        place.crawl()
        assert place.snapshot().told("/fair")[0] == "off_topic"
        assert status(place.snapshot().feeds["ledger"]) == "ok; 1 item with an unusable link skipped"
        assert place.snapshot().told("/x") == ("refused", "no address that can be asked: Invalid IPv6 URL")


def test_a_crawl_that_is_over_leaves_what_waits_for_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served() as site:
        paths = [f"/{n}" for n in range(40)]

        def slow() -> Reply:
            time.sleep(0.2)
            return plain("A slow page")

        site.pages = dict.fromkeys(paths, slow)
        site.pages["/feed"] = rss(*((site.url(p), p) for p in paths))
        place = deploy(tmp_path, [outlet_at("slow", site.base)])
        monkeypatch.setenv("ICEWIRE_CRAWL__POLL_MINUTES", "0.01")
        shortened = (
            "from crawler.spiders import crawl; crawl.SHORTEST_CRAWL = 1; from scheduler.cli import main; main()"
        )
        command = [sys.executable, "-c", shortened, "--config", "icewire.toml", "crawl", "--json"]
        subprocess.run(command, cwd=place.folder, check=True, capture_output=True, timeout=30)
        states = [e.state for [e] in place.snapshot().entries.values()]
    assert len(states) == 40
    assert "new" in states
    assert set(states) <= {"new", "off_topic"}


def test_a_host_that_never_answers_is_left_alone_and_its_pages_wait(tmp_path: Path) -> None:
    with served() as site:
        over = threading.Event()
        paths = [f"/{n}" for n in range(6)]
        site.pages = {p: lambda: Reply(hangs_up=over.wait(10)) for p in paths}
        site.pages["/feed"] = rss(*((site.url(p), p) for p in paths))
        place = deploy(tmp_path, [outlet_at("silent", site.base)], timeout=0.5)
        place.crawl()
        over.set()
        entries = [e for [e] in place.snapshot().entries.values()]
    assert {e.state for e in entries} == {"failed"}
    assert sorted(e.attempts for e in entries) == [0, 0, 0, 1, 1, 1]
    assert sum("is left alone until" in reason(e) for e in entries) == 3


def test_a_crawl_that_stays_reads_what_becomes_due_and_makes_way_for_a_person(tmp_path: Path) -> None:
    with served() as site:
        feeds = in_turn(rss((site.url("/a"), "A")), rss((site.url("/b"), "B"), (site.url("/a"), "A")))
        site.pages = {"/feed": lambda: next(feeds), "/a": plain("A"), "/b": plain("B")}
        place = deploy(tmp_path, [outlet_at("ledger", site.base)])
        with (tmp_path / "icewire.toml").open("a") as settings:
            settings.write("poll_minutes = 0.02\npoll_longest_minutes = 0.02\n")
        staying = place.start("--every", "1")
        assert staying.stdout is not None
        told: list[dict[str, int]] = []
        while sum(t.get("off_topic", 0) for t in told) < 2:  # a busy machine reads the feed twice before it rests
            told.append(json.loads(staying.stdout.readline()))
        counts = place.crawl("--all")
        ended = staying.wait(20)
        staying.communicate()
    assert sum(t.get("off_topic", 0) for t in told) == 2
    assert sum(t.get("feeds_read", 0) for t in told) >= 2
    assert counts["feeds_read"] == 1
    assert ended == 0
    assert len(site.asked("/a")) == len(site.asked("/b")) == 1


def test_a_crawl_that_stays_makes_way_though_much_waits_for_a_slow_outlet(tmp_path: Path) -> None:
    with served() as site:
        paths = [f"/{n}" for n in range(60)]
        site.pages = {p: plain("A page") for p in paths}
        site.pages["/feed"] = rss(*((site.url(p), p) for p in paths))
        place = deploy(tmp_path, [outlet_at("ledger", site.base)], delay=1)
        staying = place.start("--every", "1")
        while len(site.log) < 3:
            time.sleep(0.1)
        command = [sys.executable, "-m", "scheduler.cli", "sources", "check", "--all", "--json"]
        checked = subprocess.run(command, cwd=place.folder, capture_output=True, text=True, timeout=40, check=True)
        staying.communicate(timeout=20)
        asked = len([a for a in site.log if a.path in paths])
    assert [row["state"] for row in json.loads(checked.stdout)] == ["ok"]
    assert staying.returncode == 0
    assert asked < 30
