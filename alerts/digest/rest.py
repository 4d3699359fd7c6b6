"""What a digest only counted: kept with its record, for the page that its mail links to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from alerts.digest.compose import Digest
from alerts.digest.story import DigestItem
from alerts.people import DigestRecord, Subscriber
from crawler.database import reading

Rest = list[dict[str, Any]]
MOST_KEPT = 1000  # stories of a section; what a flood brings beyond is counted, and found by a search


def rest_of(digest: Digest) -> Rest:
    """As JSON: of the updates (0) and each section (1 …) that has more than is shown, its heading and stories."""
    parts = [(0, "", digest.more_updates), *((n, s.heading, s.more + s.over) for n, s in enumerate(digest.sections, 1))]
    return [
        {"number": number, "heading": heading, "stories": [_story(item) for item in items[:MOST_KEPT]]}
        for number, heading, items in parts
        if items
    ]


def _story(item: DigestItem) -> dict[str, Any]:
    story = item.story
    return {
        "title": story.title,
        "url": story.url,
        "outlet": story.outlet,
        "place": story.place,
        "at": story.published_at and story.published_at.isoformat(),
        "day_only": story.day_only,
        "language": story.language,
        "paywalled": story.paywalled,
    }


def kept_rest(engine: Engine, subscriber_id: int, day: date, cadence: str = "daily") -> tuple[str, Rest] | None:
    """A subscriber's zone and what their digest of a day only counted; None when they left or that is gone."""
    with Session(reading(engine)) as session:
        query = (
            select(Subscriber.timezone, DigestRecord.rest)
            .join(DigestRecord, col(DigestRecord.subscriber_id) == col(Subscriber.id))
            .where(Subscriber.id == subscriber_id, Subscriber.state != "left")
            .where(DigestRecord.local_date == day, DigestRecord.cadence == cadence)
        )
        found = session.exec(query).first()
        return (found[0], list(found[1])) if found and found[1] else None


def forget_rests(engine: Engine, made_before: datetime) -> None:
    """What digests made before then counted and said is forgotten, as the text of their mails is."""
    with Session(engine) as session:
        session.exec(update(DigestRecord).where(col(DigestRecord.made_at) < made_before).values(rest=[], said=[]))
        session.commit()
