"""Documents made to keep their reader busy: each is read, or refused, in no time."""

import time
from datetime import UTC, datetime

import pytest

from crawler.feeds import Reading, UnreadableFeed, read_feed
from crawler.feeds.items import MOST_CONTENT, Collector

NOW = datetime(2026, 11, 30, tzinfo=UTC)
URL = "https://paper.example/feed"
LINK = "<link>https://paper.example/1</link>"
MANY = 80_000  # bytes: what is quadratic took minutes for as many


def feed(inside: str) -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{inside}</channel></rss>'


def broken(inside: str) -> str:
    return f"<rss><channel>{inside}<b>&x</c></channel></rss>"


ATTACKS = {
    "one long attribute": feed(f'<item x="{"a" * MANY}">{LINK}</item>'),
    "a long word for an attribute": broken(f"<item {'a' * MANY}><title>x</title>{LINK}</item>"),
    "colons for an attribute": broken(f"<item {'a:' * (MANY // 2)}><title>x</title>{LINK}</item>"),
    "spaces for an attribute": broken(f"<item a{' ' * MANY}a><title>x</title>{LINK}</item>"),
    "many attributes": feed("<item " + " ".join(f'a{n}="x"' for n in range(MANY)) + f">{LINK}</item>"),
    "nested bases": feed(
        ('<a xml:base="https://paper.example/b/">' * 200 + f"<item>{LINK}</item>" + "</a>" * 200) * (MANY // 8000)
    ),
    "one long base for many": feed(
        f'<a xml:base="https://paper.example/{"b/" * MANY}">'
        + f'<item xml:base="c">{LINK}</item>' * (MANY // 50)
        + "</a>"
    ),
    "a long home": feed(f"<link>https://paper.example/{'a/' * MANY}</link>" + "<item><link>../1</link></item>" * 500),
    "one guid for all": broken("<item><guid>g</guid><title>t</title></item>" * (MANY // 44)),
    "blanks in markup": feed(f"<item>{LINK}<description>{' ' * MANY}<b>x</b>{' ' * MANY}</description></item>"),
    "nested items": feed("<item><title>" * 120 + "x" * 600 + "</title></item>" * 120),
    "a billion laughs": f'<!DOCTYPE r [<!ENTITY a "{"ha" * 1000}">]>' + feed(f"<item>{LINK}{'&a;' * 2000}</item>"),
    "comments": "<!---->" * (MANY // 7) + feed(f"<item>{LINK}</item>"),
    "open comments": "<!--" * (MANY // 4),
    "open doctypes": "<!DOCTYPE x [ ] " * (MANY // 16),
    "open brackets": "<" * MANY,
    "a sitemap index of itself": f"<sitemapindex>{f'<sitemap><loc>{URL}</loc></sitemap>' * 1000}</sitemapindex>",
    "a long number": '{"items":[{"url":"https://paper.example/1","date":' + "9" * MANY + "}]}",
    "open lists": "[" * MANY,
}


def read(text: str) -> Reading | None:
    began = time.process_time()
    try:
        return read_feed(text.encode(), URL, now=NOW)
    except UnreadableFeed:
        return None
    finally:
        assert time.process_time() - began < 2  # a tenth of it on a machine that does nothing else


@pytest.mark.parametrize("name", ATTACKS)
def test_it_is_read_in_no_time(name: str) -> None:
    read(ATTACKS[name])


@pytest.mark.parametrize("name", ["one long attribute", "a long word for an attribute", "nested bases", "a long home"])
def test_its_links_are_read_all_the_same(name: str) -> None:
    reading = read(ATTACKS[name])
    assert reading
    assert len(reading.items) == 1


def test_a_base_holds_for_what_is_inside_and_is_relative_to_the_one_around() -> None:
    inside = '<item><link href="c"/></item><item xml:base="/d/"><link href="c"/></item>'
    reading = read(f'<feed xml:base="https://paper.example/a/"><a xml:base="b/">{inside}</a></feed>')
    assert reading
    assert [item.url for item in reading.items] == ["https://paper.example/a/b/c", "https://paper.example/d/c"]


def test_nested_items_say_no_more_than_any_document_could() -> None:
    collector = Collector(URL, NOW)
    for number in range(100):
        collector.add(f"/{number}", content="x" * MOST_CONTENT)
    reading = collector.reading("rss")
    assert len(reading.items) == 100
    assert sum(len(item.content) for item in reading.items) == 60 * MOST_CONTENT


def test_a_section_page_is_read_as_far_as_any_real_one_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.feeds.section._MOST_TAGS", 400)
    monkeypatch.setattr("crawler.feeds.section._MOST_ANCHORS", 300)
    links = "".join(f'<a href="/2026/11/29/a-story-with-number-{n}">Some headline about it</a>' for n in range(1000))
    reading = read_feed(f"<html><body>{links}</body></html>".encode(), URL, "", "section", NOW)
    assert len(reading.items) == 300
    [note] = reading.notes
    assert (note.code, note.args["count"]) == ("links_left_out", 700)
