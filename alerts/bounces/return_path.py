"""Where a mail that does not arrive comes back to: an address of its own for each mail, signed.

It is made of the mail's Message-ID, which is a hash itself, and of a day: it says neither to whom it went nor how many
others get mail. Small letters and digits only, as some servers write all in small letters.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from alerts.settings import BounceSettings

GOOD_FOR = timedelta(days=30)  # a server tries for five days, and a box may be read late

_NAME = re.compile(rb"(?im)^Message-ID:[ \t]*(?:\r?\n[ \t]+)?<([0-9a-f]{32})@")
_HEADERS = re.compile(rb"\r?\n\r?\n")
_MAC = 10  # bytes
_LENGTH = 45  # letters of 2 + 16 + 10 bytes
_FIRST = date(2020, 1, 1)


class ReturnPaths:
    """Makes and reads the return paths of one deployment; without `address` in the settings there are none."""

    def __init__(self, key: bytes, settings: BounceSettings, clock: Callable[[], datetime]) -> None:
        self._key = hmac.new(key, b"return path", hashlib.sha256).digest()
        self._clock = clock
        self._between = settings.separator
        self._name, _, self._domain = settings.address.lower().partition("@")

    def of(self, message: bytes) -> str:
        """The return path of a mail; of one whose Message-ID we did not make, the address without a token."""
        name = _NAME.search(_HEADERS.split(message, maxsplit=1)[0])
        if name is None or not self._between:
            return f"{self._name}@{self._domain}"
        last_day = (self._clock().astimezone(UTC) + GOOD_FOR).date()
        content = (last_day - _FIRST).days.to_bytes(2, "big") + bytes.fromhex(name[1].decode())
        token = base64.b32encode(content + self._mac(content)).decode().rstrip("=").lower()
        return f"{self._name}{self._between}{token}@{self._domain}"

    def tokens(self, addresses: Sequence[str]) -> list[str]:
        """What stands where a token stands, in addresses that a mail was sent to."""
        if not self._between:
            return []
        ours = re.compile(rf"{re.escape(self._name + self._between)}([^@]+)@{re.escape(self._domain)}", re.IGNORECASE)
        return [found[1] for address in addresses if (found := ours.fullmatch(address))]

    def name_of(self, token: str) -> str:
        """The part of a Message-ID before its @ that a genuine token names; "" when it is not, or too old."""
        if len(token) != _LENGTH:
            return ""
        try:
            content = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        except (binascii.Error, ValueError):
            return ""
        known, mac = content[:-_MAC], content[-_MAC:]
        if not hmac.compare_digest(mac, self._mac(known)):
            return ""
        last_day = _FIRST + timedelta(days=int.from_bytes(known[:2], "big"))
        return known[2:].hex() if self._clock().astimezone(UTC).date() <= last_day else ""

    def _mac(self, content: bytes) -> bytes:
        return hmac.new(self._key, content, hashlib.sha256).digest()[:_MAC]
