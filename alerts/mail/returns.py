"""Every query on mails that came back; each function is one transaction."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from alerts.mail.deliveries import MAILS, return_stories
from alerts.mail.stops import Stops, domain_of, stopped
from alerts.people import Delivery, note_complaint, note_refusal, note_return
from crawler.database import reading
from crawler.model import Why

# What follows of a mail that came back: nobody has the address; it did not arrive for now; it was refused for what it
# holds; because of us; or its reader calls it spam.
Effect = Literal["nobody", "unreached", "unwelcome", "us", "complaint"]

STOPPED_FOR = timedelta(days=3)  # or until the operator says that it is mended


def find_sent(
    engine: Engine, message_ids: Sequence[str], since: datetime, recipients: Sequence[str] | None = None
) -> Delivery | None:
    """The mail of ours that has one of these Message-IDs, not older than that, and goes to one of these addresses.

    Without addresses to whomever it went: who asks knows it by a token that only we can make.
    """
    with Session(reading(engine)) as session:
        known = (col(Delivery.message_id).in_(message_ids), col(Delivery.kind).in_(MAILS))
        found = session.exec(select(Delivery).where(*known, Delivery.queued_at >= since)).all()
    return next((one for one in found if recipients is None or one.recipient.lower() in recipients), None)


def record_returned(engine: Engine, delivery_id: int, effect: Effect, why: Why, now: datetime) -> bool:
    """A mail came back: what it carried is to be told anew, and its reader is left alone when that is due.

    False when that is known already: whatever is told twice counts once.
    """
    with Session(engine) as session:
        query = select(Delivery).where(Delivery.id == delivery_id).with_for_update()
        delivery = session.exec(query).first()
        if delivery is None:
            return False
        if effect == "complaint":
            news = note_complaint(session, delivery.subscriber_id, now)
        elif news := delivery.state in ("queued", "sending", "sent"):  # queued: taken, and cut off before we knew
            delivery.state, delivery.lease, delivery.next_attempt_at = "returned", "", now
            delivery.error, delivery.error_args = why.columns
            return_stories(session, delivery, effect == "unwelcome")
            if delivery.kind == "digest" and effect != "us":
                note = note_refusal if effect == "nobody" else note_return
                note(session, delivery.subscriber_id, why, now)
        session.commit()
        return news


def stops_of(engine: Engine, now: datetime) -> Stops:
    """To whom nothing is sent now. Costs one look into an index while nobody refuses us."""
    since = now - STOPPED_FOR
    with Session(reading(engine)) as session:
        refused = _refused(session, since)
        if not refused:
            return Stops()
        queued = (col(Delivery.kind).in_(MAILS), Delivery.queued_at > since - STOPPED_FOR)
        sent = select(Delivery.recipient).where(*queued, col(Delivery.sent_at) > since)
        return stopped(refused, Counter(domain_of(recipient) for recipient in session.exec(sent)))


def sender_refusals(engine: Engine, since: datetime) -> list[tuple[str, int, Why]]:
    """The domains that sent mail back after then because of us: how many, and why the last."""
    with Session(reading(engine)) as session:
        return [(domain, count, why) for domain, (count, why) in sorted(_refused(session, since).items())]


def forgive(engine: Engine) -> int:
    """The operator has mended it: what came back because of us stops nothing any more; returns how many mails."""
    with Session(engine) as session:
        ours = (col(Delivery.state) == "returned", col(Delivery.error) == "sender_refused")
        result = session.exec(update(Delivery).where(*ours).values(state="failed"))
        session.commit()
        return int(result.rowcount)


def _refused(session: Session, since: datetime) -> dict[str, tuple[int, Why]]:
    """By domain, how many mails came back after then because of us, and why the last."""
    found: dict[str, tuple[int, Why]] = {}
    ours = (Delivery.state == "returned", Delivery.next_attempt_at > since, Delivery.error == "sender_refused")
    query = select(Delivery.recipient, Delivery.error, Delivery.error_args).where(*ours)
    for recipient, code, args in session.exec(query.order_by(col(Delivery.next_attempt_at))):
        count, _ = found.get(domain_of(recipient), (0, Why()))
        found[domain_of(recipient)] = (count + 1, Why(code, args))
    return found
