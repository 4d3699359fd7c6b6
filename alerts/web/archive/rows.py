"""A story's row in a list, rendered once for all who are shown the same."""

from functools import lru_cache

from markupsafe import Markup

from alerts.mail import macro
from alerts.web.archive.days import moment_of
from alerts.web.archive.story import linked
from crawler.store import StoryBrief

_KEPT = 2048  # rows, of some 3 kB with what they are made from: the newest ones stand in most lists


@lru_cache(maxsize=_KEPT)
def story_row(story: StoryBrief, timezone: str, language: str) -> Markup:
    """HTML of a list's item: these three are all that it depends on, and none of them is of who asks alone."""
    row = macro("alerts.web", "archive/shared.html", "row", language, linked=linked, moment_of=moment_of)
    return Markup(row(story, timezone))  # noqa: S704  the template escapes
