"""The invented press on loopback: a server per outlet, each on a port of its own."""

import contextlib
import socket
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import tomlkit

from crawler.model import FeedKind, IcewireError
from scheduler.demo.outlets import WrittenOutlet, load_outlets
from scheduler.demo.site import Reply, build_site, site_environment

HOST = "127.0.0.1"  # macOS has no other loopback address, so outlets differ by port
RETRY_AFTER = 3  # seconds, what a busy page asks for


@dataclass(frozen=True, slots=True)
class DemoOutlet:
    """An outlet where it stands: what the registry needs to know."""

    id: str
    name: str
    homepage: str
    feeds: tuple[tuple[FeedKind, str], ...]
    city: str
    county: str
    state: str
    kind: str
    language: str
    down: bool


class DemoWeb:
    """Serves the outlets while entered: `with DemoWeb() as web: ...`.

    base_port: the first outlet's port, the others follow; None = any free ones.
    answer_seconds: how long each answer takes, so that requests at the same time can be seen.
    """

    def __init__(self, base_port: int | None = None, answer_seconds: float = 0.0) -> None:
        self.written = load_outlets()
        self.base_port = base_port
        self.answer_seconds = answer_seconds
        self.requests: Counter[tuple[str, str, int]] = Counter()  # (outlet id, path, status)
        self.at_once: Counter[str] = Counter()  # outlet id → greatest number of requests at the same time
        self.updated = False
        self._open: Counter[str] = Counter()
        self._was_busy: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        self._sites: dict[str, dict[str, Reply]] = {}
        self._bases: dict[str, str] = {}
        self._environment = site_environment()
        self._running = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            for number, outlet in enumerate(self.written):
                port = 0 if self.base_port is None else self.base_port + number
                bound = stack.enter_context(_shut_port(port) if outlet.down else _served(self, outlet.id, port))
                self._bases[outlet.id] = f"http://{HOST}:{bound}"
            self._build()
            self._running = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._running.close()

    @property
    def outlets(self) -> tuple[DemoOutlet, ...]:
        """Where each outlet stands, while entered."""
        return tuple(self._standing(outlet) for outlet in self.written)

    @property
    def articles(self) -> dict[str, str]:
        """Article id ("outlet/slug") → its address as its page gives it, also of those gone or forbidden.

        What the crawler stores is `crawler.text.urls.canonical_url` of it.
        """
        return {
            outlet.article_id(article): self._bases[outlet.id] + outlet.path_of(article)
            for outlet in self.written
            for article in outlet.articles
        }

    def sources_toml(self) -> str:
        """The outlets in the registry's form: a table per outlet id."""
        document = tomlkit.document()
        for outlet in self.outlets:
            table = tomlkit.table()
            for key in ("name", "homepage", "city", "county", "state", "kind", "language"):
                table[key] = getattr(outlet, key)
            feeds = tomlkit.array()
            for kind, url in outlet.feeds:
                feed = tomlkit.inline_table()
                feed.update({"kind": kind, "url": url})
                feeds.append(feed)
            table["feeds"] = feeds
            document[outlet.id] = table
        return tomlkit.dumps(document)

    def publish_update(self) -> None:
        """From now on the articles that have an update are served, and listed, as updated."""
        self.updated = True
        self._build()

    def reset(self) -> None:
        """As on the first day: no requests seen, busy pages busy again, nothing updated."""
        with self._lock:
            self.requests.clear()
            self.at_once.clear()
            self._was_busy.clear()
        self.updated = False
        self._build()

    def _build(self) -> None:
        self._sites = {
            outlet.id: build_site(self._now(outlet), self._bases[outlet.id], self._environment)
            for outlet in self.written
            if not outlet.down
        }

    def _now(self, outlet: WrittenOutlet) -> WrittenOutlet:
        if not self.updated:
            return outlet
        return outlet.model_copy(update={"articles": tuple(a.revised() for a in outlet.articles)})

    def _standing(self, outlet: WrittenOutlet) -> DemoOutlet:
        base = self._bases[outlet.id]
        feeds = tuple((feed.kind, base + feed.path) for feed in outlet.feeds)
        facts = outlet.model_dump(include={"id", "name", "city", "county", "state", "kind", "language", "down"})
        return DemoOutlet(homepage=f"{base}/", feeds=feeds, **facts)

    @contextlib.contextmanager
    def visit(self, outlet_id: str) -> Iterator[None]:
        """One request is being answered."""
        with self._lock:
            self._open[outlet_id] += 1
            self.at_once[outlet_id] = max(self.at_once[outlet_id], self._open[outlet_id])
        try:
            time.sleep(self.answer_seconds)
            yield
        finally:
            with self._lock:
                self._open[outlet_id] -= 1

    def answer(self, outlet_id: str, target: str) -> tuple[int, Reply | None]:
        """The status and answer for a request target.

        A query that names no page of its own is ignored; an address without its last slash is redirected.
        """
        site = self._sites[outlet_id]
        path = target.partition("?")[0]
        found = site.get(target) or site.get(path)
        if found is None:
            return (301 if f"{path}/" in site else 404), None
        with self._lock:
            if found.busy_once and (outlet_id, path) not in self._was_busy:
                self._was_busy.add((outlet_id, path))
                return 429, None
        return 200, found

    def record(self, outlet_id: str, target: str, status: int) -> None:
        with self._lock:
            self.requests[outlet_id, target.partition("?")[0], status] += 1


class _Server(ThreadingHTTPServer):
    request_queue_size = 64

    def __init__(self, web: DemoWeb, outlet_id: str, port: int) -> None:
        self.web, self.outlet_id = web, outlet_id
        super().__init__((HOST, port), _Handler)

    def server_bind(self) -> None:
        """Without HTTPServer's look-up of the host's full name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[0], self.server_address[1]  # type: ignore[assignment]


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "DemoWeb"

    def do_GET(self) -> None:
        web, outlet_id = self.server.web, self.server.outlet_id
        with web.visit(outlet_id):
            status, answer = web.answer(outlet_id, self.path)
            if answer is not None and self._is_unchanged(answer):
                status = 304
            web.record(outlet_id, self.path, status)  # before the bytes, so that a test that has them sees it
            self._send(status, answer)

    do_HEAD = do_GET  # noqa: N815  the library's name

    def _is_unchanged(self, answer: Reply) -> bool:
        if not answer.etag:
            return False
        if (known := self.headers["If-None-Match"]) is not None:
            return answer.etag in known
        try:
            since = parsedate_to_datetime(self.headers["If-Modified-Since"] or "")
            return parsedate_to_datetime(answer.last_modified) <= since
        except (TypeError, ValueError):  # no such header, not a date, or one without a zone
            return False

    def _send(self, status: int, answer: Reply | None) -> None:
        body = answer.body if answer and status == 200 else b"" if status == 304 else f"{status}\n".encode()
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", str(RETRY_AFTER))
        if status == 301:
            self.send_header("Location", self.path.partition("?")[0] + "/")
        if answer is None:
            self.send_header("Content-Type", "text/plain")
        else:
            headers = {"ETag": answer.etag, "Last-Modified": answer.last_modified, "Content-Type": answer.content_type}
            for name, value in headers.items():
                if value:
                    self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002  the library's name
        """Nothing: `DemoWeb.requests` is the log."""


@contextlib.contextmanager
def _served(web: DemoWeb, outlet_id: str, port: int) -> Iterator[int]:
    """An outlet's server in a thread; gives its port."""
    with _mendable(port):
        server = _Server(web, outlet_id, port)
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def _shut_port(port: int) -> Iterator[int]:
    """A port that refuses every connection: bound, so that nobody else takes it, and never listening."""
    with socket.socket() as holder:
        with _mendable(port):
            holder.bind((HOST, port))
        yield holder.getsockname()[1]


@contextlib.contextmanager
def _mendable(port: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IcewireError(f"The demo cannot use port {port} of {HOST}: {error}. Give it another base port.") from error
