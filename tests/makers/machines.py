"""Several machines with one PostgreSQL: daemons and workers as processes, and a wire between that can be cut."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

from crawler.registry.files import write_outlets
from crawler.registry.outlet import Outlet


class Wire:
    """A TCP port that leads to a PostgreSQL server's socket. While it is cut nothing passes, and nobody is told."""

    def __init__(self, url: str) -> None:
        self._folder = parse_qs(urlsplit(url).query)["host"][0]
        self._passes = threading.Event()
        self._passes.set()
        self._door = socket.create_server(("127.0.0.1", 0))
        name = urlsplit(url)
        self.url = f"postgresql://{name.username}:@127.0.0.1:{self._door.getsockname()[1]}{name.path}"
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._begin(self._accept)
        return self

    def __exit__(self, *error: object) -> None:
        self.mend()
        for end in (self._door, *self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for end in (self._door, *self._open):
            end.close()

    def cut(self) -> None:
        self._passes.clear()

    def mend(self) -> None:
        self._passes.set()

    def _begin(self, what: Callable[..., None], *given: socket.socket) -> None:
        self._threads.append(threading.Thread(target=what, args=given, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._door.accept()
                self._open.append(near)
                self._begin(self._lead, near)

    def _lead(self, near: socket.socket) -> None:
        self._passes.wait()
        far = socket.socket(socket.AF_UNIX)
        self._open.append(far)
        far.connect(f"{self._folder}/.s.PGSQL.5432")
        self._begin(self._pump, far, near)
        self._pump(near, far)

    def _pump(self, of: socket.socket, to: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while some := of.recv(65536):
                self._passes.wait()
                to.sendall(some)
        for end in (of, to):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@dataclass
class Machine:
    """One process of icewire in a folder of its own, and what it logged."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        assert self.process.stderr
        with self.process.stderr as lines:
            for line in lines:
                self.lines.append(line)  # at once, as it comes

    @property
    def log(self) -> str:
        return "".join(self.lines)

    def kill(self) -> None:
        """As the machine's power fails."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        """As its operator does."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self._reading.join(10)  # what it started holds the other end until it has ended as well


class Machines:
    """Starts them, each with its own folder and the same settings otherwise."""

    def __init__(self, folder: Path, settings: str, outlets: Sequence[Outlet]) -> None:
        self._folder, self._settings, self._key = folder, settings, secrets.token_hex(32).encode()
        self._outlets = outlets
        self.all: list[Machine] = []

    def start(self, command: str, url: str, **more: str) -> Machine:
        """`run` or `worker`, with the database at this address."""
        home = self._folder / f"{command}-{len(self.all)}"
        home.mkdir()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        own = f'[database]\nurl = "{url}"\n[web]\nport = {port}\npublic_url = "https://alerts.icewire.example"\n'
        (home / "icewire.toml").write_text(self._settings + own)
        (home / "var").mkdir(mode=0o700)
        (home / "var" / "secret.key").write_bytes(self._key)
        (home / "var" / "secret.key").chmod(0o600)
        if command == "run":
            write_outlets(home / "var" / "sources" / "mine.toml", self._outlets)
        process = subprocess.Popen(
            [sys.executable, "-m", "scheduler.cli", "--config", str(home / "icewire.toml"), command],
            env={**os.environ, **more},
            stderr=subprocess.PIPE,
            text=True,
        )
        self.all.append(Machine(process))
        return self.all[-1]

    def stop(self) -> None:
        for machine in reversed(self.all):
            machine.stop()


@contextlib.contextmanager
def machines(folder: Path, settings: str, outlets: Sequence[Outlet] = ()) -> Iterator[Machines]:
    """All are stopped at the end; the daemons watch these outlets."""
    started = Machines(folder, settings, outlets)
    try:
        yield started
    finally:
        started.stop()


def until(is_so: Callable[[], bool], seconds: float = 60, told: Callable[[], str] = str) -> None:
    """Wait for it."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, told()
        time.sleep(0.1)
