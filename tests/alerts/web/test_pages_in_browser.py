"""The pages and the mail in a real browser, at the width of a phone and of a desk."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from alerts.digest.compose import Heading, SourcesRead
from alerts.digest.gather import Wanted
from alerts.digest.headings import shortened
from alerts.digest.post import Post
from alerts.digest.queue import queue_digest
from alerts.digest.render import digest_html
from alerts.digest.sample import sample_digest
from alerts.mail.links import Links
from alerts.matching.catch_up import match_unmatched
from alerts.matching.searches import LiveSearches
from alerts.settings import DigestSettings, MailSettings
from alerts.web.app import Pages, make_app
from crawler.model import as_written
from crawler.places.gazetteer import Gazetteer, shipped
from tests.makers.browsing import on_loopback
from tests.makers.chromium import Browser, free_port, needs_browser
from tests.makers.mailing import MAIL
from tests.makers.making import HALF_HOURLY, article, keep, outlet, watch

pytestmark = needs_browser

WORDS = "return document.body.innerText.split(/\\s+/).filter(Boolean)"
# Texts whose contrast with what is behind them is less than WCAG's AA wants, 4.5 to 1.
CONTRASTS = """
const part = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
const colour = text => text.match(/[0-9.]+/g).map(Number);
const behind = e => {
  for (; e; e = e.parentElement) {
    const c = colour(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c;
  }
  return [255, 255, 255];
};
const has_words = e => [...e.childNodes].some(n => n.nodeType == 3 && n.data.trim());
return [...document.querySelectorAll('body *')].filter(has_words)
  .map(e => { const two = [light(colour(getComputedStyle(e).color)), light(behind(e))].sort((a, b) => b - a);
    return [(two[0] + 0.05) / (two[1] + 0.05), e.outerHTML.slice(0, 80)]; }).filter(([ratio]) => ratio < 4.5);
"""


@pytest.fixture
def site(sqlite_engine: Engine, now: datetime) -> Iterator[tuple[str, Pages]]:
    """The pages on loopback, with a story, a failing outlet with a long reason, and a digest."""
    port = free_port()
    watchlist = watch(sqlite_engine, outlet("ledger"), outlet("gazette"))
    why = as_written("answered with " + "averylongwordwithoutanyspace" * 9)
    watchlist.record_feed_failure(2, why, 0.25, now, HALF_HOURLY)
    post = Post.of(sqlite_engine, Links(b"a key", f"http://127.0.0.1:{port}"), MailSettings(), DigestSettings())
    subscriber, search = post.members.subscribe("reader@example.org", "waltham", now, "UTC", "07:00", active=True)
    keep(sqlite_engine, article())
    match_unmatched(post.store, LiveSearches(post.matches.engine, Gazetteer.load()), post.matches, now)
    queue_digest(post, Wanted(subscriber, [search], now.date()), SourcesRead(2), now, even_empty=True)
    pages = Pages(watchlist, post.store, post.members, post.deliveries, post.links, shipped(), lambda: now)
    with on_loopback(make_app(pages), port):
        yield f"http://127.0.0.1:{port}", pages


@pytest.mark.parametrize("width", [390, 1200])
@pytest.mark.parametrize(
    "path", ["/", "/status", "/stories", "/stories/1", "/week/ma/middlesex-county", "/digest/latest", "/nowhere"]
)
def test_no_page_is_wider_than_the_screen(browser: Browser, site: tuple[str, Pages], path: str, width: int) -> None:
    browser.open(site[0] + path, width)
    assert browser.run("return innerWidth") == width
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.run("return getComputedStyle(document.body).margin") == "0px"  # the style is allowed by the policy


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sample mail as a page."""
    file = tmp_path_factory.mktemp("mail") / "sample.html"
    file.write_text(digest_html(sample_digest(), MAIL), "utf-8")
    return file.as_uri()


@pytest.mark.parametrize("width", [320, 360, 760, 1200])
def test_a_mail_is_never_wider_than_the_screen_and_begins_with_its_first_story(
    browser: Browser, mail: str, width: int
) -> None:
    browser.open(mail, width)
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.run("return document.querySelector('h3').getBoundingClientRect().top") <= 200
    assert browser.run("return document.querySelector('.sheet').getBoundingClientRect().width") == min(width, 640)


def test_a_heading_of_three_lines_leaves_the_first_story_at_the_top(browser: Browser, tmp_path: Path) -> None:
    digest = sample_digest()
    long = Heading(shortened("Stories that mention " + "words of many letters, " * 9))
    [first, *_] = digest.sections
    page = tmp_path / "long.html"
    long_first = replace(digest, updates=(), sections=(replace(first, called=long),))
    page.write_text(digest_html(long_first, MAIL), "utf-8")
    browser.open(page.as_uri(), 360)
    assert browser.run("return document.querySelector('h3').getBoundingClientRect().top") <= 200


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_words_of_a_mail_can_be_read_and_all_links_are_underlined(browser: Browser, mail: str, scheme: str) -> None:
    browser.prefer(scheme)
    browser.open(mail, 360)
    assert browser.run(CONTRASTS) == []
    underlined = "getComputedStyle(a).textDecorationLine.includes('underline')"
    assert browser.run(f"return [...document.links].filter(a => !{underlined}).length") == 0
    ground = browser.run("return getComputedStyle(document.querySelector('.sheet')).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(30, 29, 27)"}[scheme]
    browser.prefer("light")


def test_a_mail_without_any_style_is_all_there_in_its_order(browser: Browser, mail: str) -> None:
    browser.open(mail, 360)
    said = browser.run(WORDS)
    browser.strip()
    assert browser.run(WORDS) == said
    assert browser.run("return document.documentElement.scrollWidth") <= 360


def test_the_status_page_leads_to_the_latest_digest(browser: Browser, site: tuple[str, Pages]) -> None:
    browser.open(f"{site[0]}/status", 390)
    browser.follow("a[href='/digest/latest']")
    assert "Waltham" in browser.run("return document.body.innerText")


def test_a_reader_leaves_by_the_link_and_the_button(browser: Browser, site: tuple[str, Pages]) -> None:
    _, pages = site
    browser.open(pages.links.unsubscribe(1), 390)
    assert pages.members.subscribers() != []
    browser.follow("button")
    assert browser.run("return document.querySelector('h1').innerText") == "You will get no more mails"
    assert pages.members.subscribers() == []
