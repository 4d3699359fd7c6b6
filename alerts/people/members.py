"""Every query on subscribers and their subscriptions; each method is one transaction."""

from datetime import datetime

from sqlalchemy import Engine, delete, update
from sqlmodel import Session, col, select

from alerts.people.subscriber import Delivery, Subscriber, Subscription
from crawler.database import reading
from crawler.model import IcewireError


class Membership:
    """Who wants what: joining, confirming, leaving, being forgotten."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = reading(engine)

    def subscribe(
        self, email: str, query: str, now: datetime, timezone: str, digest_at: str, active: bool
    ) -> tuple[Subscriber, Subscription]:
        """Add a search for an address; hour and zone are for a new one.

        An address that left may come back; it begins anew, without its old searches. One that has not confirmed yet
        may ask for the same search again. Raises IcewireError when the address has this search already.
        """
        address = email.strip().lower()
        with Session(self.engine, expire_on_commit=False) as session:
            subscriber = session.exec(select(Subscriber).where(Subscriber.email == address)).first()
            if subscriber is None:
                subscriber = Subscriber(email=address, timezone=timezone, digest_at=digest_at, created_at=now)
            elif subscriber.state in ("left", "bounced"):
                session.exec(delete(Subscription).where(col(Subscription.subscriber_id) == subscriber.id))
                subscriber.timezone, subscriber.digest_at = timezone, digest_at
                subscriber.state, subscriber.left_at, subscriber.confirmed_at = "pending", None, None
            if subscriber.state == "pending":
                subscriber.created_at = now  # the time to confirm begins with the last question
            session.add(subscriber)
            session.flush()
            assert subscriber.id is not None
            same = (Subscription.subscriber_id == subscriber.id, Subscription.query == query)
            subscription = session.exec(select(Subscription).where(*same)).first()
            if subscription and subscriber.state == "active":
                raise IcewireError(f"{address} already has the search “{query or 'every story'}”")
            subscription = subscription or Subscription(subscriber_id=subscriber.id, query=query, created_at=now)
            if active and subscriber.state == "pending":
                subscriber.state, subscriber.confirmed_at = "active", now
            session.add(subscription)
            session.commit()
            return subscriber, subscription

    def change_hour(self, subscriber_id: int, digest_at: str | None, timezone: str | None) -> Subscriber:
        """Another hour or zone for somebody's digest; None leaves it."""
        with Session(self.engine, expire_on_commit=False) as session:
            subscriber = session.get_one(Subscriber, subscriber_id)
            subscriber.digest_at = digest_at or subscriber.digest_at
            subscriber.timezone = timezone or subscriber.timezone
            session.commit()
            return subscriber

    def remove_search(self, subscription_id: int) -> None:
        """End one search; its matches go with it."""
        with Session(self.engine) as session:
            session.exec(delete(Subscription).where(col(Subscription.id) == subscription_id))
            session.commit()

    def confirm(self, subscriber_id: int, now: datetime) -> Subscriber | None:
        """The address said yes (double opt-in)."""
        with Session(self.engine, expire_on_commit=False) as session:
            subscriber = session.get(Subscriber, subscriber_id)
            if subscriber and subscriber.state == "pending":
                subscriber.state, subscriber.confirmed_at = "active", now
                session.commit()
            return subscriber

    def leave(self, subscriber_id: int, now: datetime) -> Subscriber | None:
        """The address wants no more: nothing is sent from now on, and `forget` erases it."""
        with Session(self.engine, expire_on_commit=False) as session:
            subscriber = session.get(Subscriber, subscriber_id)
            if subscriber and subscriber.state != "left":
                subscriber.state, subscriber.left_at = "left", now
                waiting = col(Delivery.state).in_(("queued", "sending"))
                session.exec(delete(Delivery).where(col(Delivery.subscriber_id) == subscriber_id, waiting))
                session.commit()
            return subscriber

    def forget(self, left_before: datetime, sent_before: datetime) -> None:
        """Erase who left, or was asked and never confirmed, before then, with all they had; and old mails' text."""
        with Session(self.engine) as session:
            session.exec(
                delete(Subscriber).where(col(Subscriber.state) == "left", col(Subscriber.left_at) <= left_before)
            )
            never_confirmed = (col(Subscriber.state) == "pending") & (col(Subscriber.created_at) <= left_before)
            session.exec(delete(Subscriber).where(never_confirmed))
            done = col(Delivery.state).in_(("sent", "failed")) & (col(Delivery.queued_at) < sent_before)
            session.exec(update(Delivery).where(done, col(Delivery.message) != b"").values(message=b""))
            session.commit()

    def subscribers(self) -> list[tuple[Subscriber, list[Subscription]]]:
        """Everybody who has not left, with their searches."""
        with Session(self._reading) as session:
            people = session.exec(select(Subscriber).where(Subscriber.state != "left").order_by(Subscriber.email)).all()
            searches = session.exec(select(Subscription).order_by(col(Subscription.id))).all()
        return [(p, [s for s in searches if s.subscriber_id == p.id]) for p in people]

    def live_subscriptions(self) -> list[Subscription]:
        """The searches of everybody who has not left; pending ones too, so that a first digest is not empty."""
        with Session(self._reading) as session:
            query = (
                select(Subscription)
                .join(Subscriber, col(Subscriber.id) == Subscription.subscriber_id)
                .where(col(Subscriber.state).in_(("active", "pending")))
                .order_by(col(Subscription.id))
            )
            return list(session.exec(query))
