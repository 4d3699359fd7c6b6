"""Real connections: who holds them and asks nothing keeps nobody else from the page."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from alerts.web.guard import guarded

pytestmark = pytest.mark.slow

MOST, WITHIN = 5, 0.6
ASK = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


def slow(request: Request) -> Response:
    time.sleep(2 * WITHIN)
    return PlainTextResponse("well")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A server that takes five connections at a time, each for less than a second."""
    app = Starlette(
        routes=[
            Route("/", lambda request: PlainTextResponse("well")),
            Route("/slow", slow),
            Route("/large", lambda request: PlainTextResponse("x" * 20_000_000)),
        ]
    )
    http = guarded(MOST, WITHIN, 4 * WITHIN)
    server = uvicorn.Server(uvicorn.Config(app, port=0, http=http, ws="none", log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


@contextlib.contextmanager
def connected(port: int, said: bytes = b"") -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=20 * WITHIN) as connection:
        connection.sendall(said)
        yield connection


def answer(port: int, said: bytes = ASK) -> bytes:
    with connected(port, said.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")) as connection:
        return b"".join(iter(lambda: connection.recv(65536), b""))


def seconds_until_ended(connection: socket.socket) -> float:
    begun = time.monotonic()
    with contextlib.suppress(ConnectionError):
        while connection.recv(65536):
            pass
    return time.monotonic() - begun


@pytest.mark.parametrize(
    "held", [b"", b"G", b"GET / HTTP/1.1\r\nHost: local", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx"]
)
def test_who_does_not_finish_a_request_is_let_go(port: int, held: bytes) -> None:
    with connected(port, held) as connection:
        assert seconds_until_ended(connection) < 4 * WITHIN


def test_who_sends_a_byte_now_and_then_is_let_go_too(port: int) -> None:
    with connected(port) as connection, contextlib.suppress(ConnectionError):
        begun = time.monotonic()
        for byte in ASK * 9:
            connection.sendall(bytes([byte]))
            time.sleep(WITHIN / 5)
        raise AssertionError("it was never let go")
    assert time.monotonic() - begun < 6 * WITHIN


def test_a_crowd_that_holds_connections_starves_nobody(port: int) -> None:
    with contextlib.ExitStack() as crowd:
        for _ in range(20 * MOST):
            crowd.enter_context(connected(port, b"GET / HTTP/1.1\r\n"))
        assert answer(port).endswith(b"well")


def test_an_answer_that_takes_longer_is_waited_for(port: int) -> None:
    assert answer(port, ASK.replace(b"/ ", b"/slow ", 1)).endswith(b"well")


def test_who_does_not_take_the_answer_is_let_go(port: int) -> None:
    with connected(port, ASK.replace(b"/ ", b"/large ", 1)) as connection:
        time.sleep(8 * WITHIN)
        taken = 0
        with contextlib.suppress(ConnectionError):
            while some := connection.recv(65536):
                taken += len(some)
        assert taken < 20_000_000


def test_who_asks_again_on_one_connection_is_answered(port: int) -> None:
    with connected(port) as connection:
        for _ in range(6):
            connection.sendall(ASK)
            said = b""
            while not said.endswith(b"well"):
                some = connection.recv(65536)
                assert some
                said += some
            time.sleep(WITHIN / 3)
