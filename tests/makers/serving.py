"""A web site on loopback for tests: what stands at each path, and a log of who asked for what."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Reply:
    """What a path answers. An ETag among the headers is honoured: who sends it back gets 304."""

    body: bytes | str = b""
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    promised: int | None = None  # a Content-Length that is not kept
    hangs_up: bool = False  # closes the connection without a word

    @property
    def content(self) -> bytes:
        """The body's bytes."""
        return self.body.encode() if isinstance(self.body, str) else self.body


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came in."""

    path: str
    headers: dict[str, str]  # names in lower case
    at: float = 0.0  # seconds of a clock that only runs forward


class Site:
    """An outlet's server; a path may hold a function, which is called for each request."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.pages: dict[str, Reply | Callable[[], Reply]] = {}
        self.log: list[Asked] = []

    def url(self, path: str) -> str:
        """The address of a path."""
        return self.base + path

    def asked(self, path: str) -> list[Asked]:
        """The requests for a path, whatever their query, in order."""
        return [a for a in self.log if a.path.partition("?")[0] == path]

    def reply(self, request: Asked) -> Reply:
        """Log a request and answer it."""
        self.log.append(request)
        found = self.pages.get(request.path) or self.pages.get(request.path.partition("?")[0])
        reply = found() if callable(found) else found or Reply("not here", 404)
        etag = reply.headers.get("ETag")
        if etag and request.headers.get("if-none-match") == etag:
            return Reply(status=304, headers={"ETag": etag})
        return reply


@contextlib.contextmanager
def served(port: int = 0) -> Iterator[Site]:
    """A site that answers while the block runs, at this port or a free one."""
    server = _Server(("127.0.0.1", port), _Handler)
    server.site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    block_on_close = False  # a page that never answers must not hold the test
    site: Site


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        reply = self.server.site.reply(
            Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, time.monotonic())
        )
        if reply.hangs_up:
            return
        with contextlib.suppress(ConnectionError):  # whoever asked has given up
            self.send_response(reply.status)
            for name, value in {"Content-Type": reply.kind, **reply.headers}.items():
                self.send_header(name, value)
            if reply.status != 304:
                self.send_header("Content-Length", str(reply.promised or len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content)

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002  the library's name
        """Nothing: `Site.log` is the log."""
