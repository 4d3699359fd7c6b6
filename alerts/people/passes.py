"""Secrets that let their holder in: mailed links that work once, and who is signed in. Kept as their hashes only."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from alerts.people.subscriber import Pass, PassKind
from crawler.database import reading

SIGN_IN_WITHIN = timedelta(minutes=15)
ADDRESS_WITHIN = timedelta(days=1)
ADDRESS_BACK_WITHIN = timedelta(days=7)  # for who had the mails before
SIGNED_IN_FOR = timedelta(minutes=30)  # without a page asked for
# Of each kind one has at most so many; of more the oldest goes, so that nobody fills a box, or the table.
MOST: dict[PassKind, int] = {"sign in": 8, "session": 5, "address": 1, "address back": 20}
_PROLONGED_EACH = timedelta(minutes=1)


class Passes:
    """Issue, look at, spend and end them; each method is one transaction."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = reading(engine)

    def issue(self, kind: PassKind, subscriber_id: int, until: datetime, now: datetime, email: str = "") -> str:
        """A new one; what is returned is shown to its holder and kept nowhere."""
        token = secrets.token_urlsafe(24)
        with Session(self.engine) as session:
            mine = (Pass.subscriber_id == subscriber_id, Pass.kind == kind)
            older = select(Pass).where(*mine).order_by(col(Pass.issued_at).desc(), Pass.hashed)
            for one in session.exec(older).all()[MOST[kind] - 1 :]:
                session.delete(one)
            session.add(
                Pass(
                    hashed=_hashed(token),
                    kind=kind,
                    subscriber_id=subscriber_id,
                    issued_at=now,
                    until=until,
                    email=email,
                )
            )
            session.commit()
        return token

    def read(self, kind: PassKind, token: str, now: datetime) -> Pass | None:
        """The pass of this kind that a token stands for, if it is not over; nothing changes."""
        with Session(self._reading) as session:
            return _found(session, kind, token, now)

    def spend(self, kind: PassKind, token: str, now: datetime) -> Pass | None:
        """The same, and it works no more."""
        with Session(self.engine, expire_on_commit=False) as session:
            found = _found(session, kind, token, now)
            # Of two who come at once one has it.
            gone = session.exec(delete(Pass).where(col(Pass.hashed) == found.hashed)).rowcount if found else 0
            session.commit()
            return found if gone else None

    def prolong(self, token: str, now: datetime) -> Pass | None:
        """Who is signed in by this token, for some time from now on."""
        found = self.read("session", token, now)
        if found and found.until < now + SIGNED_IN_FOR - _PROLONGED_EACH:
            with Session(self.engine) as session:
                if kept := session.get(Pass, found.hashed):
                    kept.until = now + SIGNED_IN_FOR
                    session.commit()
        return found

    def end(self, subscriber_id: int, kept: Sequence[PassKind] = ()) -> None:
        """All of somebody's but these: nobody is signed in for them any more, and no link works."""
        with Session(self.engine) as session:
            theirs = (col(Pass.subscriber_id) == subscriber_id, col(Pass.kind).not_in(kept))
            session.exec(delete(Pass).where(*theirs))
            session.commit()

    def forget(self, now: datetime) -> None:
        """Drop those that are over."""
        with Session(self.engine) as session:
            session.exec(delete(Pass).where(col(Pass.until) <= now))
            session.commit()


def _found(session: Session, kind: PassKind, token: str, now: datetime) -> Pass | None:
    found = session.get(Pass, _hashed(token))
    return found if found and found.kind == kind and now < found.until else None


def _hashed(token: str) -> str:
    """A token is long and random: a plain hash of it cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()
