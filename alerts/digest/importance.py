"""In which order a section tells its stories: one rule, in this place."""

from datetime import datetime

from alerts.digest.story import MatchedStory
from crawler.topic import chosen

_SECOND = 0.5  # of what a kind counts that is not the main one
_HALF_A_POINT_A_DAY = 0.5 / 86_400  # seconds


def importance(story: MatchedStory, now: datetime) -> float:
    """How far up a story stands. Copies say how widely it is printed, not how much there is to it."""
    newsrooms = min(len(story.others), 4)
    copies = min(story.copies, 10) / 20
    age = (now - story.published_at).total_seconds() if story.published_at else 7 * 86_400
    freshness = -max(0.0, age) * _HALF_A_POINT_A_DAY
    return 2.0 * story.fit + newsrooms + _gravity(story) + copies + freshness


def _gravity(story: MatchedStory) -> float:
    gravity = chosen().kinds.gravity
    return max(gravity(story.kind), _SECOND * gravity(story.second_kind) if story.second_kind else 0.0)
