"""What a crawl remembers of settled pages holds for the address that was asked."""

import pytest

from crawler.model.story import Entry, EntryState
from crawler.spiders.finished import Finished
from crawler.text.page_ids import page_address
from crawler.watch.outcome import Outcome
from tests.makers.making import NOON

PAGE = "https://ledger.example/raid"


def entry(url: str, **facts: object) -> Entry:
    known = {"id": 1, "feed_id": 2, "url": url, "page": page_address(url), "seen_at": NOON}
    return Entry.model_validate(known | facts)


def known(state: EntryState, asked: str, url: str, **facts: object) -> bool:
    finished = Finished()
    finished.remember(PAGE, asked, [asked], Outcome(state))
    return finished.outcome_of(entry(url, **facts)) is not None


@pytest.mark.parametrize(
    ("state", "asked", "url", "is_known"),
    [
        ("fetched", PAGE, f"{PAGE}?format=amp", True),
        ("fetched", f"{PAGE}?format=amp", PAGE, False),  # its own address is asked, too
        ("off_topic", PAGE, f"{PAGE}?utm_source=x", True),
        ("off_topic", f"{PAGE}?format=amp", PAGE, False),
        ("refused", f"{PAGE}?utm_source=x", PAGE, False),
        ("refused", PAGE, PAGE, True),
        ("failed", PAGE, PAGE, False),
    ],
)
def test_what_is_known_of_a_page(state: EntryState, asked: str, url: str, is_known: bool) -> None:
    assert known(state, asked, url) is is_known


def test_an_entry_that_comes_back_has_changed() -> None:
    assert not known("fetched", PAGE, PAGE, article_id=3)
