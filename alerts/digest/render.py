"""A Digest becomes an EmailMessage."""

from email.message import EmailMessage

from alerts.digest.compose import Digest
from alerts.mail import Envelope, new_message, render, sender_domain
from alerts.settings import MailSettings, is_one_click


def digest_message(digest: Digest, envelope: Envelope, settings: MailSettings) -> EmailMessage:
    """The mail of a digest: text and HTML, list headers (RFC 2369, 2919), one click to leave (RFC 8058)."""
    message = new_message(digest.subject, envelope, settings)
    domain = sender_domain(settings)
    message["List-Id"] = f"icewire digest <digest.{domain}>"
    message["List-Unsubscribe"] = f"<{envelope.unsubscribe_url}>"
    if is_one_click(envelope.unsubscribe_url):
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    shown = {"digest": digest, "mail": settings, "unsubscribe_url": envelope.unsubscribe_url}
    message.set_content(render(__package__, "digest.txt", **shown))
    message.add_alternative(render(__package__, "digest.html", **shown), subtype="html")
    return message


def digest_text(digest: Digest, settings: MailSettings) -> str:
    """The text a reader would get, for a look before it is sent."""
    return render(__package__, "digest.txt", digest=digest, mail=settings, unsubscribe_url="(a signed link)")
