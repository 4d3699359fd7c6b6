"""What stands in a feed's items, element by element: by an XML parser, or by tags alone where XML is broken."""

import base64
import binascii
import contextlib
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin

from lxml import etree

from crawler.feeds.items import LONGEST_LINK
from crawler.feeds.trees import xml_tree
from crawler.text import unescaped

# Bounds, chosen by hand.
MOST_LOOKED_AT = 100_000  # items of one document
MOST_JOINED = 20_000  # items of a broken one, which are taken apart twice

_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_MOST_ELEMENTS = 500  # elements of one item or head
_MOST_ATTRIBUTES = 50  # of one element
_LONGEST_HEAD = 100_000  # characters
_ITEM_NAMES = ("item", "entry")
_ITEM_START = re.compile(r"<(?:[\w.-]+:)?(item|entry)(?=[\s>/])", re.I)
_ITEM_TAG = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)(\s[^<>]*)>", re.I)
_ITEM_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.I)
_PREFIXES = {"a10": "atom", "atom10": "atom", "atom03": "atom", "a": "atom", "rss": "", "default": ""}
# Parts of namespace addresses, since feeds write them with and without slash, www and https.
_NAMESPACES = (
    ("modules/content", "content"), ("modules/syndication", "sy"), ("modules/slash", "slash"), ("modules/wfw", "wfw"),
    ("2005/atom", "atom"), ("purl.org/atom", "atom"), ("dc/elements", "dc"), ("dc/terms", "dcterms"),
    ("feedburner", "feedburner"), ("1999/xhtml", "xhtml"), ("/mrss", "media"), ("itunes", "itunes"),
    ("22-rdf-syntax", "rdf"), ("purl.org/rss/1.0/modules", "other"), ("purl.org/rss", ""), ("netscape.com", ""),
    ("userland.com", ""), ("law.harvard.edu", ""),
)  # fmt: skip
# The tags that an item's meaning hangs on; everything else is text to the reader of broken XML.
_KNOWN = (
    "title|link|guid|id|pubdate|date|published|updated|issued|modified|created|origlink|description|summary|encoded"
    "|content|ttl|updateperiod|updatefrequency|skiphours|skipdays|comments|permalink|url|enclosure|publicationdate"
    "|publishdate|publication_date|publish_date|published_at|pub_date|available"
)
_LONG = ("description", "summary", "encoded", "content")  # may hold markup of their own, without CDATA even
_TOKEN = re.compile(rf"<!\[CDATA\[.*?(?:\]\]>|\Z)|<(/?)(?:([\w.-]+):)?({_KNOWN})(\s[^<>]*|/)?>", re.I | re.S)
# Only from a name's start on, and never back: a search from each letter of a long name would take its length squared.
_ATTRIBUTE = re.compile(r"(?<![\w:.-])([\w:.-]++)\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)')")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.S)
_DRESS = re.compile(r"(?<!\s)\s++xmlns(?::[\w.-]+)?=(?:\"[^\"]*\"|'[^']*')|(?<=<)[\w.-]+:|(?<=</)[\w.-]+:")
_DATED = frozenset("pubdate date published updated issued modified created".split())
_DATES = ("pubDate", "date", "published", "updated", "issued", "modified", "created")
_LOOSE_DATE = re.compile(rf"<(?:\w+:)?(?:{'|'.join(_DATES)})(?:\s[^<>]*)?>([^<]+)<", re.I)


@dataclass(frozen=True, slots=True)
class Element:
    """One element inside an item or a channel."""

    attributes: Mapping[str, str]  # names in lower case, prefixes left off
    node: etree._Element | None = None
    raw: str = ""  # what stands between the tags, when XML could not be read
    base: str = ""  # xml:base in force

    def text(self) -> str:
        """Its characters, stripped; elements inside give their own characters."""
        if self.node is None:
            return unescaped(_CDATA.sub(r"\1", self.raw)).strip()
        if not len(self.node):
            return (self.node.text or "").strip()
        return "".join(map(str, self.node.itertext())).strip()

    def html(self) -> str:
        """What it says as HTML: escaped markup undone once, elements inside as they are written."""
        if self.node is None or not len(self.node):
            return _decoded(self.text(), self.attributes)
        inside = (etree.tostring(child, encoding="unicode") for child in self.node)
        return _DRESS.sub("", html.escape(self.node.text or "", quote=False) + "".join(inside)).strip()


# All elements of one item by name: "title", "dc:date", "content:encoded"; the format's own have no prefix.
Elements = Mapping[str, Sequence[Element]]
Item = etree._Element | str | Elements  # as XML, as text, or taken apart already


@dataclass(slots=True)
class FeedDocument:
    """A feed taken apart: its head, and its items, each of which is taken apart when asked for."""

    head: Elements
    items: Sequence[Item]
    entries: bool  # whether the items are Atom's
    bases: "Bases | None" = None  # None where no xml:base stands anywhere
    beyond: int = 0  # items after the first MOST_LOOKED_AT

    def elements(self, item: Item) -> Elements:
        if isinstance(item, Mapping):
            return item
        return _tagged_elements(item) if isinstance(item, str) else _xml_elements(item, self.bases)

    def date(self, item: Item) -> str:
        """A date of an item as written, at little cost: enough to tell new from old."""
        if isinstance(item, Mapping):
            dates = (e.text() for name, said in item.items() if name.rpartition(":")[2] in _DATED for e in said)
            return next(filter(None, dates), "")
        if isinstance(item, str):
            found = _LOOSE_DATE.search(item)
            return found[1] if found else ""
        return next((child.text or "" for child in item.iterchildren(*(f"{{*}}{name}" for name in _DATES))), "")


def by_xml(text: str) -> tuple[FeedDocument, bool]:
    """The document as a recovering XML parser sees it, and whether that may have lost something."""
    tree, errors = xml_tree(text)
    if tree is None:
        return FeedDocument({}, (), False), True
    bases = Bases() if "xml:base" in text else None
    found = islice(tree.iter("{*}item", "{*}entry"), MOST_LOOKED_AT)
    items = [item for item in found if _prefix(item, item) in ("", "atom", "other")]
    broken = any(error.domain_name != "NAMESPACE" for error in errors)
    written = sum(1 for _ in _ITEM_START.finditer(text))
    broken = broken or len(items) < min(written, MOST_LOOKED_AT)
    entries = any(str(item.tag).endswith("entry") for item in items[:1])
    return FeedDocument(_head(tree), items, entries, bases, max(0, written - MOST_LOOKED_AT)), broken


def by_tags(text: str) -> FeedDocument:
    """The document by its tags alone: an item goes from its start to its end, or to the start of the next."""
    starts = [(found.start(), found.end(), found[1]) for found in islice(_ITEM_START.finditer(text), MOST_JOINED)]
    items = []
    for n, (begin, start, _) in enumerate(starts):
        end = starts[n + 1][0] if n + 1 < len(starts) else len(text)
        closing = _ITEM_END.search(text, start, end)
        items.append(text[begin : closing.start() if closing else end])
    head = _tagged_elements(text[: min(starts[0][0] if starts else len(text), _LONGEST_HEAD)])
    return FeedDocument(head, items, bool(starts) and starts[0][2].casefold() == "entry")


def _head(tree: etree._Element) -> Elements:
    """What the feed says of itself, in its root and its channel."""
    elements: dict[str, list[Element]] = {}
    for holder in (tree, next(tree.iterchildren("{*}channel"), None)):
        if holder is None:
            continue
        children = (child for child in holder.iterchildren() if not _is_item(child))
        for child in islice(children, _MOST_ELEMENTS):
            elements.setdefault(_name(child, holder), []).append(Element(_attributes(child), child))
    return elements


def _is_item(element: etree._Element) -> bool:
    return str(element.tag).endswith(_ITEM_NAMES)


class Bases:
    """The xml:base in force at each element; each is looked at once, however deep they are nested."""

    def __init__(self) -> None:
        self._known: dict[etree._Element, str] = {}

    def of(self, element: etree._Element) -> str:
        """Each base is relative to the one around it; "" where there is none, or none that an address can be."""
        climbed, base = [element], ""
        for around in element.iterancestors():
            if around in self._known:
                base = self._known[around]
                break
            climbed.append(around)
        for inner in reversed(climbed):
            base = self._known[inner] = _joined_base(base, inner.get(_BASE) or "")
        return base


def _joined_base(around: str, own: str) -> str:
    with contextlib.suppress(ValueError):  # such as http://[news
        base = urljoin(around, own.strip()) if len(own) <= LONGEST_LINK else around
        return base if len(base) <= LONGEST_LINK else ""
    return ""


def _xml_elements(item: etree._Element, bases: Bases | None) -> Elements:
    elements = _own_elements(_attributes(item))
    for child in islice(item.iterchildren(), _MOST_ELEMENTS):
        element = Element(_attributes(child), child, base=bases.of(child) if bases else "")
        elements.setdefault(_name(child, item), []).append(element)
    return elements


def _own_elements(attributes: Mapping[str, str]) -> dict[str, list[Element]]:
    """What an item says in its own tag: the address of RSS 1.0, address and date of CDF."""
    said = {"about": attributes.get("about") or attributes.get("href"), "modified": attributes.get("lastmod")}
    return {name: [Element({}, raw=value)] for name, value in said.items() if value}


def _attributes(element: etree._Element) -> dict[str, str]:
    if not element.attrib:
        return {}
    # Not items(), by which lxml looks for each from the first on.
    return {_local(name): str(element.get(name)) for name in islice(element.keys(), _MOST_ATTRIBUTES)}


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2].rpartition(":")[2].casefold()


def _name(element: etree._Element, holder: etree._Element) -> str:
    local, prefix = _local(element.tag), _prefix(element, holder)
    if local == "encoded":
        return "content:encoded"
    return f"{prefix}:{local}" if prefix else local


def _prefix(element: etree._Element, holder: etree._Element) -> str:
    """The usual prefix of an element's namespace, "" for the one its holder is in, "other" for what we don't know."""
    space, _, name = str(element.tag).rpartition("}")
    if not space:
        prefix, colon, _ = name.rpartition(":")  # a prefix nobody declared
        return _PREFIXES.get(prefix.casefold(), prefix.casefold()) if colon else ""
    if element is not holder and str(holder.tag).startswith(f"{space}}}"):
        return ""
    space = space.casefold()
    return next((prefix for part, prefix in _NAMESPACES if part in space), "other")


def _tagged_elements(text: str) -> Elements:
    own = _ITEM_TAG.match(text)
    elements = _own_elements(_loose_attributes(own[1]) if own else {})
    for prefix, local, attributes, raw in islice(_loose_elements(text), _MOST_ELEMENTS):
        name = "content:encoded" if local == "encoded" else f"{prefix}:{local}" if prefix else local
        elements.setdefault(name, []).append(Element(_loose_attributes(attributes), raw=raw))
    return elements


def _loose_attributes(text: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(text)
    return {name.rpartition(":")[2].casefold(): unescaped(double or single) for name, double, single in found}


def _loose_elements(text: str) -> Iterator[tuple[str, str, str, str]]:
    """(prefix, local name, attributes, inside) of each known element; an unclosed one ends where the next begins."""
    opened: tuple[str, str, str, int] | None = None
    for token in _TOKEN.finditer(text):
        if token[3] is None:  # CDATA
            continue
        prefix, local = _PREFIXES.get((token[2] or "").casefold(), (token[2] or "").casefold()), token[3].casefold()
        if token[1]:
            if opened and opened[1] == local:
                yield *opened[:3], text[opened[3] : token.start()]
                opened = None
            continue
        if opened and opened[1] in _LONG:
            continue
        if opened:
            yield *opened[:3], text[opened[3] : token.start()]
        attributes = token[4] or ""
        opened = (prefix, local, attributes.rstrip("/"), token.end())
        if attributes.endswith("/"):
            yield *opened[:3], ""
            opened = None
    if opened:
        yield *opened[:3], text[opened[3] :]


def _decoded(text: str, attributes: Mapping[str, str]) -> str:
    """Text in base64 (Atom 0.3's mode, or a type of bytes) as what it stands for."""
    if attributes.get("mode") != "base64" and attributes.get("type") != "application/octet-stream":
        return text
    try:
        return base64.b64decode(text, validate=False).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return text
