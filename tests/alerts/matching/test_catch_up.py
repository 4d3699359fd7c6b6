"""Stories that are new meet the searches, whatever happens meanwhile."""

from datetime import datetime

import pytest
from sqlalchemy import Engine

from alerts.digest.post import Post
from alerts.matching.catch_up import match_unmatched
from alerts.matching.searches import LiveSearches
from crawler.model.story import Story
from crawler.places.gazetteer import Gazetteer
from tests.makers.mailing import READER, join_and_meet
from tests.makers.making import article, keep


def test_the_window_is_short_and_never_the_lede(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    join_and_meet(post, "waltham OR van", gazetteer, now)
    keep(sqlite_engine, article())
    match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now)
    [(match, _)] = post.matches.pending_matches([1], now)
    assert "unmarked van on Linden Street" in match.window
    assert len(match.window.split()) <= 25


def test_an_outlet_that_wants_headlines_only_gets_no_window(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    join_and_meet(post, "van", gazetteer, now)
    keep(sqlite_engine, article("raid", "radio"))
    match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now)
    [(match, _)] = post.matches.pending_matches([1], now)
    assert match.window == ""


def test_a_search_that_cannot_be_read_stops_no_other(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    post.members.subscribe(READER, 'place:"Nowhere, ZZ"', now, "UTC", "07:00", active=True)
    join_and_meet(post, "waltham", gazetteer, now)
    keep(sqlite_engine, article())
    assert match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now) == (1, 1)
    assert "Nowhere, ZZ" in caplog.text


def test_a_search_that_is_added_while_others_are_matched_misses_nothing(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = post.matches.unmatched

    def then_somebody_joins() -> list[Story]:
        monkeypatch.setattr(post.matches, "unmatched", asked)
        join_and_meet(post, "waltham", gazetteer, now)
        keep(sqlite_engine, article())
        return asked()

    monkeypatch.setattr(post.matches, "unmatched", then_somebody_joins)
    assert match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now) == (1, 1)
