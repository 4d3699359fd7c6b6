"""What a page's markup says of itself: JSON-LD, meta elements, headings, times. Read once; judged in `metadata`."""

import re
from dataclasses import dataclass, field
from itertools import accumulate, islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.extract.jsonld import JsonNode, clean, read_nodes
from crawler.extract.own import Self, own_article, without_others
from crawler.text import canonical_url, is_web_address, words

Witnessed = tuple[str, str]  # what a page says, and which witness says it; ("", "") = nobody does

_ELSEWHERE = re.compile(
    r"related|recommend|popular|trending|comment|sidebar|footer|newsletter|promo|latest|teaser|more-", re.I
)
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
# Chosen by hand.
_CARD = 600  # letters: more is no teaser
_MOST_MARKED = 300  # metas inside the text
_LINKED = 5  # words of a link that are a headline


@dataclass(frozen=True, slots=True)
class Markup:
    """The witnesses of one page. `article` is the JSON-LD node of its own story, {} without one; `nodes` are all but
    those of other stories.
    """

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


def read_markup(tree: HtmlElement, url: str, announced: str = "") -> Markup:
    """Read a parsed page that a feed `announced` by this headline; nothing here raises on a strange page."""
    meta = _read_meta(tree, url)
    og_url = _absolute(url, next(iter(meta.get("og:url", [])), ""))
    link = _canonical_link(tree, url)
    titles = tree.xpath("//head//title") or tree.xpath("//title[not(ancestor::svg)]")
    title = clean(titles[0].text_content()) if titles else ""
    headings = tuple(text for h in tree.xpath("//h1")[:20] if (text := clean(h.text_content())))
    called = (*headings, *meta.get("og:title", ()), *meta.get("twitter:title", ()), title, announced)
    this, declared = Self.of(url, link or og_url, called), tuple(read_nodes(tree))
    article = own_article(declared, this)
    return Markup(
        tree=tree,
        url=url,
        article=article,
        nodes=without_others(declared, article, this),
        meta=meta,
        headings=headings,
        title=title,
        canonical_link=link,
        og_url=og_url,
    )


def is_elsewhere(element: HtmlElement) -> bool:
    """Inside a part of the page that is about other pages."""
    for above in islice(element.iterancestors(), 13):
        if above.tag in ("nav", "aside", "footer") or named_elsewhere(above):
            return above.tag not in ("body", "html", "main", "article")
    return False


def named_elsewhere(element: HtmlElement) -> bool:
    """Whether an element is called a part about other pages."""
    return bool(_ELSEWHERE.search(f"{element.get('class', '')} {element.get('id', '')}"))


def is_of_other(element: HtmlElement, url: str) -> bool:
    """In the card of another story: a small part of the page with a linked headline of another address."""
    for above in islice(element.iterancestors(), 5):
        if above.tag in ("body", "html", "main") or _is_large(above) or next(above.iter("h1"), None) is not None:
            return False
        links = (a for a in above.iter("a") if _is_headline(a))
        if any(_path(url, a.get("href") or "") != _path(url, url) for a in links):
            return True
    return False


def _is_headline(link: HtmlElement) -> bool:
    size = len(words(link.text_content()))
    return size >= _LINKED or (size > 1 and any(e.tag in _HEADINGS for e in (link.getparent(), *link)))


def _is_large(element: HtmlElement) -> bool:
    return any(size > _CARD for size in accumulate(len(text) + 1 for text in element.itertext()))


def _path(base: str, link: str) -> str:
    return urlsplit(_absolute(base, clean(link))).path.strip("/")


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


def _read_meta(tree: HtmlElement, url: str) -> dict[str, list[str]]:
    meta: dict[str, list[str]] = {}
    marked = 0
    for element in tree.iter("meta"):
        content = clean(element.get("content"))
        if element.get("itemprop"):
            marked += 1
            if marked > _MOST_MARKED or is_elsewhere(element) or is_of_other(element, url):
                continue
        for attribute in ("property", "name", "itemprop"):
            if content and (name := element.get(attribute)):
                meta.setdefault(name.strip().lower(), []).append(content)
    return meta
