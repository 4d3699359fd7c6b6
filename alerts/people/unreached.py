"""Whom no mail reaches, or who does not want to be reached: every query on them."""

from datetime import datetime

from sqlalchemy import Engine, or_
from sqlmodel import Session, col, select

from alerts.people.bounces import begin_anew
from alerts.people.searches import note_searches_of
from alerts.people.subscriber import NEVER, Subscriber
from crawler.database import reading
from crawler.model import IcewireError


class Unreached:
    """Those whose mails were refused, came back, or were called spam."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = reading(engine)

    def reactivate(self, subscriber_id: int) -> Subscriber:
        """An address that was refused is there again: it gets its next digest at once, with what the refused ones held.

        Raises IcewireError when it was not left alone.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            subscriber = session.get_one(Subscriber, subscriber_id)
            if subscriber.state != "bounced":
                raise IcewireError(f"{subscriber.email} is {subscriber.state}: there is nothing to reactivate")
            begin_anew(subscriber)
            subscriber.state, subscriber.served_until = "active", NEVER
            note_searches_of(session, col(Subscriber.id) == subscriber_id)
            session.commit()
            return subscriber

    def bounced(self, since: datetime = NEVER) -> list[Subscriber]:
        """Who gets no more mail after then, because nobody has their address or it could not be reached for long."""
        with Session(self._reading) as session:
            query = select(Subscriber).where(Subscriber.state == "bounced", col(Subscriber.bounced_at) > since)
            return list(session.exec(query.order_by(col(Subscriber.bounced_at), col(Subscriber.id))))

    def complained(self, since: datetime = NEVER) -> list[Subscriber]:
        """Who called our mail spam after then and is not forgotten yet."""
        with Session(self._reading) as session:
            told = (Subscriber.state == "left", Subscriber.bounced_because == "called_spam")
            query = select(Subscriber).where(*told, col(Subscriber.left_at) > since)
            return list(session.exec(query.order_by(col(Subscriber.left_at), col(Subscriber.id))))

    def failing(self) -> list[Subscriber]:
        """Whose last mail was refused or came back, those who get no more mail first."""
        with Session(self._reading) as session:
            refused = or_(col(Subscriber.refusals) > 0, col(Subscriber.returns) > 0, col(Subscriber.state) == "bounced")
            query = select(Subscriber).where(refused, Subscriber.state != "left")
            return list(session.exec(query.order_by(col(Subscriber.state).desc(), Subscriber.email)))
