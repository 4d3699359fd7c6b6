"""One request to the pages, over the ASGI interface."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from starlette.applications import Starlette
from starlette.types import Message

from alerts.web.server import WebServer


def ask(
    app: Starlette,
    path: str,
    method: str = "GET",
    host: str = "127.0.0.1:8080",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"List-Unsubscribe=One-Click",
) -> tuple[int, dict[str, str], str]:
    """Status, headers, body; a path may have a query, percent-encoded."""
    path, _, query = path.partition("?")
    sent = {"host": host, **(headers or {})}
    scope = {
        "type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": query.encode(), "headers": [(k.encode(), v.encode()) for k, v in sent.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8080), "scheme": "http",
    }  # fmt: skip
    got: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        got.append(message)

    asyncio.run(app(scope, receive, send))
    told = {k.decode(): v.decode() for k, v in got[0]["headers"]}
    return got[0]["status"], told, b"".join(m.get("body", b"") for m in got[1:]).decode()


@contextmanager
def on_loopback(app: Starlette, port: int) -> Iterator[None]:
    """The pages behind the server that the daemon has."""
    web = WebServer(app, "127.0.0.1", port)
    web.start()
    try:
        yield
    finally:
        web.stop(10)
