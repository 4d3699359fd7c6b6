"""A Digest becomes an EmailMessage, and a mailer takes it away: SMTP, or a folder to look into."""

import contextlib
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from alerts.settings import MailSettings
from crawler.model import IcewireError

SMTP_TIMEOUT = 30


class _MailPolicy(policy.EmailPolicy):
    """SMTP's form, but identifiers stay whole: the library would turn a long one into encoded words (RFC 2047, 5)."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """One header, in lines of at most 78 characters where it has words."""
        if name in ("List-Unsubscribe", "List-Id", "Message-ID"):
            return f"{name}: {value}\r\n".encode("ascii")
        return super().fold_binary(name, value)


MAIL_POLICY = _MailPolicy(linesep="\r\n")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a mail needs besides its content."""

    recipient: str
    message_id: str
    now: datetime
    unsubscribe_url: str = ""


class MailRefused(IcewireError):
    """The server will never take this mail (a permanent answer, 5xx, to its recipient or its text)."""


class MailDelayed(IcewireError):
    """The mail could not be handed over now; later it may."""


class Mailer(Protocol):
    """Takes a finished mail away. Raises MailRefused or MailDelayed."""

    def send(self, recipient: str, message: bytes) -> None:
        """Hand one mail over."""


@lru_cache(maxsize=1)
def templates() -> Environment:
    """The shipped templates; HTML is escaped, text is not."""
    environment = Environment(
        loader=PackageLoader("alerts"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["local"] = _local
    environment.filters["day"] = lambda d: f"{d:%A, %B} {d.day}, {d.year}"
    return environment


def confirm_message(search: str, confirm_url: str, envelope: Envelope, settings: MailSettings) -> EmailMessage:
    """The mail that asks whether the owner of an address wants this (double opt-in)."""
    message = new_message("Please confirm your icewire search", envelope, settings)
    shown = {"search": search, "confirm_url": confirm_url, "mail": settings}
    message.set_content(templates().get_template("confirm.txt").render(shown))
    return message


def page_of(message: bytes) -> str:
    """The HTML part of a stored digest, as a page without its subscriber's own links; "" when there is none."""
    mail = message_from_bytes(message, policy=policy.default)
    body = mail.get_body(("html",))
    unsubscribe = str(mail["List-Unsubscribe"] or "").strip("<> ")
    content = str(body.get_content()) if body else ""
    return content.replace(unsubscribe, "#") if unsubscribe else content


def sender_domain(settings: MailSettings) -> str:
    """The domain of the From address, for Message-ID and List-Id."""
    return settings.sender.rpartition("@")[2] or "localhost"


def new_message(subject: str, envelope: Envelope, settings: MailSettings) -> EmailMessage:
    message = EmailMessage(policy=MAIL_POLICY)
    message["From"] = Address(settings.sender_name, addr_spec=settings.sender)
    message["To"] = envelope.recipient
    message["Subject"] = subject
    message["Date"] = format_datetime(envelope.now)
    message["Message-ID"] = envelope.message_id
    message["Auto-Submitted"] = "auto-generated"
    if "@" in settings.contact and "://" not in settings.contact:
        message["Reply-To"] = settings.contact
    return message


def _local(when: datetime | None, timezone: str, day_only: bool = False) -> str:
    """A time for a reader: "Mon, Mar 9, 2:05 PM", or "Mon, Mar 9", the same in every zone, of a day."""
    if when is None:
        return "no date given"
    if day_only:
        return f"{when:%a, %b} {when.day}"
    there = when.astimezone(ZoneInfo(timezone))
    return f"{there:%a, %b} {there.day}, {there.hour % 12 or 12}:{there:%M %p}"


class Outbox:
    """Writes each mail to a folder, as .eml for a mail program and .html for a browser."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self.folder, self.clock = folder, clock

    def send(self, recipient: str, message: bytes) -> None:
        """Write the files; the same mail always has the same name, so a retry leaves one."""
        mail = message_from_bytes(message, policy=policy.default)
        day = mail["Date"].datetime.date() if mail["Date"] else self.clock().date()
        unique = str(mail["Message-ID"]).strip("<> ").split("@")[0][:8]
        name = f"{day}-{''.join(c if c.isalnum() or c in '.-@' else '_' for c in recipient)}-{unique}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _write(self.folder / f"{name}.eml", message)
            html = page_of(message)
            if html:
                _write(self.folder / f"{name}.html", html.encode())
        except OSError as error:
            raise MailDelayed(f"the outbox {self.folder} cannot be written: {error}") from error


class SmtpMailer:
    """Hands each mail to the configured server, one conversation a mail."""

    def __init__(self, settings: MailSettings) -> None:
        self.settings = settings

    def send(self, recipient: str, message: bytes) -> None:
        """One SMTP conversation (RFC 5321). Only what is said of the recipient or of the mail itself is final."""
        try:
            with contextlib.closing(self.connect()) as smtp:
                self._hand_over(smtp, recipient, message)
        except smtplib.SMTPResponseException as error:  # to us, our login or our sender: for the operator to mend
            raise MailDelayed(_answer(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError, ValueError) as error:  # ValueError: a login that is not ASCII
            where = f"{self.settings.smtp_host}:{self.settings.smtp_port}"
            raise MailDelayed(f"{where}: {error}") from error

    def _hand_over(self, smtp: smtplib.SMTP, recipient: str, message: bytes) -> None:
        try:
            smtp.sendmail(self.settings.sender, [recipient], message)
        except smtplib.SMTPRecipientsRefused as error:
            raise _refusal(*error.recipients[recipient]) from error
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except ValueError as error:
            raise MailRefused(f"{recipient} is no address that mail can be sent to: {error}") from error
        with contextlib.suppress(smtplib.SMTPException, OSError):  # the mail was taken, whatever is said to QUIT
            smtp.quit()

    def connect(self) -> smtplib.SMTP:
        """A session that is encrypted and logged in as configured."""
        s = self.settings
        context = ssl.create_default_context()
        if s.smtp_security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(s.smtp_host, s.smtp_port, timeout=SMTP_TIMEOUT, context=context)
        else:
            smtp = smtplib.SMTP(s.smtp_host, s.smtp_port, timeout=SMTP_TIMEOUT)
        try:
            if s.smtp_security == "starttls":
                smtp.starttls(context=context)
            if s.smtp_user:
                smtp.login(s.smtp_user, s.smtp_password.get_secret_value())
        except BaseException:
            smtp.close()
            raise
        return smtp


def _refusal(code: int, said: bytes | str) -> IcewireError:
    # 530 and its like want a login: for the operator to mend, not a reason to give the mail up.
    permanent = 500 <= code < 600 and code not in (530, 534, 535, 538)
    return (MailRefused if permanent else MailDelayed)(_answer(code, said))


def _answer(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"the mail server answered {code} {text}"


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(content)
    unfinished.replace(path)
