"""Which stored articles hold passages of a new one, so that it may be their copy."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from heapq import nsmallest
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select
from sqlmodel import col

from crawler.grouping import Candidate, may_copy
from crawler.model import Article, Verdict
from crawler.store.walks import listed, of_each

MOST_COPIES = 30  # articles with passages in common that are compared
MOST_HOLDING = 100  # articles that hold one passage, the oldest: the original is among them

_HOLDING = "SELECT hash, article_id AS id FROM fingerprint WHERE hash = {key} ORDER BY article_id LIMIT {limit}"
_SIZES = (
    "SELECT article.id, story_id, copy_of, length(text) FROM article JOIN verdict ON article_id = id"
    " WHERE id = {key} AND story_id IS NOT NULL LIMIT {limit}"
)
_FACTS: tuple[Any, ...] = (Article.id, Article.story_id, Article.title, Article.published_at)
_MORE_FACTS: tuple[Any, ...] = (Verdict.places, Article.text, Verdict.copy_of)
_TEXTS: Select[Any] = (
    select(*_FACTS, *_MORE_FACTS)
    .join(Verdict, col(Verdict.article_id) == col(Article.id))
    .where(col(Article.id).in_(bindparam("ids", expanding=True)), col(Article.story_id).is_not(None))
    .order_by(col(Article.story_id))
)


def with_passages_of(connection: Connection, article: Candidate, passages: Sequence[int]) -> list[Candidate]:
    """Stored articles that hold some of the article's passages, the rarest and most first.

    What holds too few of them to be a copy is given without its text.
    """
    holders = listed(connection, _HOLDING, passages, MOST_HOLDING)
    counts: Counter[int] = Counter()
    rarity: dict[int, float] = defaultdict(float)
    for ids in holders.values():
        counts.update(ids)
        for article_id in ids:
            rarity[article_id] += 1 / len(ids)
    likeliest = nsmallest(MOST_COPIES, counts, key=lambda article_id: (-rarity[article_id], article_id))
    found: dict[int, Candidate] = {}
    whole: list[int] = []
    for article_id, story_id, copy_of, size in of_each(connection, _SIZES, likeliest, 1):
        found[article_id] = Candidate(article_id, story_id, "", "", None, (), copy_of, counts[article_id])
        if may_copy(len(article.text), size, counts[article_id]):
            whole.append(article_id)
    if not whole:
        return []
    from crawler.places import places_from  # brings all that finds them in a text; not for who only lists

    for article_id, story_id, title, when, places, text, copy_of in connection.execute(_TEXTS, {"ids": whole}):
        found[article_id] = Candidate(
            article_id, story_id, title, text, when, places_from(places), copy_of, counts[article_id]
        )
    return list(found.values())
