"""Every query on articles and stories; each method is one transaction."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, bindparam, func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from crawler.database import reading
from crawler.grouping import Grouping
from crawler.model import Article, Revision, Ruling, Source, Story, Verdict, Why
from crawler.store.adding import Added, BasisChanged, basis_of, insert_article, revise_article
from crawler.store.deciding import decide_adding
from crawler.store.fulltext import holds, indexed
from crawler.store.heads import lead_of
from crawler.store.looks import due_rechecks, waiting_rechecks
from crawler.store.recheck import Recheck, next_recheck
from crawler.store.views import WHERE, Outline, Report, StoryView
from crawler.text import canonical_url, page_address, search_words

if TYPE_CHECKING:
    from crawler.watch import Waiting

RECHECK_FOR = timedelta(days=7)
_IN_A_STORY = col(Article.story_id).is_not(None)  # else a person put it off topic
_HAS_REPORTS = col(Story.lead_id).is_not(None)  # else they left it, for another story or off topic
# Made once: a page shows one story, and to make them costs as much as to ask.
_THESE = select(Story).where(col(Story.id).in_(bindparam("these", expanding=True)))
_THEIR_REPORTS = (
    select(Article, Source, Verdict)
    .join(Source, col(Source.id) == Article.source_id)
    .join(Verdict, col(Verdict.article_id) == Article.id)
    .where(col(Article.story_id).in_(bindparam("these", expanding=True)))
    .order_by(func.coalesce(Article.published_at, Article.fetched_at), col(Article.id))
)


class Store:
    """Articles, verdicts and stories in the database."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.readers = engine, reading(engine)

    def article_at(self, url: str) -> Article | None:
        """The stored article of the page with this address."""
        address = page_address(url)
        at = col(Article.url).in_({url, canonical_url(url), address})
        with Session(self.readers) as session:
            return session.exec(select(Article).where(at).order_by(col(Article.url) != address)).first()

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
        recheck_for: timedelta = RECHECK_FOR,
        why: Why = Why(),  # noqa: B008  a frozen value
        turn: Session | None = None,
    ) -> Added:
        """Store an article, its verdict, its story and the outcome of its entries in one transaction.

        Texts are compared before the transaction, so that nobody waits for that; when something else is stored by
        then, it is decided anew. An article already stored at this address is revised when it changed materially,
        else only its times move.
        It is asked for again for `recheck_for` after it was published. `why` is told of its entries, where only what
        their feed said could be kept. `turn`: as `grouping_turn()` gave it; it is committed, and with that over.
        """
        article.folded = indexed(search_words(f"{article.title}\n{article.text}"))
        while True:
            try:
                return self._decide_and_write(article, verdict, grouping, entry_ids, now, recheck_for, why, turn)
            except BasisChanged:  # by somebody who got on with it, so this comes to an end
                continue

    def _decide_and_write(
        self,
        article: Article,
        verdict: Verdict,
        grouping: Grouping,
        entry_ids: Sequence[int],
        now: datetime,
        recheck_for: timedelta,
        why: Why,
        turn: Session | None,
    ) -> Added:
        from crawler.watch import (
            Outcome,
            write_outcomes,
        )  # brings the whole timetable, which no reader of stories needs

        with nullcontext(turn.connection()) if turn else self.readers.connect() as connection:
            basis = basis_of(connection, article, grouping)
        intent = decide_adding(basis, article, grouping.copy_of is not None, now, grouping.passages)
        with nullcontext(turn) if turn else Session(self.engine, expire_on_commit=False) as session:
            if basis.version and basis.story is None:  # a person has just put it off topic: it stays as it is
                return Added(basis.version.article_id, 0, new=False)
            if basis.version:
                known, added = revise_article(session, basis.version, article, verdict, grouping, basis, intent, now)
                known.looks += 1
                _plan_recheck(known, now, recheck_for, changed=bool(added.change))
            else:
                _plan_recheck(article, now, recheck_for, changed=False)
                article.stored_at = now
                added = insert_article(session, article, verdict, grouping, basis, intent, now)
            outcome = Outcome("fetched", why, article_id=added.article_id, page=article.url)
            write_outcomes(session, [(entry_ids, outcome)])
            session.commit()
            return added

    def report(self, article: Article) -> Report:
        """A stored article with its outlet and verdict, whether it is in a story or not."""
        with Session(self.readers) as session:
            source = session.get_one(Source, article.source_id)
            return Report(article, source, session.get_one(Verdict, article.id))

    def due_rechecks(
        self, now: datetime, limit: int, states: Sequence[str] = (), site: str = ""
    ) -> list[tuple[Recheck, Source]]:
        """Stored articles that are to be asked for again: of each outlet the one that waits longest, then the next.

        `site`: those that stand there.
        """
        return due_rechecks(self.readers, now, limit, states, site)

    def waiting_rechecks(self, now: datetime, states: Sequence[str] = ()) -> "list[Waiting]":
        """How many of them there are, by host and outlet."""
        return waiting_rechecks(self.readers, now, states)

    def record_recheck(
        self, article_id: int, now: datetime, recheck_for: timedelta = RECHECK_FOR, gone: bool = False
    ) -> None:
        """A stored article was asked for again and could not be read; `gone`: its page answered 404 or 410."""
        with Session(self.engine) as session:
            article = session.get_one(Article, article_id)
            if article.story_id is None:  # off topic, as a person said
                return
            article.looks += 1
            if gone and article.gone_at is None:
                article.gone_at = now
                session.flush()
                story = session.get_one(Story, article.story_id)
                story.lead_id = lead_of(session.connection(), article.story_id)
            _plan_recheck(article, now, recheck_for, changed=False)
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
            stories = {s.id: s for s in session.exec(_THESE, params={"these": wanted})}
            for article, source, verdict in session.exec(_THEIR_REPORTS, params={"these": wanted}):
                if article.story_id is not None:
                    reports.setdefault(article.story_id, []).append(Report(article, source, verdict))
        views = []
        for story_id in wanted:
            if story_id in stories and story_id in reports:
                story = stories[story_id]
                lead_first = sorted(reports[story_id], key=_is_not(story.lead_id))
                views.append(StoryView(story, tuple(lead_first)))
        return views

    def newest_of(self, source_id: str, limit: int) -> list[int]:
        """The stories in which an outlet has a report, its newest first."""
        newest = func.max(Article.fetched_at)
        query = (
            select(Article.story_id)
            .where(Article.source_id == source_id, col(Article.story_id).is_not(None))
            .group_by(col(Article.story_id))
            .order_by(newest.desc(), col(Article.story_id).desc())
            .limit(limit)
        )
        with Session(self.readers) as session:
            return [story_id for story_id in session.exec(query) if story_id is not None]

    def off_topic(self, story_ids: Collection[int]) -> list[StoryView]:
        """These stories as they were before a person put all their reports off topic; none of the others."""
        if not story_ids:
            return []
        query = (
            select(Story, Article, Source, Verdict)
            .join(Ruling, col(Ruling.story_id) == Story.id)
            .join(Article, col(Article.id) == Ruling.article_id)
            .join(Source, col(Source.id) == Article.source_id)
            .join(Verdict, col(Verdict.article_id) == Article.id)
            .where(col(Story.id).in_(story_ids), col(Story.lead_id).is_(None), col(Story.merged_into).is_(None))
            .where(Ruling.what == "topic", col(Article.story_id).is_(None))
            .order_by(col(Verdict.copy_of).is_not(None), col(Article.id))
        )
        views: dict[int, StoryView] = {}
        with Session(self.readers) as session:
            for story, article, source, verdict in session.exec(query):
                known = views.get(story.id or 0, StoryView(story, ()))
                views[story.id or 0] = StoryView(story, (*known.reports, Report(article, source, verdict)))
        return list(views.values())

    def search(
        self, clauses: Sequence[Sequence[str]], limit: int | None = None, since: datetime | None = None
    ) -> list[int]:
        """Stories with an article that holds, for each clause, one of its phrases; newest first.

        A phrase is folded words separated by spaces; a trailing * makes its last word a prefix. This asks the
        database's own full-text index and is meant as a superset for a finer matcher. No clause = every story.
        `since`: only stories opened since then.
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
            if since:
                query = query.join(Story, col(Story.id) == Article.story_id).where(Story.opened_at >= since)
            return [story_id for story_id, _ in session.exec(query) if story_id is not None]

    def outlines(self, since: datetime) -> list[Outline]:
        """The reports that are news, without their texts, of all stories opened since then; the last opened first."""
        article = (Article.story_id, Article.source_id, Article.language, Article.published_at)
        facts: list[Any] = [*article, Source.name, Verdict.kind, Verdict.second_kind, WHERE]
        query = (
            sql_select(*facts)
            .select_from(Story)
            .join(Article, col(Article.story_id) == Story.id)
            .join(Source, col(Source.id) == Article.source_id)
            .join(Verdict, col(Verdict.article_id) == Article.id)
            .where(col(Story.opened_at) >= since, col(Article.old).is_(False))
            .order_by(col(Story.opened_at).desc(), col(Story.id).desc(), col(Article.id))
        )
        with self.readers.connect() as connection:
            return [Outline(*row) for row in connection.execute(query)]

    def opened(self, since: datetime) -> dict[int, datetime]:
        """The stories opened since then, and when; the last opened first."""
        query = select(Story.id, Story.opened_at).where(Story.opened_at >= since, _HAS_REPORTS)
        with Session(self.readers) as session:
            rows = session.exec(query.order_by(col(Story.opened_at).desc(), col(Story.id).desc()))
            return {number: when for number, when in rows if number is not None}

    def opened_first(self) -> datetime | None:
        """When the first story was opened."""
        with Session(self.readers) as session:
            return session.exec(select(func.min(Story.opened_at))).one()

    def revisions(self, article_id: int) -> list[Revision]:
        """Earlier versions of an article, oldest first."""
        with Session(self.readers) as session:
            query = select(Revision).where(Revision.article_id == article_id).order_by(col(Revision.replaced_at))
            return list(session.exec(query))

    def outlets(self) -> dict[str, str]:
        """The names of the outlets that are or were read, by id."""
        with Session(self.readers) as session:
            return dict(session.exec(select(Source.id, Source.name)).all())

    def counts(self) -> dict[str, int]:
        """Articles, stories and copies stored."""
        with Session(self.readers) as session:
            return {
                "articles": session.exec(select(func.count()).where(_IN_A_STORY)).one(),
                "stories": session.exec(select(func.count()).select_from(Story).where(_HAS_REPORTS)).one(),
                "copies": session.exec(
                    select(func.count())
                    .select_from(Verdict)
                    .join(Article, col(Article.id) == Verdict.article_id)
                    .where(col(Verdict.copy_of).is_not(None), _IN_A_STORY)
                ).one(),
            }


def _plan_recheck(article: Article, now: datetime, recheck_for: timedelta, changed: bool) -> None:
    """When to ask whether the article has changed: ever more seldom, and not for ever."""
    look_at = next_recheck(article.published_at, now, article.looks, changed)
    over = look_at is not None and look_at - min(article.published_at or now, now) > recheck_for
    article.look_at = None if over else look_at


def _is_not(article_id: int | None) -> Callable[[Report], bool]:
    return lambda report: report.article.id != article_id
