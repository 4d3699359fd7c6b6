"""Addresses that no mail reaches: after how many refusals nothing more goes there; and who calls our mail spam."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, ScalarSelect, delete, or_, update
from sqlmodel import Session, col, select

from alerts.people.searches import note_searches_of
from alerts.people.subscriber import Delivery, Subscriber
from alerts.people.told import put_back
from crawler.model import Why, because

# A mail server that is being moved denies its own users, mostly for hours. Three digests in a row over two days are
# no such thing, and few enough that no server takes us for one who mails to lists that were bought.
MOST_REFUSALS = 3
REFUSED_FOR = timedelta(days=2) - timedelta(hours=1)  # two nights between digests, of which one may be short

# A full box is emptied after a holiday, a server comes back after its move. What took nothing for three weeks is read
# by nobody; whoever mails on counts as a sender who does not look after their list.
LEAST_RETURNS = 3
UNREACHED_FOR = timedelta(weeks=3) - timedelta(hours=1)

_SURE_AFTER = timedelta(hours=1)  # what a relay took and returned was back by then


def is_gone(refusals: int, since: datetime, now: datetime) -> bool:
    """Whether an address is to be left alone that was refused so often in a row, for the first time then."""
    return refusals >= MOST_REFUSALS and now - since >= REFUSED_FOR


def is_unread(returns: int, since: datetime, now: datetime) -> bool:
    """The same for one whose box was full, or that could not be reached."""
    return returns >= LEAST_RETURNS and now - since >= UNREACHED_FOR


def refused_reader() -> ScalarSelect[Any]:
    """Of a delivery that is a digest its reader, where mails to them were refused before."""
    refused = or_(col(Subscriber.refusals) > 0, col(Subscriber.returns) > 0)
    theirs = (Subscriber.id == Delivery.subscriber_id, Delivery.kind == "digest", Subscriber.state == "active")
    return select(Subscriber.id).where(*theirs, refused).correlate(Delivery).scalar_subquery()


def forget_refusals(connection: Connection, subscriber_ids: Iterable[int], now: datetime) -> None:
    """A server took a digest for each of these: the refusals before do not count.

    A relay takes everything and returns it later: they go on counting while the mail before this one came back.
    """
    for subscriber_id in subscriber_ids:
        _forget_refusals(connection, subscriber_id, now)


def _forget_refusals(connection: Connection, subscriber_id: int, now: datetime) -> None:
    theirs = (Delivery.subscriber_id == subscriber_id, Delivery.kind == "digest")
    before = select(Delivery.state).where(*theirs, col(Delivery.sent_at) < now - _SURE_AFTER)
    last = before.order_by(col(Delivery.sent_at).desc()).limit(1).scalar_subquery()
    clean = update(Subscriber).where(col(Subscriber.id) == subscriber_id, or_(last.is_(None), last != "returned"))
    clean = clean.values(refusals=0, refused_since=None, returns=0, returned_since=None)
    connection.execute(clean.values(bounced_because="", bounced_because_args={}))


def note_refusal(session: Session, subscriber_id: int | None, why: Why, now: datetime) -> bool:
    """A digest was refused because nobody has the address; whether nothing more goes there because of that."""
    subscriber = _active(session, subscriber_id)
    if subscriber is None:
        return False
    subscriber.refusals += 1
    subscriber.refused_since = subscriber.refused_since or now
    return _noted(session, subscriber, why, now, is_gone(subscriber.refusals, subscriber.refused_since, now))


def note_return(session: Session, subscriber_id: int | None, why: Why, now: datetime) -> bool:
    """A digest did not arrive for now: the box is full, or not to be reached. Whether nothing more goes there."""
    subscriber = _active(session, subscriber_id)
    if subscriber is None:
        return False
    subscriber.returns += 1
    subscriber.returned_since = subscriber.returned_since or now
    return _noted(session, subscriber, why, now, is_unread(subscriber.returns, subscriber.returned_since, now))


def note_complaint(session: Session, subscriber_id: int | None, now: datetime) -> bool:
    """Somebody calls our mail spam: they leave. Whether that is news."""
    subscriber = session.get(Subscriber, subscriber_id) if subscriber_id else None
    if subscriber is None or subscriber.state == "left":
        return False
    let_go(session, subscriber, now)
    subscriber.bounced_because, subscriber.bounced_because_args = because("called_spam").columns
    return True


def let_go(session: Session, subscriber: Subscriber, now: datetime) -> None:
    """Nothing is sent to a subscriber from now on, and `Members.forget` erases them."""
    subscriber.state, subscriber.left_at = "left", now
    waiting = col(Delivery.state).in_(("queued", "sending"))
    session.exec(delete(Delivery).where(col(Delivery.subscriber_id) == subscriber.id, waiting))
    note_searches_of(session, col(Subscriber.id) == subscriber.id)


def begin_anew(subscriber: Subscriber) -> None:
    """What was refused before says nothing any more."""
    subscriber.refusals, subscriber.refused_since, subscriber.bounced_at = 0, None, None
    subscriber.returns, subscriber.returned_since = 0, None
    subscriber.bounced_because, subscriber.bounced_because_args = "", {}


def _active(session: Session, subscriber_id: int | None) -> Subscriber | None:
    subscriber = session.get(Subscriber, subscriber_id) if subscriber_id else None
    return subscriber if subscriber and subscriber.state == "active" else None


def _noted(session: Session, subscriber: Subscriber, why: Why, now: datetime, ended: bool) -> bool:
    subscriber.bounced_because, subscriber.bounced_because_args = why.columns
    if ended:
        subscriber.state, subscriber.bounced_at = "bounced", now
        _stop_waiting(session, subscriber, why)
        note_searches_of(session, col(Subscriber.id) == subscriber.id)
    return ended


def _stop_waiting(session: Session, subscriber: Subscriber, why: Why) -> None:
    """What waits to go there stays here; what it carried is to be told when the address is back."""
    waiting = (Delivery.subscriber_id == subscriber.id, Delivery.state == "queued", Delivery.kind == "digest")
    for delivery in session.exec(select(Delivery).where(*waiting)).all():
        delivery.state = "failed"
        delivery.error, delivery.error_args = why.columns
        if delivery.digest_id and subscriber.id:
            put_back(session, delivery.digest_id, subscriber.id)
