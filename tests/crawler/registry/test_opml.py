import contextlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.model.errors import IcewireError
from crawler.places.usa import STATES
from crawler.registry.files import load_registry
from crawler.registry.opml import read_opml, write_opml
from crawler.registry.outlet import Outlet, OutletFeed


def opml(outlines: str) -> bytes:
    return f"<opml version='2.0'><head><title>Outlets</title></head><body>{outlines}</body></opml>".encode()


def feed(name: str, **attributes: str) -> str:
    facts = {"title": name, "text": name, "xmlUrl": f"https://{name}.example/feed", **attributes}
    return "<outline " + " ".join(f'{key}="{value}"' for key, value in facts.items()) + "/>"


def read_one(outlines: str) -> Outlet:
    (outlet,) = read_opml(opml(outlines)).outlets
    return outlet


def test_a_list_of_another_reader_is_read() -> None:
    outlet = read_one(feed("lantern", type="rss", htmlUrl="https://lantern.example/"))
    assert outlet == Outlet(
        id="lantern",
        name="lantern",
        homepage="https://lantern.example/",
        feeds=(OutletFeed(kind="rss", url="https://lantern.example/feed"),),
    )


def test_a_list_on_loopback_without_states_is_read_with_ports_and_quotes() -> None:
    lines = "".join(
        f"<outline text=\"{name}\" title=\"{name}\" type='{kind}' xmlUrl='{base}{path}' htmlUrl='{base}/'/>"
        for name, kind, base, path in [
            ("O'Hara Item", "rss", "http://127.0.0.2:8123", "/feed"),
            ("Two", "sitemap", "http://127.0.0.3:8123", "/news.xml"),
            ("Three", "section", "http://127.0.0.4:8123", "/local/"),
        ]
    )
    reading = read_opml(opml(lines))
    assert [(o.id, o.feeds[0].kind, o.state) for o in reading.outlets] == [
        ("ohara-item", "rss", ""),
        ("two", "news_sitemap", ""),
        ("three", "section", ""),
    ]


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("rss", "rss"),
        ("ATOM", "atom"),
        ("json", "json"),
        ("sitemap", "news_sitemap"),
        ("section", "section"),
        ("pie", "rss"),
        ("", "rss"),
    ],
)
def test_the_type_gives_the_kind_of_feed(type_: str, kind: str) -> None:
    assert read_one(feed("lantern", type=type_)).feeds[0].kind == kind


def test_attribute_names_are_read_in_any_case_and_text_stands_in_for_title() -> None:
    outlet = read_one("<outline TEXT='The  Lantern' XMLURL='https://a.example/f' HTMLURL='https://a.example/'/>")
    assert outlet.name == "The Lantern"
    assert outlet.homepage == "https://a.example/"


@pytest.mark.parametrize(("said", "language"), [("es", "es"), ("en-US", "en"), ("unknown", "en"), ("", "en")])
def test_the_language_is_read_where_it_is_one(said: str, language: str) -> None:
    assert read_one(feed("lantern", language=said)).language == language


def test_a_feed_without_name_and_homepage_is_known_by_its_site() -> None:
    outlet = read_one("<outline xmlUrl='https://news.example/feed'/>")
    assert (outlet.name, outlet.id, outlet.homepage) == ("news.example", "newsexample", "https://news.example/")


def test_feeds_of_one_homepage_are_one_outlet() -> None:
    home = "https://lantern.example/"
    outlet = read_one(feed("lantern", htmlUrl=home) + feed("more", type="section", htmlUrl=home.rstrip("/")))
    assert [(f.kind, f.url) for f in outlet.feeds] == [
        ("rss", "https://lantern.example/feed"),
        ("section", "https://more.example/feed"),
    ]


def test_feeds_without_homepage_stay_apart() -> None:
    urls = ("https://host.example/a", "https://host.example/b")
    reading = read_opml(opml("".join(feed("lantern", xmlUrl=url) for url in urls)))
    assert [o.id for o in reading.outlets] == ["lantern", "lantern-2"]


@pytest.mark.parametrize("folder", ["Massachusetts", "MA", " massachusetts "])
def test_a_folder_of_a_state_gives_the_state_to_any_depth(folder: str) -> None:
    lines = f"<outline text='{folder}'><outline text='Radio'>{feed('lantern')}</outline></outline>"
    reading = read_opml(opml(f"<outline text='News'>{lines}</outline>"))
    assert reading.outlets[0].state == "MA"
    assert reading.notes == ()


def test_the_nearest_state_wins() -> None:
    lines = f"<outline text='MA'><outline text='New Hampshire'>{feed('lantern')}</outline></outline>"
    assert read_one(lines).state == "NH"


def test_an_outlet_without_state_is_told_of() -> None:
    assert read_opml(opml(feed("lantern"))).notes == (
        "line 1: lantern has no state; it counts as nationwide until you give one",
    )


def test_made_ids_avoid_those_in_use() -> None:
    data = opml(feed("lantern") + feed("item"))
    assert [o.id for o in read_opml(data, existing={"lantern"}).outlets] == ["lantern-2", "item"]


def test_made_ids_avoid_those_that_the_file_gives_later() -> None:
    given_id = "<outline xmlns:i='urn:icewire:opml' i:id='lantern' text='L' xmlUrl='https://l.example/'/>"
    assert [o.id for o in read_opml(opml(feed("lantern") + given_id)).outlets] == ["lantern-2", "lantern"]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (feed("bad", xmlUrl="ftp://bad.example/"), "is not an address of the web"),
        (feed("bad", xmlUrl="https://[bad"), "is not an address of the web"),
        (feed("bad", htmlUrl="bad"), "\"homepage\" = 'bad' is not an address"),
        ("<outline text='bad'/>", "bad has no xmlUrl"),
        (feed("bad", xmlUrl="https://good.example/feed/"), "has the feed of line 1 again"),
        ("<outline xmlns:i='urn:icewire:opml' i:id='BAD' text='bad' xmlUrl='https://b.example/'/>", "is not an id"),
        ("<outline xmlns:i='urn:icewire:opml' i:id='bad' text='bad' htmlUrl='https://b.example/'/>", "has no feeds"),
    ],
)
def test_a_bad_outline_is_left_out_and_told_of(bad: str, words: str) -> None:
    reading = read_opml(opml(f"<outline text='MA'>{feed('good')}\n{bad}</outline>"))
    assert [o.id for o in reading.outlets] == ["good"]
    (note,) = reading.notes
    assert note.startswith("line 2: ")
    assert words in note


def test_a_bad_feed_leaves_its_outlet_the_others() -> None:
    home = "https://lantern.example/"
    reading = read_opml(opml(feed("a", xmlUrl="nothing", htmlUrl=home) + feed("b", htmlUrl=home)))
    assert [f.url for f in reading.outlets[0].feeds] == ["https://b.example/feed"]
    assert "nothing" in reading.notes[0]


def test_a_broken_file_names_the_line() -> None:
    with pytest.raises(IcewireError, match=r"broken: .*line 4"):
        read_opml(b"<opml>\n<body>\n<outline text=\n</body></opml>")


@pytest.mark.parametrize("data", [b"", b"not xml", b"<html><body/></html>", b"<opml/>", b"\x00\xff\xfe"])
def test_what_is_not_opml_is_refused(data: bytes) -> None:
    with pytest.raises(IcewireError):
        read_opml(data)


def test_link_patterns_that_somebody_wrote_by_hand_are_read_and_wrong_ones_told_of() -> None:
    attributes = "xmlns:i='urn:icewire:opml' i:link_patterns='{}' type='section' text='L' xmlUrl='https://l.example/'"
    assert read_one(f"<outline {attributes.format('/news/')}/>").feeds[0].link_patterns == ("/news/",)
    reading = read_opml(opml(f"<outline {attributes.format('(')}/>"))
    assert reading.outlets == ()
    assert "is not a regular expression" in reading.notes[0]


BOMB = (
    "<!DOCTYPE opml [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY a{n} '{(f'&a{n - 1 or str()};') * 10}'>" for n in range(1, 12))
    + "]>"
)


@pytest.mark.parametrize(
    "document",
    [
        BOMB + "<opml><body><outline text='&a11;' xmlUrl='https://a.example/'/></body></opml>",
        BOMB + "<opml><body>&a11;</body></opml>",
        "<!DOCTYPE opml [<!ENTITY f SYSTEM 'file:///etc/hostname'>]><opml><body>&f;</body></opml>",
        "<!DOCTYPE opml [<!ENTITY % p SYSTEM 'file:///etc/hostname'> %p;]><opml><body/></opml>",
        "<!DOCTYPE opml SYSTEM 'http://outside.example/opml.dtd'><opml><body/></opml>",
        "<opml><body>" + "<outline>" * 300 + "</outline>" * 300 + "</body></opml>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_hostile_xml_is_refused(document: str, encoding: str) -> None:
    with pytest.raises(IcewireError):
        read_opml(document.encode(encoding))


def by_id(outlets: Any) -> dict[str, Outlet]:
    return {outlet.id: outlet for outlet in outlets}


@pytest.mark.slow
def test_the_whole_registry_goes_out_and_comes_back() -> None:
    registry = load_registry(shipped=True, own=None)
    reading = read_opml(write_opml(registry.values()))
    assert by_id(reading.outlets) == registry
    assert reading.notes == ()


LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=20)
KINDS = st.sampled_from(["rss", "atom", "json", "news_sitemap", "section"])
PATTERNS = st.sampled_from([r"/news/\d{4}/", r'["&<>]', "a; b  c", "ñ|[\\w,]+$", "null", '["x"]'])
PLACES = st.sampled_from(["Waltham, MA", "Essex County, MA", "NH", "St. Louis city, MO", "Cañon City, CO"])


@st.composite
def outlets(draw: st.DrawFn) -> list[Outlet]:
    drawn = []
    for number in range(draw(st.integers(0, 4))):
        feeds: list[dict[str, Any]] = [
            {
                "kind": draw(KINDS),
                "url": f"https://{number}.example/{n}?a=1&b=2",
                "grade": draw(st.sampled_from(["", "A", "P"])),
            }
            for n in range(draw(st.integers(0, 3)))
        ]
        for feed in feeds:
            if feed["kind"] == "section":
                feed["link_patterns"] = draw(st.lists(PATTERNS, max_size=2))
        facts: dict[str, Any] = {key: draw(LINES) for key in ("city", "county", "owner", "note")}
        facts |= {
            "id": f"outlet-{number}",
            "name": draw(LINES.filter(str.strip)),
            "homepage": draw(st.sampled_from(["https://shared.example/", f"http://{number}.example"])),
            "feeds": feeds,
            "state": draw(st.sampled_from(["", *STATES])),
            "scope": draw(st.sampled_from(["local", "state", "national", "government"])),
            "kind": draw(st.sampled_from(["", "tv", "gov"])),
            "language": draw(st.sampled_from(["en", "es", "zh-Hant"])),
            "covers": draw(st.lists(PLACES, max_size=3)),
            "sites": draw(st.lists(st.sampled_from(["a.example", "b.example"]), max_size=2)),
            "enabled": bool(feeds) and draw(st.booleans()),
            "reason": "because " + draw(LINES),
            "verified": draw(st.none() | st.dates(date(2000, 1, 1), date(2040, 1, 1))),
            "headline_only": draw(st.booleans()),
        }
        drawn.append(Outlet.model_validate(facts))
    return drawn


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(outlets())
def test_nothing_is_lost_on_the_way_out_and_back(given_outlets: list[Outlet]) -> None:
    reading = read_opml(write_opml(given_outlets))
    assert by_id(reading.outlets) == by_id(given_outlets)
    assert reading.notes == ()


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=40).map(lambda text: opml(f"<outline xmlUrl='{text}'/>")))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(IcewireError):
        assert all(outlet.feeds for outlet in read_opml(data).outlets if outlet.enabled)


def test_a_name_that_no_mail_could_hold_is_left_out_and_the_note_is_short() -> None:
    reading = read_opml(opml(feed("lantern", title="L" * 200_000) + feed("ledger")))
    assert [outlet.id for outlet in reading.outlets] == ["ledger"]
    assert max(map(len, reading.notes)) < 1000
