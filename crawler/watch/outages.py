"""When we ourselves were cut off from the web, so that nobody else is blamed for it."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, func, or_, update
from sqlmodel import Session, col, select

from crawler.database import hold_lock, reading
from crawler.model import Feed, Outage, is_due

_LOCK = 7_235_401_121  # a number of our own: two crawls may meet it at the same moment
SETTLING = timedelta(hours=1)  # after an outage, until what was due meanwhile has been read


def known_until(last: Outage | None, now: datetime) -> datetime:
    """Up to when we could know what outlets do, given our last outage: what was not read since is not their fault."""
    if last and (last.ended_at is None or not is_due(last.ended_at + SETTLING, now, SETTLING)):
        return min(now, last.began_at)
    return now


class Outages:
    """The table `outage`; at most one has not ended."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.readers = engine, reading(engine)

    def begin(self, now: datetime, quiet: timedelta = timedelta()) -> None:
        """Nobody answers, since somebody last did: what was due in between we did not ask for, either.

        It is none when a feed was read within `quiet`: another machine's line works.
        """
        with Session(self.engine) as session:
            hold_lock(session.connection(), _LOCK)
            if session.exec(select(Outage).where(col(Outage.ended_at).is_(None))).first():
                return
            read = session.exec(select(func.max(Feed.last_success_at))).one()
            if quiet and read and abs(now - read) < quiet:
                return
            session.add(Outage(began_at=min(read or now, now)))
            session.commit()

    def end(self, now: datetime) -> None:
        """Somebody answers again, if it was ever otherwise."""
        if self.last() is None:
            return
        with Session(self.engine) as session:
            session.exec(update(Outage).where(col(Outage.ended_at).is_(None)).values(ended_at=now))
            session.commit()

    def last(self) -> Outage | None:
        """The one that goes on, or else the newest."""
        with Session(self.readers) as session:
            over = col(Outage.ended_at).is_not(None)
            return session.exec(select(Outage).order_by(over, col(Outage.began_at).desc()).limit(1)).first()

    def current(self) -> Outage | None:
        """The one that goes on."""
        last = self.last()
        return last if last and last.ended_at is None else None

    def since(self, then: datetime) -> list[Outage]:
        """Those that were not over then, in order."""
        late = or_(col(Outage.ended_at).is_(None), col(Outage.ended_at) > then)
        with Session(self.readers) as session:
            return list(session.exec(select(Outage).where(late).order_by(col(Outage.began_at))))

    def forget(self, before: datetime) -> None:
        """Retention: drop those that were over by then."""
        with Session(self.engine) as session:
            session.exec(delete(Outage).where(col(Outage.ended_at) < before))
            session.commit()
