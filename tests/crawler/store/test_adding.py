"""Storing while others write: texts are compared without a lock, and a decision holds when it is written."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from alerts.locale import in_words
from crawler.database import open_database
from crawler.grouping.copies import fingerprint
from crawler.model.story import Article, Fingerprint, Story
from crawler.store import store as storing
from crawler.store.deciding import AddingIntent, Basis, decide_adding
from crawler.store.regroup import merge_by_hand
from crawler.store.store import Store
from tests.makers.making import BODY, NOON, article, keep, outlet, watch

MORE = "\nOne of the two was released on Tuesday after a hearing in Boston, his lawyer said by telephone."
LAST = "\nThe other man was deported on Wednesday to Guatemala, the agency said in a statement to reporters."
LATER = NOON + timedelta(hours=2)


@pytest.fixture
def store(engine: Engine) -> Store:
    watch(engine, outlet("ledger"), outlet("gazette"))
    return Store(engine)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], list[Basis]]:
    """Does something once, while the first decision is taken; the bases of all decisions, as they come."""

    def arrange(happens: Callable[[], object]) -> list[Basis]:
        bases: list[Basis] = []

        def decided(
            basis: Basis, article: Article, is_copy: bool, now: datetime, passages: Sequence[int]
        ) -> AddingIntent:
            bases.append(basis)
            if len(bases) == 1:
                happens()
            return decide_adding(basis, article, is_copy, now, passages)

        monkeypatch.setattr(storing, "decide_adding", decided)
        return bases

    return arrange


def revise(engine: Engine, more: str) -> str:
    """Another process reads a later version of the article; what it changed."""
    return keep(engine, article("raid", text=BODY + more), now=LATER).change.code


def other_process(engine: Engine) -> Engine:
    """The database as another process has it, which does not wait long."""
    other = open_database(engine.url.render_as_string(hide_password=False))
    wait = "PRAGMA busy_timeout=0" if other.dialect.name == "sqlite" else "SET lock_timeout = '1s'"
    with other.connect() as connection:  # the pool gives the same connection again
        connection.execute(text(wait))
        connection.commit()
    return other


@pytest.mark.parametrize("path", ["raid", "other"])
def test_while_texts_are_compared_others_can_write(
    store: Store, engine: Engine, meanwhile: Callable[[Callable[[], object]], list[Basis]], path: str
) -> None:
    known = keep(engine, article("raid"))
    other = other_process(engine)

    def write() -> None:
        with Session(other) as session:
            session.get_one(Story, known.story_id).by_hand = True
            session.get_one(Article, known.article_id).image_url = "https://ledger.example/van.jpg"
            session.commit()

    bases = meanwhile(write)
    added = keep(engine, article(path, text=BODY + MORE), story=known.story_id, now=LATER)
    other.dispose()
    assert (len(bases), added.story_id) == (1, known.story_id)


def test_a_version_that_another_process_stored_meanwhile_is_the_one_that_is_replaced(
    store: Store, engine: Engine, meanwhile: Callable[[Callable[[], object]], list[Basis]]
) -> None:
    known = keep(engine, article("raid"))
    bases = meanwhile(lambda: revise(engine, MORE))
    added = keep(engine, article("raid", text=BODY + MORE + LAST), now=LATER)
    assert [basis.version.text for basis in bases if basis.version] == [BODY, BODY, BODY + MORE]
    assert "deported" in in_words(added.change)
    assert "released" not in in_words(added.change)
    assert [r.text for r in store.revisions(known.article_id)] == [BODY, BODY + MORE]
    with Session(engine) as session:
        passages = session.exec(select(Fingerprint.hash).where(col(Fingerprint.article_id) == known.article_id))
        assert sorted(passages) == list(fingerprint("", BODY + MORE + LAST))


def test_the_same_version_read_twice_at_once_is_one_revision(
    store: Store, engine: Engine, meanwhile: Callable[[Callable[[], object]], list[Basis]]
) -> None:
    known = keep(engine, article("raid"))
    meanwhile(lambda: revise(engine, MORE))
    assert revise(engine, MORE) == ""
    [view] = store.stories()
    assert (len(store.revisions(known.article_id)), view.story.version) == (1, 2)


def test_an_address_that_another_process_stored_meanwhile_is_revised(
    store: Store, engine: Engine, meanwhile: Callable[[Callable[[], object]], list[Basis]]
) -> None:
    meanwhile(lambda: keep(engine, article("raid")))
    added = keep(engine, article("raid", text=BODY + MORE), now=LATER)
    assert (added.new, bool(added.change), store.counts()["articles"]) == (False, True, 1)


def test_a_story_that_was_told_on_meanwhile_is_held_against_that_report_too(
    store: Store, engine: Engine, meanwhile: Callable[[Callable[[], object]], list[Basis]]
) -> None:
    known = keep(engine, article("raid"))
    bases = meanwhile(lambda: keep(engine, article("more", text=BODY + MORE), story=known.story_id))
    keep(engine, article("own", "gazette", text=BODY + MORE), story=known.story_id)
    assert [len(basis.story.reports) for basis in bases if basis.story] == [1, 1, 2]
    with Session(engine) as session:
        assert session.get_one(Story, known.story_id).version == 3


def test_an_article_whose_story_is_merged_meanwhile_is_revised_in_the_one_that_stands(
    store: Store, engine: Engine, meanwhile: Callable[[Callable[[], object]], list[Basis]]
) -> None:
    first, second = keep(engine, article("first")), keep(engine, article("raid"))
    meanwhile(lambda: merge_by_hand(engine, first.story_id, [second.story_id], LATER))
    added = keep(engine, article("raid", text=BODY + MORE), now=LATER)
    assert (added.story_id, bool(added.change)) == (first.story_id, True)
    assert len(store.views([first.story_id])[0].reports) == 2
