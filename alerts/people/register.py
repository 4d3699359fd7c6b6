"""Every query on matches, digests and deliveries, and those of Membership; each method is one transaction."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import get_args

from sqlalchemy import func, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from alerts.people.members import Membership
from alerts.people.subscriber import Delivery, DeliveryKind, DeliveryState, DigestRecord, Match, Matching, Subscription
from crawler.model import Story

ABANDONED_AFTER = timedelta(minutes=10)  # a delivery "sending" for longer was cut off by a crash


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that is ready to be queued."""

    kind: DeliveryKind
    recipient: str
    message_id: str
    message: bytes


class Register(Membership):
    """Who wants what, what they were told, and what is still to be told."""

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

    def have_news(self, subscriber_ids: Sequence[int]) -> set[int]:
        """Those of these who may have something to be told: all others have no pending and no developed match.

        One query for many, as on most days most have nothing.
        """
        told, developed = col(Match.told_development_at), col(Story.developed_at)
        with Session(self._reading) as session:
            query = (
                select(Subscription.subscriber_id)
                .join(Match, col(Match.subscription_id) == Subscription.id)
                .join(Story, col(Story.id) == Match.story_id)
                .where(col(Subscription.subscriber_id).in_(subscriber_ids))
                .where(or_(col(Match.digest_id).is_(None), told < developed, told.is_(None) & developed.is_not(None)))
            )
            return set(session.exec(query.distinct()))

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

    def developed_matches(self, subscriber_id: int, until: datetime) -> list[tuple[Match, Subscription]]:
        """Matches that a digest told, whose story has developed since and by then, in the order of the searches.

        One that was told of by any of the subscriber's searches with its last development is up to date.
        """
        mine = select(Match.story_id).join(Subscription, col(Subscription.id) == Match.subscription_id)
        mine = mine.join(Story, col(Story.id) == Match.story_id).where(Subscription.subscriber_id == subscriber_id)
        up_to_date = mine.where(col(Match.told_development_at) >= col(Story.developed_at))
        with Session(self._reading) as session:
            query = (
                select(Match, Subscription)
                .join(Subscription, col(Subscription.id) == Match.subscription_id)
                .join(Story, col(Story.id) == Match.story_id)
                .where(
                    Subscription.subscriber_id == subscriber_id,
                    col(Match.digest_id).is_not(None),
                    col(Story.developed_at) <= until,
                    col(Match.story_id).not_in(up_to_date),
                )
                .order_by(col(Subscription.id), col(Match.id))
            )
            return list(session.exec(query))

    def record_digest(
        self,
        record: DigestRecord,
        letter: Letter,
        first: Mapping[int, datetime | None],
        again: Mapping[int, datetime] | None = None,
    ) -> bool:
        """Record a digest, the matches it carries and its mail in one transaction; False when it cannot be.

        `first`: the matches told for the first time; `again`: those of stories that developed; each with its story's
        `developed_at` as the mail tells it. The digest was made already, or another has told one of the matches
        meanwhile: then nothing is recorded, and what is still to be told is asked anew.
        """
        with Session(self.engine) as session:
            session.add(record)
            try:
                session.flush()
            except IntegrityError:
                return False
            told = col(Match.told_development_at)
            carried = 0
            for developed_at, ids in _by_moment(first):
                untold = update(Match).where(col(Match.id).in_(ids), col(Match.digest_id).is_(None))
                values = {"digest_id": record.id, "told_development_at": developed_at}
                carried += session.exec(untold.values(values)).rowcount
            for developed_at, ids in _by_moment(again or {}):
                behind = update(Match).where(col(Match.id).in_(ids), or_(told.is_(None), told < developed_at))
                carried += session.exec(behind.values(told_development_at=developed_at)).rowcount
            if carried != len(first) + len(again or {}):
                session.rollback()
                return False
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

    def matches_of(self, story_id: int) -> list[tuple[Match, Subscription]]:
        """The searches that met a story."""
        with Session(self._reading) as session:
            query = (
                select(Match, Subscription)
                .join(Subscription, col(Subscription.id) == Match.subscription_id)
                .where(Match.story_id == story_id)
            )
            return list(session.exec(query))

    def delivery_counts(self, at_most: int | None = None) -> dict[str, int]:
        """How many mails are in each state; counting stops at `at_most`, as every mail ever sent is among them."""
        counts = {}
        with Session(self._reading) as session:
            for state in get_args(DeliveryState):
                those = select(Delivery.id).where(Delivery.state == state).limit(at_most).subquery()
                counts[state] = session.exec(select(func.count()).select_from(those)).one()
        return {state: count for state, count in counts.items() if count}


def _by_moment(matches: Mapping[int, datetime | None]) -> list[tuple[datetime | None, list[int]]]:
    """The ids of those that were told up to the same moment."""
    moments: dict[datetime | None, list[int]] = {}
    for match_id, moment in matches.items():
        moments.setdefault(moment, []).append(match_id)
    return list(moments.items())


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
