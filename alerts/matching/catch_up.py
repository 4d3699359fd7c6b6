"""Stories that have not met the subscriptions yet meet them now, whatever happened before."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.matching.archive import documents_of
from alerts.matching.follow import follow_stories
from alerts.matching.matches import Matches
from alerts.people import Match, Members, Subscription
from alerts.query import PlaceLookup, Query, StoryHit, match_story, parse
from crawler.store import Store, StoryView

log = logging.getLogger(__name__)

FIRST_DIGEST_REACHES_BACK = timedelta(days=1)  # a new search also meets the stories of the last day


def match_unmatched(
    store: Store, members: Members, matches: Matches, places: PlaceLookup, now: datetime
) -> tuple[int, int]:
    """Match every story that is new or changed; returns (stories, new matches). Each story is one transaction."""
    stories = met = 0
    while waiting := matches.unmatched():
        follow_stories(matches.engine)  # what was split off just now must not be matched before
        searches = _searches(members, places)  # after the stories: a search added now has met those before them
        views = {v.story.id: v for v in store.views(s.id for s in waiting if s.id is not None)}
        for story in waiting:
            view = views.get(story.id)
            found = _matches(view, searches, now) if view else []
            met += matches.record_matches(story, found)
            stories += 1
    return stories, met


def match_new_search(
    store: Store, matches: Matches, subscription: Subscription, places: PlaceLookup, now: datetime
) -> int:
    """Let a new search meet the stories of the last day, so that its first digest is not empty."""
    search = [(subscription, parse(subscription.query, places))]
    recent = store.stories(since=now - FIRST_DIGEST_REACHES_BACK, limit=10_000)
    found = [m for view in recent for m in _matches(view, search, now)]
    matches.add_matches(found)
    return len(found)


def _searches(members: Members, places: PlaceLookup) -> list[tuple[Subscription, Query]]:
    searches = []
    for subscription in members.live_subscriptions():
        try:
            searches.append((subscription, parse(subscription.query, places)))
        except Exception:  # one search that cannot be read must not stop the others
            log.exception("search %s cannot be read and meets no story: %r", subscription.id, subscription.query)
    return searches


def _matches(view: StoryView, searches: Sequence[tuple[Subscription, Query]], now: datetime) -> list[Match]:
    """The searches that a story's news meets; what was old when it was found meets none."""
    if (news := view.news) is None:
        return []
    documents = documents_of(news)
    found = []
    for subscription, query in searches:
        hit = match_story(documents, query)
        if hit:
            found.append(_match(news, subscription, hit, now))
    return found


def _match(view: StoryView, subscription: Subscription, hit: StoryHit, now: datetime) -> Match:
    report = view.reports[hit.index]
    assert subscription.id is not None
    assert view.story.id is not None
    assert report.article.id is not None
    return Match(
        subscription_id=subscription.id,
        story_id=view.story.id,
        article_id=report.article.id,
        terms=[term.as_json() for term in hit.hit.terms],
        window=hit.window if report.quotable else "",
        matched_at=now,
    )
