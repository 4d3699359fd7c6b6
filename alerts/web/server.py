"""The web page's server in a thread of its own: it may end or hang without anything else, and is started again."""

import asyncio
import contextlib
import logging
import socket
import threading
import time
from typing import Any

import uvicorn
from anyio.to_thread import current_default_thread_limiter
from starlette.applications import Starlette

from alerts.web.guard import Places, guarded
from crawler.model import IcewireError

log = logging.getLogger("icewire")

AT_ONCE = 5  # requests that are worked on: each has a connection to the database, which the daemon's jobs need as well
BACKLOG = 64  # connections that are taken at a time, before any is looked at
HANGS_AFTER = 60.0  # seconds


class WebServer:
    """One web page; `start` may be called again when `trouble` says that it does not work."""

    def __init__(self, app: Starlette, host: str, port: int, places: Places | None = None) -> None:
        self._app, self._host, self._port, self._places = app, host, port, places or Places()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._sockets: list[socket.socket] = []
        self._why = "it was not started"

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._sockets[0].getsockname()[1])

    def start(self) -> None:
        """Listen and serve. Raises IcewireError when it cannot listen."""
        self._close()
        try:
            self._sockets = _listening(self._host, self._port)
        except (OSError, UnicodeError) as error:  # UnicodeError: what is no name of a host
            why = getattr(error, "strerror", None) or error
            raise IcewireError(
                f"the web page cannot listen on {self._host}:{self._port} ({why}); set web.port. "
                "Collecting and mailing go on without it."
            ) from error
        config: Any = uvicorn.Config(
            self._app, http=guarded(self._places), ws="none", lifespan="off", log_config=None, log_level="error",
            access_log=False, timeout_graceful_shutdown=1, server_header=False, proxy_headers=False, backlog=BACKLOG,
        )  # fmt: skip
        self._server, self._why = _Server(config), ""
        self._thread = threading.Thread(target=self._serve, args=(self._server,), name="web", daemon=True)
        self._thread.start()

    def trouble(self) -> str:
        """Why it does not work; "" when it does."""
        if self._server is None or self._thread is None or not self._thread.is_alive():
            return self._why or "it ended"
        hung = time.monotonic() - self._server.ticked_at
        return f"it has hung for {hung:.0f} seconds" if hung > HANGS_AFTER else ""

    def stop(self, patience: float) -> None:
        """End it, within so many seconds."""
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join(patience)

    def _serve(self, server: "_Server") -> None:
        try:
            server.run(sockets=self._sockets)
        except BaseException as error:  # noqa: BLE001  told by who looks; uvicorn's way to end is SystemExit
            self._why = f"it ended with {type(error).__name__}: {error}"
        finally:
            self._close()

    def _close(self) -> None:
        """Also of one that hangs, so that another can listen there."""
        for listening in self._sockets:
            with contextlib.suppress(OSError):
                listening.close()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ticked_at = time.monotonic()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().set_exception_handler(_tell)
        current_default_thread_limiter().total_tokens = AT_ONCE
        await super().startup(sockets)

    async def on_tick(self, counter: int) -> bool:
        self.ticked_at = time.monotonic()
        return await super().on_tick(counter)


def _tell(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What went wrong with a connection. asyncio would write a page about each that cannot be taken."""
    error = context.get("exception")
    shown = None if isinstance(error, OSError) else error
    log.warning("the web page: %s (%s)", context["message"], error, exc_info=shown)


def _listening(host: str, port: int) -> list[socket.socket]:
    """Sockets on every address of a name, as asyncio makes them."""
    made: list[socket.socket] = []
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            made.append(listening := socket.socket(family, kind, protocol))
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listening.bind(address)
            listening.listen(BACKLOG)  # who comes before the first look waits
    except OSError:
        for one in made:
            one.close()
        raise
    return made
