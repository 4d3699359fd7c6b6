"""A server of invented outlets on loopback, in a process of its own: python -m tests.benchmarks.outlets --port N

Each outlet has its own address (127.0.0.2, 127.0.0.3, ...) with robots.txt, an RSS feed and its pages. On the first
one stand /outlets.opml, /truth.jsonl and /stats, as the tool for real pages has them. Linux only: other systems give
127.0.0.1 alone. Up to `PREPARED` pages are made and compressed before the start; beyond, each when it is asked for.
"""

import argparse
import asyncio
import json
import random
import zlib
from collections import Counter
from datetime import UTC, datetime, timedelta

from crawler.registry.opml import write_opml
from crawler.registry.outlet import Outlet, OutletFeed
from tests.benchmarks.invented import Story, towns, write_story
from tests.benchmarks.newspaper import Paper

PREPARED = 5_000
COPIES = 0.2  # of the pages on topic print an earlier event's text
DAYS = 6  # over which a feed's items are spread

_KINDS = {"html": "text/html; charset=utf-8", "xml": "application/rss+xml; charset=utf-8", "txt": "text/plain",
          "json": "application/json"}  # fmt: skip


class Press:
    """All outlets, what each prints, and what they were asked."""

    def __init__(self, pages: int, outlets: int, port: int, on_topic: float, mentions: bool, seed: int) -> None:
        self.seed, places = seed, towns()
        self.papers = {
            f"127.0.{(n + 2) // 256}.{(n + 2) % 256}": Paper(seed, n, places[n % len(places)], "", mentions)
            for n in range(outlets)
        }
        for host, paper in self.papers.items():
            paper.base = f"http://{host}:{port}"
        self.now = datetime.now(UTC).replace(microsecond=0)
        rng = random.Random(seed)
        share = [rng.random() for _ in range(pages)]
        wanted = set(sorted(range(pages), key=lambda n: share[n])[: round(on_topic * pages)])
        self.plan = [(n in wanted, rng.random() < COPIES, rng.uniform(0, DAYS * 86_400)) for n in range(pages)]
        self.hosts = list(self.papers)
        self.files: dict[tuple[str, str], bytes] = {}
        self.asked: Counter[str] = Counter()
        self._prepare()

    def story(self, number: int) -> Story:
        """What page `number` tells: an event of its own, or the text of the last such event before it."""
        on_topic, copy, _ = self.plan[number]
        home = number
        if on_topic and copy:
            before = (n for n in range(number - 1, max(-1, number - 400), -1) if self.plan[n][:2] == (True, False))
            home = next(before, number)
        paper = self.papers[self.hosts[home % len(self.hosts)]]
        return write_story(self.seed, home, paper.town, on_topic)

    def page(self, number: int) -> bytes:
        """A page, compressed."""
        paper = self.papers[self.hosts[number % len(self.hosts)]]
        return _gzip(paper.page(number, self.story(number), self.when(number)).encode())

    def when(self, number: int) -> datetime:
        """When a page was published."""
        return self.now - timedelta(seconds=round(self.plan[number][2]))

    def answer(self, host: str, path: str) -> tuple[str, bytes] | None:
        """The kind of a file and its bytes, compressed; None: there is none."""
        if path.startswith("/news/"):
            self.asked[f"{host} pages"] += 1
            body = self.files.get((host, path)) or self._late(host, path)
            return body and ("html", body)  # type: ignore[return-value]
        self.asked[f"{host} {path}"] += 1
        if path == "/stats" and host == self.hosts[0]:
            return "json", _gzip(self._stats())
        kind = {"/feed": "xml", "/outlets.opml": "xml", "/truth.jsonl": "json", "/robots.txt": "txt"}.get(path)
        return (kind, self.files[host, path]) if kind and (host, path) in self.files else None

    def _late(self, host: str, path: str) -> bytes | None:
        number = path.removeprefix("/news/story-").removesuffix(".html")
        if number.isdecimal() and int(number) < len(self.plan) and self.hosts[int(number) % len(self.hosts)] == host:
            return self.page(int(number))
        return None

    def _prepare(self) -> None:
        truth = []
        items: dict[str, list[tuple[int, Story, datetime]]] = {host: [] for host in self.hosts}
        for number in range(len(self.plan)):
            story, host = self.story(number), self.hosts[number % len(self.hosts)]
            truth.append({"url": self.papers[host].url(number), "id": number, "event": story.event,
                          "label": "ice_activity" if story.on_topic else story.kind})  # fmt: skip
            items[host].append((number, story, self.when(number)))
            if number < PREPARED and len(self.plan) <= PREPARED:
                self.files[host, f"/news/story-{number}.html"] = self.page(number)
        for host, paper in self.papers.items():
            self.files[host, "/feed"] = _gzip(paper.rss(items[host]).encode())
            self.files[host, "/robots.txt"] = _gzip(b"User-agent: *\nDisallow: /admin/\nDisallow: /search\n")
        lines = "".join(json.dumps(line) + "\n" for line in truth)
        self.files[self.hosts[0], "/truth.jsonl"] = _gzip(lines.encode())
        self.files[self.hosts[0], "/outlets.opml"] = _gzip(write_opml(map(self._outlet, self.hosts)))

    def _outlet(self, host: str) -> Outlet:
        paper = self.papers[host]
        return Outlet(
            id=f"paper-{paper.number}",
            name=paper.name,
            homepage=f"{paper.base}/",
            feeds=(OutletFeed(url=f"{paper.base}/feed"),),
            city=paper.town.name,
            county=paper.town.county,
            state=paper.town.state,
        )

    def _stats(self) -> bytes:
        counts = {h: {"pages": self.asked[f"{h} pages"], "robots": self.asked[f"{h} /robots.txt"]} for h in self.hosts}
        return json.dumps(counts).encode()


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(1, wbits=31)
    return packer.compress(body) + packer.flush()


class Answering(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, GET only; answers are compressed for whoever accepts it."""

    def __init__(self, press: Press, delay: float) -> None:
        self.press, self.delay, self.buffer = press, delay, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Which outlet this is follows from the address that was dialed."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.host = transport, transport.get_extra_info("sockname")[0]

    def data_received(self, data: bytes) -> None:
        """Answer every whole request."""
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
            asyncio.get_running_loop().call_later(self.delay, self._give, head.lower())

    def _give(self, head: bytes) -> None:
        self.transport.write(self._answer(head))
        if b"connection: close" in head:
            self.transport.close()

    def _answer(self, head: bytes) -> bytes:
        path = head.split(b" ", 2)[1].partition(b"?")[0].decode("latin-1")
        found = self.press.answer(self.host, path)
        status, (kind, body) = ("200 OK", found) if found else ("404 Not Found", ("txt", _gzip(b"not here\n")))
        packed = b"gzip" in head.partition(b"accept-encoding:")[2].partition(b"\r\n")[0]
        coding = "Content-Encoding: gzip\r\n" if packed else ""
        body = body if packed else zlib.decompress(body, wbits=31)
        headers = f"HTTP/1.1 {status}\r\nContent-Type: {_KINDS[kind]}\r\n{coding}Content-Length: {len(body)}\r\n\r\n"
        return headers.encode("latin-1") + body


async def serve(press: Press, port: int, delay: float) -> None:
    """Answer, each request so many seconds after it came, until the process ends; says so on stdout when ready."""
    server = await asyncio.get_running_loop().create_server(lambda: Answering(press, delay), press.hosts, port)
    print(
        f"{len(press.plan)} pages at {len(press.hosts)} outlets: http://{press.hosts[0]}:{port}/outlets.opml",
        flush=True,
    )
    async with server:
        await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--outlets", type=int, default=40)
    parser.add_argument("--on-topic", type=float, default=0.03, help="share of the pages that are about ICE activity")
    parser.add_argument("--mentions", action="store_true", help="templates name ICE on every page")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    press = Press(args.pages, args.outlets, args.port, args.on_topic, args.mentions, args.seed)
    asyncio.run(serve(press, args.port, args.delay))


if __name__ == "__main__":
    main()
