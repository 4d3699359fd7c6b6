"""Somebody who is posted to, on loopback: what came, and what they answer."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Posted:
    """What came with one request."""

    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """Answers each request with the next status."""

    base: str
    answer: Callable[[], int] = lambda: 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    came: list[Posted] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [posted.id for posted in self.came]

    @property
    def url(self) -> str:
        return f"{self.base}/hook?for=us"


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    """One who is posted to while the block runs."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    block_on_close = False
    receiver: Receiver


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.came.append(Posted(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        status = receiver.answer()
        with contextlib.suppress(ConnectionError):
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(receiver.body)

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002  the library's name
        """Nothing."""
