"""Crawls as child processes: Twisted's reactor starts only once in each, and a leak or a crash stays out of ours."""

import contextlib
import json
import logging
import os
import subprocess
import sys

from alerts.locale import in_words
from crawler.model import because
from scheduler.settings import Settings, for_a_crawl

log = logging.getLogger("icewire")


class Crawls:
    """The crawls that this process started and that have not ended."""

    def __init__(self) -> None:
        self._children: list[subprocess.Popen[str]] = []
        self._offline = False

    def run(self, settings: Settings) -> None:
        """One crawl of the deployment with these settings, until it ends; it is told nothing of the mail.

        It asks after `schedule.crawl_seconds` what is due, stays as long as more becomes due, an hour at most, and
        prints its counts, which are logged, whenever it has caught up.
        """
        command = [sys.executable, "-m", "scheduler.cli", "--config", os.devnull, "crawl", "--json"]
        child = subprocess.Popen(  # noqa: S603  our own command
            [*command, "--while-stdin-open", "--every", str(settings.schedule.crawl_seconds)],
            env=for_a_crawl(settings, os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._children.append(child)
        try:
            with child:  # it ends when its stdin is closed
                assert child.stdout is not None
                for line in child.stdout:  # not communicate(), which would close its stdin
                    self._report(json.loads(line))
            if status := child.wait():
                log.error("the crawl ended with status %d; what is due stays due", status)
        finally:
            self._children.remove(child)

    def end(self, patience: float) -> None:
        """Ask the running crawls to end, and after so many seconds end them; what they stored stays."""
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
