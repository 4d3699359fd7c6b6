"""A page's bytes → text → tree, whatever charset was declared and however broken the markup is."""

import codecs
import contextlib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from crawler.text.characters import joined_halves, numbers_mended
from crawler.text.plaintext import without_orders

if TYPE_CHECKING:
    from lxml import etree
    from lxml.html import HtmlElement

_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_CHARSET = re.compile(r"<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_WESTERN = frozenset("áéíóúüñÁÉÍÓÚÜÑ¿¡àâãçèêëîïôõöûäåßøÀÂÇÈÊÖÄ–—‘’“”•…€£©®°«»½¼ºª·\xa0")
_CONTROL = bytes({*range(0x20), 0x7F} - {*b"\t\n\r"})


def decoded(body: bytes, content_type: str, guess: Callable[[bytes], list[str]]) -> str:
    """Text of a page whose declared charset may be wrong: byte order mark, UTF-8 if it is, header, meta, detection.

    `guess` names charsets by statistics, likeliest first, for what nothing else tells.
    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    for whole in (body, joined_halves(body)):
        with contextlib.suppress(UnicodeDecodeError):
            return whole.decode("utf-8")  # nothing else passes for UTF-8 by chance
    start = body[:4096].decode("latin-1")
    declared = [m[1] for m in (_CHARSET.search(content_type), _CHARSET.search(start), _XML_CHARSET.search(start)) if m]
    for name in declared:
        if text := _decoded_as(body, name):
            return text
    western = _decoded_as(body, "cp1252") or body.decode("latin-1")
    high = [c for c in western if c > "\x7f"]
    if sum(c in _WESTERN for c in high) > 0.9 * len(high):  # sooner right than a guess by statistics on a short page
        return western
    return next((text for name in guess(body[:20_000])[:2] if (text := _decoded_as(body, name))), western)


def _decoded_as(body: bytes, name: str) -> str:
    """The text in this charset, "" when it is not in it. A few broken characters in much UTF-8 are forgiven."""
    try:
        codec = codecs.lookup(name).name
        if codec == "utf-8":
            text = body.decode("utf-8", "replace")
            whole = sum(c > "\x7f" for c in text) - (broken := text.count("\ufffd"))
            return text if whole > 2 * broken else ""
        return body.decode("cp1252" if codec in ("iso8859-1", "ascii") else codec)  # as browsers do
    except (LookupError, UnicodeError, ValueError, TypeError):  # TypeError: a codec that is not for text
        return ""


def parse(text: str) -> "HtmlElement | None":
    """The tree of a page's text; None when it is no HTML. Comments and characters that no text has are left out."""
    from lxml import etree  # slow to load, and of those who need words or addresses few read a page
    from lxml.html import HtmlElement

    text = without_orders(numbers_mended(text, controls=True)).replace("\ufffe", "").replace("\uffff", "")
    raw = text.encode("utf-8", "ignore").translate(None, _CONTROL)  # ignored: halves of characters
    if b"&#" in raw:  # once more: what stood around a control may be a number without it
        raw = numbers_mended(raw.decode()).encode()
    try:
        tree = etree.fromstring(raw, _parser(HtmlElement)) if b"<" in raw else None
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    return tree if isinstance(tree, HtmlElement) else None


def _parser(element: type) -> "etree.HTMLParser":
    """A parser whose elements have one class; lxml.html's own asks Python for the class of each, which takes long."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=element))
    return parser
