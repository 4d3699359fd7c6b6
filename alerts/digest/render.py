"""A Digest becomes the bytes of a mail."""

import re

from alerts.digest.compose import Digest, limited
from alerts.digest.limits import MOST_BYTES
from alerts.digest.pieces import Pieces, ReadersOwn, Rendered
from alerts.mail import Envelope, common_headers, quoted_printable, sender_domain, two_parts
from alerts.settings import MailSettings, is_one_click

_TORN = re.compile(r"\n(?:[ \t]*\n){2,}")  # more than one empty line
_SIGNED = "(a signed link)"  # what a look at a digest shows instead of its reader's own


def digest_mail(
    digest: Digest, envelope: Envelope, settings: MailSettings, rest_url: str = "", pieces: Pieces | None = None
) -> tuple[bytes, Digest]:
    """The mail, and the digest as it shows it: text, HTML, list headers (RFC 2369, 2919), one-click leaving (RFC 8058).

    It has as many entries as its HTML may have bytes; the others are counted, and `rest_url` is the page that shows
    them ("" = some are named). `pieces`: those of these settings, that other mails were made of.
    """
    own = ReadersOwn(digest.subject, envelope.unsubscribe_url, rest_url, envelope.manage_url)
    headers = common_headers(own.subject, envelope, settings)
    headers["List-Id"] = f"icewire digest <digest.{sender_domain(settings)}>"
    headers["List-Unsubscribe"] = f"<{envelope.unsubscribe_url}>"
    if is_one_click(envelope.unsubscribe_url):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    digest, made, html = _fitted(digest, own, pieces or Pieces(settings))
    return two_parts(headers, quoted_printable(_untorn(made.text)), html), digest


def digest_text(digest: Digest, settings: MailSettings, unsubscribe_url: str = _SIGNED) -> str:
    """The text that a reader gets, all of it."""
    return _untorn(Pieces(settings).joined(digest, ReadersOwn(digest.subject, unsubscribe_url)).text)


def digest_html(digest: Digest, settings: MailSettings) -> str:
    """The page that a reader gets, for a look at it."""
    return _fitted(digest, ReadersOwn(digest.subject, "#"), Pieces(settings))[1].html


def _fitted(digest: Digest, own: ReadersOwn, pieces: Pieces) -> tuple[Digest, Rendered, bytes]:
    """The digest with as many entries as its HTML may have bytes when it is sent, as it is told, and those bytes."""
    while True:
        made = pieces.joined(digest, own)
        html, entries = quoted_printable(made.html), len(digest.shown)
        if len(html) <= MOST_BYTES or not entries:
            return digest, made, html
        digest = limited(digest, min(entries - 1, entries * MOST_BYTES // len(html)))


def _untorn(text: str) -> str:
    return _TORN.sub("\n\n", text)
