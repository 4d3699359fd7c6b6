"""Which stored articles a new one is compared with: found by index, and kept in memory while they stand unchanged."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, Text, case, cast, func, or_
from sqlalchemy import select as columns  # SQLModel's own types four at most
from sqlmodel import Session, col, select

from crawler.database import reading
from crawler.duplicates import Candidate, fingerprint
from crawler.judge import places_from
from crawler.places import Place
from crawler.story import Article, Fingerprint, Verdict

SAME_EVENT_DAYS = 10  # reports of one event are compared when they are at most this far apart
MOST_CANDIDATES = 300
MOST_RECALLED = 2000  # candidates kept in memory, some 5 KB each

# What changes when a candidate does.
Mark = tuple[Any, ...]
_MARK: tuple[Any, ...] = (Article.id, Article.story_id, Article.content_hash, Verdict.copy_of, Verdict.judged_at)

_TOLD: tuple[Any, ...] = (  # what a Candidate is made of
    Article.id,
    Article.story_id,
    Article.title,
    Article.text,
    Article.published_at,
    Verdict.places,
    Verdict.copy_of,
)


class Recall:
    """Candidates from the database, with a memory: the same few hundred are asked for again and again."""

    def __init__(self, engine: Engine) -> None:
        self.readers = reading(engine)
        self.recalled: OrderedDict[int, tuple[Mark, Candidate]] = OrderedDict()

    def candidates(self, article: Article, places: Sequence[Place]) -> list[Candidate]:
        """Stored articles that may be copies of this one, or may report the same event; likeliest first.

        `places` is where the article happened: reports from the same states, or from nowhere, come first.
        """
        shared = (
            select(Fingerprint.article_id)
            .where(col(Fingerprint.hash).in_(fingerprint(article.title, article.text)))
            .group_by(col(Fingerprint.article_id))
            .order_by(func.count().desc())
            .limit(30)
        )
        when = article.published_at or article.fetched_at
        first, last = when - timedelta(days=SAME_EVENT_DAYS), when + timedelta(days=SAME_EVENT_DAYS)
        same, other = col(Verdict.article_id) == Article.id, col(Article.url) != article.url
        undated = col(Article.published_at).is_(None) & col(Article.fetched_at).between(first, last)
        recent = (
            columns(*_MARK, other)
            .join(Verdict, same)
            .where(or_(col(Article.published_at).between(first, last), undated))  # each by its own index
            .order_by(_happened_in({p.state for p in places}).desc(), col(Article.fetched_at).desc())
            .limit(MOST_CANDIDATES)
        )
        with Session(self.readers) as session:
            copies = list(session.exec(shared))
            likely = columns(*_MARK, other).join(Verdict, same).where(col(Article.id).in_(copies))
            ask = session.connection().execute
            marks = [*sorted(ask(likely), key=lambda mark: copies.index(mark[0])), *ask(recent)]
            return self._known([tuple(mark[:-1]) for mark in marks if mark[-1]], session)

    def _known(self, marks: Sequence[Mark], session: Session) -> list[Candidate]:
        """The candidates with these marks, in order; the same few hundred are asked for again and again."""
        wanted = {mark[0]: mark for mark in marks if mark[1] is not None}
        unknown = [i for i, mark in wanted.items() if self.recalled.get(i, (None,))[0] != mark]
        told = columns(*_TOLD).join(Verdict, col(Verdict.article_id) == Article.id)
        rows = session.connection().execute(told.where(col(Article.id).in_(unknown)))
        for row in rows:
            self.recalled[row[0]] = wanted[row[0]], _candidate(*row)
        for article_id in wanted:
            self.recalled.move_to_end(article_id)
        found = [self.recalled[i][1] for i in wanted]
        while len(self.recalled) > MOST_RECALLED:
            self.recalled.popitem(last=False)
        return found


def _candidate(
    article_id: int,
    story_id: int,
    title: str,
    text: str,
    published_at: datetime | None,
    places: Sequence[dict[str, Any]],
    copy_of: int | None,
) -> Candidate:
    return Candidate(article_id, story_id, title, text, published_at, places_from(places), copy_of)


def _happened_in(states: set[str]) -> ColumnElement[int]:
    """1 for verdicts with a place in one of these states, or without any; else 0."""
    places = cast(col(Verdict.places), Text)  # as json.dumps wrote them
    return case((or_(places == "[]", *(places.contains(f'"state": "{s}"') for s in sorted(states))), 1), else_=0)
