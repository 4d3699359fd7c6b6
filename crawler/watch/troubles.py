"""Every query on what is wrong with sources: their days and readings, and the troubles that the operator is told of."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Engine, Interval, String, case, delete, func, literal, or_, text, update
from sqlmodel import Session, col, select

from crawler.database import reading
from crawler.model import Entry, Feed, Source, Trouble, Why
from crawler.watch.habits import (
    DAY_STARTS,
    WINDOW_DAYS,
    Examination,
    FeedReading,
    Finding,
    Record,
    TroubleKind,
    day_of,
    start_of,
    unread_days,
)

SETTLED_AFTER = timedelta(days=1)  # what is back within a day was never over


@dataclass(frozen=True, slots=True)
class Changes:
    """What a look at the sources changed, as "id: why"."""

    opened: tuple[str, ...]
    over: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Untold:
    """What the operator does not know yet."""

    new: tuple[tuple[Trouble, Source], ...]
    over: tuple[tuple[Trouble, Source], ...]
    open: int  # troubles that go on and were told


class Troubles:
    """Sources' daily volumes and their troubles in the database; every method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.readers = engine, reading(engine)

    def records(self, now: datetime, states: Sequence[str] = (), days: int = WINDOW_DAYS) -> list[Record]:
        """What is known of each source that is watched, over so many days, by id."""
        first = day_of(now) - timedelta(days=days)
        with Session(self.readers) as session:
            feeds: dict[str, list[Feed]] = defaultdict(list)
            for feed in session.exec(_watched(states).order_by(col(Feed.source_id), col(Feed.id))):
                feeds[feed.source_id].append(feed)
            successes = sorted(f.last_success_at for listed in feeds.values() for f in listed if f.last_success_at)
            # Half of the feeds: after an outage of our own, the first one to answer proves nothing of the others.
            read_until = successes[len(successes) // 2] if successes else None
            known = {feed.id: _reading(feed) for listed in feeds.values() for feed in listed}
            judged = [i for i, feed in known.items() if i is not None and not feed.lost(read_until)]
            seen = dict(session.exec(_seen_a_day(session, first)).all())
            skip = unread_days({date.fromisoformat(d): n for d, n in seen.items()}, first, day_of(now))
            counts: dict[str, dict[date, int]] = defaultdict(dict)
            for source_id, day, count in session.exec(_new_a_day(session, judged, first)):
                counts[source_id][date.fromisoformat(day)] = count
            begun = dict(session.exec(_first_readings(judged)).all())
        since = {i: max(first, day_of(at) + timedelta(days=1)) for i, at in begun.items()}
        return [
            Record(i, [known[f.id] for f in listed], read_until, since.get(i), counts[i], skip)
            for i, listed in feeds.items()
        ]

    def known(self) -> dict[str, list[TroubleKind]]:
        """The kinds of trouble that each source has."""
        with Session(self.readers) as session:
            found: dict[str, list[TroubleKind]] = defaultdict(list)
            for trouble in session.exec(select(Trouble).where(col(Trouble.over_at).is_(None))):
                found[trouble.source_id].append(cast("TroubleKind", trouble.kind))
            return found

    def floods(self) -> list[tuple[Source, Why]]:
        """The outlets that show more links than there is room for, and what is to be known of each, by name."""
        query = (
            select(Source, Trouble)
            .join(Trouble, col(Trouble.source_id) == Source.id)
            .where(Trouble.kind == "flood", col(Trouble.over_at).is_(None))
            .order_by(Source.name)
        )
        with Session(self.readers) as session:
            return [(source, Why(trouble.said, trouble.said_args)) for source, trouble in session.exec(query)]

    def record(self, examined: Iterable[Examination], now: datetime) -> Changes:
        """Open the troubles that are new, end those that are over; of a source and kind one is open at most.

        One that comes back within a day goes on as if it had never been over. A source that is not among the
        examined is watched no more: its troubles end, and as a person switched it off nobody need be told.
        """
        opened: list[str] = []
        over: list[str] = []
        ids = set()
        with Session(self.engine) as session:
            _lock(session)
            recent = or_(col(Trouble.over_at).is_(None), col(Trouble.over_at) > now - SETTLED_AFTER)
            rows = {
                (t.source_id, t.kind): t for t in session.exec(select(Trouble).where(recent).order_by(col(Trouble.id)))
            }
            for source in examined:
                ids.add(source.source_id)
                opened += [f"{f.source_id}: {f.why}" for f in source.findings if _open(session, rows, f)]
                gone = source.judged - {f.kind for f in source.findings}
                ended = [row for kind in gone if (row := rows.get((source.source_id, kind))) and row.over_at is None]
                over += [f"{row.source_id}: {Why(row.said, row.said_args)}" for row in ended]
                for row in ended:
                    row.over_at = now
            for row in rows.values():
                if row.source_id not in ids and row.over_at is None:
                    row.over_at = row.over_told_at = now
            session.commit()
        return Changes(tuple(opened), tuple(over))

    def forget(self, before: datetime) -> int:
        """Retention: drop troubles that were over before then; returns how many."""
        with Session(self.engine) as session:
            gone = session.exec(delete(Trouble).where(col(Trouble.over_at) < before))
            session.commit()
            return int(gone.rowcount)

    def untold(self, now: datetime) -> Untold:
        """What is new, and what was told and is over for a day, by state, source and age."""
        with Session(self.readers) as session:
            query = (
                select(Trouble, Source)
                .join(Source, col(Source.id) == Trouble.source_id)
                .where(col(Trouble.over_told_at).is_(None))
                .order_by(Source.state, Source.name, col(Trouble.since), col(Trouble.id))
            )
            rows = session.exec(query).all()
        new = [(t, s) for t, s in rows if t.told_at is None and t.over_at is None]
        ended = [(t, s) for t, s in rows if t.told_at and t.over_at and t.over_at <= now - SETTLED_AFTER]
        going_on = sum(t.told_at is not None and t.over_at is None for t, _ in rows)
        return Untold(tuple(new), tuple(ended), going_on)


def mark_told(session: Session, untold: Untold, now: datetime) -> None:
    """Write inside a transaction that somebody else commits that the operator is told."""
    new, over = ([t.id for t, _ in told] for told in (untold.new, untold.over))
    session.exec(update(Trouble).where(col(Trouble.id).in_(new)).values(told_at=now))
    session.exec(update(Trouble).where(col(Trouble.id).in_(over)).values(over_told_at=now))


def _open(session: Session, rows: Mapping[tuple[str, str], Trouble], found: Finding) -> bool:
    """Open a trouble, or keep the one that is open or was a moment ago; True when it is new."""
    row = rows.get((found.source_id, found.kind))
    new = row is None or row.over_told_at is not None
    if row is None or new:
        row = Trouble(source_id=found.source_id, kind=found.kind, since=found.since, said="")
        row.said, row.said_args = found.why.columns
    elif row.told_at is None:  # else it stays as it was told
        row.since = found.since
        row.said, row.said_args = found.why.columns
    row.over_at = None
    session.add(row)
    return new


def _lock(session: Session) -> None:
    """SQLite's writers wait for each other anyway; in PostgreSQL two that read the same rows would both add one."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("LOCK TABLE trouble IN SHARE ROW EXCLUSIVE MODE"))


def _reading(feed: Feed) -> FeedReading:
    return FeedReading(
        feed.last_attempt_at,
        feed.last_success_at,
        feed.last_new_at,
        feed.failures,
        Why(feed.status, feed.status_args),
        feed.left,
        feed.left_at,
        feed.left_since,
    )


def _watched(states: Sequence[str]) -> Any:
    query = (
        select(Feed)
        .join(Source, col(Source.id) == Feed.source_id)
        .where(col(Source.listed), col(Source.enabled), col(Feed.listed))
    )
    return query.where(col(Source.state).in_([*states, ""])) if states else query


def _day(session: Session, moment: Any) -> ColumnElement[str]:
    """The day of a time as day_of() has it, in ISO 8601."""
    if session.get_bind().dialect.name == "sqlite":
        return func.date(moment, f"-{DAY_STARTS} hours", type_=String)
    shifted = func.timezone("UTC", moment) - literal(timedelta(hours=DAY_STARTS), Interval())
    return func.to_char(shifted, "YYYY-MM-DD", type_=String)


def _seen_a_day(session: Session, first: date) -> Any:
    """Entries by the day when we saw them, over all sources."""
    seen = select(_day(session, col(Entry.seen_at)).label("day")).where(Entry.seen_at >= start_of(first)).subquery()
    return select(seen.c.day, func.count()).group_by(seen.c.day)


def _new_a_day(session: Session, feeds: Sequence[int], first: date) -> Any:
    """Pages by source and day: the day of their date; without one the day we saw them, unless it was the first time.

    A feed's first reading brings its backlog. A date in the future is not believed.
    """
    first_entry: Any = select(col(Entry.feed_id).label("feed_id"), func.min(Entry.seen_at).label("at"))
    begun = first_entry.group_by(col(Entry.feed_id)).subquery()
    dated = col(Entry.published_at) <= col(Entry.seen_at)
    day = _day(session, case((dated, col(Entry.published_at)), else_=col(Entry.seen_at)))
    page = func.coalesce(func.nullif(Entry.page, ""), Entry.url)
    items = (
        select(col(Feed.source_id).label("source_id"), day.label("day"), page.label("page"))
        .select_from(Entry)
        .join(Feed, col(Feed.id) == Entry.feed_id)
        .join(begun, begun.c.feed_id == Entry.feed_id)
        .where(Entry.seen_at >= start_of(first), col(Entry.feed_id).in_(feeds))
        .where(or_(col(Entry.published_at).is_not(None), Entry.seen_at > begun.c.at))
        .subquery()
    )
    counted = select(items.c.source_id, items.c.day, func.count(items.c.page.distinct()))
    return counted.where(items.c.day >= first.isoformat()).group_by(items.c.source_id, items.c.day)


def _first_readings(feeds: Sequence[int]) -> Any:
    """When the feed of a source that joined last brought its first entry."""
    first_entry: Any = select(Feed.source_id, func.min(Entry.seen_at).label("at"))
    first_entry = first_entry.join(Feed, col(Feed.id) == Entry.feed_id).where(col(Entry.feed_id).in_(feeds))
    begun = first_entry.group_by(col(Feed.source_id), col(Entry.feed_id)).subquery()
    return select(begun.c.source_id, func.max(begun.c.at)).group_by(begun.c.source_id)
