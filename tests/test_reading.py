import gzip
import socket
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.spiders import body as body_module
from crawler.spiders.reading import FeedItem, Reading, UnreadableFeed, read_feed

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
URL = "https://quincybeacon.example/feed/"
STORY = "https://quincybeacon.example/2026/11/20/agents-at-the-ferry-terminal/"


def item(link: str = STORY, title: str = "Agents at the ferry terminal", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def rss(*items: str, head: str = "<link>https://quincybeacon.example/</link>") -> str:
    return f'<rss version="2.0"><channel><title>Quincy Beacon</title>{head}{"".join(items)}</channel></rss>'


def atom(*entries: str, attributes: str = "") -> str:
    inside = "".join(f"<entry><title>Hearing moved</title>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom"{attributes}><title>Lowell Ledger</title>{inside}</feed>'


def read(document: str | bytes, url: str = URL, **known: str) -> Reading:
    body = document.encode() if isinstance(document, str) else document
    return read_feed(body, url, now=NOW, **known)  # type: ignore[arg-type]


def only(document: str | bytes, **known: str) -> FeedItem:
    reading = read(document, **known)
    assert len(reading.items) == 1, reading
    return reading.items[0]


def links(document: str | bytes) -> list[str]:
    return [one.url for one in read(document).items]


# What an item says


def test_an_rss_item_gives_link_plain_title_moment_and_summary() -> None:
    more = (
        "<pubDate>Fri, 20 Nov 2026 09:30:00 -0500</pubDate>"
        "<description>&lt;p&gt;Two men were taken &lt;b&gt;away&lt;/b&gt;.&lt;/p&gt;</description>"
    )
    assert only(rss(item(title="Mayor &amp;amp; council: &lt;i&gt;no notice&lt;/i&gt;", more=more))) == FeedItem(
        url=STORY,
        title="Mayor & council: no notice",
        published_at=datetime(2026, 11, 20, 14, 30, tzinfo=UTC),
        summary="Two men were taken away.",
    )


def test_an_atom_entry_gives_both_moments() -> None:
    entry = (
        f'<link href="{STORY}"/><published>2026-11-20T09:00:00-05:00</published><updated>2026-11-20T16:00:00Z</updated>'
    )
    found = only(atom(entry))
    assert found.published_at == datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
    assert found.updated_at == datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def test_an_update_is_not_called_a_publication() -> None:
    found = only(atom(f'<link href="{STORY}"/><updated>2026-11-20T16:00:00Z</updated>'))
    assert found.published_at is None
    assert found.updated_at == datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def test_rss_1_is_read_with_its_dublin_core_date() -> None:
    document = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Beacon</title></channel>'
        f"<item><title>Vigil</title><link>{STORY}</link><dc:date>20 Nov 2026, 9:30 am EST</dc:date></item></rdf:RDF>"
    )
    assert only(document).published_at == datetime(2026, 11, 20, 14, 30, tzinfo=UTC)


def test_a_json_feed_is_read() -> None:
    document = (
        '{"version": "https://jsonfeed.org/version/1.1", "title": "Beacon", "items": [{"id": 7, "url": "/vigil", '
        '"title": "Vigil &amp; march", "date_published": "2026-11-20T09:30:00-05:00", "content_html": "<p>At noon"}, '
        f'{{"id": "{STORY}"}}, "noise"]}}'
    )
    reading = read(document)
    assert reading.kind == "json"
    assert reading.items[0] == FeedItem(
        url="https://quincybeacon.example/vigil",
        title="Vigil & march",
        published_at=datetime(2026, 11, 20, 14, 30, tzinfo=UTC),
        summary="At noon",
        content="<p>At noon",
    )
    assert reading.items[1].url == STORY


# Which link is the article


def test_the_alternate_page_is_preferred_to_other_links() -> None:
    entry = (
        f'<link rel="self" href="{STORY}?format=atom"/><link rel="enclosure" href="{STORY}sound.mp3"/>'
        f'<link rel="alternate" type="application/json" href="{STORY}?json"/>'
        f'<link rel="alternate" type="text/html" href="{STORY}"/>'
    )
    assert links(atom(entry)) == [STORY]


@pytest.mark.parametrize("rel", ["self", "enclosure", "edit", "related"])
def test_another_link_is_taken_only_when_an_entry_has_no_better(rel: str) -> None:
    other = f'<link rel="{rel}" href="{STORY}?other"/>'
    assert links(atom(f"{other}<id>urn:uuid:1</id>")) == [f"{STORY}?other"]
    assert links(atom(f"{other}<id>{STORY}</id>")) == [STORY]
    assert links(atom(f'{other}<link href="{STORY}"/>')) == [STORY]


def test_an_entry_that_only_points_to_its_content_is_kept() -> None:
    assert links(atom(f'<content src="{STORY}" type="text/html"/>')) == [STORY]
    assert links(rss(f'<item><title>Vigil</title><enclosure url="{STORY}sound.mp3"/></item>')) == [f"{STORY}sound.mp3"]


def test_a_name_is_no_link() -> None:
    for name in ("urn:uuid:1", "tag:quincybeacon.example,2026:1", "Vigil at noon", "story-4411"):
        assert read(atom(f"<id>{name}</id>")).notes == ("1 item without a link skipped",)


def test_a_guid_is_a_link_only_when_it_is_a_permalink() -> None:
    permalink = f"<item><title>Vigil</title><guid>{STORY}</guid></item>"
    assert links(rss(permalink)) == [STORY]
    assert links(rss(permalink.replace("<guid>", '<guid isPermaLink="false">'))) == []
    assert links(rss("<item><title>Vigil</title><guid>story 4411</guid></item>")) == []


def test_a_standout_link_beside_the_link_does_not_hide_it() -> None:
    more = f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="standout" href="{STORY}"/>'
    assert links(rss(item(more=more))) == [STORY]


def test_the_address_behind_a_feedburner_link_is_taken() -> None:
    origin = "http://rssnamespace.org/feedburner/ext/1.0"
    more = f'<f:origLink xmlns:f="{origin}">{STORY}</f:origLink>'
    document = rss(item("https://feedproxy.example/~r/1", more=more)).replace("f:origLink", "feedburner:origLink")
    assert links(document.replace("xmlns:f=", "xmlns:feedburner=")) == [STORY]


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/vigil", "https://quincybeacon.example/vigil"),
        ("vigil", "https://quincybeacon.example/vigil"),
        ("//news.quincybeacon.example/vigil", "https://news.quincybeacon.example/vigil"),
        ("www.quincybeacon.example/vigil", "https://www.quincybeacon.example/vigil"),
        ("quincybeacon.example/vigil", "https://quincybeacon.example/vigil"),
        ("\n  https://quincybeacon.example/a b\n ", "https://quincybeacon.example/a%20b"),
    ],
)
def test_links_are_relative_to_the_channel(link: str, url: str) -> None:
    assert links(rss(item(link))) == [url]


def test_links_are_relative_to_xml_base() -> None:
    document = atom('<link href="vigil"/>', attributes=' xml:base="https://quincybeacon.example/news/"')
    assert links(document) == ["https://quincybeacon.example/news/vigil"]


@pytest.mark.parametrize("link", ["", "mailto:desk@quincybeacon.example", "javascript:void(0)", "http://[broken"])
def test_an_item_without_a_web_link_is_skipped_and_counted(link: str) -> None:
    reading = read(rss(item(link), item()))
    assert [one.url for one in reading.items] == [STORY]
    assert reading.notes == ("1 item without a link skipped",)


def test_repeated_links_collapse_to_the_first() -> None:
    reading = read(rss(item(title="First"), item(title="Second"), item(title="Third")))
    assert [one.title for one in reading.items] == ["First"]
    assert reading.notes == ("2 items repeating a link dropped",)


# Dates


def test_a_date_in_the_future_is_dropped_and_noted() -> None:
    document = rss(item(more="<pubDate>Sat, 21 Nov 2026 09:30:00 GMT</pubDate>"))
    reading = read(document)
    assert reading.items[0].published_at is None
    assert reading.notes == ("1 item dated in the future: date dropped",)


def test_without_a_now_no_date_is_in_the_future() -> None:
    document = rss(item(more="<pubDate>Sat, 21 Nov 2126 09:30:00 GMT</pubDate>"))
    assert read_feed(document.encode(), URL).items[0].published_at == datetime(2126, 11, 21, 9, 30, tzinfo=UTC)


def test_a_date_that_names_no_day_is_noted_and_not_guessed() -> None:
    reading = read(rss(item(more="<pubDate>Yesterday 10:30</pubDate>")))
    assert reading.items[0].published_at is None
    assert reading.notes == ("1 item with an unreadable date",)


# Broken feeds


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
    assert reading.notes[0].startswith("XML cut off after")


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
    assert str(raised.value).startswith(f"{URL} gave {looks_like}")


def test_the_kind_comes_from_the_content() -> None:
    assert read_feed(rss(item()).encode(), "https://a.example/feed.json", "application/json", "json").kind == "rss"
    assert read_feed(rss(item()).encode(), "https://a.example/local", "text/html", "section").kind == "rss"
    assert read_feed(atom(f'<link href="{STORY}"/>').encode(), URL, "text/html", "rss").kind == "atom"


# Compressed bodies


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
    with pytest.raises(UnreadableFeed, match="more than 1 MB"):
        read(bomb)


# Hostile feeds


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
        return str(error)


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
