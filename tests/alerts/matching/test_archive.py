"""Searching the archive with the language of the alerts."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from alerts.matching.archive import document_of, search
from alerts.query.query import parse
from crawler.model.story import Source, Story
from crawler.places.place import Place
from crawler.store.store import Store
from crawler.store.views import Report
from tests.makers.making import NOON, article, keep, verdict, watch


class NoPlaces:
    def look_up(self, name: str) -> Place | None:
        return None

    def suggest(self, name: str) -> tuple[str, ...]:
        return ()


@pytest.mark.slow
def test_a_story_is_found_however_many_newer_ones_the_matcher_refuses(sqlite_engine: Engine) -> None:
    watch(sqlite_engine)
    told = "He called it a raid in {} and went home before the council met that evening."
    old = keep(sqlite_engine, article("old", title="A long evening", text=told.format("Waltham")))
    with Session(sqlite_engine) as session:
        later = {n: NOON + timedelta(minutes=n) for n in range(10, 610)}
        session.add_all(Story(id=n, opened_at=at, changed_at=at) for n, at in later.items())
        session.flush()
        facts = {"title": "A long evening", "text": told.format("WALTHAM"), "folded": "waltham"}
        session.add_all(article(f"{n}", fetched_at=at, story_id=n, id=n, **facts) for n, at in later.items())
        session.flush()
        session.add_all(verdict(article_id=n) for n in later)
        session.commit()
    found = search(Store(sqlite_engine), parse("=Waltham", NoPlaces()))
    assert [view.story.id for view, _ in found] == [old.story_id]


def report(headline_only: bool = False, opt_out: str = "", **place: object) -> Report:
    facts = {"name": "Waltham", "kind": "city", "county": "Middlesex County", "state": "MA", "confidence": 1.0}
    judged = verdict(article_id=1, places=[facts | {"sentence": "It happened in Waltham."} | place])
    outlet = Source(id="post", name="The Post", homepage="https://post.example/", headline_only=headline_only)
    return Report(article(opt_out=opt_out), outlet, judged)


def test_a_document_holds_what_says_its_places() -> None:
    assert document_of(report(further=["Waltham it was."])).said == (("It happened in Waltham.", "Waltham it was."),)


def test_of_what_an_older_icewire_judged_it_is_not_known() -> None:
    assert document_of(report()).said == ()


def test_what_its_outlet_or_its_page_does_not_want_quoted_is_not() -> None:
    assert document_of(report()).quotable
    assert not document_of(report(headline_only=True)).quotable
    assert not document_of(report(opt_out="noindex")).quotable
