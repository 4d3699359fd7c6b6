"""Storing an article in one transaction: what is stored is read, decided upon without a lock, and then written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Insert, Select, bindparam, insert, select, update
from sqlmodel import Session, SQLModel, col

from crawler.grouping import Grouping
from crawler.model import Article, Revision, Ruling, Story, Verdict, Why
from crawler.store.deciding import AddingIntent, Basis, KnownVersion
from crawler.store.developing import MOST_KNOWN, KnownReport, KnownStory, StoryChange
from crawler.store.heads import dated, lead_of, lead_of_two, locked_story, standing_story
from crawler.store.regroup import correct
from crawler.store.rulings import held, inherited
from crawler.text import stored

# What a new version leaves as it is.
_UNCHANGED = {
    "id", "url", "source_id", "story_id", "published_at", "day_only", "old", "gone_at", "look_at", "looks", "stored_at",
}  # fmt: skip
_GROUPED = {"article_id", "copy_of", "grouped_because", "grouped_because_args", "kept_apart"}

_VERSION: tuple[Any, ...] = (Article.id, Article.title, Article.text, Article.content_hash, Article.story_id)
_AT: Select[Any] = select(*_VERSION).where(col(Article.url) == bindparam("url"))
_MARK_OF: tuple[Any, ...] = (Article.id, Article.content_hash, Article.story_id)
_MARK: Select[Any] = _AT.with_only_columns(*_MARK_OF)
_REPORT: tuple[Any, ...] = (Article.title, Article.text, Article.published_at, Article.day_only)
_REPORTS: Select[Any] = (
    select(*_REPORT)
    .where(col(Article.story_id) == bindparam("story_id"), col(Article.id) != bindparam("article_id"))
    .order_by(col(Article.id).desc())
    .limit(MOST_KNOWN)
)
_STORY, _ARTICLE, _VERDICT = insert(Story), insert(Article), insert(Verdict)
# As the driver wants them, with {0} for its placeholder: there are dozens of each, and only two numbers in each row.
_FINGERPRINT = "INSERT INTO fingerprint (hash, article_id) VALUES ({0}, {0}) ON CONFLICT DO NOTHING"
_CLUE = "INSERT INTO clue (hash, story_id) VALUES ({0}, {0}) ON CONFLICT DO NOTHING"
_CHANGE = update(Story).where(col(Story.id) == bindparam("of"))
_NO_FINGERPRINT = "DELETE FROM fingerprint WHERE hash = {0} AND article_id = {0}"


class BasisChanged(Exception):
    """Something else is stored now than what was decided upon: it is to be decided anew."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of an article that was stored."""

    article_id: int
    story_id: int  # 0: of an article that a person put off topic
    opened: bool = False
    new: bool = True  # False: an article that was stored already
    change: Why = Why()  # noqa: RUF009  what a revision changed; nothing for a new article or a trivial edit


def basis_of(connection: Connection, article: Article, grouping: Grouping) -> Basis:
    """What is stored of an article and its story. The story's texts are read only where they can be told from."""
    known = connection.execute(_AT, {"url": article.url}).one_or_none()
    # The story before its reports: one that comes in between moves its version, and is noticed.
    story = standing_story(connection, known.story_id if known else grouping.story_id)
    if known is None:
        return Basis(None, _known_story(connection, story, 0, grouping.copy_of is None))
    version = KnownVersion(known.id, known.title, known.text, known.content_hash)
    differs = (known.title, known.text) != (article.title, article.text)
    return Basis(version, _known_story(connection, story, known.id, differs))


def insert_article(
    session: Session,
    article: Article,
    verdict: Verdict,
    grouping: Grouping,
    basis: Basis,
    intent: AddingIntent,
    now: datetime,
) -> Added:
    """Write a new article, its verdict and its story inside a transaction that somebody else commits.

    Raises BasisChanged.
    """
    connection = session.connection()  # rows that nobody reads again here do without the session's bookkeeping
    story = _locked(connection, article.url, basis)
    article.story_id = story_id = story.id if story else _open_story(connection, article, grouping.follows, now)
    article_id = _insert_row(connection, _ARTICLE, article)
    verdict.article_id, verdict.copy_of = article_id, grouping.copy_of
    verdict.grouped_because, verdict.grouped_because_args = grouping.because.columns
    verdict.kept_apart = [[other, why.as_json()] for other, why in grouping.apart]
    ruled = inherited(session, grouping.copy_of, verdict) if grouping.copy_of else []
    connection.execute(_VERDICT, verdict.model_dump())
    session.add_all(Ruling(**one.model_dump(exclude={"article_id"}), article_id=article_id) for one in ruled)
    _for_each(_FINGERPRINT, connection, intent.passages, article_id)
    _for_each(_CLUE, connection, grouping.clues, story_id)
    changed: dict[str, Any] = {"lead_id": article_id}
    if story:
        lead_id = lead_of_two(connection, story.lead_id, article_id)
        changed = {"changed_at": now, "version": story.version + 1, "lead_id": lead_id, **_later(intent.story, story)}
    connection.execute(_CHANGE, {"of": story_id, **changed})
    return Added(article_id, correct(session, story_id, grouping, now), opened=story is None)


def revise_article(
    session: Session,
    known: KnownVersion,
    article: Article,
    verdict: Verdict,
    grouping: Grouping,
    basis: Basis,
    intent: AddingIntent,
    now: datetime,
) -> tuple[Article, Added]:
    """Write what was read of a stored article inside a transaction that somebody else commits; the stored article, too.

    Raises BasisChanged.
    """
    connection = session.connection()
    story = _locked(connection, article.url, basis)
    assert story is not None
    row = session.get_one(Article, known.article_id)
    was_gone, row.gone_at = row.gone_at is not None, None
    row.source_id = article.source_id  # whose the page is known to be by now
    changed: dict[str, Any] = {}
    if intent.change:
        session.add(_replaced(row, intent, now))
        row.sqlmodel_update(article.model_dump(exclude=_UNCHANGED))
        judged = session.get_one(Verdict, known.article_id)
        judged.sqlmodel_update(held(session, judged, verdict, _GROUPED))
        _for_each(_NO_FINGERPRINT, connection, intent.old_passages, known.article_id)
        _for_each(_FINGERPRINT, connection, intent.passages, known.article_id)
        if judged.copy_of is None:
            _for_each(_CLUE, connection, grouping.clues, story.id)
        changed = {"changed_at": now, "version": story.version + 1, **_later(intent.story, story)}
    else:
        row.fetched_at, row.opt_out, row.link = now, article.opt_out, article.link
        row.modified_at = article.modified_at or row.modified_at
    if intent.change or was_gone:
        session.flush()
        connection.execute(_CHANGE, {"of": story.id, "lead_id": lead_of(connection, story.id), **changed})
    return row, Added(known.article_id, story.id, new=False, change=intent.change)


def _known_story(connection: Connection, story: Any, article_id: int, with_reports: bool) -> KnownStory | None:
    if story is None:
        return None
    asked = {"story_id": story.id, "article_id": article_id}
    rows = connection.execute(_REPORTS, asked).all() if with_reports else ()
    reports = tuple(KnownReport(title, body, stored(at, day_only)) for title, body, at, day_only in rows)
    return KnownStory(story.id, story.version, story.development, reports)


def _locked(connection: Connection, url: str, basis: Basis) -> Any:
    """The story that was decided upon, locked until the end; None when there was none. Raises BasisChanged."""
    story = locked_story(connection, basis.story.story_id) if basis.story else None
    if basis.story and (story is None or (story.id, story.version) != (basis.story.story_id, basis.story.version)):
        raise BasisChanged
    known = basis.version
    mark = (known.article_id, known.content_hash, story.id if story else None) if known else None
    row = connection.execute(_MARK, {"url": url}).one_or_none()  # after the lock, which others revise it under, too
    if (tuple(row) if row else None) != mark:
        raise BasisChanged
    return story


def _later(change: StoryChange, story: Any) -> dict[str, Any]:
    """A development comes after the one before it: by a clock that was set back it would count as told already."""
    at = change.get("developed_at")
    if at is None or story.developed_at is None:
        return dict(change)
    return {**change, "developed_at": max(at, story.developed_at + timedelta(microseconds=1))}


def _replaced(known: Article, intent: AddingIntent, now: datetime) -> Revision:
    """The version of a stored article that another one takes the place of."""
    return Revision(
        article_id=known.id or 0,
        title=known.title,
        text=known.text,
        content_hash=known.content_hash,
        fetched_at=known.fetched_at,
        replaced_at=now,
        change=intent.change.code,
        change_args=dict(intent.change.args),
        diff=intent.diff,
    )


def _insert_row(connection: Connection, table: Insert, row: SQLModel) -> int:
    """The id of the new row."""
    inserted = connection.execute(table, row.model_dump(exclude={"id"})).inserted_primary_key
    assert inserted is not None
    return int(inserted[0])


def _open_story(connection: Connection, article: Article, follows: int | None, now: datetime) -> int:
    opened = Story(opened_at=now, dated_at=dated([article], now), changed_at=now, follows=follows)
    return _insert_row(connection, _STORY, opened)


def _for_each(statement: str, connection: Connection, hashes: Iterable[int], of: int) -> None:
    """Run a statement for each of the hashes of an article or story."""
    rows = [(each, of) for each in hashes]
    if rows:
        connection.exec_driver_sql(statement.format("?" if connection.dialect.name == "sqlite" else "%s"), rows)
