"""The processes of a soak: the world, the nursery, and the daemon, which is killed and started again."""

import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from tests.benchmarks.running import ROOT

SOCKET = "nursery"  # where it listens, in the folder of a soak


class DaemonGone(Exception):
    """It ended before it answered."""


class Process:
    """A module of the soak, run on a folder; what it logs is written there by us, as its own disk may be full."""

    def __init__(self, module: str, folder: Path, *words: str) -> None:
        command = [sys.executable, "-m", f"tests.benchmarks.soak.{module}", str(folder), *words]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=ROOT, start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert self.process.stderr
        threading.Thread(target=_copy, args=(self.process.stderr, folder / f"{module}.log"), daemon=True).start()

    def hear(self) -> str:
        """Its next line; "" when it has ended."""
        assert self.process.stdout
        return self.process.stdout.readline()

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                pipe and pipe.close()


class Daemon:
    """A fork of the nursery, at the other end of a socket."""

    def __init__(self, folder: Path) -> None:
        """Raises DaemonGone when it could not start."""
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(folder / SOCKET))
        self._in, self._out = self._socket.makefile("w"), self._socket.makefile("r")
        self.pid = int(json.loads(self._hear())["pid"])
        try:
            self._hear()
        except DaemonGone:
            self.kill()
            raise

    def _hear(self) -> str:
        line = ""
        with suppress(ConnectionError):
            line = self._out.readline()
        if not line.endswith("\n"):
            raise DaemonGone
        return line

    def ask(self, do: str, **given: Any) -> dict[str, Any]:
        """Have it do something; what came of it. Raises DaemonGone."""
        self.tell(do, **given)
        answer: dict[str, Any] = json.loads(self._hear())
        return answer

    def tell(self, do: str, **given: Any) -> None:
        """The same, without waiting."""
        with suppress(ConnectionError):
            self._in.write(json.dumps({"do": do, **given}) + "\n")
            self._in.flush()

    def is_silent(self) -> bool:
        """Whether it is still at what it was told."""
        return not select.select([self._socket], [], [], 0)[0]

    def is_gone(self) -> bool:
        """Whether it has ended instead of answering."""
        with suppress(DaemonGone):
            self._hear()
            return False
        return True

    def limit(self, bytes_of_a_file: int) -> None:
        """No file of its and its children's grows beyond so much: as a full disk."""
        _, hard = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (bytes_of_a_file, hard))

    def kill(self) -> None:
        """It and its children end at once; returns when they have."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        with suppress(ConnectionError):
            while self._out.readline():  # what it still said; the end when none of them has the socket any more
                pass
        while _is_group(self.pid):
            time.sleep(0.001)
        for end in (self._in, self._out, self._socket):
            with suppress(OSError):
                end.close()


def free_port() -> int:
    """A port that nobody listens at, on any address of this machine."""
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        return int(probe.getsockname()[1])


def _is_group(leader: int) -> bool:
    try:
        os.killpg(leader, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _copy(lines: IO[str], log: Path) -> None:
    with lines, log.open("a") as written:
        for line in lines:
            written.write(line)
            written.flush()
