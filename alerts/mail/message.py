"""A mail's form: its policy, its headers, its parts."""

import binascii
import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses
from functools import lru_cache
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
_PLAIN_ADDRESS = re.compile(r"[\w+-]+(?:\.[\w+-]+)*@[\w-]+(?:\.[\w-]+)+", re.ASCII)

# In neither encoding of a part can a line be this one (RFC 2045, 6.7).
_BOUNDARY = b"=_icewire_part"
_OF_PART = b'Content-Type: text/%s; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
_BEFORE_TEXT = (
    b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="%b"\r\n\r\n' % _BOUNDARY
    + b"--%b\r\n" % _BOUNDARY
    + _OF_PART % b"plain"
)
_BEFORE_HTML = b"\r\n--%b\r\n" % _BOUNDARY + _OF_PART % b"html"
_AFTER = b"\r\n--%b--\r\n" % _BOUNDARY


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a mail needs besides its content."""

    recipient: str
    message_id: str
    now: datetime
    unsubscribe_url: str = ""
    manage_url: str = ""  # where its reader asks for a link that signs in


def sender_domain(settings: MailSettings) -> str:
    """The domain of the From address, for Message-ID and List-Id."""
    return settings.sender.rpartition("@")[2] or "localhost"


def new_message(subject: str, envelope: Envelope, settings: MailSettings) -> EmailMessage:
    """A mail with its headers and no text yet."""
    message = EmailMessage(policy=MAIL_POLICY)
    for name, value in common_headers(subject, envelope, settings).items():
        message[name] = value
    return message


def common_headers(subject: str, envelope: Envelope, settings: MailSettings) -> dict[str, str]:
    """The headers that each of our mails has, by name."""
    headers = {
        "From": str(_sender(settings.sender_name, settings.sender)),
        "To": envelope.recipient,
        "Subject": " ".join(visible(subject).split()),
        "Date": format_datetime(envelope.now),
        "Message-ID": envelope.message_id,
        "Auto-Submitted": "auto-generated",
    }
    if answered_at := _answered_at(settings.contact):
        headers["Reply-To"] = answered_at
    return headers


def two_parts(headers: Mapping[str, str], text: bytes, html: bytes) -> bytes:
    """The bytes of a mail that is text, and the same as HTML (RFC 2046, multipart/alternative); each part is encoded.

    A library that takes any mail apart and together costs more than all else that is done for one of ours.
    """
    head = "".join(_line(name, value) for name, value in headers.items()).encode("ascii")
    return b"".join((head, _BEFORE_TEXT, text, _BEFORE_HTML, html, _AFTER))


def quoted_printable(text: str) -> bytes:
    """Text as RFC 2045 encodes it, in lines that end as SMTP wants; the last one ends, too."""
    lines = text.rstrip("\n").replace("\r", "").replace("\n", "\r\n") + "\r\n"
    return binascii.b2a_qp(lines.encode(), istext=True)


def _line(name: str, value: str) -> str:
    """One header as it is sent; each mail has its own of a few, which need no reading to be written."""
    if name in ("List-Unsubscribe", "Message-ID", "Subject") and "\n" not in value and "\r" not in value:
        return _written(name, value)
    if name == "To" and _PLAIN_ADDRESS.fullmatch(value):
        return f"To: {value}\r\n"
    return _read_line(name, value)


@lru_cache(maxsize=64)
def _read_line(name: str, value: str) -> str:
    return MAIL_POLICY.fold(*MAIL_POLICY.header_store_parse(name, value))


@lru_cache(maxsize=8)
def _sender(name: str, address: str) -> Address:
    return Address(name, addr_spec=address)


@lru_cache(maxsize=8)
def _answered_at(contact: str) -> str:
    return ", ".join(map(str, _addresses(contact)))


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
    manage = re.escape(unsubscribe.rpartition("/unsubscribe/")[0]) + r"/manage/link/[\w-]+"
    return re.sub(manage, "#", content.replace(unsubscribe, "#")) if unsubscribe else content
