"""Addresses that nobody has: after how many refusals nothing more goes there."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from alerts.people.searches import note_searches_of
from alerts.people.subscriber import Subscriber
from crawler.model import Why

# A mail server that is being moved denies its own users, mostly for hours. Three digests in a row over two days are
# no such thing, and few enough that no server takes us for one who mails to lists that were bought.
MOST_REFUSALS = 3
REFUSED_FOR = timedelta(days=2) - timedelta(hours=1)  # two nights between digests, of which one may be short


def is_gone(refusals: int, since: datetime, now: datetime) -> bool:
    """Whether an address is to be left alone that was refused so often in a row, for the first time then."""
    return refusals >= MOST_REFUSALS and now - since >= REFUSED_FOR


def note_taken(session: Session, subscriber_id: int | None) -> None:
    """The address is there: the refusals before do not count."""
    known = update(Subscriber).where(col(Subscriber.id) == subscriber_id, col(Subscriber.refusals) > 0)
    session.exec(known.values(refusals=0, refused_since=None))


def note_refusal(session: Session, subscriber_id: int | None, why: Why, now: datetime) -> bool:
    """A digest was refused because nobody has the address; whether nothing more goes there because of that."""
    subscriber = session.get(Subscriber, subscriber_id) if subscriber_id else None
    if subscriber is None or subscriber.state != "active":
        return False
    subscriber.refusals += 1
    subscriber.refused_since = subscriber.refused_since or now
    if not is_gone(subscriber.refusals, subscriber.refused_since, now):
        return False
    subscriber.state, subscriber.bounced_at = "bounced", now
    subscriber.bounced_because, subscriber.bounced_because_args = why.columns
    note_searches_of(session, col(Subscriber.id) == subscriber.id)
    return True


def begin_anew(subscriber: Subscriber) -> None:
    """What was refused before says nothing any more."""
    subscriber.refusals, subscriber.refused_since, subscriber.bounced_at = 0, None, None
    subscriber.bounced_because, subscriber.bounced_because_args = "", {}
