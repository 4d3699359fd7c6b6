"""Note on a story that something new happened, in the words of the report that says so."""

from datetime import datetime

from sqlmodel import Session, col, select

from crawler.development import development, says
from crawler.story import Article, Story

MOST_KNOWN = 20  # reports that the new one is held against, newest first


def note_development(
    session: Session,
    story: Story,
    article: Article,
    article_id: int,
    now: datetime,
    before: tuple[str, str] | None = None,
) -> None:
    """What a new report of a known story, or a new version of one (`before` is the last), tells that no other did.

    A report published before one that is known tells nothing new: it was late to be found.
    """
    told = (
        select(Article.title, Article.text, Article.published_at)
        .where(Article.story_id == story.id, col(Article.id) != article_id)
        .order_by(col(Article.id).desc())
        .limit(MOST_KNOWN)
    )
    reports = session.exec(told).all()
    newest = max((when for *_, when in reports if when), default=None)
    if before is None and newest and article.published_at and article.published_at < newest:
        return
    known = [(title, text) for title, text, _ in reports]
    line = story.development
    if before and line and says(line, *before) and not says(line, article.title, article.text):  # the same, reworded
        story.development = development(article.title, article.text, known) or line
        return
    line = development(article.title, article.text, [*known, before] if before else known)
    if line:
        story.developed_at, story.development = now, line
