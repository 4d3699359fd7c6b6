"""Every query on which digests were made; each method is one transaction."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Engine, func, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from alerts.digest.cadence import Made
from alerts.mail import Letter, delivery_of
from alerts.people import Delivery, DigestRecord, Match
from crawler.database import reading


class DigestRecords:
    """The digests that were made."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = reading(engine)

    def made_dates(self, subscriber_id: int, since: date) -> set[date]:
        """The local dates whose digest was made."""
        return {one.day for one in self.made(subscriber_id, since)}

    def made(self, subscriber_id: int, since: date) -> list[Made]:
        """The digests of a day that were made, in whatever order."""
        with Session(self._reading) as session:
            query = select(DigestRecord).where(
                DigestRecord.subscriber_id == subscriber_id,
                DigestRecord.local_date >= since,
                DigestRecord.cadence == "daily",
            )
            return [Made(one.id or 0, one.local_date, one.made_at) for one in session.exec(query)]

    def first_mailed(self, story_id: int) -> datetime | None:
        """When a mail that tells a story was first taken by a server; nobody is told whose that was."""
        with Session(self._reading) as session:
            sent = select(func.min(Delivery.sent_at)).join(Match, col(Match.digest_id) == Delivery.digest_id)
            return session.exec(sent.where(Match.story_id == story_id)).one()

    def told_at_once(self, subscriber_id: int, day: date) -> list[datetime]:
        """When mails told something at once on a local date."""
        with Session(self._reading) as session:
            query = select(DigestRecord.made_at).where(
                DigestRecord.subscriber_id == subscriber_id,
                DigestRecord.local_date == day,
                col(DigestRecord.cadence).startswith("instant "),
            )
            return list(session.exec(query))

    def record(
        self,
        record: DigestRecord,
        letter: Letter,
        first: Mapping[int, datetime | None],
        again: Mapping[int, datetime] | None = None,
        instead_of: int | None = None,
    ) -> bool:
        """Record a digest, the matches it carries and its mail in one transaction; False when it cannot be.

        `first`: the matches told for the first time; `again`: those of stories that developed; each with its story's
        `developed_at` as the mail tells it. The digest was made already, or another has told one of the matches
        meanwhile: then nothing is recorded, and what is still to be told is asked anew. What it carries is told when a
        server takes the mail; when it is given up, that goes back (`put_back`).
        """
        with Session(self.engine) as session:
            digest_id = _add(session, record, instead_of)
            if digest_id is None:
                return False
            told = col(Match.told_development_at)
            carried = 0
            for developed_at, ids in _by_moment(first):
                untold = update(Match).where(col(Match.id).in_(ids), col(Match.digest_id).is_(None))
                first_told = {"digest_id": digest_id, "told_development_at": developed_at}
                carried += session.exec(untold.values(first_told)).rowcount
            for developed_at, ids in _by_moment(again or {}):
                behind = update(Match).where(col(Match.id).in_(ids), or_(told.is_(None), told < developed_at))
                values = {"told_development_at": developed_at, "update_digest_id": digest_id, "updated_from": told}
                carried += session.exec(behind.values(values)).rowcount
            if carried != len(first) + len(again or {}):
                session.rollback()
                return False
            session.add(delivery_of(letter, record.subscriber_id, record.made_at, digest_id))
            session.commit()
            return True


def _add(session: Session, record: DigestRecord, instead_of: int | None) -> int | None:
    """The id of a new digest; None when it was made.

    `instead_of`: the one of that day which a clock that ran ahead had made. It keeps its mail and what that told.
    """
    if instead_of is not None:
        early = update(DigestRecord).where(
            col(DigestRecord.id) == instead_of, col(DigestRecord.cadence) == record.cadence
        )
        if not session.exec(early.values(cadence=f"early {instead_of}")).rowcount:
            return None
    session.add(record)
    try:
        session.flush()
    except IntegrityError:
        return None
    return record.id


def _by_moment(matches: Mapping[int, datetime | None]) -> list[tuple[datetime | None, list[int]]]:
    """The ids of those that were told up to the same moment."""
    moments: dict[datetime | None, list[int]] = {}
    for match_id, moment in matches.items():
        moments.setdefault(moment, []).append(match_id)
    return list(moments.items())
