"""A crawl leaves alone what a person put off topic, and what copies it."""

import pytest
from sqlalchemy import Engine

from crawler.spiders.desk import Desk, Page
from crawler.store.adding import Added
from crawler.store.rulings import rule
from crawler.store.store import Store
from crawler.watch.outcome import Outcome
from crawler.workshop.page import JudgedPage
from crawler.workshop.workshop import Workshop
from tests.makers.making import BODY, HALF_HOURLY, NOON, article, keep, outlet, verdict, watch


@pytest.fixture
def desk(sqlite_engine: Engine) -> Desk:
    """A desk, and a stored page that a person put off topic."""
    watchlist = watch(sqlite_engine, outlet("ledger"), outlet("gazette"))
    keep(sqlite_engine, article("raid"))
    rule(sqlite_engine, 1, "topic", {"label": "none"}, NOON)
    return Desk(Store(sqlite_engine), watchlist, lambda: NOON, Workshop(0), HALF_HOURLY)


def kept(desk: Desk, path: str, outlet_id: str, text: str = BODY) -> object:
    """What becomes of a page that is judged to be about ICE activity."""
    source = desk.watchlist.source_of(1 if outlet_id == "ledger" else 2)
    made = article(path, outlet_id, text)
    return desk._keep(Page(made.url, b"<html></html>", "text/html", source), JudgedPage(made, verdict()))


def test_the_page_itself_stays_off_topic(desk: Desk) -> None:
    came = kept(desk, "raid", "ledger", BODY.replace("two men", "nine men"))
    assert isinstance(came, Outcome)
    assert (came.state, came.reason.code) == ("off_topic", "ruled_off")


def test_so_does_a_copy_at_another_outlet(desk: Desk) -> None:
    came = kept(desk, "held", "gazette")
    assert isinstance(came, Outcome)
    assert (came.state, came.reason.code) == ("off_topic", "copies_ruled_off")


def test_another_text_is_stored(desk: Desk) -> None:
    assert isinstance(kept(desk, "mill", "gazette", "Agents of ICE came to the mill at dawn, a baker said."), Added)
    assert len(desk.store.stories()) == 1
