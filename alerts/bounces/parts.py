"""A mail of whatever sort taken apart: its texts, its reports, the mails inside. Never raises. Pure."""

import base64
import binascii
import html
import quopri
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header
from email.message import Message

Fields = dict[str, str]  # of a group in a report, by their names in small letters

MOST_BYTES = 1_000_000  # a report of more is read no further
_MOST_PARTS = 100
_MOST_TEXT = 40_000
_BREAKS = re.compile(r"(?i)<(?:br|/p|/div|/tr|/h\d|/li)[^>]{0,200}>")
_TAGS = re.compile(r"(?s)<(?:style|script)\b.{0,20000}?</(?:style|script)>|<[^>]{0,5000}>")
_REPORTS = ("message/delivery-status", "message/global-delivery-status", "message/feedback-report")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"']+")


def parsed(raw: bytes) -> Message:
    """A mail; an empty one where its parts lie too deep in each other."""
    try:
        return message_from_bytes(raw[:MOST_BYTES])
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError):  # the library's own troubles
        return Message()


def said(mail: Message, name: str) -> str:
    """A header in letters, in one line; "" when there is none."""
    value = mail.get(name)
    if value is None:
        return ""
    words = []
    try:
        for word, charset in decode_header(str(value)):
            words.append(_decoded(word, charset) if isinstance(word, bytes) else word)
    except (ValueError, binascii.Error):
        words = [str(value)]
    return " ".join("".join(words).split())


def leaves(mail: Message) -> Iterator[Message]:
    """The parts that hold something, those of mails inside left out."""
    waiting = [mail]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop(0)
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            waiting[:0] = [one for one in part.get_payload() if isinstance(one, Message)]
        else:
            yield part


def inside(mail: Message) -> list[Message]:
    """The mails that stand in this one, whole or as their headers."""
    found: list[Message] = []
    for part in leaves(mail):
        kind = part.get_content_type()
        if kind in ("message/rfc822", "message/global") and part.is_multipart():
            found += [one for one in part.get_payload() if isinstance(one, Message)]
        elif kind in ("text/rfc822-headers", "message/global-headers", "message/rfc822", "message/global"):
            found.append(parsed(text_of(part).lstrip().encode("utf-8", "replace")))
    return found


def text_of(part: Message) -> str:
    """What a part says, in letters; a report as it was written."""
    payload = part.get_payload()
    if isinstance(payload, list):  # the library reads a report's groups as mails without a text
        joined = b"\n".join(_as_bytes(one) for one in payload if isinstance(one, Message))
        return _unpacked(joined, str(part.get("Content-Transfer-Encoding") or ""))
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        return ""
    return _decoded(content, part.get_content_charset()) if isinstance(content, bytes) else ""


def texts(mail: Message) -> str:
    """The words of a mail for a person: its plain parts, or the HTML ones when there are none."""
    plain = [text_of(part) for part in leaves(mail) if part.get_content_type() == "text/plain"]
    if not "".join(plain).strip():
        rich = (text_of(part) for part in leaves(mail) if part.get_content_type() == "text/html")
        plain = [html.unescape(_TAGS.sub(" ", _BREAKS.sub("\n", one[: 4 * _MOST_TEXT]))) for one in rich]
    return "\n\n".join(plain)[:_MOST_TEXT].replace("\r\n", "\n").replace("\r", "\n")


def reports(mail: Message) -> list[Fields]:
    """The groups of fields that a mail holds for machines, whatever type its parts claim to have."""
    found = []
    for part in leaves(mail):
        if part.get_content_type() in _REPORTS or part.get_content_maintype() in ("text", "application"):
            text = text_of(part)[:_MOST_TEXT].replace("\r\n", "\n").replace("\r", "\n")
            found += [fields for group in re.split(r"\n[ \t]*\n", text) if (fields := _fields(group))]
    return found


def addresses(text: str) -> list[str]:
    """The mail addresses in a text, in small letters."""
    return [found.lower().strip("'.") for found in _ADDRESS.findall(text[:_MOST_TEXT])]


def _fields(group: str) -> Fields:
    unfolded = re.sub(r"\n[ \t]+", " ", group.strip("\n"))
    pairs = (line.partition(":") for line in unfolded.split("\n"))
    fields: Fields = {}
    for name, colon, value in pairs:
        if colon and re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{1,60}", name):
            fields.setdefault(name.lower(), " ".join(value.split()))
    return fields


def _as_bytes(part: Message) -> bytes:
    try:
        return part.as_bytes()
    except (ValueError, LookupError, TypeError, AttributeError):  # the library cannot write all that it reads
        return b""


def _unpacked(content: bytes, encoding: str) -> str:
    try:
        match encoding.strip().lower():
            case "base64":
                content = base64.b64decode(b"".join(content.split()))
            case "quoted-printable":
                content = quopri.decodestring(content)
    except (ValueError, binascii.Error):
        pass
    return content.decode("utf-8", "replace")


def _decoded(content: bytes, charset: str | None) -> str:
    try:
        return content.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")
