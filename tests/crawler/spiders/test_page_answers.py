"""What the answer for a page means when it is not the page."""

from datetime import datetime

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from crawler.extract.article import Hint
from crawler.model import as_written
from crawler.model.story import Entry, Source
from crawler.spiders.page_answers import SOON, Answered, Visit, answered, is_superseded, refused
from tests.makers.crawling import page
from tests.makers.making import BODY, NOON

URL = "https://ledger.example/news/raid-1"
TITLE = "ICE agents detain two men outside Waltham courthouse"
LEDGER = Source(
    id="ledger", name="The Ledger", homepage="https://ledger.example/", state="MA", city="Waltham", covers=[]
)
WALL = "<html><head><title>Just a moment...</title></head><body>Checking</body></html>"
GONE = "<html><head><title>Page not found</title></head><body>Nothing here</body></html>"


def visit(**facts: object) -> Visit:
    entry = Entry.model_validate({"id": 5, "feed_id": 1, "url": URL, "title": TITLE, "seen_at": NOON, **facts})
    return Visit(URL, URL, LEDGER, [entry])


def shown(body: str, of: Visit, now: datetime, url: str = URL) -> Answered:
    kind = {"Content-Type": "text/html; charset=utf-8"}
    return answered(HtmlResponse(url, body=body.encode(), headers=kind, request=Request(URL)), of, now)


def test_a_page_that_says_its_headline_is_read(now: datetime) -> None:
    found = shown(page(TITLE, BODY), visit(), now)
    assert found.page
    assert not found.page.from_feed
    assert found.met == ""


def test_a_wall_is_tried_again_and_counted_as_blocked(now: datetime) -> None:
    found = shown(WALL, visit(), now)
    assert found.page is None
    assert found.outcome
    assert (found.outcome.state, found.outcome.reason.code, found.met) == ("failed", "wall_in_place", "blocked")


def test_behind_a_wall_the_text_that_the_feed_carried_is_read_at_once(now: datetime) -> None:
    found = shown(WALL, visit(content=f"<p>{BODY}</p>"), now)
    assert found.page
    assert found.page.from_feed
    assert BODY.splitlines()[0].encode() in found.page.body


@pytest.mark.parametrize("attempts", [0, SOON - 2])
def test_a_headline_is_not_kept_while_its_page_may_soon_be_had(attempts: int, now: datetime) -> None:
    assert shown(WALL, visit(attempts=attempts), now).page is None


def test_after_some_hours_the_headline_is_kept_or_else_the_page_tried_again(now: datetime) -> None:
    found = shown(WALL, visit(attempts=SOON - 1), now)
    assert found.page
    assert found.page.from_feed
    assert TITLE.encode() in found.page.body
    assert found.page.otherwise
    assert found.page.otherwise.state == "failed"


def test_a_dead_link_never_becomes_a_story(now: datetime) -> None:
    found = shown(GONE, visit(attempts=3, content=f"<p>{BODY}</p>"), now)
    assert found.page is None
    assert found.gone
    assert found.outcome
    assert (found.outcome.reason.code, found.met) == ("gone_in_words", None)


def test_a_page_that_sends_on_is_followed(now: datetime) -> None:
    sent = '<meta http-equiv="refresh" content="0; url=/news/raid-2">'
    assert shown(sent, visit(), now).redirect == "https://ledger.example/news/raid-2"
    header = {"Content-Type": "text/html", "Refresh": "0; url=/news/raid-2"}
    response = HtmlResponse(URL, body=b"", headers=header, request=Request(URL))
    assert answered(response, visit(), now).redirect == "https://ledger.example/news/raid-2"


def test_the_words_of_an_address_are_a_witness_where_the_feed_gives_no_headline(now: datetime) -> None:
    url = "https://ledger.example/news/ice-agents-detain-two-waltham-courthouse"
    of = Visit(url, url, LEDGER, [Entry.model_validate({"id": 5, "feed_id": 1, "url": url, "seen_at": NOON})])
    assert shown(page(TITLE, BODY), of, now, url).page
    assert shown(page("The weather", "Rain until Thursday."), of, now, url).outcome


GAZETTE = Source(id="gazette", name="The Gazette", homepage="https://gazette.example/")


def listed_elsewhere(**facts: object) -> Visit:
    """The ledger's page, to which only the gazette's feed leads."""
    found = visit(**facts)
    found.listing, found.listed_by = GAZETTE, {1: GAZETTE.id}
    return found


def test_what_another_outlets_feed_carried_is_never_read_in_place_of_a_page(now: datetime) -> None:
    for attempts in (0, SOON - 1):
        found = shown(WALL, listed_elsewhere(content=f"<p>{BODY}</p>", attempts=attempts), now)
        assert found.page is None
        assert found.outcome
        assert found.outcome.state == "failed"


def test_an_address_that_another_outlet_invents_is_refused_without_its_headline(now: datetime) -> None:
    found = refused(listed_elsewhere(content=f"<p>{BODY}</p>"), as_written("no page"))
    assert found.page is None
    assert refused(visit(), as_written("no page")).page


def test_of_a_page_that_another_outlet_lists_its_headline_is_no_hint(now: datetime) -> None:
    found = shown(page(TITLE, BODY), listed_elsewhere(published_at=now), now)
    assert found.page
    assert (found.page.hint, found.page.instead) == (Hint(), None)
    own = shown(page(TITLE, BODY), visit(content=f"<p>{BODY}</p>"), now)
    assert own.page
    assert own.page.hint.title == TITLE
    assert own.page.instead


def test_where_a_redirect_leads_to_another_outlet_that_one_is_credited(now: datetime) -> None:
    response = HtmlResponse("https://gazette.example/raid", body=page(TITLE, BODY).encode(), request=Request(URL))
    found = answered(response, visit(content=f"<p>{BODY}</p>"), now, GAZETTE)
    assert found.page
    assert (found.page.source.id, found.page.instead) == ("gazette", None)


def test_an_answer_of_a_sites_search_is_no_story_when_another_outlet_asks_it(now: datetime) -> None:
    url = "https://ledger.example/?s=ice-agents-detain-two-men-outside-waltham-courthouse"
    assert shown(page(f"Search: {TITLE}", BODY), listed_elsewhere(), now, url).page is None


@pytest.mark.parametrize(
    ("asked", "other", "waits"),
    [(f"{URL}?format=amp", URL, True), (URL, f"{URL}?format=amp", False), (URL, f"{URL}?utm_source=rss", False)],
)
def test_who_has_a_page_without_dress_has_the_last_word(asked: str, other: str, waits: bool) -> None:
    assert is_superseded(asked, visit(url=other).entries) is waits
