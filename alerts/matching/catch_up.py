"""Stories that have not met the subscriptions yet meet them now, whatever happened before."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from alerts.matching.archive import documents_of
from alerts.matching.follow import follow_stories
from alerts.matching.matches import Found, Matches
from alerts.matching.searches import LiveSearches
from alerts.people import Subscription
from alerts.query import Hits, PlaceLookup, SearchIndex, Windows, parse
from crawler.model import Story
from crawler.store import Store, StoryView

log = logging.getLogger(__name__)

FIRST_DIGEST_REACHES_BACK = timedelta(days=1)  # a new search also meets the stories of the last day


def match_unmatched(store: Store, searches: LiveSearches, matches: Matches, now: datetime) -> tuple[int, int]:
    """Match every story that is new or changed; returns (stories, new matches). Each story is one transaction.

    One that raises is set aside and told.
    """
    stories = met = 0
    while waiting := matches.unmatched():
        follow_stories(matches.engine)  # what was split off just now must not be matched before
        index = searches.index()  # after the stories: a search added now has met those before them
        views = _views(store, waiting)
        for story in waiting:
            try:
                view = views.get(story.id) if views else next(iter(store.views([story.id or 0])), None)
                met += matches.record_matches(story, found_in(view, index) if view else [], now)
                stories += 1
            except SQLAlchemyError:  # the database's trouble, and no story's
                raise
            except Exception:
                log.exception(
                    "story %s cannot be matched and is set aside; icewire doctor lists it",
                    story.id,
                    extra={"story": story.id},
                )
                matches.set_aside(story)
    return stories, met


def _views(store: Store, stories: Sequence[Story]) -> dict[int | None, StoryView]:
    """All at once; none when one of them cannot be read, and then each is to be read by itself."""
    try:
        return {v.story.id: v for v in store.views(s.id for s in stories if s.id is not None)}
    except SQLAlchemyError:
        raise
    except Exception:  # noqa: BLE001  whoever reads that one tells it
        return {}


def match_new_search(
    store: Store, matches: Matches, subscription: Subscription, places: PlaceLookup, now: datetime
) -> int:
    """Let a new search meet the stories of the last day, so that its first digest is not empty."""
    assert subscription.id is not None
    index = SearchIndex()
    index.put(subscription.id, parse(subscription.query, places))
    recent = store.stories(since=now - FIRST_DIGEST_REACHES_BACK, limit=10_000)
    found = {view.story.id: _found_or_none(view, index) for view in recent if view.story.id is not None}
    return matches.add_matches(found, now)


def _found_or_none(view: StoryView, index: SearchIndex) -> list[Found]:
    """One story that cannot be matched keeps nobody from a new search."""
    try:
        return found_in(view, index)
    except Exception:
        log.exception("story %s cannot be matched", view.story.id)
        return []


def found_in(view: StoryView, index: SearchIndex) -> list[Found]:
    """The searches that a story's news meets; what was old when it was found meets none."""
    if (news := view.news) is None:
        return []
    documents = documents_of(news)
    hits, windows = Hits(documents), Windows(documents)
    articles = [report.article.id for report in news.reports]
    found = []
    for search, at in index.first_met(documents).items():
        hit, article_id = hits.of(search, at), articles[at]
        assert article_id is not None
        terms = [term.as_json() for term in hit.terms]
        found.append(Found(search.ids, article_id, terms, windows.around(at, hit)))
    return found
