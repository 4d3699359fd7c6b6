"""What the fields of a feed say: plain text and addresses. No clock, no network."""

import re
from urllib.parse import urljoin, urlsplit

from crawler.text.characters import read_once, unescaped

# What no database stores: controls, halves of characters that JSON escapes can hold.
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# What a terminal takes for an order, to its end: colours, titles, links.
_ORDER = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c|$)|[ -/]*[0-~])?")
_FROM_ESCAPE = re.compile(r"\x1b[^<]*")
_BREAK = re.compile("[\x0b-\r\x1c-\x1f\u2028\u2029]")
_WINDOWS = {n: bytes([n]).decode("cp1252", "ignore") for n in range(0x80, 0xA0)}  # as browsers read &#146;
# What nobody sees, or what turns the order of what one sees: controls, soft hyphens, zero widths, fillers, marks of
# direction, tags. A joiner is one only outside the scripts and pictures that are joined by it.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
    "|(?<![^\x00-\u02ff])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\u02ff])"
)
_MAYBE_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0300-\U0010ffff]")
# What is never closed goes on to the end, as in browsers; so no text costs more than its length.
_UNSHOWN = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.S | re.I)
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|cite|code|em|font|i|mark|s|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]*)?>", re.I
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def visible(text: str) -> str:
    """Text without what nobody sees and what steers a terminal or the direction of writing; its lines stay.

    >>> visible("ICE raid \\x1b[31min Wal\\xadtham: \\u202efour held")
    'ICE raid in Waltham: four held'
    """
    if not _MAYBE_UNSEEN.search(text):
        return text
    text = _BREAK.sub(" ", _ORDER.sub("", text)).translate(_WINDOWS)
    return _UNSEEN.sub("", text)


def without_orders(markup: str) -> str:
    """Markup without what a terminal takes for an order; none goes on beyond a tag.

    >>> without_orders("<p>raid \x1b[31min Waltham\x1b]0;owned</p><p>four held</p>")
    '<p>raid in Waltham</p><p>four held</p>'
    """
    return _FROM_ESCAPE.sub(lambda found: _ORDER.sub("", found[0]), markup) if "\x1b" in markup else markup


def plain(text: str) -> str:
    """Text without tags, entities and runs of white space; markup that was escaped once too often goes too.

    >>> plain("Mayor &amp;#8216;was not told&amp;#8217; of <b>ICE</b> visit")
    'Mayor ‘was not told’ of ICE visit'
    """
    for _ in range(3):
        if "<" in text:
            text = _TAG.sub(" ", _INLINE_TAG.sub("", _UNSHOWN.sub(" ", text)))
        if "&" in text:
            text = unescaped(text)
    return " ".join(visible(read_once(text)).split())


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
