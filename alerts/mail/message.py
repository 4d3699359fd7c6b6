"""A mail's form: its policy, its headers, its parts."""

import contextlib
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses
from typing import Any

from alerts.mail.headers import address_header, text_header
from alerts.settings import MailSettings, mail_address
from crawler.text import visible


class _MailPolicy(policy.EmailPolicy):
    """SMTP's form. Identifiers stay whole, addresses too, and text reads as it was written (see headers.py)."""

    def fold(self, name: str, value: Any) -> str:
        """One header, in lines of at most 78 characters where it has words."""
        return _written(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same as bytes."""
        return _written(name, value).encode("ascii") or super().fold_binary(name, value)


def _written(name: str, value: Any) -> str:
    """A header in its lines; "" for one that the library may write."""
    match name:
        case "List-Unsubscribe" | "List-Id" | "Message-ID":
            return f"{name}: {value}\r\n"
        case "Subject":
            return text_header(name, str(value))
        case "From" | "To" | "Reply-To" if all(address.addr_spec.isascii() for address in value.addresses):
            return address_header(name, value.addresses)
    return ""


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
    message["Subject"] = " ".join(visible(subject).split())
    message["Date"] = format_datetime(envelope.now)
    message["Message-ID"] = envelope.message_id
    message["Auto-Submitted"] = "auto-generated"
    if answered_at := _addresses(settings.contact):
        message["Reply-To"] = answered_at
    return message


def _addresses(contact: str) -> tuple[Address, ...]:
    """The addresses of a contact, with their names, that any mail server takes; none of a URL."""
    found = [] if "://" in contact else getaddresses([contact.removeprefix("mailto:")])
    known = []
    for name, address in found:
        with contextlib.suppress(ValueError):
            if address in contact:  # else it was put together of what stands around it
                known.append(Address(name, addr_spec=mail_address(address)))
    return tuple(known)


def page_of(message: bytes) -> str:
    """The HTML part of a stored digest, as a page without its subscriber's own links; "" when there is none."""
    mail = message_from_bytes(message, policy=policy.default)
    body = mail.get_body(("html",))
    unsubscribe = str(mail["List-Unsubscribe"] or "").strip("<> ")
    content = str(body.get_content()) if body else ""
    return content.replace(unsubscribe, "#") if unsubscribe else content
