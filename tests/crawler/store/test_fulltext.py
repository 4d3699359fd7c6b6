"""The full-text index proposes each article that may hold what is asked for, however odd its words are."""

import pytest
from sqlalchemy import Engine

from crawler.store.fulltext import LONGEST_WORD, MOST_INDEXED, UNCUT, indexed
from crawler.store.store import Store
from crawler.text import search_words
from tests.makers.making import article, keep, watch


@pytest.fixture
def store(engine: Engine) -> Store:
    watch(engine)
    return Store(engine)


def stored(engine: Engine, text: str) -> list[int]:
    return [keep(engine, article(text=text, title="A title")).story_id]


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("Step ❶ of three", "step ❶ of", True),  # to PostgreSQL no letter, so that nothing stands between
        ("Step ❶ of three", "❶", True),
        ("Step ❶ of three", "step of", False),
        ("The word ᦰᦱ stands here", "word ᦰᦱ stands", True),  # to SQLite no letters
        ("The word ᦰᦱ stands here", "ᦰ*", True),
        ("case 7e3b9 of 1e5a", "case 7e3b9 of", True),  # to PostgreSQL a number and a word
        ("case 7e3b9 of 1e5a", "7e3b*", True),
        ("case 7e3b9 of 1e5a", "7e3", False),
        ("週二上午,聯邦移民執法人員", "聯邦移民執法人員", True),
        ("週二上午,聯邦移民執法人員", "聯邦*", True),
        ("the raid " * 400 + "in Dover", "raid in dover", True),  # PostgreSQL knows 255 places of a word
        ("the raid " * 400 + "in Dover", "dover raid", False),
        (" ".join(f"w{n}" for n in range(17_000)) + " in Dover", "in dover", True),  # and 16,383 places in a text
        (f"read {'ab' * 1500} aloud", f"read {'ab' * 1500} aloud", True),  # and words up to 2 KB
        (f"read {'ab' * 1500} aloud", f"{'ab' * 1400}*", True),
        (f"read {'国' * 900} aloud", "国国*", True),
        (f"read {'ab' * 1500} aloud", "read aloud", False),
        ("50% of_it \\ 'quoted'", "50 of it quoted", True),
        ("Straße und ŁÓDŹ", "strasse und łodz", True),
        ("Jose\u0301 Nguyễn", "jose nguyen", True),
        ("A raid", "* of nothing", False),
    ],
)
def test_a_phrase_is_found_where_it_stands(store: Store, engine: Engine, text: str, phrase: str, found: bool) -> None:
    story = stored(engine, text)
    assert store.search([[phrase]]) == (story if found else [])
    assert store.search([["nowhere", phrase], ["title"]]) == (story if found else [])


@pytest.mark.slow
def test_what_is_longer_than_the_index_is_proposed_for_all(store: Store, engine: Engine) -> None:
    text = " ".join(f"国{n}" for n in range(MOST_INDEXED // 6)) + " in Dover"
    story = stored(engine, text)
    assert store.search([["in dover"], ["nowhere"]]) == story
    assert store.search([["国12"]]) == story


@pytest.mark.slow
def test_as_many_ways_as_a_query_can_have_are_asked(store: Store, engine: Engine) -> None:
    story = stored(engine, "A raid in Dover")
    for most in (9_000, 60_000):  # more than PostgreSQL can take narrows nothing
        assert store.search([[*(f"w{n}" for n in range(most)), "dover"], ["raid"]]) == story
    assert store.search([[f"w{n}" for n in range(70)] + ["dover"] for _ in range(500)]) == story
    assert store.search([["dover"]] * 1500) == story
    assert store.search([[" ".join(["dover"] * 1500)]]) == []


@pytest.mark.slow
def test_what_is_kept_is_never_more_than_an_index_takes() -> None:
    assert indexed(["in", "a" * 600]) == f"in {'a' * LONGEST_WORD}"
    most = indexed(search_words("国 " * MOST_INDEXED))
    assert most.startswith(f"{UNCUT} 国 国")
    assert len(most) == MOST_INDEXED - 1  # no space stands at its end
