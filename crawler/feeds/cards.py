"""The cards of a section page: an article's anchors, the headline they show, where they stand and their time."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from lxml.html import HtmlElement

from crawler.text import plain

# Chosen by hand.
_CARD_DEPTH = 7  # blocks around a link that may still be its card
_MOST_ANCHORS = 20  # of one article, that are asked for its headline
_MOST_NODES = 300  # elements inside one anchor
_LONGEST_TEXT = 2000  # characters of one anchor
_SHORTEST_KICKER = 4  # characters: ICE, DHS and FBI are words of headlines
_FEWEST_WORDS = 3  # of what is surely a headline
_HEADINGS = ("h1", "h2", "h3", "h4", "h5")
_MENU = re.compile(r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|footer|social|share)(?:$|[\s_-])", re.I)
_HEADLINE = re.compile(r"(?:^|[\s_-])(?:head(?:line|ing)|hed|title)(?:$|[\s_-])", re.I)
# What stands in an anchor beside its headline: kickers, bylines, dates, teasers.
_BESIDE = re.compile(
    r"(?:^|[\s_-])(?:kicker|eyebrow|overline|label|categor(?:y|ies)|section-name|tags?|topic|rubric|flag|badge|pill|byline|author|credit"
    r"|caption|date(?:line)?|time(?:stamp)?|duration|excerpt|dek|deck|subtitle|subhead(?:line)?|teaser|summary|description|comments?"
    r"|sr-only|visually-hidden|screen-reader-text)(?:$|[\s_-])",
    re.I,
)
_UNSHOWN = ("script", "style", "noscript", "svg", "template", "time", "button", "figcaption")
_INLINE = (
    "a",
    "abbr",
    "b",
    "bdi",
    "cite",
    "code",
    "em",
    "font",
    "i",
    "mark",
    "q",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "u",
    "wbr",
)


@dataclass(frozen=True, slots=True)
class Spot:
    """What stands around an anchor."""

    heading: bool = False
    article: bool = False
    menu: bool = False


class Spots:
    """Where anchors stand; each block of the page is looked at once."""

    def __init__(self) -> None:
        self._known: dict[HtmlElement, Spot] = {}

    def of(self, anchor: HtmlElement) -> Spot:
        """The place of an anchor, from the blocks around it."""
        climbed = []
        spot = Spot()
        for block in anchor.iterancestors():
            if block in self._known:
                spot = self._known[block]
                break
            climbed.append(block)
        for block in reversed(climbed):
            spot = self._known[block] = Spot(
                spot.heading or block.tag in _HEADINGS,
                spot.article or block.tag == "article",
                spot.menu or _is_menu(block),
            )
        return spot


def _is_menu(block: HtmlElement) -> bool:
    return (
        block.tag in ("nav", "footer", "header")
        or block.get("role") in ("navigation", "menu", "contentinfo")
        or bool(_MENU.search(block.get("class") or ""))
    )


def heading(anchor: HtmlElement) -> HtmlElement | None:
    """The heading inside an anchor that is a whole card."""
    return next((inside for inside in islice(anchor.iter(), _MOST_NODES) if inside.tag in _HEADINGS), None)


def headline(anchors: Sequence[HtmlElement], spots: Spots) -> str:
    """What one page's anchors call it: the longest text, headings before others; images' names where there is none."""
    texts = []
    for anchor in anchors[:_MOST_ANCHORS]:
        inside = heading(anchor)
        shown = _shown(anchor if inside is None else inside)
        texts.append((inside is not None or spots.of(anchor).heading, shown or plain(_name(anchor))))
    return max(texts, key=lambda text: (bool(text[1]) and text[0], len(text[1])))[1]


def _name(anchor: HtmlElement) -> str:
    images = (inside.get("alt") for inside in islice(anchor.iter(), _MOST_NODES) if inside.tag == "img")
    name = anchor.get("aria-label") or anchor.get("title") or next((alt for alt in images if alt), "")
    return str(name)[:_LONGEST_TEXT]


def _shown(block: HtmlElement) -> str:
    """The headline that a block shows, without what stands beside it where something is left then."""
    nodes = list(islice(block.iterdescendants(), _MOST_NODES))
    own = [node for node in nodes if _HEADLINE.search(node.get("class") or "") and not _is_beside(node)]
    titled = max((_text(node) for node in own), key=len, default="")
    if len(titled.split()) >= _FEWEST_WORDS:
        return titled
    whole, bare = _text(block), _text(block, plainly=False)
    if bare != whole:
        return bare or whole
    first = next((node for node in nodes if isinstance(node.tag, str)), None)
    if first is None or (block.text or "").strip():
        return whole
    kicker = _text(first)
    rest = whole.removeprefix(kicker).strip()
    return rest if _is_kicker(kicker, rest) else whole


def _is_kicker(first: str, rest: str) -> bool:
    """Whether a first piece in capitals stands before a headline of its own, and is no acronym that begins one."""
    short = first.isupper() and len(first) >= _SHORTEST_KICKER and len(first.split()) <= 4
    return short and len(rest.split()) >= _FEWEST_WORDS and not rest.isupper() and not rest[0].islower()


def _is_beside(node: HtmlElement) -> bool:
    return bool(_BESIDE.search(node.get("class") or ""))


def _text(block: HtmlElement, plainly: bool = True) -> str:
    """The text of a block; not plainly: without what stands beside a headline."""
    pieces = islice(_pieces(block, plainly, 0), 2 * _MOST_NODES)
    return plain("".join(pieces)[:_LONGEST_TEXT])


def _pieces(block: HtmlElement, plainly: bool, depth: int) -> Iterator[str]:
    yield (block.text or "")[:_LONGEST_TEXT]
    for child in block:
        if isinstance(child.tag, str):
            gap = "" if child.tag in _INLINE else " "
            if child.tag not in _UNSHOWN and depth < 100 and (plainly or not _is_beside(child)):
                yield gap
                yield from _pieces(child, plainly, depth + 1)
            yield gap
        yield (child.tail or "")[:_LONGEST_TEXT]


def times(articles: Mapping[str, Iterable[HtmlElement]]) -> dict[str, str]:
    """The `<time>` of the smallest block around each article's anchors that holds no other article's anchor."""
    owners: dict[HtmlElement, str] = {}
    for address, anchors in articles.items():
        for anchor in anchors:
            for block in _around(anchor):
                owners[block] = address if owners.get(block, address) == address else ""
    return {address: _time(address, anchors, owners) for address, anchors in articles.items()}


def _time(address: str, anchors: Iterable[HtmlElement], owners: Mapping[HtmlElement, str]) -> str:
    searched: set[HtmlElement] = set()
    for anchor in anchors:
        for block in _around(anchor):
            if owners[block] != address or block in searched:
                break
            searched.add(block)
            if found := next((time.get("datetime") for time in block.iter("time") if time.get("datetime")), ""):
                return str(found)
    return ""


def _around(anchor: HtmlElement) -> Iterator[HtmlElement]:
    for block in islice(chain((anchor,), anchor.iterancestors()), _CARD_DEPTH):
        if block.tag in ("body", "main"):
            return
        yield block
