"""The archive as lists read it: stories in the order of their first day, a page at a time, without their texts."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Engine, Select, bindparam, func, select
from sqlmodel import col

from crawler.database import reading
from crawler.model import Article, Revision, Source, Story, Verdict
from crawler.store.fulltext import UNCUT, holds
from crawler.store.heads import standing_story
from crawler.store.narrowing import MARK, MARK_ORDER, Mark, Narrowing, StoryFinder, between, mark_values
from crawler.store.views import WHERE, Outline, newsrooms


@dataclass(frozen=True, slots=True)
class Brief(Outline):
    """A report as a list shows it."""

    article_id: int
    title: str
    link: str
    day_only: bool
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

    def __hash__(self) -> int:
        """Of where it stands alone: to hash all its reports takes longer than to look one up by them."""
        return hash(self.mark)

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
        return next((str(places[0]) for r in self.reports if (places := r.places)), "")


_BRIEF: tuple[Any, ...] = (
    Article.story_id, Article.source_id, Article.language, Article.published_at, Source.name, Verdict.kind,
    Verdict.second_kind, WHERE, Article.id, Article.title, Article.link, Article.day_only, Article.wire,
    Article.paywalled, Verdict.copy_of,
)  # fmt: skip
_THESE: BindParameter[Any] = bindparam("these", expanding=True)
_BRIEFS: Select[Any] = (
    select(*_BRIEF)
    .join(Source, col(Source.id) == col(Article.source_id))
    .join(Verdict, col(Verdict.article_id) == col(Article.id))
    .where(col(Article.story_id).in_(_THESE))
    .order_by(func.coalesce(Article.published_at, Article.fetched_at), col(Article.id))
)
_HEAD: tuple[Any, ...] = (Story.id, Story.dated_at, Story.opened_at, Story.developed_at, Story.lead_id)
_HEADS: Select[Any] = select(*_HEAD).where(col(Story.id).in_(_THESE))
_REVISIONS = (
    select(*Revision.__table__.columns)  # type: ignore[attr-defined]
    .where(col(Revision.article_id).in_(_THESE))
    .order_by(col(Revision.replaced_at).desc(), col(Revision.id).desc())
    .limit(bindparam("most"))
)
_ENDS: tuple[Any, ...] = (func.min(Article.id), func.max(Article.id))
_SPAN: Select[Any] = select(*_ENDS).join(Story, col(Story.id) == Article.story_id)


class StoryLists:
    """What lists of stories ask; each method is one transaction that only reads."""

    def __init__(self, engine: Engine) -> None:
        self._readers = reading(engine)
        self._dialect = engine.dialect.name

    def marks(
        self, asked: Narrowing, limit: int, *, older: Mark | None = None, newer: Mark | None = None
    ) -> list[Mark]:
        """Stories with a report of which this is true, newest first; `older` or `newer`: those next to a mark."""
        with self._readers.connect() as connection:
            found = _next(connection, StoryFinder(connection, asked), limit, newer or older, newer is not None)
        return found[::-1] if newer else found

    def newest(self, asked: Narrowing, limit: int, most: int) -> tuple[list[Mark], int]:
        """The newest of them, and how many there are, counted up to `most`; no row is read that is only counted."""
        with self._readers.connect() as connection:
            search = StoryFinder(connection, asked)
            if search.few:
                found, count = search.counted(limit)
                return found, min(count, most)
            found = _next(connection, search, limit, None, False)
            return found, search.count(most) if len(found) == limit else len(found)

    def briefs(self, story_ids: Iterable[int]) -> list[StoryBrief]:
        """These stories in the order given; those that have no report are left out."""
        wanted = list(dict.fromkeys(story_ids))
        reports: dict[int, list[Brief]] = {}
        with self._readers.connect() as connection:
            heads = {row[0]: row for row in connection.execute(_HEADS, {"these": wanted}).all()}
            for row in connection.execute(_BRIEFS, {"these": wanted}).all():
                reports.setdefault(row[0], []).append(Brief(*row))
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
            held = set(connection.scalars(among.where(holds(clauses, self._dialect, first=False))))
            cut = set(connection.scalars(among.where(holds([[UNCUT]], self._dialect, first=False)))) if held else set()
        return held - cut, held & cut

    def leads_to(self, story_id: int) -> int | None:
        """The story that has the reports which this one had before it was merged; itself, when it has its own."""
        with self._readers.connect() as connection:
            story = standing_story(connection, story_id)
        return story.id if story is not None and story.lead_id is not None else None

    def revisions(self, article_ids: Collection[int], most: int) -> list[Revision]:
        """Earlier versions of some articles, the last replaced first."""
        with self._readers.connect() as connection:
            found = connection.execute(_REVISIONS, {"these": article_ids, "most": most})
            return [Revision(**row._mapping) for row in found]


def _next(connection: Connection, search: StoryFinder, limit: int, at: Mark | None, up: bool) -> list[Mark]:
    """The first so many stories behind a mark, or beyond it, in the order in which they are met."""
    if not search.scattered:
        return search.marks(limit, at, up=up)
    found: list[Mark] = []
    width = search.width(limit)
    while len(found) < limit:
        end = _nth(connection, width, at, up)
        values = mark_values("at", at) | mark_values("end", end)
        low, high = connection.execute(_span(up, at is not None, end is not None), values).one()
        if low is not None:
            found += search.marks(limit - len(found), at, end, up=up, span=(low, high))
        if end is None:
            break
        at, width = end, 2 * width
    return found


def _nth(connection: Connection, number: int, at: Mark | None, up: bool) -> Mark | None:
    """The story that stands so many behind a mark."""
    row = connection.execute(_one(up, at is not None), mark_values("at", at) | {"before": number - 1}).one_or_none()
    return Mark(*row) if row else None


@cache
def _span(up: bool, at: bool, end: bool) -> Select[Any]:
    return _SPAN.where(*between(up, at, end))


@cache
def _one(up: bool, at: bool) -> Select[Any]:
    return select(*MARK).where(*between(up, at, False)).order_by(*MARK_ORDER[up]).limit(1).offset(bindparam("before"))


def _is_not(article_id: int | None) -> Callable[[Brief], bool]:
    return lambda report: report.article_id != article_id
