"""Every page for readers, in a real browser: it fits, it keeps to itself, also in forced colours."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import Engine

from alerts.mail.deliveries import Deliveries
from alerts.mail.links import Links
from alerts.people.members import Members
from alerts.web.app import Pages, make_app
from crawler.places.gazetteer import shipped
from crawler.store.store import Store
from tests.makers.browsing import on_loopback
from tests.makers.chromium import Browser, free_port, needs_browser
from tests.makers.making import article, keep, outlet, watch

pytestmark = needs_browser

PATHS = (
    "/ /stories /stories?place=Waltham,%20MA /stories/1 /week/ma/middlesex-county /map /map/ma /weeks /sources "
    "/sources/state/ma /sources/ledger /status /subscribe /manage /nowhere"
).split()
WIDTHS = (360, 384, 720, 768, 1440)  # of a telephone, a tablet and a desk; half of the last two is 200 % zoom
FOREIGN = "return performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith(location.origin))"
TOO_WIDE = "return document.documentElement.scrollWidth > innerWidth"


@pytest.fixture
def base(sqlite_engine: Engine, now: datetime) -> Iterator[str]:
    """The pages on loopback, with twelve stories."""
    port = free_port()
    watchlist = watch(sqlite_engine, outlet("ledger"), outlet("gazette"))
    for number in range(12):
        keep(sqlite_engine, article(str(number), title=f"ICE arrests {number + 2} men at the Waltham courthouse"))
    rows = Store(sqlite_engine), Members(sqlite_engine), Deliveries(sqlite_engine)
    pages = Pages(watchlist, *rows, Links(b"a key", f"http://127.0.0.1:{port}"), shipped(), lambda: now)
    with on_loopback(make_app(pages), port):
        yield f"http://127.0.0.1:{port}"


def test_no_page_scrolls_sideways_asks_a_third_party_or_sets_a_cookie(browser: Browser, base: str) -> None:
    wide, foreign, cookies = [], [], []
    browser.open(f"{base}/manage", 360)  # where another test may have signed in
    browser.forget()
    for path in PATHS:
        for width in WIDTHS:
            browser.open(base + path, width)
            if browser.run(TOO_WIDE):
                wide.append((path, width))
        foreign += browser.run(FOREIGN)
        cookies += browser.cookies()
    assert (wide, foreign, cookies) == ([], [], [])


def test_no_page_breaks_the_policy_that_it_was_sent_with(browser: Browser, base: str) -> None:
    browser.open(base, 360)
    browser.run("document.head.append(Object.assign(document.createElement('style'), {textContent: 'p {color: red}'}))")
    assert "Content Security Policy" in " ".join(browser.forbidden())  # so it would be told
    for path in PATHS:
        for language in ("en", "es"):
            browser.open(f"{base}{path}{'&' if '?' in path else '?'}lang={language}", 360)
    assert browser.forbidden() == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_county_s_week_is_a_page_or_two_of_a4(browser: Browser, base: str, language: str) -> None:
    browser.open(f"{base}/week/ma/middlesex-county?lang={language}", 1440)
    paper = browser.printed()
    sheets = re.findall(rb"/Type\s*/Page\b(?!s)", paper)
    assert len(sheets) in (1, 2)
    sides = [float(side) for side in re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", paper)[0]]
    assert sides == pytest.approx([595, 842], abs=1.5)  # points


def test_forced_colours_leave_the_classes_of_a_map_apart(browser: Browser, base: str) -> None:
    browser.emulate("forced-colors", "active")
    browser.open(f"{base}/map/ma", 360)
    look = "(s => s.fill + s.fillOpacity)(getComputedStyle(e))"
    looks = browser.run(f"return [...document.querySelectorAll('.swatch > rect')].map(e => {look})")
    browser.open(f"{base}/stories", 360)
    border = browser.run("return getComputedStyle(document.querySelector('form button')).borderTopWidth")
    browser.emulate("forced-colors", "none")
    assert len(looks) > 4
    assert len(set(looks)) == len(looks)
    assert border == "1px"
