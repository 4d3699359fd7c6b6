"""What must hold in a soak: each a question to the plan, the press, the readers and the books."""

import contextlib
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import mean

from tests.benchmarks.soak.books import Arrived, Books
from tests.benchmarks.soak.plan import HOUR, KILL, OF_DISK, OF_OUTLETS, Fault, Plan, when
from tests.benchmarks.soak.press import Piece, Press
from tests.benchmarks.soak.readers import Reader

SEEN_WITHIN = 17 * HOUR  # a feed that seldom brings anything is read every twelve hours here, by crawls of each third
AFTER_A_FAULT = 26 * HOUR  # a feed that failed may be left alone for a day
MAILED_WITHIN = 1.25 * HOUR  # of its instant, when all is well: the ticks come each hour
MAILED_AFTER = 4 * HOUR  # of the end of a fault: a mail that was deferred is tried each hour
_MB = 1_000_000
_SMALL = 65_536
_DAYS_TO_JUDGE = 7
_OF_READING = OF_DISK | OF_OUTLETS | {"clock leap"}
_OF_MAILING = OF_DISK | {"SMTP down", "clock leap", KILL}


def seen_by(plan: Plan, piece: Piece) -> datetime:
    """When a piece stands in the database at the latest."""
    return _put_off(
        (one for one in plan.faults if one.kind in _OF_READING and (not one.outlets or piece.outlet in one.outlets)),
        piece.at, max(piece.at, when(0)) + SEEN_WITHIN, AFTER_A_FAULT,
    )  # fmt: skip


def mailed_by(plan: Plan, due: datetime) -> datetime:
    """When a digest has arrived at the latest."""
    faults = (one for one in plan.faults if one.kind in _OF_MAILING)
    return _put_off(faults, due - HOUR, due + MAILED_WITHIN, MAILED_AFTER)


def _put_off(faults: Iterator[Fault], since: datetime, until: datetime, after: timedelta) -> datetime:
    """A time by which something is done, put off by each fault that comes before it."""
    for one in sorted(faults, key=lambda one: one.begins):
        if when(one.begins) <= until and when(one.ends) + after > since:
            until = max(until, when(one.ends) + after)
    return until


@dataclass(frozen=True, slots=True)
class Digests:
    """What became of the digests that were due."""

    due: int
    in_time: int
    late: int  # by more than when all is well; also those that a later one stands for
    given_up: int  # by putting back a backup, as docs/operating.md says
    lost: tuple[str, ...]


def entries_lost(plan: Plan, press: Press, books: Books, now: datetime) -> list[Piece]:
    """What should stand in the database by now and does not."""
    missing = (piece for piece, url in press.until(now) if url not in books.seen)
    return [piece for piece in missing if seen_by(plan, piece) <= now]


def digests(plan: Plan, readers: Sequence[Reader], books: Books, now: datetime) -> Digests:
    """Count those that arrived or had to by now."""
    arrived, tally, lost = books.by_day(), Counter[str](), list[str]()
    latest = {(email, day): mails[0].at for (email, day), mails in arrived.items()}
    days: dict[str, list[date]] = {}
    for email, day in sorted(latest):
        days.setdefault(email, []).append(day)
    for reader in readers:
        for day in reader.due(when(1), now):
            due, at = reader.due_at(day), latest.get((reader.email, day))
            if at is None and mailed_by(plan, due) > now:
                continue  # it may still come
            what = _became(plan, due, at, _standing(days.get(reader.email, []), day))
            tally[what] += 1
            if what == "lost":
                lost.append(f"{reader.email} {reader.cadence} {day}, due at {due:%d %H:%M}")
    return Digests(tally.total(), tally["in time"], tally["late"], tally["given up"], tuple(lost))


def _standing(days: Sequence[date], day: date) -> bool:
    """Whether a later digest arrived, which stands for this day as well."""
    return any(day < other <= day + timedelta(days=3) for other in days)


def _became(plan: Plan, due: datetime, at: datetime | None, later: bool) -> str:
    if at is not None:
        return "in time" if at <= due + MAILED_WITHIN else "late"
    restored = [
        one for one in plan.faults if one.kind == "corrupt page" and when(one.begins) - HOUR < due <= when(one.ends)
    ]
    if restored:
        return "given up"
    was_off = mailed_by(plan, due) > due + MAILED_WITHIN
    return "late" if later and was_off else "lost"


@dataclass(frozen=True, slots=True)
class Doubles:
    """Mails that came more than once, and stories."""

    in_flight: int  # copies of what a kill met on its way
    beyond: tuple[str, ...]  # other copies, and second digests of a day
    told_twice: tuple[str, ...]  # stories, by two mails to one reader


def doubles(books: Books) -> Doubles:
    """Count them."""
    allowed = sum(min(number - 1, books.in_flight[name]) for name, number in books.copies.items())
    beyond = copied(books)
    for (email, day), mails in books.by_day().items():
        if len({one.id for one in mails}) > 1:
            beyond.append(f"{email} {day}: {', '.join(f'{one.at:%d %H:%M}' for one in mails)}")
    return Doubles(allowed, tuple(beyond), tuple(_told_twice(books.arrived)))


def copied(books: Books) -> list[str]:
    """The mails that came more often than kills explain, as `Doubles.beyond` says it; cheap enough for each hour."""
    excess = ((name, number - 1) for name, number in books.copies.items() if number > 1)
    return [f"{name} {more + 1} times" for name, more in excess if more > books.in_flight[name]]


def wrong(lost: Sequence[str], doubled: Doubles) -> Iterator[str]:
    """What does not hold of mails, in words."""
    yield from (f"never mailed: {one}" for one in lost)
    yield from (f"doubled: {one}" for one in doubled.beyond)
    yield from (f"told twice: {one}" for one in doubled.told_twice)


def _told_twice(arrived: Sequence[Arrived]) -> Iterator[str]:
    first: dict[tuple[str, str], Arrived] = {}
    for one in arrived:
        for page in one.told:
            known = first.setdefault((one.to, page), one)
            if known.id != one.id:
                yield f"{one.to} {page} at {known.at:%d %H:%M} and {one.at:%d %H:%M}"


def unsettled(books: Books, now: datetime) -> int:
    """Links that were seen half a day ago and of which nothing came, not even a reason."""
    query = "SELECT count(*) FROM entry WHERE state = 'new' AND seen_at < ?"
    return _count(books, query, _stored(now - SEEN_WITHIN))


def overdue(books: Books, now: datetime) -> int:
    """Mails that wait without a reason."""
    query = "SELECT count(*) FROM delivery WHERE state IN ('queued', 'sending') AND next_attempt_at < ?"
    return _count(books, query, _stored(now - HOUR))


def many_due(books: Books, now: datetime) -> bool:
    """Whether a crawl has much to do: a tenth of all feeds are due."""
    query = "SELECT count(*) FROM feed WHERE next_attempt_at IS NULL OR next_attempt_at <= ?"
    with contextlib.suppress(sqlite3.DatabaseError):
        return _count(books, query, _stored(now)) > _count(books, "SELECT count(*) / 10 FROM feed")
    return False


def untold(books: Books, now: datetime) -> int:
    """Matches of daily searches that should have been told two days ago and were not, though their story is news."""
    query = """
        SELECT count(*) FROM match
        JOIN subscription ON subscription.id = match.subscription_id AND subscription.cadence = 'daily'
        JOIN story ON story.id = match.story_id AND story.merged_into IS NULL
        JOIN article ON article.id = match.article_id AND NOT article.old
        WHERE match.digest_id IS NULL AND match.matched_at < ?
    """
    return _count(books, query, _stored(now - 48 * HOUR))


def kept(books: Books) -> set[str]:
    """The pages that are stored as articles."""
    with closing(books.asking()) as connection:
        return {link for (link,) in connection.execute("SELECT link FROM article")}


def outcomes(books: Books) -> dict[str, int]:
    """What came of the links that are still remembered, by state."""
    with closing(books.asking()) as connection:
        return dict(connection.execute("SELECT state, count(*) FROM entry GROUP BY state"))


def integrity(books: Books) -> str:
    """SQLite's own check: "ok", or what is wrong."""
    connection = books.asking()
    try:
        return str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    finally:
        connection.close()


def sizes(folder: Path) -> dict[str, int]:
    """Bytes of what grows."""
    data = folder / "data"
    files = {"database": "icewire.db", "wal": "icewire.db-wal", "runs.json": "runs.json", "daemon.json": "daemon.json"}
    found = {name: (data / file).stat().st_size if (data / file).exists() else 0 for name, file in files.items()}
    return found | {"log": os.path.getsize(folder / "nursery.log"), "in_use": _in_use(data / files["database"])}


def _in_use(database: Path) -> int:
    """Bytes of a database's pages that hold something: what was forgotten leaves others in its file, for what comes.

    Of one that cannot be read, all of the file.
    """
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        size, pages, free = (
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "page_count", "freelist_count")
        )
        return int(size * (pages - free))
    return database.stat().st_size


def growth_wrong(growth: Sequence[dict[str, int]]) -> Iterator[str]:
    """What grows without end, by the bytes of each day: all but the articles is forgotten after two weeks.

    A day's bytes depend on when something was forgotten last, so that means of a third of the days are compared.
    """
    third = len(growth) // 3
    if third < _DAYS_TO_JUDGE:
        return
    first, second, last = (mean(row["in_use"] for row in growth[n * third : (n + 1) * third]) for n in range(3))
    if last - second > max(1.5 * (second - first), _MB * third):
        told = f"{(second - first) / _MB:.1f} MB in {third} days, then by {(last - second) / _MB:.1f}"
        yield f"the database grew by {told}"
    for name in ("runs.json", "daemon.json"):
        if growth[-1][name] > _SMALL:
            yield f"{name} has {growth[-1][name]} bytes"
    if (logged := growth[-1]["log"] / len(growth)) > _MB:
        yield f"the log grows by {logged / _MB:.1f} MB a day"


def _count(books: Books, query: str, *given: str) -> int:
    connection = books.asking()
    try:
        return int(connection.execute(query, given).fetchone()[0])
    finally:
        connection.close()


def _stored(moment: datetime) -> str:
    """As SQLAlchemy writes a time into SQLite."""
    return moment.replace(tzinfo=None).isoformat(" ")
