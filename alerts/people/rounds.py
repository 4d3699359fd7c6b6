"""Who gets a digest at which hour, and until when they are served."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, String, column, exists, func, or_, text, update
from sqlmodel import Session, col, select

from alerts.people.subscriber import WANTED, Subscriber, Subscription
from crawler.database import reading
from crawler.model import UTCDateTime

# DISTINCT reads everybody. This jumps from one zone to the next and from one hour to the next in the index.
_HOURS = text("""
    WITH RECURSIVE zones(zone) AS (
        SELECT min(timezone) FROM subscriber WHERE state = 'active'
        UNION ALL
        SELECT (SELECT min(timezone) FROM subscriber WHERE state = 'active' AND timezone > zone)
        FROM zones WHERE zone IS NOT NULL
    ), hours(zone, hour) AS (
        SELECT zone, (SELECT min(digest_at) FROM subscriber WHERE state = 'active' AND timezone = zone)
        FROM zones WHERE zone IS NOT NULL
        UNION ALL
        SELECT zone, (
            SELECT min(digest_at) FROM subscriber WHERE state = 'active' AND timezone = zone AND digest_at > hour
        )
        FROM hours WHERE hour IS NOT NULL
    )
    SELECT
        hour,
        zone,
        (SELECT min(served_until) FROM subscriber WHERE state = 'active' AND timezone = zone AND digest_at = hour),
        (SELECT max(served_until) FROM subscriber WHERE state = 'active' AND timezone = zone AND digest_at = hour)
    FROM hours
    WHERE hour IS NOT NULL AND (
        SELECT subscription.id FROM subscriber JOIN subscription ON subscription.subscriber_id = subscriber.id
        WHERE state = 'active' AND timezone = zone AND digest_at = hour AND channel_id IS NULL
            AND asked_at IS NULL AND subscription.paused_at IS NULL
        LIMIT 1
    ) IS NOT NULL
    ORDER BY zone, hour
""").columns(column("hour", String), column("zone", String), column("least", UTCDateTime), column("most", UTCDateTime))


@dataclass(frozen=True, slots=True)
class Hour:
    """A local time at which somebody gets a digest; there everybody is served until `least`, nobody beyond `most`."""

    digest_at: str
    timezone: str
    least: datetime
    most: datetime


class Rounds:
    """The hours of the day at which digests are due, each with those who are not served yet."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = reading(engine)

    def recipients(self) -> int:
        """How many get a digest: they confirmed and have a search that comes by mail. Counts everybody."""
        by_mail = (
            col(Subscription.subscriber_id) == col(Subscriber.id),
            col(Subscription.channel_id).is_(None),
            WANTED,
        )
        searching = exists().where(*by_mail)
        with Session(self._reading) as session:
            counted = select(func.count()).select_from(Subscriber).where(Subscriber.state == "active", searching)
            return session.exec(counted).one()

    def hours(self) -> list[Hour]:
        """The local times at which somebody gets a digest; costs as much as there are of them, however many people."""
        with Session(self._reading) as session:
            return [Hour(*row) for row in session.connection().execute(_HOURS)]

    def unserved(self, hour: Hour, last: datetime, coming: datetime) -> list[int]:
        """Who confirmed, gets a digest then, and is served until an instant that is not between these two."""
        there = (Subscriber.state == "active", Subscriber.timezone == hour.timezone)
        served = col(Subscriber.served_until)
        with Session(self._reading) as session:
            query = select(Subscriber.id).where(
                *there, Subscriber.digest_at == hour.digest_at, or_(served < last, served > coming)
            )
            return sorted(i for i in session.exec(query) if i is not None)

    def record_served(self, subscriber_ids: Sequence[int], digest_at: str, timezone: str, until: datetime) -> None:
        """Nothing that was due by then is left to make for these; whoever wants another hour meanwhile is left out."""
        same = (col(Subscriber.digest_at) == digest_at, col(Subscriber.timezone) == timezone)
        with Session(self.engine) as session:
            served = update(Subscriber).where(col(Subscriber.id).in_(subscriber_ids), *same)
            session.exec(served.values(served_until=until))
            session.commit()
