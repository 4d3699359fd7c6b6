"""Who takes a finished mail away: an SMTP server, or a folder to look into."""

import contextlib
import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Protocol

from alerts.mail.message import page_of
from alerts.settings import MailSettings
from crawler.model import IcewireError, Why, because

SMTP_TIMEOUT = 30


class DeliveryRefused(IcewireError):
    """It will never be taken: a mail by a permanent answer, 5xx, to its recipient or its text."""


class DeliveryDelayed(IcewireError):
    """It could not be handed over now; later it may."""


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
        name = f"{day}-{''.join(c if c.isalnum() or c in '.-@' else '_' for c in recipient)}-{unique}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _write(self.folder / f"{name}.eml", message)
            html = page_of(message)
            if html:
                _write(self.folder / f"{name}.html", html.encode())
        except OSError as error:
            raise DeliveryDelayed(because("outbox_unwritable", folder=str(self.folder), error=str(error))) from error


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
            raise DeliveryDelayed(_answer(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError, ValueError) as error:  # ValueError: a login that is not ASCII
            where = f"{self.settings.smtp_host}:{self.settings.smtp_port}"
            raise DeliveryDelayed(because("mail_unreachable", where=where, error=str(error))) from error

    def _hand_over(self, smtp: smtplib.SMTP, recipient: str, message: bytes) -> None:
        try:
            smtp.sendmail(self.settings.sender, [recipient], message)
        except smtplib.SMTPRecipientsRefused as error:
            raise _refusal(*error.recipients[recipient]) from error
        except smtplib.SMTPDataError as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except ValueError as error:
            raise DeliveryRefused(because("no_mail_address", recipient=recipient, error=str(error))) from error
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
    return (DeliveryRefused if permanent else DeliveryDelayed)(_answer(code, said))


def _answer(code: int, said: bytes | str) -> Why:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return because("mail_answered", code=code, said=text)


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(content)
    unfinished.replace(path)
