"""One story that cannot be matched stops neither the others nor the digests, and somebody is told."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from alerts.digest import SourcesRead
from alerts.digest.post import Post
from alerts.digest.queue import queue_due_digests
from alerts.matching.catch_up import match_unmatched
from alerts.matching.searches import LiveSearches
from crawler.places.gazetteer import Gazetteer
from tests.makers.mailing import join, join_and_meet, mailed, morning_after, parts
from tests.makers.making import article, keep

# Rows as a failing disk or a foreign hand leaves them: one that cannot be read, and one that reads as what it is not.
SPOILT = {
    "not to be read": "UPDATE verdict SET places = '{oops' WHERE article_id = :id",
    "of another shape": "UPDATE verdict SET places = '[7]' WHERE article_id = :id",
}


def spoil(engine: Engine, how: str, article_id: int) -> None:
    with engine.begin() as connection:
        connection.execute(text(SPOILT[how]), {"id": article_id})


@pytest.mark.parametrize("how", SPOILT)
def test_the_others_are_matched_and_mailed(
    how: str, post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    join(post, now)
    first, bad, last = (keep(sqlite_engine, article(f"raid-{n}", text=f"{n} agents in Waltham.")) for n in "abc")
    spoil(sqlite_engine, how, bad.article_id)
    searches = LiveSearches(sqlite_engine, gazetteer)
    assert match_unmatched(post.store, searches, post.matches, now)[0] == 2
    assert match_unmatched(post.store, searches, post.matches, now) == (0, 0)
    assert post.matches.set_aside_stories() == [bad.story_id]
    assert f"story {bad.story_id} cannot be matched and is set aside" in caplog.text
    queue_due_digests(post, SourcesRead(3), morning_after(now))
    shown = parts(mailed(post))[0]
    assert ("raid-a" in shown, "raid-b" in shown, "raid-c" in shown) == (True, False, True)
    assert first.story_id != last.story_id


def test_it_is_taken_up_when_somebody_has_mended_it(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    join(post, now)
    kept = keep(sqlite_engine, article())
    spoil(sqlite_engine, "of another shape", kept.article_id)
    searches = LiveSearches(sqlite_engine, gazetteer)
    match_unmatched(post.store, searches, post.matches, now)
    with sqlite_engine.begin() as connection:
        connection.execute(text("UPDATE verdict SET places = '[]'"))
    assert match_unmatched(post.store, searches, post.matches, now) == (0, 0)
    post.matches.take_up()
    assert match_unmatched(post.store, searches, post.matches, now + timedelta(hours=1)) == (1, 1)
    assert post.matches.set_aside_stories() == []


def test_a_new_search_meets_the_others(post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime) -> None:
    keep(sqlite_engine, article("raid-a", text="a agents in Waltham."))
    bad = keep(sqlite_engine, article("raid-b", text="b agents in Waltham."))
    spoil(sqlite_engine, "of another shape", bad.article_id)
    join_and_meet(post, "waltham", gazetteer, now)
    assert len(post.matches.pending_matches([1], now)) == 1
