"""What systemd is told arrives at a real socket; the watchdog is told only while the parts live."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from crawler.model import IcewireError
from scheduler.daemon import ILL_FOR, _tell
from scheduler.notify import Supervisor
from scheduler.parts import WELL_AFTER, Kept, Parts
from tests.makers.making import NOON


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(params=["path", "abstract"])
def listening(request: pytest.FixtureRequest) -> Iterator[tuple[str, socket.socket]]:
    with TemporaryDirectory(prefix="n-") as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        path = str(Path(folder) / "notify")
        named = path if request.param == "path" else f"@icewire-test-{os.getpid()}"
        bound.bind(path if request.param == "path" else "\0" + named[1:])
        bound.setblocking(False)
        yield named, bound


def heard(bound: socket.socket) -> list[str]:
    told = []
    while True:
        try:
            told.append(bound.recv(4096).decode())
        except BlockingIOError:
            return told


def test_each_thing_is_a_datagram_and_the_watchdog_is_fed_twice_in_its_time(
    listening: tuple[str, socket.socket], time: Time
) -> None:
    named, bound = listening
    supervisor = Supervisor({"NOTIFY_SOCKET": named, "WATCHDOG_USEC": "60000000"}, time)
    supervisor.ready()
    for time.now in range(61):
        supervisor.status("all parts\nwork")
        supervisor.beat()
    supervisor.stopping()
    assert heard(bound) == ["READY=1", "STATUS=all parts work", *["WATCHDOG=1"] * 3, "STOPPING=1"]


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"NOTIFY_SOCKET": "relative"},
        {"NOTIFY_SOCKET": "/nowhere/at/all"},
        {"WATCHDOG_USEC": "no", "WATCHDOG_PID": "1"},
    ],
)
def test_where_nobody_listens_nothing_happens(environment: dict[str, str]) -> None:
    supervisor = Supervisor(environment)
    supervisor.ready()
    supervisor.status("x")
    supervisor.beat()


def test_a_watchdog_of_another_process_is_not_ours(listening: tuple[str, socket.socket]) -> None:
    named, bound = listening
    Supervisor({"NOTIFY_SOCKET": named, "WATCHDOG_USEC": "1", "WATCHDOG_PID": "1"}).beat()
    assert heard(bound) == []


def looked_after(time: Time, start: Callable[[], None], trouble: Callable[[], str]) -> Kept:
    kept = Kept("timetable", start, trouble, Parts(lambda: NOON, steady=time), time)
    kept.begin()
    return kept


def beats(bound: socket.socket, supervisor: Supervisor, kept: Kept, time: Time, seconds: int) -> int:
    count = 0
    for _ in range(seconds):
        time.now += 1
        kept.look()
        _tell(supervisor, (kept,))
        count += heard(bound).count("WATCHDOG=1")
    return count


def test_a_part_that_hangs_again_and_again_ends_the_beat_and_one_that_is_mended_brings_it_back(
    listening: tuple[str, socket.socket], time: Time
) -> None:
    named, bound = listening
    supervisor = Supervisor({"NOTIFY_SOCKET": named, "WATCHDOG_USEC": "2000000"}, time)
    ill = [""]
    kept = looked_after(time, lambda: None, lambda: ill[0])
    assert beats(bound, supervisor, kept, time, 100) == 100
    ill[0] = "its thread has ended"
    assert beats(bound, supervisor, kept, time, int(ILL_FOR)) in (int(ILL_FOR), int(ILL_FOR) - 1)
    assert beats(bound, supervisor, kept, time, 600) <= 1
    ill[0] = ""
    beats(bound, supervisor, kept, time, int(WELL_AFTER) + 200)
    assert beats(bound, supervisor, kept, time, 60) == 60


def test_what_only_a_person_can_mend_is_no_reason_to_begin_anew(
    listening: tuple[str, socket.socket], time: Time
) -> None:
    named, bound = listening
    supervisor = Supervisor({"NOTIFY_SOCKET": named, "WATCHDOG_USEC": "2000000"}, time)

    def taken() -> None:
        raise IcewireError("the port is taken")

    kept = looked_after(time, taken, lambda: "")
    assert beats(bound, supervisor, kept, time, 3000) == 3000
    assert kept.why.endswith("the port is taken")
