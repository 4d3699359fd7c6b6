"""In which order a section tells its stories: one rule, in this place."""

from datetime import datetime

from alerts.digest.story import MatchedStory

# Chosen by hand. What ended a life or was done to many stands before what is said of it.
GRAVE = {"death": 3.0, "shooting": 3.0, "raid": 2.0, "arrest": 1.5, "deportation": 1.5, "detention": 1.0, "court": 1.0}
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
    return max(GRAVE.get(story.kind, 0.5), _SECOND * GRAVE.get(story.second_kind, 0.0))
