"""The other ways out, as a person sets them up."""

from tests.makers.commanding import Command, _here, engine, icewire

__all__ = ["_here", "engine", "icewire"]  # fixtures

READER = "reader@example.org"


def test_a_search_says_where_its_feed_is(icewire: Command) -> None:
    said = icewire("search", 'raid place:"Waltham, MA"', "--feed")
    query = "raid%20place%3A%22Waltham%2C%20MA%22"
    assert said.printed.splitlines() == [
        f"http://127.0.0.1:8080/feed.atom?q={query}",
        f"http://127.0.0.1:8080/feed.json?q={query}",
    ]
    assert "set web.public_url" in said.err


def test_with_a_public_address_it_is_that_one(icewire: Command) -> None:
    with open("icewire.toml", "a") as settings:
        settings.write('[web]\npublic_url = "https://alerts.example.org/"\n')
    said = icewire("search", "kind:raid", "--feed", "--json")
    assert said.data == {
        "atom": "https://alerts.example.org/feed.atom?q=kind%3Araid",
        "json": "https://alerts.example.org/feed.json?q=kind%3Araid",
    }


def test_words_alone_have_no_feed(icewire: Command) -> None:
    said = icewire("search", "ferreira", "--feed")
    assert said.status == 1
    assert "A feed needs a place, a kind or an outlet" in said.err
    assert "Try: (ferreira) state:MA, or (ferreira) kind:arrest" in said.err


def test_where_the_page_shows_no_feeds_a_search_has_none(icewire: Command) -> None:
    with open("icewire.toml", "a") as settings:
        settings.write("[web]\nfeeds = false\n")
    assert "web.feeds is false" in icewire("search", "kind:raid", "--feed").err
