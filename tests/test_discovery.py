"""What is found at a site, and what is taken of it: with pages as values, and over real HTTP."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.candidates import Candidate, is_comments, is_part, read_front, usual_feeds, usual_sitemaps
from crawler.choosing import MOST_TAKEN, Found, choose, judge
from crawler.discovery import Discovery, discover
from crawler.errors import IcewireError
from crawler.fetch import Answer, ask
from crawler.settings import CrawlSettings
from crawler.spiders.items import FeedItem, Reading
from crawler.story import FeedKind
from crawler.visit import MOST_REQUESTS, MOST_SECONDS, Over, Refused, Visit
from tests.serving import Reply, Site, served

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
HOME = "https://ledger.example/"


def item(path: str, hours: float | None) -> FeedItem:
    return FeedItem(f"{HOME}{path}", f"Headline {path}", None if hours is None else NOW - timedelta(hours=hours))


def judged(url: str, *items: FeedItem, kind: FeedKind = "rss", title: str = "") -> Found:
    return judge(Candidate(url, "page", kind, title), Reading(kind, items), HOME, NOW)


def stories(prefix: str, *hours: float) -> tuple[FeedItem, ...]:
    return tuple(item(f"{prefix}/{hour:g}", hour) for hour in hours)


def states(found: Sequence[Found]) -> dict[str, str]:
    return {f.url.removeprefix(HOME): f.state for f in found}


# Where to look


def front(head: str = "", body: str = "", attributes: str = "") -> str:
    return f"<!doctype html><html {attributes}><head>{head}</head><body>{body}</body></html>"


def test_a_front_page_names_its_feeds_in_order() -> None:
    page = read_front(
        front(
            "<link rel='alternate' type='application/rss+xml' href='/feed/' title='News &raquo; Feed'>"
            "<link rel='alternate' type='application/atom+xml; charset=utf-8' href='atom.xml'>"
            "<link rel='alternate' type='application/feed+json' href='https://feeds.example/x.json'>"
            "<link rel='alternate' type='application/rss+xml' href='http://www.ledger.example/feed'>"
            "<link rel='alternate' hreflang='es' href='/es/'><link rel='stylesheet' type='text/css' href='/feed.css'>",
            "<a href='/rss'>RSS</a><a href='/search/?f=rss&amp;t=article'>All</a><a href='https://other.example/feed'>x</a>"
            "<a href='/feedback'>Feedback</a><a href='/2026/feeding-the-hungry'>Feeding</a>",
        ),
        HOME,
    )
    assert [(c.url.removeprefix(HOME), c.kind, c.origin) for c in page.feeds] == [
        ("feed/", "rss", "page"),
        ("atom.xml", "atom", "page"),
        ("https://feeds.example/x.json", "json", "page"),
        ("rss", None, "link"),
        ("search/?f=rss&t=article", None, "link"),
    ]
    assert page.feeds[0].title == "News » Feed"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("<meta property='og:site_name' content=' St. Mary&#39;s  Ledger '><title>Home</title>", "St. Mary's Ledger"),
        ("<title>Home | The Harbor Ledger | News of Lynn</title>", "The Harbor Ledger"),
        ("<title>Local news for Lynn – Harbor-Ledger</title>", "Harbor-Ledger"),
        ("<title></title>", ""),
        ("", ""),
    ],
)
def test_a_site_is_called_what_it_calls_itself(head: str, name: str) -> None:
    assert read_front(front(head), "https://www.harborledger.example/").name == name


@pytest.mark.parametrize(
    ("attributes", "language"), [("lang='en-US'", "en"), ("lang='es'", "es"), ("lang='?'", ""), ("", "")]
)
def test_the_language_is_that_of_the_page(attributes: str, language: str) -> None:
    assert read_front(front(attributes=attributes), HOME).language == language


@given(st.text(max_size=300) | st.text("<>/ahreflinkbs='\"[]:.?& ", max_size=120))
def test_any_front_page_can_be_read(text: str) -> None:
    assert isinstance(read_front(text, HOME).feeds, tuple)


@pytest.mark.parametrize(
    ("mark", "first"),
    [
        (
            "<script src='https://bloximages.example/x.js'></script>",
            "search/?f=rss&t=article&l=50&s=start_time&sd=desc",
        ),
        ("<link href='/pf/resources/css/a.css'>", "arc/outboundfeeds/rss/?outputType=xml"),
        ("<meta name='generator' content='Ghost 5.1'>", "rss/"),
        ("<meta name='generator' content='Drupal 10'>", "rss.xml"),
        ("<link href='https://substackcdn.com/a.css'>", "feed"),
        ("<meta content='blogger' name='generator'>", "feeds/posts/default"),
        ("<link href='/wp-content/a.css'>", "feed/"),
        ("", "feed/"),
    ],
)
def test_what_a_system_usually_has_is_tried_first(mark: str, first: str) -> None:
    urls = [c.url.removeprefix(HOME) for c in usual_feeds(HOME, read_front(front(mark), HOME).systems)]
    assert urls[0] == first
    assert len(urls) == len(set(urls))


def test_a_homepage_that_is_part_of_a_host_has_its_feed_below_it_and_no_sitemap() -> None:
    home = "https://patch.example/massachusetts/waltham"
    assert next(usual_feeds(home, ())).url == f"{home}/feed/"
    assert list(usual_sitemaps(home, ())) == []
    assert next(usual_sitemaps("https://ledger.example/index.html", ())).url == f"{HOME}news-sitemap.xml"


@pytest.mark.parametrize(
    ("path", "title", "comments"),
    [
        ("comments/feed/", "", True),
        ("feeds/comments/default", "", True),
        ("feed/", "The Ledger » Comments Feed", True),
        ("feed/", "The Ledger » Feed", False),
        ("commentary/feed/", "", False),
    ],
)
def test_a_feed_of_comments_is_known_by_its_address_or_title(path: str, title: str, comments: bool) -> None:
    assert is_comments(Candidate(HOME + path, "page", "rss", title)) is comments


@pytest.mark.parametrize(
    "path", ["feed/", "rss.xml", "news.rss", "feeds/posts/default", "arc/outboundfeeds/rss/?outputType=xml"]
)
def test_a_feed_of_the_whole_site_is_no_part(path: str) -> None:
    assert not is_part(HOME + path, HOME)


@pytest.mark.parametrize(
    "path",
    ["category/news/feed/", "sports.rss", "events/feed/", "how-to-help/feed/", "search/?f=rss&c=sports", "tag/x/feed"],
)
def test_the_feed_of_a_section_or_page_is_a_part(path: str) -> None:
    assert is_part(HOME + path, HOME)


def test_the_feed_of_a_homepage_below_its_host_is_no_part() -> None:
    assert not is_part("https://host.example/lynn/feed/", "https://host.example/lynn/")


# What to take


def test_a_stale_feed_is_left_for_a_live_one() -> None:
    found = [judged(f"{HOME}old", *stories("a", 9000, 9001)), judged(f"{HOME}feed", *stories("b", 1, 30))]
    assert states(choose(found, NOW)) == {"feed": "taken", "old": "stale"}


def test_a_feed_that_is_always_slow_is_not_stale_at_once() -> None:
    slow = judged(f"{HOME}feed", *stories("a", 24 * 20, 24 * 30, 24 * 40))
    assert choose([slow], NOW)[0].state == "taken"
    assert judged(f"{HOME}feed", *stories("a", 24 * 20, 24 * 21, 24 * 22)).state == "stale"


def test_of_two_feeds_with_the_same_items_one_is_taken() -> None:
    same = [FeedItem(i.url.replace("https://", "http://www."), i.title, i.published_at) for i in stories("a", 1, 30)]
    found = choose([judged(f"{HOME}atom", *same, kind="atom"), judged(f"{HOME}rss", *stories("a", 1, 30))], NOW)
    assert states(found) == {"rss": "taken", "atom": "same"}
    assert found[1].said == f"{HOME}rss"


def test_two_feeds_that_each_bring_their_own_are_both_taken() -> None:
    found = choose([judged(f"{HOME}rss", *stories("a", 1)), judged(f"{HOME}local.rss", *stories("b", 1))], NOW)
    assert set(states(found).values()) == {"taken"}


def test_a_section_is_taken_only_where_nothing_whole_lives() -> None:
    section = judged(f"{HOME}category/news/feed/", *stories("a", 1, 2))
    assert states(choose([section, judged(f"{HOME}feed/", *stories("b", 50))], NOW)) == {
        "feed/": "taken",
        "category/news/feed/": "part",
    }
    assert choose([section], NOW)[0].state == "taken"


def test_comments_and_empty_feeds_are_never_taken() -> None:
    told = FeedItem(f"{HOME}a#comment-7", "Comment on A by a reader", NOW)
    found = choose([judged(f"{HOME}x", told), judged(f"{HOME}feed")], NOW)
    assert states(found) == {"x": "comments", "feed": "empty"}


def test_a_news_sitemap_is_taken_when_it_brings_much_more() -> None:
    news = stories("a", *range(40))
    sitemap = judged(f"{HOME}news.xml", *news, kind="news_sitemap")
    assert states(choose([judged(f"{HOME}feed", *news[:10]), sitemap], NOW)) == {"news.xml": "taken", "feed": "same"}
    assert states(choose([judged(f"{HOME}feed", *news[:35]), sitemap], NOW)) == {"feed": "taken", "news.xml": "same"}


def test_a_sitemap_without_dates_is_never_taken_and_one_of_changes_last() -> None:
    pages = [item("a", None), item("b", None)]
    assert judged(f"{HOME}sitemap.xml", *pages, kind="news_sitemap").state == "unreadable"
    changed = FeedItem(f"{HOME}a", "", None, NOW)
    plain = judged(f"{HOME}sitemap.xml", changed, kind="news_sitemap")
    assert choose([plain], NOW)[0].state == "taken"
    assert states(choose([plain, judged(f"{HOME}feed", *stories("b", 100))], NOW))["sitemap.xml"] == "same"


@pytest.mark.parametrize(
    ("hours", "weekly"),
    [((0, 24, 48, 72, 96, 120, 144, 168), 8), ((1, 2, 3), 21), ((24, 24 * 100), 0.25), ((24 * 100,), 0), ((), None)],
)
def test_items_a_week_are_counted_over_four_weeks(hours: tuple[float, ...], weekly: float | None) -> None:
    assert judged(f"{HOME}feed", *stories("a", *hours)).weekly == weekly


FOUND = st.builds(
    lambda n, prefix, hours, kind: judged(f"{HOME}{n}", *stories(prefix, *hours), kind=kind),
    st.sampled_from(["feed/", "rss", "tag/a/feed/", "news.xml", "comments/feed/"]),
    st.sampled_from("ab"),
    st.lists(st.floats(0, 3000), max_size=4),
    st.sampled_from(["rss", "atom", "json", "news_sitemap"]),
)


@given(st.lists(FOUND, max_size=6))
def test_every_choice_is_decided_and_loses_nothing(found: list[Found]) -> None:
    chosen = choose(found, NOW)
    assert sorted(f.url for f in chosen) == sorted(f.url for f in found)
    assert sum(f.state == "taken" for f in chosen) <= MOST_TAKEN
    assert all(f.state != "live" for f in chosen)
    assert any(f.state == "taken" for f in chosen) == any(f.state == "live" for f in found)


# How to ask


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


# The whole, over HTTP


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as site:
        yield site


def found_at(site: Site, path: str = "/") -> Discovery:
    settings = CrawlSettings(allow_private_addresses=True, timeout_seconds=5)
    return discover(site.url(path), lambda url: ask(url, settings, redirects=0), NOW, delay_seconds=0)


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
    assert "answered 503" in found_at(site).stopped
    assert len(site.log) == 1


def test_a_site_behind_a_wall_is_left_alone_soon(site: Site) -> None:
    site.pages = {
        "/robots.txt": Reply("", 404),
        **{path: Reply("", 403) for path in ("/", "/feed/", "/rss.xml", "/rss/")},
    }
    found = found_at(site)
    assert found.taken == ()
    assert "refused us 3 times" in found.stopped
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
    assert (site.url("/feed/"), "answered 404") in found.tried


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
