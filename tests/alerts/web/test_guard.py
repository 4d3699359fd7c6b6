"""Real connections: who holds them and asks nothing keeps nobody else from the page."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Sequence

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from alerts.web.guard import Places
from alerts.web.server import WebServer

pytestmark = pytest.mark.slow

MOST, ONES, WITHIN = 8, 4, 0.6
ASK = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
PROXY = "127.0.0.9"


def slow(request: Request) -> Response:
    time.sleep(2 * WITHIN)
    return PlainTextResponse("well")


async def held(request: Request) -> Response:
    """Answers when the test has seen enough, however slow the machine."""
    for _ in range(2000):
        if released.is_set():
            break
        await asyncio.sleep(0.01)
    return PlainTextResponse("well")


released = threading.Event()


def turned_away(crowd: Sequence[socket.socket], expected: int) -> int:
    """How many of those that wait for an answer were let go, which is waited for."""
    for _ in range(1000):
        gone = sum(map(is_gone, crowd))
        if gone >= expected:
            break
        time.sleep(0.01)
    time.sleep(WITHIN / 4)  # that no more are
    gone = sum(map(is_gone, crowd))
    released.set()
    return gone


def is_gone(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
    finally:
        connection.settimeout(20 * WITHIN)


@contextlib.contextmanager
def serving() -> Iterator[int]:
    """A server that takes eight connections at a time, four of one address, each for less than a second."""
    app = Starlette(
        routes=[
            Route("/", lambda request: PlainTextResponse("well")),
            Route("/slow", slow),
            Route("/held", held),
            Route("/large", lambda request: PlainTextResponse("x" * 20_000_000)),
        ]
    )
    server = WebServer(app, "127.0.0.1", 0, Places(MOST, ONES, WITHIN, 4 * WITHIN, (PROXY,)))
    server.start()
    yield server.port
    server.stop(10)


@pytest.fixture(autouse=True)
def hold() -> None:
    released.clear()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving() as port:
        yield port


@pytest.fixture
def unused() -> Iterator[int]:
    """One that no other test has left anything to do."""
    with serving() as port:
        yield port


@contextlib.contextmanager
def connected(port: int, said: bytes = b"", own: str = "127.0.0.1") -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), 20 * WITHIN, (own, 0)) as connection:
        connection.sendall(said)
        yield connection


def answer(port: int, said: bytes = ASK, own: str = "127.0.0.1") -> bytes:
    with connected(port, said.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), own) as connection:
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


@pytest.mark.parametrize(
    "said", [b"GET / HTTP/1.1\r\n", ASK.replace(b"/ ", b"/slow ", 1), ASK.replace(b"/ ", b"/large ", 1)]
)
def test_one_address_that_holds_all_it_can_leaves_room_for_another(port: int, said: bytes) -> None:
    with contextlib.ExitStack() as crowd:
        for _ in range(10 * MOST):
            with contextlib.suppress(ConnectionError):
                crowd.enter_context(connected(port, said))
        assert answer(port, own="127.0.0.2").endswith(b"well")


def test_many_addresses_that_do_not_take_their_answers_leave_room_for_one_that_asks(port: int) -> None:
    with contextlib.ExitStack() as crowd:
        for n in range(3 * MOST):
            with contextlib.suppress(ConnectionError):
                crowd.enter_context(connected(port, ASK.replace(b"/ ", b"/large ", 1), f"127.0.1.{n % MOST}"))
        time.sleep(WITHIN / 2)
        assert answer(port, own="127.0.0.2").endswith(b"well")


def forwarded(said: bytes, asking: str) -> bytes:
    return said.replace(b"\r\n\r\n", b"\r\nX-Forwarded-For: " + asking.encode() + b"\r\n\r\n", 1)


def test_of_a_proxy_of_ours_the_places_are_of_who_asks_there(unused: int) -> None:
    asked = ASK.replace(b"/ ", b"/held ", 1)
    with contextlib.ExitStack() as crowd:
        one, another = forwarded(asked, "203.0.113.7"), forwarded(asked, "203.0.113.8")
        of_one = [crowd.enter_context(connected(unused, one, PROXY)) for _ in range(ONES + 2)]
        of_another = crowd.enter_context(connected(unused, another, PROXY))
        assert turned_away(of_one, 2) == 2
        assert sum(bool(reads(each)) for each in of_one) == ONES
        assert reads(of_another)


def test_who_asks_too_much_by_a_proxy_of_ours_is_not_worked_for(unused: int) -> None:
    asked = forwarded(ASK.replace(b"/ ", b"/slow ", 1), "203.0.113.7")
    with contextlib.ExitStack() as crowd:
        for _ in range(5 * MOST):
            crowd.enter_context(connected(unused, asked, PROXY))
            time.sleep(WITHIN / 50)
        assert answer(unused, forwarded(ASK, "203.0.113.8"), PROXY).endswith(b"well")


def reads(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except ConnectionError:
        return b""


def test_what_somebody_else_forwards_is_not_believed(port: int) -> None:
    asked = ASK.replace(b"/ ", b"/held ", 1)
    with contextlib.ExitStack() as crowd:
        asking = [crowd.enter_context(connected(port, forwarded(asked, f"203.0.113.{n}"))) for n in range(ONES + 2)]
        assert turned_away(asking, 2) == 2
        assert sum(bool(reads(one)) for one in asking) == ONES


def test_who_sends_many_requests_at_once_is_answered_in_turn_and_others_beside_them(port: int) -> None:
    with connected(port, ASK * 300) as connection:
        assert answer(port, own="127.0.0.2").endswith(b"well")
        said = b""
        while said.count(b"well") < 300:
            some = connection.recv(65536)
            assert some
            said += some


@pytest.mark.parametrize(
    "odd",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X-A: " + b"a" * 1_000_000,
        b"GET /" + b"a" * 1_000_000,
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"A: b\r\n" * 100_000,
        b"\x00\xff" * 50_000,
        b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    ],
    ids=["long header", "long address", "many headers", "no HTTP", "odd body", "another protocol"],
)
def test_what_is_no_request_is_let_go_and_the_server_goes_on(port: int, odd: bytes) -> None:
    with contextlib.suppress(ConnectionError), connected(port, odd) as connection:
        assert seconds_until_ended(connection) < 10 * WITHIN
    assert answer(port).endswith(b"well")
