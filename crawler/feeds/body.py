"""The bytes of an answer as text that an XML parser accepts: inflated, decoded, without a DTD."""

import contextlib
import re
import zlib
from html.entities import html5

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, resolve_encoding

from crawler.feeds.items import UnreadableFeed
from crawler.model import Why, because
from crawler.text import joined_halves, numbers_mended, text_only

# Bounds, chosen by hand.
MOST_BYTES = 50_000_000  # a sitemap may hold 50 MB by its protocol; a feed never comes near

_MOST_MEMBERS = 100  # gzip members of one body

# Declarations, comments and DTDs; a declaration may lack its second question mark.
_PROLOG = re.compile(r"(?:\s++|<\?[^<>]*>|<!--.*?-->|<!DOCTYPE\b[^\[>]*(?:\[.*?\]\s*)?>)*+", re.I | re.S)
_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\r")  # XML forbids them
_ITEM = re.compile(r"<(?:[\w.-]+:)?(?:item|entry|url|sitemap)[\s>]", re.I)
_ITEM_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry|url|sitemap)\s*>", re.I)
_WHOLE_LINK = re.compile(r"</(?:[\w.-]+:)?(?:link|loc|guid|id)\s*>|<(?:[\w.-]+:)?link\s[^<>]*>", re.I)
# Not the five entities of XML and numbers.
_FOREIGN_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)(?:(\w{1,32});)?")
_CDATA = "<![CDATA["
_MOST_MENDED = 100_000  # entities or stray bytes of one body: more are no text
_STRAY = re.compile("[\udc80-\udcff]+")  # bytes that are not UTF-8, as surrogateescape shows them
# ASCII in disguise: a body in one of these is also valid UTF-8.
_SEVEN_BIT = ("iso2022", "hz", "utf-7")


def body_text(body: bytes, url: str, content_type: str = "") -> str:
    """Inflate and decode an answer; UnreadableFeed when it is damaged or larger than MOST_BYTES."""
    for _ in range(2):  # a .gz file that the server compressed once more
        if body.startswith(b"\x1f\x8b"):
            body = _inflated(body, url)
    if len(body) > MOST_BYTES:
        raise UnreadableFeed(_too_large(url))
    return text_only(_decoded(body, content_type)).lstrip("\ufeff \t\r\n")


def without_dtd(text: str) -> str:
    """XML from its root on: encoding and DTD are cut off, named characters of HTML become numbers.

    So no parser can be made to resolve an entity, internal or external; an unknown one stays as it is
    written.
    """
    if prolog := _PROLOG.match(text):
        text = text[prolog.end() :]
    return _entities_mended(numbers_mended(text)) if "&" in text else text


def whole_items(text: str, root: str) -> tuple[str, tuple[Why, ...]]:
    """The document without a last item whose link was cut off, and a note when it was cut off at all.

    `root` is the local name of the root element.
    """
    name = rf"(?:[\w.-]+:)?{re.escape(root)}"
    if re.search(rf"</{name}\s*(?:>|\Z)|<{name}\b[^<>]*/>", text, re.I):
        return text, ()
    notes = (because("cut_off_after", characters=len(text)),)
    end = max((found.end() for found in _ITEM_END.finditer(text)), default=0)
    start = _ITEM.search(text, end)
    if start and not _WHOLE_LINK.search(text, start.end()):
        text = text[: start.start()]
    return text, notes


def _entities_mended(text: str) -> str:
    """Text in which only XML's own entities are left, but in CDATA, where what looks like one is text."""
    first, *rest = text.split(_CDATA)
    left = _MOST_MENDED
    first, mended = _FOREIGN_ENTITY.subn(_as_xml, first, left)
    pieces = [first]
    for piece in rest:
        inside, end, outside = piece.partition("]]>")
        left -= mended
        mended = 0
        if "&" in outside and left > 0:
            outside, mended = _FOREIGN_ENTITY.subn(_as_xml, outside, left)
        pieces.append(f"{inside}{end}{outside}")
    return _CDATA.join(pieces)


def _as_xml(found: re.Match[str]) -> str:
    name = found[1]
    if name and f"{name};" in html5:
        return "".join(f"&#{ord(character)};" for character in html5[f"{name};"])
    return "&amp;" + found.group()[1:]


def _inflated(body: bytes, url: str) -> bytes:
    """What a gzip body holds, of a damaged one what comes before the damage."""
    out = bytearray()
    for _ in range(_MOST_MEMBERS):
        if not body.startswith(b"\x1f\x8b"):
            break
        stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            for start in range(0, len(body), 65536):
                out += stream.decompress(body[start : start + 65536], MOST_BYTES + 1 - len(out))
                if len(out) > MOST_BYTES:
                    raise UnreadableFeed(_too_large(url))
                if stream.eof:
                    break
        except zlib.error as error:
            if not out:
                raise UnreadableFeed(because("feed_damaged", url=url, error=str(error))) from error
            break
        body = stream.unused_data + body[start + 65536 :] if stream.eof else b""
    return bytes(out)


def _decoded(body: bytes, content_type: str) -> str:
    """Text by byte order mark, then UTF-8 when it is that, then what XML or the header declare.

    Many feeds declare an old charset and are UTF-8; the opposite, valid UTF-8 by chance, hardly exists.
    """
    encoding, _ = read_bom(body)
    if (encoding and encoding != "utf-8") or (encoding := _wide_encoding(body)):
        body = body.decode(encoding, "replace").encode("utf-8", "replace")
    declared = html_body_declared_encoding(body[:4096]) or http_content_type_encoding(content_type)
    name = resolve_encoding(declared) if declared else None
    if name and name.startswith(_SEVEN_BIT):
        body = body.decode(name, "replace").encode("utf-8", "replace")
    body = body.translate(None, _CONTROLS)
    for whole in (body, joined_halves(body)):
        with contextlib.suppress(UnicodeDecodeError):
            return whole.decode("utf-8")
    if name and not name.startswith(("utf-8", "utf-16", "utf-32")):  # without zeros it is none of the wide ones
        try:
            return body.decode(name)
        except (UnicodeDecodeError, LookupError):
            pass
    return _mostly_utf8(body)


def _wide_encoding(body: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, told by the zeros around the first "<"."""
    heads = {b"<\0\0\0": "utf-32-le", b"\0\0\0<": "utf-32-be", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
    return next((name for head, name in heads.items() if body.startswith(head)), None)


def _mostly_utf8(body: bytes) -> str:
    """UTF-8 in which stray bytes are read as Windows-1252: what a page glued from two sources holds."""
    text = joined_halves(body).decode("utf-8", "surrogateescape")
    return _STRAY.sub(
        lambda stray: stray.group().encode("utf-8", "surrogateescape").decode("cp1252", "replace"), text, _MOST_MENDED
    )


def _too_large(url: str) -> Why:
    return because("feed_too_large", url=url, megabytes=MOST_BYTES // 1_000_000)
