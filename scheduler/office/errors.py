"""The last warnings and errors of the log, for who looks at a page and not at the log."""

import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from crawler.text import visible

MOST = 100
_LONGEST = 2000  # characters of one


@dataclass(frozen=True, slots=True)
class LoggedError:
    """One of them."""

    at: datetime
    level: str
    said: str


class LastErrors(logging.Handler):
    """Keeps the newest in memory."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._kept: deque[LoggedError] = deque(maxlen=MOST)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one; what it has of a traceback stays in the log."""
        said = visible(record.getMessage())[:_LONGEST]
        self._kept.append(LoggedError(datetime.fromtimestamp(record.created, UTC), record.levelname.lower(), said))

    def newest(self) -> Sequence[LoggedError]:
        """All that are kept, the newest first."""
        return list(reversed(self._kept))
