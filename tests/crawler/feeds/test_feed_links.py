"""Which link of an item is its page, and what becomes of items without one of their own."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from alerts.locale import in_words
from crawler.watch.outcome import Outcome
from tests.makers.feeding import NOW, STORY, atom, item, links, read, rss
from tests.makers.making import see, watch


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
        assert [in_words(note) for note in read(atom(f"<id>{name}</id>")).notes] == ["1 item without a link skipped"]


def test_a_guid_is_a_link_when_it_is_a_permalink_or_nothing_else_is() -> None:
    permalink = f"<item><title>Vigil</title><guid>{STORY}</guid></item>"
    assert links(rss(permalink)) == [STORY]
    named = permalink.replace("<guid>", '<guid isPermaLink="false">')
    assert links(rss(named)) == [STORY]
    assert links(rss(named.replace("<title>", "<link>https://quincybeacon.example/a</link><title>"))) == [
        "https://quincybeacon.example/a"
    ]
    assert links(rss(named.replace(STORY, "12345 at https://quincybeacon.example"))) == []
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
    assert [in_words(note) for note in reading.notes] == ["1 item without a link skipped"]


def test_an_entry_without_a_link_is_kept_beside_the_items_with_all_that_it_says() -> None:
    reading = read(
        atom("<id>tag:lowell.example,2026:7</id><updated>2026-11-20</updated><content>Moved to noon</content>")
    )
    assert reading.items == ()
    (entry,) = reading.entries
    assert (entry.url, entry.title, entry.content) == ("", "Hearing moved", "Moved to noon")
    assert entry.updated_at == datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "link", ["http://[broken", "https://quincybeacon.example:0/x", f"https://q.example/{'x' * 2000}"]
)
def test_an_entry_whose_link_cannot_be_asked_for_has_none(link: str) -> None:
    reading = read(rss(item(link, "Vigil")))
    assert [(one.url, one.title) for one in reading.entries] == [("", "Vigil")]


def test_an_address_as_id_is_the_link_of_an_entry_without_one() -> None:
    assert links(atom(f"<id>{STORY}</id>")) == [STORY]


def test_of_entries_with_one_link_and_no_date_the_first_is_the_item() -> None:
    reading = read(rss(item(title="First"), item(title="Second"), item(title="Third")))
    assert [one.title for one in reading.items] == ["First"]
    assert [one.title for one in reading.entries] == ["First", "Second", "Third"]
    assert [in_words(note) for note in reading.notes] == ["2 items repeating a link dropped"]


def test_of_entries_with_one_link_the_latest_is_the_item_wherever_it_stands() -> None:
    updates = [item(title=f"Update {n}", more=f"<pubDate>2026-11-20 0{n}:00</pubDate>") for n in (1, 3, 2)]
    reading = read(rss(item("/vigil"), *updates))
    assert [one.title for one in reading.items] == ["Agents at the ferry terminal", "Update 3"]
    assert len(reading.entries) == 4


def test_updates_of_one_page_are_one_entry_that_comes_back_with_each_new_one(sqlite_engine: Engine) -> None:
    watchlist = watch(sqlite_engine)
    updates = [item(title=f"Update {n}", more=f"<pubDate>2026-11-20 0{n}:00</pubDate>") for n in (3, 2, 1)]

    def fetched(document: str) -> list[str]:
        found = see(watchlist, *read(document).items, now=NOW)
        watchlist.record_outcome([e.id or 0 for e in found], Outcome("fetched"))
        return [e.title for e in found]

    assert fetched(rss(*updates[1:])) == ["Update 2"]
    assert fetched(rss(*updates[1:])) == []
    assert fetched(rss(*updates)) == ["Update 3"]
    assert fetched(rss(*updates)) == []
