"""A posting to a URL, signed as Standard Webhooks has it."""

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime
from urllib.parse import urlsplit

from alerts.mail import DeliveryDelayed
from alerts.people import Channel
from crawler.manners import post
from crawler.model import IcewireError, because
from crawler.settings import CrawlSettings

GONE = 410
_PREFIX = "whsec_"
_LONGEST_URL = 2000  # characters


class Gone(IcewireError):
    """The receiver wants nothing more, ever."""


def new_secret() -> str:
    """A secret that signs what is posted to one channel."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def webhook_address(url: str, settings: CrawlSettings) -> str:
    """The URL itself when it can be posted to. Raises IcewireError."""
    schemes = ("https", "http") if settings.allow_private_addresses else ("https",)
    try:
        parts = urlsplit(url)
        good = parts.scheme in schemes and parts.hostname and parts.port != 0 and not parts.fragment
    except ValueError:
        good = False
    if not good or len(url) > _LONGEST_URL or not re.fullmatch(r"[!-~]+", url):
        raise IcewireError("this is no address to post to; write it like https://hooks.paper.example/icewire")
    if parts.username or parts.password:
        raise IcewireError("an address to post to holds no user and no password: what is posted is signed")
    return url


def signed_headers(secret: str, event_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers of one attempt: the id stays the same over all, the moment is its own."""
    moment = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    signature = hmac.new(key, f"{event_id}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }


def post_webhook(channel: Channel, event_id: str, body: bytes, settings: CrawlSettings, now: datetime) -> None:
    """One attempt; 2xx means that it was taken. Raises Gone for 410 and DeliveryDelayed for all else."""
    headers = signed_headers(channel.secret, event_id, body, now)
    try:
        status = post(channel.url, body, headers, settings)
    except IcewireError as error:
        raise DeliveryDelayed(error.why) from error
    if status == GONE:
        raise Gone(because("answered", status=status))
    if not 200 <= status < 300:
        raise DeliveryDelayed(because("answered", status=status))
