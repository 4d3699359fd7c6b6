"""Who left, kept beside the database: a backup that is put back must not bring them back.

Only numbers and times, no addresses; a number is never given to anybody else.
"""

import json
import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from alerts.people import left_since, still_left
from crawler.model import IcewireError
from scheduler.keeping.places import flush

FILE = "left.json"
KEPT = timedelta(days=8)  # longer than any backup may be put back with its people


class Departures:
    """The list of a data folder."""

    def __init__(self, data: Path) -> None:
        self._file = data / FILE

    def begin(self, now: datetime) -> None:
        """From now on it is complete, if it was not already."""
        if not self._file.exists():
            self._write(now, {})

    def note(self, engine: Engine, now: datetime) -> None:
        """Take down who left and is not erased yet, and strike out who came back and what is too old."""
        since, known = self.read()
        if since is None:
            since = now
        there = left_since(engine, now - KEPT)
        back = still_left(engine, known.keys() - there.keys())
        kept = {number: at for number, at in known.items() if number in back and at > now - KEPT} | there
        if kept != known or not self._file.exists():
            self._write(max(since, now - KEPT), kept)

    def read(self) -> tuple[datetime | None, dict[int, datetime]]:
        """Since when it is complete (None: there is no list), and who left when. Raises IcewireError."""
        if not self._file.exists():
            return None, {}
        try:
            said = json.loads(self._file.read_text("utf-8"))
            left = {int(number): datetime.fromisoformat(at) for number, at in said["left"].items()}
            return datetime.fromisoformat(said["since"]), left
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise IcewireError(
                f"{self._file}: who left cannot be read: {error}; delete it, and a new one begins"
            ) from error

    def _write(self, since: datetime, left: dict[int, datetime]) -> None:
        said = {"since": since.isoformat(), "left": {str(n): at.isoformat() for n, at in sorted(left.items())}}
        handle, fresh = tempfile.mkstemp(dir=self._file.parent, prefix=".left-", suffix=".part")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                json.dump(said, out, indent=1)
                out.flush()
                os.fsync(out.fileno())
            Path(fresh).replace(self._file)
        except OSError:
            Path(fresh).unlink(missing_ok=True)
            raise
        flush(self._file.parent)
