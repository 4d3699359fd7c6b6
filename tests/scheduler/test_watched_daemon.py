"""The real daemon as others see it: systemd is told, machines are answered, and no line of its log names a reader."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from scheduler.deployment import open_deployment
from scheduler.logs import FIELDS
from tests.makers.late_mail import LateServer
from tests.makers.mailing import ask
from tests.scheduler.test_daemon_holds import CONFIG

pytestmark = pytest.mark.slow

READERS = [f"reader{n}@town{n}.example" for n in range(6)]


class Unkind(LateServer):
    """Refuses each recipient with their own address in its words, and tells it again otherwise written."""

    def _converse(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 unkind\r\n")
            for line in lines:
                if line[:4].upper() == b"RCPT":
                    address = line.strip()[8:].partition(b">")[0].strip(b"<")
                    connection.sendall(b"550 5.1.1 <" + address + b">: " + address.upper() + b" has no mailbox\r\n")
                    self.copies.append(address)
                else:
                    connection.sendall(b"250 ok\r\n")


class Watched:
    """`icewire --log-json run` under somebody who is told by datagrams."""

    def __init__(self, folder: Path, mail: LateServer, told: socket.socket, named: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.port = int(listening.getsockname()[1])
        config = folder / "icewire.toml"
        config.write_text(CONFIG.format(mail=mail.settings.smtp_port, web=self.port), "utf-8")
        self.deployment, self.told, self.log = open_deployment(config), told, folder / "log"
        for reader in READERS:
            ask(self.deployment.post, self.deployment.clock(), reader, f"raid {reader.partition('@')[0]}")
        command = [sys.executable, "-m", "scheduler.cli", "--config", str(config), "--log-json", "run"]
        environment = {**os.environ, "NOTIFY_SOCKET": named, "WATCHDOG_USEC": "2000000"}
        with self.log.open("wb") as file:
            self.process = subprocess.Popen(command, stderr=file, env=environment)

    def hear(self, word: str, seconds: float = 60) -> None:
        self.told.settimeout(seconds)
        while word not in self.told.recv(4096).decode():
            pass

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.deployment.engine.dispose()


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with (
        TemporaryDirectory(prefix="n-") as short,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told,
        Unkind(0) as mail,
    ):
        told.bind(f"{short}/notify")
        daemon = Watched(tmp_path_factory.mktemp("watched"), mail, told, f"{short}/notify")
        try:
            daemon.hear("READY=1")
            mail.wait_for(len(READERS))
            yield daemon
        finally:
            daemon.stop()


def test_it_is_ready_lives_and_says_so(watched: Watched) -> None:
    watched.hear("STATUS=all parts work")
    for _ in range(3):
        watched.hear("WATCHDOG=1", 5)
    assert watched.get("/healthz")[0] == 200
    assert watched.get("/readyz") == (200, '{"ready":true,"parts":{"database":"ok","queue":"ok","timetable":"ok"}}')


def test_what_its_jobs_did_is_among_the_figures(watched: Watched) -> None:
    end = time.monotonic() + 30
    while 'icewire_job_runs_total{job="deliver",outcome="success"}' not in (told := watched.get("/metrics")[1]):
        assert time.monotonic() < end, told
        time.sleep(0.5)
    assert not re.search(r"town\d|reader", told)


def test_no_line_of_its_log_names_a_reader(watched: Watched) -> None:
    end = time.monotonic() + 30
    while watched.deployment.deliveries.delivery_counts().get("failed", 0) < len(READERS):
        assert time.monotonic() < end
        time.sleep(0.2)
    lines = [json.loads(line) for line in watched.log.read_text("utf-8").splitlines()]
    assert [line["delivery"] for line in lines if line.get("job") == "deliver" and "delivery" in line]
    assert {name for line in lines for name in line} <= {"time", "level", "logger", "message", "exception", *FIELDS}
    assert not re.search(r"town\d|reader\d", watched.log.read_text("utf-8").lower())
