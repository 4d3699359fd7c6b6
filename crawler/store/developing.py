"""Whether a report of a known story says that something new happened, held against those stored of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from crawler.model import Article
from crawler.text import Moment, stored

MOST_KNOWN = 20  # reports that the new one is held against, newest first


@dataclass(frozen=True, slots=True)
class KnownReport:
    """What a stored report of a story says, and when it was published, if it is known."""

    title: str
    text: str
    published: Moment | None = None


@dataclass(frozen=True, slots=True)
class KnownStory:
    """A story as another report or a new version of one meets it."""

    story_id: int
    version: int = 1
    development: str = ""
    reports: Sequence[KnownReport] = ()  # the others, at most MOST_KNOWN, newest first


class StoryChange(TypedDict, total=False):
    """Columns of a story's row, as they are to become; those that are missing stay."""

    developed_at: datetime
    development: str


def developed(story: KnownStory, article: Article, now: datetime, before: tuple[str, str] | None = None) -> StoryChange:
    """What changes of a story with a new report of it, or a new version (`before` is the last): its columns.

    A report published before one that is known tells nothing new: it was late to be found; nor does one that was old
    when it was found.
    """
    if article.old:
        return {}
    from crawler.changes import development, says  # not for who only lists stories

    line = story.development
    newest = max((report.published.start for report in story.reports if report.published), default=None)
    when = stored(article.published_at, article.day_only)
    if before is None and newest and when and when.end < newest:
        return {}
    known = [(report.title, report.text) for report in story.reports]
    if before and line and says(line, *before) and not says(line, article.title, article.text):  # the same, reworded
        return {"development": development(article.title, article.text, known) or line}
    new = development(article.title, article.text, [*known, before] if before else known)
    return {"developed_at": now, "development": new} if new else {}
