"""The JSON-LD of a page as nodes; broken JSON is mended or read loosely."""

import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

from crawler.text import JSON_DECODER, unescaped

JsonNode = dict[str, Any]

_ARTICLE_TYPE = re.compile(r"(?:article|blogposting|report|liveblogposting)$", re.IGNORECASE)
_LISTED_UNDER = {
    "blogPost",
    "liveBlogUpdate",
    "significantLink",
    "isRelatedTo",
    "itemListElement",
    "relatedLink",
    "mentions",
    "citation",
    "isBasedOn",
    "isPartOf",
    "hasPart",
    "comment",
    "review",
}
# Bounds, chosen by hand.
_MOST_JSON = 1_000_000  # characters of one script
_MOST_NODES = 3_000
_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,300}>")
_WRAPPING = re.compile(r"<!--|-->|(?:(?://|/\*)\s*+)?(?:<!\[CDATA\[|\]\]>)\s*+(?:\*/)?")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_BAD_ESCAPE = re.compile(r"\\(?![\"\\/bfnrtu])")
_LOOSE_FIELD = re.compile(
    r'"(headline|datePublished|dateModified|isAccessibleForFree|description)"\s*+:\s*+'
    r'(?:"([^"\n{}\[\]]{1,400}+)"[^\S\n]*+(?=[,}\n])|([^",\n{}\[\]]{1,400}+)(?=[,}\n]))'
)
_LOOSE_TYPE = re.compile(r'"@type"\s*+:\s*+"(\w+)"')
_LOOSE_AUTHOR = re.compile(r'"author"\s*+:\s*+(\[[^\]]{0,2000}+\]|\{[^}]{0,1000}+\}|"[^"\n]{1,200}+")')
_LOOSE_NAME = re.compile(r'"name"\s*+:\s*+"([^"\n]{1,200}+)"')


def clean(value: object) -> str:
    """One line of plain text from an attribute or JSON value, without tags and entities; "" for what is no string."""
    if not isinstance(value, str):
        return ""
    if "&" in value:
        value = unescaped(unescaped(value))
    if "<" in value:
        value = _TAG.sub("", value)
    return " ".join(value.split())


def types(node: JsonNode) -> list[str]:
    """The @type values of a node, without a vocabulary's address."""
    given = node.get("@type")
    return [str(t).rsplit("/", 1)[-1] for t in (given if isinstance(given, list) else [given]) if t]


def is_article(node: JsonNode) -> bool:
    """Whether a node declares an article of any kind."""
    return any(_ARTICLE_TYPE.search(t) for t in types(node))


def is_declaration(script: HtmlElement) -> bool:
    """Whether a script holds JSON-LD: a media type may be in capitals and have parameters."""
    return "ld+json" in (script.get("type") or "").lower()


def read_nodes(tree: HtmlElement) -> Iterator[JsonNode]:
    """All nodes of a page in its order, without those that are only listed in another."""
    left = _MOST_NODES
    for script in filter(is_declaration, tree.iter("script")):
        for value in _parse_json((script.text or "")[:_MOST_JSON]):
            for node in walk(value):
                yield node
                left -= 1
                if not left:
                    return


def _parse_json(text: str) -> list[Any]:
    """The values of a script: as they are, else mended, else the few fields that can be read loosely."""
    plain = _WRAPPING.sub("", text).strip().rstrip(";")
    mended = _BAD_ESCAPE.sub("", _TRAILING_COMMA.sub("", plain))
    for attempt in (plain, mended, unescaped(mended)):
        values = _decode_all(attempt)
        if values:
            return values
    return [_loose_article(plain)] if any(map(_ARTICLE_TYPE.search, _LOOSE_TYPE.findall(plain))) else []


def _decode_all(text: str) -> list[Any]:
    """Values one behind the other (some sites join several); [] when the first cannot be read."""
    at = 0
    values: list[Any] = []
    while at < len(text) and len(values) < 50:
        try:
            value, at = JSON_DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        values.append(value)
        while at < len(text) and text[at] in " \t\r\n,;":
            at += 1
    return values


def _loose_article(text: str) -> JsonNode:
    node: JsonNode = {"@type": "Article"}
    for name, quoted, bare in _LOOSE_FIELD.findall(text):
        node.setdefault(name, quoted or bare.strip())
    if found := _LOOSE_AUTHOR.search(text):
        node["author"] = _LOOSE_NAME.findall(found[1]) or found[1].strip('"[]{} ')
    return node


def walk(value: object) -> Iterator[JsonNode]:
    """A value's nodes in the order of the page, without those that are only listed in another (related ones, parts)."""
    waiting: list[object] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
        elif isinstance(item, dict):
            yield item
            waiting.extend(
                v for k, v in reversed(item.items()) if isinstance(v, (dict, list)) and k not in _LISTED_UNDER
            )
