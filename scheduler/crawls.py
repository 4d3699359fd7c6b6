"""Crawls as child processes: Twisted's reactor starts only once in each, and a leak or a crash stays out of ours."""

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

from alerts.locale import in_words
from crawler.model import because
from scheduler.environment import for_a_crawl
from scheduler.settings import Settings
from scheduler.watchdog import Watchdog

log = logging.getLogger("icewire")

SILENCE = 300.0  # seconds; a crawl says every ten that it lives
_ASKED_TO = (-signal.SIGTERM, -signal.SIGINT)


class Crawls:
    """The crawls that this process started and that have not ended."""

    def __init__(
        self, silence: float = SILENCE, told: Callable[[Mapping[str, int], float], None] = lambda counts, seconds: None
    ) -> None:
        """`told` hears what a crawl counted since it told before, and how many seconds that took."""
        self.silence, self._told = silence, told
        self._told_at = 0.0
        self._suspect = ""  # what the last crawl was at, when it ended by force
        self._ending = False
        self._children: list[subprocess.Popen[str]] = []
        self._offline = False

    def run(self, settings: Settings) -> None:
        """One crawl of the deployment with these settings, until it ends; it is told nothing of the mail.

        It asks after `schedule.crawl_seconds` what is due, stays as long as more becomes due, an hour at most, and
        prints its counts, which are logged, whenever it has caught up. One that gives no sign of life is ended, and
        the next leaves alone for a while what it was at.
        """
        command = [sys.executable, "-m", "scheduler", "--config", os.devnull, "crawl", "--json"]
        child = subprocess.Popen(  # noqa: S603  our own command
            [*command, "--while-stdin-open", "--every", str(settings.schedule.crawl_seconds), *self._suspected()],
            env={**for_a_crawl(settings, os.environ), "PYTHONFAULTHANDLER": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._children.append(child)
        self._told_at = time.monotonic()
        try:
            at = ""
            with child, Watchdog(child, self.silence) as dog:  # it ends when its stdin is closed
                assert child.stdout is not None
                for line in child.stdout:  # not communicate(), which would close its stdin
                    dog.hear()
                    at = self._heard(line, at)
            self._ended(child.wait(), at, dog.bit)
        finally:
            self._children.remove(child)

    def _suspected(self) -> list[str]:
        suspect, self._suspect = self._suspect, ""
        return ["--suspect", suspect] if suspect else []

    def _heard(self, line: str, at: str) -> str:
        """What the crawl is at, after this line of it."""
        with contextlib.suppress(ValueError):  # one that is ended may be in the middle of a line
            said = json.loads(line)
            if "at" in said:
                return str(said["at"])
            began, self._told_at = self._told_at, time.monotonic()
            self._told(said, self._told_at - began)
            self._report(said)
        return at

    def _ended(self, status: int, at: str, bitten: bool) -> None:
        if not status or self._ending:
            return
        if bitten:
            log.error("the crawl gave no sign of life for %.0f seconds and was ended", self.silence)
        else:
            log.error("the crawl ended with status %d; what is due stays due", status)
        if by_force(status) and at:
            log.error("it was at %s, which the next crawl leaves alone for a while", at)
            self._suspect = at

    def end(self, patience: float) -> None:
        """Ask the running crawls to end, and after so many seconds end them; what they stored stays."""
        self._ending = True
        for child in tuple(self._children):
            child.terminate()
        for child in tuple(self._children):
            try:
                child.wait(patience)
            except subprocess.TimeoutExpired:
                child.kill()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(1)

    def _report(self, counts: dict[str, int]) -> None:
        """Log what a crawl did; that nobody could be reached, only once."""
        offline = "offline" in counts
        if offline and not self._offline:
            log.warning("%s", in_words(because("no_network")))
        elif self._offline and not offline:
            log.info("the network is back")
        self._offline = offline
        if counts.keys() - {"offline", "feeds", "pages"}:
            _log(counts)


def by_force(status: int) -> bool:
    """Whether a process that ended with this status did not do so by itself, or as it was asked to."""
    return status < 0 and status not in _ASKED_TO


def _log(counts: dict[str, int]) -> None:
    log.info(
        "crawl: feeds read %d, failing %d; new entries %d; pages read %d: new stories %d, articles %d, changed %d, "
        "off topic %d, to try again %d",
        counts.get("feeds_read", 0),
        counts.get("feeds_failed", 0),
        counts.get("entries_new", 0),
        counts.get("pages_read", 0),
        counts.get("stories", 0),
        counts.get("articles", 0),
        counts.get("revisions", 0),
        counts.get("off_topic", 0),
        counts.get("failed", 0),
    )
