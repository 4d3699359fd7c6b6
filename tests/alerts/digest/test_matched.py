"""What a digest tells of a stored story beside its headline: other newsrooms, who was first, numbers, days, why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from alerts.digest.ahead import Ahead
from alerts.digest.compose import SourcesRead
from alerts.digest.gather import Wanted
from alerts.digest.post import Post
from alerts.digest.queue import preview
from alerts.digest.story import MatchedStory, OtherReport
from alerts.matching.catch_up import match_unmatched
from alerts.matching.searches import LiveSearches
from crawler.places.gazetteer import Gazetteer
from tests.makers.mailing import join, post_of
from tests.makers.making import BODY, article, keep, outlet, verdict, watch

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)
PLAIN = "Agents came to Waltham.\nA clerk who was walking back from lunch said that four vans waited near a side door."


@pytest.fixture
def post(sqlite_engine: Engine) -> Post:
    watch(sqlite_engine, *(outlet(name) for name in ("ledger", "gazette", "radio", "lantern")))
    return post_of(sqlite_engine)


def told(post: Post, gazetteer: Gazetteer, now: datetime, query: str = "waltham") -> MatchedStory:
    """The one story, as it is told to who asks that."""
    join(post, now, query=query)
    match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now)
    [(subscriber, searches)] = post.members.subscribers()
    digest = preview(post, Wanted(subscriber, searches, now.date()), SourcesRead(3), now)
    [item] = digest.shown
    return item.story


def reports(
    engine: Engine, now: datetime, titles: tuple[str, str, str] = ("", "", ""), text: str = BODY, **facts: Any
) -> None:
    """Three newsrooms and a copy, published and found in this order: Ledger, Gazette, Radio, Lantern."""
    texts = (text, f"{text}\nA lawyer came.", f"{text}\nA bus was late.")
    story = first = None
    for n, (name, title, body) in enumerate(zip(("ledger", "gazette", "radio"), titles, texts, strict=True)):
        known = {"published_at": now - (5 - n) * HOUR} | facts
        added = keep(engine, article("held", name, body, title, **known), story=story, now=now - (4 - n) * HOUR)
        story, first = added.story_id, first or added.article_id
    keep(engine, article("held", "lantern", text, published_at=now - HOUR), story=story, copy_of=first, now=now)


def test_other_newsrooms_are_linked_and_copies_are_not(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    reports(sqlite_engine, now)
    story = told(post, gazetteer, now)
    assert story.others == (
        OtherReport("The Gazette", "https://gazette.example/held"),
        OtherReport("The Radio", "https://radio.example/held"),
    )
    assert story.copies == 1


def towns(engine: Engine, now: datetime) -> None:
    """One text that an outlet gave to three towns, each with its own name in it."""
    story = first = None
    for town in ("Waltham", "Lowell", "Newton"):
        place = {"name": town, "kind": "city", "county": "Middlesex County", "state": "MA", "confidence": 0.9}
        page = article(
            town.lower(), text=f"What people in {town} should know. {BODY}", title=f"ICE in {town}: your rights"
        )
        found = keep(engine, page, of=verdict(places=[place | {"sentence": ""}]), story=story, copy_of=first, now=now)
        story, first = found.story_id, first or found.article_id


@pytest.mark.parametrize(
    ("query", "town"),
    [
        ('place:"Lowell, MA"', "Lowell"),
        ('place:"Newton, MA" "what people"', "Newton"),
        ('place:"Waltham, MA"', "Waltham"),
        ("state:MA", "Waltham"),
        ("rights", "Waltham"),
    ],
)
def test_who_asked_for_a_town_is_shown_the_report_on_it(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime, query: str, town: str
) -> None:
    towns(sqlite_engine, now)
    story = told(post, gazetteer, now, query)
    assert (story.title, story.place) == (f"ICE in {town}: your rights", f"{town}, MA")
    assert (story.url, story.copies, story.window_from) == (f"https://ledger.example/{town.lower()}", 2, "")


def test_who_had_it_first_by_both_clocks_is_said(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    reports(sqlite_engine, now)
    first = told(post, gazetteer, now).first
    assert first is not None
    assert (first.outlet, first.published_at) == ("The Ledger", now - 5 * HOUR)


@pytest.mark.parametrize(
    "facts", [{"published_at": None}, {"day_only": True}, {"published_at": datetime(2026, 3, 9, 8, tzinfo=UTC)}]
)
def test_nobody_is_first_when_the_clocks_do_not_say(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime, facts: dict[str, Any]
) -> None:
    reports(sqlite_engine, now, **facts)
    assert told(post, gazetteer, now).first is None


def test_who_was_found_first_but_says_it_was_later_is_not_first(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    story = keep(sqlite_engine, article("held", published_at=now - 2 * HOUR), now=now - HOUR).story_id
    other = article("held", "gazette", f"{BODY}\nA lawyer came.", published_at=now - 4 * HOUR)
    keep(sqlite_engine, other, story=story, now=now)
    assert told(post, gazetteer, now).first is None


def test_numbers_that_differ_stand_side_by_side(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    reports(
        sqlite_engine, now, ("ICE arrests 3 in Waltham", "Five arrested in Waltham", "Arrests in Waltham"), text=PLAIN
    )
    [difference] = told(post, gazetteer, now).differences
    assert difference.kind == "arrest"
    assert [(said.number, said.outlet) for said in difference.said] == [(3, "The Ledger"), (5, "The Gazette")]


@pytest.mark.parametrize(
    "titles",
    [
        ("ICE arrests 3 in Waltham", "Three arrested in Waltham", "Arrests in Waltham"),
        ("ICE arrests 3 in Waltham", "Waltham: two injured in ICE operation", "Arrests"),
        ("At least 3 arrested in Waltham", "Five arrested in Waltham", "Arrests"),
    ],
)
def test_numbers_that_agree_are_not_told(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime, titles: tuple[str, str, str]
) -> None:
    reports(sqlite_engine, now, titles, PLAIN)
    assert told(post, gazetteer, now).differences == ()


def test_a_day_ahead_counts_from_the_day_where_the_outlet_is(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer
) -> None:
    late = datetime(2026, 3, 10, 2, tzinfo=UTC)  # Monday evening in Waltham
    text = f"{BODY}\nThe Waltham City Council will vote Tuesday on an ordinance."
    keep(sqlite_engine, article(text=text, published_at=late), now=late)
    story = told(post, gazetteer, late + HOUR)
    assert story.ahead == (Ahead(datetime(2026, 3, 10, tzinfo=UTC).date(), "vote", "Waltham City Council"),)


@pytest.mark.parametrize(
    ("query", "terms", "marked"),
    [
        ('place:"Waltham, MA"', (), set()),
        ("clerk", (), {"clerk"}),
        ("clerk OR van", ("mentioning clerk and van",), {"clerk"}),
        ('"side door" OR hockey', ("mentioning “side door”",), {"side door"}),
        ("kind:arrest OR hockey", ("about arrests",), set()),
        ('place:"Waltham, MA" OR hockey', (), set()),  # the entry shows the place
        ('place:"Middlesex County, MA" OR hockey', ("in Middlesex County, MA",), set()),
        ('source:ledger OR "side door"', ("mentioning “side door”", "from ledger"), {"side door"}),
        ("cler* OR hockey", ("mentioning cler…",), {"clerk"}),
        ("", (), set()),
    ],
)
def test_why_it_is_here_is_said_as_far_as_the_heading_does_not(
    post: Post,
    sqlite_engine: Engine,
    gazetteer: Gazetteer,
    now: datetime,
    query: str,
    terms: tuple[str, ...],
    marked: set[str],
) -> None:
    keep(sqlite_engine, article(), of=verdict())
    story = told(post, gazetteer, now, query)
    assert story.terms == terms
    assert {piece for piece, asked in story.passages if asked} >= marked
