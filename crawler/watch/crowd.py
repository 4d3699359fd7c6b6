"""How many links of an outlet wait and came of late, and those that make room for newer ones."""

from datetime import datetime
from typing import Any, get_args

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from crawler.model import Entry, EntryState, Feed, because
from crawler.watch.flood import DAY, MOST_WAITING

WAITING: tuple[EntryState, ...] = ("new", "failed")  # their page is still to be had


def crowd_of(session: Session, source_id: str, now: datetime) -> tuple[int, int]:
    """How many links of an outlet's feeds wait, and how many were seen within a day."""
    mine = select(func.count()).select_from(Entry).where(col(Entry.feed_id).in_(_feeds(source_id)))
    waiting = session.exec(mine.where(col(Entry.state).in_(WAITING))).one()
    # By naming the states the index finds them.
    of_late = mine.where(col(Entry.state).in_(get_args(EntryState)), col(Entry.seen_at) > now - DAY)
    return waiting, session.exec(of_late).one()


def crowd_out(session: Session, source_id: str, most: int) -> None:
    """So many of the outlet's links that have waited longest are given up, in a transaction that somebody else
    commits."""
    oldest = (
        select(Entry.id)
        .where(col(Entry.feed_id).in_(_feeds(source_id)), col(Entry.state).in_(WAITING))
        .order_by(col(Entry.seen_at), col(Entry.id))
        .limit(most)
    )
    reason, args = because("crowded_out", most=MOST_WAITING).columns
    given_up = {"state": "refused", "reason": reason, "reason_args": args, "retry_at": None, "content": ""}
    session.exec(update(Entry).where(col(Entry.id).in_(oldest)).values(given_up))


def _feeds(source_id: str) -> Any:
    return select(Feed.id).where(Feed.source_id == source_id)
