"""What came of requesting a page, and writing it to the entries that led there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from crawler.story import Entry, EntryState

SETTLED: tuple[EntryState, ...] = ("fetched", "off_topic", "refused")
MOST_ATTEMPTS = 10  # then an entry is refused for good: with our back-off, a day and a half of trying
MOST_ATTEMPTS_MISSING = 4  # for a page that its own server does not know


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of requesting a page."""

    state: EntryState
    reason: str = ""
    retry_at: datetime | None = None
    article_id: int | None = None
    most_attempts: int = MOST_ATTEMPTS
    asked: bool = True  # False: the host had asked us to wait, so nothing was tried
    page: str = ""  # the canonical address where a redirect ended; "" = where the entry said


def settle(session: Session, entry_ids: Sequence[int], outcome: Outcome) -> None:
    """Write an outcome inside a transaction that somebody else commits; too many failures become a refusal."""
    if outcome.state == "failed":
        _note_failure(session, entry_ids, outcome)
        return
    changes = {
        "state": outcome.state,
        "reason": outcome.reason,
        "retry_at": None,
        "content": "",
        "attempts": Entry.attempts + int(outcome.asked),
        "page": outcome.page or col(Entry.page),
        "article_id": outcome.article_id or col(Entry.article_id),
    }
    session.exec(update(Entry).where(col(Entry.id).in_(entry_ids)).values(changes))


def _note_failure(session: Session, entry_ids: Sequence[int], outcome: Outcome) -> None:
    for entry in session.exec(select(Entry).where(col(Entry.id).in_(entry_ids))):
        entry.state, entry.reason, entry.retry_at = "failed", outcome.reason, outcome.retry_at
        entry.attempts += outcome.asked
        if entry.attempts >= outcome.most_attempts:
            entry.state, entry.retry_at, entry.content = "refused", None, ""
            entry.reason = f"given up after {entry.attempts} attempts: {outcome.reason}"
        session.add(entry)
