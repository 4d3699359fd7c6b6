"""The archive as lists read it: stories in the order of their first day, a page at a time, without their texts."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, exists, func, or_, select, tuple_
from sqlmodel import Session, col
from sqlmodel import select as select_row

from crawler.database import reading
from crawler.model import Article, Revision, Source, Story, Verdict, Whereabouts
from crawler.store.fulltext import UNCUT, holds, how_many
from crawler.store.heads import standing_story
from crawler.store.views import Outline, newsrooms

if TYPE_CHECKING:
    from crawler.places import Place

# Articles that hold a word or are of a place: up to so many are looked up one by one; of more, the newest stories are
# asked in their order whether they have one. By `python -m tests.benchmarks.web`.
_FEW = 2000


class Mark(NamedTuple):
    """Where a story stands in the archive; the newest is the greatest."""

    dated_at: datetime
    story_id: int


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the database can tell of a report, all of it of the same one; what is empty is not asked."""

    clauses: tuple[tuple[str, ...], ...] = ()  # as `Store.search` takes them
    place: "Place | None" = None  # there, or within
    kind: str = ""
    sources: tuple[str, ...] = ()  # ids, one of which it is from
    language: str = ""
    since: datetime | None = None  # published then or later
    before: datetime | None = None  # published earlier


@dataclass(frozen=True, slots=True)
class Brief(Outline):
    """A report as a list shows it."""

    article_id: int
    title: str
    link: str
    day_only: bool
    fetched_at: datetime
    wire: str
    paywalled: bool
    copy_of: int | None


@dataclass(frozen=True, slots=True)
class StoryBrief:
    """A story as a list shows it: its reports, the one to show first."""

    mark: Mark
    opened_at: datetime
    developed_at: datetime | None
    reports: tuple[Brief, ...]

    @property
    def lead(self) -> Brief:
        """The report to show."""
        return self.reports[0]

    @property
    def newsrooms(self) -> tuple[str, ...]:
        """As `StoryView.newsrooms`."""
        return newsrooms([(r.copy_of or r.article_id, r.source_id, r.source_name) for r in self.reports])

    @property
    def copies(self) -> int:
        """How many reports repeat the text of another one."""
        return len(self.reports) - len({r.copy_of or r.article_id for r in self.reports})

    @property
    def place(self) -> str:
        """As `StoryView.place`."""
        return next((str(r.places[0]) for r in self.reports if r.places), "")


_BRIEF: tuple[Any, ...] = (
    Article.story_id, Article.source_id, Article.language, Article.published_at, Source.name, Verdict.kind,
    Verdict.second_kind, Verdict.places, Article.id, Article.title, Article.link, Article.day_only, Article.fetched_at,
    Article.wire, Article.paywalled, Verdict.copy_of,
)  # fmt: skip
_BRIEFS: Select[Any] = (
    select(*_BRIEF)
    .join(Source, col(Source.id) == col(Article.source_id))
    .join(Verdict, col(Verdict.article_id) == col(Article.id))
    .order_by(func.coalesce(Article.published_at, Article.fetched_at), col(Article.id))
)
_HEAD: tuple[Any, ...] = (Story.id, Story.dated_at, Story.opened_at, Story.developed_at, Story.lead_id)
_TOWN: tuple[Any, ...] = (col(Whereabouts.county), col(Whereabouts.name))
_MARK: tuple[Any, ...] = (col(Story.dated_at), col(Story.id))


class StoryLists:
    """What lists of stories ask; each method is one transaction that only reads."""

    def __init__(self, engine: Engine) -> None:
        self._readers = reading(engine)
        self._dialect = engine.dialect.name

    def marks(
        self, asked: Narrowing, limit: int, *, older: Mark | None = None, newer: Mark | None = None
    ) -> list[Mark]:
        """Stories with a report of which this is true, newest first; `older` or `newer`: those next to a mark."""
        order = [column.asc() if newer else column.desc() for column in _MARK]
        with self._readers.connect() as connection:
            query = self._standing(connection, asked).order_by(*order).limit(limit)
            if older:
                query = query.where(tuple_(*_MARK) < tuple_(*older))
            if newer:
                query = query.where(tuple_(*_MARK) > tuple_(*newer))
            found = [Mark(*row) for row in connection.execute(query)]
        return found[::-1] if newer else found

    def newest(self, asked: Narrowing, limit: int, most: int) -> tuple[list[Mark], int]:
        """The newest of them, and how many there are, counted up to `most`; no row is read that is only counted."""
        with self._readers.connect() as connection:
            query = self._standing(connection, asked)
            newest_first = [column.desc() for column in _MARK]
            if asked.place and not asked.clauses:  # a thousand of a place stand far apart in the order of the archive
                found = [Mark(*row) for row in connection.execute(query.order_by(*newest_first).limit(limit))]
                if len(found) < limit:
                    return found, len(found)
                true = and_(*self._conditions(asked, _there(connection, asked.place)))
                stories = select(col(Article.story_id)).where(true, col(Article.story_id).is_not(None)).distinct()
                return found, connection.scalar(_counted(stories, most)) or 0
            counted = query.order_by(*newest_first).limit(most).cte("counted")
            how_many_there = select(func.count()).select_from(counted).scalar_subquery()
            order = counted.c.dated_at.desc(), counted.c.id.desc()
            rows = connection.execute(select(*counted.c, how_many_there).order_by(*order).limit(limit)).all()
        return [Mark(*row[:2]) for row in rows], rows[0][2] if rows else 0

    def briefs(self, story_ids: Iterable[int]) -> list[StoryBrief]:
        """These stories in the order given; those that have no report are left out."""
        wanted = list(dict.fromkeys(story_ids))
        reports: dict[int, list[Brief]] = {}
        with self._readers.connect() as connection:
            heads = {row.id: row for row in connection.execute(select(*_HEAD).where(col(Story.id).in_(wanted)))}
            for row in connection.execute(_BRIEFS.where(col(Article.story_id).in_(wanted))):
                reports.setdefault(row.story_id, []).append(Brief(*row))
        found = []
        for story_id in wanted:
            if story_id in heads and story_id in reports:
                _, dated_at, opened_at, developed_at, lead_id = heads[story_id]
                ordered = sorted(reports[story_id], key=_is_not(lead_id))
                found.append(StoryBrief(Mark(dated_at, story_id), opened_at, developed_at, tuple(ordered)))
        return found

    def holding(self, article_ids: Collection[int], clauses: Sequence[Sequence[str]]) -> tuple[set[int], set[int]]:
        """Those of the articles that hold the words; and those that perhaps do, as the index knows a part of them."""
        among: Select[Any] = select(col(Article.id)).where(col(Article.id).in_(article_ids))
        with self._readers.connect() as connection:
            held = set(connection.scalars(among.where(holds(clauses, self._dialect))))
            cut = set(connection.scalars(among.where(holds([[UNCUT]], self._dialect)))) if held else set()
        return held - cut, held & cut

    def leads_to(self, story_id: int) -> int | None:
        """The story that has the reports which this one had before it was merged; itself, when it has its own."""
        with self._readers.connect() as connection:
            story = standing_story(connection, story_id)
        return story.id if story is not None and story.lead_id is not None else None

    def revisions(self, article_ids: Collection[int], most: int) -> list[Revision]:
        """Earlier versions of some articles, the last replaced first."""
        wanted = select_row(Revision).where(col(Revision.article_id).in_(article_ids))
        with Session(self._readers) as session:
            return list(
                session.exec(wanted.order_by(col(Revision.replaced_at).desc(), col(Revision.id).desc()).limit(most))
            )

    def _standing(self, connection: Connection, asked: Narrowing) -> Select[Any]:
        """The marks of stories that have a report, one of which this is true; without an order."""
        query: Select[Any] = select(*_MARK).where(col(Story.lead_id).is_not(None))
        if asked == Narrowing():
            return query
        there = _there(connection, asked.place) if asked.place else None
        true = and_(*self._conditions(asked, there))
        if any((connection.scalar(size) or 0) <= _FEW for size in self._sizes(asked, there)):
            return query.where(col(Story.id).in_(select(col(Article.story_id)).where(true)))
        return query.where(exists().where(col(Article.story_id) == col(Story.id), true))

    def _sizes(self, asked: Narrowing, there: Select[Any] | None) -> Iterable[Select[Any]]:
        """How many articles there are of what few may be, each counted a little beyond `_FEW`."""
        if asked.clauses:
            yield how_many(asked.clauses, self._dialect, _FEW + 1)
        if there is not None:
            yield _counted(there)
        if asked.sources:
            yield _counted(select(col(Article.id)).where(col(Article.source_id).in_(asked.sources)))

    def _conditions(self, asked: Narrowing, there: Select[Any] | None) -> Iterable[ColumnElement[bool]]:
        if asked.clauses:
            yield holds(asked.clauses, self._dialect)  # type: ignore[misc]
        if there is not None:
            yield col(Article.id).in_(there)
        if asked.kind:
            told = or_(col(Verdict.kind) == asked.kind, col(Verdict.second_kind) == asked.kind)
            yield exists().where(col(Verdict.article_id) == col(Article.id), told)
        if asked.sources:
            yield col(Article.source_id).in_(asked.sources)
        if asked.language:
            written = func.lower(Article.language)
            yield or_(written == asked.language, written.like(f"{asked.language}-%"))
        if asked.since:
            yield col(Article.published_at) >= asked.since
        if asked.before:
            yield col(Article.published_at) < asked.before


def _is_not(article_id: int | None) -> Callable[[Brief], bool]:
    return lambda report: report.article_id != article_id


def _there(connection: Connection, place: "Place") -> Select[Any]:
    """The articles of what happened in a place."""
    from crawler.places import squeezed  # brings all that finds places in a text

    within = col(Whereabouts.state) == place.state
    if place.kind == "county":
        within = and_(within, col(Whereabouts.county) == place.name)
    if place.kind == "city":  # under any spelling; a city may be known without its county
        in_county = and_(within, col(Whereabouts.name) != "")
        if place.county:
            in_county = and_(in_county, col(Whereabouts.county).in_((place.county, "")))
        known = connection.execute(select(*_TOWN).where(in_county).distinct())
        same = [(county, name) for county, name in known if squeezed(name) == squeezed(place.name)]
        within = and_(within, tuple_(*_TOWN).in_(same))
    return select(col(Whereabouts.article_id)).where(within)


def _counted(which: Select[Any], most: int = _FEW + 1) -> Select[Any]:
    return select(func.count()).select_from(which.limit(most).subquery())
