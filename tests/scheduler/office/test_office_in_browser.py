"""The operator's journey in a real browser, by keyboard: in by the link, an outlet added, checked and switched off."""

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from alerts.web import make_app
from crawler.model import as_written
from crawler.registry import Outlet, load_registry, write_outlets
from crawler.store.store import Store
from scheduler.deployment import Deployment
from scheduler.office import LastErrors, Office
from scheduler.settings import load
from tests.makers.browsing import on_loopback
from tests.makers.checkers import SHOWN, findings, needs_axe
from tests.makers.chromium import Browser, free_port, needs_browser
from tests.makers.keyboard import ENTER, SPACE, fill, go_to, press, push
from tests.makers.making import HALF_HOURLY, article, keep, outlet, watch
from tests.makers.outlet_site import site
from tests.makers.serving import Reply, Site
from tests.makers.storing import engine_on
from tests.makers.visiting import Clock

__all__ = ["site"]  # a fixture

pytestmark = needs_browser
PAGES = ("", "/mail", "/pages", "/sources", "/digests", "/stories")
TOO_WIDE = "return document.documentElement.scrollWidth > innerWidth"
OTHER = "Another text of another event, at a mill in Lowell, which shares no sentence with the first. " * 4


@dataclass(frozen=True)
class Desk:
    """A daemon's pages on loopback, and what they work with."""

    base: str
    deployment: Deployment
    errors: LastErrors

    @property
    def engine(self) -> Engine:
        return self.deployment.engine

    def registry(self) -> Mapping[str, Outlet]:
        """The outlets of one's own, as they are written now."""
        return load_registry(False, self.deployment.settings.registry)


@pytest.fixture
def desk(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """With two stories, a feed that fails, a subscriber, mail that waits, and an error in the log."""
    monkeypatch.chdir(tmp_path)
    port = free_port()
    Path("icewire.toml").write_text(
        "[watch]\nshipped = false\n[crawl]\nallow_private_addresses = true\nworkers = 0\n"
        f"[web]\nport = {port}\npublic_url = 'http://127.0.0.1:{port}'\n"
    )
    Path("var").mkdir()
    database = Path("var/icewire.db")
    database.write_bytes(sqlite_template.read_bytes())
    with engine_on(database) as engine:
        now = datetime.now(UTC)
        deployment = Deployment(None, load(None), engine, Clock(now))
        write_outlets(deployment.settings.registry / "mine.toml", [outlet("ledger"), outlet("gazette")])
        watchlist = watch(engine, outlet("ledger"), outlet("gazette"))
        watchlist.record_feed_failure(2, as_written("answered 503"), 0.25, now, HALF_HOURLY)
        keep(engine, article())
        keep(engine, article("mill", "gazette", title="Mill raided in Lowell", text=OTHER))
        deployment.members.subscribe("reader@example.org", "raid", now, "UTC", "07:00", active=True)
        office = Office(deployment, errors := LastErrors())
        errors.emit(logging.LogRecord("icewire", logging.ERROR, "", 0, "a page could not be stored", (), None))
        with on_loopback(make_app(deployment.pages, office.routes()), port):
            yield Desk(f"http://127.0.0.1:{port}", deployment, errors)


def words(browser: Browser) -> str:
    return str(browser.run("return document.body.innerText"))


def come_in(browser: Browser, desk: Desk, width: int = 360) -> None:
    browser.open(desk.deployment.links.office(desk.deployment.clock()), width)
    push(browser, "main button", "Operator's office")


def wait_for_the_run(browser: Browser) -> None:
    """Until the command is over that a page tells of, which looks again by itself."""
    for _ in range(600):
        if browser.run("return document.title.startsWith('Done') || document.title.startsWith('Failed')"):
            return
        time.sleep(0.1)
    raise AssertionError(words(browser))


def test_the_operator_s_journey_by_keyboard(browser: Browser, desk: Desk, site: Site) -> None:
    today = format_datetime(datetime.now(UTC))
    told = f"<item><title>Raid</title><link>{site.url('/raid')}</link><pubDate>{today}</pubDate></item>"
    feed = f"<rss version='2.0'><channel><title>News</title>{told}</channel></rss>"
    site.pages = {"/feed": Reply(feed, kind="application/rss+xml"), "/": Reply("<html><title>The Paper</title></html>")}
    come_in(browser, desk)
    assert "a page could not be stored" in words(browser)

    push(browser, ".office a[href='/office/sources']", "Outlets")
    fill(browser, "#homepage", site.url("/"))
    fill(browser, "#name", "The Paper")
    fill(browser, "#state", "MA")
    fill(browser, "#feed", site.url("/feed"))
    go_to(browser, "form[action$='/add'] button")
    press(browser, ENTER)
    wait_for_the_run(browser)
    assert "the-paper" in words(browser)
    assert "the-paper" in desk.registry()

    browser.open(f"{desk.base}/office/sources", 360)
    go_to(browser, "form[action='/office/run'] button")
    press(browser, ENTER)
    wait_for_the_run(browser)
    assert "gazette" in words(browser)
    browser.open(f"{desk.base}/office/sources", 360)
    fill(browser, "input[name=reason]", "closed")
    push(browser, "form[action$='/switch'] button", "Outlets")
    assert "Switched off" in words(browser)

    browser.open(f"{desk.base}/office", 360)
    fill(browser, "#what", "https://ledger.example/raid")
    go_to(browser, "form[action='/office/run'] button")
    press(browser, ENTER)
    wait_for_the_run(browser)
    assert "ICE detains two near Waltham courthouse" in words(browser)

    push(browser, ".office a[href='/office/stories']", "Stories, to merge and to split")
    for number in (1, 2):
        go_to(browser, f"input[name=story][value='{number}']")
        press(browser, SPACE)
    browser.run("scrollTo(0, 0); document.activeElement.blur()")
    push(browser, "#merge button", "Stories, to merge and to split")
    assert len(Store(desk.engine).views([1, 2])) == 1
    go_to(browser, "input[name=article]")
    press(browser, SPACE)
    push(browser, "form[action$='/split'] button", "Stories, to merge and to split")
    assert len(Store(desk.engine).stories()) == 2

    push(browser, ".office a[href='/office/digests']", "Whose next digest?")
    push(browser, ".office form button", "You have left")
    browser.open(f"{desk.base}/office", 360)
    assert "Operator's office" not in words(browser)
    assert browser.forbidden() == []


def test_no_page_of_the_office_scrolls_sideways_or_breaks_its_policy(browser: Browser, desk: Desk) -> None:
    come_in(browser, desk)
    wide = []
    for path in PAGES:
        for width in (360, 768, 1440):
            browser.open(f"{desk.base}/office{path}", width)
            if browser.run(TOO_WIDE):
                wide.append((path, width))
    assert (wide, browser.forbidden()) == ([], [])
    browser.forget()


@needs_axe
def test_axe_has_nothing_to_say_of_the_office(browser: Browser, desk: Desk) -> None:
    come_in(browser, desk)
    wrong = {}
    for path in PAGES:
        for scheme, width in SHOWN:
            browser.prefer(scheme)
            browser.open(f"{desk.base}/office{path}", width)
            wrong[path, scheme] = findings(browser)
    browser.prefer("light")
    browser.forget()
    assert {page: found for page, found in wrong.items() if found} == {}
