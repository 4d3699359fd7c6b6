"""One GET or POST outside a crawl, within bounds of time and size and never into private networks.

Manners are `asker`'s.
"""

import io
import queue
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urljoin, urlsplit

from crawler.manners.public import is_public, why_private
from crawler.manners.statuses import REDIRECTS
from crawler.manners.unpacking import ENCODINGS, Inflating
from crawler.model import IcewireError, Why, as_written, because
from crawler.settings import CrawlSettings, user_agent

CONNECT_SECONDS = 10.0  # of a POST
POST_SECONDS = 15.0
_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, whatever its status; the body is unpacked."""

    url: str  # where it came from
    status: int
    headers: Mapping[str, str]  # names in lower case; of a repeated one the last
    body: bytes = b""

    @property
    def location(self) -> str:
        """Where a redirect leads, as a whole address; "" when this is none."""
        if self.status not in REDIRECTS or not self.headers.get("location"):
            return ""
        written = self.headers["location"].strip()
        with suppress(UnicodeError):  # http.client reads headers as Latin-1, most servers write UTF-8
            written = written.encode("latin-1").decode("utf-8")
        return urljoin(self.url, written)


class Silence(IcewireError):
    """No whole answer came in time."""


class TooLarge(IcewireError):
    """The answer has more bytes than we read, packed or not."""


def get(url: str, settings: CrawlSettings) -> Answer:
    """What an http(s) address answers; a redirect is an answer.

    All of it takes at most crawl.timeout_seconds, however slowly a server speaks. Raises Silence, TooLarge, and
    IcewireError for the rest: not http(s), on a private network, unreachable, cut off.
    """
    from w3lib.url import safe_url_string  # late: who only asks where a site is asks nobody

    deadline = time.monotonic() + settings.timeout_seconds
    try:
        target = safe_url_string(url)
        parts = urlsplit(target)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise IcewireError(because("not_http", url=url))
        secure, private = parts.scheme == "https", settings.allow_private_addresses
        connection = _Connection(parts.hostname, parts.port, secure, private, deadline)
        try:
            path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
            connection.request("GET", path, headers=_headers(settings))
            return _read(connection.getresponse(), url, settings.max_page_bytes)
        finally:
            connection.hang_up()
    except TimeoutError as error:
        raise Silence(_at(url, because("no_whole_answer", seconds=settings.timeout_seconds))) from error
    except (OSError, ValueError, HTTPException, zlib.error) as error:
        raise IcewireError(_at(url, as_written(str(error) or type(error).__name__))) from error


def post(url: str, body: bytes, headers: Mapping[str, str], settings: CrawlSettings) -> int:
    """The status of the answer to a POST; a redirect is an answer, and of an answer only its head is read.

    https alone, unless crawl.allow_private_addresses. It takes at most 10 seconds to connect and 15 in all. Raises
    IcewireError without the address, which may hold a secret.
    """
    begun = time.monotonic()
    try:
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and settings.allow_private_addresses):
            raise IcewireError(because("not_https"))
        secure, private, until = parts.scheme == "https", settings.allow_private_addresses, begun + POST_SECONDS
        connection = _Connection(parts.hostname or "", parts.port, secure, private, until, begun + CONNECT_SECONDS)
        try:
            path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
            connection.request("POST", path, body, {"User-Agent": user_agent(settings), **headers})
            return connection.getresponse().status
        finally:
            connection.hang_up()
    except TimeoutError as error:
        raise IcewireError(because("no_answer_in_time")) from error
    except (OSError, ValueError, HTTPException) as error:
        raise IcewireError(_network_error(error)) from error


def _network_error(error: Exception) -> Why:
    if isinstance(error, socket.gaierror):
        return because("host_not_found")
    if isinstance(error, ssl.SSLError):
        return because("tls_failed")
    if isinstance(error, ConnectionRefusedError):
        return because("connection_refused")
    return because("connection_cut" if isinstance(error, ConnectionError | HTTPException) else "no_connection")


def _at(url: str, why: Why) -> Why:
    return because("at_address", url=url, why=why)


def _headers(settings: CrawlSettings) -> dict[str, str]:
    return {"User-Agent": user_agent(settings), "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}


def _read(response: HTTPResponse, url: str, most: int) -> Answer:
    """The answer with its body unpacked; neither what is sent nor what is unpacked may be larger than `most`."""
    headers = {name.lower(): value for name, value in response.getheaders()}
    encoding = headers.get("content-encoding", "").strip().casefold()
    if encoding not in ("", "identity", *ENCODINGS):
        raise ValueError(f"answered in the encoding {encoding!r:.100}, which was not asked for")
    unpack = Inflating(encoding, most)
    received, body = 0, bytearray()
    while chunk := response.read1(_CHUNK):
        received += len(chunk)
        body += unpack(chunk)
        if max(received, len(body)) > most:
            raise TooLarge(_at(url, because("larger_than", most=most)))
    if response.length or not unpack.whole:  # bytes that were promised never came
        raise IcewireError(_at(url, because("cut_off")))
    return Answer(url, response.status, headers, bytes(body))


class _Connection(HTTPConnection):
    """Connects to the very address it has checked, so that a name cannot change its mind in between (DNS rebinding).

    Everything it waits for ends at `deadline` (time.monotonic), and what comes before the request at `connected_by`.
    """

    def __init__(
        self,
        host: str,
        port: int | None,
        secure: bool,
        allow_private: bool,
        deadline: float,
        connected_by: float | None = None,
    ) -> None:
        super().__init__(host, port or (443 if secure else 80))
        self.default_port = 443 if secure else 80  # decides what the Host header says
        self.secure, self.allow_private, self.deadline = secure, allow_private, deadline
        self.connected_by = deadline if connected_by is None else connected_by
        self.line: socket.socket | None = None

    def connect(self) -> None:
        """Resolve once, refuse what is private, connect to the first address that answers."""
        refused: OSError | None = None
        for family, address in self._allowed():
            line = socket.socket(family, socket.SOCK_STREAM)
            self.line = line
            try:
                line.settimeout(_left(self.connected_by))
                line.connect(address)
                break
            except OSError as error:
                line.close()
                refused = error
                _left(self.connected_by)
        else:
            raise refused or OSError(f"{self.host} has no address")
        if self.secure:
            line.settimeout(_left(self.connected_by))
            self.line = line = ssl.create_default_context().wrap_socket(line, server_hostname=self.host)
        self.sock: Any = _TimedSocket(line, self.deadline)

    def hang_up(self) -> None:
        """Close the line; http.client would do it as soon as the headers are read."""
        self.close()
        if self.line is not None:
            self.line.close()

    def _allowed(self) -> list[tuple[int, Any]]:
        found = _looked_up(self.host, self.port, _left(self.connected_by))
        allowed = [(f, a) for f, a in found if self.allow_private or is_public(str(a[0]).partition("%")[0])]
        if found and not allowed:
            raise IcewireError(why_private(self.host))
        return allowed


def _looked_up(host: str, port: int, seconds: float) -> list[tuple[int, Any]]:
    """The addresses of a name; TimeoutError when the resolver, which knows no time limit, takes longer."""
    came: queue.SimpleQueue[list[tuple[int, Any]] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            came.put([(f, a) for f, *_, a in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)])
        except (OSError, ValueError) as error:
            came.put(error)

    threading.Thread(target=look_up, name="lookup", daemon=True).start()
    try:
        found = came.get(timeout=seconds)
    except queue.Empty as error:
        raise TimeoutError("timed out") from error
    if isinstance(found, Exception):
        raise found
    return found


class _TimedSocket:
    """As much of a socket as http.client uses; no single read may begin or end after the deadline."""

    def __init__(self, line: socket.socket, deadline: float) -> None:
        self.line, self.deadline = line, deadline

    def sendall(self, content: bytes) -> None:
        self.line.settimeout(_left(self.deadline))
        self.line.sendall(content)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reads(self.line, self.deadline))

    def close(self) -> None:
        """Nothing: the answer is still read after http.client has closed its side."""


class _Reads(io.RawIOBase):
    def __init__(self, line: socket.socket, deadline: float) -> None:
        self.line, self.deadline = line, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.line.settimeout(_left(self.deadline))
        return self.line.recv_into(buffer)


def _left(deadline: float) -> float:
    """Seconds until the deadline; TimeoutError when it is over."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left
