"""Double opt-in: the owner of an address says yes to each search that somebody else asked for.

A question is about one search. Its link knows the newest generation of it, and holds once.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Engine, delete, func
from sqlmodel import Session, col, select

from alerts.people.searches import note_searches
from alerts.people.subscriber import NEVER, WANTED, Delivery, Muted, Subscriber, Subscription
from crawler.database import reading
from crawler.model import IcewireError

ASKED_EACH = timedelta(days=1)  # an address gets one question in that time, whoever asks for it

Outcome = Literal["yes", "already", "asked again", "left"]


@dataclass(frozen=True, slots=True)
class Consent:
    """What came of a link that says yes, whose it is, and to which search."""

    outcome: Outcome
    subscriber: Subscriber
    subscription: Subscription


class Consents:
    """The questions that wait for a yes; each method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = reading(engine)

    def read(self, subscription_id: int, generation: str) -> Consent | None:
        """What a yes would do now; None when there is no such search any more."""
        with Session(self._reading, expire_on_commit=False) as session:
            return _read(session, subscription_id, generation)

    def say_yes(self, subscription_id: int, generation: str, now: datetime) -> Consent | None:
        """The owner wants this search, and mail if they got none; None when there is no such search any more."""
        with Session(self._engine, expire_on_commit=False) as session:
            answer = _read(session, subscription_id, generation)
            if answer and answer.outcome == "yes":
                if answer.subscriber.state == "pending" or not gets_mail(session, answer.subscriber):
                    answer.subscriber.served_until = now  # what was due before is not late
                if answer.subscriber.state == "pending":
                    answer.subscriber.state, answer.subscriber.confirmed_at = "active", now
                answer.subscription.asked_at = None
                if answer.subscription.story_id is not None:  # whoever wants to follow it wants to hear of it again
                    subscriber_id, story_id = answer.subscriber.id, answer.subscription.story_id
                    same = (col(Muted.subscriber_id) == subscriber_id, col(Muted.story_id) == story_id)
                    session.exec(delete(Muted).where(*same))
                session.commit()
            return answer


def _read(session: Session, subscription_id: int, generation: str) -> Consent | None:
    subscription = session.get(Subscription, subscription_id)
    if subscription is None:
        return None
    subscriber = session.get_one(Subscriber, subscription.subscriber_id)
    return Consent(_outcome(subscriber, subscription, generation), subscriber, subscription)


def _outcome(subscriber: Subscriber, subscription: Subscription, generation: str) -> Outcome:
    if subscriber.state == "left":
        return "left"
    if not generation or subscription.generation != generation:
        return "asked again"
    return "already" if subscription.asked_at is None else "yes"


def ask(session: Session, subscriber: Subscriber, subscription: Subscription, now: datetime) -> None:
    """Have a search wait for a yes, in the transaction that adds it; `asked_at` says when the question may leave.

    Who was asked the same within a day is not asked again. Raises IcewireError when another question waits already.
    """
    asked = subscription.asked_at
    if asked and abs(asked - now) < ASKED_EACH and subscription.generation:
        return
    kind = (Delivery.subscriber_id == subscriber.id, Delivery.kind == "confirm")
    last = session.exec(select(func.max(Delivery.next_attempt_at)).where(*kind)).one() or NEVER
    if now < last <= now + ASKED_EACH:
        raise IcewireError(
            f"{subscriber.email} will be asked about another search {last:%Y-%m-%d at %H:%M} UTC: an address gets one "
            "such mail a day. Ask again then, or when they have told you that they want it, use --confirmed."
        )
    subscription.asked_at = max(now, last + ASKED_EACH) if last <= now else now
    subscription.generation = secrets.token_urlsafe(9)


def gets_mail(session: Session, subscriber: Subscriber) -> bool:
    """Whether a search of theirs comes by mail already."""
    mine = (Subscription.subscriber_id == subscriber.id, col(Subscription.channel_id).is_(None), WANTED)
    return subscriber.id is not None and session.exec(select(Subscription.id).where(*mine)).first() is not None


def forget_unanswered(session: Session, asked_before: datetime) -> None:
    """Drop the searches of people with others, to which they did not say yes in time."""
    unanswered = col(Subscription.asked_at) <= asked_before
    note_searches(session, session.exec(select(Subscription.id).where(unanswered)).all())
    session.exec(delete(Subscription).where(unanswered))
