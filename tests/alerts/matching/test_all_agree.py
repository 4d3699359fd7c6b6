"""Archive, pages, matcher, alerts and feed name the same stories for the same query, and say the same of why."""

import json
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import quote

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select
from starlette.applications import Starlette
from starlette.routing import Route

from alerts.channels import open_query
from alerts.matching import LiveSearches, Matches, browse, documents_of, match_unmatched, search
from alerts.people import Match, Members, Subscription
from alerts.query import Document, Hits, Query, QueryError, SearchIndex, parse
from alerts.query.reasons import Hit
from alerts.web.feeds import Feeds
from crawler.places import Gazetteer
from crawler.store import Store
from tests.makers.browsing import ask
from tests.makers.making import NOON
from tests.makers.varied import keep_varied, queries

TODAY = NOON.date()
Told = dict[int, tuple[int, Hit]]  # of each story the article that met the query, and why
Stories = Mapping[int, tuple[list[Document], list[int]]]


@pytest.fixture
def store(engine: Engine, gazetteer: Gazetteer) -> Store:
    keep_varied(engine, gazetteer)
    return Store(engine)


def stories_of(store: Store, news: bool) -> Stories:
    found = {}
    for stored in store.stories(limit=1000):
        if view := stored.news if news else stored:
            found[view.story.id or 0] = documents_of(view), [report.article.id or 0 for report in view.reports]
    return found


def slowly(stories: Stories, query: Query) -> Told:
    """Each document of each story is asked."""
    met: Told = {}
    for story_id, (documents, articles) in stories.items():
        for document, article_id in zip(documents, articles, strict=True):
            if hit := query.match(document):
                met[story_id] = article_id, hit
                break
    return met


def archived(store: Store, query: Query, news: bool) -> Told:
    found = search(store, query, limit=1000, news=news)
    return {view.story.id or 0: (view.reports[hit.index].article.id or 0, hit.hit) for view, hit in found}


def browsed(store: Store, query: Query) -> list[int]:
    """Every story of the pages, from the newest to the oldest, and the same on the way back."""
    pages = [browse(store, query, 7)]
    while pages[-1].older:
        pages.append(browse(store, query, 7, older=pages[-1].older))
    there = [brief.mark.story_id for page in pages for brief in page.stories]
    back, newer = [pages[-1]], pages[-1].newer
    while newer:
        back.append(browse(store, query, 7, newer=newer))
        newer = back[-1].newer
    assert [brief.mark.story_id for page in reversed(back) for brief in page.stories] == there
    assert pages[0].count in (None, len(there))
    return there


def alerted(stories: Stories, index: SearchIndex) -> dict[int, Told]:
    """What each search meets, all asked at once."""
    met: dict[int, Told] = {}
    for story_id, (documents, articles) in stories.items():
        hits = Hits(documents)
        for one, at in index.first_met(documents).items():
            for number in one.ids:
                met.setdefault(number, {})[story_id] = articles[at], hits.of(one, at)
    return met


def fed(app: Starlette, text: str) -> set[int]:
    status, _, body = ask(app, f"/feed.json?q={quote(text, safe='')}")
    assert status == 200, text
    return {int(item["id"].rpartition("/")[2]) for item in json.loads(body)["items"]}


@pytest.mark.slow
def test_500_queries_find_the_same_by_every_way(store: Store, gazetteer: Gazetteer) -> None:
    every, news = stories_of(store, news=False), stories_of(store, news=True)
    assert 0 < len(news) < len(every)
    asked = {text: parse(text, gazetteer, store.outlets(), TODAY) for text in queries(500)}
    index = SearchIndex()
    for number, query in enumerate(asked.values()):
        index.put(number, query)
    at_once = alerted(news, index)
    feeds = Starlette(routes=[Route("/feed.json", Feeds(store, "https://alerts.example.org", lambda: NOON).json)])
    told = fed_of = 0
    for number, (text, query) in enumerate(asked.items()):
        expected = slowly(news, query)
        told += bool(expected)
        assert archived(store, query, news=False) == slowly(every, query), text
        assert archived(store, query, news=True) == expected, text
        assert set(paged := browsed(store, query)) == slowly(every, query).keys(), text
        assert len(paged) == len(set(paged)), text
        assert at_once.get(number, {}) == expected, text
        with suppress(QueryError):
            open_query(text, gazetteer, store.outlets(), TODAY)
            fed_of += 1
            assert fed(feeds, text) == expected.keys(), text
    assert (told > 300, fed_of > 80) == (True, True)  # most say something


@pytest.mark.slow
def test_what_alerts_keep_is_what_the_archive_finds(store: Store, engine: Engine, gazetteer: Gazetteer) -> None:
    asked = {}
    for text in queries(150, seed=14):
        with suppress(QueryError):  # "since:7d" is for no search that is kept
            asked[text] = parse(text, gazetteer, store.outlets())
            Members(engine).subscribe("reader@example.org", text, NOON, "UTC", "07:00", active=True)
    match_unmatched(store, LiveSearches(engine, gazetteer), Matches(engine), NOON)
    kept: dict[str, dict[int, tuple[int, list[object]]]] = {text: {} for text in asked}
    with Session(engine) as session:
        for match, text in session.exec(select(Match, Subscription.query).join(Subscription)):
            kept[text][match.story_id] = match.article_id, list(match.terms)
    for text, query in asked.items():
        found = archived(store, query, news=True).items()
        assert kept[text] == {story: (at, [term.as_json() for term in hit.terms]) for story, (at, hit) in found}, text
    assert sum(map(bool, kept.values())) > 90
