"""What a person rules of an article holds, whatever is judged later, until it is undone."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from crawler.model import Article, Ruling, Story, Verdict
from crawler.store.rulings import NoRuling, all_ruled, is_off, note_ruling, put_off, rule, rulings_on, undo, value_of
from crawler.store.store import Store
from tests.makers.making import BODY, NOON, WALTHAM, article, keep, outlet, verdict, watch

LYNN = WALTHAM | {"name": "Lynn", "county": "Essex County"}
OFF, ON = {"label": "none"}, {"label": "activity"}
LATER = NOON + timedelta(hours=2)
CHANGED = BODY.replace("two men", "nine men and a woman")


@pytest.fixture
def store(sqlite_engine: Engine) -> Store:
    """Two stories: one of a report, its copy and another newsroom's own words, and one of a single report."""
    watch(sqlite_engine, *map(outlet, ("ledger", "gazette", "radio", "times")))
    keep(sqlite_engine, article("raid"))
    keep(sqlite_engine, article("copy", "gazette"), story=1, copy_of=1)
    keep(sqlite_engine, article("own", "radio", "Agents came to the mill at dawn. A baker saw them."), story=1)
    keep(sqlite_engine, article("fair", "times", "The county fair opens on Friday with a parade of tractors."))
    return Store(sqlite_engine)


def row(store: Store, table: type[Any], number: Any) -> Any:
    with Session(store.engine) as session:
        return session.get_one(table, number)


def titles(store: Store) -> dict[int, int]:
    """How many reports each story has that is listed."""
    return {view.story.id or 0: len(view.reports) for view in store.stories()}


def test_off_topic_a_text_leaves_its_story_with_its_copies(store: Store) -> None:
    rule(store.engine, 2, "topic", OFF, LATER)  # said of the copy
    assert titles(store) == {1: 1, 2: 1}
    assert [row(store, Article, n).story_id for n in (1, 2, 3)] == [None, None, 1]
    assert row(store, Story, 1).lead_id == 3
    assert row(store, Article, 1).look_at is None
    assert store.counts() == {"articles": 2, "stories": 2, "copies": 0}


def test_a_story_without_a_report_left_is_nowhere_and_comes_back_whole(store: Store) -> None:
    before = row(store, Story, 2)
    rule(store.engine, 4, "topic", OFF, LATER)
    assert titles(store) == {1: 3}
    assert store.search([["county fair"]]) == []
    assert 2 not in store.opened(NOON - timedelta(days=1))
    assert store.counts() == {"articles": 3, "stories": 1, "copies": 1}
    assert [view.lead.article.id for view in store.off_topic({1, 2})] == [4]
    assert undo(store.engine, 4, ["topic"], LATER) == ["topic"]
    assert titles(store) == {1: 3, 2: 1}
    after = row(store, Story, 2)
    assert (after.lead_id, after.version, after.changed_at) == (4, before.version + 2, LATER)
    assert row(store, Verdict, 4).label == "activity"
    assert row(store, Article, 4).look_at == LATER


def test_a_story_that_was_merged_meanwhile_takes_back_what_comes_back(store: Store) -> None:
    rule(store.engine, 4, "topic", OFF, LATER)
    with Session(store.engine) as session:
        session.get_one(Story, 2).merged_into = 1
        session.commit()
    undo(store.engine, 4, ["topic"], LATER)
    assert titles(store) == {1: 4}


def test_what_was_never_in_a_story_opens_one_and_leaves_it_when_that_is_undone(store: Store) -> None:
    added = keep(store.engine, article("talk", "times", "A talk on agents in town."))
    note_ruling(store.engine, Ruling(article_id=5, what="topic", said=ON, judged={"label": "mention"}, made_at=NOON))
    undo(store.engine, 5, ["topic"], LATER)
    assert row(store, Article, 5).story_id is None
    assert row(store, Verdict, 5).label == "mention"
    rule(store.engine, 5, "topic", ON, LATER)
    assert row(store, Article, 5).story_id not in (None, added.story_id, 1, 2)


@pytest.mark.parametrize(
    ("what", "said", "column"),
    [("place", {"places": [LYNN]}, "places"), ("kind", {"kind": "detention", "second_kind": ""}, "kind")],
)
def test_a_correction_holds_when_the_page_is_read_anew(store: Store, what: Any, said: Any, column: str) -> None:
    rule(store.engine, 1, what, said, NOON)
    keep(store.engine, article("raid", text=CHANGED), of=verdict(kind="protest", places=[]), now=LATER)
    held = row(store, Verdict, 1)
    assert getattr(held, column) == said[column]
    assert (held.kind == "protest") is (what == "place")
    newest = {"kind": "protest", "places": []}[column]
    assert rulings_on(store.engine, 1)[0].judged[column] == newest
    undo(store.engine, 1, [what], LATER)
    assert getattr(row(store, Verdict, 1), column) == newest


def test_on_topic_holds_with_the_places_that_nobody_looks_for_otherwise(store: Store) -> None:
    rule(store.engine, 1, "topic", ON, NOON)
    keep(store.engine, article("raid", text=CHANGED), of=verdict(label="none", kind="", places=[]), now=LATER)
    held = row(store, Verdict, 1)
    assert (held.label, held.kind, held.places) == ("activity", "arrest", [WALTHAM])
    assert rulings_on(store.engine, 1)[0].judged == {"label": "none"}


def test_what_is_off_topic_stays_so_when_it_is_read_anew(store: Store) -> None:
    rule(store.engine, 4, "topic", OFF, NOON)
    added = keep(store.engine, article("fair", "times", CHANGED), now=LATER)
    assert (added.article_id, added.story_id, added.new) == (4, 0, False)
    store.record_recheck(4, LATER, gone=True)
    assert row(store, Article, 4).look_at is None
    assert titles(store) == {1: 3}


def test_a_copy_that_comes_later_is_corrected_as_its_original(store: Store) -> None:
    rule(store.engine, 1, "place", {"places": [LYNN]}, NOON)
    keep(store.engine, article("late", "times"), story=1, copy_of=1)
    assert row(store, Verdict, 5).places == [LYNN]
    assert rulings_on(store.engine, 5)[0].judged == {"places": [WALTHAM]}
    undo(store.engine, 5, ["place", "kind"], LATER)
    assert [row(store, Verdict, n).places for n in (1, 2, 5)] == [[WALTHAM]] * 3


def test_a_copy_of_what_is_off_topic_is_known_by_its_text(store: Store) -> None:
    late = article("late", "times", title="Two held in Waltham", text=f"{BODY}\nThe Times has more on this.")
    assert put_off(store.engine, late) == ""
    rule(store.engine, 1, "topic", OFF, NOON)
    assert put_off(store.engine, late) == "ICE detains two near Waltham courthouse: raid"
    assert put_off(store.engine, article("other", "times", "The fair opens on Friday with a parade.")) == ""
    undo(store.engine, 1, ["topic"], NOON)
    assert put_off(store.engine, late) == ""


def test_a_later_word_counts_and_undoing_goes_back_to_what_was_judged(store: Store) -> None:
    rule(store.engine, 1, "kind", {"kind": "raid"}, NOON)
    rule(store.engine, 1, "kind", {"kind": "court"}, LATER)
    [ruling] = rulings_on(store.engine, 1)
    assert (ruling.said, ruling.judged["kind"], ruling.made_at) == ({"kind": "court"}, "arrest", LATER)
    undo(store.engine, 1, ["kind"], LATER)
    with pytest.raises(NoRuling, match="nobody has corrected the place or kind of this page"):
        undo(store.engine, 1, ["place", "kind"], LATER)


def test_what_is_off_topic_can_be_corrected_further_and_stays_off(store: Store) -> None:
    rule(store.engine, 4, "topic", OFF, NOON)
    rule(store.engine, 4, "place", {"places": []}, NOON)
    undo(store.engine, 4, ["place"], NOON)
    assert row(store, Article, 4).story_id is None
    assert [is_off(ruling) for ruling in rulings_on(store.engine, 4)] == [True]


def test_all_that_was_ruled_is_listed_once_a_text(store: Store) -> None:
    rule(store.engine, 1, "kind", {"kind": "raid"}, NOON)
    rule(store.engine, 4, "topic", OFF, LATER)
    rule(store.engine, 1, "place", {"places": []}, LATER)
    listed = [(one.article.id, [ruling.what for ruling in one.rulings]) for one in all_ruled(store.engine)]
    assert listed == [(1, ["kind", "place"]), (4, ["topic"])]


def test_what_a_ruling_says_in_words() -> None:
    assert value_of({"places": [WALTHAM, LYNN]}) == "Waltham, MA; Lynn, MA"
    assert value_of({"label": "none"}) == "none"
    assert value_of({"places": []}) == value_of({"kind": ""}) == ""
