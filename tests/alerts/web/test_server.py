"""The web page's server ends, hangs, cannot listen or has no files left: it says so, and can be started again."""

import contextlib
import logging
import resource
import socket
import threading
import time
from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from alerts.web import server as serving
from alerts.web.server import WebServer
from crawler.model import IcewireError
from scheduler.few import Few
from scheduler.parts import Kept, Parts
from tests.makers.making import NOON

pytestmark = pytest.mark.slow


async def hang(request: Request) -> PlainTextResponse:
    time.sleep(2)
    return PlainTextResponse("late")


@pytest.fixture
def web() -> Iterator[WebServer]:
    app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("well")), Route("/hang", hang)])
    web = WebServer(app, "127.0.0.1", free_port())
    web.start()
    wait_until_it_answers(web)
    yield web
    web.stop(10)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def answers(web: WebServer) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{web.port}/", timeout=5) as said:
            return bool(said.read() == b"well")
    except OSError:
        return False


def wait_until_it_answers(web: WebServer, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not answers(web):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_server_whose_thread_ended_with_an_error_says_why_and_is_started_again(
    web: WebServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept = Kept("web", web.start, web.trouble, Parts(lambda: NOON))

    async def fail(*given: object) -> bool:
        raise MemoryError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(serving._Server, "on_tick", fail)
        assert web._thread is not None
        web._thread.join(10)
    assert web.trouble() == "it ended with MemoryError: no room"
    end = time.monotonic() + 30
    while web.trouble():
        assert time.monotonic() < end
        kept.look()
        time.sleep(0.05)
    wait_until_it_answers(web)
    assert "web failed: it ended with MemoryError: no room" in caplog.messages


def test_a_server_that_hangs_is_found_and_another_takes_its_place(
    web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "HANGS_AFTER", 0.5)
    stuck = threading.Thread(target=fetch, args=(web.port, "/hang"))
    stuck.start()
    end = time.monotonic() + 30
    while not web.trouble():
        assert time.monotonic() < end
        time.sleep(0.05)
    web.start()
    wait_until_it_answers(web)
    stuck.join()


def fetch(port: int, path: str) -> None:
    with contextlib.suppress(OSError), urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as said:
        said.read()


def test_a_port_that_is_taken_is_told_and_listened_on_when_it_is_free(caplog: pytest.LogCaptureFixture) -> None:
    app = Starlette(routes=[Route("/", lambda request: PlainTextResponse("well"))])
    with socket.create_server(("127.0.0.1", 0)) as other:
        web = WebServer(app, "127.0.0.1", other.getsockname()[1])
        with pytest.raises(IcewireError, match="cannot listen on 127.0.0.1"):
            web.start()
        kept = Kept("web", web.start, web.trouble, Parts(lambda: NOON))
        for _ in range(5):
            kept.begin()
    assert len(caplog.records) == 1
    kept.begin()
    wait_until_it_answers(web)
    web.stop(10)


def test_a_host_that_cannot_be_one_is_told() -> None:
    with pytest.raises(IcewireError, match=r"cannot listen on a\.\.b:0 \(.*set web.port"):
        WebServer(Starlette(), "a..b", 0).start()


def test_without_a_file_left_it_neither_spins_nor_fills_the_log(
    web: WebServer, caplog: pytest.LogCaptureFixture
) -> None:
    few = Few(5)
    caplog.handler.addFilter(few)
    files = resource.getrlimit(resource.RLIMIT_NOFILE)
    crowd = [socket.socket() for _ in range(30)]
    try:
        used = crowd[-1].fileno() + 1
        resource.setrlimit(resource.RLIMIT_NOFILE, (used, files[1]))
        for one in crowd:
            one.connect(("127.0.0.1", web.port))
        spent = time.pthread_getcpuclockid(next(t.ident or 0 for t in threading.enumerate() if t.name == "web"))
        before = time.clock_gettime(spent)
        time.sleep(2)
        print(f"{time.clock_gettime(spent) - before:.2f} s of CPU in 2")
        assert time.clock_gettime(spent) - before < 1
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, files)
        for one in crowd:
            one.close()
    caplog.handler.removeFilter(few)
    assert 1 <= sum("socket.accept()" in line for line in caplog.messages) <= 5
    assert not any(record.exc_info for record in caplog.records)
    wait_until_it_answers(web)
    assert web.trouble() == ""


def test_errors_of_a_page_are_logged_through_our_own_handlers(web: WebServer) -> None:
    for name in ("uvicorn", "uvicorn.error"):
        assert logging.getLogger(name).handlers == []
        assert logging.getLogger(name).propagate
