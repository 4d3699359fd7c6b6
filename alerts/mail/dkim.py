"""Signs mails with DKIM (RFC 6376), for whoever has no mail server that does.

By `cryptography`, which is here anyway. dkimpy, the library for it, writes down the moment of signing, so that a mail
would have other bytes each time it is sent, and takes 16 ms a mail of 60 kB, as its RSA is written in Python; it was
last released in 2024. In tests it verifies what is signed here. PKCS #1 v1.5 and Ed25519 (RFC 8463) are deterministic.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from alerts.mail.message import sender_domain
from alerts.settings import MailSettings
from crawler.model import IcewireError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from alerts.mail.carriers import Mailer

SIGNED = (  # those of them that a mail has; RFC 8058, 4, wants the two of List-Unsubscribe
    "from to subject date message-id reply-to list-id list-unsubscribe list-unsubscribe-post auto-submitted "
    "mime-version content-type content-transfer-encoding"
).split()
_LEAST_BITS = 2048  # of RSA; RFC 8301, 3.2, wants as many
_SPACE = re.compile(rb"[ \t]+")
_MORE_SPACE = re.compile(rb"\t[ \t]*| [ \t]+")  # all that is not one space already
_LINE_END = re.compile(rb"\r\n|\r|\n")
_FIELD = re.compile(rb"(?s)([!-9;-~]+)[ \t]*:(.*?)\r\n(?![ \t])")
_ROW = 72


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A private key, and under which name its public half stands in the DNS."""

    domain: str
    selector: str
    private: "RSAPrivateKey | Ed25519PrivateKey"

    @property
    def algorithm(self) -> str:
        """What the header calls it."""
        return "rsa-sha256" if self.is_rsa else "ed25519-sha256"

    @property
    def is_rsa(self) -> bool:
        """Else it is Ed25519, which not every server reads."""
        return hasattr(self.private, "key_size")

    @property
    def name(self) -> str:
        """Where the record stands."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """What to write there, as TXT (RFC 6376, 3.6.1)."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        public = self.private.public_key()
        if self.is_rsa:
            written = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            return f"v=DKIM1; k=rsa; p={base64.b64encode(written).decode()}"
        return f"v=DKIM1; k=ed25519; p={base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()}"

    def sign(self, said: bytes) -> bytes:
        """A signature of what the header says."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        if isinstance(self.private, Ed25519PrivateKey):
            return self.private.sign(hashlib.sha256(said).digest())
        return self.private.sign(said, PKCS1v15(), SHA256())


class SigningMailer:
    """A mailer whose mails are signed before another takes them away."""

    def __init__(self, mailer: "Mailer", key: DkimKey) -> None:
        self.mailer, self.key, self.connections = mailer, key, mailer.connections

    def send(self, recipient: str, message: bytes) -> None:
        """Hand one mail over, signed."""
        self.mailer.send(recipient, signed(message, self.key))

    def close(self) -> None:
        """There is no more for now."""
        self.mailer.close()


def signing(mailer: "Mailer", settings: MailSettings) -> "Mailer":
    """The same mailer; one that signs when the settings name a key. Raises IcewireError."""
    key = dkim_key_of(settings)
    return SigningMailer(mailer, key) if key else mailer


def dkim_key_of(settings: MailSettings) -> DkimKey | None:
    """The key with which icewire signs; None when the mail server does. Raises IcewireError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    file = settings.dkim_key_file
    if file == Path():
        return None
    if not settings.dkim_selector:
        raise IcewireError("set mail.dkim_selector: under that name the public key of mail.dkim_key_file is looked for")
    if file.exists() and not file.is_file():
        raise IcewireError(f"mail.dkim_key_file: {file} is no file")
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except OSError as error:
        raise IcewireError(f"mail.dkim_key_file: {file} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:  # TypeError: it has a password
        raise IcewireError(f"mail.dkim_key_file: {file} is no private key in PEM without a password") from error
    fits = isinstance(key, Ed25519PrivateKey) or (isinstance(key, RSAPrivateKey) and key.key_size >= _LEAST_BITS)
    if not fits or not isinstance(key, Ed25519PrivateKey | RSAPrivateKey):
        raise IcewireError(f"mail.dkim_key_file: {file} is neither RSA of {_LEAST_BITS} bits or more nor Ed25519")
    return DkimKey(sender_domain(settings), settings.dkim_selector, key)


def signed(message: bytes, key: DkimKey) -> bytes:
    """The same mail, in lines as SMTP sends them, below a signature of its headers and all of its text."""
    message = _LINE_END.sub(b"\r\n", message)
    message += b"" if message.endswith(b"\r\n") else b"\r\n"
    head, _, body = message.partition(b"\r\n\r\n")
    fields = [(name.lower().decode("ascii"), value) for name, value in _FIELD.findall(head + b"\r\n")]
    names = [name for name in SIGNED for found, _ in fields if found == name]
    tags = {
        "v": "1",
        "a": key.algorithm,
        "c": "relaxed/relaxed",
        "d": key.domain,
        "s": key.selector,
        **_dated(fields),
        "h": ":".join([*names, "from"]),  # once more than there are: whoever adds another breaks the signature
        "bh": base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode(),
    }
    said = "; ".join(f"{tag}={value}" for tag, value in tags.items()) + "; b="
    what = b"".join(_relaxed(name, value) + b"\r\n" for name, value in _last_first(fields, names))
    signature = key.sign(what + _relaxed("dkim-signature", _folded(said).encode()))
    return b"DKIM-Signature: " + _folded(said + base64.b64encode(signature).decode()).encode() + b"\r\n" + message


def _dated(fields: Sequence[tuple[str, bytes]]) -> dict[str, str]:
    """The time of the mail and not of its signing, so that it is signed alike when it is sent again."""
    for name, value in fields:
        if name == "date":
            return {"t": str(int(parsedate_to_datetime(value.decode("ascii").strip()).timestamp()))}
    return {}


def _last_first(fields: Sequence[tuple[str, bytes]], names: Sequence[str]) -> list[tuple[str, bytes]]:
    """The headers in the order of their names; of several alike the last first (RFC 6376, 5.4.2)."""
    left = list(fields)
    taken = []
    for name in names:
        place = max(n for n, field in enumerate(left) if field[0] == name)
        taken.append(left.pop(place))
    return taken


def _relaxed(name: str, value: bytes) -> bytes:
    """RFC 6376, 3.4.2."""
    return name.encode() + b":" + _SPACE.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")


def _relaxed_body(body: bytes) -> bytes:
    """RFC 6376, 3.4.4."""
    kept = _MORE_SPACE.sub(b" ", body).replace(b" \r\n", b"\r\n").rstrip(b" \r\n")
    return kept + b"\r\n" if kept else b""


def _folded(said: str) -> str:
    """In lines, broken after a tag, within the list of names and within base64, where space means nothing."""
    lines = [""]
    for piece in re.findall(r"[^;:]{1,60}[;:]?[ ]?", said):
        if len(lines[-1]) + len(piece) > (_ROW if len(lines) > 1 else _ROW - len("DKIM-Signature: ")):
            lines.append("")
        lines[-1] += piece
    return "\r\n\t".join(line.rstrip() if line is not lines[-1] else line for line in lines)
