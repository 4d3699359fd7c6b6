from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from crawler.model.story import Story
from crawler.store.adding import Added
from crawler.store.regroup import merge_by_hand
from crawler.store.store import Store
from tests.makers.making import NOON, article, keep, outlet, watch

ARREST = "ICE arrests two bakers in Waltham"
ARREST_TEXT = """\
Federal immigration agents arrested two bakers on Moody Street in Waltham on Monday morning, the owner said.
Their lawyer, Tobias Achebe, said she did not know where they were held. A hearing is scheduled for Friday."""
BOND = "Judge orders two Waltham bakers released on bond"
BOND_TEXT = """\
A federal judge in Boston on Friday ordered that two bakers arrested by ICE in Waltham be released on bond.
They walked out of the jail in Plymouth in the evening, their lawyer said."""


@pytest.fixture
def arrest(sqlite_engine: Engine) -> Added:
    watch(sqlite_engine, outlet("ledger"), outlet("gazette"))
    return keep(sqlite_engine, article("arrest", title=ARREST, text=ARREST_TEXT))


def story(sqlite_engine: Engine, story_id: int) -> Story:
    with Session(sqlite_engine) as session:
        return session.get_one(Story, story_id)


def test_a_report_that_tells_what_none_did_is_noted_in_its_own_words(sqlite_engine: Engine, arrest: Added) -> None:
    assert story(sqlite_engine, arrest.story_id).development == ""
    later = NOON + timedelta(days=4)
    keep(sqlite_engine, article("bond", "gazette", title=BOND, text=BOND_TEXT, published_at=later), story=1, now=later)
    now = story(sqlite_engine, arrest.story_id)
    assert (now.development, now.developed_at) == (BOND, later)


def test_another_outlet_that_tells_the_same_is_no_development(sqlite_engine: Engine, arrest: Added) -> None:
    keep(sqlite_engine, article("own", "gazette", title="Two bakers taken by ICE", text=ARREST_TEXT[:150]), story=1)
    assert story(sqlite_engine, arrest.story_id).developed_at is None


def test_a_copy_is_no_development(sqlite_engine: Engine, arrest: Added) -> None:
    copy = article("bond", "gazette", title=BOND, text=BOND_TEXT, published_at=NOON + timedelta(days=4))
    keep(sqlite_engine, copy, story=1, copy_of=arrest.article_id)
    assert story(sqlite_engine, arrest.story_id).developed_at is None


def test_a_report_that_was_late_to_be_found_is_no_development(sqlite_engine: Engine, arrest: Added) -> None:
    early = article("bond", "gazette", title=BOND, text=BOND_TEXT, published_at=NOON - timedelta(days=3))
    keep(sqlite_engine, early, story=1)
    assert story(sqlite_engine, arrest.story_id).developed_at is None


def test_a_report_of_which_only_the_day_is_known_may_be_the_later_one(sqlite_engine: Engine, arrest: Added) -> None:
    day = article("bond", "gazette", title=BOND, text=BOND_TEXT, published_at=NOON - timedelta(hours=6), day_only=True)
    keep(sqlite_engine, day, story=1)
    assert story(sqlite_engine, arrest.story_id).development == BOND


def test_a_new_version_whose_story_was_merged_meanwhile_is_held_against_the_one_it_stands_in(
    sqlite_engine: Engine, arrest: Added
) -> None:
    keep(sqlite_engine, article("bond", "gazette", title=BOND, text=BOND_TEXT), story=arrest.story_id)
    own = keep(sqlite_engine, article("own", title=ARREST, text=ARREST_TEXT))
    merge_by_hand(sqlite_engine, arrest.story_id, [own.story_id], NOON)
    before = story(sqlite_engine, arrest.story_id)
    assert keep(sqlite_engine, article("own", title="Bakers free", text=BOND_TEXT)).change
    after = story(sqlite_engine, arrest.story_id)
    assert (after.version, after.development) == (before.version + 1, before.development)


def test_a_new_version_of_the_same_page_is_one(sqlite_engine: Engine, arrest: Added, now: datetime) -> None:
    text = f"{BOND_TEXT}\n{ARREST_TEXT}"
    added = keep(sqlite_engine, article("arrest", title=BOND, text=text), now=now + timedelta(hours=5))
    assert added.change
    assert story(sqlite_engine, arrest.story_id).development == BOND


def test_it_is_kept_beside_the_version_that_matching_looks_at(sqlite_engine: Engine, arrest: Added) -> None:
    before = Store(sqlite_engine).views([arrest.story_id])[0].story.version
    keep(
        sqlite_engine,
        article("bond", "gazette", title=BOND, text=BOND_TEXT, published_at=NOON + timedelta(days=1)),
        story=1,
    )
    assert Store(sqlite_engine).views([arrest.story_id])[0].story.version > before


def test_a_development_whose_headline_is_reworded_keeps_its_time_and_gets_the_new_words(
    sqlite_engine: Engine, arrest: Added
) -> None:
    later, text = NOON + timedelta(days=4), BOND_TEXT.replace("A federal judge", "A judge")
    keep(sqlite_engine, article("bond", "gazette", title=BOND, text=text, published_at=later), story=1, now=later)
    again = "Waltham bakers held by ICE are granted bond by judge"
    new = article("bond", "gazette", title=again, text=text, published_at=later)
    assert keep(sqlite_engine, new, now=later + timedelta(hours=1)).change
    now = story(sqlite_engine, arrest.story_id)
    assert (now.development, now.developed_at) == (again, later)
