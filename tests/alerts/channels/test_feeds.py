"""Feeds as their readers read them: valid whatever a newsroom writes, and never more than a mail would say."""

import json
import re
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from sqlalchemy import Engine
from sqlmodel import Session, select

from alerts.channels.atom import atom_feed
from alerts.channels.feed import StoryFeed, feed_address, open_query, story_feed
from alerts.channels.jsonfeed import json_feed
from alerts.channels.notice import Notice, shown, shown_url
from alerts.query.query import QueryError, parse
from crawler.model.story import Story
from crawler.places.gazetteer import Gazetteer
from crawler.store.store import Store
from tests.makers.making import BODY, LEDE, NOON, article, keep, outlet, watch
from tests.makers.searching import NoPlaces

BASE = "https://alerts.example.org"
# What RFC 4287 wants of a feed and an entry, and of their order nothing.
ATOM = etree.RelaxNG(
    etree.XML("""
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
         datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><element name="feed"><interleave>
    <element name="id"><data type="anyURI"/></element><element name="title"><text/></element>
    <optional><element name="subtitle"><text/></element></optional>
    <element name="updated"><data type="dateTime"/></element><element name="generator"><text/></element>
    <oneOrMore><ref name="link"/></oneOrMore><zeroOrMore><ref name="entry"/></zeroOrMore>
  </interleave></element></start>
  <define name="link"><element name="link">
    <attribute name="rel" ns=""><choice><value>self</value><value>alternate</value></choice></attribute>
    <attribute name="href" ns=""><data type="anyURI"/></attribute>
    <optional><attribute name="type" ns=""><text/></attribute></optional></element></define>
  <define name="entry"><element name="entry">
    <optional><attribute name="lang" ns="http://www.w3.org/XML/1998/namespace">
      <data type="language"/></attribute></optional>
    <interleave>
    <element name="id"><data type="anyURI"/></element>
    <element name="title"><data type="string"><param name="minLength">1</param></data></element>
    <ref name="link"/>
    <optional><element name="published"><data type="dateTime"/></element></optional>
    <element name="updated"><data type="dateTime"/></element>
    <element name="author"><element name="name"><text/></element></element>
    <zeroOrMore><element name="category">
      <attribute name="scheme" ns=""/><attribute name="term" ns=""/></element></zeroOrMore>
    <element name="summary"><text/></element>
  </interleave></element></define>
</grammar>""")
)


def feed_of(engine: Engine, text: str = "kind:arrest") -> StoryFeed:
    return story_feed(Store(engine), parse(text, NoPlaces()), BASE)


def test_a_feed_says_what_a_mail_would(sqlite_engine: Engine) -> None:
    watch(sqlite_engine, outlet("ledger"), outlet("gazette"))
    first = keep(sqlite_engine, article())
    keep(sqlite_engine, article("echo", "gazette", title="Two men held in Waltham"), story=first.story_id)
    feed = feed_of(sqlite_engine, "clerk kind:arrest")
    read = feedparser.parse(atom_feed(feed))
    assert not read.bozo
    [entry] = read.entries
    assert (entry.title, entry.link) == (article().title, "https://ledger.example/raid")
    assert (entry.author, [tag.term for tag in entry.tags]) == ("The Ledger", ["arrest", "Waltham, MA"])
    assert "“A clerk who was walking back from lunch" in entry.summary
    assert "Also reported by The Gazette" in entry.summary
    assert LEDE not in atom_feed(feed).decode()
    assert read.feed.title == "icewire: clerk kind:arrest"
    assert read.feed.subtitle.startswith("Stories that mention clerk")
    [item] = json.loads(json_feed(feed))["items"]
    assert (item["id"], item["url"], item["title"]) == (entry.id, entry.link, entry.title)
    assert item["content_text"] == entry.summary


def test_no_more_than_25_words_of_a_text_are_shown(sqlite_engine: Engine) -> None:
    watch(sqlite_engine)
    keep(sqlite_engine, article())
    [notice] = feed_of(sqlite_engine, "clerk kind:arrest").notices
    assert 0 < len(notice.excerpt.split()) <= 25


@pytest.mark.parametrize("facts", [{"opt_out": "noai"}, {"outlet_id": "radio"}], ids=["the page", "the outlet"])
def test_nothing_is_quoted_where_nothing_may_be(sqlite_engine: Engine, facts: dict[str, str]) -> None:
    watch(sqlite_engine, outlet("ledger"), outlet("radio", headline_only=True))
    keep(sqlite_engine, article(**facts))
    feed = feed_of(sqlite_engine, "clerk kind:arrest")
    shown = atom_feed(feed).decode() + json_feed(feed).decode()
    assert feed.notices[0].excerpt == ""
    assert not [sentence for sentence in BODY.split("\n") if sentence[:30] in shown]


def test_what_was_old_when_it_was_found_is_in_no_feed(sqlite_engine: Engine) -> None:
    watch(sqlite_engine)
    keep(sqlite_engine, article(old=True))
    assert feed_of(sqlite_engine).notices == ()


def test_an_entry_keeps_its_id_and_is_updated_when_its_story_develops(sqlite_engine: Engine) -> None:
    watch(sqlite_engine, outlet("ledger"), outlet("gazette"))
    added = keep(sqlite_engine, article(), now=NOON)
    before = feed_of(sqlite_engine)
    later = NOON + timedelta(hours=5)
    said = "The two men were released on Monday evening, their lawyer said."
    second = article("free", "gazette", title="Two men released in Waltham", text=f"{said}\nNo charge was filed.")
    keep(sqlite_engine, second, story=added.story_id, now=later)
    with Session(sqlite_engine) as session:
        story = session.exec(select(Story)).one()
        story.developed_at, story.development = later, said
        session.commit()
    after = feed_of(sqlite_engine)
    assert after.entry_id(after.notices[0]) == before.entry_id(before.notices[0])
    assert (before.updated_at, after.updated_at) == (NOON, later)
    assert "Since then: Two men released in Waltham" in atom_feed(after).decode()
    assert said not in atom_feed(after).decode()  # it is the opening of that report


@pytest.mark.slow
def test_the_newest_fifty_come_the_last_told_first(sqlite_engine: Engine) -> None:
    watch(sqlite_engine)
    for n in range(53):
        moment = NOON + timedelta(minutes=n)
        keep(sqlite_engine, article(f"a{n}", fetched_at=moment), now=moment)
    titles = [notice.title for notice in feed_of(sqlite_engine).notices]
    assert len(titles) == 50
    assert (titles[0][-3:], titles[-1][-2:]) == ("a52", "a3")


def test_a_flood_of_one_outlet_hides_nobody_else(sqlite_engine: Engine) -> None:
    watch(sqlite_engine, outlet("ledger"), outlet("gazette"))
    told = "ICE agents detain {0} bakers in Waltham on street {0} after case {0}x"
    text = "In case {0}x of street {0}, Waltham saw agents of ICE detain bakers number {0}."
    for n in range(60):
        source = "gazette" if n < 3 else "ledger"
        known = article(f"s{n}", source, title=told.format(n), text=text.format(n))
        keep(sqlite_engine, known, now=NOON + timedelta(minutes=n))
    store = Store(sqlite_engine)
    notices = story_feed(store, parse("waltham", NoPlaces()), "https://a.example").notices
    assert len(notices) == 50
    assert len({notice.outlet for notice in notices}) == 2
    wished = story_feed(store, parse("source:ledger", NoPlaces()), "https://a.example").notices
    assert len(wished) == 50


def test_an_empty_feed_is_a_valid_one_and_always_the_same(sqlite_engine: Engine) -> None:
    feed = feed_of(sqlite_engine)
    assert ATOM.validate(etree.fromstring(atom_feed(feed)))
    assert atom_feed(feed) == atom_feed(feed_of(sqlite_engine))
    assert json.loads(json_feed(feed))["items"] == []


def test_only_what_is_about_a_place_a_kind_or_an_outlet_may_be_a_feed(gazetteer: Gazetteer) -> None:
    day = datetime(2026, 3, 9, tzinfo=UTC).date()
    assert open_query("raid state:MA since:7d", gazetteer, None, day)
    assert open_query("", gazetteer, None, day)
    with pytest.raises(QueryError, match="A feed needs a place, a kind or an outlet") as raised:
        open_query("ferreira OR quiroga", gazetteer, None, day)
    for better in raised.value.suggestion.split(", or "):
        assert open_query(better, gazetteer, None, day)


def test_an_address_holds_the_query_and_nothing_else() -> None:
    assert feed_address(BASE, "atom", 'place:"Waltham, MA" & raid') == (
        f"{BASE}/feed.atom?q=place%3A%22Waltham%2C%20MA%22%20%26%20raid"
    )
    assert feed_address(BASE, "json", "") == f"{BASE}/feed.json"


TEXTS = st.text(st.characters(exclude_categories=[]), max_size=60)
SHOWN = TEXTS.map(shown)
MOMENTS = st.datetimes(timezones=st.just(UTC))
NOTICES = st.builds(
    Notice,
    story_id=st.integers(1, 10**9), title=SHOWN, url=TEXTS.map(lambda t: shown_url(f"https://paper.example/{t}")),
    outlet=SHOWN, language=st.sampled_from(["", "en", "es-MX"]),
    kinds=st.sampled_from([(), ("arrest",), ("court", "arrest")]), place=SHOWN,
    published_at=st.none() | MOMENTS, opened_at=MOMENTS, developed_at=st.none() | MOMENTS, developed=SHOWN,
    newsrooms=st.lists(SHOWN, max_size=2).map(tuple), excerpt=SHOWN, excerpt_from=SHOWN,
    changed_at=MOMENTS, because=st.just(()),
)  # fmt: skip


@pytest.mark.slow
@given(TEXTS, st.lists(NOTICES, max_size=3, unique_by=lambda n: n.story_id))
def test_a_feed_is_valid_whatever_a_query_and_a_newsroom_hold(text: str, notices: list[Notice]) -> None:
    feed = StoryFeed(BASE, text, "Stories", tuple(notices))
    document = atom_feed(feed)
    assert ATOM.validate(etree.fromstring(document)), ATOM.error_log
    assert not feedparser.parse(document).bozo
    read = json.loads(json_feed(feed))
    assert [item["id"] for item in read["items"]] == [feed.entry_id(n) for n in feed.notices]
    told = "".join(element.text or "" for element in etree.fromstring(document).iter())
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", told)
