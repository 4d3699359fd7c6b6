"""Where a site may keep its feeds, by its front page and its publishing system."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.discovery.ways_in import WayIn, is_comments, is_part, read_front, usual_feeds, usual_sitemaps

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
HOME = "https://ledger.example/"


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
    ("markup", "url"),
    [
        ("<link rel='alternate' type='text/xml' href='/news.xml'>", HOME + "news.xml"),
        ("<link rel='alternate' type='application/rss+xml' href='feed://ledger.example/x'>", "http://ledger.example/x"),
        ("<link rel='alternate' type='application/rss+xml' href='feed:https://ledger.example/x'>", HOME + "x"),
        ("<a href='/rss-info'>RSS</a>", HOME + "rss-info"),
        ("<a href='/help/9'> Our RSS feeds » </a>", HOME + "help/9"),
        ("<a href='/jobs'>RSS is not dead, says our editor</a>", ""),
        ("<link rel='search' type='text/xml' href='/search.xml'>", ""),
    ],
)
def test_a_feed_is_known_by_what_a_site_calls_it(markup: str, url: str) -> None:
    assert [way.url for way in read_front(front(markup), HOME).feeds] == ([url] if url else [])


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
    assert is_comments(WayIn(HOME + path, "page", "rss", title)) is comments


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
