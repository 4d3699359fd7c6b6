"""Feeds that are broken, packed or hostile."""

import gzip
import re
import socket
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.locale import in_words, worded
from crawler.feeds import body as body_module
from crawler.feeds.feed import FeedItem, Reading, UnreadableFeed, read_feed
from tests.makers.feeding import NOW, STORY, URL, atom, item, links, only, read, rss


def test_a_feedburner_namespace_does_not_make_an_rss_feed_atom() -> None:
    document = rss(item()).replace("<rss", '<rss xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"')
    assert read(document) == Reading("rss", (FeedItem(STORY, "Agents at the ferry terminal"),))


def test_a_declaration_without_its_end_is_read() -> None:
    assert links(f'<?xml version="1.0">{rss(item())}<?php ?>') == [STORY]


@pytest.mark.parametrize("before", ["\ufeff", "\n\n  ", "\ufeff\n", "Warning: strtotime() in feed.php on line 3\n"])
def test_what_stands_before_the_document_does_not_matter(before: str) -> None:
    assert links(f'{before}<?xml version="1.0" encoding="utf-8"?>{rss(item())}') == [STORY]


@pytest.mark.parametrize(
    ("declared", "real"),
    [
        ("utf-8", "utf-8"),
        ("iso-8859-1", "utf-8"),
        ("iso-8859-1", "cp1252"),
        ("utf-8", "cp1252"),
        ("no-such-charset", "cp1252"),
        ("utf-16", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-8", "utf-16-le"),
        ("utf-8", "utf-8-sig"),
        ("utf-16", "utf-32"),
        ("utf-8", "utf-32-be"),
    ],
)
def test_titles_survive_wrong_charset_declarations(declared: str, real: str) -> None:
    document = f'<?xml version="1.0" encoding="{declared}"?>{rss(item(title="Redada en Peñón – “sin aviso”"))}'
    assert only(document.encode(real)).title == "Redada en Peñón – “sin aviso”"


def test_the_header_charset_is_used_when_the_document_has_none() -> None:
    body = rss(item(title="Задержание")).encode("cp1251")
    assert only(body, content_type="text/xml; charset=windows-1251").title == "Задержание"


def test_html_entities_stray_ampersands_and_control_characters_are_read() -> None:
    document = rss(item(f"{STORY}?a=1&b=2", "Caf&eacute;&nbsp;raid & AT&T \x0b &unknown; after"))
    found = only(document)
    assert found.url == f"{STORY}?a=1&b=2"
    assert found.title == "Café raid & AT&T &unknown; after"


def test_a_feed_cut_off_inside_a_link_loses_only_that_item() -> None:
    document = rss(item(), item(STORY + "second"))
    reading = read(document[: document.index("second") + 3])
    assert [one.url for one in reading.items] == [STORY]
    assert in_words(reading.notes[0]).startswith("XML cut off after")


def test_a_feed_cut_off_after_a_link_keeps_the_item() -> None:
    document = rss(item(), item(STORY + "second", more="<description>Two men"))
    assert links(document[: document.index("Two men")]) == [STORY, STORY + "second"]


def test_an_empty_feed_is_no_error() -> None:
    assert read(rss()) == Reading("rss", ())
    assert read(atom()) == Reading("atom", ())
    assert read('{"version": "https://jsonfeed.org/version/1", "items": []}') == Reading("json", ())


@pytest.mark.parametrize(
    ("body", "looks_like"),
    [
        (b"", "an empty body"),
        (b" \n ", "an empty body"),
        (b"<!DOCTYPE html><title>Just a moment&hellip;</title>", "an HTML page titled “Just a moment…”"),
        (b"<html><body>Sign in", "an HTML page"),
        (b"Service unavailable", "plain text (“Service unavailable”)"),
        (rss().encode()[:60], "XML cut off after 60 characters"),
        (b"<opml><body/></opml>", "an XML document <opml>"),
        (b'{"error": "no such feed"}', "JSON that is no feed"),
        (b'{"items": [', "JSON that cannot be read"),
        (b"[" * 100_000, "JSON that cannot be read"),
        (b"\x1f\x8b\x08rubbish", "damaged gzip data"),
    ],
)
def test_what_is_no_feed_is_said_with_its_address_and_what_it_looked_like(body: bytes, looks_like: str) -> None:
    with pytest.raises(UnreadableFeed) as raised:
        read(body)
    assert worded(raised.value).startswith(f"{URL} gave {looks_like}")


def test_the_kind_comes_from_the_content() -> None:
    assert read_feed(rss(item()).encode(), "https://a.example/feed.json", "application/json", "json").kind == "rss"
    assert read_feed(rss(item()).encode(), "https://a.example/local", "text/html", "section").kind == "rss"
    assert read_feed(atom(f'<link href="{STORY}"/>').encode(), URL, "text/html", "rss").kind == "atom"


def test_gzip_is_inflated_also_twice_in_parts_and_cut_off() -> None:
    body = rss(item()).encode()
    assert links(gzip.compress(body)) == [STORY]
    assert links(gzip.compress(gzip.compress(body))) == [STORY]
    assert links(gzip.compress(body[:100]) + gzip.compress(body[100:])) == [STORY]
    assert links(gzip.compress(body)[:-8]) == [STORY]


def test_a_gzip_bomb_is_stopped_at_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_module, "MOST_BYTES", 1_000_000)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(b" " * 1_000_000) for _ in range(20)) + packer.flush()
    with pytest.raises(UnreadableFeed) as raised:
        read(bomb)
    assert re.search("more than 1 MB", worded(raised.value))


def test_no_entity_is_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hidden words")
    dtd = f'<!DOCTYPE rss [<!ENTITY file SYSTEM "{secret.as_uri()}"><!ENTITY word "expanded">]>'
    assert only(f"{dtd}{rss(item(title='Vigil &file; &word;'))}").title == "Vigil &file; &word;"


def test_a_second_dtd_resolves_nothing_either() -> None:
    dtd = '<!DOCTYPE rss><!-- --><!DOCTYPE rss [<!ENTITY word "expanded">]>'
    assert only(f"{dtd}{rss(item(title='Vigil &word;'))}").title == "Vigil &word;"


def test_half_characters_and_zeros_of_json_do_not_reach_a_title() -> None:
    document = (
        r'{"version": "https://jsonfeed.org/version/1", "items": [{"url": "/vigil", "title": "Vi\ud83d\u0000gil"}]}'
    )
    assert only(document).title == "Vigil"


def test_nested_entities_cost_nothing() -> None:
    rows = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 12))
    document = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x0 "boom">{rows}]>{rss(item(title="Vigil &x11;"))}'
    assert only(document).title == "Vigil &x11;"


def test_a_body_that_is_a_path_or_an_address_opens_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    feed = tmp_path / "feed.xml"
    feed.write_text(rss(item()))
    with pytest.raises(UnreadableFeed):
        read(str(feed))
    assert links("https://quincybeacon.example/feed.xml") == ["https://quincybeacon.example/feed.xml"]


WHOLE = rss(
    *(item(f"{STORY}{n}", more=f"<pubDate>{NOW - timedelta(hours=n):%d %b %Y %H:%M}</pubDate>") for n in range(3))
)


def told(body: bytes) -> Reading | str:
    try:
        return read_feed(body, URL, now=NOW)
    except UnreadableFeed as error:
        return worded(error)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(WHOLE)), st.binary(max_size=6), st.booleans())
def test_damage_anywhere_gives_a_reading_or_says_what_it_is(at: int, noise: bytes, cut: bool) -> None:
    body = WHOLE.encode()
    found = told(body[:at] + noise + (b"" if cut else body[at:]))
    if isinstance(found, str):
        assert found.startswith(URL)
    else:
        assert all(one.url.startswith("http") for one in found.items)
        assert all(one.published_at is None or one.published_at <= NOW for one in found.items)
