"""Servers on loopback that keep no rule of HTTP: raw sockets, one port for each outlet."""

import contextlib
import selectors
import socket
import struct
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

_LONGEST = 30.0  # seconds that a server dawdles at most: longer than any crawl of a test


@dataclass(slots=True)
class Line:
    """One request, and the socket that it came by."""

    path: str
    base: str  # the server's own address
    socket: socket.socket
    over: threading.Event  # nobody asks any more

    def send(self, content: bytes) -> None:
        """Say this."""
        self.socket.sendall(content)

    def dawdle(self, seconds: float = _LONGEST) -> bool:
        """Do nothing for so long; False when it is all over."""
        return not self.over.wait(seconds)

    def drip(self, content: bytes, seconds: float) -> None:
        """A byte every so many seconds, for ever."""
        while True:
            for byte in content:
                self.send(bytes([byte]))
                if not self.dawdle(seconds):
                    return

    def flood(self, content: bytes, pause: float = 0) -> None:
        """The same again and again, as long as somebody listens."""
        while self.dawdle(pause):
            self.send(content)

    def reset(self) -> None:
        """RST in place of FIN: with no time to linger, closing throws away what is under way."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


Answer = bytes | Callable[[Line], None]


@dataclass(slots=True)
class Trap:
    """A server: what it says at each path, "*" standing for all others, and the paths that were asked for.

    `greet` takes the whole connection, before a request is read: TLS, or what is none.
    """

    base: str
    answers: dict[str, Answer] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    greet: Callable[[Line], None] | None = None

    def url(self, path: str) -> str:
        """The address of a path."""
        return self.base + path

    def serve(self, connection: socket.socket, over: threading.Event) -> None:
        """Answer one connection; whoever asked may be gone."""
        with contextlib.suppress(OSError), connection:
            connection.settimeout(_LONGEST)
            if self.greet:
                self.log.append("")
                self.greet(Line("", self.base, connection, over))
                return
            path = _request_path(connection)
            self.log.append(path)
            answer = self.answers.get(path) or self.answers.get("*") or http(b"not here", status="404 Not Found")
            if callable(answer):
                answer(Line(path, self.base, connection, over))
            else:
                connection.sendall(answer)
                _until_read(connection)


def _request_path(connection: socket.socket) -> str:
    head = b""
    while b"\r\n\r\n" not in head:
        more = connection.recv(65536)
        if not more:
            break
        head += more
    return head.split(b" ", 2)[1].decode("latin-1") if head.count(b" ") > 1 else ""


def _until_read(connection: socket.socket) -> None:
    """Wait until the other side closes, too: closing with unread bytes in the buffers would be a reset."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass


class Traps:
    """Many servers: one thread accepts for all of them, and each connection has a thread of its own."""

    def __init__(self) -> None:
        self.over = threading.Event()
        self.selector = selectors.DefaultSelector()

    def add(
        self, answers: Mapping[str, Answer] | None = None, host: str = "127.0.0.1", port: int = 0, scheme: str = "http"
    ) -> Trap:
        """A server on a port of its own."""
        listener = socket.create_server((host, port), backlog=50)
        trap = Trap(f"{scheme}://{host}:{listener.getsockname()[1]}", dict(answers or {}))
        self.selector.register(listener, selectors.EVENT_READ, trap)
        return trap

    def accept(self) -> None:
        """Until it is over."""
        while not self.over.is_set():
            for key, _ in self.selector.select(0.02):
                assert isinstance(key.fileobj, socket.socket)
                connection, _ = key.fileobj.accept()
                threading.Thread(target=key.data.serve, args=(connection, self.over), daemon=True).start()


@contextlib.contextmanager
def trapped() -> Iterator[Traps]:
    """Servers that answer while the block runs."""
    traps = Traps()
    thread = threading.Thread(target=traps.accept, daemon=True)
    thread.start()
    try:
        yield traps
    finally:
        traps.over.set()
        thread.join()
        for key in list(traps.selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        traps.selector.close()


def http(
    body: bytes | str = b"", kind: str = "text/html", status: str = "200 OK", length: int | None = None, **more: str
) -> bytes:
    """An answer in full; `more` are headers, an underscore standing for the hyphen."""
    content = body.encode() if isinstance(body, str) else body
    return head(status, kind, length if length is not None else len(content), **more) + content


def head(status: str = "200 OK", kind: str = "text/html", length: int | None = None, **more: str) -> bytes:
    """A status line and headers; without a length the body goes on until the line is closed."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", "Connection: close"]
    lines += [f"Content-Length: {length}"] if length is not None else []
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def zeros(megabytes: int, wrapper: int) -> bytes:
    """So many megabytes of one letter, packed: `wrapper` is zlib's wbits (31 gzip, 15 zlib, -15 bare deflate).

    A block that ends with a full flush can be repeated, so that packing a gigabyte takes no time.
    """
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    million = b"a" * 1_000_000
    block = packing.compress(million) + packing.flush(zlib.Z_FULL_FLUSH)
    begin = {31: b"\x1f\x8b\x08\0\0\0\0\0\0\xff", 15: b"\x78\x9c", -15: b""}[wrapper]
    return begin + block * megabytes + b"\x03\0"
