"""Nobody is mailed one event twice because its stories were merged or split."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from alerts.digest.post import Post
from alerts.digest.queue import queue_due_digests
from alerts.matching.catch_up import match_unmatched
from alerts.matching.follow import follow_stories
from alerts.matching.matches import Matches
from alerts.matching.searches import LiveSearches
from alerts.people.subscriber import Match, Subscription
from crawler.model.story import Story
from crawler.places.gazetteer import Gazetteer
from crawler.store.regroup import merge_by_hand, split_by_hand
from tests.alerts.digest.test_told_again import DAY, READ, develop, join, post, shown, told
from tests.makers.making import article, keep

pytestmark = pytest.mark.slow

__all__ = ["post", "told"]  # fixtures


def mailed_together(post: Post, gazetteer: Gazetteer, now: datetime) -> tuple[int, datetime]:
    """A story of two reports that was mailed; the second report, and the morning."""
    join(post, now)
    keep(post.matches.engine, article())
    second = keep(post.matches.engine, article("vigil", "gazette"), story=1)
    rematch(post, gazetteer, now)
    morning = now.replace(hour=11) + DAY
    assert queue_due_digests(post, READ, morning) == 1
    return second.article_id, morning


def rematch(post: Post, gazetteer: Gazetteer, now: datetime) -> None:
    match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now)


def test_who_was_mailed_one_of_two_merged_stories_is_not_mailed_the_other(
    post: Post, gazetteer: Gazetteer, told: datetime
) -> None:
    other = keep(post.matches.engine, article("vigil", "gazette"), now=told)
    rematch(post, gazetteer, told)
    assert shown(post, told + DAY).stories == 1
    merge_by_hand(post.matches.engine, 1, [other.story_id], told + timedelta(hours=1))
    rematch(post, gazetteer, told + timedelta(hours=2))
    assert shown(post, told + DAY).stories == 0


def test_the_same_when_the_story_that_was_mailed_is_the_one_that_went(
    post: Post, gazetteer: Gazetteer, told: datetime
) -> None:
    other = keep(post.matches.engine, article("vigil", "gazette"), now=told)
    merge_by_hand(post.matches.engine, other.story_id, [1], told + timedelta(hours=1))
    rematch(post, gazetteer, told + timedelta(hours=2))
    assert shown(post, told + DAY).stories == 0


def test_stories_merged_just_before_a_digest_are_mailed_once(post: Post, gazetteer: Gazetteer, now: datetime) -> None:
    join(post, now)
    first = keep(post.matches.engine, article())
    second = keep(post.matches.engine, article("vigil", "gazette"))
    rematch(post, gazetteer, now)
    morning = now.replace(hour=11) + DAY
    merge_by_hand(post.matches.engine, first.story_id, [second.story_id], morning)
    assert queue_due_digests(post, READ, morning) == 1
    [delivery] = [post.deliveries.latest_digest()]
    assert delivery is not None
    assert "1 story" in delivery.message.decode()
    assert shown(post, morning + DAY).stories == 0


def test_a_development_of_a_merged_story_is_told_once(post: Post, gazetteer: Gazetteer, told: datetime) -> None:
    line = "Judge grants bond to two men held in Waltham"
    engine: Engine = post.matches.engine
    other = keep(engine, article("bond", "gazette", title=line, text=f"{line}."), now=told)
    develop(engine, told + timedelta(minutes=5), line, other.story_id)
    merge_by_hand(engine, 1, [other.story_id], told + timedelta(hours=1))
    rematch(post, gazetteer, told + timedelta(hours=2))
    digest = shown(post, told + DAY)
    assert (digest.stories, len(digest.updates)) == (0, 1)
    assert queue_due_digests(post, READ, told + DAY) == 1
    assert queue_due_digests(post, READ, told + 2 * DAY) == 0


def test_what_is_split_off_a_story_that_was_mailed_with_it_is_not_mailed_again(
    post: Post, gazetteer: Gazetteer, now: datetime
) -> None:
    second, morning = mailed_together(post, gazetteer, now)
    split_by_hand(post.matches.engine, 1, [second], morning)
    rematch(post, gazetteer, morning + timedelta(hours=1))
    assert shown(post, morning + DAY).stories == 0


def test_what_joined_after_the_mail_and_is_split_off_is_mailed(
    post: Post, gazetteer: Gazetteer, told: datetime
) -> None:
    wrong = keep(post.matches.engine, article("vigil", "gazette"), story=1, now=told + timedelta(hours=1))
    split_by_hand(post.matches.engine, 1, [wrong.article_id], told + timedelta(hours=2))
    rematch(post, gazetteer, told + timedelta(hours=3))
    assert shown(post, told + DAY).stories == 1


def test_a_story_split_just_before_it_is_matched_is_not_mailed_twice(
    post: Post, gazetteer: Gazetteer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    second, morning = mailed_together(post, gazetteer, now)
    unmatched = Matches.unmatched

    def split_first(matches: Matches) -> list[Story]:
        monkeypatch.setattr(Matches, "unmatched", unmatched)
        split_by_hand(post.matches.engine, 1, [second], morning)
        return unmatched(matches)

    monkeypatch.setattr(Matches, "unmatched", split_first)
    rematch(post, gazetteer, morning)
    assert shown(post, morning + DAY).stories == 0


def test_a_story_split_and_then_merged_away_is_not_mailed_twice(
    post: Post, gazetteer: Gazetteer, now: datetime
) -> None:
    second, morning = mailed_together(post, gazetteer, now)
    third = keep(post.matches.engine, article("third", "gazette", text="ICE, and no town."), now=morning)
    split_by_hand(post.matches.engine, 1, [second], morning)
    merge_by_hand(post.matches.engine, third.story_id, [1], morning)
    rematch(post, gazetteer, morning + timedelta(minutes=1))
    assert shown(post, morning + DAY).stories == 0


def test_a_story_merged_while_the_digest_is_composed_is_mailed_the_next_time(
    post: Post, gazetteer: Gazetteer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(post, now, "vigil")
    first = keep(post.matches.engine, article())
    second = keep(post.matches.engine, article("vigil", "gazette", text="A vigil was held in Waltham, ICE said."))
    rematch(post, gazetteer, now)
    morning, developed = now.replace(hour=11) + DAY, Matches.developed_matches

    def merge_first(matches: Matches, ids: Sequence[int], *when: Any) -> list[tuple[Match, Subscription]]:
        merge_by_hand(matches.engine, first.story_id, [second.story_id], morning)
        monkeypatch.setattr(Matches, "developed_matches", developed)
        return developed(matches, ids, *when)

    monkeypatch.setattr(Matches, "developed_matches", merge_first)
    assert queue_due_digests(post, READ, morning) == 0
    assert queue_due_digests(post, READ, morning + timedelta(minutes=1)) == 1


def test_who_was_told_of_neither_half_is_told_of_both(post: Post, gazetteer: Gazetteer, now: datetime) -> None:
    join(post, now)
    first = keep(post.matches.engine, article())
    second = keep(post.matches.engine, article("vigil", "gazette"), story=first.story_id)
    rematch(post, gazetteer, now)
    split_by_hand(post.matches.engine, first.story_id, [second.article_id], now)
    rematch(post, gazetteer, now)
    assert shown(post, now + DAY).stories == 2


def test_following_twice_changes_nothing(post: Post, gazetteer: Gazetteer, told: datetime) -> None:
    other = keep(post.matches.engine, article("vigil", "gazette"), now=told)
    merge_by_hand(post.matches.engine, 1, [other.story_id], told)
    follow_stories(post.matches.engine)
    before = post.matches.matches_of(1)
    follow_stories(post.matches.engine)
    assert [m.id for m, _ in post.matches.matches_of(1)] == [m.id for m, _ in before]
