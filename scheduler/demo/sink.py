"""A mail server on loopback that keeps what it is given: where the demo's digests arrive."""

import asyncio
import threading
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.smtp import SMTP


class Sink:
    """Accepts every mail while entered; like a real mailbox, it keeps one of each Message-ID."""

    def __init__(self) -> None:
        self.mails: dict[str, EmailMessage] = {}  # Message-ID → mail
        self.raw: dict[str, bytes] = {}
        self.received = 0  # with repetitions
        self.answer: Callable[[], str] = lambda: "250 OK"
        self.port = 0
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="sink", daemon=True)

    def __enter__(self) -> Self:
        listen = self._loop.create_server(lambda: SMTP(self, loop=self._loop), "127.0.0.1", 0)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(listen, self._loop).result()
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    def __exit__(self, *error: object) -> None:
        async def close() -> None:
            self._server.close()
            await self._server.wait_closed()

        asyncio.run_coroutine_threadsafe(close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def to(self, email: str) -> list[EmailMessage]:
        """The mails to an address."""
        with self._lock:
            return [mail for mail in self.mails.values() if mail["To"] == email]

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        """One mail arrives."""
        said = self.answer()
        if said.startswith("2"):
            mail = message_from_bytes(envelope.original_content, policy=policy.default)
            with self._lock:
                self.received += 1
                self.mails[str(mail["Message-ID"])] = mail
                self.raw[str(mail["Message-ID"])] = envelope.original_content
        return said
