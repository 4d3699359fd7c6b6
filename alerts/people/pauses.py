"""Somebody is away: no digests until a day, or until they say so; each method is one transaction."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import ColumnElement, Engine, or_
from sqlmodel import Session, col, select

from alerts.people.subscriber import DigestRecord, Match, Subscriber, Subscription
from crawler.model import Story


def is_paused(subscriber: Subscriber, day: date) -> bool:
    """Whether somebody wants no digest on that local date."""
    until = subscriber.paused_until
    return subscriber.paused_at is not None and (until is None or day < until)


def today_of(subscriber: Subscriber, now: datetime) -> date:
    """The date where they are; in UTC where this machine does not know their zone."""
    try:
        return now.astimezone(ZoneInfo(subscriber.timezone)).date()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return now.date()


class Pauses:
    """Begin and end pauses. One that is over stays written down: a clock that ran ahead has not ended it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def pause(self, subscriber_id: int, now: datetime, until: date | None, drops: bool) -> None:
        """No digest from now on; the first one again on that local date, if it is known yet."""
        with Session(self.engine) as session:
            subscriber = session.get_one(Subscriber, subscriber_id)
            subscriber.paused_at, subscriber.paused_until, subscriber.pause_drops = now, until, drops
            session.commit()

    def resume(self, subscriber_id: int, today: date) -> None:
        """The next digest is the first one again."""
        with Session(self.engine) as session:
            session.get_one(Subscriber, subscriber_id).paused_until = today
            session.commit()

    def drop(self, subscriber: Subscriber, until: datetime, now: datetime) -> None:
        """What was found in a pause until then is told by no digest. Asked again it does nothing."""
        assert subscriber.paused_at is not None
        with Session(self.engine) as session:
            mine = select(Match, Story.developed_at).join(Story, col(Story.id) == Match.story_id)
            mine = mine.join(Subscription, col(Subscription.id) == Match.subscription_id)
            mine = mine.where(Subscription.subscriber_id == subscriber.id, col(Subscription.channel_id).is_(None))
            new = col(Match.digest_id).is_(None) & col(Match.delivery_id).is_(None)
            found = mine.where(new, col(Match.matched_at).between(subscriber.paused_at, until))
            developed = mine.where(col(Match.digest_id).is_not(None), _developed(subscriber.paused_at, until))
            dropped, updates = session.exec(found).all(), session.exec(developed).all()
            if dropped:
                record = _record(session, subscriber, now)
                for match, _ in dropped:
                    match.digest_id = record.id
                record.stories += len(dropped)
            for match, at in [*dropped, *updates]:
                match.told_development_at = at if at and at <= until else match.told_development_at
            session.commit()


def _developed(since: datetime, until: datetime) -> ColumnElement[bool]:
    """A story developed in that time, and no digest told so."""
    told = col(Match.told_development_at)
    return col(Story.developed_at).between(since, until) & or_(told.is_(None), told < Story.developed_at)


def _record(session: Session, subscriber: Subscriber, now: datetime) -> DigestRecord:
    """What stands for a digest that is never sent."""
    assert subscriber.id is not None
    assert subscriber.paused_until is not None
    mine = (DigestRecord.subscriber_id == subscriber.id, DigestRecord.cadence == "dropped")
    query = select(DigestRecord).where(*mine, DigestRecord.local_date == subscriber.paused_until)
    record = session.exec(query).first()
    if record is None:
        facts = {"local_date": subscriber.paused_until, "cadence": "dropped", "made_at": now, "stories": 0}
        record = DigestRecord.model_validate({"subscriber_id": subscriber.id, **facts})
        session.add(record)
        session.flush()
    return record
