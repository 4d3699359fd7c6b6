"""The figures that are watched from outside; each is a count or a time, and none tells of a person or a search."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, text
from sqlmodel import Session, SQLModel, col, select

from alerts.operator.canary import missing_stories, overdue_digests
from alerts.operator.status import Status
from alerts.people import Delivery, DigestRecord, Match, Matching, Subscriber
from crawler.database import reading
from crawler.model import Article, Entry, Story, Verdict
from crawler.watch import delays, stalled

MOST_COUNTED = 10_000  # stories that wait, or mails: a look costs the same however many there are
_WAITS = ("queued", "sending")
# What is counted for ever is the highest number of its rows, which a look finds at once; it is never used again, or
# only after the newest row of all was deleted.
_EVER: dict[str, type[SQLModel]] = {
    "entries": Entry, "articles": Article, "stories": Story, "matches": Match, "digests": DigestRecord,
    "deliveries": Delivery,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MailQueue:
    """The mails and postings that wait."""

    waiting: dict[str, int]  # by state
    oldest: float  # seconds since the oldest of them was queued
    overdue: float  # seconds for which one should have been tried again and was not
    last_day: dict[tuple[str, str], int]  # what was queued in the last 24 hours, by kind and by what became of it
    last_sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Vitals:
    """One look at everything that is counted."""

    status: Status
    delays: list[float]  # of each watched feed, in seconds, the shortest first
    stalled: float  # seconds without a reading though one was due
    ever: dict[str, int]  # how many there ever were: entries, stories, matches …
    verdicts: dict[str, int]  # of the articles that were read in the last 24 hours, by label
    stories_of_day: int
    stories_of_week: int
    unmatched: int  # stories
    unmatched_for: float  # seconds that the oldest of them has waited
    set_aside: int  # stories that could not be matched
    queue: MailQueue
    unreached: int  # addresses to which nothing is sent as nothing arrives there
    missing_stories: int  # the canary
    overdue_digests: int
    database_bytes: int


def vitals_of(engine: Engine, status: Status, now: datetime) -> Vitals:
    """Look once; what the status tells is not asked again."""
    feeds = [one.feed for one in status.feeds]
    with Session(reading(engine)) as session:
        unmatched, unmatched_for = _unmatched(session, now)
        return Vitals(
            status=status,
            delays=delays(feeds, now),
            stalled=stalled(feeds, now),
            ever={name: _highest(session, table) for name, table in _EVER.items()},
            verdicts=_verdicts(session, now),
            stories_of_day=_opened(session, now - timedelta(days=1)),
            stories_of_week=_opened(session, now - timedelta(days=7)),
            unmatched=unmatched,
            unmatched_for=unmatched_for,
            set_aside=session.exec(select(func.count()).select_from(Matching).where(col(Matching.set_aside))).one(),
            queue=queue_of(session, now),
            unreached=session.exec(
                select(func.count()).select_from(Subscriber).where(Subscriber.state == "bounced")
            ).one(),
            missing_stories=missing_stories(engine, now),
            overdue_digests=overdue_digests(engine, now),
            database_bytes=_bytes(session),
        )


def queue_of(session: Session, now: datetime) -> MailQueue:
    """How the queue stands."""
    waits = col(Delivery.state).in_(_WAITS)
    states = select(Delivery.state).where(waits).limit(MOST_COUNTED).subquery()
    counted = session.exec(select(states.c.state, func.count()).group_by(states.c.state)).all()
    oldest = session.exec(select(func.min(Delivery.queued_at)).where(waits)).one()
    recent = (
        select(Delivery.kind, Delivery.state, func.count())
        .where(col(Delivery.queued_at) > now - timedelta(days=1))
        .group_by(Delivery.kind, Delivery.state)
    )
    return MailQueue(
        dict.fromkeys(_WAITS, 0) | dict(counted),
        _seconds(oldest, now),
        overdue(session, now),
        {(kind, state): number for kind, state, number in session.exec(recent)},
        session.exec(select(func.max(Delivery.sent_at)).where(col(Delivery.sent_at) > now - timedelta(days=30))).one(),
    )


def overdue(session: Session, now: datetime) -> float:
    """For how many seconds a mail or a posting should have been tried and was not, at most."""
    due = select(func.min(Delivery.next_attempt_at)).where(Delivery.state == "queued")
    return _seconds(session.exec(due).one(), now)


def _highest(session: Session, table: type[SQLModel]) -> int:
    return session.exec(select(func.max(table.id))).one() or 0  # type: ignore[attr-defined]


def _verdicts(session: Session, now: datetime) -> dict[str, int]:
    query = (
        select(Verdict.label, func.count())
        .join(Article, col(Article.id) == Verdict.article_id)
        .where(col(Article.fetched_at) > now - timedelta(days=1))
        .group_by(Verdict.label)
    )
    return dict(session.exec(query).all())


def _opened(session: Session, since: datetime) -> int:
    opened = select(func.count()).select_from(Story)
    return session.exec(opened.where(col(Story.opened_at) > since, col(Story.merged_into).is_(None))).one()


def _unmatched(session: Session, now: datetime) -> tuple[int, float]:
    """How many stories have not met the searches as they are, and for how many seconds the oldest has waited."""
    met = col(Matching.story_id) == Story.id
    behind = col(Matching.version).is_(None) | (col(Matching.version) < Story.version)
    waiting = select(Story.changed_at).join(Matching, met, isouter=True).where(behind)
    some = waiting.order_by(col(Story.id)).limit(MOST_COUNTED).subquery()
    number, oldest = session.exec(select(func.count(), func.min(some.c.changed_at))).one()
    return number, _seconds(oldest, now)


def _bytes(session: Session) -> int:
    if session.get_bind().dialect.name == "sqlite":
        pages = [
            session.connection().execute(text(f"PRAGMA {what}")).scalar_one() for what in ("page_count", "page_size")
        ]
        return int(pages[0] * pages[1])
    return int(session.connection().execute(text("SELECT pg_database_size(current_database())")).scalar_one())


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
