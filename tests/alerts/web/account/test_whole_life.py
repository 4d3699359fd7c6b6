"""A reader's whole life in a real browser without script, by keyboard: subscribe, say yes, sign in, change, leave."""

import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Engine

from alerts.locale import translations
from alerts.mail.links import Links
from alerts.web.app import make_app
from tests.makers.browsing import on_loopback
from tests.makers.chromium import Browser, free_port, needs_browser
from tests.makers.keyboard import SPACE, fill, go_to, press, push
from tests.makers.making import article, keep, watch
from tests.makers.visiting import Visitor, visit

pytestmark = needs_browser
READER = "reader@example.org"


@pytest.fixture
def site(sqlite_engine: Engine, now: datetime) -> Iterator[tuple[str, Visitor]]:
    """The pages on loopback."""
    watch(sqlite_engine)
    keep(sqlite_engine, article())
    visitor = visit(sqlite_engine, now)
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    pages = replace(visitor.pages, links=Links(b"a key", base))
    with on_loopback(make_app(pages), port):
        yield base, replace(visitor, pages=pages)
    visitor.afterwards.wait()


def mailed(visitor: Visitor, base: str) -> str:
    """Where the link of the newest mail leads."""
    [line] = [line.strip() for line in visitor.mails()[-1].splitlines() if line.strip().startswith(base)]
    return line


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_whole_life_without_script_and_by_keyboard(
    browser: Browser, site: tuple[str, Visitor], language: str
) -> None:
    """Also in Spanish, for a browser that asks for English: the first page is told once, and all others follow."""
    base, visitor = site
    said = translations(language).gettext
    with browser.without_script():
        browser.open(base, 360)
        if language == "es":
            push(
                browser,
                "a[hreflang=es]",
                said("What local newsrooms report about %(topic)s") % {"topic": "la actividad de ICE"},
            )
        push(browser, "header a[href^='/subscribe']", said("Get the news by mail"))
        fill(browser, "#words", "courthouse")
        fill(browser, "#place", "Walth")
        push(browser, "button[value=find]", said("Get the news by mail"))
        go_to(browser, "input[name=option]")
        press(browser, SPACE)
        push(browser, "button[value=find]", said("Get the news by mail"))
        push(browser, "button[value=check]", said("Is this what you look for?"))
        assert "ICE detains two near Waltham courthouse" in browser.run("return document.body.innerText")
        fill(browser, "#email", READER)
        push(browser, "button[value=subscribe]", said("Check your mail"))
        browser.open(mailed(visitor, base), 360)
        push(browser, "main button", said("Your digest is on its way"))
        browser.open(f"{base}/manage?lang={language}", 360)
        fill(browser, "#email", READER)
        push(browser, "main button", said("Check your mail"))
        browser.open(mailed(visitor, base), 360)
        push(browser, "main button", said("Your searches"))
        push(browser, "a[href^='/manage/search/1?'], a[href='/manage/search/1']", said("Name and how often"))
        fill(browser, "#name", "Near home")
        push(browser, "main form button", said("Your searches"))
        known = visitor.pages.members.subscriber(READER)
        assert known
        assert (known[0].language, known[1][0].name) == (language, "Near home")
        assert known[1][0].query == 'courthouse place:"Waltham, MA"'
        assert browser.run("return document.documentElement.lang") == language
        assert browser.forbidden() == []
        request = urllib.request.Request(visitor.pages.links.unsubscribe(1), b"List-Unsubscribe=One-Click")
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
        assert visitor.pages.members.subscriber(READER) is None
        browser.open(f"{base}/manage", 360)
        assert "Near home" not in browser.run("return document.body.innerText")
    browser.forget()
