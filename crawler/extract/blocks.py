"""A page's visible text in blocks, each with where in the page it stands and what it looks like."""

import re
from dataclasses import dataclass, field
from typing import Literal

from lxml import etree
from lxml.html import HtmlElement

Mark = Literal["", "chrome", "others", "caption"]

_SILENT = frozenset(
    "script style noscript template svg iframe option datalist canvas input textarea map math head link meta progress"
    " rp rt applet embed frameset frame".split()
)
_INLINE = frozenset(
    "a span em strong b i u s small sub sup mark abbr cite q code kbd samp var font big ins del acronym bdi bdo data"
    " dfn tt strike nobr wbr img picture source time".split()
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_APART = frozenset("nav footer aside form dialog menu fieldset button select audio video object label".split())
_NEVER_APART = frozenset(("body", "html", "main", "article", "p", "a", "h1", "h2", "em", "strong", "b", "i"))
_CHROME = (
    r"share|sharing|sharebar|social\w*|newsletter\w*|promo\w*|sidebar|footer\w*|nav|navigation|navbar|menu"
    r"|breadcrumbs?|cookies?|consent|gdpr|modal|popup|overlay|adverts?|advertisement\w*|ads?|adslot|sponsor\w*|byline\w*"
    r"|author\w*|bio|tags?|taglist|most-?(?:popular|read|viewed)|popular|trending|subscribe\w*|subscription\w*|sign-?up"
    r"|credits?|hidden|sr-only|visually-?hidden|screen-reader(?:-text)?|skip|toolbar|respond|rating|teaser\w*"
    r"|more-(?:stories|from|news|on|like)|read-?(?:more|next|also)|next-(?:article|post|story)|pagination|pager|timestamp"
    r"|date|meta|metadata|copyright|widgets?|toc|cta|donat\w*|carousel|slider|latest|follow|noprint|print-only|read-time"
    r"|dropdown|lightbox|tooltip|poll|quiz|login|register"
)
_OTHERS = (  # other people's words, other stories and boxes beside the story: never the article, however long
    r"comments?|comment-?list|disqus\w*|related\w*|recirc\w*|recommend\w*|outbrain|taboola"
    r"|fact-?box\w*|info-?box\w*|pull-?quote\w*"
)
_OTHERS_NAMED, _NAMED = (
    re.compile(rf"(?:^|[\s_-])(?:{names})(?=$|[\s_-])", re.IGNORECASE) for names in (_OTHERS, f"{_OTHERS}|{_CHROME}")
)
_CAPTION = re.compile(r"caption|photo-?credit|image-?credit", re.IGNORECASE)
_UNSEEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…:;。！？”\"’)]\W*$")
# Chosen with extraction/dev in view, as `tests.benchmarks.extraction` measures.
_LETTERS_A_WORD = 6
_FEW_WORDS = 8
_LINKED = 0.5
_LONG_LINK = 15.0  # words
_UNDONE = 0.34  # a mark over so much of a page's prose is a mistake of ours, or of the page
_WITHIN = 0.75
_MENU = -15.0


@dataclass(slots=True)
class Block:
    """One paragraph, heading, list item or other run of text without a break in it."""

    text: str
    tag: str
    place: int  # of its element in Blocks.parents; -1 = not on the page
    shape: tuple[str, str]  # its tag, its parent's tag and class: what the paragraphs of one article share
    linked: float  # the share of its letters that are links
    away: bool = False  # to another site
    mark: Mark = ""
    weight: float = field(init=False)  # how much it speaks for being of an article, in words; negative for links

    def __post_init__(self) -> None:
        size = len(self.text) / _LETTERS_A_WORD
        if self.tag in _HEADINGS:
            self.weight = 0.0
        elif self.linked > _LINKED:
            self.weight = -min(size, _LONG_LINK)
        elif size < _FEW_WORDS:
            self.weight = 0.0 if _SENTENCE_END.search(self.text) else -1.0
        else:
            self.weight = size * (1 - self.linked)

    @property
    def is_heading(self) -> bool:
        return self.tag in _HEADINGS


@dataclass(slots=True)
class Blocks:
    """The blocks of a page in order, and the tree of the elements that they stand in, each behind its parent."""

    blocks: list[Block] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)  # of each element; -1 for the root
    marks: list[Mark] = field(default_factory=list)  # of each element itself
    elements: list[HtmlElement] = field(default_factory=list)

    def summed(self, weights: list[float]) -> list[float]:
        """A weight of each element, with all that stands in it."""
        sums = weights.copy()
        for place in range(len(sums) - 1, 0, -1):
            sums[self.parents[place]] += sums[place]
        return sums

    def handed_down(self, marks: list[Mark]) -> list[Mark]:
        """A mark of each element: its own, else that of what it stands in."""
        found: list[Mark] = []
        for place, parent in enumerate(self.parents):
            found.append(marks[place] or (found[parent] if parent >= 0 else ""))
        return found


class _Walk:
    def __init__(self, site: str) -> None:
        self.site = site
        self.away = False
        self.page = Blocks()
        self.open: list[tuple[str, str | None, int]] = []  # tag, class and place of the elements around
        self.said: list[str] = []
        self.linked = 0
        self.links = 0
        self.known: dict[tuple[str | None, str | None], Mark] = {}

    def enter(self, element: HtmlElement, tag: str) -> None:
        self.end_block()
        place = len(self.page.parents)
        self.page.parents.append(self.open[-1][2] if self.open else -1)
        self.page.marks.append(self.mark(element, tag))
        self.page.elements.append(element)
        self.open.append((tag, element.get("class"), place))

    def mark(self, element: HtmlElement, tag: str) -> Mark:
        if tag == "figcaption":
            return "caption"
        if tag in _APART or element.get("hidden") is not None or element.get("aria-hidden") == "true":
            return "chrome"
        if (style := element.get("style")) and _UNSEEN.search(style):
            return "chrome"
        names = element.get("class"), element.get("id")
        if names == (None, None):
            return ""
        if names not in self.known:
            self.known[names] = _named(f"{names[0] or ''} {names[1] or ''}")
        found = self.known[names]
        return "" if tag in _NEVER_APART and found != "caption" else found

    def say(self, text: str | None) -> None:
        if text and (self.said or not text.isspace()):
            self.said.append(text)
            if self.links:
                self.linked += len(text)

    def end_block(self) -> None:
        if not self.said:
            return
        text = " ".join("".join(self.said).split())
        (linked, self.linked), (away, self.away) = (self.linked, 0), (self.away, False)
        self.said.clear()
        if text and self.open:
            tag, _, place = self.open[-1]
            above = self.open[-2] if len(self.open) > 1 else ("", "", -1)
            shape = tag, f"{above[0]} {above[1] or ''}"
            self.page.blocks.append(Block(text, tag, place, shape, min(1.0, linked / len(text)), away))


def _named(said: str) -> Mark:
    """What the class and id of an element say that it is."""
    named = _NAMED.search(said)
    if named and _OTHERS_NAMED.search(said):
        return "others"
    return "caption" if _CAPTION.search(said) else "chrome" if named else ""


def read_blocks(tree: HtmlElement, site: str = "") -> Blocks:
    """The text of a parsed page in blocks, all of it: what does not look like an article's is only marked."""
    body = tree.find(".//body")
    body = tree if body is None else body
    walk = _Walk(site)
    steps = etree.iterwalk(body, events=("start", "end"))
    for event, element in steps:
        tag = element.tag
        if event == "start":
            if tag in _SILENT or not isinstance(tag, str):
                steps.skip_subtree()
                continue
            if tag == "a":
                walk.links += 1
                link = element.get("href", "")
                walk.away = walk.away or (link.startswith("http") and walk.site not in link)
            elif tag not in _INLINE:
                walk.enter(element, tag)
            walk.say(element.text)
            continue
        if tag == "a":
            walk.links -= 1
        elif tag not in _INLINE and tag not in _SILENT and isinstance(tag, str):
            walk.end_block()
            walk.open.pop()
        if element is not body:
            walk.say(element.tail)
    _mark_blocks(walk.page)
    return walk.page


def _mark_blocks(page: Blocks) -> None:
    """Give each block the mark of what it stands in, unless the mark covers so much that it must be wrong."""
    others = page.handed_down([mark if mark == "others" else "" for mark in page.marks])
    prose = [0.0] * len(page.parents)
    for block in page.blocks:
        if not others[block.place]:
            prose[block.place] += max(0.0, block.weight)
    covers = page.summed(prose)
    for place, mark in enumerate(page.marks):
        if mark and mark != "others" and covers[place] > 0 and covers[place] >= _UNDONE * covers[0]:
            page.marks[place] = ""
    # A mark inside others' words says nothing more: those come first.
    inherited = page.handed_down(page.marks)
    for block in page.blocks:
        block.mark = others[block.place] or inherited[block.place]


def main_blocks(page: Blocks) -> list[Block]:
    """The unmarked blocks inside the smallest element that holds nearly all unmarked prose of the page."""
    own = [0.0] * len(page.parents)
    for block in page.blocks:
        if not block.mark:
            own[block.place] += max(0.0, block.weight)
    prose = page.summed(own)
    if not prose or not prose[0]:
        return []
    chosen = 0
    for place, parent in enumerate(page.parents):  # an element stands behind its parent, so that this goes down
        if parent == chosen and prose[place] >= _WITHIN * prose[chosen]:
            chosen = place
    inside = [False] * len(page.parents)
    for place, parent in enumerate(page.parents):
        inside[place] = place == chosen or (parent >= 0 and inside[parent])
    return [block for block in page.blocks if not block.mark and inside[block.place]]


def menus(page: Blocks) -> list[HtmlElement]:
    """The outermost marked elements that hold links and no prose at all."""
    weights, prose = [0.0] * len(page.parents), [0.0] * len(page.parents)
    for block in page.blocks:
        weights[block.place] += block.weight
        prose[block.place] += block.weight > 0 or block.is_heading
    links, said = page.summed(weights), page.summed(prose)
    idle = [bool(m) and not s and w <= _MENU for m, s, w in zip(page.marks, said, links, strict=True)]
    outermost = (i for i, parent in enumerate(page.parents) if idle[i] and parent >= 0 and not idle[parent])
    return [page.elements[i] for i in outermost]
