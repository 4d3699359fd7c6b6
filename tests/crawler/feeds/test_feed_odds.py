"""Feeds that are wrong in one way or another: what can be saved of them, entry by entry."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.feeds.elements import by_tags, by_xml
from crawler.feeds.feed import read_feed
from crawler.feeds.joined import joined
from tests.makers.feeding import STORY, URL, item, links, only, rss

SAID = "2026-11-20T09:30:00-05:00"
AT = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
SECOND = f"<item><title>Vigil</title><link>{STORY}b</link></item>"


@pytest.mark.parametrize(
    "instead",
    [
        f'<guid isPermaLink="false">{STORY}</guid>',
        f"<link><![CDATA[\n  {STORY}\n]]></link>",
        "<link>\n  https://quincybeacon.example/2026/11/20/\n   agents-at-the-ferry-terminal/\n</link>",
        f'<link href="{STORY}"/>',
        f'<a10:link href="{STORY}"/>',
        f'<link rel="self" href="{STORY}"/>',
        f"<LINK>{STORY}</LINK>",
        f"<url>{STORY}</url>",
        f"<permalink>{STORY}</permalink>",
        f"<comments>{STORY}#respond</comments>",
        f"<link>{STORY.replace('https://', 'https:/')}</link>",
        f"<link>{STORY.replace('https://', 'http://https://')}</link>",
        f"<description>&lt;a href='{STORY}'&gt;The whole story&lt;/a&gt;</description>",
        f'<enclosure url="{STORY}" type="text/html"/>',
        f"<link>https://feeds.example/~r/1</link><feedburner:origLink>{STORY}</feedburner:origLink>",
        f'<source url="https://elsewhere.example/feed">Elsewhere</source><guid>{STORY}</guid>',
    ],
)
def test_whatever_of_an_item_is_an_address_leads_to_its_page(instead: str) -> None:
    assert links(rss(item().replace(f"<link>{STORY}</link>", instead))) == [STORY]


@pytest.mark.parametrize("written", ["&amp;amp;", "&amp;#038;", "<![CDATA[&#38;]]>", "<![CDATA[&#x26;]]>"])
def test_an_address_that_was_escaped_twice_is_unescaped_twice(written: str) -> None:
    doubly = f"https://quincybeacon.example/a?x=1{written}y=2"
    assert links(rss(item(link=doubly))) == ["https://quincybeacon.example/a?x=1&y=2"]


@pytest.mark.parametrize(
    "dated",
    [
        f"<publishDate>{SAID}</publishDate>",
        f"<published_at>{SAID}</published_at>",
        f"<prism:publicationDate>{SAID}</prism:publicationDate>",
        f"<dcterms:available>{SAID}</dcterms:available>",
        f"<PUBDATE>{SAID}</PUBDATE>",
        f"<date>{SAID}</date>",
        f"<issued>{SAID}</issued>",
        f"<pubDate></pubDate><dc:date>{SAID}</dc:date>",
        f"<pubDate>n/a</pubDate><dc:date>{SAID}</dc:date>",
        f"<pubDate><![CDATA[ {SAID} ]]></pubDate>",
        "<pubDate>Mon, 20 Nov 2026 09:30:00 -0500</pubDate>",
        "<pubDate>vie, 20 noviembre 2026 09:30:00 -0500</pubDate>",
        "<pubDate>20 de noviembre de 2026, 9:30 a. m. EST</pubDate>",
        "<pubDate>November 20, 2026 9:30 AM ET</pubDate>",
        "<pubDate>11/20/2026 9:30 AM</pubDate>",
        "<pubDate>2026-11-20 09:30:00</pubDate>",
    ],
)
def test_a_date_is_read_by_whatever_name_and_in_whatever_form(dated: str) -> None:
    reading = read_feed(rss(item(more=dated)).encode(), URL, zone=ZoneInfo("America/New_York"))
    assert reading.items[0].published_at == AT


@pytest.mark.parametrize(
    ("whole", "broken"),
    [
        ("</title>", ""),
        ("</title>", "</Title>"),
        ("</title>", "</link>"),
        ("</title>", " &bogus; & more</title>"),
        ("</item>", "<description><b>bold</description></item>"),
        ("</item>", "<description><![CDATA[ open</description></item>"),
        ("</item>", "<enclosure url=https://x.example/a.jpg /></item>"),
        ("</item>", '<media:content url="a" url="b"/></item>'),
        ("</item>", ""),
        ("</item>", "\x08</item>"),
        ("</channel></rss>", ""),
        ("</channel></rss>", "</channel></rss><rss><channel></channel></rss>"),
        ("</channel></rss>", "</channel></rss><script>track()</script>"),
    ],
)
def test_a_fault_in_one_place_costs_no_entry(whole: str, broken: str) -> None:
    document = rss(item(more=f"<pubDate>{SAID}</pubDate>"), SECOND).replace(whole, broken, 1)
    reading = read_feed(document.encode(), URL)
    assert [one.url for one in reading.items] == [STORY, f"{STORY}b"]
    assert reading.items[0].published_at == AT
    assert reading.items[0].title.startswith("Agents at the ferry terminal")


@pytest.mark.parametrize(
    "before",
    ["<html><body>Warning: disk full</body></html>", "<!DOCTYPE html><html><head></head><body></body></html>",
     "<br />\n<b>Warning</b>: x in <b>/y.php</b> on line <b>3</b><br />\n", "<!-- cached -->", "\ufeff \n\ufeff"],
)  # fmt: skip
def test_whatever_stands_before_a_feed_is_passed_over(before: str) -> None:
    assert links(before + rss(item())) == [STORY]


def test_a_feed_in_escaped_letters_is_a_feed() -> None:
    escaped = rss(item()).replace("<", "&lt;").replace(">", "&gt;")
    assert links(escaped) == links(f"<html><body><pre>{escaped}</pre></body></html>") == [STORY]


def test_what_only_one_of_two_readers_knows_is_kept() -> None:
    one, _ = by_xml("<rss><channel><item><title>A</title><link>https://a.example/1</link></item></channel></rss>")
    other = by_tags(
        "<item><title>A</title><link>https://a.example/1</link><pubDate>2026-11-20</pubDate></item>"
        "<item><title>B</title><link>https://a.example/2</link></item><item><title>C</title></item>"
    )
    both = joined(one, other, lambda elements: "".join(e.text() for e in elements.get("link", ())))
    told = [{name: said[0].text() for name, said in both.elements(i).items()} for i in both.items]
    assert told == [
        {"title": "A", "link": "https://a.example/1", "pubdate": "2026-11-20"},
        {"title": "B", "link": "https://a.example/2"},
    ]
    assert [both.date(i) for i in both.items] == ["2026-11-20", ""]


POST = {"title": "Vigil", "url": STORY, "date_published": SAID}


@pytest.mark.parametrize(
    "document",
    [
        json.dumps({"items": [POST]})[:-2] + ',{"title": "Torn',
        json.dumps({"items": [POST]}).replace("}]", ",}]"),
        json.dumps([POST]),
        json.dumps({"entries": [POST]}),
        json.dumps({"data": {"posts": [POST]}}),
        json.dumps({"items": [{"title": "Vigil", "link": STORY, "pubDate": SAID}]}),
        json.dumps({"items": [{"title": "Vigil", "id": STORY, "date_published": 1795185000}]}),
        json.dumps([{"title": {"rendered": "Vigil"}, "link": STORY, "date_gmt": "2026-11-20T14:30:00"}]),
        json.dumps({"feed": {"entry": [{"title": {"$t": "Vigil"}, "published": {"$t": SAID},
                    "link": [{"rel": "self", "href": URL}, {"rel": "alternate", "href": STORY}]}]}}),
    ],
)  # fmt: skip
def test_a_list_of_posts_in_json_is_read_under_other_names(document: str) -> None:
    found = only(document)
    assert (found.url, found.title, found.published_at) == (STORY, "Vigil", AT)
