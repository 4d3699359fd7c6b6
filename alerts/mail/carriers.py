"""Who takes a finished mail away: an SMTP server, or a folder to look into."""

import contextlib
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Collection
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Literal, Protocol

from alerts.mail.answers import Stage, about, about_recipient
from alerts.mail.mending import told_as
from alerts.mail.message import page_of
from alerts.settings import MailSettings
from crawler.model import IcewireError, Why, because

# Seconds. RFC 5321, 4.5.3.2, would wait 5 minutes for the first word as well; who is silent then holds up all mail.
CONNECT_TIMEOUT = 30
SMTP_TIMEOUT = 60  # to be greeted and to log in, which some servers are slow at on purpose
COMMAND_TIMEOUT = 300  # MAIL, RCPT, DATA, and taking in the text
TAKEN_TIMEOUT = 600  # for the answer to the final dot: who goes earlier sends the same mail twice
MAIL_TIMEOUT = 1500  # for all of it, however slowly a server goes on saying something

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

    def __init__(self, settings: MailSettings, return_path: Callable[[bytes], str] | None = None) -> None:
        self.settings, self._return_path = settings, return_path or (lambda message: settings.sender)

    def send(self, recipient: str, message: bytes) -> None:
        """One SMTP conversation (RFC 5321). Only what is said of the recipient or of the mail itself is final."""
        in_doubt = False
        try:
            with contextlib.closing(self.connect()) as smtp:
                self._announce(smtp, recipient, message)
                smtp.send(_as_sent(message))
                in_doubt = True  # until the answer is there
                code, said = _within(smtp, TAKEN_TIMEOUT).getreply()
                in_doubt = False
                _agree(code, said, "data")
                with contextlib.suppress(smtplib.SMTPException, OSError):  # it was taken, whatever is said to QUIT
                    _within(smtp, SMTP_TIMEOUT).quit()
        except smtplib.SMTPResponseException as error:  # to us or our login: for the operator to mend
            raise DeliveryDelayed(_answer(error.smtp_code, error.smtp_error), "server") from error
        except (smtplib.SMTPException, OSError, ValueError) as error:  # ValueError: a login that is not ASCII
            where = f"{self.settings.smtp_host}:{self.settings.smtp_port}"
            raise DeliveryDelayed(
                because("mail_unreachable", where=where, error=str(error)), "server", in_doubt
            ) from error

    def _announce(self, smtp: smtplib.SMTP, recipient: str, message: bytes) -> None:
        """All up to the server's "go on"."""
        _within(smtp, SMTP_TIMEOUT).ehlo_or_helo_if_needed()
        options = [f"SIZE={len(message)}"] if smtp.has_extn("size") else []
        _agree(*_within(smtp, COMMAND_TIMEOUT).mail(self._return_path(message), options), "sender")
        try:
            answer = _within(smtp, COMMAND_TIMEOUT).rcpt(recipient)
        except ValueError as error:
            raise DeliveryRefused(because("no_mail_address", recipient=recipient, error=str(error)), True) from error
        _agree(*answer, "recipient")
        _agree(*_within(smtp, COMMAND_TIMEOUT).docmd("DATA"), "data")

    def connect(self) -> smtplib.SMTP:
        """A session that is encrypted and logged in as configured."""
        s = self.settings
        context = ssl.create_default_context()
        if s.smtp_security == "tls":
            smtp: smtplib.SMTP = _TlsSession(s.smtp_host, s.smtp_port, timeout=SMTP_TIMEOUT, context=context)
        else:
            smtp = _Session(s.smtp_host, s.smtp_port, timeout=SMTP_TIMEOUT)
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
    """A session that is cut off after MAIL_TIMEOUT: a byte now and then keeps a socket's own timeout from passing."""

    _limit: threading.Timer | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        self._limit = threading.Timer(MAIL_TIMEOUT, self._cut_off)
        self._limit.daemon = True
        self._limit.start()
        connected: socket.socket = super()._get_socket(host, port, min(timeout, CONNECT_TIMEOUT))  # type: ignore[misc]
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


def _as_name(address: str) -> str:
    return "".join(c if c.isalnum() or c in ".-@" else "_" for c in address)


def _within(smtp: smtplib.SMTP, seconds: float) -> smtplib.SMTP:
    """The session, whose next answer is waited for that long."""
    if smtp.sock:
        smtp.sock.settimeout(seconds)
    return smtp


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
