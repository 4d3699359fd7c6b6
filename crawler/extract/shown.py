"""The date that a reader sees beside the headline: not one of the prose, of another story or of the site."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import islice
from typing import Literal

from lxml.html import HtmlElement

from crawler.extract.jsonld import clean
from crawler.extract.markup import Markup, is_elsewhere, is_of_other, named_elsewhere
from crawler.text import Moment, moments_in, words

Role = Literal["published", "", "updated"]  # what a page calls a date

# Chosen by hand.
_MOST_LINES = 40  # below the headline
_LINES_ABOVE = 4
_LEVELS_ABOVE = 6
_LEVELS_NEAR = 2  # what stands higher up must be called a date
_LIKE, _HALF_LIKE, _VERY_LIKE = 0.3, 0.5, 0.8  # of the words of a headline and of what the page calls itself
_LONGEST = 160  # letters of a line that holds a date
_PROSE = 20  # words: a paragraph
_LINKED = 5  # words of a link that are another story's headline
_ASIDE = 6  # words that may stand beside a date

_PUBLISHED = (
    r"(?:first|originally|date)?\s*(?:published|posted|created|released|publish(?:ed)? date|publication date"
    r"|post (?:date|time)|release date|date published|publicad[oa]|publicaci[oó]n|creado)"
)
_UPDATED = (
    r"(?:last\s+)?(?:updated?|modified|revised|edited|corrected)"
    r"|(?:[uú]ltima\s+)?actualiza(?:do|da|ci[oó]n)|modificad[oa]"
)
_LABEL = re.compile(rf"\b(?:(?P<published>{_PUBLISHED})|(?P<updated>{_UPDATED}))\b", re.I)
_FIRST_WORD = re.compile(rf"\W*(?:{_PUBLISHED})\b", re.I)
_NOT_OF_STORY = re.compile(
    r"©|\(c\)\s|copyright|all rights|\b(?:since|until|through|expires?|deadline|effective|born|died|aged|file|photo"
    r"|image|taken|captured|courtesy|archivo|foto|event|starts?|ends?|due|when|cu[aá]ndo|version|issue|edition|vol\.?)\b",
    re.I,
)
_SEPARATOR = re.compile(r"[|•·●\n–—]|\s[-/]\s")
_FILLER = re.compile(
    r"\b(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?\b\.?"
    r"|\b(?:lunes|martes|mi[eé]rcoles|jueves|viernes|s[aá]bado|domingo|date|fecha|on|at|el|a las?)\b|[\s,:;()\[\].]+",
    re.I,
)
_SENTENCE = re.compile(r"[.?!]\W*$")
_LEADS_ON = re.compile(r"\b(?:on|by|in|to|from|for|of|el|del|al|para)\s*$", re.I)  # "Vigil on Nov. 26, 2026"
_BYLINE = re.compile(r"\W*(?:by|por|story by|written by|escrito por)[:\s]", re.I)
_NAMED = re.compile(r"(?:(?:[A-ZÁÉÍÓÚÑ][\w.'’&-]*|de|del|la|the|of|and|y|for),?\s*){1,6}")
_BREAKING = frozenset(
    "address article blockquote br dd div dl dt figure footer h1 h2 h3 h4 h5 h6 header hr li main ol p pre section"
    " table tbody td th tr ul body".split()
)
_SILENT = frozenset(
    "script style noscript template svg iframe figure figcaption nav aside footer form select button video audio"
    " object picture canvas dialog menu textarea".split()
)
_DECK = re.compile(r"deck|dek\b|subtitle|sub-?head|summary|standfirst|excerpt|tagline|description|lede?\b", re.I)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of a page as a reader sees it."""

    text: str
    linked: bool  # it is the headline of another story
    deck: bool  # it is the page's own summary
    listed: bool = False  # in a list or a table, as comments and other stories are

    @property
    def is_prose(self) -> bool:
        return not self.deck and len(words(self.text)) >= _PROSE


def shown_dates(page: Markup, zone: tzinfo, now: datetime) -> list[tuple[Role, Moment]]:
    """The dates beside the headline and what each is called, the best first: published, then without a name, updated.

    Where none stands there, one that says "Published" anywhere in the article.
    """
    heading = headline_of(page)
    found: list[tuple[Role, Moment]] = []
    if heading is not None:
        found += _of_lines(list(islice(_below(heading), _MOST_LINES)), zone, now)
        if all(role == "updated" for role, _ in found):
            above = list(_above(heading))[-_LINES_ABOVE:]
            found += [(r, m) for r, m in _of_lines(above, zone, now) if not _is_today(m, zone, now)]
    if all(role == "updated" for role, _ in found):
        found += _said_elsewhere(page, heading, zone, now)
    order = ("published", "", "updated")
    return sorted(found, key=lambda one: order.index(one[0]))


def headline_of(page: Markup) -> HtmlElement | None:
    """The element of the page's headline: an h1, unless only something else says what the page calls itself."""
    told = (clean(page.article.get("headline")), *page.meta.get("og:title", ()), page.title)
    called = [said for text in told if (said := set(words(text)))]

    def likeness(element: HtmlElement) -> float:
        said = set(words(clean(element.text_content())))
        return max((len(said & other) / len(said | other) for other in called), default=0.0)

    first = [h for h in page.tree.iter("h1") if clean(h.text_content())][:20]
    best = max(first, key=likeness, default=None)
    if best is not None and likeness(best) >= _LIKE:
        return best
    titled = page.tree.xpath("//*[contains(@class, 'headline') or contains(@class, 'title')][not(*[2])]")
    others = [*islice(page.tree.iter("h2", "h3", "h4"), 40), *titled[:40]]
    other = max(others, key=likeness, default=None)
    return other if other is not None and likeness(other) >= (_VERY_LIKE if first else _HALF_LIKE) else best


def _of_lines(lines: list[ShownLine], zone: tzinfo, now: datetime) -> Iterator[tuple[Role, Moment]]:
    """The dates of a headline's neighbours. Another story's headline hides its own; behind a second paragraph only
    such are taken as are called the day of publication.
    """
    paragraphs, before = 0, ShownLine("", linked=False, deck=False)
    for line in lines:
        paragraphs += line.is_prose
        if not line.linked and not before.linked and len(line.text) <= _LONGEST:
            for role, what in _of_line(line.text, before.text, zone, now):
                named = role == "published" and not line.listed
                if named or (paragraphs < 2 and (role or not line.deck)):
                    yield role, what
        before = line


def _of_line(line: str, before: str, zone: tzinfo, now: datetime) -> Iterator[tuple[Role, Moment]]:
    """The dates of one line that are the page's; `before` may be the label of the first."""
    if _NOT_OF_STORY.search(line):
        return
    since = 0
    told = moments_in(line, zone, now)
    for number, (start, end, what) in enumerate(told):
        until = told[number + 1][0] if number + 1 < len(told) else len(line)
        labels = list(_LABEL.finditer(line, since, start))
        label = labels[-1] if labels else None if since else _LABEL.fullmatch(before[:_LONGEST].strip(" :|•"))
        if label:
            yield ("published" if label["published"] else "updated"), what
        elif _stands_alone(line[since:start], line[end:until]):
            yield "", what
        since = end


def _stands_alone(left: str, right: str) -> bool:
    """Whether what stands beside a date is a byline, a rubric or nothing: no sentence."""
    if _SENTENCE.search(right) and len(words(f"{left} {right}")) > 2:  # a dateline, and what it is of
        return False
    left, right = _SEPARATOR.split(left)[-1], _SEPARATOR.split(right)[0]
    if right.rstrip().endswith((".", "?", "!")) or len(words(right)) > _ASIDE:
        return False
    if not _FILLER.sub("", left) or _BYLINE.match(left):
        return True
    if _LEADS_ON.search(left):
        return False
    return bool(_NAMED.fullmatch(_FILLER.sub(" ", left).strip()))


def _is_today(said: Moment, zone: tzinfo, now: datetime) -> bool:
    """Whether a date above the headline may be the newspaper's: today's, or that of a page kept since yesterday."""
    return said.day_only and (now.astimezone(zone).date() - said.at.date()).days in (0, 1)


def _said_elsewhere(
    page: Markup, heading: HtmlElement | None, zone: tzinfo, now: datetime
) -> Iterator[tuple[Role, Moment]]:
    """The first line of the article that begins with "Published" and holds a date."""
    within = (
        next((e for e in heading.iterancestors("article", "main", "body")), page.tree)
        if heading is not None
        else page.tree
    )
    for element in within.iter("p", "div", "span", "small", "em", "i", "strong", "b", "time"):
        if not (element.text and _FIRST_WORD.match(element.text[:_LONGEST])):
            continue
        line = clean(" ".join(islice(element.itertext(), _MOST_LINES)))
        if (
            len(line) <= _LONGEST
            and not is_elsewhere(element)
            and not is_of_other(element, page.url)
            and not _is_listed(element)
        ):
            found = [one for one in _of_line(line, "", zone, now) if one[0] == "published"]
            if found:
                yield found[0]
                return


def _is_listed(element: HtmlElement) -> bool:
    """Whether it stands in a list or a table, as comments and other stories do."""
    return next(element.iterancestors("li", "td"), None) is not None


def _below(heading: HtmlElement) -> Iterator[ShownLine]:
    """The lines behind an element, in the order of the page."""
    for above in (heading, *heading.iterancestors()):
        if above.tag == "body":
            return
        if above.tail and above.tail.strip():
            yield ShownLine(clean(above.tail), linked=False, deck=False)
        for element in above.itersiblings():
            yield from _lines(element)


def _above(heading: HtmlElement) -> Iterator[ShownLine]:
    """The lines of the same part of the page that stand before an element."""
    levels = [heading, *islice(heading.iterancestors(), _LEVELS_ABOVE - 1)]
    for height, level in reversed(list(enumerate(levels))):
        parent = level.getparent()
        if parent is None or parent.tag in ("body", "html"):
            continue
        for element in reversed(list(level.itersiblings(preceding=True))):
            near = height < _LEVELS_NEAR or "date" in (element.get("class") or "")
            if near and next(element.iter("nav", "ul", "form"), None) is None:
                yield from _lines(element)


def _lines(element: HtmlElement) -> Iterator[ShownLine]:
    """What an element shows, in lines, and the text behind it."""
    pieces: list[str] = []
    links: list[str] = []

    def walk(node: HtmlElement) -> Iterator[ShownLine]:
        breaks = node.tag in _BREAKING
        if breaks:
            yield from flush(node)
        if isinstance(node.tag, str) and node.tag not in _SILENT and not named_elsewhere(node):
            if (label := node.get("aria-label")) and _LABEL.match(label):  # what is not shown before scripts run
                pieces.append(f"{label} | ")
            if node.text:
                pieces.append(node.text)
            if node.tag == "a":
                links.append(node.text_content())
            for child in node:
                yield from walk(child)
            if breaks:
                yield from flush(node)
        if node.tail and node is not element:
            pieces.append(node.tail)

    def flush(node: HtmlElement) -> Iterator[ShownLine]:
        text = " ".join(" ".join(pieces).split())
        if text:
            linked = any(len(words(link)) >= _LINKED for link in links)
            called_so = _DECK.search(f"{node.get('class')} {node.get('id')}") is not None
            deck = called_so or (node.tag == "h2" and len(words(text)) > _ASIDE)
            yield ShownLine(text, linked, deck, node.tag in ("li", "td") or _is_listed(node))
        pieces.clear()
        links.clear()

    yield from walk(element)
    yield from flush(element)
    if element.tail and element.tail.strip():
        yield ShownLine(clean(element.tail), linked=False, deck=False)
