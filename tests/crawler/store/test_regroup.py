import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from crawler.grouping.assign import Grouping
from crawler.model import Why
from crawler.model.story import Article, Clue, Story, Verdict
from crawler.store.adding import Added
from crawler.store.candidates import Candidates
from crawler.store.regroup import UnknownStory, merge_by_hand, split_by_hand
from crawler.store.store import Store
from tests.crawler.store.test_candidates import store_report
from tests.makers.making import NOON, article, verdict, watch
from tests.makers.reports import DAY, LOWELL, LOWELL_TEXT, LOWELL_TITLE, OWN, OWN_TITLE, WALTHAM, WIRE, WIRE_TITLE


@pytest.fixture
def store(engine: Engine) -> Store:
    watch(engine)
    return Store(engine)


def keep(
    store: Store,
    path: str,
    story_id: int | None = None,
    copy_of: int | None = None,
    now: datetime = NOON,
    **more: object,
) -> Added:
    """A stored report, grouped as told."""
    clues = tuple(range(len(path) * 10, len(path) * 10 + 5))
    grouping = Grouping(story_id, copy_of, Why(), clues, **more)  # type: ignore[arg-type]
    return store.add(article(path, published_at=now), verdict(), grouping, [], now)


def told(engine: Engine) -> dict[int, set[str]]:
    """What each story with articles tells."""
    with Session(engine) as session:
        found: dict[int, set[str]] = {}
        for url, story_id in session.exec(select(Article.url, Article.story_id)):
            found.setdefault(story_id or 0, set()).add(url.rpartition("/")[2])
        return found


def test_merged_stories_become_the_older_one_with_every_report_and_clue(store: Store, engine: Engine) -> None:
    raid, vigil = keep(store, "raid"), keep(store, "vigils", now=NOON - timedelta(hours=5))
    merge_by_hand(engine, raid.story_id, [vigil.story_id], NOON)
    assert told(engine) == {raid.story_id: {"raid", "vigils"}}
    [view] = store.stories()
    assert (view.story.id, view.lead.article.id, view.story.version) == (raid.story_id, vigil.article_id, 2)
    with Session(engine) as session:
        assert session.get_one(Story, vigil.story_id).merged_into == raid.story_id
        assert {c.story_id for c in session.exec(select(Clue))} == {raid.story_id}
        assert len(session.exec(select(Clue)).all()) == 10


def test_a_report_that_was_on_its_way_to_a_merged_story_joins_the_one_that_took_it(
    store: Store, engine: Engine
) -> None:
    first, second, third = keep(store, "a"), keep(store, "bb"), keep(store, "ccc")
    merge_by_hand(engine, second.story_id, [third.story_id], NOON)
    merge_by_hand(engine, first.story_id, [second.story_id], NOON)
    assert keep(store, "late", third.story_id).story_id == first.story_id


def test_an_article_that_shows_two_stories_to_be_one_merges_them(store: Store, engine: Engine) -> None:
    first, second = keep(store, "a"), keep(store, "bb")
    third = keep(store, "ccc", second.story_id, merges=(first.story_id,))
    assert third.story_id == first.story_id
    assert told(engine) == {first.story_id: {"a", "bb", "ccc"}}


def test_an_article_takes_misplaced_reports_and_their_copies_into_its_own_story(store: Store, engine: Engine) -> None:
    first = keep(store, "a")
    wrong = keep(store, "bb", first.story_id)
    keep(store, "copy", first.story_id, wrong.article_id)
    own = keep(store, "ccc", takes=(wrong.article_id,))
    assert told(engine) == {first.story_id: {"a"}, own.story_id: {"ccc", "bb", "copy"}}
    with Session(engine) as session:
        assert session.get_one(Story, own.story_id).split_from == first.story_id


def test_what_a_person_split_no_article_merges_again(store: Store, engine: Engine) -> None:
    first = keep(store, "a")
    second = keep(store, "bb", first.story_id)
    new = split_by_hand(engine, first.story_id, [second.article_id], NOON)
    keep(store, "ccc", new, merges=(first.story_id,))
    assert told(engine) == {first.story_id: {"a"}, new: {"bb", "ccc"}}


def test_what_a_person_merged_no_article_takes_apart(store: Store, engine: Engine) -> None:
    first, second = keep(store, "a"), keep(store, "bb")
    merge_by_hand(engine, first.story_id, [second.story_id], NOON)
    third = keep(store, "ccc", takes=(second.article_id,))
    assert told(engine) == {first.story_id: {"a", "bb"}, third.story_id: {"ccc"}}


def test_a_copy_that_is_split_from_its_original_is_an_original(store: Store, engine: Engine) -> None:
    first = keep(store, "a")
    copy = keep(store, "bb", first.story_id, first.article_id)
    split_by_hand(engine, first.story_id, [copy.article_id], NOON)
    with Session(engine) as session:
        assert session.get_one(Verdict, copy.article_id).copy_of is None


def test_both_halves_of_a_split_story_are_found_by_its_clues(store: Store, engine: Engine) -> None:
    first = keep(store, "a")
    second = keep(store, "bb", first.story_id)
    new = split_by_hand(engine, first.story_id, [second.article_id], NOON)
    with Session(engine) as session:
        clues = [
            {c.hash for c in session.exec(select(Clue).where(col(Clue.story_id) == i))} for i in (first.story_id, new)
        ]
    assert clues[0] == clues[1]
    assert clues[0]


def test_what_cannot_be_merged_or_split_is_said_and_changes_nothing(store: Store, engine: Engine) -> None:
    first, second = keep(store, "a"), keep(store, "bb")
    for attempt, said in (
        (lambda: merge_by_hand(engine, first.story_id, [99], NOON), "there is no story 99"),
        (lambda: merge_by_hand(engine, first.story_id, [first.story_id], NOON), "the same story"),
        (lambda: split_by_hand(engine, first.story_id, [second.article_id], NOON), "is not of story"),
        (lambda: split_by_hand(engine, first.story_id, [first.article_id], NOON), "nothing would be left"),
        (lambda: split_by_hand(engine, first.story_id, [], NOON), "no article"),
    ):
        with pytest.raises(UnknownStory, match=said):
            attempt()
    assert told(engine) == {first.story_id: {"a"}, second.story_id: {"bb"}}
    merge_by_hand(engine, first.story_id, [second.story_id], NOON)
    with pytest.raises(UnknownStory, match=f"was merged into story {first.story_id}"):
        merge_by_hand(engine, second.story_id, [first.story_id], NOON)


def test_a_story_that_a_person_merged_goes_on_taking_reports(sqlite_engine: Engine) -> None:
    watch(sqlite_engine)
    candidates = Candidates(sqlite_engine)
    roof = store_report(sqlite_engine, candidates, "roofers", LOWELL_TITLE, LOWELL_TEXT, LOWELL)
    wire = store_report(sqlite_engine, candidates, "wire", WIRE_TITLE, WIRE, WALTHAM)
    merge_by_hand(sqlite_engine, roof.story_id, [wire.story_id], DAY)
    own = store_report(sqlite_engine, candidates, "own", OWN_TITLE, OWN, WALTHAM, DAY + timedelta(hours=5))
    assert own.story_id == roof.story_id


def test_an_original_cannot_leave_only_its_copies_behind_as_they_go_with_it(store: Store, engine: Engine) -> None:
    first = keep(store, "a")
    keep(store, "bb", first.story_id, first.article_id)
    with pytest.raises(UnknownStory, match="nothing would be left"):
        split_by_hand(engine, first.story_id, [first.article_id], NOON)


def test_a_story_never_follows_itself(store: Store, engine: Engine) -> None:
    first = keep(store, "a")
    second = keep(store, "bb", follows=first.story_id)
    merge_by_hand(engine, second.story_id, [first.story_id], NOON)
    with Session(engine) as session:
        assert session.get_one(Story, second.story_id).follows is None


def test_merged_stories_are_neither_counted_nor_listed(store: Store, engine: Engine) -> None:
    ids = [keep(store, "a" * n).story_id for n in range(1, 5)]
    merge_by_hand(engine, ids[0], ids[2:], NOON)
    assert store.counts()["stories"] == len(store.stories(limit=2)) == 2


@pytest.mark.slow
def test_a_report_that_is_stored_while_its_story_is_merged_is_not_left_behind(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = keep(store, "a"), keep(store, "bb")
    merging: list[threading.Thread] = []

    def merge_meanwhile(*told: object) -> None:
        if merging:
            return
        merging.append(threading.Thread(target=merge_by_hand, args=(engine, first.story_id, [second.story_id], NOON)))
        merging[0].start()
        merging[0].join(0.5)  # it waits for the transaction that we are in

    monkeypatch.setattr("crawler.store.adding._for_each", merge_meanwhile)
    keep(store, "ccc", second.story_id)
    merging[0].join()
    assert told(engine) == {first.story_id: {"a", "bb", "ccc"}}
