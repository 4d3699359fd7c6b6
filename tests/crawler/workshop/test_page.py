"""A page is read and judged in one go."""

from datetime import datetime

from crawler.extract.article import Hint
from crawler.model import because
from crawler.model.story import Source
from crawler.workshop.page import JudgedPage, Sheet, judge_page
from tests.makers.crawling import page
from tests.makers.making import BODY

SOURCE = Source(id="ledger", name="The Ledger", homepage="https://ledger.example/", city="Waltham", state="MA")
TITLE = "ICE agents detain two men outside Waltham courthouse"


def sheet(title: str, text: str) -> Sheet:
    return Sheet("https://ledger.example/raid", page(title, text).encode(), "text/html", SOURCE, Hint())


def test_a_page_is_an_article_with_a_verdict(now: datetime) -> None:
    found = judge_page(sheet(TITLE, BODY), now)
    assert isinstance(found, JudgedPage)
    article, verdict, prepared = found
    assert (article.title, verdict.label, verdict.places[0]["name"]) == (TITLE, "activity", "Waltham")
    assert prepared
    assert prepared.account.title == TITLE


def test_a_page_that_never_mentions_the_topic_is_not_read(now: datetime) -> None:
    assert judge_page(sheet("The fair", "The fair opens."), now) == because("never_mentioned")
