"""A mail server in a process of its own that takes everything: python -m tests.makers.mail_sink [DELAY [LOG]]

It offers PIPELINING, answers each command DELAY seconds after it came, as a server does that is so long a round trip
away, writes "Message-ID sha256" of each mail into LOG before it says yes, and ends with its standard input.
"""

import asyncio
import hashlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_ID = re.compile(rb"(?im)^Message-ID:\s*(<\S+>)")
_ANSWERS = {b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 SIZE", b"DATA": b"354 go on", b"QUIT": b"221 bye"}


class Conversation(asyncio.Protocol):
    """One connection: each mail is given to `keep` before it is said to be taken; while it is not `up` none is made."""

    def __init__(
        self, keep: Callable[[bytes], None], delay: float = 0.0, up: Callable[[], bool] = lambda: True
    ) -> None:
        self.keep, self.delay, self.up = keep, delay, up
        self.got, self.in_text = b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if self.up():
            self.say(b"220 sink")
        else:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        """Commands, and texts."""
        self.got += data
        while True:
            text, end, rest = self.got.partition(b"\r\n.\r\n" if self.in_text else b"\r\n")
            if not end:
                return
            self.got = rest
            if self.in_text:
                self.in_text = False
                self.keep(text)
                self.say(b"250 taken")
            else:
                verb = text[:4].upper()
                self.in_text = verb == b"DATA"
                self.say(_ANSWERS.get(verb, b"250 ok"))

    def say(self, line: bytes) -> None:
        """Answer, a while from now."""
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self.transport.write, line + b"\r\n")
        else:
            self.transport.write(line + b"\r\n")


def _note(text: bytes, log: IO[str] | None) -> None:
    if log and (found := _ID.search(text)):
        log.write(f"{found[1].decode()} {hashlib.sha256(text).hexdigest()}\n")
        log.flush()


async def _serve(delay: float, log: IO[str] | None) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(lambda text: _note(text, log), delay), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def mail_sink(delay: float = 0.0, log: Path | None = None) -> Iterator[int]:
    """The port of one that runs meanwhile."""
    command = [sys.executable, "-m", "tests.makers.mail_sink", str(delay), *([str(log)] if log else [])]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


if __name__ == "__main__":
    delay, log = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0, sys.argv[2] if len(sys.argv) > 2 else ""
    asyncio.run(_serve(delay, Path(log).open("a") if log else None))  # noqa: SIM115  to the end of the process
