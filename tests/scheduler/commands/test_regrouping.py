"""`icewire stories merge` and `split`: a person puts right what grouping got wrong."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from crawler.store.store import Store
from tests.makers.commanding import Command, _here, engine, icewire
from tests.makers.making import article, keep, outlet, watch

pytestmark = pytest.mark.slow

__all__ = ["_here", "engine", "icewire"]  # fixtures

RAID, VIGIL, FIRE = ("https://ledger.example/raid", "https://gazette.example/vigil", "https://radio.example/fire")


@pytest.fixture
def kept(engine: Engine) -> tuple[int, int]:
    """A story with three reports, of which one is of another event, and a story of its own."""
    watch(engine, outlet("ledger"), outlet("gazette"), outlet("radio"))
    first = keep(engine, article("raid"))
    keep(engine, article("vigil", "gazette", title="A vigil for two"), story=first.story_id)
    keep(engine, article("fire", "radio", title="A fire in a kitchen"), story=first.story_id)
    return first.story_id, keep(engine, article("again", "gazette", title="Two taken at court")).story_id


def told(engine: Engine) -> list[set[str]]:
    return [{r.article.url for r in view.reports} for view in Store(engine).stories()]


def test_stories_are_listed_with_the_numbers_that_merge_and_split_take(icewire: Command, kept: tuple[int, int]) -> None:
    assert f"story {kept[0]} · Waltham, MA" in icewire("stories").out


def test_a_day_without_an_hour_is_told_as_a_day(icewire: Command, engine: Engine) -> None:
    watch(engine, outlet("ledger"))
    noon = datetime(2026, 3, 9, 12, tzinfo=UTC)
    keep(engine, article("raid", published_at=noon, day_only=True))
    assert "· 2026-03-09 · The Ledger" in icewire("stories").out
    assert icewire("stories", "--json").data[0]["published_at"] == "2026-03-09"
    assert icewire("explain", RAID, "--json").data["article"]["published_at"] == "2026-03-09"
    assert "published 2026-03-09 " in icewire("explain", RAID).out.replace("  ", " ") + " "


def test_merging_tells_the_story_that_stays_with_all_its_reports(
    icewire: Command, engine: Engine, kept: tuple[int, int]
) -> None:
    said = icewire("stories", "merge", str(kept[0]), str(kept[1]))
    assert said.status == 0
    assert said.out.count("https://") == 4
    assert len(told(engine)) == 1
    assert "a person merged or split it" in icewire("explain", RAID).out


def test_splitting_makes_a_story_of_the_articles_named(icewire: Command, engine: Engine, kept: tuple[int, int]) -> None:
    said = icewire("stories", "split", str(kept[0]), FIRE, "--json")
    assert [len(story["articles"]) for story in said.data] == [2, 1]
    assert {FIRE} in told(engine)
    assert {RAID, VIGIL} in told(engine)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["merge", "1", "99"], "there is no story 99; `icewire stories` lists those there are"),
        (["split", "1", "https://ledger.example/nowhere"], "no article is stored at https://ledger.example/nowhere"),
        (["split", "2", FIRE], "is not of story 2"),
    ],
)
def test_what_cannot_be_done_is_said_on_stderr_and_as_json(
    icewire: Command, engine: Engine, kept: tuple[int, int], words: list[str], said: str
) -> None:
    before = told(engine)
    answer = icewire("stories", *words, "--json")
    assert answer.status == 1
    assert said in answer.err
    assert said in json.loads(answer.printed)["error"]
    assert told(engine) == before
