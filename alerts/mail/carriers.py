"""Who takes a finished mail away: an SMTP server, or a folder to look into."""

import contextlib
import io
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, Literal, Protocol, Self

from alerts.mail.answers import Stage, about, about_recipient
from alerts.mail.mending import told_as
from alerts.mail.message import page_of
from alerts.settings import MailSettings
from crawler.model import IcewireError, Why, because


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

_OUTBOX_NAME = re.compile(r"\d{4}-\d\d-\d\d-(.+)-[^-]{8}\.(?:eml|html)(?:\.part)?")

Whose = Literal["server", "us", "recipient"]


class DeliveryRefused(IcewireError):
    """It will never be taken: a permanent answer about its recipient or its text.

    `nobody`: because nobody has that address; by default as the words say.
    """

    def __init__(self, said: str | Why = "", nobody: bool | None = None) -> None:
        super().__init__(said)
        self.nobody = about_recipient(said) if nobody is None and isinstance(said, str) else bool(nobody)


class DeliveryDelayed(IcewireError):
    """It could not be handed over now; later it may.

    `whose`: what stands in the way, the whole server, our standing with it, or something of this recipient only.
    `in_doubt`: all of it was handed over, and what the server made of it is not known. `full`: the box has no room.
    """

    def __init__(
        self, said: str | Why = "", whose: Whose = "recipient", in_doubt: bool = False, full: bool = False
    ) -> None:
        super().__init__(said)
        self.whose, self.in_doubt, self.full = whose, in_doubt, full


class Mailer(Protocol):
    """Takes a finished mail away. Raises DeliveryRefused or DeliveryDelayed."""

    def send(self, recipient: str, message: bytes) -> None:
        """Hand one mail over."""


class Outbox:
    """Writes each mail to a folder, as .eml for a mail program and .html for a browser."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self.folder, self.clock = folder, clock

    def send(self, recipient: str, message: bytes) -> None:
        """Write the files; the same mail always has the same name, so a retry leaves one."""
        mail = message_from_bytes(message, policy=policy.default)
        day = mail["Date"].datetime.date() if mail["Date"] else self.clock().date()
        unique = str(mail["Message-ID"]).strip("<> ").split("@")[0][:8]
        name = f"{day}-{_as_name(recipient)}-{unique}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _write(self.folder / f"{name}.eml", message)
            html = page_of(message)
            if html:
                _write(self.folder / f"{name}.html", html.encode())
        except OSError as error:
            raise DeliveryDelayed(
                because("outbox_unwritable", folder=str(self.folder), error=str(error)), "server"
            ) from error

    def forget_but(self, known: Callable[[], Collection[str]]) -> int:
        """Delete the mails to anybody but these addresses, finished or not; returns how many files."""
        written = [(file, to[1]) for file in self.folder.glob("*") if (to := _OUTBOX_NAME.fullmatch(file.name))]
        names = {_as_name(address) for address in known()}  # asked now: whoever is new has mail since
        gone = [file for file, to in written if to not in names]
        for file in gone:
            file.unlink(missing_ok=True)
        return len(gone)


class SmtpMailer:
    """Hands each mail to the configured server, one conversation a mail.

    `return_path`: where a mail that does not arrive comes back to, of each; else to the sender.
    """

    def __init__(
        self,
        settings: MailSettings,
        patience: Patience | None = None,
        return_path: Callable[[bytes], str] | None = None,
    ) -> None:
        self.settings, self.patience = settings, patience or Patience()
        self._return_path = return_path or (lambda message: settings.sender)

    def send(self, recipient: str, message: bytes) -> None:
        """One SMTP conversation (RFC 5321). Only what is said of the recipient or of the mail itself is final."""
        in_doubt = False
        try:
            with contextlib.closing(self.connect()) as smtp:
                self._announce(smtp, recipient, message)
                smtp.send_within(self.patience.block, _as_sent(message))
                in_doubt = True  # until the answer is there
                code, said = smtp.within(self.patience.taken).getreply()
                in_doubt = False
                _agree(code, said, "data")
                with contextlib.suppress(smtplib.SMTPException, OSError):  # it was taken, whatever is said to QUIT
                    smtp.within(self.patience.connecting).quit()
        except smtplib.SMTPResponseException as error:  # to us or our login: for the operator to mend
            raise DeliveryDelayed(_answer(error.smtp_code, error.smtp_error), "server") from error
        except (smtplib.SMTPException, OSError, ValueError) as error:  # ValueError: a login that is not ASCII
            where = f"{self.settings.smtp_host}:{self.settings.smtp_port}"
            raise DeliveryDelayed(
                because("mail_unreachable", where=where, error=str(error)), "server", in_doubt
            ) from error

    def _announce(self, smtp: "_Session", recipient: str, message: bytes) -> None:
        """All up to the server's "go on"."""
        smtp.within(self.patience.greeting).ehlo_or_helo_if_needed()
        options = [f"SIZE={len(message)}"] if smtp.has_extn("size") else []
        sender = self._return_path(message)
        _agree(*smtp.within(self.patience.command).mail(sender, options), "sender")
        try:
            answer = smtp.within(self.patience.command).rcpt(recipient)
        except ValueError as error:
            raise DeliveryRefused(because("no_mail_address", recipient=recipient, error=str(error)), True) from error
        _agree(*answer, "recipient")
        _agree(*smtp.within(self.patience.data).docmd("DATA"), "data")

    def connect(self) -> "_Session":
        """A session that is encrypted and logged in as configured."""
        s = self.settings
        context = ssl.create_default_context()
        if s.smtp_security == "tls":
            smtp: _Session = _TlsSession(s.smtp_host, s.smtp_port, self.patience, context=context)
        else:
            smtp = _Session(s.smtp_host, s.smtp_port, self.patience)
        try:
            if s.smtp_security == "starttls":
                smtp.starttls(context=context)
            if s.smtp_user:
                smtp.login(s.smtp_user, s.smtp_password.get_secret_value())
        except BaseException:
            smtp.close()
            raise
        return smtp


class _Session(smtplib.SMTP):
    """A session whose answers come within a time, each as a whole: a socket's timeout begins anew with each byte."""

    _limit: threading.Timer | None = None

    def __init__(self, host: str, port: int, patience: Patience, **given: Any) -> None:
        self._patience, self._ends = patience, 0.0
        try:
            super().__init__(host, port, timeout=patience.greeting, **given)
        except BaseException:
            self.close()
            raise

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

    def send_within(self, seconds: float, text: bytes) -> None:
        """Send a text, each block of it within that time."""
        for start in range(0, len(text), BLOCK):
            assert self.sock
            self.sock.settimeout(seconds)
            self.send(text[start : start + BLOCK])

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        self._limit = threading.Timer(self._patience.all, self._cut_off)
        self._limit.daemon = True
        self._limit.start()
        connected: socket.socket = super()._get_socket(host, port, self._patience.connecting)  # type: ignore[misc]
        connected.settimeout(timeout)
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


class _TlsSession(_Session, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class _Answers(io.RawIOBase):
    """What a server says."""

    def __init__(self, session: _Session) -> None:
        self._session = session

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        return self._session.receive(into)


def _as_name(address: str) -> str:
    return "".join(c if c.isalnum() or c in ".-@" else "_" for c in address)


def _agree(code: int, said: bytes, stage: Stage) -> None:
    """Raise DeliveryRefused or DeliveryDelayed unless the server agrees."""
    if 200 <= code < 400:
        return
    text = said.decode("utf-8", "replace")
    what = about(code, text, stage)
    why = told_as(what, _answer(code, said), text)
    if what in ("recipient", "mail"):
        raise DeliveryRefused(why, what == "recipient")
    if code == 421:  # it closes the connection, whoever is asked about (RFC 5321, 3.8)
        raise DeliveryDelayed(why, "server")
    raise DeliveryDelayed(why, "us" if what == "us" else "recipient", full=what == "full")


def _as_sent(message: bytes) -> bytes:
    """With the dots and the end that RFC 5321, 4.5.2, asks for."""
    text = re.sub(rb"(?m)^\.", b"..", re.sub(rb"\r\n|\r|\n", b"\r\n", message))
    return text + (b"" if text.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _answer(code: int, said: bytes | str) -> Why:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return because("mail_answered", code=code, said=text)


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(content)
    unfinished.replace(path)
