"""What was old when it was found stands in the archive and in no mail."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from alerts.digest.compose import SourcesRead
from alerts.digest.gather import Wanted, gather
from alerts.digest.post import Post
from alerts.digest.queue import preview
from alerts.matching.archive import search
from alerts.matching.catch_up import match_new_search, match_unmatched
from alerts.matching.searches import LiveSearches
from alerts.query import parse
from crawler.places.gazetteer import Gazetteer
from crawler.text.moments import moment
from crawler.watch.readings import is_old
from tests.makers.mailing import join_and_meet
from tests.makers.making import BODY, NOON, article, keep

LONG_AGO = NOON - timedelta(days=2000)
DEVELOPED = f"{BODY}\nOne of the two was released on Tuesday after a hearing in Boston, the lawyer said."


@pytest.mark.parametrize(
    ("dated", "old"),
    [("2020-07-15T10:00:00Z", True), ("2026-03-01T12:00:00Z", True), ("2026-03-02T12:00:01Z", False),
     ("2026-03-02", False), ("2026-03-01", True), ("2026-02-28", True), ("", False)],
)  # fmt: skip
def test_a_day_is_old_when_it_is_over_everywhere_and_no_date_is_never(dated: str, old: bool) -> None:
    assert is_old(moment(dated), NOON - timedelta(days=7)) == old


def told(post: Post, now: datetime) -> list[str]:
    """The headlines of the next digest."""
    [(subscriber, searches)] = post.members.subscribers()
    digest = preview(post, Wanted(subscriber, searches, now.date()), SourcesRead(1), now)
    return [item.story.title for section in digest.sections for item in section.items]


def test_an_old_story_is_found_by_search_and_meets_no_search_of_the_alerts(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    join_and_meet(post, "waltham", gazetteer, now)
    keep(sqlite_engine, article(published_at=LONG_AGO, old=True))
    assert match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now) == (1, 0)
    join_and_meet(post, "van", gazetteer, now)
    [(_, found)] = post.members.subscribers()
    assert [match_new_search(post.store, post.matches, one, gazetteer, now) for one in found] == [0, 0]
    assert told(post, now) == []
    assert len(search(post.store, parse("waltham", gazetteer))) == 1


def test_a_report_that_is_news_makes_the_story_news_and_is_what_is_shown(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    join_and_meet(post, "waltham", gazetteer, now)
    old = keep(sqlite_engine, article("raid", published_at=LONG_AGO, old=True, title="Agents at the laundry in 2020"))
    match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now)
    keep(sqlite_engine, article("again", "radio", title="Agents come back to Waltham"), story=old.story_id)
    assert match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now) == (1, 1)
    assert told(post, now) == ["Agents come back to Waltham"]
    [(subscriber, searches)] = post.members.subscribers()
    [news] = gather(post, [Wanted(subscriber, searches, now.date())], now)
    [found] = news.found
    assert (found.others, found.copies) == ((), 0)


def test_an_old_report_that_joins_brings_no_story_back(
    post: Post, sqlite_engine: Engine, gazetteer: Gazetteer, now: datetime
) -> None:
    join_and_meet(post, "waltham", gazetteer, now)
    added = keep(sqlite_engine, article(published_at=None))
    before = post.store.views([added.story_id])[0].story.developed_at
    late = article("late", "radio", text=DEVELOPED, published_at=LONG_AGO, old=True)
    keep(sqlite_engine, late, story=added.story_id)
    assert post.store.views([added.story_id])[0].story.developed_at == before
    keep(
        sqlite_engine,
        article("late", "radio", text=f"{DEVELOPED}\nThe other was deported.", published_at=LONG_AGO, old=True),
    )
    assert post.store.views([added.story_id])[0].story.developed_at == before


def test_a_later_version_of_an_old_report_is_still_old(sqlite_engine: Engine, post: Post, gazetteer: Gazetteer,
                                                        now: datetime) -> None:  # fmt: skip
    join_and_meet(post, "waltham", gazetteer, now)
    keep(sqlite_engine, article(published_at=LONG_AGO, old=True))
    added = keep(sqlite_engine, article(text=DEVELOPED, published_at=now))  # read anew, and dated anew
    [view] = post.store.views([added.story_id])
    assert (view.lead.article.old, view.news) == (True, None)
    assert match_unmatched(post.store, LiveSearches(post.matches.engine, gazetteer), post.matches, now) == (1, 0)
