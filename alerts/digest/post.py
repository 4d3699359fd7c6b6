"""What making a digest works with."""

from dataclasses import dataclass
from typing import Self

from sqlalchemy import Engine

from alerts.digest.records import DigestRecords
from alerts.mail import Deliveries, Links
from alerts.matching import Matches
from alerts.people import Members
from alerts.settings import DigestSettings, MailSettings
from crawler.store import Store


@dataclass(frozen=True, slots=True)
class Post:
    """Who is to be told, what they met, what was made and queued, and how it is signed and sent."""

    members: Members
    matches: Matches
    records: DigestRecords
    deliveries: Deliveries
    store: Store
    links: Links
    mail: MailSettings
    digest: DigestSettings

    @classmethod
    def of(cls, engine: Engine, links: Links, mail: MailSettings, digest: DigestSettings) -> Self:
        """All of it on one database."""
        rows = Members(engine), Matches(engine), DigestRecords(engine), Deliveries(engine), Store(engine)
        return cls(*rows, links, mail, digest)
