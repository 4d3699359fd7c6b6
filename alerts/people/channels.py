"""Every query on channels and on which search goes where; each method is one transaction."""

from datetime import datetime

from sqlalchemy import Engine, delete, exists, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from alerts.people.subscriber import Channel, ChannelKind, Delivery, Subscriber, Subscription
from crawler.database import reading
from crawler.model import Why, because, inner

_failed = aliased(Delivery)


class Channels:
    """Where else than into the mail stories go. A search goes one way: through a channel that is on, or by mail."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = reading(engine)

    def add(self, subscriber_id: int, kind: ChannelKind, url: str, secret: str, now: datetime) -> Channel:
        """A new channel; no search goes there yet."""
        channel = Channel(subscriber_id=subscriber_id, kind=kind, url=url, secret=secret, created_at=now)
        with Session(self.engine, expire_on_commit=False) as session:
            session.add(channel)
            session.commit()
            return channel

    def channel(self, channel_id: int) -> Channel | None:
        """The channel with this id."""
        with Session(self._reading) as session:
            return session.get(Channel, channel_id)

    def everybodys(self) -> list[tuple[Channel, Subscriber, list[Subscription]]]:
        """Every channel, whose it is, and the searches that go there."""
        with Session(self._reading) as session:
            query = select(Channel, Subscriber).join(Subscriber, col(Subscriber.id) == Channel.subscriber_id)
            rows = session.exec(query.where(Subscriber.state != "left").order_by(col(Channel.id))).all()
            posted = session.exec(select(Subscription).where(col(Subscription.channel_id).is_not(None))).all()
            return [(channel, person, [s for s in posted if s.channel_id == channel.id]) for channel, person in rows]

    def route(self, subscription_id: int, channel_id: int | None) -> None:
        """Let the stories of a search go this way from now on; None = by mail. What was told is not told again."""
        with Session(self.engine) as session:
            session.get_one(Subscription, subscription_id).channel_id = channel_id
            session.commit()

    def remove(self, channel_id: int) -> None:
        """Forget a channel; what it did not take comes by mail, with all that its searches find."""
        with Session(self.engine) as session:
            _leave_to_mail(session, channel_id)
            session.exec(delete(Channel).where(col(Channel.id) == channel_id))
            session.commit()

    def switch_on(self, channel_id: int) -> None:
        """It answers again; its searches have to be sent there anew."""
        with Session(self.engine) as session:
            channel = session.get_one(Channel, channel_id)
            channel.off_at, channel.off_because, channel.off_because_args = None, "", {}
            session.commit()

    def switch_off(self, channel_id: int, why: Why, now: datetime) -> None:
        """Nothing more goes there; what it did not take comes by mail, with all that its searches find."""
        with Session(self.engine) as session:
            channel = session.get(Channel, channel_id)
            if channel and channel.off_at is None:  # who leaves meanwhile takes it along
                channel.off_at = now
                channel.off_because, channel.off_because_args = why.columns
                _leave_to_mail(session, channel_id)
                session.commit()

    def switch_off_dead(self, now: datetime) -> list[Channel]:
        """Switch off those for which something was given up, and that took nothing since it was queued."""
        with Session(self._reading) as session:
            taken = select(Delivery.id).where(Delivery.channel_id == Channel.id, Delivery.state == "sent")
            query = select(Channel, _failed).join(_failed, col(_failed.channel_id) == Channel.id)
            query = query.where(col(Channel.off_at).is_(None), _failed.state == "failed")
            query = query.where(~exists(taken.where(col(Delivery.sent_at) >= _failed.queued_at)))
            rows = session.exec(query.order_by(col(_failed.id))).all()
        found = {channel.id: (channel, failed) for channel, failed in rows}
        for channel_id, (_, failed) in found.items():
            last = inner({"code": failed.error, "args": failed.error_args}) or Why()
            self.switch_off(channel_id or 0, because("given_up", attempts=failed.attempts, last=last), now)
        return [channel for channel, _ in found.values()]


def _leave_to_mail(session: Session, channel_id: int) -> None:
    """With what was not sent goes the note of its matches that they were told."""
    session.exec(delete(Delivery).where(col(Delivery.channel_id) == channel_id, col(Delivery.state) != "sent"))
    session.exec(update(Subscription).where(col(Subscription.channel_id) == channel_id).values(channel_id=None))
