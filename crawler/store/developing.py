"""Whether a report of a known story says that something new happened, held against those stored of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select
from sqlmodel import col

from crawler.changes import development, says
from crawler.model import Article
from crawler.text import stored

MOST_KNOWN = 20  # reports that the new one is held against, newest first

_REPORT: tuple[Any, ...] = (Article.title, Article.text, Article.published_at, Article.day_only)
_TOLD: Select[Any] = (
    select(*_REPORT)
    .where(col(Article.story_id) == bindparam("story_id"), col(Article.id) != bindparam("article_id"))
    .order_by(col(Article.id).desc())
    .limit(MOST_KNOWN)
)


def developed(
    connection: Connection,
    story: Row[Any],
    article: Article,
    article_id: int,
    now: datetime,
    before: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """What changes of a standing_story() with a new report of it, or a new version (`before` is the last): its fields.

    A report published before one that is known tells nothing new: it was late to be found.
    """
    line = story.development
    reports = connection.execute(_TOLD, {"story_id": story.id, "article_id": article_id}).all()
    newest = max((when.start for *_, at, day_only in reports if (when := stored(at, day_only))), default=None)
    when = stored(article.published_at, article.day_only)
    if before is None and newest and when and when.end < newest:
        return {}
    known = [(title, text) for title, text, *_ in reports]
    if before and line and says(line, *before) and not says(line, article.title, article.text):  # the same, reworded
        return {"development": development(article.title, article.text, known) or line}
    new = development(article.title, article.text, [*known, before] if before else known)
    return {"developed_at": now, "development": new} if new else {}
