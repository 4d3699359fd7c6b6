"""What is found at a site, over real HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from sqlmodel import SQLModel

from alerts.locale import in_words
from crawler.database import open_database
from crawler.discovery.discovery import Discovery, discover
from crawler.manners.asker import MOST_REQUESTS, Asker
from crawler.manners.hosts import Hosts
from crawler.model import Why, because
from crawler.settings import CrawlSettings
from tests.makers.serving import Reply, Site, served

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
HOME = "https://ledger.example/"


def front(head: str = "", body: str = "", attributes: str = "") -> str:
    return f"<!doctype html><html {attributes}><head>{head}</head><body>{body}</body></html>"


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as site:
        yield site


def found_at(site: Site, path: str = "/") -> Discovery:
    settings = CrawlSettings(allow_private_addresses=True, timeout_seconds=5, delay_seconds=0)
    engine = open_database("sqlite://")
    SQLModel.metadata.create_all(engine)
    found = discover(site.url(path), Asker(Hosts(engine, lambda: NOW), settings))
    engine.dispose()
    return found


def taken(site: Site, path: str = "/") -> list[tuple[str, str]]:
    return [(f.kind, f.url.removeprefix(site.base)) for f in found_at(site, path).taken]


def feed(site: Site, *hours: float, path: str = "/story") -> Reply:
    items = "".join(
        f"<item><title>Story {hour:g} of {path}</title><link>{site.url(path)}-{hour:g}</link>"
        f"<pubDate>{format_datetime(NOW - timedelta(hours=hour))}</pubDate></item>"
        for hour in hours
    )
    return Reply(f"<rss version='2.0'><channel><title>x</title>{items}</channel></rss>", kind="text/xml")


def news_sitemap(site: Site, *hours: float) -> Reply:
    rows = "".join(
        f"<url><loc>{site.url('/story')}-{hour:g}</loc><news:news><news:publication_date>"
        f"{(NOW - timedelta(hours=hour)).isoformat()}</news:publication_date><news:title>Story {hour:g}</news:title>"
        "</news:news></url>"
        for hour in hours
    )
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return Reply(f"<?xml version='1.0'?><urlset {spaces}>{rows}</urlset>", kind="application/xml")


def advertised(*paths: str) -> str:
    return front("".join(f"<link rel='alternate' type='application/rss+xml' href='{path}'>" for path in paths))


def test_a_live_feed_that_is_not_advertised_is_found_beside_a_stale_one(site: Site) -> None:
    blox = "<script src='https://bloximages.example/x.js'></script>"
    site.pages = {
        "/": Reply(advertised("/rss.xml") + blox),
        "/rss.xml": feed(site, 9000),
        "/search/?f=rss&t=article&l=50&s=start_time&sd=desc": feed(site, 1, 80),
    }
    assert taken(site) == [("rss", "/search/?f=rss&t=article&l=50&s=start_time&sd=desc")]
    assert [a.path for a in site.log][:3] == ["/robots.txt", "/", "/rss.xml"]
    assert len(site.log) == 4


def test_a_live_advertised_feed_ends_the_search(site: Site) -> None:
    site.pages = {"/": Reply(advertised("/feed/")), "/feed/": feed(site, 1, 80)}
    assert taken(site) == [("rss", "/feed/")]
    assert [a.path for a in site.log] == ["/robots.txt", "/", "/feed/"]


def test_the_news_sitemap_of_robots_txt_is_taken_over_a_feed_of_the_last_few(site: Site) -> None:
    site.pages = {
        "/robots.txt": Reply(
            f"Sitemap: {site.url('/all.xml')}\nSitemap: {site.url('/news-1.xml')}\n", kind="text/plain"
        ),
        "/": Reply(advertised("/feed/")),
        "/feed/": feed(site, *range(5)),
        "/news-1.xml": news_sitemap(site, *range(30)),
    }
    found = found_at(site)
    assert [(f.kind, f.state) for f in found.found] == [("news_sitemap", "taken"), ("rss", "same")]
    assert not site.asked("/all.xml")


def test_a_sitemap_index_gives_its_news_sitemap(site: Site) -> None:
    children = "".join(f"<sitemap><loc>{site.url(p)}</loc></sitemap>" for p in ("/posts.xml", "/news-sitemap.xml"))
    site.pages = {
        "/robots.txt": Reply(f"Sitemap: {site.url('/index.xml')}\n", kind="text/plain"),
        "/": Reply(front()),
        "/index.xml": Reply(f"<sitemapindex>{children}</sitemapindex>", kind="application/xml"),
        "/news-sitemap.xml": news_sitemap(site, 1, 2, 3),
    }
    assert taken(site) == [("news_sitemap", "/news-sitemap.xml")]


def test_a_page_that_lists_feeds_is_read(site: Site) -> None:
    site.pages = {
        "/": Reply(front(body="<a href='/rss'>RSS feeds</a>")),
        "/rss": Reply(front(body="<a href='/xml/all.rss'>All</a><a href='/xml/sports.rss'>Sports</a>")),
        "/xml/all.rss": feed(site, 1, 90),
        "/xml/sports.rss": feed(site, 2, 90, path="/sports"),
    }
    assert taken(site) == [("rss", "/xml/all.rss")]


def test_a_homepage_that_sends_on_is_followed_and_stays_the_homepage(site: Site) -> None:
    site.pages = {
        "/": Reply(front('<meta http-equiv="refresh" content="0; url=/home">')),
        "/home": Reply(advertised("/feed")),
        "/feed": feed(site, 1, 80),
    }
    found = found_at(site)
    assert (found.homepage, [f.url for f in found.taken]) == (site.url("/"), [site.url("/feed")])


def test_a_feed_given_as_the_homepage_is_taken_as_what_it_is(site: Site) -> None:
    site.pages = {"/": feed(site, 1, 30, 80)}
    [found] = found_at(site).taken
    assert (found.kind, found.why) == ("rss", Why())


def test_what_robots_txt_refuses_is_not_asked_for_and_said(site: Site) -> None:
    site.pages = {
        "/robots.txt": Reply("User-agent: *\nDisallow: /feed\n", kind="text/plain"),
        "/": Reply(advertised("/feed/")),
        "/feed/": feed(site, 1),
        "/rss.xml": feed(site, 1, 80),
    }
    found = found_at(site)
    assert [(f.url.removeprefix(site.base), f.state) for f in found.found] == [
        ("/rss.xml", "taken"),
        ("/feed/", "refused"),
    ]
    assert not site.asked("/feed/")


def test_a_site_that_refuses_us_wholly_is_asked_for_nothing_but_robots_txt(site: Site) -> None:
    site.pages = {"/robots.txt": Reply("User-agent: icewire\nDisallow: /\n", kind="text/plain"), "/": Reply(front())}
    found = found_at(site)
    assert found.taken == ()
    assert {f.state for f in found.found} == {"refused"}
    assert [a.path for a in site.log] == ["/robots.txt"]


def test_a_broken_robots_txt_ends_the_search(site: Site) -> None:
    site.pages = {"/robots.txt": Reply("", 503), "/": Reply(front())}
    assert "asked us to wait until 12:05:00 UTC" in in_words(found_at(site).stopped)
    assert len(site.log) == 1


def test_a_site_behind_a_wall_is_left_alone_soon(site: Site) -> None:
    site.pages = {
        "/robots.txt": Reply("", 404),
        **{path: Reply("", 403) for path in ("/", "/feed/", "/rss.xml", "/rss/")},
    }
    found = found_at(site)
    assert found.taken == ()
    assert "refused us 3 times" in in_words(found.stopped)
    assert len(site.log) == 4


HEADLINES = "".join(
    f"<h2><a href='/news/2026/03/council-votes-on-street-{n}'>Council votes on the plan for street {n}</a></h2>"
    for n in range(9)
)


def test_without_a_feed_the_front_page_is_the_feed(site: Site) -> None:
    site.pages = {"/": Reply(front(body=HEADLINES))}
    assert taken(site) == [("section", "/")]
    assert len(site.log) <= MOST_REQUESTS


def test_a_section_page_is_taken_when_the_front_page_shows_little(site: Site) -> None:
    site.pages = {
        "/": Reply(front(body="<nav><a href='/local-news'>Local news</a></nav>")),
        "/local-news": Reply(front(body=HEADLINES)),
    }
    assert taken(site) == [("section", "/local-news")]


def test_nothing_is_taken_of_a_site_with_nothing(site: Site) -> None:
    site.pages = {"/": Reply(front("<title>Parked</title>"))}
    found = found_at(site)
    assert (found.taken, found.name) == ((), "Parked")
    assert (site.url("/feed/"), because("answered", status=404)) in found.tried


def test_a_homepage_that_moved_for_good_is_noted(site: Site) -> None:
    site.pages = {
        "/old": Reply(status=301, headers={"Location": "/"}),
        "/": Reply(advertised("/feed/")),
        "/feed/": Reply(status=301, headers={"Location": "/feed.xml"}),
        "/feed.xml": feed(site, 1, 80),
    }
    found = found_at(site, "/old")
    assert found.homepage == site.url("/")
    assert [f.url for f in found.taken] == [site.url("/feed.xml")]


def test_a_site_that_answers_everything_with_its_front_page_has_no_feed(site: Site) -> None:
    page = Reply(front("<title>Ledger</title>"))
    site.pages = dict.fromkeys(("/", "/feed/", "/rss.xml", "/rss/", "/news-sitemap.xml", "/robots.txt"), page)
    assert taken(site) == []
