"""What the fields of a feed say: plain text and addresses. No clock, no network."""

import html
import re
from urllib.parse import urljoin, urlsplit

# What no database stores: controls, halves of characters that JSON escapes can hold.
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# What is never closed goes on to the end, as in browsers; so no text costs more than its length.
_UNSHOWN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.S | re.I)
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|cite|code|em|font|i|mark|s|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]*)?>", re.I
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def plain(text: str) -> str:
    """Text without tags, entities and runs of white space; markup that was escaped once too often goes too.

    >>> plain("Mayor &amp;#8216;was not told&amp;#8217; of <b>ICE</b> visit")
    'Mayor ‘was not told’ of ICE visit'
    """
    for _ in range(3):
        if "<" in text:
            text = _TAG.sub(" ", _INLINE_TAG.sub("", _UNSHOWN.sub(" ", text)))
        if "&" in text:
            text = html.unescape(text)
    return " ".join(UNSTORABLE.sub("", text).split())


_TORN_SCHEME = re.compile(r"^(?:https?:/{1,2}(?=https?:/))?(https?:)/*(?=[^/])", re.I)  # "https:/a", "http://https://a"


def absolute(link: str, base: str) -> str:
    """The http(s) address a link means on a page at `base`, or "" when it means none."""
    link = re.sub(r"[\t\r\n]+\s*", "", link.strip()).replace(" ", "%20")
    if not link or UNSTORABLE.search(link):
        return ""
    link = _TORN_SCHEME.sub(r"\1//", link)
    try:
        host = urlsplit(base).netloc.removeprefix("www.")
        if link.startswith("www.") or (host and link.startswith((f"{host}/", f"www.{host}/"))) or link == host:
            link = f"https://{link}"  # an address written without its scheme
        url = urljoin(base, link)
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else ""
    except ValueError:  # an address such as http://[news
        return ""
