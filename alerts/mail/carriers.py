"""Who takes a finished mail away: an SMTP server, or a folder to look into."""

import re
import smtplib
from collections.abc import Callable, Collection
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Literal, Protocol

from alerts.mail.answers import about, about_recipient
from alerts.mail.mending import told_as
from alerts.mail.message import page_of
from alerts.mail.session import Patience, Session, SmtpReply, as_sent, connect
from alerts.mail.sessions import OpenSessions
from alerts.settings import MailSettings
from crawler.model import IcewireError, Why, because

_OUTBOX_NAME = re.compile(r"\d{4}-\d\d-\d\d-(.+)-[^-]{8}\.(?:eml|html)(?:\.part)?")
_LONGEST_NAME = 200  # characters of an address in a file's name, which may have 255 in all

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
    """Takes finished mails away, each with one call; so many calls may be made at once, by as many threads."""

    connections: int = 1

    def send(self, recipient: str, message: bytes) -> None:
        """Hand one mail over. Raises DeliveryRefused or DeliveryDelayed."""

    def close(self) -> None:
        """There is no more for now; it may begin again."""
        return


class Outbox(Mailer):
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


class SmtpMailer(Mailer):
    """Hands mails to the configured server, for some threads at once; a session serves many mails in turn.

    `return_path`: where a mail that does not arrive comes back to, of each; else to the sender.
    """

    def __init__(
        self,
        settings: MailSettings,
        patience: Patience | None = None,
        return_path: Callable[[bytes], str] | None = None,
    ) -> None:
        self.settings, self.patience, self.connections = settings, patience or Patience(), settings.connections
        self._return_path = return_path or (lambda message: settings.sender)
        self._sessions = OpenSessions(self.connect, settings.connections)

    def connect(self) -> Session:
        """A session of one's own, logged in."""
        return connect(self.settings, self.patience)

    def send(self, recipient: str, message: bytes) -> None:
        """Hand one over (RFC 5321). Only what is said of the recipient or of the mail itself is final."""
        _check_address(recipient)
        sender, text = self._return_path(message), as_sent(message)
        reply = None
        while reply is None:
            reply = self._offer(sender, recipient, text)
        _agree(reply)

    def close(self) -> None:
        """Say goodbye to the server."""
        self._sessions.close()

    def _offer(self, sender: str, recipient: str, text: bytes) -> SmtpReply | None:
        """What the server said; None when it had closed the session since the mail before: another is to be tried."""
        session, is_used = None, False
        try:
            session = self._sessions.take()
            is_used = session.mails > 0
            reply = session.offer(sender, recipient, text)
        except (smtplib.SMTPException, OSError, ValueError) as error:  # ValueError: a login that is not ASCII
            in_doubt = session is not None and session.in_doubt
            if is_used and not in_doubt:
                return None
            if isinstance(error, smtplib.SMTPResponseException):  # to us or our login: for the operator to mend
                raise DeliveryDelayed(_answer(error.smtp_code, error.smtp_error), "server", in_doubt) from error
            where = f"{self.settings.smtp_host}:{self.settings.smtp_port}"
            why = because("mail_unreachable", where=where, error=str(error))
            raise DeliveryDelayed(why, "server", in_doubt) from error
        finally:
            if session:
                self._sessions.give_back(session)
        return None if is_used and reply.code == 421 and not reply.whole else reply


def _as_name(address: str) -> str:
    return "".join(c if c.isalnum() or c in ".-@" else "_" for c in address[:_LONGEST_NAME])


def _check_address(recipient: str) -> None:
    try:
        recipient.encode("ascii")
    except ValueError as error:
        raise DeliveryRefused(because("no_mail_address", recipient=recipient, error=str(error)), True) from error


def _agree(reply: SmtpReply) -> None:
    """Raise DeliveryRefused or DeliveryDelayed unless the server agrees."""
    if reply.is_yes:
        return
    text = reply.said.decode("utf-8", "replace")
    what = about(reply.code, text, reply.stage)
    why = told_as(what, _answer(reply.code, reply.said), text)
    if what in ("recipient", "mail"):
        raise DeliveryRefused(why, what == "recipient")
    if reply.code == 421:  # it closes the connection, whoever is asked about (RFC 5321, 3.8)
        raise DeliveryDelayed(why, "server")
    raise DeliveryDelayed(why, "us" if what == "us" else "recipient", full=what == "full")


def _answer(code: int, said: bytes | str) -> Why:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return because("mail_answered", code=code, said=text)


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(content)
    unfinished.replace(path)
