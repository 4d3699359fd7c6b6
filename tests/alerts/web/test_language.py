"""A language that a reader chose lasts from page to page, by the addresses alone."""

import re
from datetime import datetime
from html import unescape

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette

from alerts.mail.deliveries import Deliveries
from alerts.mail.links import Links
from alerts.people.members import Members
from alerts.web.app import Pages, make_app
from crawler.places.gazetteer import Gazetteer
from crawler.store.store import Store
from tests.makers.browsing import ask
from tests.makers.making import article, keep, outlet, watch
from tests.makers.visiting import account_pages, visit

ENGLISH, SPANISH = {"accept-language": "en-US,en;q=0.9"}, {"accept-language": "es-MX,es;q=0.9"}
PATHS = (
    "/ /stories /stories?place=Waltham,%20MA /stories/1 /week/ma/middlesex-county /map /map/ma /weeks /sources "
    "/sources/state/ma /sources/ledger /status /subscribe /manage /nowhere /feed.atom?q=(raid"
).split()
LEADS = re.compile(r'<(?:a|form)\b[^>]*?\s(?:href|action)="([^"]*)"')


@pytest.fixture
def app(sqlite_engine: Engine, now: datetime, gazetteer: Gazetteer) -> Starlette:
    watchlist = watch(sqlite_engine, outlet("ledger"), outlet("gazette"))
    keep(sqlite_engine, article())
    rows = Store(sqlite_engine), Members(sqlite_engine), Deliveries(sqlite_engine)
    links = Links(b"a key", "https://alerts.example.org")
    return make_app(Pages(watchlist, *rows, links, gazetteer, lambda: now, public=True, timezone="America/New_York"))


def own_links(body: str) -> list[str]:
    """Where the links and forms of a page lead on this site."""
    found = [unescape(address) for address in LEADS.findall(body)]
    return [address for address in found if address.startswith(("/", "?")) and not address.startswith("//")]


@pytest.mark.parametrize("path", PATHS)
def test_every_link_of_a_spanish_page_leads_on_in_spanish_and_one_back(app: Starlette, path: str) -> None:
    asked = f"{path}{'&' if '?' in path else '?'}lang=es"
    _, headers, body = ask(app, asked, headers=ENGLISH)
    assert headers["content-language"] == "es"
    assert '<html lang="es">' in body
    links = own_links(body)
    [back] = [link for link in links if "lang=en" in link]
    assert [link for link in links if "lang=" not in link] == []
    assert len(links) > 5
    assert '<html lang="en">' in ask(app, back, headers=ENGLISH)[2]


@pytest.mark.parametrize("path", PATHS)
def test_what_the_browser_asks_for_needs_no_word_in_the_links(app: Starlette, path: str) -> None:
    for headers, language, other in ((ENGLISH, "en", "es"), (SPANISH, "es", "en"), ({}, "en", "es")):
        body = ask(app, path, headers=headers)[2]
        assert f'<html lang="{language}">' in body
        assert [link for link in own_links(body) if "lang=" in link and f"lang={other}" not in link] == []


def test_who_reads_english_there_keeps_it_against_their_browser(app: Starlette) -> None:
    body = ask(app, "/stories?lang=en", headers=SPANISH)[2]
    assert all("lang=" in link for link in own_links(body))


def test_a_search_goes_on_in_the_language(app: Starlette) -> None:
    body = ask(app, "/stories?q=raid&lang=es", headers=ENGLISH)[2]
    assert '<input type="hidden" name="lang" value="es">' in body
    assert 'name="lang"' not in ask(app, "/stories?q=raid&lang=es", headers=SPANISH)[2]


def test_a_language_that_we_do_not_speak_is_none(app: Starlette) -> None:
    assert '<html lang="es">' in ask(app, "/stories?lang=xx", headers=SPANISH)[2]
    assert '<html lang="en">' in ask(app, "/stories?lang=%22onload", headers=ENGLISH)[2]


def test_what_a_form_brought_has_no_link_that_would_lose_it(sqlite_engine: Engine, now: datetime) -> None:
    watch(sqlite_engine)
    keep(sqlite_engine, article())
    visitor = visit(sqlite_engine, now)
    page = visitor.post("/subscribe?lang=es", {"words": "courthouse", "do": "check"})
    assert '<html lang="es">' in page
    assert "lang=en" not in page


@pytest.mark.slow
def test_every_link_of_one_s_own_pages_leads_on_in_spanish(sqlite_engine: Engine, now: datetime) -> None:
    watch(sqlite_engine)
    keep(sqlite_engine, article())
    lost = {
        name: [link for link in own_links(page) if "lang=" not in link]
        for name, page in account_pages(sqlite_engine, now, "es").items()
    }
    assert len(lost) > 25
    assert {name: links for name, links in lost.items() if links} == {}


def test_one_s_own_pages_speak_the_language_of_one_s_mails_until_a_link_says_another(
    sqlite_engine: Engine, now: datetime
) -> None:
    visitor = visit(sqlite_engine, now)
    visitor.pages.members.subscribe("reader@example.org", "raid", now, "UTC", "07:00", active=True, language="es")
    assert '<html lang="es">' in visitor.sign_in("reader@example.org")
    assert '<html lang="es">' in visitor.get("/manage", accept_language="en")
    page = visitor.get("/manage?lang=en", accept_language="es")
    assert '<html lang="en">' in page
    assert 'value="es" checked' in page  # the mails stay as they are
    assert 'action="/manage/pause?lang=en"' in page
