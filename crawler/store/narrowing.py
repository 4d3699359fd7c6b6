"""Which stories a list asks for, and how the database finds them: from the few reports that are so, or in its order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlmodel import col

from crawler.model import Article, Story, Verdict, Whereabouts
from crawler.store.fulltext import holders, holding, question

if TYPE_CHECKING:
    from crawler.places import Place

# Articles that hold a word or are of a place: up to so many are looked up one by one; of more, the newest stories are
# asked in their order whether they have one, unless that is rare for what else is asked.
# By `python -m tests.benchmarks.web`.
_FEW, _FEW_IF_RARE = 2000, 6000
_MANY = 20_000  # up to so many are counted to tell how far apart they stand
_MADE = 256  # statements that are kept: one for each of what may be asked together
_BY_LISTED = "INDEXED BY article_listed"  # else their texts are passed over

MARK: tuple[Any, ...] = (col(Story.dated_at), col(Story.id))
_TOWN: tuple[Any, ...] = (col(Whereabouts.county), col(Whereabouts.name))
_TOLD = col(Story.lead_id).is_not(None)  # else its reports went to another story


_SOURCES: BindParameter[Any] = bindparam("sources", expanding=True)
_WRITTEN = func.lower(Article.language)
_KIND: BindParameter[Any] = bindparam("kind")
_FACTS: dict[str, ColumnElement[bool]] = {
    "kind": exists().where(
        col(Verdict.article_id) == col(Article.id), or_(col(Verdict.kind) == _KIND, col(Verdict.second_kind) == _KIND)
    ),
    "language": or_(bindparam("language") == _WRITTEN, _WRITTEN.like(bindparam("spoken"))),
    "since": col(Article.published_at) >= bindparam("since"),
    "before": col(Article.published_at) < bindparam("before"),
}
_PLACES: dict[str, ColumnElement[bool]] = {
    "state": col(Whereabouts.state) == bindparam("state"),
    "county": col(Whereabouts.county) == bindparam("county"),
    "towns": tuple_(*_TOWN).in_(bindparam("towns", expanding=True)),
}
_ALL: Select[Any] = select(func.count()).select_from(
    select(col(Story.id)).where(_TOLD).limit(bindparam("most")).subquery()
)
_LAST: Select[Any] = select(func.max(Article.id))
MARK_ORDER = {up: [column.asc() if up else column.desc() for column in MARK] for up in (True, False)}

Span = tuple[int, int]  # the first and the last of some articles


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
        self._connection, self._every = connection, asked == Narrowing()
        dialect = connection.dialect.name
        words = question(asked.clauses, dialect)
        there = _within(connection, asked.place) if asked.place else {}
        told = {"kind": asked.kind, "language": asked.language, "since": asked.since, "before": asked.before}
        facts = {name: value for name, value in told.items() if value}
        sources = {"sources": list(asked.sources)} if asked.sources else {}
        self._shape = _Shape(
            dialect, tuple(words) if asked.clauses else None, tuple(there), bool(sources), tuple(facts)
        )
        self._values: dict[str, Any] = words | there | facts | sources
        if asked.language:
            self._values["spoken"] = f"{asked.language}-%"
        self._sizes = dict[str, int]()  # as far as it was needed to know them
        self._few = self._few_of()

    @property
    def few(self) -> bool:
        """Whether all of them are found before the first one is."""
        return self._few is not None

    @property
    def scattered(self) -> bool:
        """Whether so many reports hold the words that the index is to be asked for some of them at a time."""
        return self._shape.dialect == "sqlite" and self._shape.words is not None and self._few is None

    def marks(
        self, limit: int, at: Mark | None = None, end: Mark | None = None, *, up: bool = False, span: Span | None = None
    ) -> list[Mark]:
        """The first so many of them behind a mark, or beyond it, in the order in which they are met.

        Not behind `end`, and of a span only its articles count.
        """
        query = _marks(self._shape, self._by(span), _Way(up, at is not None, end is not None, span is not None))
        values = self._values | {"most": limit} | mark_values("at", at) | mark_values("end", end)
        if span:
            values |= {"first": span[0], "last": span[1]}
        return [Mark(*row) for row in self._connection.execute(query, values)]

    def counted(self, limit: int) -> tuple[list[Mark], int]:
        """The newest of them, and how many there are."""
        query = _marks(self._shape, self._by(None), _Way(counted=True))
        rows = self._connection.execute(query, self._values | {"most": limit}).all()
        return [Mark(*row[:2]) for row in rows], rows[0][2] if rows else 0

    def count(self, most: int) -> int:
        """How many of them there are, counted up to `most`, in whatever order they are found."""
        if self._every:
            return self._size(_ALL, most)
        by = self._few or min(self._sizes, key=lambda name: self._sizes[name], default="")
        some = 3 * most  # of which mostly enough lead to different stories
        if (
            self._sizes.get(by, 0) > some
            and (found := self._size(_how_many(self._shape, by, True), most, some)) == most
        ):
            return found
        return self._size(_how_many(self._shape, by), most)

    def width(self, stories: int) -> int:
        """How many of the newest stories to ask for so many that have one, if words are spread evenly over them."""
        articles = self._connection.scalar(_LAST) or 0
        return stories * articles // self._sizes["words"] + 1

    def _by(self, span: Span | None) -> str | None:
        """From which part of what is asked their articles are found; None: each story is asked."""
        return "" if self._every else self._few or ("words" if span else None)

    def _few_of(self) -> str | None:
        """What is true of so few articles that they may be looked up one by one, if anything is."""
        holding = self._shape.holders
        rare = len(holding) > 1 or bool(self._shape.facts)
        for name in holding:
            self._sizes[name] = self._size(_how_many_hold(self._shape, name), _MANY)
            if self._sizes[name] <= (_FEW_IF_RARE if rare else _FEW):
                return name
        return None

    def _size(self, which: Select[Any], most: int, some: int = 0) -> int:
        return self._connection.scalar(which, self._values | {"most": most, "some": some}) or 0


class _Shape(NamedTuple):
    """What is asked, without the values: statements are made once for each, which costs as much as to ask them."""

    dialect: str
    words: tuple[str, ...] | None  # the parameters of `holding()`; None: no words are asked for
    place: tuple[str, ...]  # the parameters that `_there()` needs
    sources: bool
    facts: tuple[str, ...]  # of kind, language, since, before

    @property
    def holders(self) -> tuple[str, ...]:
        """The parts of it that an index finds."""
        asked = {"words": self.words is not None, "place": bool(self.place), "sources": self.sources}
        return tuple(name for name, is_asked in asked.items() if is_asked)


class _Way(NamedTuple):
    """How stories are gone through."""

    up: bool = False  # to the newest
    at: bool = False  # from a mark
    end: bool = False  # to another one
    spanned: bool = False
    counted: bool = False


@lru_cache(maxsize=_MADE)
def _marks(shape: _Shape, by: str | None, way: _Way) -> Select[Any]:
    """The marks of the stories that have such a report; `by`: "" asks for nothing of them, None asks each story."""
    query: Select[Any] = select(*MARK).where(_TOLD, *between(way.up, way.at, way.end))
    if by:
        query = query.where(col(Story.id).in_(_stories(shape, by, way.spanned)))
    elif by is None:
        query = query.where(exists().where(col(Article.story_id) == col(Story.id), *_facts(shape)))
    if way.counted:
        query = query.add_columns(func.count().over())
    return query.order_by(*MARK_ORDER[way.up]).limit(bindparam("most"))


@lru_cache(maxsize=_MADE)
def _how_many(shape: _Shape, by: str, some: bool = False) -> Select[Any]:
    """How many stories such reports lead to."""
    return _counting(_stories(shape, by, some=some).where(col(Article.story_id).is_not(None)).distinct())


@lru_cache(maxsize=_MADE)
def _how_many_hold(shape: _Shape, by: str) -> Select[Any]:
    """Of how many articles a part of it is true."""
    return _counting(_holders(shape, by))


def _counting(which: Select[Any]) -> Select[Any]:
    return select(func.count()).select_from(which.limit(bindparam("most")).subquery())


def _stories(shape: _Shape, by: str, spanned: bool = False, some: bool = False) -> Select[Any]:
    """The stories of such reports; the articles of one part of what is asked lead to them, all or some of these."""
    query: Select[Any] = select(col(Article.story_id)).where(*_facts(shape, without=by))
    if not by:
        return query
    which = _holders(shape, by, spanned)
    which = which.limit(bindparam("some")) if some else which
    return query.where(col(Article.id).in_(which)).with_hint(Article, _BY_LISTED, "sqlite")


def _holders(shape: _Shape, by: str, spanned: bool = False) -> Select[Any]:
    """The articles of which one part is true."""
    if by == "words":
        return holders(shape.words or (), shape.dialect, spanned)
    if by == "place":
        return select(col(Whereabouts.article_id)).where(_there(shape.place))
    return select(col(Article.id)).where(col(Article.source_id).in_(_SOURCES))


def _facts(shape: _Shape, without: str = "") -> Iterable[ColumnElement[bool]]:
    """What is asked of an article that is looked at."""
    if shape.words is not None and without != "words":
        yield holding(shape.words, shape.dialect, first=not without)  # type: ignore[misc]
    if shape.place and without != "place":
        yield exists().where(col(Whereabouts.article_id) == col(Article.id), _there(shape.place))
    if shape.sources and without != "sources":
        yield col(Article.source_id).in_(_SOURCES)
    for name in shape.facts:
        yield _FACTS[name]


def _there(names: tuple[str, ...]) -> ColumnElement[bool]:
    """That it happened in a place of which these are given."""
    return and_(*(_PLACES[name] for name in names))


def _within(connection: Connection, place: "Place") -> dict[str, Any]:
    """The parameters by which that is asked of a place."""
    from crawler.places import squeezed  # brings all that finds places in a text

    if place.kind == "county":
        return {"state": place.state, "county": place.name}
    if place.kind == "city":  # under any spelling; a city may be known without its county
        in_county = and_(col(Whereabouts.state) == place.state, col(Whereabouts.name) != "")
        if place.county:
            in_county = and_(in_county, col(Whereabouts.county).in_((place.county, "")))
        known = connection.execute(select(*_TOWN).where(in_county).distinct())
        same = [(county, name) for county, name in known if squeezed(name) == squeezed(place.name)]
        return {"state": place.state, "towns": same}
    return {"state": place.state}


def _mark(name: str) -> Any:
    return tuple_(bindparam(f"{name}_when", type_=Story.dated_at.type), bindparam(f"{name}_id", type_=Integer()))  # type: ignore[attr-defined]


def between(up: bool, at: bool, end: bool) -> list[ColumnElement[bool]]:
    """That a story stands behind the mark `at`, or beyond it, and not behind that of `end`; see `mark_values()`."""
    here, there = tuple_(*MARK), _mark("at")
    within = [here > there if up else here < there] if at else []
    there = _mark("end")
    return within + ([here <= there if up else here >= there] if end else [])


def mark_values(name: str, mark: Mark | None) -> dict[str, Any]:
    """The parameters of a mark."""
    return {} if mark is None else {f"{name}_when": mark.dated_at, f"{name}_id": mark.story_id}
