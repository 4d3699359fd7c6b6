"""Sealed links: confirm and unsubscribe, without a login."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from itsdangerous import BadSignature, URLSafeSerializer

from crawler.model import IcewireError

CONFIRM_WITHIN = timedelta(days=7)

_SHORTEST_KEY = 32  # bytes; what is written here has 64
_LONGEST_TOKEN = 400  # characters
_FEWEST_KINDS = 8  # of bytes: a disk that failed leaves so many zeros


class Links:
    """Makes and reads the links of one deployment; whoever has the key can make them.

    What a token says is encrypted (AES-SIV, RFC 5297): a number in it would tell how many subscribers there are.
    """

    def __init__(self, key: bytes, base_url: str) -> None:
        self.key, self.base_url = key, base_url.rstrip("/")
        self._sealed = AESSIV(hmac.new(key, b"links", hashlib.sha512).digest())
        # Of mails that an older icewire sent, whose links must keep working.
        self._signed = {purpose: URLSafeSerializer(key, salt=purpose) for purpose in ("unsubscribe", "rest")}

    def unsubscribe(self, subscriber_id: int) -> str:
        """A link that ends all mail to a subscriber; it does not expire, as old mails must keep working."""
        return f"{self.base_url}/unsubscribe/{self._seal('unsubscribe', subscriber_id)}"

    def confirm(self, subscription_id: int, generation: str, asked_at: datetime) -> str:
        """A link that says yes to one search, for a week: the answer to the question of then, and to no other."""
        until = int((asked_at + CONFIRM_WITHIN).timestamp())
        return f"{self.base_url}/confirm/{self._seal('confirm', [subscription_id, generation, until])}"

    def rest(self, subscriber_id: int, day: date, cadence: str = "daily") -> str:
        """A link to what a digest only counted; it does not expire, but what it shows is kept no longer than mails."""
        return f"{self.base_url}/digest/{self._seal('rest', [subscriber_id, day.isoformat(), cadence])}"

    def manage(self, subscriber_id: int) -> str:
        """Where a subscriber asks for a link that signs in; it does not expire, and lets nobody in by itself."""
        return f"{self.base_url}/manage/link/{self._seal('manage', subscriber_id)}"

    def sign_in(self, token: str) -> str:
        """Where the button stands that signs in with a pass."""
        return f"{self.base_url}/manage/in/{token}"

    def new_address(self, token: str) -> str:
        """Where the button stands that takes another address."""
        return f"{self.base_url}/manage/address/{token}"

    def office(self, now: datetime) -> str:
        """Where the button stands that lets the operator in, once and soon."""
        return f"{self.base_url}/office/enter/{self._seal('office', [secrets.token_hex(8), now.timestamp()])}"

    def read_office(self, token: str) -> tuple[str, datetime] | None:
        """The name of a genuine token, and when it was made."""
        try:
            name, made_at = self._open("office", token)
            return str(name), datetime.fromtimestamp(float(made_at), UTC)
        except (InvalidTag, BadSignature, TypeError, ValueError, OverflowError):
            return None

    def read_manage(self, token: str) -> int | None:
        """The subscriber of a genuine token."""
        try:
            return int(self._open("manage", token))
        except (InvalidTag, BadSignature, TypeError, ValueError):
            return None

    def read_rest(self, token: str) -> tuple[int, date, str] | None:
        """The subscriber, the day and the cadence of a genuine token."""
        try:
            subscriber_id, day, *cadence = self._open("rest", token)
            return int(subscriber_id), date.fromisoformat(day), str(cadence[0] if cadence else "daily")
        except (InvalidTag, BadSignature, TypeError, ValueError):
            return None

    def read_unsubscribe(self, token: str) -> int | None:
        """The subscriber of a genuine token."""
        try:
            return int(self._open("unsubscribe", token))
        except (InvalidTag, BadSignature, TypeError, ValueError):
            return None

    def read_confirm(self, token: str, now: datetime) -> tuple[int, str] | None:
        """The search and the generation of a genuine token that is not too old."""
        try:
            subscription_id, generation, until = self._open("confirm", token)
            return (int(subscription_id), str(generation)) if now.timestamp() <= float(until) else None
        except (InvalidTag, BadSignature, TypeError, ValueError):
            return None

    def _seal(self, purpose: str, said: object) -> str:
        sealed = self._sealed.encrypt(json.dumps(said, separators=(",", ":")).encode(), [purpose.encode()])
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def _open(self, purpose: str, token: str) -> Any:
        """What a token says. Raises InvalidTag, BadSignature or ValueError."""
        if "." in token and purpose in self._signed:
            return self._signed[purpose].loads(token)
        if len(token) > _LONGEST_TOKEN:
            raise ValueError("longer than any token")
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), b"-_", validate=True)
        return json.loads(self._sealed.decrypt(sealed, [purpose.encode()]))

    def message_id(self, domain: str, *parts: object) -> str:
        """The same Message-ID for the same parts, and a different one in another deployment (RFC 5322, 3.6.4)."""
        return f"<{self._named(*parts)}@{domain}>"

    def event_id(self, *parts: object) -> str:
        """The same for a posting: the id that a webhook tells, the same over every retry."""
        return f"msg_{self._named(*parts)}"

    def _named(self, *parts: object) -> str:
        said = "/".join(map(str, parts)).encode()
        return hmac.new(self.key, said, hashlib.sha256).hexdigest()[:32]


def load_key(file: Path) -> bytes:
    """The deployment's secret; made at the first call, readable by its owner only.

    Raises IcewireError when what stands there is no secret: whoever guesses it could end anybody's mail.
    """
    if file.exists() and not file.is_file():  # a pipe or a device is read without end
        raise IcewireError(f"{file}: the key that signs the links in mails cannot be read: it is no file")
    try:
        key = file.read_bytes() if file.exists() else _made(file)
    except OSError as error:
        raise IcewireError(f"{file}: the key that signs the links in mails cannot be read: {error.strerror}") from error
    if len(key.strip()) < _SHORTEST_KEY or len(set(key)) < _FEWEST_KINDS:
        raise IcewireError(
            f"{file}: the key that signs the links in mails is damaged: {len(key)} bytes, of which {len(set(key))} "
            f"differ. Put it back from a backup; or delete it, and the links in all mails sent so far stop working."
        )
    return key


def _made(file: Path) -> bytes:
    """A new key, on the disk whole or not at all; when two processes make one at once, the first one's."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent) as fresh:
        fresh.write(secrets.token_hex(32).encode())
        fresh.flush()
        os.fsync(fresh.fileno())
        try:
            os.link(fresh.name, file)
        except FileExistsError:
            return file.read_bytes()
    _keep_name(file.parent)
    return file.read_bytes()


def _keep_name(folder: Path) -> None:
    """Have the disk keep what a folder lists, too; where a folder can be opened."""
    if hasattr(os, "O_DIRECTORY"):
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
