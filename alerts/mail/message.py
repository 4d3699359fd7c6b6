"""A mail's form: its policy, its headers, its parts."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from alerts.settings import MailSettings


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


def sender_domain(settings: MailSettings) -> str:
    """The domain of the From address, for Message-ID and List-Id."""
    return settings.sender.rpartition("@")[2] or "localhost"


def new_message(subject: str, envelope: Envelope, settings: MailSettings) -> EmailMessage:
    """A mail with its headers and no text yet."""
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


def page_of(message: bytes) -> str:
    """The HTML part of a stored digest, as a page without its subscriber's own links; "" when there is none."""
    mail = message_from_bytes(message, policy=policy.default)
    body = mail.get_body(("html",))
    unsubscribe = str(mail["List-Unsubscribe"] or "").strip("<> ")
    content = str(body.get_content()) if body else ""
    return content.replace(unsubscribe, "#") if unsubscribe else content
