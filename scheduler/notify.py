"""What systemd is told (sd_notify(3)): that the daemon is ready, how it is, and, as a watchdog, that it lives."""

import contextlib
import logging
import os
import socket
import time
from collections.abc import Callable, Mapping

log = logging.getLogger("icewire")


class Supervisor:
    """A datagram to $NOTIFY_SOCKET for each thing that is told; without that variable nothing is told to anybody."""

    def __init__(self, environment: Mapping[str, str], steady: Callable[[], float] = time.monotonic) -> None:
        self._address, self._steady = _address(environment.get("NOTIFY_SOCKET", "")), steady
        self._every = _watchdog_seconds(environment) / 2  # twice within the time, as sd_watchdog_enabled(3) advises
        self._beaten_at = -self._every
        self._status = ""

    def ready(self) -> None:
        """All parts were begun."""
        self._tell("READY=1")

    def stopping(self) -> None:
        """It ends, as it was asked to."""
        self._tell("STOPPING=1")

    def status(self, said: str) -> None:
        """How it is, in a line; told when it changes."""
        if said != self._status:
            self._status = said
            self._tell(f"STATUS={' '.join(said.split())}")

    def beat(self) -> None:
        """It lives; to be called often, and only while that is true."""
        if self._every and self._steady() - self._beaten_at >= self._every:
            self._beaten_at = self._steady()
            self._tell("WATCHDOG=1")

    def _tell(self, said: str) -> None:
        if self._address:
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
                to.settimeout(1)
                to.sendto(said.encode(), self._address)


def _address(named: str) -> str:
    """A path, or with @ before it a name of Linux's own, which no folder holds; "" for what is neither."""
    if not hasattr(socket, "AF_UNIX") or named[:1] not in ("/", "@"):
        return ""
    return "\0" + named[1:] if named.startswith("@") else named


def _watchdog_seconds(environment: Mapping[str, str]) -> float:
    """0 when nobody watches this process."""
    meant = environment.get("WATCHDOG_PID") in (None, "", str(os.getpid()))
    said = environment.get("WATCHDOG_USEC", "")
    return int(said) / 1e6 if meant and said.isdecimal() else 0.0
