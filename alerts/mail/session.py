"""One SMTP connection: mails are offered on it one after the other (RFC 5321), each step within its time."""

import contextlib
import io
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from alerts.mail.answers import Stage
from alerts.settings import MailSettings


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds that a server has for each answer: what RFC 5321, 4.5.3.2, asks for at least.

    They pass for the whole answer, also when a byte of it comes now and then.
    """

    connecting: float = 30  # where nobody listens
    greeting: float = 300  # and what follows until a mail begins; some servers are slow at it on purpose
    command: float = 300  # MAIL, RCPT
    data: float = 120
    block: float = 180  # to take in so much of the text
    taken: float = 660  # after the final dot: who goes within ten minutes sends the same mail twice
    all: float = 5400  # where no other limit ends it: a handshake that goes on for ever


BLOCK = 65536  # bytes


class SmtpReply(NamedTuple):
    """What a server said of a mail in the end, and after what."""

    code: int
    said: bytes
    stage: Stage
    whole: bool  # it had all of the mail

    @property
    def is_yes(self) -> bool:
        """Whether it agreed."""
        return 200 <= self.code < 400


class Session(smtplib.SMTP):
    """A connection whose answers come within a time, each as a whole: a socket's timeout begins anew with each byte.

    `mails`: how many were offered on it before. `in_doubt`: one was handed over whole, and its answer is not there.
    """

    _limit: threading.Timer | None = None

    def __init__(self, host: str, port: int, patience: Patience, **given: Any) -> None:
        self._patience, self._ends = patience, 0.0
        self.mails, self.in_doubt = 0, False
        try:
            super().__init__(host, port, timeout=patience.greeting, **given)
        except BaseException:
            self.close()
            raise

    def offer(self, sender: str, recipient: str, text: bytes) -> SmtpReply:
        """Hand over one mail, a text as `as_sent` makes it; returns the yes, or the first no.

        Closed after that where it can serve no more. Raises OSError, SMTPException or ValueError.
        """
        try:
            reply = self._offer(sender, recipient, text)
        except BaseException:
            self.close()
            raise
        self.mails += 1
        if reply.code == 421:  # it closes the connection, whoever is asked about (RFC 5321, 3.8)
            self.close()
        return reply

    def _offer(self, sender: str, recipient: str, text: bytes) -> SmtpReply:
        size = f" SIZE={len(text)}" if self.has_extn("size") else ""
        commands: list[tuple[Stage, float, str]] = [
            ("sender", self._patience.command, f"MAIL FROM:<{sender}>{size}"),
            ("recipient", self._patience.command, f"RCPT TO:<{recipient}>"),
            ("data", self._patience.data, "DATA"),
        ]
        if self.mails:
            commands.insert(0, ("session", self._patience.command, "RSET"))  # nothing of the one before is left
        replies = list(self._replies(commands))
        if refused := next((reply for reply in replies if not reply.is_yes), None):
            if replies[-1].is_yes:  # it waits for a text all the same, as it may (RFC 2920, 3.1)
                self.close()
            return refused
        self._send_within(self._patience.block, text)
        self.in_doubt = True
        code, said = self.within(self._patience.taken).getreply()
        self.in_doubt = False
        return SmtpReply(code, said, "data", True)

    def _replies(self, commands: list[tuple[Stage, float, str]]) -> Iterator[SmtpReply]:
        """What it says to each; a server that allows it gets all at once (RFC 2920), any other one by one to a no."""
        lines = [line.encode("ascii") + b"\r\n" for *_, line in commands]
        if any(len(line.splitlines()) > 1 for line in lines):
            raise ValueError("an address with a line break")
        at_once = self.has_extn("pipelining")
        if at_once:
            self._send_within(self._patience.command, b"".join(lines))
        for (stage, seconds, _), line in zip(commands, lines, strict=True):
            if not at_once:
                self._send_within(self._patience.command, line)
            reply = SmtpReply(*self.within(seconds).getreply(), stage, False)
            yield reply
            if not (at_once or reply.is_yes):
                return

    def say_goodbye(self) -> None:
        """So that the server need not wonder; whatever it says to that."""
        with contextlib.suppress(smtplib.SMTPException, OSError):
            self.within(self._patience.connecting).putcmd("QUIT")

    def leave(self) -> None:
        """Close it, after the server's own goodbye when it was told ours."""
        with contextlib.suppress(smtplib.SMTPException, OSError):
            self.within(self._patience.connecting).getreply()
        self.close()

    def within(self, seconds: float) -> Self:
        """The session, each of whose next answers is waited for that long."""
        self.timeout = seconds
        return self

    def getreply(self) -> tuple[int, bytes]:
        """The next answer."""
        self._ends = time.monotonic() + self.timeout
        if self.file is None and self.sock:
            self.file = io.BufferedReader(_Answers(self))
        return super().getreply()

    def receive(self, into: Any) -> int:
        """What has come of the answer."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        assert self.sock
        self.sock.settimeout(left)
        return self.sock.recv_into(into)

    def _send_within(self, seconds: float, text: bytes) -> None:
        """Send a text, each block of it within that time."""
        for start in range(0, len(text), BLOCK):
            if self.sock:
                self.sock.settimeout(seconds)
            self.send(text[start : start + BLOCK])

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        self._limit = threading.Timer(self._patience.all, self._cut_off)
        self._limit.daemon = True
        self._limit.start()
        connected: socket.socket = super()._get_socket(host, port, self._patience.connecting)  # type: ignore[misc]
        connected.settimeout(timeout)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a text's end does not wait for its beginning
        return connected

    def _cut_off(self) -> None:
        if self.sock:
            with contextlib.suppress(OSError):  # it is over already
                self.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Also when the conversation failed."""
        if self._limit:
            self._limit.cancel()
        super().close()


class _TlsSession(Session, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class _Answers(io.RawIOBase):
    """What a server says."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        return self._session.receive(into)


def connect(settings: MailSettings, patience: Patience) -> Session:
    """A session that is encrypted, greeted and logged in as configured; OSError, SMTPException or ValueError if not."""
    if settings.smtp_security == "tls":
        context = ssl.create_default_context()
        smtp: Session = _TlsSession(settings.smtp_host, settings.smtp_port, patience, context=context)
    else:
        smtp = Session(settings.smtp_host, settings.smtp_port, patience)
    try:
        if settings.smtp_security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            smtp.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp


def as_sent(message: bytes) -> bytes:
    """With the dots and the end that RFC 5321, 4.5.2, asks for.

    >>> as_sent(b"a\\n.b\\r\\n")
    b'a\\r\\n..b\\r\\n.\\r\\n'
    """
    text = message
    if not text.count(b"\r\n") == text.count(b"\n") == text.count(b"\r"):  # most are as they should be
        text = re.sub(rb"\r\n|\r|\n", b"\r\n", text)
    text = (b"." if text.startswith(b".") else b"") + text.replace(b"\n.", b"\n..")
    return text + (b"" if text.endswith(b"\r\n") else b"\r\n") + b".\r\n"
