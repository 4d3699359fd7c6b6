"""Feeds over HTTP: who asks, gets the newest, is told what is wrong, and leaves no trace."""

import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote

import feedparser
import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.routing import Route

from alerts.mail.deliveries import Deliveries
from alerts.mail.links import Links
from alerts.people.members import Members
from alerts.web.app import Pages, make_app
from alerts.web.feeds import Feeds
from crawler.places.gazetteer import Gazetteer, shipped
from crawler.store.store import Store
from tests.makers.browsing import ask
from tests.makers.making import article, keep, watch


@pytest.fixture
def pages(sqlite_engine: Engine, now: datetime, gazetteer: Gazetteer) -> Pages:
    watchlist = watch(sqlite_engine)
    keep(sqlite_engine, article())
    rows = Store(sqlite_engine), Members(sqlite_engine), Deliveries(sqlite_engine)
    links = Links(b"a key", "https://alerts.example.org")
    return Pages(watchlist, *rows, links, shipped(), lambda: now, public=True)


@pytest.fixture
def app(pages: Pages) -> Starlette:
    return make_app(pages)


def of(text: str, form: str = "atom") -> str:
    return f"/feed.{form}?q={quote(text)}"


def test_a_query_has_two_feeds(app: Starlette) -> None:
    status, headers, body = ask(app, of('clerk place:"Waltham, MA"'))
    assert (status, headers["content-type"]) == (200, "application/atom+xml; charset=utf-8")
    assert [entry.title for entry in feedparser.parse(body).entries] == [article().title]
    status, headers, body = ask(app, of('clerk place:"Waltham, MA"', "json"))
    assert (status, headers["content-type"]) == (200, "application/feed+json; charset=utf-8")
    assert [item["title"] for item in json.loads(body)["items"]] == [article().title]
    assert json.loads(body)["feed_url"].endswith("/feed.json?q=clerk%20place%3A%22Waltham%2C%20MA%22")


def test_without_a_query_it_is_every_story_and_the_front_page_leads_there(app: Starlette) -> None:
    for path in ("/feed.atom", "/feed.atom?q=", "/feed.json"):
        assert article().title in ask(app, path)[2]
    assert (
        '<link rel="alternate" type="application/atom+xml" title="Every story" href="/feed.atom">' in ask(app, "/")[2]
    )


@pytest.mark.parametrize("path", [of("state:MA"), of("state:MA", "json"), of("ferreira"), of("(")])
def test_no_search_engine_keeps_it_and_no_cookie_knows_who_reads(app: Starlette, path: str) -> None:
    _, headers, _ = ask(app, path)
    assert headers["x-robots-tag"] == "noindex"
    assert headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in headers


def test_who_has_it_gets_304(app: Starlette) -> None:
    _, first, _ = ask(app, of("state:MA"))
    assert first["cache-control"] == "public, max-age=600"
    for known in ({"if-none-match": first["etag"]}, {"if-none-match": f'"other", W/{first["etag"]}'}):
        status, headers, body = ask(app, of("state:MA"), headers=known)
        assert (status, body, headers["etag"]) == (304, "", first["etag"])
    since = {"if-modified-since": first["last-modified"]}
    assert ask(app, of("state:MA"), headers=since)[0] == 304
    assert ask(app, of("state:MA"), headers={**since, "if-none-match": '"other"'})[0] == 200
    for unread in ("yesterday", "", "Sun, 08 Mar 2026 12:00:00 GMT", "Sun, 08 Mar 2026 12:00:00 -0000"):
        assert ask(app, of("state:MA"), headers={"if-modified-since": unread})[0] == 200


def test_a_change_makes_another_answer(app: Starlette, sqlite_engine: Engine, now: datetime) -> None:
    _, first, _ = ask(app, of("state:MA"))
    keep(sqlite_engine, article("second"), now=now + timedelta(minutes=5))
    status, headers, _ = ask(app, of("state:MA"), headers={"if-none-match": first["etag"]})
    assert (status, headers["etag"] == first["etag"]) == (200, False)
    assert headers["last-modified"] == "Mon, 09 Mar 2026 12:05:00 GMT"


def test_words_alone_are_refused_and_what_to_add_is_said(app: Starlette) -> None:
    status, headers, body = ask(app, of("ferreira"))
    assert (status, headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "A feed needs a place, a kind or an outlet beside words" in body
    assert "(ferreira) state:MA" in body
    status, headers, body = ask(app, of("ferreira OR state:MA", "json"))
    assert (status, headers["content-type"]) == (400, "application/json")
    assert "A feed needs a place, a kind or an outlet" in json.loads(body)["error"]["message"]


def test_a_mistake_is_pointed_at(app: Starlette) -> None:
    status, _, body = ask(app, of("raid kind:arest"))
    assert status == 400
    assert "  raid kind:arest\n       ^" in body
    assert "(column 6)" in body
    assert "kind:arrest" in body
    status, _, body = ask(app, of("raid kind:arest", "json"))
    error = json.loads(body)["error"]
    assert (status, error["column"], error["suggestion"]) == (400, 6, "kind:arrest")
    assert error["pointed"] == "  raid kind:arest\n       ^"


def test_a_mistake_is_told_in_the_language_of_who_made_it(app: Starlette) -> None:
    status, headers, body = ask(app, of("raid kind:arest"), headers={"accept-language": "es-419,es;q=0.9,en;q=0.5"})
    assert (status, headers["content-language"], headers["vary"]) == (400, "es", "Accept-Language")
    assert "<p>Ningún tipo se llama “arest”; los que hay son 287g, arrest, " in body
    assert "(columna 6)" in body
    assert "Pruebe con: <code>kind:arrest</code>" in body
    _, _, body = ask(app, of("ferreira"), headers={"accept-language": "es"})
    assert "Un canal necesita, además de palabras, un lugar, un tipo o un medio" in body
    assert "Pruebe con: <code>(ferreira) state:MA, o bien (ferreira) kind:arrest</code>" in body


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "raid\x00\x1b", "((((" * 2000, "x" * 5000, "\ud7ff😀 OR"]
)
def test_whatever_is_asked_is_answered(app: Starlette, text: str) -> None:
    for form in ("atom", "json"):
        status, _, body = ask(app, of(text, form))
        assert status == 400
        assert "<script>" not in body or form == "json"
        assert len(body) < 6000


def test_nobody_writes_down_what_was_asked_for(
    pages: Pages, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)

    def fail(*_: object) -> object:
        raise RuntimeError("no such thing as ferreira")

    assert ask(make_app(pages), of("ferreira state:MA"))[0] == 200
    monkeypatch.setattr(Store, "search", fail)
    status, headers, body = ask(make_app(pages), of("ferreira state:MA"))
    assert (status, "ferreira" in body, headers["x-robots-tag"]) == (500, False, "noindex")
    said = [record.getMessage() for record in caplog.records if record.name != "asyncio"]
    assert said == ["a feed cannot be made: RuntimeError"]
    assert not [record for record in caplog.records if record.exc_info]


@pytest.fixture
def turns_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alerts.web.turns.PATIENCE", 0.01)
    monkeypatch.setattr("alerts.web.feeds.AT_ONCE", 1)


@pytest.mark.usefixtures("turns_taken")
def test_who_asks_while_many_do_is_asked_to_wait(pages: Pages) -> None:
    feeds = Feeds(pages.store, "https://alerts.example.org", pages.clock)
    app = Starlette(routes=[Route("/feed.atom", feeds.atom)])
    with feeds.turns:
        status, headers, _ = ask(app, "/feed.atom")
        assert ask(app, "/feed.atom", headers={"accept-language": "es"})[2] == "Se piden demasiados canales a la vez."
    assert (status, headers["retry-after"]) == (503, "60")
    assert ask(app, "/feed.atom")[0] == 200


def test_a_deployment_may_show_none(pages: Pages) -> None:
    app = make_app(replace(pages, with_feeds=False))
    assert ask(app, "/feed.atom")[0] == 404
    assert "/feed.atom" not in ask(app, "/")[2]
