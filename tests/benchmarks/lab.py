"""What the crawl cases work with: a small web on loopback and an icewire in a folder of its own.

Cases take all names of this module (`from lab import *`), so its public names are what they may use. Each host n of a
Web is 127.0.7.n; its pages may change between two crawls.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.benchmarks.running import ROOT

NOW = datetime.now(UTC)
FAILED: list[str] = []
Answer = tuple[int, Mapping[str, str], str | bytes]
Route = Answer | Callable[[BaseHTTPRequestHandler], Answer]

_PATIENCE = 300.0  # seconds for a command
_SETTINGS = """\
data = "var"
clock_offset_seconds = {offset}

[watch]
shipped = false

[crawl]
allow_private_addresses = true
delay_seconds = 0
workers = 0
{extra}
"""


class Web:
    """Outlets on loopback; `routes` says what each address answers, `log` what was asked for."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.routes: dict[tuple[str, str], Route] = {}
        self.log: list[tuple[str, str]] = []
        self.servers: dict[str, ThreadingHTTPServer] = {}

    def host(self, n: int) -> str:
        """The address of host n, which answers from now on."""
        address = f"127.0.7.{n}"
        if address not in self.servers:
            server = ThreadingHTTPServer((address, self.port), self._handler())
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.servers[address] = server
        return address

    def put(
        self, n: int, path: str, body: str | bytes, status: int = 200, ct: str = "text/html; charset=utf-8", **more: str
    ) -> str:
        """Host n answers this at that path from now on; gives the address. `more` are headers: `Cache_Control="…"`."""
        headers = {"Content-Type": ct, **{name.replace("_", "-"): value for name, value in more.items()}}
        self.routes[self.host(n), path] = (status, headers, body)
        return self.url(n, path)

    def url(self, n: int, path: str) -> str:
        """The address of a path of host n."""
        return f"http://127.0.7.{n}:{self.port}{path}"

    def close(self) -> None:
        """Let go of the port."""
        for server in self.servers.values():
            server.shutdown()
            server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                host = (self.headers.get("Host") or "").partition(":")[0]
                web.log.append((host, self.path))
                route = web.routes.get((host, self.path), (404, {"Content-Type": "text/html"}, "<title>404</title>"))
                status, headers, body = route(self) if callable(route) else route
                content = body.encode() if isinstance(body, str) else body
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None: ...

        return Handler


class Desk:
    """An icewire in a folder of its own; `extra` are further lines of its settings, in [crawl] at first."""

    def __init__(self, name: str, extra: str = "") -> None:
        self.dir = Path(tempfile.mkdtemp(prefix="icewire-case-"))
        self.name, self.extra, self.offset = name, extra, 0
        (self.dir / "var/sources").mkdir(parents=True)
        self.shift(0)

    def shift(self, hours: float) -> None:
        """The clock is so many hours ahead from now on."""
        self.offset = int(hours * 3600)
        settings = _SETTINGS.format(offset=self.offset, extra=self.extra)
        (self.dir / "icewire.toml").write_text(settings, "utf-8")

    def outlets(self, toml: str) -> None:
        """These outlets are watched."""
        (self.dir / "var/sources/mine.toml").write_text(toml, "utf-8")

    def run(self, *words: str) -> str:
        """All that a command says."""
        ran = self._run(words)
        complained = f"\n[stderr] {ran.stderr}" if ran.stderr.strip() else ""
        return ran.stdout + complained

    def js(self, *words: str) -> Any:
        """What a command says as JSON; what it says else in a dict."""
        ran = self._run((*words, "--json"))
        try:
            return json.loads(ran.stdout)
        except ValueError:
            return {"raw": ran.stdout, "err": ran.stderr, "rc": ran.returncode}

    def sql(self, query: str) -> list[dict[str, Any]]:
        """The rows of a question to the database."""
        connection = sqlite3.connect(self.dir / "var/icewire.db")
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(query)]
        finally:
            connection.close()

    def _run(self, words: Sequence[str]) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "scheduler.cli", *words]
        return subprocess.run(command, cwd=self.dir, capture_output=True, text=True, timeout=_PATIENCE, env=environment)


def ago(hours: float = 0, minutes: float = 0) -> datetime:
    """A moment before the case began."""
    return NOW - timedelta(hours=hours, minutes=minutes)


def rfc(when: datetime) -> str:
    """As RSS writes it (RFC 5322)."""
    return format_datetime(when)


def outlet(id: str, name: str, url: str, feed: str, city: str, state: str, kind: str = "rss", county: str = "") -> str:  # noqa: A002  the cases' word
    """An outlet as the registry's files write it."""
    where = f'city = "{city}"\ncounty = "{county}"\n' if county else f'city = "{city}"\n'
    head = f'[{id}]\nname = "{name}"\nhomepage = "{url}"\n{where}state = "{state}"\n'
    return f'{head}\n[[{id}.feeds]]\nkind = "{kind}"\nurl = "{feed}"\n\n'


def rss(items: Sequence[Mapping[str, str]], title: str = "Paper") -> str:
    """A feed of items, each given by its elements."""
    content = "".join(
        "<item>" + "".join(f"<{name}>{value}</{name}>" for name, value in item.items()) + "</item>" for item in items
    )
    namespace = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    head = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {namespace}><channel><title>{title}</title>'
    return f"{head}{content}</channel></rss>"


def html(title: str, body: str, head: str = "", lang: str = "en") -> str:
    """A page of a paper, with its header, menu and footer."""
    menu = '<header><a href="/">The Paper</a><nav><a href="/news">News</a><a href="/contact">Contact</a></nav></header>'
    start = f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
    return f"{start}<body>{menu}{body}<footer>Contact</footer></body></html>"


def ps(paragraphs: Sequence[str]) -> str:
    """Paragraphs."""
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def story(town: str, where: str, n: str = "four") -> list[str]:
    """The paragraphs of an invented report of ICE activity there."""
    return [
        f"{town.upper()} — Immigration agents from ICE arrested {n} people at {where} on Friday, witnesses said.",
        f"All {n} were put into cars without plates, said a clerk who recorded it. ICE gave no answer.",
        f"City police in {town} had no part in it and heard of it afterwards, the mayor said.",
        "A lawyer for the families had not spoken with any of them by Friday evening.",
    ]


def newsld(title: str, when: datetime) -> str:
    """A story's JSON-LD."""
    facts = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": title}
    return f'<script type="application/ld+json">{json.dumps({**facts, "datePublished": when.isoformat()})}</script>'


LATEST = (
    "<section><h2>Latest</h2>"
    + ps(
        [
            "Two men were arrested by immigration agents as they left a courtroom on Monday, lawyers said.",
            "A vigil for a roofer whom ICE detained last week will be held in front of City Hall on Thursday.",
            "What a school does when officers of Immigration and Customs Enforcement come is for the board to say.",
        ]
    )
    + "</section>"
)


def told(name: str, ok: bool, what: object = "") -> None:
    """Print how a case came out, as `tests.benchmarks.cases` reads it."""
    print("ok  " if ok else "FAIL", f"{name} ", " ".join(str(what).split()))
    if not ok:
        FAILED.append(name)
