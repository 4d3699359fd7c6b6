import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from crawler.feeds.elements import by_tags, by_xml
from crawler.feeds.feed import UnreadableFeed, read_feed

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
URL = "https://dovertimes.example/feed/"
STORY = "https://dovertimes.example/2026/11/20/vigil/"


def titles_and_dates(document: str) -> list[tuple[str, str]]:
    reading = read_feed(document.encode(), URL, now=NOW)
    return [(item.title, f"{item.published.start:%d %H:%M}" if item.published else "") for item in reading.items]


def test_media_titles_do_not_take_the_place_of_a_title() -> None:
    media = 'xmlns:media="http://search.yahoo.com/mrss/"'
    inside = f"<media:title>A photo</media:title><title>Vigil</title><link>{STORY}</link>"
    assert titles_and_dates(f"<rss {media}><channel><item>{inside}</item></channel></rss>") == [("Vigil", "")]
    assert titles_and_dates(
        f"<rss {media}><channel><item>{inside.replace('<title>Vigil</title>', '')}</item></channel></rss>"
    ) == [("A photo", "")]


def test_prefixes_that_nobody_declared_keep_their_usual_meaning() -> None:
    inside = f"<dc:title>Vigil</dc:title><link>{STORY}</link><dc:date>2026-11-20T09:30:00Z</dc:date>"
    assert titles_and_dates(f"<rss><channel><item>{inside}</item></channel></rss>") == [("Vigil", "20 09:30")]


def test_a_namespace_of_its_own_for_the_whole_feed_is_no_obstacle() -> None:
    inside = f"<title>Vigil</title><link>{STORY}</link><pubDate>20 Nov 2026 09:30 GMT</pubDate>"
    document = f'<rss xmlns="https://dovertimes.example/ns"><channel><item>{inside}</item></channel></rss>'
    assert titles_and_dates(document) == [("Vigil", "20 09:30")]


def test_titles_in_base64_are_read() -> None:
    entry = f'<entry><title mode="base64">VmlnaWw=</title><link href="{STORY}"/></entry>'
    assert titles_and_dates(f'<feed xmlns="http://purl.org/atom/ns#">{entry}</feed>') == [("Vigil", "")]


def test_unescaped_markup_with_unclosed_tags_costs_no_field() -> None:
    broken = (
        "<description><p>Two men<br>were taken</description><pubDate>Fri, 20 Nov 2026 09:30:00 GMT</pubDate></item>"
    )
    items = "".join(f"<item><title>Story {n}</title><link>{STORY}{n}</link>{broken}" for n in range(3))
    expected = [(f"Story {n}", "20 09:30") for n in range(3)]
    assert titles_and_dates(f"<rss><channel>{items}</channel></rss>") == expected


def test_tags_in_capitals_are_read() -> None:
    item = f"<ITEM><TITLE>Vigil</TITLE><LINK>{STORY}</LINK><PUBDATE>2026-11-20</PUBDATE></ITEM>"
    assert titles_and_dates(f"<RSS><CHANNEL>{item}</CHANNEL></RSS>") == [("Vigil", "20 00:00")]


def test_an_item_may_say_address_and_date_in_its_own_tag() -> None:
    item = f'<ITEM HREF="{STORY}" LASTMOD="2026-11-20T09:30:00Z"><TITLE>Vigil</TITLE></ITEM>'
    (found,) = read_feed(f"<CHANNEL>{item}</CHANNEL>".encode(), URL, now=NOW).items
    assert (found.url, found.title, found.updated_at) == (STORY, "Vigil", datetime(2026, 11, 20, 9, 30, tzinfo=UTC))


def test_unclosed_fields_end_where_the_next_begins() -> None:
    item = f"<item><title>Vigil<link>{STORY}<pubDate>2026-11-20</pubDate></item>"
    assert titles_and_dates(f"<rss><channel>{item}</channel></rss>") == [("Vigil", "20 00:00")]


def test_what_cdata_holds_is_text_to_both_readers() -> None:
    inside = f"<title><![CDATA[Ways & <b>means</b> &amp; more]]></title><link>{STORY}</link>"
    document = f"<rss><channel><item>{inside}</item></channel></rss>"
    for taken_apart in (by_xml(document)[0], by_tags(document)):
        (found,) = [taken_apart.elements(item)["title"][0] for item in taken_apart.items]
        assert found.html() in ("Ways & <b>means</b> &amp; more", "Ways & <b>means</b> & more")


# Hostile documents: what costs a second here would cost twenty in the crawl


def filled(unit: str, head: str = "<rss><channel>", size: int = 200_000) -> bytes:
    return (head + unit * ((size - len(head)) // len(unit))).encode()


@pytest.mark.slow
@pytest.mark.parametrize(
    "document",
    [
        lambda: filled("<item/>"),
        lambda: filled("<item>"),
        lambda: filled("<a>"),
        lambda: filled("<link/>"),
        lambda: filled("<a:"),
        lambda: filled("a", "<"),
        lambda: filled("<title/>", "<rss><item>"),
        lambda: filled("&eacute;", "<rss><item><title>"),
        lambda: filled("<![CDATA["),
        lambda: filled(f"<item><pubDate>{'Jan 1 1: ' * 20}</pubDate></item>"),
        lambda: filled(f"<item><link>{STORY}</link><title>{'&lt;script' * 900}</title></item>"),
        lambda: b"<rss>" + b"\xff " * 200_000,
        lambda: filled("<url>", "<urlset>"),
        lambda: filled("{},", '{"items":['),
        lambda: filled("<title>", "<!doctype html>"),
    ],
)
def test_no_document_costs_much_more_than_its_size(document: Callable[[], bytes]) -> None:
    body = document()
    start = time.process_time()
    with suppress(UnreadableFeed):
        assert len(read_feed(body, URL, now=NOW).items) <= 2000
    assert time.process_time() - start < 1.5
