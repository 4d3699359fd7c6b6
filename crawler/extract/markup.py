"""What a page's markup says of itself: JSON-LD, meta elements, headings, times. Read once; judged in `metadata`."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from lxml.html import HtmlElement

from crawler.text import canonical_url, is_web_address

JsonNode = dict[str, Any]
Witnessed = tuple[str, str]  # what a page says, and which witness says it; ("", "") = nobody does

_ARTICLE_TYPE = re.compile(r"(?:article|blogposting|report|liveblogposting)$", re.IGNORECASE)
_LISTED_UNDER = {
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
_WRAPPING = re.compile(r"<!--|-->|(?://|/\*)?\s*<!\[CDATA\[\s*(?:\*/)?|(?://|/\*)?\s*\]\]>\s*(?:\*/)?")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_BAD_ESCAPE = re.compile(r"\\(?![\"\\/bfnrtu])")
_LOOSE_FIELD = re.compile(
    r'"(headline|datePublished|dateModified|isAccessibleForFree|description)"\s*:\s*("?)([^"\n{}\[\]]{1,400}?)\2\s*(?=[,}\n])'
)
_LOOSE_AUTHOR = re.compile(r'"author"\s*:\s*(\[[^\]]{0,2000}\]|\{[^}]{0,1000}\}|"[^"\n]{1,200}")')
_LOOSE_NAME = re.compile(r'"name"\s*:\s*"([^"\n]{1,200})"')

_ELSEWHERE = re.compile(
    r"related|recommend|popular|trending|comment|sidebar|footer|newsletter|promo|latest|teaser|more-", re.I
)


@dataclass(frozen=True, slots=True)
class Markup:
    """The witnesses of one page. `article` is the JSON-LD node of the page's article, {} without one."""

    tree: HtmlElement
    url: str
    article: JsonNode = field(default_factory=dict)
    nodes: tuple[JsonNode, ...] = ()
    meta: dict[str, list[str]] = field(default_factory=dict)  # lower-case name, property or itemprop → contents
    headings: tuple[str, ...] = ()  # h1
    title: str = ""  # <title>
    canonical_link: str = ""  # rel=canonical; absolute
    og_url: str = ""  # absolute

    @property
    def canonical(self) -> str:
        """The address that the page states of itself, whatever it may be."""
        return self.canonical_link or self.og_url

    def first_meta(self, *names: str) -> tuple[str, str]:
        """(content, name) of the first of these names that says something, else ("", "")."""
        return next(((value, name) for name in names for value in self.meta.get(name, ()) if value), ("", ""))

    def node(self, value: object) -> JsonNode:
        """A JSON-LD value as a node, with a bare {"@id": …} looked up in the page's graph."""
        if not isinstance(value, dict):
            return {}
        name = value.get("@id")
        if name and len(value) <= 2 and "name" not in value:
            return next((n for n in self.nodes if n.get("@id") == name and len(n) > len(value)), value)
        return value


def clean(value: object) -> str:
    """One line of plain text from an attribute or JSON value, without tags and entities; "" for what is no string."""
    if not isinstance(value, str):
        return ""
    if "&" in value:
        value = html.unescape(html.unescape(value))
    if "<" in value:
        value = _TAG.sub("", value)
    return " ".join(value.split())


def read_markup(tree: HtmlElement, url: str) -> Markup:
    """Read a parsed page. Broken JSON-LD is mended or read loosely; nothing here raises on a strange page."""
    meta = _read_meta(tree)
    nodes = tuple(_json_ld(tree))
    og_url = _absolute(url, next(iter(meta.get("og:url", [])), ""))
    link = _canonical_link(tree, url)
    titles = tree.xpath("//head//title") or tree.xpath("//title[not(ancestor::svg)]")
    return Markup(
        tree=tree,
        url=url,
        article=_main_article(nodes, {canonical_url(a) for a in (url, link or og_url) if a}),
        nodes=nodes,
        meta=meta,
        headings=tuple(text for h in tree.xpath("//h1")[:20] if (text := clean(h.text_content()))),
        title=clean(titles[0].text_content()) if titles else "",
        canonical_link=link,
        og_url=og_url,
    )


def types(node: JsonNode) -> list[str]:
    """The @type values of a node, without a vocabulary's address."""
    given = node.get("@type")
    return [str(t).rsplit("/", 1)[-1] for t in (given if isinstance(given, list) else [given]) if t]


def is_article(node: JsonNode) -> bool:
    """Whether a node declares an article of any kind."""
    return any(_ARTICLE_TYPE.search(t) for t in types(node))


def is_elsewhere(element: HtmlElement) -> bool:
    """Inside a part of the page that is about other pages."""
    for depth, above in enumerate(element.iterancestors()):
        if depth > 12:
            break
        if above.tag in ("nav", "aside", "footer") or _ELSEWHERE.search(
            f"{above.get('class', '')} {above.get('id', '')}"
        ):
            return above.tag not in ("body", "html", "main", "article")
    return False


def _absolute(base: str, link: str) -> str:
    try:
        address = urljoin(base, link) if link else ""
    except ValueError:
        return ""
    return address if is_web_address(address) else ""


def _canonical_link(tree: HtmlElement, url: str) -> str:
    """The address of rel=canonical; "" without one, or when several contradict each other."""
    base = next((_absolute(url, clean(b.get("href"))) for b in tree.iter("base") if b.get("href")), "") or url
    links = (link for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    stated = {canonical_url(a): a for link in links if (a := _absolute(base, clean(link.get("href"))))}
    return next(iter(stated.values())) if len(stated) == 1 else ""


def _read_meta(tree: HtmlElement) -> dict[str, list[str]]:
    meta: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        content = clean(element.get("content"))
        for attribute in ("property", "name", "itemprop"):
            if content and (name := element.get(attribute)):
                meta.setdefault(name.strip().lower(), []).append(content)
    return meta


def _json_ld(tree: HtmlElement) -> Iterator[JsonNode]:
    left = _MOST_NODES
    for script in tree.xpath("//script[contains(@type, 'ld+json')]"):
        for value in _parse_json((script.text or "")[:_MOST_JSON]):
            for node in _walk(value):
                yield node
                left -= 1
                if not left:
                    return


def _parse_json(text: str) -> list[Any]:
    """The values of a script: as they are, else mended, else the few fields that can be read loosely."""
    plain = _WRAPPING.sub("", text).strip().rstrip(";")
    mended = _BAD_ESCAPE.sub("", _TRAILING_COMMA.sub("", plain))
    for attempt in (plain, mended, html.unescape(mended)):
        values = _decode_all(attempt)
        if values:
            return values
    return [_loose_article(plain)] if _ARTICLE_TYPE.search("".join(re.findall(r'"@type"\s*:\s*"(\w+)"', plain))) else []


def _decode_all(text: str) -> list[Any]:
    """Values one behind the other (some sites join several); [] when the first cannot be read."""
    decoder, at = json.JSONDecoder(strict=False), 0
    values: list[Any] = []
    while at < len(text) and len(values) < 50:
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        values.append(value)
        while at < len(text) and text[at] in " \t\r\n,;":
            at += 1
    return values


def _loose_article(text: str) -> JsonNode:
    node: JsonNode = {"@type": "Article"}
    for name, _, value in _LOOSE_FIELD.findall(text):
        node.setdefault(name, value)
    if found := _LOOSE_AUTHOR.search(text):
        node["author"] = _LOOSE_NAME.findall(found[1]) or found[1].strip('"[]{} ')
    return node


def _walk(value: object) -> Iterator[JsonNode]:
    """All nodes in the order of the page, without those that are only listed in another (related articles, parts)."""
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


def _main_article(nodes: tuple[JsonNode, ...], addresses: set[str]) -> JsonNode:
    articles = [n for n in nodes if is_article(n) and (n.get("headline") or n.get("datePublished") or n.get("author"))]

    def is_this_page(node: JsonNode) -> bool:
        page = node.get("mainEntityOfPage")
        named = (node.get("url"), node.get("@id"), page, page.get("@id") if isinstance(page, dict) else None)
        return any(isinstance(a, str) and canonical_url(a) in addresses for a in named)

    return next((n for n in articles if is_this_page(n)), articles[0] if articles else {})
