"""Which stories a list asks for, and how the database finds them: from the few reports that are so, or in its order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, tuple_
from sqlmodel import col

from crawler.model import Article, Story, Verdict, Whereabouts
from crawler.store.fulltext import Span, holders, holds

if TYPE_CHECKING:
    from crawler.places import Place

# Articles that hold a word or are of a place: up to so many are looked up one by one; of more, the newest stories are
# asked in their order whether they have one, unless that is rare for what else is asked.
# By `python -m tests.benchmarks.web`.
_FEW, _FEW_IF_RARE = 2000, 6000
_MANY = 20_000  # up to so many are counted to tell how far apart they stand
_BY_LISTED = "INDEXED BY article_listed"  # else their texts are passed over

MARK: tuple[Any, ...] = (col(Story.dated_at), col(Story.id))
_TOWN: tuple[Any, ...] = (col(Whereabouts.county), col(Whereabouts.name))
_TOLD = col(Story.lead_id).is_not(None)  # else its reports went to another story


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


class StoryFinder:
    """A narrowing as it is asked in one transaction."""

    def __init__(self, connection: Connection, asked: Narrowing) -> None:
        self._connection, self._asked, self._dialect = connection, asked, connection.dialect.name
        self._there = _within(connection, asked.place) if asked.place else None
        self._sizes = dict[str, int]()  # as far as it was needed to know them
        self._few = self._few_of(self._holders())

    @property
    def few(self) -> bool:
        """Whether all of them are found before the first one is."""
        return self._few is not None

    @property
    def scattered(self) -> bool:
        """Whether so many reports hold the words that the index is to be asked for some of them at a time."""
        return self._dialect == "sqlite" and bool(self._asked.clauses) and self._few is None

    def marks(self, span: Span | None = None) -> Select[Any]:
        """The marks of the stories that have such a report, without an order; of a span only its articles count."""
        query: Select[Any] = select(*MARK).where(_TOLD)
        if self._asked == Narrowing():
            return query
        if self._few or span:
            return query.where(col(Story.id).in_(self._stories(self._few or "words", span)))
        return query.where(exists().where(col(Article.story_id) == col(Story.id), *self._facts()))

    def count(self, most: int) -> int:
        """How many of them there are, counted up to `most`, in whatever order they are found."""
        if self._asked == Narrowing():
            return self._size(select(col(Story.id)).where(_TOLD), most)
        by = self._few or min(self._sizes, key=lambda name: self._sizes[name], default="")
        some = 3 * most  # of which mostly enough lead to different stories
        if self._sizes.get(by, 0) > some and (found := self._size(self._counted(by, some), most)) == most:
            return found
        return self._size(self._counted(by), most)

    def width(self, stories: int) -> int:
        """How many of the newest stories to ask for so many that have one, if words are spread evenly over them."""
        articles = self._connection.scalar(select(func.max(Article.id))) or 0
        return stories * articles // self._sizes["words"] + 1

    def _few_of(self, holders: dict[str, Select[Any]]) -> str | None:
        """What is true of so few articles that they may be looked up one by one, if anything is."""
        asked = self._asked
        rare = len(holders) > 1 or any((asked.kind, asked.language, asked.since, asked.before))
        for name, which in holders.items():
            self._sizes[name] = self._size(which, _MANY)
            if self._sizes[name] <= (_FEW_IF_RARE if rare else _FEW):
                return name
        return None

    def _stories(self, by: str, span: Span | None = None, some: int | None = None) -> Select[Any]:
        """The stories of such reports; the articles of one part of what is asked lead to them, all or some of these."""
        query: Select[Any] = select(col(Article.story_id)).where(*self._facts(without=by))
        if not by:
            return query
        which = self._holders(span)[by].limit(some)
        return query.where(col(Article.id).in_(which)).with_hint(Article, _BY_LISTED, "sqlite")

    def _counted(self, by: str, some: int | None = None) -> Select[Any]:
        return self._stories(by, some=some).where(col(Article.story_id).is_not(None)).distinct()

    def _holders(self, span: Span | None = None) -> dict[str, Select[Any]]:
        """The articles of which one part is true, by the parts that an index finds."""
        asked, found = self._asked, dict[str, Select[Any]]()
        if asked.clauses:
            found["words"] = holders(asked.clauses, self._dialect, span)
        if self._there is not None:
            found["place"] = select(col(Whereabouts.article_id)).where(self._there)
        if asked.sources:
            found["sources"] = select(col(Article.id)).where(col(Article.source_id).in_(asked.sources))
        return found

    def _facts(self, without: str = "") -> Iterable[ColumnElement[bool]]:
        """What is asked of an article that is looked at."""
        asked = self._asked
        if asked.clauses and without != "words":
            yield holds(asked.clauses, self._dialect, first=not without)  # type: ignore[misc]
        if self._there is not None and without != "place":
            yield exists().where(col(Whereabouts.article_id) == col(Article.id), self._there)
        if asked.sources and without != "sources":
            yield col(Article.source_id).in_(asked.sources)
        if asked.kind:
            told = or_(col(Verdict.kind) == asked.kind, col(Verdict.second_kind) == asked.kind)
            yield exists().where(col(Verdict.article_id) == col(Article.id), told)
        if asked.language:
            written = func.lower(Article.language)
            yield or_(written == asked.language, written.like(f"{asked.language}-%"))
        if asked.since:
            yield col(Article.published_at) >= asked.since
        if asked.before:
            yield col(Article.published_at) < asked.before

    def _size(self, which: Select[Any], most: int) -> int:
        counted = select(func.count()).select_from(which.limit(most).subquery())
        return self._connection.scalar(counted) or 0


def _within(connection: Connection, place: "Place") -> ColumnElement[bool]:
    """That it happened in a place."""
    from crawler.places import squeezed  # brings all that finds places in a text

    within = col(Whereabouts.state) == place.state
    if place.kind == "county":
        return and_(within, col(Whereabouts.county) == place.name)
    if place.kind == "city":  # under any spelling; a city may be known without its county
        in_county = and_(within, col(Whereabouts.name) != "")
        if place.county:
            in_county = and_(in_county, col(Whereabouts.county).in_((place.county, "")))
        known = connection.execute(select(*_TOWN).where(in_county).distinct())
        same = [(county, name) for county, name in known if squeezed(name) == squeezed(place.name)]
        return and_(within, tuple_(*_TOWN).in_(same))
    return within
