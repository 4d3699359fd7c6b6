"""Every query on subscribers, subscriptions, matches, digests and deliveries; each method is one transaction."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, delete, func, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from alerts.subscriber import Delivery, DeliveryKind, DigestRecord, Match, Matching, Subscriber, Subscription
from crawler.database import reading
from crawler.errors import IcewireError
from crawler.story import Story

ABANDONED_AFTER = timedelta(minutes=10)  # a delivery "sending" for longer was cut off by a crash


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that is ready to be queued."""

    kind: DeliveryKind
    recipient: str
    message_id: str
    message: bytes


class Register:
    """Who wants what, what they were told, and what is still to be told."""

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

    def unmatched(self, limit: int = 200) -> list[Story]:
        """Stories that are new, or changed since they met the subscriptions; oldest first."""
        with Session(self._reading) as session:
            query = (
                select(Story)
                .join(Matching, col(Matching.story_id) == Story.id, isouter=True)
                .where(or_(col(Matching.version).is_(None), col(Matching.version) < Story.version))
                .order_by(col(Story.id))
                .limit(limit)
            )
            return list(session.exec(query))

    def record_matches(self, story: Story, matches: Sequence[Match]) -> int:
        """Store a story's matches and that it was matched at this version; returns how many are new."""
        assert story.id is not None
        with Session(self.engine) as session:
            known = set(session.exec(select(Match.subscription_id).where(Match.story_id == story.id)))
            fresh = [m for m in matches if m.subscription_id not in known]
            session.add_all(fresh)
            session.merge(Matching(story_id=story.id, version=story.version))
            try:
                session.commit()
            except IntegrityError:  # another process matched it at the same moment
                return 0
            return len(fresh)

    def add_matches(self, matches: Sequence[Match]) -> None:
        """Store the matches of a new search with stories that had met the others already."""
        with Session(self.engine) as session:
            for match in matches:
                # The daemon may store the same match at the same moment: then it is known, and so are the others.
                with contextlib.suppress(IntegrityError), session.begin_nested():
                    session.add(match)
            session.commit()

    def made_dates(self, subscriber_id: int, since: date) -> set[date]:
        """The local dates whose digest was made."""
        with Session(self._reading) as session:
            query = select(col(DigestRecord.local_date)).where(
                DigestRecord.subscriber_id == subscriber_id, DigestRecord.local_date >= since
            )
            return set(session.exec(query))

    def pending_matches(self, subscriber_id: int, until: datetime) -> list[tuple[Match, Subscription]]:
        """Matches found by then whose story no digest has told this subscriber, in the order of the searches."""
        told = (
            select(Match.story_id)
            .join(Subscription, col(Subscription.id) == Match.subscription_id)
            .where(Subscription.subscriber_id == subscriber_id, col(Match.digest_id).is_not(None))
        )
        with Session(self._reading) as session:
            query = (
                select(Match, Subscription)
                .join(Subscription, col(Subscription.id) == Match.subscription_id)
                .where(
                    Subscription.subscriber_id == subscriber_id,
                    col(Match.digest_id).is_(None),
                    col(Match.story_id).not_in(told),
                    Match.matched_at <= until,
                )
                .order_by(col(Subscription.id), col(Match.matched_at).desc(), col(Match.id))
            )
            return list(session.exec(query))

    def record_digest(self, record: DigestRecord, match_ids: Sequence[int], letter: Letter) -> bool:
        """Record a digest, the matches it carries and its mail in one transaction; False when it was made already."""
        with Session(self.engine) as session:
            session.add(record)
            try:
                session.flush()
            except IntegrityError:
                return False
            session.exec(update(Match).where(col(Match.id).in_(match_ids)).values(digest_id=record.id))
            session.add(_delivery(letter, record.subscriber_id, record.made_at, record.id))
            session.commit()
            return True

    def queue(self, letter: Letter, subscriber_id: int, now: datetime) -> None:
        """Queue a mail that is not a digest."""
        with Session(self.engine) as session:
            session.add(_delivery(letter, subscriber_id, now))
            session.commit()

    def claim_delivery(self, now: datetime, skip: Sequence[int] = ()) -> Delivery | None:
        """Take the next mail to send; two workers never take the same one."""
        due = or_(
            (col(Delivery.state) == "queued") & (col(Delivery.next_attempt_at) <= now),
            (col(Delivery.state) == "sending") & (col(Delivery.next_attempt_at) <= now - ABANDONED_AFTER),
        )
        with Session(self.engine, expire_on_commit=False) as session:
            query = (
                select(Delivery)
                .where(due, col(Delivery.id).not_in(skip))
                .order_by(col(Delivery.queued_at), col(Delivery.id))
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            delivery = session.exec(query).first()
            if delivery:
                delivery.state, delivery.next_attempt_at = "sending", now
                delivery.attempts += 1
                session.commit()
            return delivery

    def record_sent(self, delivery_id: int, now: datetime) -> None:
        """The mail server took it."""
        with Session(self.engine) as session:
            delivery = session.get(Delivery, delivery_id)
            if delivery:  # who leaves meanwhile takes it along
                delivery.state, delivery.sent_at, delivery.error = "sent", now, ""
                session.commit()

    def record_unsent(self, delivery_id: int, error: str, retry_at: datetime | None) -> None:
        """It was not taken: try again then, or never (None)."""
        with Session(self.engine) as session:
            delivery = session.get(Delivery, delivery_id)
            if delivery:
                delivery.error = error
                delivery.state = "failed" if retry_at is None else "queued"
                delivery.next_attempt_at = retry_at or delivery.next_attempt_at
                session.commit()

    def record_held(self, delivery_id: int, reason: str, until: datetime) -> None:
        """It may not leave before then; that is no attempt."""
        with Session(self.engine) as session:
            delivery = session.get(Delivery, delivery_id)
            if delivery:
                delivery.state, delivery.error, delivery.next_attempt_at = "queued", reason, until
                delivery.attempts -= 1
                session.commit()

    def reclaim_deliveries(self, now: datetime) -> int:
        """At start, with no other sender running: what a crash left in the middle is to be sent again."""
        with Session(self.engine) as session:
            cut_off = update(Delivery).where(col(Delivery.state) == "sending")
            result = session.exec(cut_off.values(state="queued", next_attempt_at=now))
            session.commit()
            return int(result.rowcount)

    def latest_digest(self) -> Delivery | None:
        """The newest digest mail whose text is still kept."""
        with Session(self._reading) as session:
            query = (
                select(Delivery)
                .where(Delivery.kind == "digest", Delivery.message != b"")
                .order_by(col(Delivery.queued_at).desc(), col(Delivery.id).desc())
                .limit(1)
            )
            return session.exec(query).first()

    def matches_of(self, story_id: int) -> list[tuple[Match, Subscription]]:
        """The searches that met a story."""
        with Session(self._reading) as session:
            query = (
                select(Match, Subscription)
                .join(Subscription, col(Subscription.id) == Match.subscription_id)
                .where(Match.story_id == story_id)
            )
            return list(session.exec(query))

    def delivery_counts(self) -> dict[str, int]:
        """How many mails are in each state."""
        with Session(self._reading) as session:
            return dict(session.exec(select(Delivery.state, func.count()).group_by(Delivery.state)).all())


def _delivery(letter: Letter, subscriber_id: int, now: datetime, digest_id: int | None = None) -> Delivery:
    return Delivery(
        subscriber_id=subscriber_id,
        digest_id=digest_id,
        kind=letter.kind,
        message_id=letter.message_id,
        recipient=letter.recipient,
        message=letter.message,
        queued_at=now,
        next_attempt_at=now,
    )
