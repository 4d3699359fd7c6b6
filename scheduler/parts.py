"""The parts of the daemon, each of which may fail without the others: what fails is told once, and started again."""

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from crawler.model import IcewireError

log = logging.getLogger("icewire")

STATE_FILE = "daemon.json"
TOLD_AGAIN = 3600.0  # seconds until the same is said once more
TOLD_OTHERWISE = 60.0  # until something else is
WAITS = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)  # seconds before a part is started again
WELL_AFTER = 300.0  # seconds of work; after fewer the next wait is the longer one


@dataclass(frozen=True, slots=True)
class Failing:
    """How a part fails: since when, how often, why; `over` when it worked again."""

    since: datetime
    why: str
    times: int = 1
    over: datetime | None = None
    told: str = ""
    told_at: float = 0.0

    def as_json(self) -> dict[str, Any]:
        over = self.over.isoformat() if self.over else None
        return {"since": self.since.isoformat(), "why": self.why, "times": self.times, "over": over}


def is_told(failing: Failing, at: float) -> bool:
    """Whether a failure is said in the log: the first, one of another kind now and then, and the same each hour."""
    if not failing.told:
        return True
    return at - failing.told_at >= (TOLD_AGAIN if failing.told == failing.why else TOLD_OTHERWISE)


class Parts:
    """What of the daemon fails. Kept in a file, which `icewire doctor` reads; the database may be what fails."""

    def __init__(
        self, clock: Callable[[], datetime], file: Path | None = None, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock, self._file, self._steady = clock, file, steady
        self._failing: dict[str, Failing] = {}
        self._lock = threading.Lock()
        self._write()

    def failed(self, part: str, error: BaseException | str) -> None:
        """It failed: told once, with a traceback where nobody but us can mend it."""
        why, at = reason_of(error), self._steady()
        with self._lock:
            known = self._failing.get(part)
            if known is None or known.over:
                known = Failing(self._clock(), why)
            else:
                known = replace(known, why=why, times=known.times + 1)
            if told := is_told(known, at):
                known = replace(known, told=why, told_at=at)
            self._failing[part] = known
        if told:
            often = f" ({known.times} times since {known.since:%H:%M} UTC)" if known.times > 1 else ""
            ours = isinstance(error, BaseException) and not isinstance(error, IcewireError | OSError | DBAPIError)
            shown: Any = error if ours else None
            log.error("%s failed%s: %s", part, often, why, exc_info=shown, extra={"part": part})
            self._write()

    def well(self, part: str) -> None:
        """It worked."""
        with self._lock:
            known = self._failing.get(part)
            if known is None or known.over:
                return
            self._failing[part] = replace(known, over=self._clock())
        log.info("%s works again", part, extra={"part": part})
        self._write()

    def _write(self) -> None:
        if self._file:
            unfinished = self._file.with_name(self._file.name + ".part")
            try:
                unfinished.write_text(json.dumps({name: one.as_json() for name, one in self._failing.items()}), "utf-8")
                unfinished.replace(self._file)
            except OSError as error:  # the log has it
                log.debug("%s cannot be written: %s", self._file, error)


def reason_of(error: BaseException | str) -> str:
    """In one line."""
    if isinstance(error, str):
        return error
    said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {said}" if not isinstance(error, IcewireError | DBAPIError) else said


def read_parts(file: Path) -> dict[str, dict[str, Any]]:
    """What the daemon wrote last; nothing when it wrote nothing."""
    try:
        kept = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


class Kept:
    """A part that is started again whenever it has ended or hangs, after a while that grows."""

    def __init__(
        self,
        name: str,
        start: Callable[[], None],
        trouble: Callable[[], str],
        parts: Parts,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name, self._start, self._trouble, self._parts, self._steady = name, start, trouble, parts, steady
        self._tries = 0
        self._again_at: float | None = None
        self._began_at = 0.0
        self._ill_since: float | None = None
        self.why = ""  # it does not work now

    def begin(self) -> None:
        """Start it."""
        self._began_at, self._again_at = self._steady(), None
        try:
            self._start()
        except IcewireError as error:  # a person has to mend that, and to begin everything anew helps nobody
            self._ill_since = None
            self._fail(error)
        except Exception as error:  # noqa: BLE001  whatever it is, the others go on
            self._fall_ill(error)

    def look(self) -> None:
        """To be called now and then."""
        now = self._steady()
        if self._again_at is not None:
            if now >= self._again_at:
                self.begin()
        elif why := self._trouble():
            self._fall_ill(why)
        elif now - self._began_at >= WAITS[min(self._tries, len(WAITS) - 1)]:
            self._parts.well(self._name)
            self.why = ""
            if now - self._began_at >= WELL_AFTER:
                self._tries, self._ill_since = 0, None

    def ill_for(self) -> float:
        """Seconds since it ended or hung and never worked for five minutes since; 0 else, or if a person must help."""
        return 0.0 if self._ill_since is None else self._steady() - self._ill_since

    @property
    def name(self) -> str:
        """Which part it is."""
        return self._name

    def _fall_ill(self, error: BaseException | str) -> None:
        self._ill_since = self._steady() if self._ill_since is None else self._ill_since
        self._fail(error)

    def _fail(self, error: BaseException | str) -> None:
        self.why = reason_of(error)
        self._parts.failed(self._name, error)
        self._again_at = self._steady() + WAITS[min(self._tries, len(WAITS) - 1)]
        self._tries += 1
