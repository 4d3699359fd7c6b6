"""Which stored articles are to be asked for again, and where; `recheck.py` says when."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Engine, Select, func, or_, select
from sqlmodel import Session, col

from crawler.model import UNLISTED, Article, Source, UTCDateTime, is_due
from crawler.store.recheck import LONGEST_LOOK, Recheck

if TYPE_CHECKING:
    from crawler.watch import Waiting


def due_rechecks(
    engine: Engine, now: datetime, limit: int, states: Sequence[str], site: str
) -> list[tuple[Recheck, Source]]:
    """See `Store.due_rechecks`."""
    from crawler.watch import may_be_at, site_of_page  # no reader of stories needs that room

    turn = func.row_number().over(partition_by=col(Article.source_id), order_by=[col(Article.look_at), col(Article.id)])
    waiting = select(col(Article.id), turn.label("turn")).where(_has_come(now))
    if site:
        waiting = waiting.where(may_be_at(col(Article.link), site))
    due = waiting.subquery()
    facts = (col(Article.id), col(Article.link), col(Article.title), Source)
    query = _read_on(states, *facts).join(due, due.c.id == Article.id).order_by(due.c.turn, col(Article.look_at))
    if not site:
        query = query.limit(limit)
    with Session(engine) as session:
        found = [(Recheck(i, link, title), source) for i, link, title, source in session.execute(query) if i]
    return [(known, source) for known, source in found if not site or site_of_page(known.link) == site][:limit]


def waiting_rechecks(engine: Engine, now: datetime, states: Sequence[str]) -> "list[Waiting]":
    """See `Store.waiting_rechecks`."""
    from crawler.watch import Waiting, host_in

    outlet = (host_in(col(Article.link)), col(Source.id), col(Source.homepage))
    first = func.min(Article.look_at, type_=UTCDateTime)
    query = _read_on(states, *outlet, func.count(), first).where(_has_come(now)).group_by(*outlet)
    with engine.connect() as connection:
        return [Waiting(*row) for row in connection.execute(query)]


def _has_come(now: datetime) -> ColumnElement[bool]:
    return is_due(col(Article.look_at), now, LONGEST_LOOK)


def _read_on(states: Sequence[str], *facts: Any) -> Select[Any]:
    """These facts of articles whose outlets are still read."""
    query = (
        select(*facts)
        .select_from(Article)
        .join(Source, col(Source.id) == Article.source_id)
        .where(col(Source.enabled), or_(col(Source.listed), col(Source.kind) == UNLISTED))
    )
    return query.where(col(Source.state).in_([*states, ""])) if states else query
