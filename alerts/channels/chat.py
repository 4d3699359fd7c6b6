"""A posting to a chat, through Apprise: Slack, Mattermost and Discord, and none of the hundred others it knows."""

import json
import logging
import re
import socket
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from alerts.mail import DeliveryDelayed
from alerts.people import Channel
from crawler.manners import is_public, why_private
from crawler.model import IcewireError, because
from crawler.settings import CrawlSettings

SCHEMES = ("slack", "mmosts", "discord")
WITHOUT_TLS = "mmost"  # with crawl.allow_private_addresses only
_SERVICES = {
    "slack": ("slack", "NotifySlack"),
    "mmosts": ("mattermost", "NotifyMattermost"),
    WITHOUT_TLS: ("mattermost", "NotifyMattermost"),
    "discord": ("discord", "NotifyDiscord"),
}
_NAMED_HOST = ("mmosts", WITHOUT_TLS)  # the others have a fixed one, whatever stands in their address
_LONGEST_URL = 2000  # characters
# "@everyone", "<!channel>", "<@U123>": an outlet's headline must not ring anybody.
_MENTION = re.compile(r"(?<=[@<])(?=[\w!@#&])")


def chat_address(url: str, settings: CrawlSettings) -> str:
    """The address itself when Apprise can post to it and it is nothing but a chat. Raises IcewireError.

    No options: with them Apprise reads files, skips the check of certificates and follows redirects. No list: where
    it takes several addresses it asks each.
    """
    scheme = url.partition("://")[0]
    schemes = (*SCHEMES, WITHOUT_TLS) if settings.allow_private_addresses else SCHEMES
    if scheme not in schemes or len(url) > _LONGEST_URL or not re.fullmatch(r"[!-~]+", url) or set(url) & set("?,;&"):
        known = ", ".join(f"{scheme}://" for scheme in SCHEMES)
        raise IcewireError(f"this is no address of a chat; it begins with {known}, and has no ? behind it")
    if _chat(url) is None:
        raise IcewireError(
            f"this is no address of a chat; https://github.com/caronc/apprise tells how {scheme}:// goes on"
        )
    return url


def post_chat(channel: Channel, body: bytes, settings: CrawlSettings) -> None:
    """One attempt to post an event as text. Raises DeliveryDelayed, for an answer that says gone as well."""
    try:
        _check_host(chat_address(channel.url, settings), settings)
    except IcewireError as error:
        raise DeliveryDelayed(error.why) from error
    chat = _chat(channel.url)
    title, text = spoken(json.loads(body))
    if chat is None or not chat.notify(title=title, body=text, body_format="text"):
        raise DeliveryDelayed(because("chat_not_taken"))


def spoken(event: dict[str, Any]) -> tuple[str, str]:
    """An event as a person reads it: headline, and the lines below."""
    if event["type"] == "channel.test":
        return "icewire", "A test: this channel works."
    if event["type"] == "outlet.held":
        outlet = _MENTION.sub("\u200b", event["data"]["outlet"])
        return (
            f"More from {outlet}",
            f"{event['data']['posted']} of its stories were posted within a day; more are not.",
        )
    story = event["data"]["story"]
    searches = event["data"]["searches"]
    named = ", ".join(one["name"] or one["query"] or "every story" for one in searches)
    lines = [
        " · ".join(part for part in (story["outlet"], story["place"], story["kind"]) if part),
        f"“{story['excerpt']}”" if story["excerpt"] else "",
        f"Also reported by {', '.join(story['also_reported_by'])}" if story["also_reported_by"] else "",
        f"Search: {named}",
    ]
    quiet = [_MENTION.sub("\u200b", line) for line in lines if line]
    return _MENTION.sub("\u200b", story["headline"]), "\n".join([*quiet, story["url"].replace("@", "%40")])


def _check_host(url: str, settings: CrawlSettings) -> None:
    """No private network, as far as can be told before: Apprise resolves the name again for itself."""
    parts = urlsplit(url)
    if parts.scheme not in _NAMED_HOST or settings.allow_private_addresses:
        return
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise IcewireError(because("host_not_found")) from error
    if not all(is_public(str(address[0]).partition("%")[0]) for *_, address in found):
        raise IcewireError(why_private(parts.hostname or ""))


def _chat(url: str) -> Any:
    """Apprise's own object for an address; None when it takes none such. Of Apprise no other service is even loaded."""
    scheme = url.partition("://")[0]
    module, name = _SERVICES[scheme]
    try:
        from apprise import AppriseAsset

        service = getattr(import_module(f"apprise.plugins.{module}"), name)
    except ImportError as error:
        raise IcewireError("a chat needs Apprise: pip install 'icewire[chat]'") from error
    for talker in ("apprise", "urllib3"):  # in their lines stand whole addresses, which are secrets
        logging.getLogger(talker).setLevel(logging.CRITICAL)
    read = service.parse_url(url.replace("/#", "/%23"))  # "#news" is a channel, not a part of a page
    try:
        return service(**read, asset=AppriseAsset(app_id="icewire", http_redirects=False)) if read else None
    except TypeError:  # Apprise's way to say that a part is missing or wrong
        return None
