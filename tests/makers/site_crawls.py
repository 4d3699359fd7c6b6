"""Crawl processes that are told which sites to read, on one PostgreSQL, as workers start them."""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from tests.makers.crawling import SETTINGS
from tests.makers.serving import Asked, Reply, Site

PATIENCE = 60.0  # seconds for an answer; a busy machine is no fault of the code


class SiteCrawlProcess:
    """One of them, and what it answered."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.child = subprocess.Popen(
            [sys.executable, "-m", "scheduler", "--config", "icewire.toml", "crawl", "--json", "--sites", *options],
            cwd=folder,
            env=dict(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.said: list[dict[str, Any]] = []
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def assign(self, job: str | int, site: str, **more: float) -> None:
        assert self.child.stdin is not None
        self.child.stdin.write(json.dumps({"job": job, "site": site, **more}) + "\n")
        self.child.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """The next one; {} when it ended without one."""
        return self._answers.get(timeout=PATIENCE)

    def _listen(self) -> None:
        assert self.child.stdout is not None
        for line in self.child.stdout:
            self.said.append(said := json.loads(line))
            if "at" not in said:
                self._answers.put(said)
        self._answers.put({})


@contextlib.contextmanager
def site_crawl(folder: Path, *options: str) -> Iterator[SiteCrawlProcess]:
    """One that runs while the block does, and ends with its stdin."""
    process = SiteCrawlProcess(folder, *options)
    try:
        yield process
    finally:
        assert process.child.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.child.stdin.close()
        try:
            process.child.wait(PATIENCE)
        finally:
            process.child.kill()
            process.listener.join()
            with process.child:  # closes its pipes
                pass


def settings_for(folder: Path, database_url: str, delay: float = 0) -> Path:
    """A folder with a deployment on this database."""
    settings = SETTINGS.format(allow="true", timeout=10, delay=delay)
    (folder / "icewire.toml").write_text(f'{settings}\n[database]\nurl = "{database_url}"\n')
    return folder


class Watched:
    """Notes of sites, as of one machine, how many ask them at the same moment, and lets each wait a little."""

    def __init__(self, *sites: Site, seconds: float = 0.05) -> None:
        self.sites, self.seconds = sites, seconds
        self.most = 0
        self._inside, self._lock = 0, threading.Lock()
        for site in sites:
            site.reply = partial(self._answer, site.reply)  # type: ignore[method-assign]

    def _answer(self, reply: Callable[[Asked], Reply], request: Asked) -> Reply:
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
        threading.Event().wait(self.seconds)
        try:
            return reply(request)
        finally:
            with self._lock:
                self._inside -= 1

    @property
    def asked(self) -> Counter[str]:
        """How often each path was."""
        return Counter(one.path for site in self.sites for one in site.log)
