"""Every query on the searches of all people: what an index of them in memory is made of, and what changed since."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine, delete, func, insert
from sqlmodel import Session, col, select

from alerts.people.subscriber import SearchChange, Subscriber, Subscription
from crawler.database import hold_lock, reading

KEPT_CHANGES = 10_000  # who fell behind by more reads all anew
_LOCK = 7_235_401_119  # a number of our own
# Pending people too, so that a first digest is not empty. Who follows a story searches for nothing.
_LIVE = col(Subscriber.state).in_(("active", "pending")) & col(Subscription.story_id).is_(None)


@dataclass(frozen=True, slots=True)
class Changed:
    """Searches that changed, by id; None for one that is gone. `mark`: what is known up to it."""

    mark: int
    queries: dict[int, str | None]


class Searches:
    """The searches of all people; each method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = reading(engine)

    def mark(self) -> int:
        """What is known to who reads all searches after this; what changes while they read is told by `changed`."""
        with Session(self._reading) as session:
            return session.exec(select(func.max(SearchChange.id))).one() or 0

    def all(self) -> Iterator[tuple[int, str]]:
        """The id and query of every search, those with the same query one after the other."""
        query = select(Subscription.id, Subscription.query).join(Subscriber).where(_LIVE).order_by(Subscription.query)
        with Session(self._reading) as session:
            for number, asked in session.exec(query.execution_options(yield_per=1000)):
                if number is not None:
                    yield number, asked

    def changed(self, since: int) -> Changed | None:
        """What is new, other or gone since a mark; None when that is no longer known."""
        with Session(self._reading) as session:
            oldest, newest = session.exec(select(func.min(SearchChange.id), func.max(SearchChange.id))).one()
            if (newest or 0) == since:
                return Changed(since, {})
            if newest is None or oldest is None or newest < since or oldest > since + 1:
                return None
            wanted = select(SearchChange.subscription_id).where(col(SearchChange.id) > since).distinct()
            queries: dict[int, str | None] = dict.fromkeys(session.exec(wanted))
            live = select(Subscription.id, Subscription.query).join(Subscriber).where(_LIVE)
            asked = session.exec(live.where(col(Subscription.id).in_(wanted)))
            return Changed(newest, queries | {number: query for number, query in asked if number is not None})

    def forget_changes(self) -> None:
        """Keep the newest only."""
        with Session(self._engine) as session:
            newest = session.exec(select(func.max(SearchChange.id))).one() or 0
            session.exec(delete(SearchChange).where(col(SearchChange.id) <= newest - KEPT_CHANGES))
            session.commit()


def note_searches_of(session: Session, whose: ColumnElement[bool]) -> None:
    """Note that all searches of these subscribers begin, change or end, in the transaction that does it."""
    note_searches(session, session.exec(select(col(Subscription.id)).join(Subscriber).where(whose)))


def note_searches(session: Session, ids: Iterable[int | None]) -> None:
    """Note that these searches begin, change or end, in the transaction that does it."""
    rows = [{"subscription_id": number} for number in ids]
    if not rows:
        return
    hold_lock(session.connection(), _LOCK)  # else a lower number might be seen after a higher one
    session.connection().execute(insert(SearchChange), rows)
