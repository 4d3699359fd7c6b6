"""The real daemon with its page, in a process of its own."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LONGEST = 60  # seconds until it answers


@contextmanager
def daemon(config: Path, port: int) -> Iterator[None]:
    """`icewire run` with this settings file, whose page is at that port."""
    log = config.with_name("daemon.log")
    command = [sys.executable, "-m", "scheduler.cli", "--config", str(config), "run"]
    with log.open("wb") as out, subprocess.Popen(command, stderr=out) as process:
        try:
            end = time.monotonic() + LONGEST
            while not _answers(port):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < end, log.read_text()
                time.sleep(0.05)
            yield
        finally:
            process.terminate()
            process.wait(30)


def _answers(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
        return bool(answer.status == 200)
    return False
