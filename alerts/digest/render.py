"""A Digest becomes an EmailMessage."""

import re
from email.message import EmailMessage
from typing import Any

from alerts.digest.compose import Digest, limited
from alerts.digest.limits import MOST_BYTES
from alerts.mail import MAIL_POLICY, Envelope, new_message, render, sender_domain, styled
from alerts.settings import MailSettings, is_local, is_one_click

_TORN = re.compile(r"\n(?:[ \t]*\n){2,}")  # more than one empty line
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+", re.ASCII)


def digest_message(digest: Digest, envelope: Envelope, settings: MailSettings, rest_url: str = "") -> EmailMessage:
    """The mail of a digest, as `digest_mail` makes it."""
    return digest_mail(digest, envelope, settings, rest_url)[0]


def digest_mail(
    digest: Digest, envelope: Envelope, settings: MailSettings, rest_url: str = ""
) -> tuple[EmailMessage, Digest]:
    """The mail, and the digest as it shows it: text, HTML, list headers (RFC 2369, 2919), one-click leaving (RFC 8058).

    It has as many entries as its HTML may have bytes; the others are counted, and `rest_url` is the page that shows
    them ("" = some are named).
    """
    message = new_message(digest.subject, envelope, settings)
    domain = sender_domain(settings)
    message["List-Id"] = f"icewire digest <digest.{domain}>"
    message["List-Unsubscribe"] = f"<{envelope.unsubscribe_url}>"
    if is_one_click(envelope.unsubscribe_url):
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    digest, page = _fitted(digest, settings, envelope.unsubscribe_url, rest_url)
    message.set_content(digest_text(digest, settings, envelope.unsubscribe_url, rest_url))
    message.add_alternative(page, subtype="html")
    return message, digest


def digest_text(
    digest: Digest, settings: MailSettings, unsubscribe_url: str = "(a signed link)", rest_url: str = ""
) -> str:
    """The text that a reader gets."""
    return _TORN.sub(
        "\n\n",
        render(__package__, "digest.txt", digest.language, **_shown(digest, settings, unsubscribe_url, rest_url)),
    )


def digest_html(digest: Digest, settings: MailSettings) -> str:
    """The page that a reader gets, for a look at it."""
    return _fitted(digest, settings, "#", "")[1]


def _fitted(digest: Digest, settings: MailSettings, unsubscribe_url: str, rest_url: str) -> tuple[Digest, str]:
    """The digest with as many entries as its HTML may have bytes when it is sent, and that HTML."""
    while True:
        page = _page(digest, settings, unsubscribe_url, rest_url)
        size, entries = _bytes_of(page), len(digest.shown)
        if size <= MOST_BYTES or not entries:
            return digest, page
        digest = limited(digest, min(entries - 1, entries * MOST_BYTES // size))


def _page(digest: Digest, settings: MailSettings, unsubscribe_url: str, rest_url: str) -> str:
    shown = _shown(digest, settings, unsubscribe_url, rest_url)
    return styled(render(__package__, "digest.html", digest.language, **shown))


def _shown(digest: Digest, settings: MailSettings, unsubscribe_url: str, rest_url: str) -> dict[str, Any]:
    return {
        "digest": digest,
        "mail": settings,
        "contact_url": contact_url(settings.contact),
        "unsubscribe_url": unsubscribe_url,
        "rest_url": rest_url,
        "rest_is_local": is_local(rest_url),
    }


def contact_url(contact: str) -> str:
    """Where a reader writes of a mistake: to an address, or on a page; "" when a contact is neither."""
    contact = contact.strip()
    if contact.startswith(("https://", "http://")):
        return contact
    address = contact.removeprefix("mailto:")
    return f"mailto:{address}" if _ADDRESS.fullmatch(address) else ""


def _bytes_of(page: str) -> int:
    part = EmailMessage(policy=MAIL_POLICY)
    part.set_content(page, subtype="html")
    return len(part.as_bytes())
