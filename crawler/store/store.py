"""Every query on articles and stories; each method is one transaction."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Insert, TextClause, bindparam, func, insert, text, update
from sqlmodel import Session, SQLModel, col, select

from crawler.changes import material_change, word_diff
from crawler.database import reading
from crawler.grouping import Grouping, fingerprint
from crawler.model import Article, Revision, Source, Story, Verdict
from crawler.store.developing import developed
from crawler.store.fulltext import holds
from crawler.store.heads import lead_of, lead_of_two, standing_story
from crawler.store.recheck import next_look
from crawler.store.regroup import correct
from crawler.store.views import Report, StoryView
from crawler.text import canonical_url, words
from crawler.watch import Outcome, write_outcomes

LOOK_AGAIN = timedelta(days=7)
# What a new version leaves as it is.
_UNCHANGED = {
    "id", "url", "source_id", "story_id", "published_at", "day_only", "gone_at", "look_at", "looks", "stored_at",
}  # fmt: skip
_GROUPED = {"article_id", "copy_of", "grouped_because", "kept_apart"}
MOST_INDEXED = 300_000  # characters of an article; PostgreSQL indexes up to 1 MB


_AT = select(Article.id).where(col(Article.url) == bindparam("url"))
_STORY, _ARTICLE, _VERDICT = insert(Story), insert(Article), insert(Verdict)
_FINGERPRINT = text("INSERT INTO fingerprint (hash, article_id) VALUES (:hash, :article_id) ON CONFLICT DO NOTHING")
_CLUE = text("INSERT INTO clue (hash, story_id) VALUES (:hash, :story_id) ON CONFLICT DO NOTHING")
_CHANGE = update(Story).where(col(Story.id) == bindparam("of"))
_NO_FINGERPRINT = text("DELETE FROM fingerprint WHERE hash = :hash AND article_id = :article_id")


@dataclass(frozen=True, slots=True)
class Added:
    """What became of an article that was stored."""

    article_id: int
    story_id: int
    opened: bool = False
    new: bool = True  # False: an article that was stored already
    change: str = ""  # what a revision changed; "" for a new article or a trivial edit


class Store:
    """Articles, verdicts and stories in the database."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.readers = engine, reading(engine)

    def article_at(self, url: str) -> Article | None:
        """The stored article with this canonical address."""
        with Session(self.readers) as session:
            return session.exec(select(Article).where(col(Article.url).in_({url, canonical_url(url)}))).first()

    def article(self, article_id: int) -> Article | None:
        """The stored article with this id."""
        with Session(self.readers) as session:
            return session.get(Article, article_id)

    def add(
        self,
        article: Article,
        verdict: Verdict,
        grouping: Grouping,
        entry_ids: Sequence[int],
        now: datetime,
        look_again: timedelta = LOOK_AGAIN,
    ) -> Added:
        """Store an article, its verdict, its story and the outcome of its entries in one transaction.

        An article already stored at this address is revised when it changed materially, else only its times move.
        It is looked at again for `look_again` after it was published.
        """
        article.folded = " ".join(words(f"{article.title} {article.text}"))[:MOST_INDEXED]
        with Session(self.engine, expire_on_commit=False) as session:
            known_id = session.connection().scalar(_AT, {"url": article.url})
            if known_id:
                known = session.get_one(Article, known_id)
                added = self._revise(session, known, article, verdict, grouping, now)
                known.looks += 1
                _plan_look(known, now, look_again, changed=bool(added.change))
            else:
                _plan_look(article, now, look_again, changed=False)
                article.stored_at = now
                added = self._insert(session, article, verdict, grouping, now)
            outcome = Outcome("fetched", article_id=added.article_id, page=article.url)
            write_outcomes(session, [(entry_ids, outcome)])
            session.commit()
            return added

    def _insert(self, session: Session, article: Article, verdict: Verdict, grouping: Grouping, now: datetime) -> Added:
        connection = session.connection()  # rows that nobody reads again here do without the session's bookkeeping
        story = standing_story(connection, grouping.story_id)
        article.story_id = story_id = story.id if story else _open_story(connection, grouping.follows, now)
        article_id = _insert_row(connection, _ARTICLE, article)
        verdict.article_id, verdict.copy_of, verdict.grouped_because = article_id, grouping.copy_of, grouping.because
        verdict.kept_apart = [list(pair) for pair in grouping.apart]
        connection.execute(_VERDICT, verdict.model_dump())
        _for_fingerprint(_FINGERPRINT, connection, article_id, article.title, article.text)
        _add_clues(connection, story_id, grouping.clues)
        changed: dict[str, Any] = {"lead_id": article_id}
        if story:
            lead_id = lead_of_two(connection, story.lead_id, article_id)
            changed = {"changed_at": now, "version": story.version + 1, "lead_id": lead_id}
            if grouping.copy_of is None:
                changed |= developed(connection, story, article, article_id, now)
        connection.execute(_CHANGE, {"of": story_id, **changed})
        return Added(article_id, correct(session, story_id, grouping, now), opened=story is None)

    def _revise(
        self, session: Session, known: Article, article: Article, verdict: Verdict, grouping: Grouping, now: datetime
    ) -> Added:
        assert known.id is not None
        connection = session.connection()
        story = standing_story(connection, known.story_id)
        assert story is not None
        was_gone, known.gone_at = known.gone_at is not None, None
        change = material_change(known.title, known.text, article.title, article.text)
        changed: dict[str, Any] = {}
        if change:
            before = known.title, known.text
            session.add(_version(known, article, change, now))
            known.sqlmodel_update(article.model_dump(exclude=_UNCHANGED))
            judged = session.get_one(Verdict, known.id)
            judged.sqlmodel_update(verdict.model_dump(exclude=_GROUPED))
            _for_fingerprint(_NO_FINGERPRINT, connection, known.id, *before)
            _for_fingerprint(_FINGERPRINT, connection, known.id, known.title, known.text)
            if judged.copy_of is None:
                _add_clues(connection, story.id, grouping.clues)
            changed = {"changed_at": now, "version": story.version + 1}
            changed |= developed(connection, story, known, known.id, now, before)
        else:
            known.fetched_at, known.opt_out = now, article.opt_out
            known.modified_at = article.modified_at or known.modified_at
        if change or was_gone:
            session.flush()
            connection.execute(_CHANGE, {"of": story.id, "lead_id": lead_of(connection, story.id), **changed})
        return Added(known.id, story.id, new=False, change=change)

    def due_looks(self, now: datetime, limit: int, states: Sequence[str] = ()) -> list[tuple[int, str, Source]]:
        """(id, address, source) of stored articles that are to be looked at again, longest waiting first."""
        query = (
            select(Article.id, Article.link, Source)
            .join(Source, col(Source.id) == Article.source_id)
            .where(col(Article.look_at) <= now, col(Source.enabled), col(Source.listed))
            .order_by(col(Article.look_at))
            .limit(limit)
        )
        if states:
            query = query.where(col(Source.state).in_([*states, ""]))
        with Session(self.readers) as session:
            return [(article_id, link, source) for article_id, link, source in session.exec(query) if article_id]

    def looked(self, article_id: int, now: datetime, look_again: timedelta = LOOK_AGAIN, gone: bool = False) -> None:
        """A stored article was looked at and could not be read; `gone`: its page answered 404 or 410. It stays."""
        with Session(self.engine) as session:
            article = session.get_one(Article, article_id)
            article.looks += 1
            if gone and article.gone_at is None:
                article.gone_at = now
                session.flush()
                story = session.get_one(Story, article.story_id)
                story.lead_id = lead_of(session.connection(), article.story_id or 0)
            _plan_look(article, now, look_again, changed=False)
            session.commit()

    def stories(self, since: datetime | None = None, limit: int = 50) -> list[StoryView]:
        """The stories opened since then, the last published first."""
        told = select(Story.id).join(Article, col(Article.id) == Story.lead_id).where(col(Story.merged_into).is_(None))
        when = func.coalesce(Article.published_at, Article.fetched_at)
        query = told.order_by(when.desc(), col(Story.id).desc()).limit(limit)
        if since:
            query = query.where(Story.opened_at >= since)
        with Session(self.readers) as session:
            ids = [i for i in session.exec(query) if i is not None]
        return self.views(ids)

    def views(self, story_ids: Iterable[int]) -> list[StoryView]:
        """These stories with their reports, in the order given."""
        wanted = list(dict.fromkeys(story_ids))
        reports: dict[int, list[Report]] = {}
        with Session(self.readers) as session:
            stories = {s.id: s for s in session.exec(select(Story).where(col(Story.id).in_(wanted)))}
            rows = session.exec(
                select(Article, Source, Verdict)
                .join(Source, col(Source.id) == Article.source_id)
                .join(Verdict, col(Verdict.article_id) == Article.id)
                .where(col(Article.story_id).in_(wanted))
                .order_by(func.coalesce(Article.published_at, Article.fetched_at), col(Article.id))
            )
            for article, source, verdict in rows:
                if article.story_id is not None:
                    reports.setdefault(article.story_id, []).append(Report(article, source, verdict))
        views = []
        for story_id in wanted:
            if story_id in stories and story_id in reports:
                story = stories[story_id]
                lead_first = sorted(reports[story_id], key=_is_not(story.lead_id))
                views.append(StoryView(story, tuple(lead_first)))
        return views

    def search(self, clauses: Sequence[Sequence[str]], limit: int | None = None) -> list[int]:
        """Stories with an article that holds, for each clause, one of its phrases; newest first.

        A phrase is folded words separated by spaces; a trailing * makes its last word a prefix. This asks the
        database's own full-text index and is meant as a superset for a finer matcher. No clause = every story.
        """
        with Session(self.readers) as session:
            query = (
                select(Article.story_id, func.max(Article.fetched_at).label("newest"))
                .where(col(Article.story_id).is_not(None))
                .group_by(col(Article.story_id))
                .order_by(func.max(Article.fetched_at).desc(), col(Article.story_id).desc())
                .limit(limit)
            )
            if clauses:
                query = query.where(holds(clauses, self.engine.dialect.name))
            return [story_id for story_id, _ in session.exec(query) if story_id is not None]

    def revisions(self, article_id: int) -> list[Revision]:
        """Earlier versions of an article, oldest first."""
        with Session(self.readers) as session:
            query = select(Revision).where(Revision.article_id == article_id).order_by(col(Revision.replaced_at))
            return list(session.exec(query))

    def counts(self) -> dict[str, int]:
        """Articles, stories and copies stored."""
        with Session(self.readers) as session:
            return {
                "articles": session.exec(select(func.count()).select_from(Article)).one(),
                "stories": session.exec(
                    select(func.count()).select_from(Story).where(col(Story.merged_into).is_(None))
                ).one(),
                "copies": session.exec(
                    select(func.count()).select_from(Verdict).where(col(Verdict.copy_of).is_not(None))
                ).one(),
            }


def _version(known: Article, article: Article, change: str, now: datetime) -> Revision:
    """The version of a stored article that another one takes the place of."""
    return Revision(
        article_id=known.id or 0,
        title=known.title,
        text=known.text,
        content_hash=known.content_hash,
        fetched_at=known.fetched_at,
        replaced_at=now,
        change=change,
        diff=word_diff(f"{known.title}\n{known.text}", f"{article.title}\n{article.text}"),
    )


def _insert_row(connection: Connection, table: Insert, row: SQLModel) -> int:
    """The id of the new row."""
    inserted = connection.execute(table, row.model_dump(exclude={"id"})).inserted_primary_key
    assert inserted is not None
    return int(inserted[0])


def _open_story(connection: Connection, follows: int | None, now: datetime) -> int:
    return _insert_row(connection, _STORY, Story(opened_at=now, changed_at=now, follows=follows))


def _for_fingerprint(statement: TextClause, connection: Connection, article_id: int, title: str, text: str) -> None:
    rows = [{"article_id": article_id, "hash": h} for h in fingerprint(title, text)]
    if rows:
        connection.execute(statement, rows)


def _add_clues(connection: Connection, story_id: int, clues: Iterable[int]) -> None:
    """What a report of the story tells: others of the same event are found by it."""
    rows = [{"hash": h, "story_id": story_id} for h in clues]
    if rows:
        connection.execute(_CLUE, rows)


def _plan_look(article: Article, now: datetime, look_again: timedelta, changed: bool) -> None:
    """When to look whether the article has changed: ever more seldom, and not for ever."""
    look_at = next_look(article.published_at, now, article.looks, changed)
    over = look_at is not None and look_at - min(article.published_at or now, now) > look_again
    article.look_at = None if over else look_at


def _is_not(article_id: int | None) -> Callable[[Report], bool]:
    return lambda report: report.article.id != article_id
