"""A database as it was some time ago: who left since stays away, and nobody is mailed what they may have had."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, literal, text, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from alerts.people.bounces import let_go
from alerts.people.subscriber import Delivery, DigestRecord, Match, Matching, Pass, Subscriber, Subscription
from crawler.database import reading
from crawler.model import Story, because

_SKIPPED = 1_000_000  # numbers that may have been given since: they stand in links that never expire
_NUMBERED = ("subscriber", "channel", "search_change")
_AT_ONCE = 500
_UNTOLD = col(Match.digest_id).is_(None) & col(Match.delivery_id).is_(None)


@dataclass(frozen=True, slots=True)
class Mended:
    """How many left again, mails and postings that stay here, and found stories that count as told."""

    left: int = 0
    held: int = 0
    told: int = 0


def left_since(engine: Engine, since: datetime) -> dict[int, datetime]:
    """Who left after then and is not erased yet, and when."""
    with Session(reading(engine)) as session:
        query = select(Subscriber.id, Subscriber.left_at).where(Subscriber.state == "left")
        found = session.exec(query.where(col(Subscriber.left_at) > since)).all()
        return {number: at for number, at in found if number and at}


def still_left(engine: Engine, numbers: Collection[int]) -> set[int]:
    """Those of these subscribers, who left once, that did not come back: they are gone, or left."""
    found, wanted = set(numbers), sorted(numbers)
    with Session(reading(engine)) as session:
        for start in range(0, len(wanted), _AT_ONCE):
            some = col(Subscriber.id).in_(wanted[start : start + _AT_ONCE])
            found -= set(session.exec(select(Subscriber.id).where(some, Subscriber.state != "left")).all())
    return found


def mend(connection: Connection, now: datetime, left: Mapping[int, datetime], quiet: bool) -> Mended:
    """Make a database of then fit for now, in the transaction that puts it in place.

    `left`: who left since, and when. `quiet`: nothing was sent since, so all that waits may go. Else whatever waited,
    or would be due by now, may have been sent: it is not sent again.
    """
    with Session(connection) as session:
        gone = 0
        for number, at in left.items():
            subscriber = session.get(Subscriber, number)
            if subscriber and subscriber.state != "left":
                let_go(session, subscriber, at)
                gone += 1
        if not quiet:
            session.exec(delete(Pass))  # whoever signed out since stays out, and a link that was used is none
        held, told = (0, 0) if quiet else (_hold(session), _count_as_told(session, now))
        session.flush()
        session.commit()
    return Mended(gone, held, told)


def erase_everybody(connection: Connection) -> int:
    """Keep the stories and nobody who reads them; returns how many were erased."""
    return connection.execute(delete(Subscriber)).rowcount


def skip_numbers(connection: Connection) -> None:
    """Give no number that was given since then to somebody else."""
    for table in _NUMBERED:
        if connection.dialect.name == "sqlite":
            old = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table})
            last = old.scalar_one_or_none() or 0
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table})
            skip = "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"
            connection.execute(text(skip), {"name": table, "last": last + _SKIPPED})
        else:
            sequence = connection.execute(text(f"SELECT pg_get_serial_sequence('{table}', 'id')")).scalar_one()
            skip = f"SELECT setval('{sequence}', (SELECT last_value FROM {sequence}) + {_SKIPPED})"  # noqa: S608
            connection.execute(text(skip))


def _hold(session: Session) -> int:
    """What waits to be sent stays here, and its stories count as told."""
    code, args = because("restored").columns
    waiting = update(Delivery).where(col(Delivery.state).in_(("queued", "sending")))
    held = {"state": "failed", "lease": "", "error": code, "error_args": args}
    return int(session.exec(waiting.values(**held)).rowcount)


def _count_as_told(session: Session, now: datetime) -> int:
    """What was found and not told by then, or has developed since it was told, is not told later. Nor is any day."""
    pending = (
        sa_select(col(Subscription.subscriber_id))
        .join(Match, col(Match.subscription_id) == Subscription.id)
        .where(_UNTOLD)
        .distinct()
    )
    session.exec(update(Subscriber).values(served_until=now))
    cadence = f"restored {now:%H%M%S}"
    for number in session.connection().execute(pending).scalars().all():
        mine = sa_select(col(Subscription.id)).where(col(Subscription.subscriber_id) == number)
        own = (_UNTOLD, col(Match.subscription_id).in_(mine))
        record = DigestRecord(subscriber_id=number, local_date=now.date(), cadence=cadence, made_at=now, stories=0)
        session.add(record)
        session.flush()
        record.stories = int(session.exec(update(Match).where(*own).values(digest_id=record.id)).rowcount)
        session.flush()
    told = sum(session.exec(select(DigestRecord.stories).where(DigestRecord.cadence == cadence)).all())
    developed = sa_select(col(Story.developed_at)).where(col(Story.id) == Match.story_id).scalar_subquery()
    session.exec(update(Match).values(told_development_at=developed))
    _count_as_matched(session)
    return told


def _count_as_matched(session: Session) -> None:
    """Stories that had met no search yet were told since, too."""
    version = sa_select(col(Story.version)).where(col(Story.id) == Matching.story_id).scalar_subquery()
    session.exec(update(Matching).values(version=version))
    unmet = sa_select(col(Story.id), col(Story.version), literal(False)).where(
        col(Story.id).not_in(sa_select(col(Matching.story_id)))
    )
    session.exec(insert(Matching).from_select(["story_id", "version", "set_aside"], unmet))
