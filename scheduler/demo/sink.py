"""A mail server on loopback that keeps what it is given: where the demo's digests arrive."""

import threading
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller


class Sink:
    """Accepts every mail while entered; like a real mailbox, it keeps one of each Message-ID."""

    def __init__(self) -> None:
        self.mails: dict[str, EmailMessage] = {}  # Message-ID → mail
        self.raw: dict[str, bytes] = {}
        self.received = 0  # with repetitions
        self.answer: Callable[[], str] = lambda: "250 OK"
        self._lock = threading.Lock()
        self._controller = Controller(self, hostname="127.0.0.1", port=0)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._controller.server is not None
        return int(self._controller.server.sockets[0].getsockname()[1])

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
