"""Whose a page is follows from its address, whoever lists it."""

import pytest

from crawler.model import UNLISTED, EntryState
from crawler.model.story import Source
from crawler.watch.owners import Owners, holds_for

HOMES = {
    "ledger": "https://www.ledger.example/",
    "gazette": "https://gazette.example/news/local/",
    "city": "https://www.salem.example/",
    "police": "https://police.salem.example/",
    "lynn-list": "https://list.example/massachusetts/lynn",
    "salem-list": "https://list.example/massachusetts/salem",
    "north": "https://www.courts.example/north",
    "south": "https://www.courts.example/south",
    "letter": "https://one.substack.com/",
    "harbor": "http://127.0.0.1:8001/",
    "valley": "http://127.0.0.1:8002/",
}
FEEDS = [("gazette", "https://feeds.gazette-press.example/rss"), ("ledger", "https://gazette.example/wrong")]


def source(name: str, **facts: object) -> Source:
    return Source(id=name, name=name, homepage=HOMES.get(name, f"https://{name}.example/"), **facts)  # type: ignore[arg-type]


OWNERS = Owners([*map(source, HOMES), source("radio", sites=["wrad.example"], headline_only=True)], FEEDS)


@pytest.mark.parametrize(
    ("url", "listing", "owner"),
    [
        ("https://ledger.example/raid", "gazette", "ledger"),
        ("http://LEDGER.example:80/raid?utm_source=gazette", "gazette", "ledger"),
        ("https://m.ledger.example/raid", "gazette", "ledger"),
        ("https://www.google.com/url?q=https://ledger.example/raid", "gazette", "ledger"),
        ("https://ledger-example.cdn.ampproject.org/c/s/ledger.example/raid", "gazette", "ledger"),
        ("https://gazette.example/2026/raid", "ledger", "gazette"),  # all of a site that one outlet has
        ("https://feeds.gazette-press.example/raid", "ledger", "gazette"),
        ("https://police.salem.example/log", "city", "police"),
        ("https://www.salem.example/news", "police", "city"),
        ("https://list.example/massachusetts/salem/raid", "lynn-list", "salem-list"),
        ("https://list.example/new-jersey/newark/raid", "lynn-list", "lynn-list"),  # one of those who share the site
        ("https://list.example/new-jersey/newark/raid", "ledger", "list.example"),
        ("https://two.substack.com/p/raid", "letter", "two.substack.com"),
        ("https://wrad.example/raid", "ledger", "radio"),
        ("http://127.0.0.1:8002/raid", "harbor", "valley"),
        ("http://127.0.0.1:8003/raid", "harbor", "127.0.0.1:8003"),
        ("https://nobody.example/raid", "ledger", "nobody.example"),
        ("https://ledger.example.nobody.example/raid", "ledger", "nobody.example"),
        ("https://ledger.example@nobody.example/raid", "ledger", "nobody.example"),
        ("http://[::1", "ledger", "ledger"),  # nothing that could be asked
    ],
)
def test_whose_an_address_is(url: str, listing: str, owner: str) -> None:
    assert OWNERS.of(url, source(listing)).id == owner


def test_of_a_site_that_nobody_has_its_name_is_credited_and_nothing_quoted() -> None:
    nobody = OWNERS.of("https://www.nobody.example/raid", source("ledger"))
    assert (nobody.name, nobody.homepage) == ("nobody.example", "https://www.nobody.example/")
    assert (nobody.kind, nobody.headline_only, nobody.listed) == (UNLISTED, True, False)


def test_an_outlet_that_was_taken_off_the_list_has_its_site_until_another_does() -> None:
    old = source("old", listed=False)
    new = Source(id="new", name="New", homepage=old.homepage)
    assert Owners([old]).of("https://old.example/a", source("ledger")).id == "old"
    assert Owners([old, new]).of("https://old.example/a", source("ledger")).id == "new"


@pytest.mark.parametrize(
    ("state", "listed", "holds"),
    [
        ("fetched", "https://ledger.example/raid?format=amp", True),
        ("off_topic", "https://ledger.example/raid?format=amp", False),
        ("off_topic", "https://m.ledger.example/raid", False),
        ("off_topic", "https://ledger.example/raid?utm_source=x", True),
        ("refused", "https://ledger.example/raid?utm_source=x", False),  # robots.txt may forbid just that
        ("failed", "https://ledger.example/raid?utm_source=x", False),
        ("refused", "https://ledger.example/raid", True),
    ],
)
def test_for_which_addresses_an_outcome_holds(state: EntryState, listed: str, holds: bool) -> None:
    assert holds_for(state, "https://ledger.example/raid", listed) is holds
