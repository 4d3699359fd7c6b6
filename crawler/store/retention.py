"""What is dropped with time: links that led to nothing, and what stories are found again by."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from crawler.model import Clue, Entry, Story

CLUES_KEPT = timedelta(days=180)  # after a story's last change; events and chains reach back less
_FORGOTTEN_AT_ONCE = 500  # stories


def forget_entries(engine: Engine, before: datetime) -> int:
    """Retention: drop settled entries seen before then that led to no article; returns how many."""
    with Session(engine) as session:
        gone = session.exec(
            delete(Entry).where(
                col(Entry.seen_at) < before,
                col(Entry.state).in_(("off_topic", "refused", "failed")),
                col(Entry.article_id).is_(None),
            )
        )
        session.commit()
        return int(gone.rowcount)


def forget_clues(engine: Engine, before: datetime) -> int:
    """Retention: drop the clues of stories that nothing joined since then; returns how many.

    Other reports of their events are no longer found; copies of their articles are.
    """
    old = select(Clue.story_id).join(Story, col(Story.id) == Clue.story_id).where(Story.changed_at < before)
    forgotten = 0
    while True:
        with Session(engine) as session:  # some at a time, so that nobody waits long
            ids = session.exec(old.distinct().limit(_FORGOTTEN_AT_ONCE)).all()
            forgotten += int(session.exec(delete(Clue).where(col(Clue.story_id).in_(ids))).rowcount)
            session.commit()
        if len(ids) < _FORGOTTEN_AT_ONCE:
            return forgotten
