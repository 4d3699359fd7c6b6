"""Stories that mislead by a word: another ICE, ice on a lake, deported long ago, rinks, agents without a name."""

import tomllib
from pathlib import Path

import pytest

from crawler.topic.choice import chosen

TOPIC = chosen().topic
STORIES: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("difficulties.toml").read_text("utf-8"))


def label(story: str) -> str:
    title, _, text = story.partition(" | ")
    return TOPIC.judge(title, text).label


@pytest.mark.parametrize("story", STORIES["another_ice"] + STORIES["ice_out_of_lakes"])
def test_another_ice_is_no_agency(story: str) -> None:
    assert label(story) in ("none", "mention")


@pytest.mark.parametrize("story", STORIES["long_ago_or_in_jest"] + STORIES["elsewhere"])
def test_who_is_deported_long_ago_or_by_another_country_is_no_news_of_ice(story: str) -> None:
    assert label(story) != "activity"


@pytest.mark.parametrize("story", STORIES["scenery"])
def test_a_rink_an_engine_or_a_show_is_where_it_happens(story: str) -> None:
    assert label(story) == "activity"


@pytest.mark.parametrize("story", STORIES["other_agents"])
def test_agents_who_look_for_something_else_are_not_ice(story: str) -> None:
    assert label(story) != "activity"


@pytest.mark.parametrize("story", STORIES["unnamed"])
def test_who_acts_without_a_name_is_known_by_what_is_done_to_whom(story: str) -> None:
    assert label(story) == "activity"


def test_who_came_long_ago_or_lives_at_an_old_number_is_deported_today() -> None:
    assert label("Roofer deported after 31 years | He came from Ghana in 1994, his wife said on Monday.") == "activity"
    assert label("Mother of two deported | Neighbors at 1842 Main Street put out flowers.") == "activity"


def test_a_headline_of_marks_alone_lists_nothing() -> None:
    for marks in (",  y ", ", , and ,  ", "; ;  ; and ", "|  | y  "):
        assert label(f"Council limits ICE: {marks}") == label("Council limits ICE")
