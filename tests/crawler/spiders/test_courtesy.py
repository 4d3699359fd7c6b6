"""Our manners as the servers see them: real crawls over loopback, counted on the other side."""

import contextlib
import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from crawler.model.story import Article, Feed
from crawler.store.store import Store
from tests.makers.crawling import TWO_HOURS, Place, Snapshot, deploy, in_turn, outlet_at, page, plain, rss
from tests.makers.making import BODY
from tests.makers.saying import status
from tests.makers.serving import Asked, Reply, Site, served

DAY = 86_400
RAID = "ICE agents detain two men outside Waltham courthouse"
TEXT = "".join(f"<p>{line}</p>" for line in BODY.split("\n"))
WISHES = (
    "strict", "broken", "recovering", "absent", "hidden", "moved", "shut-out", "full", "noindex", "paid", "retracting",
)  # fmt: skip


@dataclass(slots=True)
class Seen:
    """What the outlets saw of three crawls: now, two hours and 26 hours later."""

    place: Place
    sites: dict[str, Site]
    logs: list[dict[str, list[Asked]]] = field(default_factory=list)
    known: list[Snapshot] = field(default_factory=list)

    def crawl(self, offset: float) -> None:
        for site in self.sites.values():
            site.log.clear()
        self.place.crawl(offset=offset)
        self.logs.append({name: list(site.log) for name, site in self.sites.items()})
        self.known.append(self.place.snapshot())

    def paths(self, crawl: int, name: str) -> list[str]:
        return [asked.path for asked in self.logs[crawl][name]]


def furnish(sites: dict[str, Site]) -> None:
    """Each outlet has a wish of its own."""
    for site in sites.values():
        site.pages = {"/feed": rss((site.url("/fair"), "The fair")), "/fair": plain("The fair")}
    robots = Reply("User-agent: *\nDisallow: /private\n", kind="text/plain")
    strict = sites["strict"]
    strict.pages["/robots.txt"] = Reply(
        "User-agent: icewire\nDisallow: /private\nCrawl-delay: 0.4\n\nUser-agent: *\nDisallow: /\n", kind="text/plain"
    )
    links = [(strict.url(p), p) for p in ("/fair", "/private/a", "/market", "/bridge")]
    strict.pages |= {
        "/feed": rss(*links, etag='"same"'),
        "/market": plain("The market"),
        "/bridge": plain("The bridge"),
    }
    sites["broken"].pages["/robots.txt"] = Reply("no", 503)
    answers = in_turn(robots, Reply("no", 500))
    sites["recovering"].pages["/robots.txt"] = lambda: next(answers)
    sites["hidden"].pages["/robots.txt"] = Reply("User-agent: *\nDisallow: /feed\n", kind="text/plain")
    moved = sites["moved"]
    moved.pages["/rss"] = moved.pages["/feed"]
    moved.pages["/feed"] = Reply(status=301, headers={"Location": "/rss"})
    shut_out = sites["shut-out"]
    shut_out.pages["/fair"] = Reply("subscribers only", 403)
    full = sites["full"]
    full.pages = {"/feed": with_text(full.url("/raid")), "/raid": Reply("go away", 403)}
    wishing = sites["noindex"]
    wishing.pages = {"/feed": rss((wishing.url("/raid"), RAID)), "/raid": Reply(page(RAID, BODY), headers=OPT_OUT)}
    paid = sites["paid"]
    told = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
    paid.pages["/fair"] = Reply(page("The fair", "The fair opens on Monday.").replace("</head>", f"{told}</head>"))
    retracting = sites["retracting"]
    pages = in_turn(
        Reply(page(RAID, BODY)),
        Reply(page(RAID, f"{BODY}\nOne of the two was released on Tuesday after a judge ordered a hearing.")),
        Reply("gone", 410),
    )
    retracting.pages = {"/feed": rss((retracting.url("/raid"), RAID), etag='"once"'), "/raid": lambda: next(pages)}


OPT_OUT = {"X-Robots-Tag": "noindex, nofollow"}


def with_text(url: str, title: str = RAID, text: str = TEXT) -> Reply:
    """A feed that carries the whole text."""
    item = f"<item><title>{title}</title><link>{url}</link><content:encoded><![CDATA[{text}]]></content:encoded></item>"
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    return Reply(f'<rss version="2.0" {space}><channel><title>News</title>{item}</channel></rss>', kind="text/xml")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """Outlets with wishes, crawled three times."""
    with contextlib.ExitStack() as stack:
        sites = {name: stack.enter_context(served()) for name in WISHES}
        furnish(sites)
        outlets = [outlet_at(name, site.base) for name, site in sites.items()]
        run = Seen(deploy(tmp_path_factory.mktemp("courtesy"), outlets, timeout=5), sites)
        for offset in (0, TWO_HOURS, DAY + TWO_HOURS):
            run.crawl(offset)
        yield run


@pytest.mark.slow
def test_we_say_who_we_are_and_where_to_complain(seen: Seen) -> None:
    agents = {asked.headers["user-agent"] for log in seen.logs[0].values() for asked in log}
    assert agents == {"icewire/0.1 (+https://icewire.example/about)"}


@pytest.mark.slow
def test_robots_txt_comes_before_anything_else_and_is_asked_for_once_a_day(seen: Seen) -> None:
    asked = [seen.paths(crawl, "strict").count("/robots.txt") for crawl in range(3)]
    assert seen.paths(0, "strict")[0] == "/robots.txt"
    assert asked == [1, 0, 1]


@pytest.mark.slow
def test_what_robots_txt_forbids_us_by_name_is_not_asked_for_and_the_reason_is_kept(seen: Seen) -> None:
    assert not any(path.startswith("/private") for crawl in range(3) for path in seen.paths(crawl, "strict"))
    assert seen.known[0].told("/private/a") == ("refused", "robots.txt does not allow it")


@pytest.mark.slow
def test_crawl_delay_is_kept_between_any_two_requests(seen: Seen) -> None:
    times = [asked.at for asked in seen.logs[0]["strict"][1:]]  # from when robots.txt had been read
    assert len(times) == 4
    assert times[-1] - times[0] > 3 * 0.4 - 0.1
    assert min(b - a for a, b in itertools.pairwise(times)) > 0.2  # a busy machine notes one of them late


@pytest.mark.slow
def test_while_robots_txt_fails_nothing_is_asked(seen: Seen) -> None:
    feed = seen.known[0].feeds["broken"]
    assert set(seen.paths(0, "broken")) == {"/robots.txt"}
    assert status(feed) == "robots.txt answered 503, so nothing is asked before it can be read"


@pytest.mark.slow
def test_robots_txt_that_fails_later_leaves_what_it_said_before(seen: Seen) -> None:
    assert seen.paths(2, "recovering")[:2] == ["/robots.txt", "/feed"]
    assert status(seen.known[2].feeds["recovering"]) == "ok"


@pytest.mark.slow
def test_without_a_robots_txt_everything_may_be_asked(seen: Seen) -> None:
    assert seen.paths(0, "absent") == ["/robots.txt", "/feed", "/fair"]


@pytest.mark.slow
def test_a_feed_that_robots_txt_forbids_says_so(seen: Seen) -> None:
    feed = seen.known[0].feeds["hidden"]
    assert (feed.problem, status(feed)) == ("robots-refused", "robots.txt does not allow it")


@pytest.mark.slow
def test_a_permanent_redirect_is_remembered(seen: Seen) -> None:
    assert seen.paths(0, "moved") == ["/robots.txt", "/feed", "/rss", "/fair"]
    assert seen.paths(1, "moved") == ["/rss"]
    assert seen.known[0].feeds["moved"].moved_to == seen.sites["moved"].url("/rss")


@pytest.mark.slow
def test_an_etag_is_sent_back_until_it_is_time_for_a_full_reading(seen: Seen) -> None:
    told = [
        next(a for a in seen.logs[crawl]["strict"] if a.path == "/feed").headers.get("if-none-match")
        for crawl in range(3)
    ]
    assert told == [None, '"same"', None]


@pytest.mark.slow
def test_pages_that_turn_us_away_show_in_the_state_of_the_feed(seen: Seen) -> None:
    assert {name: seen.known[0].feeds[name].pages for name in ("shut-out", "paid", "absent")} == {
        "shut-out": "blocked",
        "paid": "paywalled",
        "absent": "",
    }


@pytest.mark.slow
def test_the_text_that_a_feed_carries_stands_in_for_a_page_that_cannot_be_had(seen: Seen) -> None:
    article = stored(seen, "full")
    assert article.witnesses["text"] == "the feed's own full text"
    assert "Linden Street" in article.text
    assert article.link == seen.sites["full"].url("/raid")


@pytest.mark.slow
def test_a_page_that_wants_no_machines_is_marked(seen: Seen) -> None:
    assert stored(seen, "noindex").opt_out == "noindex"
    assert stored(seen, "full").opt_out == ""


@pytest.mark.slow
def test_a_change_is_seen_though_the_feed_does_not_tell_and_a_page_that_is_gone_is_marked(seen: Seen) -> None:
    article = stored(seen, "retracting")
    with seen.place.opened() as engine:
        [revision] = Store(engine).revisions(article.id or 0)
    assert "released on Tuesday" in article.text
    assert ["+", "One of the two was released on Tuesday after a judge ordered a hearing."] in revision.diff
    assert article.gone_at is not None
    assert seen.paths(2, "retracting").count("/raid") == 1


def stored(seen: Seen, name: str) -> Article:
    with seen.place.opened() as engine, Session(engine) as session:
        return session.exec(select(Article).where(Article.source_id == name)).one()


@pytest.mark.slow
def test_papers_of_one_owner_on_one_machine_are_asked_one_after_the_other(tmp_path: Path) -> None:
    with served() as one, served() as two, served() as third:
        for site in (one, two, third):
            site.pages["/feed"] = rss()
        outlets = [outlet_at(n, s.base, owner="Valley Papers") for n, s in (("one", one), ("two", two))]
        place = deploy(tmp_path, [*outlets, outlet_at("third", third.base)], delay=1)
        place.crawl()
        shared = sorted(asked.at for site in (one, two) for asked in site.log)
        alone = [asked.at for asked in third.log]
    assert len(shared) == 4
    assert min(b - a for a, b in itertools.pairwise(shared)) > 0.8
    assert len(alone) == 2
    assert alone[0] - shared[0] < 0.8


@pytest.mark.slow
def test_a_pause_outlives_the_crawl(tmp_path: Path) -> None:
    with served() as site:
        site.pages["/feed"] = Reply("later", 429, headers={"Retry-After": "3600"})
        place = deploy(tmp_path, [outlet_at("busy", site.base)])
        place.crawl("--all")
        asked = len(site.log)
        place.crawl("--all", offset=1800)
        assert len(site.log) == asked
        feed: Feed = place.snapshot().feeds["busy"]
        assert "asked us to wait until" in status(feed)
        assert feed.next_attempt_at is not None
        site.pages["/feed"] = rss()
        place.crawl(offset=timedelta(hours=1, minutes=5).total_seconds())
        assert status(place.snapshot().feeds["busy"]) == "ok"


@pytest.mark.slow
def test_an_article_whose_address_leads_to_the_front_page_now_is_not_asked_for_for_ever(tmp_path: Path) -> None:
    with served() as site:
        front = (
            "The Ledger\nWeather: a mild week. Sports: the rink opens on Friday. The council meets on Monday evening."
        )
        site.pages = {
            "/feed": rss((site.url("/raid"), RAID)),
            "/raid": Reply(page(RAID, BODY)),
            "/": Reply(page("Home", front)),
        }
        place = deploy(tmp_path, [outlet_at("ledger", site.base)])
        place.crawl()
        site.pages["/raid"] = Reply(status=302, headers={"Location": "/"})
        place.crawl(offset=TWO_HOURS)
        asked = len(site.asked("/raid"))
        place.crawl(offset=TWO_HOURS)
        assert asked == len(site.asked("/raid")) == 2
        with place.opened() as engine, Session(engine) as session:
            [article] = session.exec(select(Article)).all()
    assert (article.looks, article.title) == (1, RAID)


@pytest.mark.slow
def test_an_article_looked_at_again_is_written_down_whatever_another_feed_says_of_its_page(tmp_path: Path) -> None:
    with served() as ledger, served() as beacon:
        asked = threading.Event()

        def closed() -> Reply:
            """No page any more, from when the other feed has been read."""
            asked.wait(10)
            time.sleep(1)
            return Reply("subscribers only", 403)

        def later() -> Reply:
            asked.set()
            return with_text(
                ledger.url("/raid-waltham-courthouse"), "The fair", "<p>A film on deportation is shown.</p>"
            )

        own = f"<link rel='canonical' href='{ledger.url('/news/raid-waltham-courthouse')}'></head>"
        ledger.pages = {
            "/feed": rss((ledger.url("/go/1"), RAID)),
            "/go/1": Reply(status=302, headers={"Location": "/raid-waltham-courthouse"}),
            "/raid-waltham-courthouse": Reply(page(RAID, BODY).replace("</head>", own)),
        }
        beacon.pages = {"/feed": rss()}
        place = deploy(tmp_path, [outlet_at("ledger", ledger.base), outlet_at("beacon", beacon.base)])
        place.crawl()
        ledger.pages["/raid-waltham-courthouse"], beacon.pages["/feed"] = closed, later
        place.crawl("--all", offset=TWO_HOURS)
        with place.opened() as engine, Session(engine) as session:
            [article] = session.exec(select(Article)).all()
    [entry] = place.snapshot().entries["/raid-waltham-courthouse"]
    assert (entry.state, article.looks) == ("failed", 1)  # another outlet's words of the page say nothing of it
    assert article.look_at is not None
    assert article.look_at > article.fetched_at + timedelta(hours=2)


@pytest.mark.slow
def test_an_article_that_moved_keeps_its_identity_and_its_revisions(tmp_path: Path) -> None:
    with served() as site:
        later = f"{BODY}\nOne of the two was released on Tuesday after a judge ordered a hearing."
        site.pages = {"/feed": rss((site.url("/raid"), RAID)), "/raid": Reply(page(RAID, BODY))}
        site.pages["/2026/03/raid-at-courthouse"] = Reply(page(RAID, later))
        place = deploy(tmp_path, [outlet_at("ledger", site.base)])
        place.crawl()
        site.pages["/raid"] = Reply(status=301, headers={"Location": "/2026/03/raid-at-courthouse"})
        assert place.crawl(offset=TWO_HOURS)["revisions"] == 1
        with place.opened() as engine, Session(engine) as session:
            [article] = session.exec(select(Article)).all()
    assert article.url == site.url("/raid")


@pytest.mark.slow
def test_a_slow_outlet_holds_nobody_up(tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(served()) for _ in range(4)]
        quick = stack.enter_context(served())
        for site in (*slow, quick):
            links = [(site.url(f"/{n}"), f"Story {n}") for n in range(3)]
            site.pages = {"/feed": rss(*links), **{f"/{n}": plain(f"Story {n}") for n in range(3)}}
        for site in slow:
            site.pages["/robots.txt"] = Reply("User-agent: *\nCrawl-delay: 1.5\n", kind="text/plain")
        outlets = [outlet_at(f"slow-{n}", s.base) for n, s in enumerate(slow)]
        place = deploy(tmp_path, [*outlets, outlet_at("quick", quick.base)])
        with (tmp_path / "icewire.toml").open("a") as settings:
            settings.write("concurrent_hosts = 2\n")
        place.crawl()
        first = min(asked.at for site in (*slow, quick) for asked in site.log)
        last = max(asked.at for asked in quick.log)
        most = max(asked.at for site in slow for asked in site.log)
    assert len(quick.log) == 5
    assert last - first < (most - first) / 2  # by their delays the slow ones take six seconds, more on a busy machine
    assert most - first > 4
