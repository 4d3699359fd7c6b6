from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, delete
from sqlmodel import Session, select

from crawler.grouping.copies import fingerprint
from crawler.grouping.gist import Account
from crawler.model.story import Article, Clue, Fingerprint, Story
from crawler.places.place import Place
from crawler.places.stored import places_from
from crawler.store.adding import Added
from crawler.store.candidates import (
    MOST_OF_OTHER_TIMES,
    MOST_SHARING_BEFORE,
    MOST_STORIES_COMPARED,
    AccountMark,
    Candidates,
)
from crawler.store.holders import MOST_HOLDING
from crawler.store.regroup import merge_by_hand
from crawler.store.retention import forget_clues
from crawler.store.store import Store
from tests.makers.making import article, verdict, watch
from tests.makers.reports import DAY, LOWELL, LOWELL_TEXT, LOWELL_TITLE, OWN, OWN_TITLE, WALTHAM, WIRE, WIRE_TITLE


def store_report(
    engine: Engine, candidates: Candidates, path: str, title: str, text: str, place: Place | None, when: datetime = DAY
) -> Added:
    """Group a report and store it."""
    report = article(path, title=title, text=text, published_at=when, fetched_at=when)
    places = [] if place is None else [as_stored(place)]
    grouping = candidates.group(report, places_from(places))
    return Store(engine).add(report, verdict(places=places), grouping, [], when)


def as_stored(place: Place) -> dict[str, object]:
    facts = {"name": place.name, "kind": place.kind, "county": place.county, "state": place.state}
    return facts | {"sentence": "", "confidence": 1.0}


def test_reports_of_one_raid_find_each_other_and_a_raid_elsewhere_stays_apart(engine: Engine) -> None:
    watch(engine)
    candidates = Candidates(engine)
    wire = store_report(engine, candidates, "wire", WIRE_TITLE, WIRE, WALTHAM)
    roofers = store_report(engine, candidates, "roofers", LOWELL_TITLE, LOWELL_TEXT, LOWELL)
    own = store_report(engine, candidates, "own", OWN_TITLE, OWN, WALTHAM, DAY + timedelta(days=1))
    copy = store_report(engine, candidates, "copy", "Bakery raided", WIRE[:600], WALTHAM, DAY + timedelta(days=90))
    assert wire.story_id == own.story_id == copy.story_id != roofers.story_id
    assert [wire.opened, roofers.opened, own.opened, copy.opened] == [True, True, False, False]


def test_another_process_finds_what_was_stored_and_gives_the_same_answer(engine: Engine) -> None:
    watch(engine)
    first = Candidates(engine)
    wire = store_report(engine, first, "wire", WIRE_TITLE, WIRE, WALTHAM)
    store_report(engine, first, "roofers", LOWELL_TITLE, LOWELL_TEXT, LOWELL)
    report = article("own", title=OWN_TITLE, text=OWN, published_at=DAY)
    found = Candidates(engine).group(report, (WALTHAM,))
    assert found == first.group(report, (WALTHAM,))
    assert found.story_id == wire.story_id


def test_a_story_that_changed_is_read_anew(engine: Engine) -> None:
    watch(engine)
    candidates = Candidates(engine)
    wire = store_report(engine, candidates, "wire", WIRE_TITLE, WIRE, WALTHAM)
    report = article("own", title=OWN_TITLE, text=OWN, published_at=DAY)
    assert candidates.group(report, (WALTHAM,)).story_id == wire.story_id
    rewritten = article("wire", title=LOWELL_TITLE, text=LOWELL_TEXT, published_at=DAY)
    judged = verdict(places=[as_stored(LOWELL)], judged_at=DAY + timedelta(hours=1))
    Store(engine).add(rewritten, judged, candidates.group(rewritten, ()), [], DAY)
    assert candidates.group(report, (WALTHAM,)).story_id is None


@pytest.mark.slow
def test_a_late_found_report_finds_the_story_of_its_day_behind_many_of_other_days(engine: Engine) -> None:
    watch(engine)
    candidates = Candidates(engine)
    wire = store_report(engine, candidates, "wire", WIRE_TITLE, WIRE, WALTHAM)
    for n in range(1, MOST_STORIES_COMPARED + 4):
        with Session(engine) as session:
            session.exec(delete(Fingerprint))  # the passages are the same: only the words are to count here
            session.commit()
        assert store_report(engine, candidates, f"{n}", OWN_TITLE, OWN, WALTHAM, DAY + timedelta(days=60 * n)).opened
    report = article("own", title=OWN_TITLE, text=f"{OWN[:-80]} It was cold.", published_at=DAY, fetched_at=DAY)
    with Session(engine) as session:
        session.exec(delete(Fingerprint))
        session.commit()
    assert candidates.group(report, (WALTHAM,)).story_id == wire.story_id


def chained(engine: Engine, candidates: Candidates, count: int, days: int = 60) -> list[int]:
    """So many stories of one matter, so many days apart."""
    chain = []
    for n in range(count):
        with Session(engine) as session:
            session.exec(delete(Fingerprint))
            session.commit()
        chain.append(store_report(engine, candidates, f"{n}", OWN_TITLE, OWN, WALTHAM, DAY + timedelta(days=days * n)))
    return [link.story_id for link in chain]


def follows(candidates: Candidates, days: float, found: float, text: str = OWN) -> int | None:
    """What a report of these days would follow."""
    when, read = DAY + timedelta(days=days), DAY + timedelta(days=found)
    return candidates.group(
        article("late", title=OWN_TITLE, text=text, published_at=when, fetched_at=read), (WALTHAM,)
    ).follows


def test_a_story_follows_the_last_of_a_chain_however_long_the_chain(engine: Engine) -> None:
    watch(engine)
    chain = chained(engine, Candidates(engine), MOST_SHARING_BEFORE + 2)
    with Session(engine) as session:
        assert [session.get_one(Story, link).follows for link in chain] == [None, *chain[:-1]]


def test_a_story_follows_the_last_of_a_chain_also_when_that_was_told_in_other_words(engine: Engine) -> None:
    watch(engine)
    candidates = Candidates(engine)
    chained(engine, candidates, MOST_OF_OTHER_TIMES - 1)
    last = store_report(
        engine, candidates, "wire", WIRE_TITLE, WIRE, WALTHAM, DAY + timedelta(days=60 * (MOST_OF_OTHER_TIMES - 1))
    )
    with Session(engine) as session:
        session.exec(delete(Fingerprint))
        session.commit()
    days = 60 * MOST_OF_OTHER_TIMES
    assert follows(candidates, days, days) == last.story_id


def test_a_late_found_report_follows_the_link_before_its_day(engine: Engine) -> None:
    watch(engine)
    candidates = Candidates(engine)
    chain = chained(engine, candidates, MOST_OF_OTHER_TIMES + 3)
    with Session(engine) as session:
        session.exec(delete(Fingerprint))
        session.commit()
    assert follows(candidates, days=90, found=60 * len(chain)) == chain[1]


def test_a_clock_that_was_set_back_for_a_moment_hides_no_story(engine: Engine) -> None:
    watch(engine)
    candidates = Candidates(engine)
    wire = store_report(engine, candidates, "wire", WIRE_TITLE, WIRE, WALTHAM)
    with Session(engine) as session:
        clues = session.exec(select(Clue.hash).where(Clue.story_id == wire.story_id)).all()
        for n in range(2 * MOST_SHARING_BEFORE + 3):
            other = Story(opened_at=DAY, changed_at=DAY)
            session.add(other)
            session.flush()
            assert other.id
            session.add_all(Clue(hash=clue, story_id=other.id) for clue in clues[n % 2 :: 2])
        set_back = DAY - timedelta(days=4)
        session.add(Story(opened_at=set_back, changed_at=set_back))
        session.commit()
    assert store_report(engine, candidates, "own", OWN_TITLE, OWN, WALTHAM).story_id == wire.story_id


BRIEF = "Masked agents seen near the mill", "Neighbors in Waltham saw masked agents near the mill early on Monday."
FULL = (
    "Mechanic taken from his tow truck near the mill",
    "Masked agents near the mill pulled Mateo Arriaga, a mechanic, from his tow truck early on Monday, neighbors said. "
    "Arriaga has mended engines at Oak Garage for twenty years. His daughter Lucia filmed the van leaving.",
)
SECOND_DAY = (
    "Lucia Arriaga asks where her father is",
    "Lucia Arriaga stood outside Oak Garage on Tuesday with a photograph of her father. Mateo Arriaga, a mechanic who "
    "has mended engines there for twenty years, was pulled from his tow truck and driven away in a van.",
)


def test_a_report_joins_by_a_later_one_when_the_first_was_a_brief(engine: Engine) -> None:
    watch(engine)
    candidates = Candidates(engine)
    stories = [
        store_report(engine, candidates, f"{hours}", title, text, WALTHAM, DAY + timedelta(hours=hours)).story_id
        for hours, (title, text) in enumerate((BRIEF, FULL, SECOND_DAY))
    ]
    assert stories == [stories[0]] * 3


def test_a_story_that_is_merged_while_a_report_is_compared_keeps_nobody_out(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch(engine)
    candidates = Candidates(engine)
    roofers = store_report(engine, candidates, "roofers", LOWELL_TITLE, LOWELL_TEXT, LOWELL)
    wire = store_report(engine, candidates, "wire", WIRE_TITLE, WIRE, WALTHAM)
    read = Candidates._known

    def merge_first(self: Candidates, connection: Connection, marks: Sequence[AccountMark]) -> list[Account]:
        monkeypatch.undo()
        merge_by_hand(engine, roofers.story_id, [wire.story_id], DAY)
        return read(self, connection, marks)

    monkeypatch.setattr(Candidates, "_known", merge_first)
    found = Candidates(engine).group(article("own", title=OWN_TITLE, text=OWN, published_at=DAY), (WALTHAM,))
    assert found.story_id in (wire.story_id, roofers.story_id)


@pytest.mark.slow
def test_a_report_is_found_among_many_of_the_same_state(engine: Engine) -> None:
    watch(engine)
    candidates = Candidates(engine)
    wire = store_report(engine, candidates, "wire", WIRE_TITLE, WIRE, WALTHAM)
    for n in range(3 * MOST_STORIES_COMPARED):
        title = f"Agents hold a man near street {n * 7}"
        town = replace(LOWELL, name=f"Town {n}")
        store_report(engine, candidates, f"other-{n}", title, f"It was on street {n * 7}, by the pond {n * 11}.", town)
    assert store_report(engine, candidates, "own", OWN_TITLE, OWN, WALTHAM).story_id == wire.story_id


def test_each_clue_of_a_story_is_kept_once(engine: Engine) -> None:
    watch(engine)
    candidates = Candidates(engine)
    wire = store_report(engine, candidates, "wire", WIRE_TITLE, WIRE, WALTHAM)
    own = store_report(engine, candidates, "own", OWN_TITLE, OWN, WALTHAM)
    store_report(engine, candidates, "copy", "Bakery raided", WIRE[:600], WALTHAM)
    with Session(engine) as session:
        kept = session.exec(select(Clue.hash).where(Clue.story_id == wire.story_id)).all()
        assert session.get_one(Story, own.story_id).lead_id == wire.article_id
        assert len(session.exec(select(Article)).all()) == 3
    assert 24 < len(kept) == len(set(kept)) < 48


def test_an_article_without_any_word_can_be_grouped(engine: Engine) -> None:
    watch(engine)
    assert Candidates(engine).group(article("empty", title="…", text=""), ()).story_id is None


@pytest.mark.slow
def test_a_passage_that_very_many_articles_hold_hides_no_copy(engine: Engine) -> None:
    watch(engine)
    candidates = Candidates(engine)
    ending = "\nThe paper is read by people of nine towns along the river, and is printed on paper from the mill there."
    wire = store_report(engine, candidates, "wire", WIRE_TITLE, WIRE + ending, WALTHAM)
    with Session(engine) as session:
        hashes = fingerprint("", ending)
        story = session.get_one(Story, wire.story_id)
        for n in range(MOST_HOLDING + 20):
            short = article(f"short-{n}", title=f"Street {n}", text=ending)
            short.id, short.story_id = 1000 + n, story.id
            held = verdict()
            held.article_id = short.id
            session.add(short)
            session.flush()
            session.add(held)
            session.add_all(Fingerprint(article_id=short.id, hash=h) for h in hashes)
        session.commit()
    found = candidates.group(article("copy", title="Bakery raided", text=WIRE + ending), (WALTHAM,))
    assert found.copy_of == wire.article_id


def test_clues_are_forgotten_when_nothing_joined_a_story_for_long(engine: Engine) -> None:
    watch(engine)
    candidates, store = Candidates(engine), Store(engine)
    store_report(engine, candidates, "wire", WIRE_TITLE, WIRE, WALTHAM)
    late = DAY + timedelta(days=90)
    kept = store_report(engine, candidates, "roofers", LOWELL_TITLE, LOWELL_TEXT, LOWELL, late)
    assert forget_clues(store.engine, DAY) == 0
    assert forget_clues(store.engine, late) > 0 == forget_clues(store.engine, late)
    with Session(engine) as session:
        assert set(session.exec(select(Clue.story_id))) == {kept.story_id}
    assert candidates.group(article("copy", title=WIRE_TITLE, text=WIRE), (WALTHAM,)).copy_of == 1


def test_a_stub_that_became_a_story_is_found_by_later_reports(engine: Engine) -> None:
    watch(engine)
    candidates, title = Candidates(engine), "Breaking: police activity downtown"
    stub = store_report(engine, candidates, "wire", title, "ICE was seen. Check back for updates.", WALTHAM)
    whole = article("wire", title=WIRE_TITLE, text=WIRE, published_at=DAY, fetched_at=DAY)
    Store(engine).add(whole, verdict(places=[as_stored(WALTHAM)]), candidates.clues(whole, (WALTHAM,)), [], DAY)
    assert store_report(engine, candidates, "own", OWN_TITLE, OWN, WALTHAM).story_id == stub.story_id


def test_stories_stored_before_there_were_clues_are_given_some(engine: Engine) -> None:
    watch(engine)
    wire = store_report(engine, Candidates(engine), "wire", WIRE_TITLE, WIRE, WALTHAM)
    with Session(engine) as session:
        session.exec(delete(Clue))
        session.commit()
    report = article("own", title=OWN_TITLE, text=OWN, published_at=DAY)
    assert Candidates(engine).group(report, (WALTHAM,)).story_id is None
    assert Candidates(engine).learn(DAY + timedelta(days=1)) == 0
    candidates = Candidates(engine)
    assert candidates.learn(DAY - timedelta(days=1)) == 1
    assert candidates.group(report, (WALTHAM,)).story_id == wire.story_id
    assert candidates.learn(DAY - timedelta(days=1)) == 0
