"""Ends a child process that gives no sign of life."""

import contextlib
import os
import signal
import subprocess
import threading
from time import monotonic
from typing import Self

LAST_WORDS = 5.0  # seconds for the child to write down where it stands


class Watchdog:
    """While the block runs, the child has to be heard of every so many seconds; else it and its children are ended.

    It is a thread of the parent, as no thread of the child runs while a regular expression does. The child is to lead
    a process group of its own, and with PYTHONFAULTHANDLER set it says on its stderr where it stood.
    """

    def __init__(self, child: subprocess.Popen[str], silence: float) -> None:
        self.child, self.silence = child, silence
        self.bit = False
        self._heard = monotonic()  # which stands still while the machine sleeps
        self._over = threading.Event()

    def __enter__(self) -> Self:
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def hear(self) -> None:
        """A sign of life."""
        self._heard = monotonic()

    def _watch(self) -> None:
        while not self._over.wait(min(1.0, self.silence / 4)):
            if monotonic() - self._heard > self.silence:
                self.bit = True
                self._end()
                return

    def _end(self) -> None:
        self.child.send_signal(signal.SIGABRT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.child.wait(LAST_WORDS)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.child.pid, signal.SIGKILL)
