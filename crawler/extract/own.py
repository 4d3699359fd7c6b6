"""Which of the articles that a page declares or shows is its own story. Many declare related ones, too, and some show
the next one below."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.extract.jsonld import JsonNode, clean, is_article, types, walk
from crawler.text import is_web_address, page_address, words

# Chosen by hand.
_SAME = 0.85  # of the words of a headline that stand in another
_NEAR = 0.6
_FEWEST = 4  # words of a headline that may be part of another
_ADDRESSES = ("url", "mainEntityOfPage", "@id")


@dataclass(frozen=True, slots=True)
class Self:
    """What a page is known by: where it is, and what it is called by itself and by the feed that led to it."""

    url: str
    addresses: frozenset[str]  # page_address() of each
    headlines: tuple[frozenset[str], ...]  # the words of each

    @classmethod
    def of(cls, url: str, stated: str, headlines: Iterable[str]) -> "Self":
        """Of the address it was read at and the one it states."""
        said = dict.fromkeys(frozenset(words(headline)) for headline in headlines)
        return cls(url, frozenset(page_address(a) for a in (url, stated) if a), tuple(w for w in said if w))


def own_article(nodes: Sequence[JsonNode], page: Self) -> JsonNode:
    """The node of the page's own story: by its address, else by its headline; {} when none is.

    When no article fits, one that says nothing against it is taken, if it is the only one.
    """
    articles = [n for n in nodes if is_article(n) and (n.get("headline") or n.get("datePublished") or n.get("author"))]
    rated = [(*_rate(node, page), node) for node in articles]
    if fitting := [one for one in rated if one[0] > 0]:
        return max(fitting, key=lambda one: one[:2])[2]
    silent = [node for points, _, node in rated if points == 0]
    return silent[0] if len(silent) == 1 else {}


def without_others(nodes: Sequence[JsonNode], own: JsonNode, page: Self) -> tuple[JsonNode, ...]:
    """The nodes that are not of another story, nor part of one."""
    apart: set[int] = set()
    for other in nodes:
        if _is_other(other, page) and other is not own:
            parts = {id(part) for part in walk(other)}
            apart |= set() if id(own) in parts else parts
    apart -= {id(part) for part in walk(own)}
    return tuple(node for node in nodes if id(node) not in apart)


def leave_out_others(tree: HtmlElement, title: str, own: JsonNode) -> None:
    """Drop the other stories that a page shows; not of a live blog, whose entries may be articles of their own."""
    for other in other_stories(tree, title) if "LiveBlogPosting" not in types(own) else ():
        other.drop_tree()


def other_stories(tree: HtmlElement, title: str) -> list[HtmlElement]:
    """The <article>s whose own h1 is another headline, beside one whose h1 is the page's; [] without that one."""
    page = frozenset(words(title))
    h1s = ((article, next(article.iter("h1"), None)) for article in tree.iter("article"))
    said = ((article, frozenset(words(h1.text_content()))) for article, h1 in h1s if h1 is not None)
    headed = [(article, _agreement(headline, page)) for article, headline in said if headline]
    own = {article for article, agreed in headed if agreed > 0}
    around = {above for article in own for above in article.iterancestors()}
    others = [article for article, agreed in headed if own and agreed < 0 and article not in around]
    return [article for article in others if own.isdisjoint(article.iterancestors())]


def _is_other(node: JsonNode, page: Self) -> bool:
    """Whether a node is another story, or another page."""
    if is_article(node):
        return _rate(node, page)[0] <= 0
    named = [page_address(a) in page.addresses for a in _addresses(node, page.url)]
    return bool(named) and not any(named) and any(kind.endswith("Page") for kind in types(node))


def _rate(node: JsonNode, page: Self) -> tuple[float, float]:
    """How much speaks for a node being the page's own: above 0 it fits, 0 is silence; and how like the headlines are.

    Its own address outweighs its headline, which editors change; a story elsewhere needs the very same headline.
    """
    named = [page_address(a) in page.addresses for a in _addresses(node, page.url)]
    points = 3.0 if named and all(named) else -1.0 if named and not any(named) else 0.0
    said = frozenset(words(clean(node.get("headline") or node.get("name"))))
    if not said or not page.headlines:
        return points, 0.0
    likeness = max(len(said & other) / len(said | other) for other in page.headlines)
    return points + max(_agreement(said, other) for other in page.headlines), likeness


def _agreement(one: frozenset[str], other: frozenset[str]) -> float:
    shared = len(one & other)
    if one == other or (len(one) >= _FEWEST and shared >= _SAME * len(one)):
        return 2.0
    smaller = min(len(one), len(other))
    return 0.5 if shared >= _NEAR * smaller and shared >= min(3, smaller) else -2.0


def _addresses(node: JsonNode, base: str) -> Iterator[str]:
    """Where a node says that it is, whole. A front page is no story's address, a bare fragment only a name."""
    for key in _ADDRESSES:
        value = node.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        link = clean(value)
        if not link or link.startswith("#"):
            continue
        try:
            address = urljoin(base, link)
            path = urlsplit(address).path
        except ValueError:
            continue
        if path.strip("/") and is_web_address(address):
            yield address
