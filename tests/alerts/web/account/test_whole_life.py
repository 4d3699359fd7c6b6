"""A reader's whole life in a real browser without script, by keyboard: subscribe, say yes, sign in, change, leave."""

import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Engine

from alerts.mail.links import Links
from alerts.web.app import make_app
from tests.makers.browsing import on_loopback
from tests.makers.chromium import Browser, free_port, needs_browser
from tests.makers.making import article, keep, watch
from tests.makers.visiting import Visitor, visit

pytestmark = needs_browser
READER = "reader@example.org"
TAB, ENTER, SPACE = "\ue004", "\ue007", " "


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


def press(browser: Browser, keys: str) -> None:
    """Keys as a person presses them, each by itself."""
    actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
    body = {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]}
    browser._call("POST", f"{browser.session}/actions", body)


def go_to(browser: Browser, selector: str) -> None:
    """Tab on until the focus is there: what the keyboard does not reach is not reached."""
    for _ in range(80):
        if browser.run(f"return document.activeElement.matches({selector!r})"):
            return
        press(browser, TAB)
    raise AssertionError(f"{selector} is not reached by the keyboard")


def push(browser: Browser, selector: str, leads_to: str) -> None:
    """Press a button by the keyboard, and wait for the page with this heading."""
    go_to(browser, selector)
    browser.run("window.left = true")
    press(browser, ENTER)
    for _ in range(100):
        if browser.run("return !window.left && (document.querySelector('h1') || {}).innerText") == leads_to:
            return
        time.sleep(0.05)
    raise AssertionError(f"{selector} does not lead to {leads_to!r}: {browser.run('return document.body.innerText')}")


def mailed(visitor: Visitor, base: str) -> str:
    """Where the link of the newest mail leads."""
    [line] = [line.strip() for line in visitor.mails()[-1].splitlines() if line.strip().startswith(base)]
    return line


def test_a_whole_life_without_script_and_by_keyboard(browser: Browser, site: tuple[str, Visitor]) -> None:
    base, visitor = site
    script = f"{browser.session}/goog/cdp/execute"
    browser._call("POST", script, {"cmd": "Emulation.setScriptExecutionDisabled", "params": {"value": True}})
    try:
        browser.open(f"{base}/subscribe", 360)
        go_to(browser, "#words")
        press(browser, "courthouse")
        go_to(browser, "#place")
        press(browser, "Walth")
        push(browser, "button[value=find]", "Get the news by mail")
        go_to(browser, "input[name=option]")
        press(browser, SPACE)
        push(browser, "button[value=find]", "Get the news by mail")
        push(browser, "button[value=check]", "Is this what you look for?")
        assert "ICE detains two near Waltham courthouse" in browser.run("return document.body.innerText")
        go_to(browser, "#email")
        press(browser, READER)
        push(browser, "button[value=subscribe]", "Check your mail")
        browser.open(mailed(visitor, base), 360)
        push(browser, "main button", "Your digest is on its way")
        browser.open(f"{base}/manage", 360)
        go_to(browser, "#email")
        press(browser, READER)
        push(browser, "main button", "Check your mail")
        browser.open(mailed(visitor, base), 360)
        push(browser, "main button", "Your searches")
        browser.open(f"{base}/manage/search/1", 360)
        go_to(browser, "#name")
        press(browser, "Near home")
        push(browser, "main button", "Your searches")
        known = visitor.pages.members.subscriber(READER)
        assert known
        assert (known[1][0].name, known[1][0].query) == ("Near home", 'courthouse place:"Waltham, MA"')
        request = urllib.request.Request(visitor.pages.links.unsubscribe(1), b"List-Unsubscribe=One-Click")
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
        assert visitor.pages.members.subscriber(READER) is None
        browser.open(f"{base}/manage", 360)
        assert "Near home" not in browser.run("return document.body.innerText")
    finally:
        browser._call("POST", script, {"cmd": "Emulation.setScriptExecutionDisabled", "params": {"value": False}})
