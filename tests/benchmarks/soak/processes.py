"""The processes of a soak: the world, and the daemon's worker, which is killed and started again."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from tests.benchmarks.running import ROOT


class WorkerGone(Exception):
    """It ended before it answered."""


class Process:
    """A module of the soak, run on a folder; what it logs is written there by us, as its own disk may be full."""

    def __init__(self, module: str, folder: Path, *words: str) -> None:
        self.log = folder / f"{module}.log"
        command = [sys.executable, "-m", f"tests.benchmarks.soak.{module}", str(folder), *words]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=ROOT, start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert self.process.stdin
        assert self.process.stdout
        assert self.process.stderr
        self._in, self._out = self.process.stdin, self.process.stdout
        threading.Thread(target=_copy, args=(self.process.stderr, self.log), daemon=True).start()

    def hear(self) -> str:
        """Its next line. Raises WorkerGone."""
        line = self._out.readline()
        if not line.endswith("\n"):
            raise WorkerGone
        return line

    def ask(self, do: str, **given: Any) -> dict[str, Any]:
        """Have it do something; what came of it. Raises WorkerGone."""
        self.tell(do, **given)
        answer: dict[str, Any] = json.loads(self.hear())
        return answer

    def tell(self, do: str, **given: Any) -> None:
        """The same, without waiting."""
        with suppress(BrokenPipeError):
            self._in.write(json.dumps({"do": do, **given}) + "\n")
            self._in.flush()

    def limit(self, bytes_of_a_file: int) -> None:
        """No file of its and its children's grows beyond so much: as a full disk."""
        _, hard = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (bytes_of_a_file, hard))

    def kill(self) -> None:
        """It and its children end at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self._close()

    def end(self) -> None:
        """It ends when nobody tells it anything any more."""
        with suppress(BrokenPipeError):
            self._in.close()
        self.process.wait(60)
        self._close()

    def _close(self) -> None:
        self.process.wait()
        for pipe in (self._in, self._out):
            with suppress(OSError):
                pipe.close()


def start_worker(folder: Path) -> Process | None:
    """One that is ready; None when it could not start."""
    worker = Process("worker", folder)
    try:
        worker.hear()
    except WorkerGone:
        worker.kill()
        return None
    return worker


def free_port() -> int:
    """A port that nobody listens at, on any address of this machine."""
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        return int(probe.getsockname()[1])


def _copy(lines: IO[str], log: Path) -> None:
    with lines, log.open("a") as written:
        for line in lines:
            written.write(line)
            written.flush()
