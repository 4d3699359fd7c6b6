import math
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.grouping.gist import Account
from crawler.grouping.rarity import MOST_STORIES, Background, likeness
from tests.makers.reports import LOWELL, WALTHAM

told = st.lists(st.sampled_from("agents bakery vans lawyer judge petition court mayor oven ladder ice held".split()))


def account(title: str, text: str = "") -> Account:
    return Account(0, 0, title, text, None, ())


@pytest.mark.slow
@given(st.lists(told, max_size=8), told, told)
def test_a_vector_is_of_length_one_or_empty_and_a_likeness_between_none_and_all(
    known: list[list[str]], a: list[str], b: list[str]
) -> None:
    background = Background()
    for words in known:
        background.add(account(" ".join(words)))
    mine, theirs = (background.vector(account(" ".join(words))) for words in (a, b))
    assert math.isclose(sum(w * w for w in mine.values()), 1.0) or not any(mine.values())
    assert -1e-9 <= likeness(mine, theirs) <= 1 + 1e-9


def test_what_every_story_says_tells_less_than_what_few_say() -> None:
    background = Background()
    report = account("A bakery and an oven")
    for n in range(300):
        background.add(account(f"The bakery {n}"))
    vector = background.vector(report)
    assert vector["bakery"] < 0.3 < vector["oven"]


def test_words_of_the_topic_tell_little_from_the_first_story_on() -> None:
    vector = Background().vector(account("Agents arrest a baker"))
    assert vector["agent"] < vector["baker"] / 3


def test_of_a_headline_is_told_what_a_report_says_of_it_by_weight() -> None:
    background, first = Background(), account("Agents arrest a baker at the mill")
    whole = background.told(first, account("", "At the mill a baker was held; agents came to arrest him."))
    assert math.isclose(whole, 1.0)
    assert background.told(first, account("Floods")) == background.told(account(""), first) == 0
    common, rare = (background.told(first, account(word)) for word in ("Agents", "Baker"))
    assert 0 < common < rare < 1


def test_stories_of_long_ago_no_longer_count() -> None:
    background, numbers = Background(), count()
    background.add(account("ovens are cold, says Halina Brzoska"))
    assert background.tellers("Halina Brzoska") == 1
    for _ in range(MOST_STORIES):
        background.add(account(f"Orchard {next(numbers)}"))
    assert background.tellers("Halina Brzoska") == 0


def test_clues_are_the_most_telling_words_and_the_same_everywhere() -> None:
    clues = Background().clues(account("Agents arrest a baker", "It was held."))
    assert 0 < len(clues) <= 24
    assert sum(clues.values()) <= 1 + 1e-9
    assert list(clues) == list(Background().clues(account("Agents arrest a baker", "It was held.")))


def test_how_many_stories_happened_in_a_city_and_its_county_is_counted() -> None:
    background = Background()
    for place in (WALTHAM, WALTHAM, LOWELL):
        background.add(Account(1, 1, "A raid", "", None, (place,)))
    cities = [background.told_there((city, "MA")) for city in ("Waltham", "Lowell", "Middlesex County", "Worcester")]
    assert cities == [2, 1, 3, 0]
