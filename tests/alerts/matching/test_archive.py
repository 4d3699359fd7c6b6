"""Searching the archive with the language of the alerts."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from alerts.matching.archive import search
from alerts.query.query import parse
from crawler.model.story import Story
from crawler.places.gazetteer import Place
from crawler.store.store import Store
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
