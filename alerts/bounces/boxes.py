"""The box that bounces arrive in: a Maildir, or a folder of an IMAP account."""

import contextlib
import imaplib
import mailbox
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from alerts.bounces.parts import MOST_BYTES
from alerts.settings import BounceSettings
from crawler.model import IcewireError, because

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

MOST_AT_ONCE = 200  # mails a look; the others are there at the next
_TIMEOUT = 60  # seconds for an answer

# What became of a mail: it is done with and goes, or it stays for a person in a folder of its own.
Look = Callable[[bytes], bool]


class Box(Protocol):
    """Holds mails that came back."""

    def look_through(self, is_done: Look) -> int:
        """Show each mail that is there; those that are done with are deleted, the others set aside. How many.

        A mail that is cut off in between is shown again. Raises IcewireError when the box cannot be read.
        """

    def waiting(self) -> int:
        """How many mails are there. Raises IcewireError when the box cannot be read."""


def box_of(settings: BounceSettings) -> Box | None:
    """The box of these settings; None when there is none."""
    if settings.imap_host:
        return ImapBox(settings)
    return MaildirBox(settings.maildir, settings.set_aside) if str(settings.maildir) not in ("", ".") else None


class MaildirBox:
    """A Maildir that the local mail server writes to."""

    def __init__(self, folder: Path, set_aside: str) -> None:
        self.folder, self._set_aside = folder, set_aside

    def look_through(self, is_done: Look) -> int:
        """See Box."""
        try:
            box = mailbox.Maildir(self.folder, create=False)
            return sum(self._look_at(box, key, is_done) for key in sorted(box.keys())[:MOST_AT_ONCE])
        except (OSError, mailbox.Error) as error:
            raise _unread(str(self.folder), error) from error

    def waiting(self) -> int:
        """See Box."""
        try:
            return len(mailbox.Maildir(self.folder, create=False))
        except (OSError, mailbox.Error) as error:
            raise _unread(str(self.folder), error) from error

    def _look_at(self, box: "mailbox.Maildir", key: str, is_done: Look) -> bool:
        try:
            with contextlib.closing(box.get_file(key)) as file:
                raw = file.read(MOST_BYTES)
        except KeyError:  # whoever else reads this box was faster
            return False
        if is_done(raw):
            box.discard(key)
        else:
            self._put_aside(box, key)
        return True

    def _put_aside(self, box: "mailbox.Maildir", key: str) -> None:
        """Into a folder below, whole: by name, as nothing is to be lost of a mail that nobody understood."""
        box.add_folder(self._set_aside)
        files = (file for part in ("new", "cur") for file in (self.folder / part).iterdir())
        source = next(file for file in files if file.name.partition(box.colon)[0] == key)
        name = source.name if box.colon in source.name else f"{source.name}{box.colon}2,"
        source.rename(self.folder / f".{self._set_aside}" / "cur" / name)


class ImapBox:
    """A folder of an IMAP account, encrypted as the settings say."""

    def __init__(self, settings: BounceSettings) -> None:
        self.settings = settings

    def look_through(self, is_done: Look) -> int:
        """See Box."""
        with self._opened() as box:
            return sum(self._look_at(box, uid, is_done) for uid in box.uids("ALL", charset=None)[:MOST_AT_ONCE])

    def waiting(self) -> int:
        """See Box."""
        with self._opened() as box:
            return len(box.uids("ALL", charset=None))

    @contextlib.contextmanager
    def _opened(self) -> "Iterator[BaseMailBox]":
        """The account's folder while the block runs; whatever goes wrong is that the box cannot be read."""
        from imap_tools import ImapToolsError  # most deployments have no such account

        s = self.settings
        try:
            box = self._connected()
            try:
                yield box.login(s.imap_user, s.imap_password.get_secret_value(), initial_folder=s.imap_folder)
            finally:
                with contextlib.suppress(Exception):  # what was done is done, whatever is said to the goodbye
                    box.logout()
        except (ImapToolsError, OSError, imaplib.IMAP4.error, ValueError) as error:  # ValueError: a login not in ASCII
            raise _unread(f"{s.imap_host}:{s.imap_port}", error) from error

    def _look_at(self, box: "BaseMailBox", uid: str, is_done: Look) -> bool:
        raw = _fetched(box.client, uid)
        if raw is None:
            return False
        if is_done(raw):
            box.delete(uid)
        else:
            self._put_aside(box, uid)
        return True

    def _connected(self) -> "BaseMailBox":
        from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted

        s, context = self.settings, ssl.create_default_context()
        match s.imap_security:
            case "tls":
                return MailBox(s.imap_host, s.imap_port, timeout=_TIMEOUT, ssl_context=context)
            case "starttls":
                return MailBoxStartTls(s.imap_host, s.imap_port, timeout=_TIMEOUT, ssl_context=context)
        return MailBoxUnencrypted(s.imap_host, s.imap_port, timeout=_TIMEOUT)

    def _put_aside(self, box: "BaseMailBox", uid: str) -> None:
        if not box.folder.exists(self.settings.set_aside):
            box.folder.create(self.settings.set_aside)
        box.move(uid, self.settings.set_aside)


def _fetched(client: imaplib.IMAP4, uid: str) -> bytes | None:
    """The first megabyte of a mail, as it is, and not marked as read; None when it is gone."""
    _, answer = client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
    return next((part[1] for part in answer if isinstance(part, tuple) and isinstance(part[1], bytes)), None)


def _unread(where: str, error: Exception) -> IcewireError:
    return IcewireError(because("bounce_box_unread", where=where, error=str(error)))
