"""Every query on the queue of mails and postings; each method is one transaction."""

from collections.abc import Collection, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import cache
from typing import Any, get_args

from sqlalchemy import ColumnElement, Connection, Engine, bindparam, case, delete, exists, func, or_, update
from sqlalchemy.orm import lazyload
from sqlalchemy.sql.dml import ReturningUpdate
from sqlmodel import Session, col, select

from alerts.mail.leases import Holder, Leases, end_lease
from alerts.mail.letter import Letter, delivery_of
from alerts.people import (
    NEVER,
    WANTED,
    Delivery,
    DeliveryKind,
    DeliveryState,
    DigestRecord,
    Lease,
    Payload,
    Subscription,
    forget_refusals,
    note_refusal,
    note_return,
    put_back,
    refused_reader,
)
from crawler.database import do_not_wait_for_disk, reading
from crawler.model import Why, because, is_due

EMPTY_KEPT = timedelta(days=1)  # an older mail that nothing was found tells nobody anything,
EMPTY_KEPT_BY_THE_WEEK = timedelta(days=3)  # unless theirs comes but once a week

LONGEST_WAIT = timedelta(days=1)  # no attempt is planned further ahead

MAILS: tuple[DeliveryKind, ...] = ("digest", "confirm", "account", "operator")


class Deliveries:
    """The mails that are queued, being sent, sent and given up."""

    def __init__(self, engine: Engine, leases: Leases | None = None) -> None:
        self.engine = engine
        self.leases = leases or Leases(engine)
        self._reading = reading(engine)

    def queue(self, letter: Letter, subscriber_id: int, now: datetime, leaves_at: datetime | None = None) -> None:
        """Queue a mail that is not a digest, to leave now or then; nothing when one has its Message-ID already."""
        with Session(self.engine) as session:
            if session.exec(select(Delivery.id).where(Delivery.message_id == letter.message_id)).first() is None:
                delivery = delivery_of(letter, subscriber_id, now)
                delivery.next_attempt_at = leaves_at or now
                session.add(delivery)
                session.commit()

    def claim(
        self,
        holder: Holder,
        now: datetime,
        most: int = 1,
        kinds: Sequence[DeliveryKind] = MAILS,
        tired: Collection[int] = (),
        crowded: Collection[str] = (),
    ) -> list[int]:
        """Take up to so many of these kinds that are due; no two at work take the same one.

        None for a tired channel, or to an address in one of the crowded domains. What was never tried is due whatever
        the clock said when it was queued.
        """
        with Session(self.engine) as session:
            query = (
                select(Delivery.id)
                .where(*_due(now, kinds))
                .where(or_(col(Delivery.channel_id).is_(None), col(Delivery.channel_id).not_in(tired)))
                .where(*(~col(Delivery.recipient).iendswith(f"@{domain}", autoescape=True) for domain in crowded))
                .order_by(col(Delivery.queued_at), col(Delivery.id))
                .limit(most)
                .with_for_update(skip_locked=True)
            )
            taken = [delivery_id for delivery_id in session.exec(query) if delivery_id]
            if not taken or not holder.holds(session):
                return []
            session.exec(
                update(Delivery)
                .where(col(Delivery.id).in_(taken))
                .values(state="sending", lease=holder.id, next_attempt_at=now, attempts=Delivery.attempts + 1)
            )
            session.commit()
        holder.claimed(taken)
        return taken

    def due(self, now: datetime, kinds: Sequence[DeliveryKind], at_most: int) -> int:
        """How many of these kinds could be claimed now; counting stops at `at_most`."""
        with Session(self._reading) as session:
            those = select(Delivery.id).where(*_due(now, kinds)).limit(at_most).subquery()
            return session.exec(select(func.count()).select_from(those)).one()

    def claimed(self, holder: Holder, delivery_ids: Sequence[int]) -> list[Delivery]:
        """Of deliveries that were claimed those that are the holder's still: who leaves takes what waits along."""
        with Session(self._reading) as session:
            found = session.exec(select(Delivery).where(col(Delivery.id).in_(delivery_ids))).all()
        known = {delivery.id: delivery for delivery in found if _is_sent_by(delivery, holder.id)}
        return [known[delivery_id] for delivery_id in delivery_ids if delivery_id in known]

    def record_sent(self, delivery_ids: Sequence[int], now: datetime, held: Connection | None = None) -> None:
        """The mail server took them; `held`: a connection of whoever records again and again.

        The disk is not waited for, as it would take longer than the mails: who is killed forgets nothing, but when the
        power fails, those of the last moments are sent once more, as the same mails.
        """
        with nullcontext(held) if held else self.engine.connect() as connection, connection.begin():
            do_not_wait_for_disk(connection)
            refused_before = connection.execute(_sent(), {"taken": delivery_ids, "now": now}).scalars().all()
            forget_refusals(connection, [reader for reader in refused_before if reader], now)

    def record_unsent(
        self,
        sending: Delivery,
        error: Why,
        retry_at: datetime | None,
        in_doubt: bool = False,
        nobody_since: datetime | None = None,
        unreached_since: datetime | None = None,
        unwelcome: bool = False,
    ) -> bool:
        """It was not taken: try again then, or never (None); then what a digest carried is to be told by the next.

        `in_doubt`: it may have been taken. `nobody_since`: now, when nobody has the address; `unreached_since`: now,
        when its box is full or takes no such mail; returns whether nothing more goes there because of that.
        `unwelcome`: refused for what it holds.
        """
        with Session(self.engine) as session:
            delivery = _still(session, sending)
            if delivery is None:
                return False
            delivery.error, delivery.error_args = error.columns
            delivery.in_doubt |= in_doubt
            delivery.state, delivery.lease = "failed" if retry_at is None else "queued", ""
            delivery.next_attempt_at = retry_at or delivery.next_attempt_at
            if retry_at is None:
                return_stories(session, delivery, unwelcome)
            ended = False
            if nobody_since and delivery.kind == "digest":
                ended = note_refusal(session, delivery.subscriber_id, error, nobody_since)
            if unreached_since and delivery.kind == "digest":
                ended = note_return(session, delivery.subscriber_id, error, unreached_since)
            session.commit()
            return ended

    def record_held(self, sending: Delivery, reason: Why, until: datetime) -> None:
        """It may not leave before then; that is no attempt."""
        with Session(self.engine) as session:
            delivery = _still(session, sending)
            if delivery:
                delivery.state, delivery.lease, delivery.next_attempt_at = "queued", "", until
                delivery.error, delivery.error_args = reason.columns
                delivery.attempts -= 1
                session.commit()

    def give_back(self, holder: Holder) -> None:
        """The work is over. What was claimed and not begun was never tried; what was begun and is open is in doubt."""
        if not holder.has_claimed:
            return
        with Session(self.engine) as session:
            own = (col(Delivery.state) == "sending", col(Delivery.lease) == holder.id)
            untried = update(Delivery).where(*own, col(Delivery.id).in_(holder.waiting))
            # As it was before, so that it is due at once whatever the clock says.
            planned = case((col(Delivery.attempts) == 1, Delivery.queued_at), else_=Delivery.next_attempt_at)
            back = {"state": "queued", "lease": "", "attempts": Delivery.attempts - 1, "next_attempt_at": planned}
            session.exec(untried.values(**back))
            session.exec(update(Delivery).where(*own).values(state="queued", lease="", in_doubt=True))
            end_lease(session, holder.id)
            session.commit()

    def reclaim(self, now: datetime) -> int:
        """What those left in the middle who are gone is to be sent again, as the same mail; returns how many.

        Who is at work keeps what they claimed, however long a server takes to answer.
        """
        orphan = (col(Delivery.state) == "sending") & ~exists().where(col(Lease.id) == Delivery.lease)
        with Session(self._reading) as session:
            over = self.leases.over(session)
            if not over and session.exec(select(Delivery.id).where(orphan).limit(1)).first() is None:
                return 0
        with Session(self.engine) as session:
            for lease, beats in over.items():
                end_lease(session, lease, beats)
            again = {"state": "queued", "lease": "", "next_attempt_at": now, "in_doubt": True}
            result = session.exec(update(Delivery).where(orphan).values(**again))
            session.commit()
            return int(result.rowcount)

    def take_back(self, subscriber_id: int, cadence: str = "daily") -> int:
        """Before the next digest of this cadence is made: take back those whose mail could not leave so far.

        What they carried is then to be told by the next. Not one that may have been taken, or is being sent; an empty
        one also when nobody tried to send it. Returns how many.
        """
        late = or_(col(Delivery.error) != "", col(DigestRecord.stories) == 0)
        which = (Delivery.subscriber_id == subscriber_id, DigestRecord.cadence == cadence, late)
        return self._replace(*which)

    def drop_old_empty_digests(self, now: datetime) -> int:
        """After days without a server, or off: mails that nothing was found are not sent days later."""
        at = col(Delivery.queued_at)
        by_mail = (col(Subscription.channel_id).is_(None), col(Subscription.story_id).is_(None), WANTED)
        mine = (Subscription.subscriber_id == Delivery.subscriber_id, Subscription.cadence == "daily")
        each_day = select(Subscription.id).where(*mine, *by_mail).exists()
        old = or_(at < now - EMPTY_KEPT_BY_THE_WEEK, (at < now - EMPTY_KEPT) & each_day)
        return self._replace(col(DigestRecord.stories) == 0, old)

    def _replace(self, *which: Any) -> int:
        waiting = (Delivery.state == "queued", Delivery.kind == "digest", col(Delivery.in_doubt).is_(False))
        with Session(self.engine) as session:
            query = select(Delivery).join(DigestRecord, col(DigestRecord.id) == Delivery.digest_id)
            found = session.exec(query.where(*waiting, *which).with_for_update(of=Delivery, skip_locked=True)).all()
            for delivery in found:
                delivery.state = "replaced"
                delivery.error, delivery.error_args = because("replaced", last=_last(delivery) or None).columns
                return_stories(session, delivery)
            session.commit()
            return len(found)

    def latest_digest(self) -> Delivery | None:
        """The newest digest mail, as long as its text is kept."""
        with Session(self._reading) as session:
            query = (
                select(Delivery)
                .where(Delivery.kind == "digest")
                .order_by(col(Delivery.queued_at).desc(), col(Delivery.id).desc())
                .limit(1)
            )
            newest = session.exec(query).first()
        return newest if newest and newest.message else None

    def newest(self, state: DeliveryState, limit: int) -> list[Delivery]:
        """The newest in a state, without their texts' being told."""
        with Session(self._reading) as session:
            query = select(Delivery).where(Delivery.state == state).options(lazyload(Delivery.payload))  # type: ignore[arg-type]
            return list(session.exec(query.order_by(col(Delivery.queued_at).desc(), col(Delivery.id)).limit(limit)))

    def last_queued(self, kind: DeliveryKind) -> datetime:
        """When the newest of this kind was queued."""
        with Session(self._reading) as session:
            return session.exec(select(func.max(Delivery.queued_at)).where(Delivery.kind == kind)).one() or NEVER

    def queued_since(self, kind: DeliveryKind, subscriber_id: int, since: datetime) -> int:
        """How many of a kind were queued for somebody since then."""
        mine = (Delivery.subscriber_id == subscriber_id, Delivery.kind == kind, Delivery.queued_at >= since)
        with Session(self._reading) as session:
            return session.exec(select(func.count()).select_from(Delivery).where(*mine)).one()

    def delivery_counts(self, at_most: int | None = None) -> dict[str, int]:
        """How many mails are in each state; counting stops at `at_most`, as every mail ever sent is among them."""
        counts = {}
        with Session(self._reading) as session:
            for state in get_args(DeliveryState):
                those = select(Delivery.id).where(Delivery.state == state).limit(at_most).subquery()
                counts[state] = session.exec(select(func.count()).select_from(those)).one()
        return {state: count for state, count in counts.items() if count}

    def forget_texts(self, queued_before: datetime) -> None:
        """Erase the mails that were queued before then and are sent or given up; that they were sent stays known."""
        with Session(self.engine) as session:
            over = col(Delivery.state).in_(("sent", "failed", "replaced", "returned"))
            done = select(Delivery.id).where(over, col(Delivery.queued_at) < queued_before)
            session.exec(delete(Payload).where(col(Payload.delivery_id).in_(done)))
            session.commit()


def _due(now: datetime, kinds: Sequence[DeliveryKind]) -> tuple[ColumnElement[bool], ...]:
    planned = col(Delivery.next_attempt_at)
    untried = (col(Delivery.attempts) == 0) & (planned == Delivery.queued_at)
    come = or_(is_due(planned, now, LONGEST_WAIT), untried)
    return col(Delivery.state) == "queued", come, col(Delivery.kind).in_(kinds)


@cache
def _sent() -> ReturningUpdate[Any]:
    """Put together once, as this costs more than to run it. Who leaves meanwhile takes theirs along."""
    taken = col(Delivery.id).in_(bindparam("taken", expanding=True))
    sent = update(Delivery).where(taken, col(Delivery.state) != "returned")
    sent = sent.values(state="sent", sent_at=bindparam("now"), error="", error_args={}, lease="")
    return sent.returning(refused_reader())


def _is_sent_by(delivery: Delivery, lease: str) -> bool:
    return delivery.state == "sending" and delivery.lease == lease


def _still(session: Session, sending: Delivery) -> Delivery | None:
    """What somebody is sending, to be written to; None when it is theirs no more, or gone."""
    delivery = session.get(Delivery, sending.id, with_for_update=True)
    return delivery if delivery and _is_sent_by(delivery, sending.lease) else None


def return_stories(session: Session, delivery: Delivery, unwelcome: bool = False) -> None:
    """What a digest carried is to be told by another."""
    if delivery.kind == "digest" and delivery.digest_id and delivery.subscriber_id:
        put_back(session, delivery.digest_id, delivery.subscriber_id, unwelcome)


def _last(delivery: Delivery) -> Why:
    return Why(delivery.error, delivery.error_args)
