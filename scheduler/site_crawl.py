"""A crawl process that is told which sites to read, as its parent sees it: many threads give it sites and wait."""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from scheduler.crawls import SILENCE
from scheduler.settings import Settings, for_a_crawl
from scheduler.watchdog import Watchdog

log = logging.getLogger("icewire")

_ASKED_TO = (-signal.SIGTERM, -signal.SIGINT)


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What came of a site: what was counted, and whether something is left that stays due. `failed`: "" = done."""

    site: str
    counts: Mapping[str, int] = field(default_factory=dict)
    left: bool = False
    failed: str = ""


@dataclass(slots=True)
class _Asked:
    """A site that somebody waits for."""

    site: str
    done: threading.Event = field(default_factory=threading.Event)
    report: SiteReport | None = None

    def answer(self, report: SiteReport) -> None:
        self.report = report
        self.done.set()


class SiteCrawl:
    """One child at a time: it is started when a site is to be read, and again after it has ended."""

    def __init__(self, settings: Settings, silence: float = SILENCE) -> None:
        self._settings, self._silence = settings, silence
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._asked: dict[int, _Asked] = {}
        self._numbers, self._suspect, self._ending = 0, "", False

    def read(self, site: str) -> SiteReport:
        """Have a site read; waits until it is. From any thread."""
        asked = _Asked(site)
        with self._lock:
            if self._ending:
                return SiteReport(site, failed="ended")
            if self._child is None:
                self._start()
            self._numbers += 1
            self._asked[self._numbers] = asked
            self._give(self._numbers, site)
        asked.done.wait()
        assert asked.report is not None
        return asked.report

    def end(self, patience: float) -> None:
        """End the child; whoever waits is told that it ended."""
        with self._lock:
            self._ending, child = True, self._child
        if child:
            child.terminate()
            try:
                child.wait(patience)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(child.pid, signal.SIGKILL)
        self._fail_all()

    def _start(self) -> None:
        command = [sys.executable, "-m", "scheduler.cli", "--config", os.devnull, "crawl", "--json", "--sites"]
        suspected = ["--suspect", self._suspect] if self._suspect else []
        self._suspect = ""
        child = self._child = subprocess.Popen(  # noqa: S603  our own command
            [*command, *suspected],
            env={**for_a_crawl(self._settings, os.environ), "PYTHONFAULTHANDLER": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._listen, args=(child,), name="site crawl", daemon=True).start()

    def _give(self, number: int, site: str) -> None:
        assert self._child
        assert self._child.stdin
        with contextlib.suppress(OSError):  # it has just ended; whoever listens to it tells those who wait
            self._child.stdin.write(json.dumps({"job": number, "site": site}) + "\n")
            self._child.stdin.flush()

    def _listen(self, child: subprocess.Popen[str]) -> None:
        """Hear what a child says, until it ends."""
        at = ""
        with Watchdog(child, self._silence) as dog:
            assert child.stdout is not None
            for line in child.stdout:
                dog.hear()
                with contextlib.suppress(ValueError):  # one that is ended may be in the middle of a line
                    said = json.loads(line)
                    at = str(said["at"] or at) if "at" in said else at
                    self._heard(said)
        status = child.wait()
        with self._lock:
            self._child = None if self._child is child else self._child
            if status and not self._ending:
                log.error("the crawl ended with status %d; what is due stays due", status)
                self._suspect = at if status < 0 and status not in _ASKED_TO else ""
        self._fail_all()

    def _heard(self, said: Mapping[str, object]) -> None:
        number = said.get("done", said.get("failed"))
        with self._lock:
            asked = self._asked.pop(number, None) if isinstance(number, int) else None
        if asked:
            counts = said.get("counts")
            report = SiteReport(
                asked.site,
                counts if isinstance(counts, dict) else {},
                bool(said.get("left")),
                str(said.get("why", "")) if "failed" in said else "",
            )
            asked.answer(report)

    def _fail_all(self) -> None:
        with self._lock:
            waiting, self._asked = list(self._asked.values()), {}
        for asked in waiting:
            asked.answer(SiteReport(asked.site, failed="ended"))
