"""The story of a page that a browser builds: it stands in the JSON of the page's scripts, and only a menu is shown.

__NEXT_DATA__, Fusion.globalContent, window.__INITIAL_STATE__, __NUXT__, JSON-LD: `script_data` reads them all,
in any shape. A story is a list of paragraphs, or a text with some, and the page's headline stands beside it. What has a
headline of its own is another story's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from crawler.extract.jsonld import clean
from crawler.extract.script_data import values_in
from crawler.text import unescaped, words

# Bounds, and what prose is; chosen by hand.
_MOST_VALUES = 60_000
_MOST_ITEMS = 2_000
_DEEPEST = 60
_FEWEST_LETTERS = 40  # of a paragraph that counts
_FEWEST_WORDS = 30  # of a story
_SENTENCES = 0.5  # of its paragraphs end as sentences do: headlines do not
_PARTS = 3  # at least one of so many items of a list is a paragraph
_TELLING = 4  # letters of a word of a headline
_SAME_HEADLINE = 0.6  # of the words of the shorter one

_BREAK = re.compile(
    r"</?(?:p|div|br|li|ul|ol|h[1-6]|blockquote|section|article|figure|table|tr)\b[^<>]*>|\n+", re.IGNORECASE
)
_UNSHOWN = re.compile(r"<(script|style|figcaption|figure|aside|iframe)\b", re.IGNORECASE)
_ENDS = {
    name: re.compile(rf"</{name}\s*+>", re.IGNORECASE)
    for name in ("script", "style", "figcaption", "figure", "aside", "iframe")
}
_SENTENCE_END = (".", "!", "?", "”", '"', "’", "…")
_HEADLINE = ("headline", "headlines", "title", "hed", "name", "titulo", "headlinetext")
_ADDRESS = ("url", "href", "link", "slug", "canonical_url", "canonicalurl", "website_url", "permalink", "uri", "path")
# Where a text stands in a paragraph's object, in the order of preference.
_TEXT = (
    "text",
    "content",
    "value",
    "html",
    "body",
    "insert",
    "rendered",
    "copy",
    "paragraph",
    "children",
    "nodes",
    "data",
)
_TYPE = ("type", "_type", "nodetype", "kind", "__typename", "component", "blocktype", "name")
_ELSE = re.compile(
    r"image|photo|video|gallery|\bad\b|advert|embed|related|promo|newsletter|link_?list|interstitial|caption|credit|byline"
    r"|author|recirc|teaser|divider|infobox|comment|menu|\bnav|footer|subscri",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"related|recommend|recirc|popular|trending|latest|most_?(?:read|viewed)|more_?(?:stories|news|from)|sidebar|menu|navigation"
    r"|footer|header|comments?$|promo|teaser|newsletter|taxonomy|translations?$|config|messages|i18n|caption"
    r"|credits?$|descri|summary|excerpt|deck?$|seo|^meta|^alt|disclaimer|privacy|consent|cookie|^bio$|^about",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(
    r"^(?:p|para\w*|.*paragraph|.*block|h[1-6]|heading|li|list-?item|blockquote|quote)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Run:
    """Paragraphs that stand together, and whether the page's headline stands beside them."""

    paragraphs: tuple[str, ...]
    named: bool

    @property
    def rank(self) -> tuple[bool, int]:
        return self.named, sum(len(p) for p in self.paragraphs if len(p) >= _FEWEST_LETTERS)


def story_in(scripts: Sequence[str], title: str) -> list[str]:
    """The paragraphs of the story with this headline in what scripts hold; [] when none is told from others."""
    runs = (run for value in values_in(scripts) for run in _runs(value, title))
    best = max((run for run in runs if _is_of(run, title)), key=lambda run: run.rank, default=None)
    return list(dict.fromkeys(best.paragraphs)) if best else []


def _is_of(run: _Run, title: str) -> bool:
    """Whether a run says some of what the headline does: other texts of a site, as on cookies, do not."""
    telling = {word for word in words(title) if len(word) >= _TELLING}
    return len(telling & set(words(" ".join(run.paragraphs)))) >= (1 if run.named else 2)


def _runs(value: Any, title: str) -> Iterator[_Run]:
    """Every run of paragraphs in a value that is not of another story."""
    waiting: list[tuple[Any, bool, int]] = [(value, False, 0)]
    left = _MOST_VALUES
    while waiting and left:
        item, named, depth = waiting.pop()
        left -= 1
        if depth > _DEEPEST:
            continue
        if isinstance(item, dict):
            headline = _headline(item)
            if headline and not _alike(headline, title):
                if _is_linked(item):
                    continue
            elif headline:
                named = True
            waiting += [(v, named, depth + 1) for k, v in item.items() if not _OTHERS.search(str(k))]
        elif isinstance(item, list):
            if paragraphs := _story(_of_items(item, title)):
                yield _Run(paragraphs, named)
            waiting += [(v, named, depth + 1) for v in item]
        elif isinstance(item, str) and len(item) > _FEWEST_WORDS * 4 and (paragraphs := _story(_split(item))):
            yield _Run(paragraphs, named)


def _headline(item: dict[str, Any]) -> str:
    """The headline of what a dict describes; "" when it says none."""
    for key, value in item.items():
        if str(key).lower() in _HEADLINE:
            said = value.get("basic") or value.get("rendered") if isinstance(value, dict) else value
            if isinstance(said, str) and len(said.split()) > 2:
                return clean(said)
    return ""


def _is_linked(item: dict[str, Any]) -> bool:
    return any(str(key).lower() in _ADDRESS and value for key, value in item.items()) or len(item) > 3


def _alike(headline: str, title: str) -> bool:
    one, other = set(words(headline)), set(words(title))
    return bool(one and other) and len(one & other) >= _SAME_HEADLINE * min(len(one), len(other))


def _story(paragraphs: Sequence[str]) -> tuple[str, ...]:
    """The same, when they are a story's; else ()."""
    long = [p for p in paragraphs if len(p) >= _FEWEST_LETTERS]
    if sum(len(p.split()) for p in long) < _FEWEST_WORDS:
        return ()
    ended = sum(p.endswith(_SENTENCE_END) for p in long)
    return tuple(paragraphs) if ended >= _SENTENCES * len(long) else ()


def _of_items(items: list[Any], title: str) -> list[str]:
    """The paragraphs that the items of a list are, one or several each; [] when most are something else."""
    found = [_of_item(item, title, 0) for item in items[:_MOST_ITEMS]]
    return [p for some in found for p in some] if len(items) <= _PARTS * sum(map(bool, found)) else []


def _of_item(item: Any, title: str, depth: int) -> list[str]:
    if isinstance(item, str):
        return _split(item)
    if not isinstance(item, dict) or depth > 4 or _ELSE.search(_kind(item)):
        return []
    if (headline := _headline(item)) and _is_linked(item) and not _alike(headline, title):
        return []
    for key in _TEXT:
        value = item.get(key)
        if isinstance(value, str) and value.strip():
            return _split(value)
        if isinstance(value, dict):
            return _of_item(value, title, depth + 1)
        if isinstance(value, list) and value:
            return _of_list(value, title, depth)
    return []


def _of_list(items: list[Any], title: str, depth: int) -> list[str]:
    """The paragraphs in a paragraph's or a section's children: pieces of one line, or paragraphs themselves."""
    if any(isinstance(i, dict) and _PARAGRAPH.match(_kind(i)) for i in items):
        return [p for i in items for p in _of_item(i, title, depth + 1)]
    return _split("".join(_inline(i, depth) for i in items))


def _inline(item: Any, depth: int) -> str:
    if isinstance(item, str):
        return item
    if not isinstance(item, dict) or depth > 6:
        return ""
    value = next((item[key] for key in _TEXT if item.get(key)), "")
    if isinstance(value, list):
        return "".join(_inline(i, depth + 1) for i in value)
    return value if isinstance(value, str) else _inline(value, depth + 1)


def _kind(item: dict[str, Any]) -> str:
    return next((str(v) for k, v in item.items() if str(k).lower() in _TYPE and isinstance(v, str)), "")


def _split(text: str) -> list[str]:
    """The paragraphs of a text that may be markup, and that may be escaped twice."""
    if "<" not in text and "&lt;p" in text:
        text = unescaped(text)
    return [line for part in _BREAK.split(_shown(text)) if part and (line := clean(part))]


def _shown(text: str) -> str:
    """Markup without the elements whose text is no paragraph; what is never closed stays."""
    kept: list[str] = []
    begin = at = 0
    ends: dict[str, int] = {}  # behind the next end of each, -1 without one: looked for once only
    while opening := _UNSHOWN.search(text, at):
        name, at = opening[1].lower(), opening.end()
        if 0 <= ends.get(name, 0) < at:
            closing = _ENDS[name].search(text, at)
            ends[name] = closing.end() if closing else -1
        if ends[name] >= 0:
            kept.append(text[begin : opening.start()])
            begin = at = ends[name]
    return "".join([*kept, text[begin:]])
