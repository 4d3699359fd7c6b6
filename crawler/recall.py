"""Which stored articles a new one is compared with: found by index, and kept in memory while they stand unchanged."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, bindparam, func, select
from sqlmodel import col

from crawler.account import OPENING_CHARACTERS, Account
from crawler.background import MOST_STORIES, Background
from crawler.database import reading
from crawler.duplicates import Candidate, fingerprint
from crawler.grouping import Grouping, group
from crawler.judge import places_from
from crawler.places import Place
from crawler.story import Article, Fingerprint, Story, Verdict

MOST_COPIES = 30  # articles with passages in common that are compared
MOST_STORIES_COMPARED = 15
MOST_REPORTS = 12  # of one story: the first to come say what it is about, so that it cannot drift
MOST_SHARING = 100  # stories that share one clue, newest first
MOST_RECALLED = 2000  # accounts kept in memory, some 10 KB each

Mark = tuple[Any, ...]  # what changes when an account does

_SAME = col(Verdict.article_id) == col(Article.id)
_HEADS: tuple[Any, ...] = (Article.id, Article.story_id, Article.title, Article.published_at, Verdict.places)
_REST: tuple[Any, ...] = (Article.text, Verdict.copy_of)
_OPENINGS: Select[Any] = (
    select(*_HEADS, func.substr(Article.text, 1, OPENING_CHARACTERS))
    .join(Verdict, _SAME)
    .where(col(Article.id).in_(bindparam("ids", expanding=True)), col(Article.story_id).is_not(None))
    .order_by(col(Article.story_id))
)
_WHOLE: Select[Any] = _OPENINGS.with_only_columns(*_HEADS, *_REST)
_SHARED_HASHES = (
    select(col(Fingerprint.article_id), func.count())
    .where(col(Fingerprint.hash).in_(bindparam("hashes", expanding=True)))
    .group_by(col(Fingerprint.article_id))
    .order_by(func.count().desc(), col(Fingerprint.article_id))
    .limit(MOST_COPIES)
)
_OPENED = (
    select(col(Story.id), col(Story.lead_id))
    .where(col(Story.id) > bindparam("newest"))
    .order_by(col(Story.id).desc())
    .limit(MOST_STORIES)
)
_SHARING = "SELECT * FROM (SELECT hash, story_id FROM clue WHERE hash = {} ORDER BY story_id DESC LIMIT {}) AS t{}"
_REPORTS = (
    "SELECT * FROM (SELECT article.id, story_id, content_hash, judged_at FROM article JOIN verdict ON article_id = id"
    " WHERE story_id = {} AND copy_of IS NULL ORDER BY id LIMIT {}) AS t{}"
)


class Recall:
    """Groups articles with those in the database. One for each process; no other may open stories meanwhile."""

    def __init__(self, engine: Engine) -> None:
        self.readers = reading(engine)
        self._background = Background()
        self._newest_story = 0  # that the background knows
        self._accounts: OrderedDict[int, tuple[Mark, Account]] = OrderedDict()

    def group(self, article: Article, places: Sequence[Place]) -> Grouping:
        """The story that an article, which happened at these places, belongs to. It is not yet stored itself."""
        new = Candidate(0, 0, article.title, article.text, article.published_at, tuple(places))
        with self.readers.connect() as connection:
            self._catch_up(connection)
            known = _with_passages_of(connection, new)
            return group(new, known, lambda clues: self._alike(connection, clues), self._background)

    def _catch_up(self, connection: Connection) -> None:
        """Let the background know the stories opened since, by whomever."""
        stories = connection.execute(_OPENED, {"newest": self._newest_story}).all()
        if not stories:
            return
        for row in connection.execute(_OPENINGS, {"ids": [story.lead_id for story in stories]}):
            self._background.add(_account(*tuple(row)))
        self._newest_story = stories[0].id or 0

    def _alike(self, connection: Connection, clues: Mapping[int, float]) -> dict[int, list[Account]]:
        """The stories that share most of these clues, with their first reports."""
        shared: dict[int, float] = {}
        for clue, story_id in _of_each(connection, _SHARING, clues, MOST_SHARING):
            shared[story_id] = shared.get(story_id, 0.0) + clues[clue]
        likeliest = sorted(shared, key=lambda story_id: (-shared[story_id], story_id))[:MOST_STORIES_COMPARED]
        marks = {mark[0]: mark for mark in _of_each(connection, _REPORTS, likeliest, MOST_REPORTS)}
        found: dict[int, list[Account]] = {}
        for account in self._known(connection, marks):
            found.setdefault(account.story_id, []).append(account)
        return found

    def _known(self, connection: Connection, marks: Mapping[int, Mark]) -> list[Account]:
        """The accounts with these marks; only those that changed are read."""
        unknown = [i for i, mark in marks.items() if self._accounts.get(i, (None,))[0] != mark]
        if unknown:
            for row in connection.execute(_OPENINGS, {"ids": unknown}):
                self._accounts[row[0]] = marks[row[0]], _account(*tuple(row))
        for i in marks:
            self._accounts.move_to_end(i)
        found = [self._accounts[i][1] for i in marks]
        while len(self._accounts) > MOST_RECALLED:
            self._accounts.popitem(last=False)
        return found


def _with_passages_of(connection: Connection, article: Candidate) -> list[Candidate]:
    """Stored articles that hold some of the article's passages, most first."""
    hashes = fingerprint(article.title, article.text)
    counts = {row[0]: row[1] for row in connection.execute(_SHARED_HASHES, {"hashes": hashes})}
    if not counts:
        return []
    return [
        Candidate(article_id, story_id, title, whole, when, places_from(places), copy_of, counts[article_id])
        for article_id, story_id, title, when, places, whole, copy_of in connection.execute(
            _WHOLE, {"ids": list(counts)}
        )
    ]


def _of_each(connection: Connection, query: str, keys: Iterable[int], limit: int) -> list[Mark]:
    """The rows that a query gives for each of the keys, so many for each: each is a walk along an index.

    The keys stand in the text of the query, as numbers do no harm there: two dozen parameters cost more than the walks.
    """
    union = " UNION ALL ".join(query.format(int(key), limit, n) for n, key in enumerate(keys))
    return [tuple(row) for row in connection.exec_driver_sql(union)] if union else []


def _account(
    article_id: int,
    story_id: int,
    title: str,
    published_at: datetime | None,
    places: Iterable[Mapping[str, Any]],
    opening: str,
) -> Account:
    return Account(article_id, story_id, title, opening, published_at, places_from(places))
