"""A worker's crawl: a child process that is told which sites to read, see `crawler/spiders/assignments.py`."""

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from alerts.locale import in_words
from crawler.model import because
from scheduler.crawls import SILENCE, by_force
from scheduler.environment import for_a_crawl
from scheduler.settings import Settings
from scheduler.watchdog import Watchdog

log = logging.getLogger("icewire")

LONGEST = 3600.0  # seconds; then a new process starts clean, and the old one ends when it has done


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What came of reading a site."""

    site: str
    counts: dict[str, int] = field(default_factory=dict)
    left: bool = False  # the time was over, and the rest is due
    failed: str = ""  # why not: busy, offline, ended, error; what is not stored is due


class SiteCrawl:
    """Reads sites in a child process, which is started when it is needed, and anew when it ended. For any threads."""

    def __init__(self, settings: Settings, silence: float = SILENCE) -> None:
        """A child that gives no sign of life for so many seconds is ended, and the next leaves alone what it was at."""
        self._settings, self._silence = settings, silence
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._children: set[_Child] = set()
        self._suspect = ""
        self._failed, self._until = "", 0.0  # why no new child is started until then, by `time.monotonic()`
        self._ending = self._offline = False

    def read(self, site: str) -> SiteReport:
        """Have a site read, and wait for what comes of it."""
        with self._lock:
            if self._ending:
                return SiteReport(site, failed="ended")
            if self._child is None and time.monotonic() < self._until:
                return SiteReport(site, failed=self._failed)
            if self._child is not None and self._child.age() > LONGEST:
                self._child.retire()
                self._child = None
            if self._child is None:
                self._child = self._start()
            answer = self._child.assign(site)
        report = answer.result()
        self._tell(report)
        return report

    def end(self, patience: float) -> None:
        """End the children, by force after so many seconds; who waits is told so."""
        with self._lock:
            self._ending = True
            children = tuple(self._children)
        for child in children:
            child.process.terminate()
        for child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(patience)
            child.process.kill()
            child.listener.join(1)

    def _start(self) -> "_Child":
        suspected = ["--suspect", self._suspect] if self._suspect else []
        self._suspect = ""
        child = _Child(self._settings, suspected, self._silence, self._ended)
        self._children.add(child)
        return child

    def _ended(self, child: "_Child", status: int, bitten: bool) -> None:
        with self._lock:
            self._children.discard(child)
            if self._child is child:
                self._child = None
            failed = "ended" if self._ending else child.failed or "error"
            if not self._ending and not child.retired:
                self._note_end(child, status, bitten, failed)
        child.fail_all(failed)

    def _note_end(self, child: "_Child", status: int, bitten: bool, failed: str) -> None:
        pause = self._settings.schedule.crawl_seconds
        if status >= 0 or child.age() < pause:  # as it found the network or the database, the next one would
            self._failed, self._until = failed, time.monotonic() + pause
        if bitten:
            log.error("the crawl gave no sign of life for %.0f seconds and was ended", self._silence)
        elif status:
            log.error("the crawl ended with status %d; what is due stays due", status)
        if by_force(status) and child.at:
            log.error("it was at %s, which the next crawl leaves alone for a while", child.at)
            self._suspect = child.at

    def _tell(self, report: SiteReport) -> None:
        """That nobody can be reached, only once."""
        offline = report.failed == "offline"
        with self._lock:
            before, self._offline = self._offline, offline or (self._offline and bool(report.failed))
            if offline and not before:
                log.warning("%s", in_words(because("no_network")))
            elif before and not self._offline:
                log.info("the network is back")


class _Child:
    """One process, and who waits for its answers."""

    def __init__(
        self, settings: Settings, options: list[str], silence: float, ended: Callable[["_Child", int, bool], None]
    ) -> None:
        command = [sys.executable, "-m", "scheduler", "--config", os.devnull, "crawl", "--json", "--sites"]
        self.process = subprocess.Popen(  # noqa: S603  our own command
            [*command, *options],
            env={**for_a_crawl(settings, os.environ), "PYTHONFAULTHANDLER": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.at = self.failed = ""
        self.retired = False
        self._began, self._silence, self._ended = time.monotonic(), silence, ended
        self._lock = threading.Lock()
        self._jobs = 0
        self._waiting: dict[int, tuple[str, Future[SiteReport]]] = {}
        self.listener = threading.Thread(target=self._listen, name="crawl", daemon=True)
        self.listener.start()

    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self._began

    def assign(self, site: str) -> Future[SiteReport]:
        """What is to come of this site."""
        answer = Future[SiteReport]()
        with self._lock:
            self._jobs += 1
            self._waiting[self._jobs] = site, answer
            line = json.dumps({"job": self._jobs, "site": site})
        assert self.process.stdin is not None
        with contextlib.suppress(OSError, ValueError):  # it has just ended: then all who wait are told
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        return answer

    def retire(self) -> None:
        """It gets no more, and ends when it has done what it has."""
        self.retired = True
        self._leave_if_done()

    def fail_all(self, failed: str) -> None:
        """Whoever waits still."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for site, answer in waiting.values():
            answer.set_result(SiteReport(site, failed=failed))

    def _listen(self) -> None:
        with Watchdog(self.process, self._silence) as dog:
            assert self.process.stdout is not None
            for line in self.process.stdout:
                dog.hear()
                with contextlib.suppress(ValueError):  # one that is ended may be in the middle of a line
                    self._hear(json.loads(line))
            status = self.process.wait()
        with contextlib.suppress(OSError), self.process:  # closes its pipes
            pass
        self._ended(self, status, dog.bit)

    def _hear(self, said: dict[str, Any]) -> None:
        if "at" in said:
            self.at = str(said["at"])
            return
        with self._lock:
            _, answer = self._waiting.pop(said.get("done") or said.get("failed") or 0, ("", None))
        if answer is None:
            return
        self.failed = said.get("why", "")
        answer.set_result(SiteReport(said["site"], said.get("counts", {}), said.get("left", False), self.failed))
        self._leave_if_done()

    def _leave_if_done(self) -> None:
        with self._lock:
            is_done = self.retired and not self._waiting
        if is_done and self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()
