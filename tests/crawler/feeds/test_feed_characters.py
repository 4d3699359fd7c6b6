"""One bad character never loses a feed: every link is read, and what is said of it is clean."""

import json

import pytest

from crawler.feeds.feed import read_feed
from tests.makers.feeding import NOW

BASE = "https://ledger.example"
SIREN = "\U0001f6a8"
# What stands in a title, and what is to be read there.
TITLES = {
    "halves as decimal numbers": ("ICE &#55357;&#57000; raid", f"ICE {SIREN} raid"),
    "halves as hexadecimal numbers": ("ICE &#xD83D;&#xDEA8; raid", f"ICE {SIREN} raid"),
    "one half": ("ICE &#55357; raid", "ICE raid"),
    "a huge number": (f"ICE &#{'9' * 5000}; raid", "ICE raid"),
    "a number beyond all": ("ICE &#x110000; raid", "ICE raid"),
    "NUL as a number": ("ICE &#0; raid", "ICE raid"),
    "NUL": ("ICE \0 raid", "ICE raid"),
    "C0": ("ICE \x01\x08\x0b\x1f raid", "ICE raid"),
    "C0 as a number": ("ICE &#x1b;&#7; raid", "ICE raid"),
    "C1": ("ICE \x85\x92s raid", "ICE …’s raid"),
    "C1 as a number": ("ICE&#146;s raid", "ICE’s raid"),
    "no character": ("ICE \ufffe\uffff raid", "ICE raid"),
    "turned": ("ICE \u202edlrow\u202c \u2066raid\u2069", "ICE dlrow raid"),
    "tags": ("ICE \U000e0049\U000e0043\U000e007f raid", "ICE raid"),
    "a terminal's order": ("ICE \x1b[31mred\x1b]0;title\x07 raid", "ICE redtitle raid"),
    "encoded twice": ("Theyâ€™re in EspaÃ±a", "They’re in España"),
    "encoded twice, in entities": ("They&acirc;&euro;&trade;re in Espa&Atilde;&plusmn;a", "They’re in España"),
}  # fmt: skip


def described(title: str) -> list[tuple[str, str]]:
    """The items of a feed with such a title in the middle: path and title."""
    return [("a", "First"), ("b", title), ("c", "Last")]


def as_rss(title: str) -> bytes:
    items = "".join(f"<item><title>{t}</title><link>{BASE}/{p}</link></item>" for p, t in described(title))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()


def as_rss_in_cdata(title: str) -> bytes:
    return as_rss(f"<![CDATA[{title}]]>")


def as_rss_escaped_twice(title: str) -> bytes:
    return as_rss(title.replace("&", "&amp;"))


def as_atom(title: str) -> bytes:
    items = "".join(f'<entry><title>{t}</title><link href="{BASE}/{p}"/></entry>' for p, t in described(title))
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>{items}</feed>'.encode()


def as_broken_rss(title: str) -> bytes:
    return as_rss(title).replace(b"<channel>", b"<channel><oops>")


def as_sitemap(title: str) -> bytes:
    rows = "".join(
        f"<url><loc>{BASE}/{p}</loc><n:news><n:title>{t}</n:title></n:news></url>" for p, t in described(title)
    )
    return f'<urlset xmlns="s" xmlns:n="n">{rows}</urlset>'.encode()


def as_json(title: str) -> bytes:
    return json.dumps({"items": [{"url": f"{BASE}/{p}", "title": t} for p, t in described(title)]}).encode()


def as_raw_json(title: str) -> bytes:
    items = ",".join(f'{{"url": "{BASE}/{p}", "title": "{t}"}}' for p, t in described(title))
    return f'{{"items": [{items}]}}'.encode()


KINDS = (as_rss, as_rss_in_cdata, as_rss_escaped_twice, as_broken_rss, as_atom, as_sitemap, as_json, as_raw_json)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", TITLES)
def test_all_links_are_read_and_titles_are_clean(name: str, kind: object) -> None:
    written, meant = TITLES[name]
    found = read_feed(kind(written), f"{BASE}/feed", now=NOW).items  # type: ignore[operator]
    assert [item.url for item in found] == [f"{BASE}/{path}" for path in "abc"]
    assert (found[0].title, found[2].title) == ("First", "Last")
    if name == "a terminal's order" and kind is as_json:  # only there the order is still whole when it is cleaned
        assert found[1].title == "ICE red raid"
    else:
        assert found[1].title.replace("[31m", "").replace("]0;", "") == meant


@pytest.mark.parametrize("kind", KINDS)
def test_pairs_written_as_if_they_were_utf_8_are_one_character(kind: object) -> None:
    body = kind("ICE @@ é raid").replace(b"@@", b"\xed\xa0\xbd\xed\xba\xa8")  # type: ignore[operator]
    found = read_feed(body, f"{BASE}/feed", now=NOW).items
    assert [item.title for item in found] == ["First", f"ICE {SIREN} é raid", "Last"]


@pytest.mark.parametrize("bad", ["\0", "\x1b", "\u200b", "\u202e", "\ufeff", "&#0;", "&#55357;", "\U000e0041"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_bad_character_in_a_link_does_not_lose_it(kind: object, bad: str) -> None:
    if "&" in bad and kind in (as_json, as_raw_json, as_rss_in_cdata):
        pytest.skip("there it is no character")
    body = kind("Middle").replace(f"{BASE}/b".encode(), f"{BASE}/{bad}b{bad}".encode())  # type: ignore[operator]
    found = read_feed(body, f"{BASE}/feed", now=NOW).items
    assert [item.url for item in found] == [f"{BASE}/{path}" for path in "abc"]


def test_half_a_character_in_json_does_not_lose_the_link() -> None:
    body = b'{"items": [{"url": "https://ledger.example/\\ud83db", "title": "ICE \\ud83d raid \\u0000"}]}'
    [item] = read_feed(body, f"{BASE}/feed", now=NOW).items
    assert (item.url, item.title) == (f"{BASE}/b", "ICE raid")


@pytest.mark.parametrize("bad", ["\0", "&#0;", "&#55357;&#57000;", "\ufffe", "\x1b[31m", "\u202e"])
def test_a_section_page_is_read_whole(bad: str) -> None:
    links = "".join(
        f'<h2><a href="/2026/03/09/story-number-{n}">ICE {bad}at court number {n}</a></h2>' for n in range(5)
    )
    page = f"<html><body><main>{links}</main></body></html>".encode()
    found = read_feed(page, f"{BASE}/news", kind="section", now=NOW).items
    assert [item.url for item in found] == [f"{BASE}/2026/03/09/story-number-{n}" for n in range(5)]
    assert all("\x1b" not in item.title and "\u202e" not in item.title and "\0" not in item.title for item in found)
