"""A story that a person puts off topic is told no more, and who was told of it reads once that it was none."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from alerts.digest.compose import SourcesRead
from alerts.digest.gather import Wanted
from alerts.digest.post import Post
from alerts.digest.queue import preview, queue_due_digests
from alerts.digest.story import Correction
from alerts.matching.catch_up import match_unmatched
from alerts.matching.searches import LiveSearches
from alerts.settings import DigestSettings
from crawler.model.story import Story
from crawler.places.gazetteer import Gazetteer
from crawler.store.rulings import rule, undo
from tests.makers.mailing import mailed, parts, post_of
from tests.makers.making import BODY, article, keep, outlet, watch

pytestmark = pytest.mark.slow  # many days of mail each

READ = SourcesRead(2)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def post(sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime) -> Post:
    """A reader whose search meets two stories in Waltham."""
    watch(sqlite_engine, outlet("ledger"), outlet("gazette"))
    post = post_of(sqlite_engine, DigestSettings(when_empty="skip"))
    post.members.subscribe("r@example.org", "waltham", now, "America/New_York", "07:00", active=True)
    keep(sqlite_engine, article("raid", title="Two held in Waltham"))
    keep(sqlite_engine, article("mill", "gazette", f"{BODY}\nThe mill closed.", "Mill raid in Waltham"))
    match(post, gazetteer, now)
    return post


def match(post: Post, gazetteer: Gazetteer, now: datetime) -> None:
    match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now)


def off(post: Post, now: datetime, article_id: int = 1) -> None:
    rule(post.matches.engine, article_id, "topic", {"label": "none"}, now)


def told(post: Post, now: datetime) -> tuple[list[int], dict[int, Correction | None]]:
    """The new stories of the next digest, and those told once more, with what it puts right."""
    [(subscriber, searches)] = post.members.subscribers()
    digest = preview(post, Wanted(subscriber, searches, now.date()), READ, now)
    new = [item.story.story_id for section in digest.sections for item in section.items]
    return new, {item.story.story_id: item.story.correction for item in digest.updates}


def test_what_nobody_was_told_of_leaves_and_comes_back(post: Post, gazetteer: Gazetteer, now: datetime) -> None:
    off(post, now + HOUR)
    assert told(post, now + 2 * HOUR) == ([2], {})
    match(post, gazetteer, now + 2 * HOUR)
    undo(post.matches.engine, 1, ["topic"], now + 3 * HOUR)
    match(post, gazetteer, now + 3 * HOUR)
    assert sorted(told(post, now + 4 * HOUR)[0]) == [1, 2]


def test_who_was_told_reads_once_that_it_was_none(post: Post, now: datetime) -> None:
    morning = now.replace(hour=11) + DAY
    assert queue_due_digests(post, READ, morning) == 1
    off(post, morning + HOUR)
    assert told(post, morning + DAY) == ([], {1: Correction(morning.date(), off=True)})
    assert queue_due_digests(post, READ, morning + DAY) == 1
    for part in parts(mailed(post)):
        assert "Two held in Waltham" in part
        assert "Correction: on Tue, Mar 10 we told this as ICE activity. It is not." in part
    assert told(post, morning + 2 * DAY) == ([], {})
    assert queue_due_digests(post, READ, morning + 2 * DAY) == 0


def test_what_developed_in_it_is_told_no_more(post: Post, now: datetime) -> None:
    morning = now.replace(hour=11) + DAY
    assert queue_due_digests(post, READ, morning) == 1
    with Session(post.matches.engine) as session:
        session.get_one(Story, 1).developed_at = morning + HOUR
        session.commit()
    off(post, morning + 2 * HOUR)
    assert queue_due_digests(post, READ, morning + DAY) == 1  # the correction
    assert not post.matches.have_news([1])
    assert queue_due_digests(post, READ, morning + 2 * DAY) == 0


def test_with_a_report_left_the_story_stays(post: Post, now: datetime) -> None:
    keep(post.matches.engine, article("van", "gazette", f"{BODY}\nA bus came late.", "A van in Waltham"), story=1)
    off(post, now + HOUR)
    assert sorted(told(post, now + 2 * HOUR)[0]) == [1, 2]
    assert post.store.views([1])[0].lead.article.title == "A van in Waltham"
