"""What searches met and what of it waits to be told, in both databases."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from alerts.digest.post import Post
from alerts.matching.matches import Found
from alerts.people.subscriber import Match
from tests.makers.mailing import join, meet, post_of
from tests.makers.making import article, keep, watch


@pytest.fixture
def post(engine: Engine) -> Post:
    watch(engine)
    return post_of(engine)


def test_a_story_is_unmatched_until_matched_and_again_when_it_changes(
    post: Post, engine: Engine, now: datetime
) -> None:
    join(post, now)
    meet(post, now)
    assert post.matches.unmatched() == []
    keep(engine, article("more"), story=1)
    assert [s.version for s in post.matches.unmatched()] == [2]


def test_a_story_meets_a_search_once_however_often_it_changes(post: Post, engine: Engine, now: datetime) -> None:
    join(post, now)
    meet(post, now)
    keep(engine, article("more"), story=1)
    [story] = post.matches.unmatched()
    assert post.matches.record_matches(story, [Found([1], 1, [])], now) == 0


def test_matches_found_after_the_digests_hour_wait_for_the_next(post: Post, engine: Engine, now: datetime) -> None:
    join(post, now)
    meet(post, now)
    assert post.matches.pending_matches([1], now - timedelta(seconds=1)) == []
    assert len(post.matches.pending_matches([1], now)) == 1


def test_a_match_that_the_daemon_stored_meanwhile_is_known_and_the_others_are_kept(
    post: Post, engine: Engine, now: datetime
) -> None:
    join(post, now)
    meet(post, now)
    keep(engine, article("two"))
    keep(engine, article("three"))
    found = {n: [Found([1], n, [])] for n in (1, 2, 3)}
    with Session(engine) as daemon, ThreadPoolExecutor() as other:
        daemon.add(Match(subscription_id=1, story_id=2, article_id=2, matched_at=now))
        daemon.flush()
        adding = other.submit(post.matches.add_matches, found, now)
        time.sleep(0.2)  # it has come to the daemon's match, and waits
        daemon.commit()
        adding.result()
    assert [m.story_id for m, _ in post.matches.pending_matches([1], now)] == [1, 2, 3]
