"""What machines ask: does it live, can it work, and how does it stand. None of it tells of a person or a search."""

import ipaddress
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

import anyio
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from alerts.operator import NO_ANSWER, Running, Status, database_parts, timetable_part, vitals_of
from alerts.web.answers import SECURITY_HEADERS
from alerts.web.cache import TimedCache

log = logging.getLogger("icewire")

PATIENCE = 1.0  # seconds that the database has to answer whoever asks whether we are ready
_FRESH = 2.0  # for which that answer holds, so that many who ask cost what one does
_COUNTED = 20.0  # for which figures do
_HEADERS = {**SECURITY_HEADERS, "Cache-Control": "no-store"}
# By these a proxy says that it asks for somebody else.
_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


@dataclass(frozen=True, slots=True)
class Machine:
    """Answers for machines; `running` is what the daemon knows of itself and costs nothing."""

    engine: Engine
    status: Callable[[], Status]
    running: Callable[[], Running]
    clock: Callable[[], datetime]
    revision: str  # of the tables that this icewire knows
    metrics_for: Literal["local", "off", "all"] = "local"
    _ready: TimedCache = field(default_factory=lambda: TimedCache(_FRESH))
    _counted: TimedCache = field(default_factory=lambda: TimedCache(_COUNTED))
    _asking: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(2))

    def routes(self) -> list[Route]:
        """Where they are asked."""
        return [
            Route("/healthz", self.alive, methods=["GET", "HEAD"]),
            Route("/readyz", self.ready, methods=["GET", "HEAD"]),
            Route("/metrics", self.metrics, methods=["GET", "HEAD"]),
        ]

    async def alive(self, request: Request) -> Response:
        """That this process answers; nothing is asked, and no thread waited for."""
        return JSONResponse({"alive": True}, headers=_HEADERS)

    async def ready(self, request: Request) -> Response:
        """Each part, "ok" or what is amiss; 503 unless all are ok. A database that is silent is not waited for."""
        parts = {"database": NO_ANSWER, "queue": "unknown"}
        with anyio.move_on_after(PATIENCE):
            parts = await anyio.to_thread.run_sync(self._parts, abandon_on_cancel=True, limiter=self._asking)
        parts = parts | timetable_part(self.running().troubles)
        good = set(parts.values()) == {"ok"}
        return JSONResponse({"ready": good, "parts": parts}, 200 if good else 503, _HEADERS)

    def metrics(self, request: Request) -> Response:
        """The figures for Prometheus; who may not see them learns nothing of them."""
        if self.metrics_for == "off" or (self.metrics_for == "local" and not _is_of_this_machine(request)):
            return PlainTextResponse("Not Found", 404, _HEADERS)
        from alerts.web.metrics import CONTENT_TYPE, exposition  # who does not ask need not load it

        vitals = self._counted.get("vitals", lambda: vitals_of(self.engine, self.status(), self.clock()))
        return Response(exposition(vitals, self.running(), self.clock()), 200, _HEADERS, CONTENT_TYPE)

    def _parts(self) -> dict[str, str]:
        return self._ready.get("parts", lambda: database_parts(self.engine, self.revision, self.clock()))


def _is_of_this_machine(request: Request) -> bool:
    """Whether a program here asks for itself, by a name of this machine.

    A proxy here that says neither whose name was asked for nor for whom it asks cannot be told from one: nginx, unless
    it is told to, sends neither, but speaks HTTP/1.0.
    """
    if any(name in request.headers for name in _FORWARDED) or request.scope["http_version"] == "1.0":
        return False
    return _is_loopback(request.client.host if request.client else "") and _is_loopback(
        urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    )


def _is_loopback(host: str) -> bool:
    try:
        known = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    mapped = known.ipv4_mapped if isinstance(known, ipaddress.IPv6Address) else None
    return (mapped or known).is_loopback
