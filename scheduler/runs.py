"""What the jobs and crawls did, kept in a file, so that counts go on after a restart and commands can read them."""

import json
import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from alerts.operator import JobRun, Running

log = logging.getLogger("icewire")

RUNS_FILE = "runs.json"
_ODDITIES = {"offline"}  # says how it is, and not how often


class Runs:
    """The runs of all jobs, and what the crawls counted. The file may be lost: then it counts from nothing."""

    def __init__(self, clock: Callable[[], datetime], file: Path | None = None) -> None:
        self._clock, self._file = clock, file
        self._known = read_runs(file) if file else Running()
        self._lock = threading.Lock()

    def ran(self, job: str, seconds: float, well: bool) -> None:
        """A run of a job ended, well or not, after so many seconds."""
        with self._lock:
            before = self._known.jobs.get(job, JobRun())
            now = self._clock()
            if well:
                after = replace(before, succeeded_at=now, seconds=seconds, successes=before.successes + 1)
            else:
                after = replace(before, failed_at=now, seconds=seconds, failures=before.failures + 1)
            self._known = replace(self._known, jobs={**self._known.jobs, job: after})
            self._write()

    def crawled(self, counts: Mapping[str, int], seconds: float) -> None:
        """A crawl told what it did since it told before, in so many seconds."""
        with self._lock:
            new = {name: number for name, number in counts.items() if name not in _ODDITIES}
            total = Counter(self._known.crawled) + Counter(new)
            self._known = replace(self._known, crawled=dict(total), crawled_at=self._clock(), crawl_seconds=seconds)
            self._write()

    def known(self, troubles: Mapping[str, str]) -> Running:
        """All that, with what does not work now."""
        with self._lock:
            return replace(self._known, troubles=troubles)

    def _write(self) -> None:
        if self._file:
            unfinished = self._file.with_name(self._file.name + ".part")
            try:
                unfinished.write_text(json.dumps(asdict(self._known), default=datetime.isoformat), "utf-8")
                unfinished.replace(self._file)
            except OSError as error:  # no room: the next run writes it
                log.debug("%s cannot be written: %s", self._file, error)


def read_runs(file: Path) -> Running:
    """What a daemon wrote last; nothing when it wrote nothing that can be read."""
    try:
        kept = json.loads(file.read_text("utf-8"))
        jobs = {str(name): _job(one) for name, one in kept["jobs"].items()}
        crawled = {str(name): int(number) for name, number in kept["crawled"].items()}
        return Running({}, jobs, crawled, _moment(kept["crawled_at"]), float(kept["crawl_seconds"]))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return Running()


def _job(kept: dict[str, Any]) -> JobRun:
    times = (_moment(kept["succeeded_at"]), _moment(kept["failed_at"]))
    return JobRun(*times, float(kept["seconds"]), int(kept["successes"]), int(kept["failures"]))


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
