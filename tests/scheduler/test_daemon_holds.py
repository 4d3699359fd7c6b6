"""The real daemon under siege and without room on the disk: mails go out once each, and its log stays small."""

import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.deployment import Deployment, open_deployment
from scheduler.parts import read_parts
from tests.makers.late_mail import LateServer
from tests.makers.mailing import ask

pytestmark = pytest.mark.slow

CONFIG = """\
data = "data"
[watch]
shipped = false
[schedule]
crawl_seconds = 1
match_seconds = 1
digest_seconds = 1
deliver_seconds = 1
[mail]
smtp_host = "127.0.0.1"
smtp_port = {mail}
smtp_security = "none"
sender = "digest@icewire.example"
postal_address = "1 Example Street, Waltham, MA"
contact = "desk@icewire.example"
[web]
port = {web}
public_url = "https://alerts.icewire.example"
"""


class Daemon:
    """`icewire run`, and the log it wrote."""

    def __init__(self, folder: Path, mail: LateServer) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.port = int(listening.getsockname()[1])
        config = folder / "icewire.toml"
        config.write_text(CONFIG.format(mail=mail.settings.smtp_port, web=self.port), "utf-8")
        self.mail, self.log, self._people = mail, "", 0
        self.deployment: Deployment = open_deployment(config)
        command = [sys.executable, "-m", "scheduler.cli", "--config", str(config), "run"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log += line

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self._reading.join()
        assert self.process.stderr is not None
        self.process.stderr.close()
        self.deployment.engine.dispose()

    def queue(self) -> None:
        """One more mail."""
        self._people += 1
        ask(self.deployment.post, self.deployment.clock(), f"r{self._people}@example.org")

    def megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def limit(self, bytes_of_a_file: int) -> None:
        """No file of the daemon's grows beyond so much: as a full disk."""
        _, hard = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (bytes_of_a_file, hard))

    def answers(self, own: str, seconds: float) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), seconds, (own, 0)) as asking:
                asking.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return asking.recv(100).startswith(b"HTTP/1.1 ")
        except OSError:
            return False

    def until(self, done: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while done not in self.log:
            assert time.monotonic() < end, self.log
            time.sleep(0.1)


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    with LateServer(0) as mail:
        daemon = Daemon(tmp_path_factory.mktemp("daemon"), mail)
        end = time.monotonic() + 60
        while not daemon.answers("127.0.0.1", 5):
            assert time.monotonic() < end, daemon.log
            time.sleep(0.2)
        yield daemon
        daemon.stop()


HELD = (
    b"",
    b"GET / HTTP/1.1\r\nHost: local",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\nx",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 200,
    b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000,
)


def test_twelve_hundred_who_hold_connections_hold_up_no_mail_and_no_reader(daemon: Daemon) -> None:
    before, logged, had = daemon.megabytes(), len(daemon.log), len(daemon.mail.copies)
    with contextlib.ExitStack() as crowd:
        for n in range(1200):
            with contextlib.suppress(OSError):
                one = crowd.enter_context(socket.create_connection(("127.0.0.1", daemon.port), 30))
                one.settimeout(0.5)
                one.sendall(HELD[n % len(HELD)])
        daemon.queue()
        daemon.mail.wait_for(had + 1, 30)
        assert daemon.answers("127.0.0.2", 20)
        assert daemon.megabytes() - before < 150
    assert len(daemon.log) - logged < 100_000
    assert "failed" not in daemon.log[logged:]


def test_a_full_disk_loses_no_mail_doubles_none_and_is_told_once(daemon: Daemon) -> None:
    had, logged = len(daemon.mail.copies), len(daemon.log)
    daemon.limit(1)
    daemon.queue()
    daemon.until("failed: ")
    time.sleep(12)  # twice as long as a look that failed waits for the next one
    lines = [line for line in daemon.log[logged:].splitlines() if "failed" in line]
    assert len(daemon.mail.copies) == had
    assert len(lines) <= 8  # each part once
    assert not any("Traceback" in line for line in daemon.log[logged:].splitlines())
    daemon.limit(resource.RLIM_INFINITY)
    daemon.mail.wait_for(had + 1)
    daemon.until("works again")
    end = time.monotonic() + 30
    while not (told := read_parts(daemon.deployment.settings.data / "daemon.json")) or not all(
        one["over"] for one in told.values()
    ):
        assert time.monotonic() < end, told
        time.sleep(0.2)


def test_a_disk_that_is_full_when_the_answer_comes_doubles_no_mail(daemon: Daemon) -> None:
    had = len(daemon.mail.copies)
    daemon.mail.late = 2
    daemon.queue()
    daemon.mail.wait_for(had + 1)
    daemon.limit(1)
    daemon.until("nothing more is sent until that can be written down")
    time.sleep(3)
    daemon.limit(resource.RLIM_INFINITY)
    end = time.monotonic() + 60
    while "sending" in (counts := daemon.deployment.deliveries.delivery_counts()) or "queued" in counts:
        assert time.monotonic() < end, counts
        time.sleep(0.2)
    daemon.mail.late = 0
    assert len(daemon.mail.copies) == had + 1
    assert os.path.exists(f"/proc/{daemon.process.pid}")
