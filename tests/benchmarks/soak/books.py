"""What a soak keeps account of: what was published and seen, what was due and what arrived."""

import json
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from tests.benchmarks.soak.world import MAILS


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail that the mail server took."""

    id: str
    to: str
    at: datetime
    told: tuple[str, ...]  # the pages of the stories that it tells as new


@dataclass(frozen=True, slots=True)
class Mailed:
    """What the database says of a mail: the digest of which day it is."""

    email: str
    day: date
    cadence: str


@dataclass
class Books:
    """Read from the database and from what the mail server wrote; what a restore forgets stays here."""

    folder: Path
    arrived: list[Arrived] = field(default_factory=list)
    mailed: dict[str, Mailed] = field(default_factory=dict)  # by Message-ID
    seen: dict[str, datetime] = field(default_factory=dict)  # when each address stood in the database first
    in_flight: Counter[str] = field(default_factory=Counter)  # Message-IDs that a kill met, and how often
    copies: Counter[str] = field(default_factory=Counter)  # Message-IDs, and how often they arrived
    _forgotten: set[str] = field(default_factory=set)
    _mails_at: int = 0
    _entry: int = 0
    _delivery: int = 0

    def __post_init__(self) -> None:
        self.database = self.folder / "data" / "icewire.db"
        (self.folder / MAILS).touch()

    def read(self, now: datetime, afresh: bool = False) -> None:
        """What is new; `afresh`, also what became of older digests. Raises sqlite3.DatabaseError when it is damaged."""
        self._delivery = 0 if afresh else self._delivery
        self.read_mails()
        with closing(self.asking()) as connection:
            for number, url in connection.execute("SELECT id, url FROM entry WHERE id > ? ORDER BY id", (self._entry,)):
                self._entry = number
                self.seen.setdefault(url, now)
            for number, name, day, cadence, email in connection.execute(_DELIVERIES, (self._delivery,)):
                self._delivery = number
                self.mailed[name] = Mailed(email, date.fromisoformat(day), cadence)

    def read_mails(self) -> None:
        """What the mail server took since."""
        with (self.folder / MAILS).open() as lines:
            lines.seek(self._mails_at)
            for line in iter(lines.readline, ""):
                if not line.endswith("\n"):
                    return
                one = json.loads(line)
                at = datetime.fromtimestamp(one["at"], UTC)
                self.arrived.append(Arrived(one["id"], one["to"], at, tuple(one["told"])))
                self.copies[one["id"]] += 1
                self._mails_at = lines.tell()

    def note_kill(self, before: int) -> None:
        """A sender died: of what was taken since `before` mails had arrived, what it had not written down."""
        self.read_mails()
        with closing(self.asking()) as connection:
            query = "SELECT message_id FROM delivery WHERE state IN ('queued', 'sending')"
            unknown = {name for (name,) in connection.execute(query)}
        self.in_flight.update(one.id for one in self.arrived[before:] if one.id in unknown)

    def backed_up(self) -> None:
        """A backup is about to be made: what was seen and stands there no more was old, and is forgotten."""
        with closing(self.asking()) as connection:
            self._forgotten = self.seen.keys() - {url for (url,) in connection.execute("SELECT url FROM entry")}

    def restored(self) -> None:
        """A backup was put back: what stands in the database now has been seen, or was forgotten before the backup."""
        with closing(self.asking()) as connection:
            known = {url for (url,) in connection.execute("SELECT url FROM entry")} | self._forgotten
            (self._entry,) = connection.execute("SELECT coalesce(max(id), 0) FROM entry").fetchone()
            (self._delivery,) = connection.execute("SELECT coalesce(max(id), 0) FROM delivery").fetchone()
        self.seen = {url: at for url, at in self.seen.items() if url in known}

    def asking(self) -> sqlite3.Connection:
        """A connection that only reads."""
        return sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=5)

    def by_day(self) -> dict[tuple[str, date], list[Arrived]]:
        """The digests of days that arrived, in the order in which they did."""
        found: dict[tuple[str, date], list[Arrived]] = defaultdict(list)
        for one in self.arrived:
            known = self.mailed.get(one.id)
            if known and known.cadence == "daily":
                found[known.email, known.day].append(one)
        return found


_DELIVERIES = """
    SELECT delivery.id, delivery.message_id, digest.local_date, digest.cadence, delivery.recipient
    FROM delivery JOIN digest ON digest.id = delivery.digest_id WHERE delivery.id > ? ORDER BY delivery.id
"""
