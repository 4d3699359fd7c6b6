"""The canary: stories that somebody should have been mailed by now, and digests that should have been made.

As GOV.UK's email-alert-api watches itself: what counts is not that its parts run, but that what was found arrives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, or_
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from alerts.digest import around, instant, is_known
from alerts.matching import Matches
from alerts.people import WANTED, Delivery, DigestRecord, Hour, Match, Members, Rounds, Subscriber, Subscription
from crawler.database import reading
from crawler.store import Store

GRACE = timedelta(hours=1)  # from when a digest is due until its mail should have been taken
LOOKS_BACK = timedelta(days=2)  # what was due earlier was told, or nobody will
_DAY = timedelta(days=1)
_MOST_READ = 20_000  # matches that wait, the oldest
_MOST_READERS = 50  # who are looked at closely
_ACCEPTED = ("sent", "returned")


@dataclass(frozen=True, slots=True)
class AwaitedMatch:
    """A match that no digest has told, and when its reader gets theirs."""

    subscriber_id: int
    story_id: int
    matched_at: datetime
    confirmed_at: datetime
    digest_at: str
    timezone: str
    weekday: int
    cadence: str

    @property
    def hour(self) -> tuple[str, str, int, str]:
        """When its reader gets what this search found."""
        return self.digest_at, self.timezone, self.weekday, self.cadence


def was_due(one: AwaitedMatch, last: datetime, now: datetime) -> bool:
    """Whether a digest that should have told it was due before the `last_due` one, and less than two days ago."""
    found, period = max(one.matched_at, one.confirmed_at), 7 * _DAY if one.cadence == "weekly" else _DAY
    first = last - period * max(0, (last - found) // period)  # after it was found, about
    return found < last and now - first < LOOKS_BACK


def last_due(digest_at: str, timezone: str, weekday: int, cadence: str, now: datetime) -> datetime:
    """When a search's last digest was due that should have arrived by now, an hour later.

    One that tells at once counts from its reader's next digest: beyond the mails of a day it waits for that.
    """
    if not is_known(timezone):
        return now - GRACE  # nobody can make that digest; doctor says so, too
    last, _ = around(now - GRACE, digest_at, timezone)
    if cadence != "weekly":
        return last
    day = last.astimezone(ZoneInfo(timezone)).date()
    return instant(day - timedelta(days=(day.weekday() - weekday) % 7), digest_at, timezone)


def missing_stories(engine: Engine, now: datetime) -> int:
    """How many stories no reader at all was mailed, though somebody should have been; 0 when all is well.

    Left out is what a digest would not tell: what was muted, told by another search, or is no news any more. A mail
    that is tried again while others are taken is its reader's server's matter.
    """
    with Session(reading(engine)) as session:
        late = _late(session, now)
        queued = _queued(session, now)
    wanted = _tellable(engine, late, now) | queued
    if not wanted:
        return 0
    with Session(reading(engine)) as session:
        return len(wanted - _arrived(session, wanted))


def overdue_digests(engine: Engine, now: datetime) -> int:
    """How many people's digest was due more than an hour ago and is neither made nor known to be needless."""
    members, found = Members(engine), 0
    for hour in Rounds(members.engine).hours():
        if is_known(hour.timezone):
            last, _ = around(now - GRACE, hour.digest_at, hour.timezone)
            found += _unserved(engine, hour, last) if hour.least < last else 0
    return found


def _unserved(engine: Engine, hour: Hour, last: datetime) -> int:
    there = (Subscriber.state == "active", Subscriber.timezone == hour.timezone, Subscriber.digest_at == hour.digest_at)
    behind = (col(Subscriber.served_until) < last, col(Subscriber.confirmed_at) < last)
    with Session(reading(engine)) as session:
        return session.exec(select(func.count()).select_from(Subscriber).where(*there, *behind)).one()


def _late(session: Session, now: datetime) -> list[AwaitedMatch]:
    """Of the oldest matches that wait for a mail those whose digest was due."""

    @cache
    def last(digest_at: str, timezone: str, weekday: int, cadence: str) -> datetime:
        return last_due(digest_at, timezone, weekday, cadence, now)

    return [one for one in _waiting(session, now) if was_due(one, last(*one.hour), now)]


def _waiting(session: Session, now: datetime) -> list[AwaitedMatch]:
    """The oldest matches of the last nine days, in which each search had its day, that wait for a mail."""
    hour = (Subscriber.digest_at, Subscriber.timezone, Subscriber.weekday, Subscription.cadence)
    query = (
        sa_select(Subscriber.id, Match.story_id, Match.matched_at, Subscriber.confirmed_at, *hour)  # type: ignore[call-overload]
        .join(Subscription, col(Subscription.subscriber_id) == Subscriber.id)
        .join(Match, col(Match.subscription_id) == Subscription.id)
        .where(col(Match.digest_id).is_(None), col(Match.delivery_id).is_(None))
        .where(Subscriber.state == "active", col(Subscriber.paused_at).is_(None))
        .where(WANTED, col(Subscription.channel_id).is_(None), col(Subscriber.confirmed_at).is_not(None))
        .where(col(Match.matched_at).between(now - 9 * _DAY, now - GRACE))
        .order_by(col(Match.matched_at))
        .limit(_MOST_READ)
    )
    return [AwaitedMatch(*row) for row in session.connection().execute(query)]


def _tellable(engine: Engine, late: Sequence[AwaitedMatch], now: datetime) -> set[int]:
    """Those of the stories that a digest would tell, as far as the first readers show."""
    readers = list(dict.fromkeys(one.subscriber_id for one in late))[:_MOST_READERS]
    pending = Matches(engine).pending_matches(readers, now)
    told = {(search.subscriber_id, match.story_id) for match, search in pending}
    found = {one.story_id for one in late if (one.subscriber_id, one.story_id) in told}
    return {view.story.id for view in Store(engine).views(sorted(found)) if view.news and view.story.id}


def _queued(session: Session, now: datetime) -> set[int]:
    """The stories of digests whose mails should have been taken by now; one that is held back is no surprise."""
    taken = session.exec(select(func.max(Delivery.sent_at)).where(col(Delivery.sent_at) > now - LOOKS_BACK)).one()
    untried, queued_at = col(Delivery.attempts) == 0, col(Delivery.queued_at)
    query = (
        select(Match.story_id)
        .join(Delivery, col(Delivery.digest_id) == Match.digest_id)
        .where(col(Delivery.state).in_(("queued", "sending")), Delivery.kind == "digest")
        .where(queued_at.between(now - LOOKS_BACK, now - GRACE))
        .where(or_(~untried, col(Delivery.error) == ""))
    )
    return set(session.exec(query.where(or_(untried, queued_at > taken)) if taken else query))


def _arrived(session: Session, stories: set[int]) -> set[int]:
    """Those of the stories that a mail told somebody."""
    query = (
        select(Match.story_id)
        .join(DigestRecord, col(DigestRecord.id) == Match.digest_id)
        .join(Delivery, col(Delivery.digest_id) == DigestRecord.id)
        .where(col(Match.story_id).in_(stories), col(Delivery.state).in_(_ACCEPTED))
    )
    return set(session.exec(query.distinct()))
