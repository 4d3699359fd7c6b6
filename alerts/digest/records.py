"""Every query on which digests were made; each method is one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, func, insert, or_, update
from sqlalchemy import select as select_columns
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from alerts.digest.cadence import Made
from alerts.mail import Letter, delivery_of
from alerts.people import Delivery, DigestRecord, Match, Payload
from crawler.database import reading
from crawler.model import TableRow


def _first_sent(digest_id: Any) -> Any:
    sent = select_columns(func.min(Delivery.sent_at)).join(Match, digest_id == Delivery.digest_id)
    return sent.where(col(Match.story_id) == bindparam("story_id")).scalar_subquery()


_FIRST_MAILED = select_columns(_first_sent(col(Match.digest_id)), _first_sent(col(Match.update_digest_id)))


@dataclass(frozen=True, slots=True)
class MadeDigest:
    """A digest that is ready to be recorded.

    `first`: the matches told for the first time; `again`: those of stories that developed; each with its story's
    `developed_at` as the mail tells it. `instead_of`: the digest of that day which a clock that ran ahead had made; it
    keeps its mail and what that told.
    """

    record: DigestRecord
    letter: Letter
    first: Mapping[int, datetime | None] = field(default_factory=dict)
    again: Mapping[int, datetime] = field(default_factory=dict)
    instead_of: int | None = None


class DigestRecords:
    """The digests that were made."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = reading(engine)

    def made_dates(self, subscriber_id: int, since: date) -> set[date]:
        """The local dates whose digest was made."""
        return {one.day for one in self.made([subscriber_id], since).get(subscriber_id, ())}

    def made(self, subscriber_ids: Sequence[int], since: date) -> dict[int, list[Made]]:
        """By subscriber, the digests of a day that were made, in whatever order."""
        people: dict[int, list[Made]] = {}
        with Session(self._reading) as session:
            query = select(
                col(DigestRecord.subscriber_id),
                col(DigestRecord.id),
                col(DigestRecord.local_date),
                col(DigestRecord.made_at),
            ).where(
                col(DigestRecord.subscriber_id).in_(subscriber_ids),
                DigestRecord.local_date >= since,
                DigestRecord.cadence == "daily",
            )
            for person, digest_id, day, made_at in session.exec(query):
                people.setdefault(person, []).append(Made(digest_id or 0, day, made_at))
        return people

    def waiting(self, subscriber_ids: Sequence[int]) -> set[int]:
        """Those of these for whom a digest is queued that no server took so far."""
        with Session(self._reading) as session:
            query = select(Delivery.subscriber_id).where(
                col(Delivery.subscriber_id).in_(subscriber_ids), Delivery.state == "queued", Delivery.kind == "digest"
            )
            return {person for person in session.exec(query) if person is not None}

    def first_mailed(self, story_id: int) -> tuple[datetime | None, datetime | None]:
        """When a mail that tells a story was first taken by a server, and one that tells what is new in it.

        Nobody is told whose those were.
        """
        with self._reading.connect() as connection:
            told, renewed = connection.execute(_FIRST_MAILED, {"story_id": story_id}).one()
        return told, renewed

    def told_at_once(self, subscriber_id: int, day: date) -> list[datetime]:
        """When mails told something at once on a local date."""
        with Session(self._reading) as session:
            query = select(DigestRecord.made_at).where(
                DigestRecord.subscriber_id == subscriber_id,
                DigestRecord.local_date == day,
                col(DigestRecord.cadence).startswith("instant "),
            )
            return list(session.exec(query))

    def record(self, digests: Sequence[MadeDigest]) -> list[bool]:
        """Record digests, the matches that each carries and its mail; whether each could be.

        All in one transaction; each in its own, if one cannot be. A digest cannot that was made already, or of which
        another has told one of the matches meanwhile: then nothing of it is recorded, and what is still to be told is
        asked anew. What it carries is told when a server takes the mail; when it is given up, that goes back
        (`put_back`).
        """
        if not digests or self._record(digests):
            return [True] * len(digests)
        return [len(digests) > 1 and self._record([one]) for one in digests]

    def _record(self, digests: Sequence[MadeDigest]) -> bool:
        """All of these, or nothing."""
        with Session(self.engine) as session:
            connection = session.connection()
            ids = _add(connection, digests)
            if ids is None or not all(_carry(connection, *one) for one in zip(digests, ids, strict=True)):
                session.rollback()
                return False
            mails = [
                delivery_of(one.letter, one.record.subscriber_id, one.record.made_at, digest_id)
                for one, digest_id in zip(digests, ids, strict=True)
            ]
            numbers = _added(connection, Delivery, mails)
            texts = zip(numbers, (one.letter.message for one in digests), strict=True)
            connection.execute(insert(Payload), [{"delivery_id": n, "message": message} for n, message in texts])
            session.commit()
            return True


def _add(connection: Connection, digests: Sequence[MadeDigest]) -> Sequence[int] | None:
    """The ids of new digests; None when one was made."""
    for one in digests:
        if one.instead_of is not None:
            early = update(DigestRecord).where(
                col(DigestRecord.id) == one.instead_of, col(DigestRecord.cadence) == one.record.cadence
            )
            if not connection.execute(early.values(cadence=f"early {one.instead_of}")).rowcount:
                return None
    try:
        return _added(connection, DigestRecord, [one.record for one in digests])
    except IntegrityError:
        return None


def _added(connection: Connection, table: type[DigestRecord | Delivery], rows: Sequence[TableRow]) -> Sequence[int]:
    """The ids of new rows, in their order."""
    new = insert(table).returning(col(table.id), sort_by_parameter_order=True)
    added = connection.execute(new, [row.model_dump(exclude={"id"}) for row in rows])
    return [number for number in added.scalars() if number is not None]


def _carry(connection: Connection, digest: MadeDigest, digest_id: int) -> bool:
    """Mark the matches of a digest as told by it; whether all could be."""
    told = col(Match.told_development_at)
    carried = 0
    for developed_at, ids in _by_moment(digest.first):
        untold = update(Match).where(col(Match.id).in_(ids), col(Match.digest_id).is_(None))
        first_told = {"digest_id": digest_id, "told_development_at": developed_at}
        carried += connection.execute(untold.values(first_told)).rowcount
    for developed_at, ids in _by_moment(digest.again):
        behind = update(Match).where(col(Match.id).in_(ids), or_(told.is_(None), told < developed_at))
        values = {"told_development_at": developed_at, "update_digest_id": digest_id, "updated_from": told}
        carried += connection.execute(behind.values(values)).rowcount
    return carried == len(digest.first) + len(digest.again)


def _by_moment(matches: Mapping[int, datetime | None]) -> list[tuple[datetime | None, list[int]]]:
    """The ids of those that were told up to the same moment."""
    moments: dict[datetime | None, list[int]] = {}
    for match_id, moment in matches.items():
        moments.setdefault(moment, []).append(match_id)
    return list(moments.items())
