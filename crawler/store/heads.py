"""The head of a story: where its articles went, and which of them it shows."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select
from sqlmodel import col

from crawler.model import Article, Source, Story, Verdict
from crawler.store.lead import Contender, lead_rank

_ARTICLE: tuple[Any, ...] = (Article.id, Article.gone_at, Article.wire, Article.published_at, Article.fetched_at)
_STORY: tuple[Any, ...] = (
    Story.id,
    Story.lead_id,
    Story.version,
    Story.development,
    Story.developed_at,
    Story.merged_into,
)
_OTHERS: tuple[Any, ...] = (Source.county, Source.state, Source.covers, Verdict.places)
_SEEN: tuple[Any, ...] = (Article.stored_at, Verdict.copy_of)
_CONTENDERS: Select[Any] = (
    select(*_ARTICLE, *_OTHERS, *_SEEN)
    .join(Source, col(Source.id) == col(Article.source_id))
    .join(Verdict, col(Verdict.article_id) == col(Article.id))
)
_STANDING: Select[Any] = select(*_STORY).where(col(Story.id) == bindparam("story_id"))
_LOCKED = _STANDING.with_for_update()
_OF_STORY = _CONTENDERS.where(col(Article.story_id) == bindparam("story_id"))
_OF_TWO = _CONTENDERS.where(col(Article.id).in_((bindparam("one"), bindparam("other"))))


def standing_story(connection: Connection, story_id: int | None) -> Row[Any] | None:
    """The story with this id, or that which took its articles while the new one was compared.

    Its id, lead_id, version, development, developed_at and merged_into.
    """
    return _standing(connection, _STANDING, story_id)


def locked_story(connection: Connection, story_id: int | None) -> Row[Any] | None:
    """The same, locked until the end of the transaction."""
    return _standing(connection, _LOCKED, story_id)


def _standing(connection: Connection, query: Select[Any], story_id: int | None) -> Row[Any] | None:
    story = connection.execute(query, {"story_id": story_id}).one_or_none() if story_id else None
    while story is not None and story.merged_into is not None:
        story = connection.execute(query, {"story_id": story.merged_into}).one_or_none()
    return story


def dated(articles: Iterable[Article], now: datetime) -> datetime:
    """Where a story that is opened with these articles stands in the archive: when the first of them was published."""
    return min([now, *(article.published_at for article in articles if article.published_at)])


def lead_of(connection: Connection, story_id: int) -> int | None:
    """The article of a story that is to be shown; None when it has none."""
    return _first(connection, _OF_STORY, story_id=story_id)


def lead_of_two(connection: Connection, one: int | None, other: int) -> int:
    """Which of two articles is to be shown: the lead of a story, if it has one, and one that has just joined."""
    return _first(connection, _OF_TWO, one=one, other=other) or other


def _first(connection: Connection, which: Select[Any], **ids: int | None) -> int | None:
    reports = [Contender(*row) for row in connection.execute(which, ids)]
    return min(reports, key=lead_rank).article_id if reports else None
