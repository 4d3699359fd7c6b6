"""All that a soak's daemon meets, in one process: python -m tests.benchmarks.soak.world FOLDER PORT

The outlets answer by HTTP at one port of all loopback addresses, a mail server at another. What they do follows from
the plan and the time; each mail is written down, before it is said to be taken, as a line of JSON. Prints the
mail server's port and ends with its standard input.
"""

import asyncio
import hashlib
import json
import quopri
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import IO

from tests.benchmarks.soak.plan import Fault, read_plan
from tests.benchmarks.soak.press import TRAPS, Press, number_of
from tests.benchmarks.soak.sim_clock import SimulatedClock
from tests.makers.hazards import FEEDS
from tests.makers.mail_sink import Conversation

MAILS = "mails.jsonl"
_ID = re.compile(rb"(?im)^Message-ID:\s*(<\S+>)")
_TO = re.compile(rb"(?im)^To:\s*(\S+)")
_UPDATES = re.compile(rb"(?s)== Updates to stories.*?(?=\n== |\n--\n|\Z)")
_ITEM = re.compile(rb"(?m)^\* [^\n]*\n  [^\n]*\n  (http\S+)")  # headline, outlet, address
_SLOW = (0.3, 5.0)  # seconds; the longer one is longer than anybody waits
_ASKED = [one.answer for one in FEEDS.values() if one.kind == "rss"]
_HOSTILE = [answer for answer in _ASKED if isinstance(answer, bytes) and len(answer) < 200_000]


class Outlets(asyncio.Protocol):
    """A connection to one of the outlets, kept open from request to request."""

    def __init__(self, press: Press, clock: SimulatedClock) -> None:
        self.press, self.clock, self.got = press, clock, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody asks."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Requests, one after the other."""
        self.got += data
        while b"\r\n\r\n" in self.got:
            head, _, self.got = self.got.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
            number = number_of(headers.get("host", ""))
            if number is None:
                self.transport.abort()
                return
            answer = self.answer(number, lines[0].split(" ")[1], headers)
            if self.press.plan.on("slow servers", self.clock.true(), number):
                asyncio.get_running_loop().call_later(_SLOW[number % 2], self.say, answer)
            else:
                self.say(answer)

    def say(self, answer: bytes) -> None:
        """Answer, unless whoever asked has gone."""
        if not self.transport.is_closing():
            self.transport.write(answer)
            if b"Connection: close" in answer[:2000] or not answer.startswith(b"HTTP/1.1 "):
                self.transport.close()

    def answer(self, number: int, path: str, headers: dict[str, str]) -> bytes:
        """What stands there now."""
        now = self.clock.true()
        if path == "/feed":
            if fault := self.press.plan.on("hostile feeds", now, number):
                return _trap(fault, number)
            body = self.press.feed(number, now)
            etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
            if headers.get("if-none-match") == etag:
                return f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode()
            return _kept_open(body, "application/rss+xml", f"ETag: {etag}\r\n")
        if piece := self.press.piece(number, path, now):
            return TRAPS[piece.trap] if piece.trap else _kept_open(self.press.page(piece), "text/html; charset=utf-8")
        return b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 8\r\n\r\nnot here"


def _trap(fault: Fault, number: int) -> bytes:
    return _HOSTILE[(number + fault.begins) % len(_HOSTILE)]


def _kept_open(body: str, kind: str, more: str = "") -> bytes:
    content = body.encode()
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(content)}\r\n\r\n".encode() + content


def note_mail(text: bytes, now: datetime, log: IO[str]) -> None:
    """Write down that a mail came, to whom and what it tells as new."""
    name, to = _ID.search(text), _TO.search(text)
    line = {
        "at": now.timestamp(),
        "id": name[1].decode() if name else "",
        "to": to[1].decode() if to else "",
        "told": told_as_new(text),
    }
    log.write(json.dumps(line) + "\n")
    log.flush()


def told_as_new(mail: bytes) -> list[str]:
    """The pages of the stories that a mail tells, but for updates to stories that were told before."""
    _, _, rest = mail.partition(b"Content-Type: text/plain")
    part, _, _ = rest.partition(b"Content-Type: text/html")
    plain = quopri.decodestring(part).replace(b"\r\n", b"\n")
    return [link.decode() for link in _ITEM.findall(_UPDATES.sub(b"", plain))]


async def _serve(folder: Path, press: Press, clock: SimulatedClock) -> None:
    loop = asyncio.get_running_loop()
    with (folder / MAILS).open("a") as log:
        await loop.create_server(lambda: Outlets(press, clock), "0.0.0.0", press.port, backlog=500)

        def conversation() -> Conversation:
            return Conversation(
                lambda text: note_mail(text, clock.true(), log), up=lambda: not press.plan.on("SMTP down", clock.true())
            )

        mail = await loop.create_server(conversation, "127.0.0.1", 0, backlog=500)
        sys.stdout.write(f"{mail.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await loop.run_in_executor(None, sys.stdin.read)


def main() -> None:
    """Serve until nobody is there any more."""
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    asyncio.run(_serve(folder, Press(read_plan(folder), port), SimulatedClock.of(folder)))


if __name__ == "__main__":
    main()
