"""A log that whatever happens thousands of times cannot fill: of the same line some, then how often."""

import logging
import threading
import time
from collections.abc import Callable

MOST = 20  # lines of one kind
WITHIN = 60.0  # seconds

_Kind = tuple[str, int, str]


class Few(logging.Filter):
    """Lets through a few lines from each place of the code in a minute, and then says how many more there were."""

    def __init__(self, most: int = MOST, within: float = WITHIN, steady: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._most, self._within, self._steady = most, within, steady
        self._lock = threading.Lock()
        self._minute = steady()
        self._seen: dict[_Kind, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is one of the few."""
        self.tell()
        if record.funcName == "tell" and record.name == __name__:
            return True
        with self._lock:
            kind = (record.pathname, record.lineno, record.levelname)
            self._seen[kind] = self._seen.get(kind, 0) + 1
            return self._seen[kind] <= self._most

    def tell(self) -> None:
        """Once a minute, what was left out; to be called now and then."""
        with self._lock:
            if self._steady() - self._minute < self._within:
                return
            more = [(kind, n - self._most) for kind, n in self._seen.items() if n > self._most]
            self._minute, self._seen = self._steady(), {}
        for (path, line, _), number in more:
            log.warning("%d more lines like that of %s:%d in the last minute", number, path.rpartition("/")[2], line)


log = logging.getLogger(__name__)
