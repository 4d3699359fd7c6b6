"""What came of requesting a page, and writing it to the entries that led there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import JSON, Integer, String, Update, bindparam, func, update
from sqlmodel import Session, SQLModel, col, select

from crawler.model import Entry, EntryState, UTCDateTime, Why, because, is_ahead

SETTLED: tuple[EntryState, ...] = ("fetched", "off_topic", "refused")
HAD: tuple[EntryState, ...] = ("fetched", "off_topic")  # their page was read; a refusal may be of the feed
MOST_ATTEMPTS = 10  # then an entry is refused for good: with our back-off, a day and a half of trying
LONGEST_RETRY = timedelta(days=2)  # no look and no retry is planned further ahead
LONGEST_WAITING = timedelta(days=14)  # however few attempts its host allowed
MOST_ATTEMPTS_MISSING = 4  # for a page that its own server does not know


_FIRST_LOOK = timedelta(hours=1)
_YOUNG = timedelta(days=1)


def next_look(published_at: datetime | None, seen_at: datetime, now: datetime) -> datetime | None:
    """When to look again at a page that was off topic, but says that more will come; None when its news is a day old.

    An hour after it was seen, then ever more seldom: some four times. Times are aware; one that was seen by a clock
    that ran ahead is not looked at for as long as that was.
    """
    if is_ahead(seen_at, now):
        return None
    if now - (published_at or seen_at) >= _YOUNG or now - seen_at >= _YOUNG:
        return None
    return now + max(_FIRST_LOOK, 2 * (now - seen_at))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of requesting a page."""

    state: EntryState
    reason: Why = Why()  # noqa: RUF009  a frozen value
    retry_at: datetime | None = None  # of a page that is off topic: when to look whether it still is
    article_id: int | None = None
    most_attempts: int = MOST_ATTEMPTS
    asked: bool = True  # False: the host had asked us to wait, so nothing was tried
    page: str = ""  # the canonical address where a redirect ended; "" = where the entry said


def write_outcomes(session: Session, outcomes: Iterable[tuple[Sequence[int], Outcome]]) -> None:
    """Write what came of pages to the entries that led there, inside a transaction that somebody else commits.

    Too many failures become a refusal. All others are one statement, as most outcomes are of one kind.
    """
    settled = []
    for entry_ids, outcome in outcomes:
        if outcome.state == "failed":
            _note_failure(session, entry_ids, outcome)
            continue
        facts = {
            "new_state": outcome.state,
            "new_reason": outcome.reason.code,
            "new_args": dict(outcome.reason.args),
            "tried": int(outcome.asked),
            "new_page": outcome.page,
            "new_article": outcome.article_id,
            "look_at": outcome.retry_at,
        }
        settled += [{"entry_id": i, **facts} for i in entry_ids]
    if settled:
        session.connection().execute(_settling(), settled)


@cache
def _settling() -> Update:
    known = SQLModel.metadata.tables["entry"]
    return (
        update(known)
        .where(known.c.id == bindparam("entry_id"))
        .values(
            state=bindparam("new_state"),
            reason=bindparam("new_reason"),
            reason_args=bindparam("new_args", type_=JSON),
            retry_at=bindparam("look_at", type_=UTCDateTime),
            content="",
            attempts=known.c.attempts + bindparam("tried"),
            page=func.coalesce(func.nullif(bindparam("new_page", type_=String), ""), known.c.page),
            article_id=func.coalesce(bindparam("new_article", type_=Integer), known.c.article_id),
        )
    )


def _note_failure(session: Session, entry_ids: Sequence[int], outcome: Outcome) -> None:
    for entry in session.exec(select(Entry).where(col(Entry.id).in_(entry_ids))):
        entry.state, entry.retry_at = "failed", outcome.retry_at
        entry.reason, entry.reason_args = outcome.reason.columns
        entry.attempts += outcome.asked
        waited = outcome.retry_at - entry.seen_at if outcome.retry_at else timedelta()
        if entry.attempts >= outcome.most_attempts or waited > LONGEST_WAITING:
            entry.state, entry.retry_at, entry.content = "refused", None, ""
            gave_up = because("given_up", attempts=entry.attempts, last=outcome.reason)
            if not entry.attempts:
                gave_up = because("given_up_waiting", days=waited.days, last=outcome.reason)
            entry.reason, entry.reason_args = gave_up.columns
        session.add(entry)
