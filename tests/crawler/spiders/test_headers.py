"""Headers have an end."""

from typing import Any

import pytest
from twisted.internet.testing import StringTransport
from twisted.web._newclient import Request
from twisted.web.http_headers import Headers

from crawler.spiders.headers import MOST_BYTES, BoundedFactory

START = b"HTTP/1.1 200 OK\r\n"
LINE = b"X-More: " + b"a" * 90 + b"\r\n"


def asking() -> tuple[Any, list[Any]]:
    """A connection on which a request was sent, and what comes of it."""
    factory: Any = BoundedFactory
    transport: Any = StringTransport
    make_request: Any = Request
    connection = factory(lambda protocol: None, "").buildProtocol(None)
    connection.makeConnection(transport())
    came: list[Any] = []
    request = make_request(b"GET", b"/", Headers({b"host": [b"ledger.example"]}), None, persistent=True)
    connection.request(request).addBoth(came.append)
    return connection, came


def give(connection: Any, *pieces: bytes) -> None:
    for piece in pieces:
        connection.dataReceived(piece)


@pytest.mark.slow
@pytest.mark.parametrize("more", [LINE, b"HTTP/1.1 100 Continue\r\n\r\n", b" folded\r\n"])
def test_an_answer_whose_headers_never_end_is_given_up(more: bytes) -> None:
    connection, came = asking()
    if not more.startswith(b"HTTP"):
        give(connection, START, LINE)
    give(connection, *([more * 100] * (1 + MOST_BYTES // len(more * 100))))
    assert connection.transport.disconnecting
    connection.connectionLost(came)
    assert len(came) == 1
    assert "HeadersTooLarge" in repr(came[0].value)


def test_large_headers_and_any_body_are_let_through() -> None:
    connection, came = asking()
    give(connection, START, LINE * 1000, b"Content-Length: 1000000\r\n\r\n", b"a" * (2 * MOST_BYTES))
    assert [answer.code for answer in came] == [200]
    assert not connection.transport.disconnecting
