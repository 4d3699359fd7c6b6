"""The invented press of the demo: what it publishes, and how its servers behave."""

import http.client
import json
import re
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from lxml import html

from crawler.model.errors import IcewireError
from crawler.registry.files import load_file
from crawler.text.tokens import sentences
from crawler.text.urls import canonical_url
from scheduler.demo import DemoOutlet, DemoWeb, load_expected, load_outlets
from scheduler.demo.outlets import DemoArticle

pytestmark = pytest.mark.slow

EVENING = datetime(2026, 3, 9, 22, 0, tzinfo=UTC)  # 18:00 in New York
BUSY = "lowell-bobbin/highlands-father-deported-cambodia"
GONE = "seven-hills-courier/school-closings-list"
FORBIDDEN = "charles-river-ledger/notebook-for-members"
CHANGING = "seven-hills-courier/park-avenue-car-wash"


@pytest.fixture(scope="module")
def running() -> Iterator[DemoWeb]:
    with DemoWeb() as web:
        yield web


@pytest.fixture
def web(running: DemoWeb) -> DemoWeb:
    running.reset()
    return running


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def get(url: str, method: str = "GET", **headers: str) -> Reply:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def outlet(web: DemoWeb, name: str) -> DemoOutlet:
    return next(one for one in web.outlets if one.id == name)


def articles() -> dict[str, DemoArticle]:
    return {one.article_id(article): article for one in load_outlets() for article in one.articles}


def links_of(kind: str, url: str) -> list[str]:
    """The links to articles that a feed gives, read with the plainest means there are."""
    body = get(url).body
    if kind == "json":
        return [item["url"] for item in json.loads(body)["items"]]
    if kind == "section":
        return [urljoin(url, path) for path in re.findall(r'href="(/news/.+?\.html)"', body.decode("cp1252"))]
    root = ElementTree.fromstring(body)
    if kind == "atom":
        return [link.attrib["href"] for link in root.findall("{*}entry/{*}link")]
    return [link.text or "" for link in root.findall(".//item/link" if kind == "rss" else ".//{*}loc")]


def test_outlets_publish_in_every_way_and_in_two_languages(web: DemoWeb) -> None:
    up = [one for one in web.outlets if not one.down]
    kinds = Counter(kind for one in up for kind, _ in one.feeds)
    assert len(up) >= 8
    assert kinds["rss"] >= 2
    assert set(kinds) == {"rss", "atom", "json", "news_sitemap", "section"}
    assert {one.language for one in up} == {"en", "es"}
    assert len({urlsplit(one.homepage).port for one in web.outlets}) == len(web.outlets)
    assert len({one.template for one in load_outlets()}) >= 5


def test_there_is_enough_to_read() -> None:
    written = [article for article in articles().values() if article.behaviour != "not_found"]
    activity = [article for article in written if article.expect == "activity"]
    assert len(written) >= 55
    assert len(activity) >= 14
    assert Counter(a.expect for a in written).keys() == {"activity", "mention", "near", "none", "forbidden"}
    for article in written:
        assert 120 <= len(article.text.split()) <= 450, article.slug
        assert len(article.paragraphs) >= 3, article.slug


def test_everything_is_dated_the_two_days_before_the_digest() -> None:
    for article in articles().values():
        moments = [article.published, article.update.updated if article.update else article.published]
        for moment in moments:
            assert datetime(2026, 3, 8, 4, tzinfo=UTC) <= moment < EVENING, article.slug
            assert moment.utcoffset() == timedelta(hours=-4), article.slug


def test_every_article_about_activity_has_its_event_and_every_other_says_why_it_is_absent() -> None:
    for name, article in articles().items():
        assert bool(article.story) == (article.expect == "activity"), name
        assert bool(article.note) == (article.expect != "activity"), name


def test_one_event_never_says_the_name_of_the_agency() -> None:
    unnamed = articles()["wharf-news/fish-house-workers-taken"]
    assert not re.search(r"\bICE\b|Customs Enforcement", unnamed.title + unnamed.text)


@pytest.mark.parametrize(
    ("key", "newsrooms", "copies"), [("waltham-courthouse", 2, 0), ("bond-ruling", 0, 3), ("worcester-car-wash", 0, 0)]
)
def test_expected_figures_follow_from_the_articles(key: str, newsrooms: int, copies: int) -> None:
    whole_state = load_expected(load_outlets()).subscribers[1].subscriptions[0]
    story = next(one for one in whole_state.stories if one.key == key)
    assert (story.newsrooms, story.copies) == (newsrooms, copies)
    assert len(story.any_of) == 1 + newsrooms + copies


def test_the_state_wide_subscriber_expects_every_event_once() -> None:
    expected = load_expected(load_outlets())
    keys = [story.key for story in expected.subscribers[1].subscriptions[0].stories]
    assert keys == sorted({a.story for a in articles().values() if a.expect == "activity"})
    assert expected.unreadable.keys() == {"nashua-river-journal"}
    led = {name for one in expected.subscribers[1].subscriptions[0].stories for name in one.any_of}
    assert led | expected.absent.keys() == articles().keys()
    assert not led & expected.absent.keys()


def test_independent_reports_share_facts_but_no_sentence() -> None:
    reports = [a for a in articles().values() if a.story == "waltham-courthouse"]
    said = [set(sentences(a.text)) for a in reports]
    assert len(reports) == 3
    for fact in ("Linden Street", "Adaeze Renwick", "34-year-old", "April 6", "2019"):
        assert all(fact in a.text for a in reports), fact
    assert len(set.union(*said)) == sum(map(len, said))


def test_no_outlet_writes_what_another_wrote_except_the_wire() -> None:
    said: dict[str, str] = {}
    for name, article in articles().items():
        for sentence in () if article.wire else sentences("\n".join(article.paragraphs)):
            if len(sentence.split()) >= 6:
                assert sentence not in said, (name, said.get(sentence))
                said[sentence] = name


def test_every_feed_link_leads_to_its_article(web: DemoWeb) -> None:
    reached: set[str] = set()
    for one in web.outlets:
        for kind, url in () if one.down else one.feeds:
            for link in links_of(kind, url):
                if get(link).status == 429:
                    assert get(link).status == 200
                reached.add(link.partition("?")[0])
    assert reached == set(web.articles.values())
    bad = {(path, status) for _, path, status in web.requests if status not in (200, 429)}
    assert bad == {(urlsplit(web.articles[GONE]).path, 404)}


def test_pages_hold_their_text_and_title(web: DemoWeb) -> None:
    written = articles()
    for name, url in web.articles.items():
        if name in (BUSY, GONE):
            continue
        page = get(url).body
        charset = "windows-1252" if name.startswith("wharf-news/") else "utf-8"
        text = " ".join(" ".join(map(str, html.document_fromstring(page.decode(charset)).itertext())).split())
        assert all(paragraph in text for paragraph in written[name].paragraphs), name
        assert written[name].title in text, name


def test_some_feed_links_carry_tracking_parameters(web: DemoWeb) -> None:
    links = links_of(*outlet(web, "pioneer-valley-beacon").feeds[0])
    assert all("utm_source=feed" in link for link in links)


def test_an_outlet_may_list_a_link_in_two_feeds(web: DemoWeb) -> None:
    rss, sitemap = outlet(web, "lowell-bobbin").feeds
    assert sorted(links_of(*rss)) == sorted(links_of(*sitemap))


def test_an_unchanged_feed_answers_304(web: DemoWeb) -> None:
    for one in web.outlets:
        for _, url in () if one.down else one.feeds:
            first = get(url)
            assert get(url, If_None_Match=first.headers["etag"]).status == 304
            assert get(url, If_Modified_Since=first.headers["last-modified"]).status == 304
            assert get(url, If_None_Match='"another"').status == 200
            assert get(url, If_Modified_Since="yesterday").status == 200
            assert parsedate_to_datetime(first.headers["last-modified"]) < EVENING


def test_a_busy_page_answers_429_once(web: DemoWeb) -> None:
    first = get(web.articles[BUSY])
    assert (first.status, first.headers["retry-after"]) == (429, "3")
    assert get(web.articles[BUSY]).status == 200
    web.reset()
    assert get(web.articles[BUSY]).status == 429


def test_an_address_without_its_last_slash_is_redirected(web: DemoWeb) -> None:
    url = web.articles["canal-gazette/legal-aid-fund-vote"]
    reply = get(canonical_url(url))
    assert (reply.status, reply.headers["location"]) == (301, urlsplit(url).path)


def test_robots_forbids_a_page_that_the_feed_lists(web: DemoWeb) -> None:
    for one in web.outlets:
        if one.down:
            continue
        robots = RobotFileParser()
        robots.parse(get(f"{one.homepage}robots.txt").body.decode().splitlines())
        pages = {name: url for name, url in web.articles.items() if name.startswith(f"{one.id}/")}
        forbidden = {name for name, url in pages.items() if not robots.can_fetch("icewire", url)}
        assert forbidden == {FORBIDDEN} & pages.keys()
        assert all(robots.can_fetch("icewire", url) for _, url in one.feeds)


def test_the_outlet_that_is_down_refuses_connections(web: DemoWeb) -> None:
    down = [one for one in web.outlets if one.down]
    assert [one.id for one in down] == ["nashua-river-journal"]
    port = urlsplit(down[0].homepage).port
    with socket.socket() as knock, pytest.raises(ConnectionRefusedError):
        knock.connect(("127.0.0.1", port))


def test_publishing_the_update_changes_page_and_feed(web: DemoWeb) -> None:
    feed = outlet(web, "seven-hills-courier").feeds[0][1]
    before = get(feed)
    assert b"Two detained" in get(web.articles[CHANGING]).body
    web.publish_update()
    after = get(feed, If_None_Match=before.headers["etag"])
    assert after.status == 200
    assert b"<updated>2026-03-09T17:52:00-04:00</updated>" in after.body
    assert b"Three detained, one released" in get(web.articles[CHANGING]).body
    untouched = outlet(web, "canal-gazette").feeds[0][1]
    assert get(untouched, If_None_Match=get(untouched).headers["etag"]).status == 304


def test_the_registry_reads_what_the_demo_writes(web: DemoWeb, tmp_path: Path) -> None:
    (tmp_path / "ma.toml").write_text(web.sources_toml(), "utf-8")
    registry = {one.id: one for one in load_file(tmp_path / "ma.toml")}
    assert list(registry) == [one.id for one in web.outlets]
    waltham = registry["charles-river-ledger"]
    assert (waltham.city, waltham.county, waltham.state) == ("Waltham", "Middlesex County", "MA")
    assert [(feed.kind, feed.url) for feed in waltham.feeds] == [("rss", f"{waltham.homepage}feed/")]
    assert registry["la-voz-del-merrimack"].language == "es"


def test_requests_are_counted_by_outlet_path_and_status(web: DemoWeb) -> None:
    home = outlet(web, "canal-gazette").homepage
    get(f"{home}feed.json?again=1")
    get(f"{home}feed.json", method="HEAD")
    get(f"{home}nowhere")
    assert web.requests == {("canal-gazette", "/feed.json", 200): 2, ("canal-gazette", "/nowhere", 404): 1}


@pytest.mark.slow
def test_the_greatest_number_of_requests_at_once_is_known() -> None:
    with DemoWeb(answer_seconds=0.05) as web, ThreadPoolExecutor(3) as pool:
        homes = [outlet(web, name).homepage for name in ("canal-gazette", "canal-gazette", "wharf-news")]
        assert [reply.status for reply in pool.map(get, homes)] == [200, 200, 200]
        assert web.at_once["canal-gazette"] == 2
        assert web.at_once["wharf-news"] == 1


def test_a_taken_base_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(IcewireError, match=f"port {port}"), DemoWeb(base_port=port):
            pass


def test_a_mistake_in_the_writing_names_file_and_key(tmp_path: Path) -> None:
    (tmp_path / "gazette.toml").write_text('[outlet]\nname = "Gazette"\n', "utf-8")
    with pytest.raises(IcewireError, match=r"gazette\.toml: city: Field required"):
        load_outlets(tmp_path)
    (tmp_path / "gazette.toml").write_text("[outlet\n", "utf-8")
    with pytest.raises(IcewireError, match=r"gazette\.toml is not TOML"):
        load_outlets(tmp_path)
