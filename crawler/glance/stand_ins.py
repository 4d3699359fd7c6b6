"""Is this the page that was asked for, or one that stands in its place? `stand_ins.toml` lists what gives it away.

What an outlet's feed said of a page, its headline or the words in its address, is a witness: a page that shares nothing
with it and does not call itself an article is another one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from crawler.glance.declared import declares_article, head
from crawler.glance.rawpage import blocks, decoded, line_of, strip, unescaped
from crawler.glance.scripts import paragraphs
from crawler.model import Code, Why, because
from crawler.text import read_data, words

LARGEST = 20_000  # bytes; a whole page may carry the same scripts, a wall is little else

# Chosen by hand; no page of extraction/dev or ice_pages/dev that is a story is taken for another one by them.
_MOST_BYTES = 2_000_000
_HEAD = 400_000  # bytes in which a title stands
_MOST_BLOCKS = 5_000
_SHORT = 150  # words: a page of a few lines
_FEW = 40  # words: with the story's headline; a short story, too, may say that a post was removed
_LONG = 60  # words of prose that an article has at least, one that calls itself so
_MOST_HEADINGS = 3
_LONGEST_TITLE = 1_000  # bytes
_LONGEST_LINE = 2_000  # characters in which a page says that it is gone
_HALF, _MOST = 0.5, 0.75  # of a headline's words: in another headline; somewhere on the page
_STEM = 5  # letters: detains, detained, detaining
_COMMON = frozenset(
    "the and for with from that this into over under after before about amid near says said say will would was were are"
    " has have had not but you your our his her its their who what when where why how new more may can could than then"
    " out off all los las del con por para una que sus como".split()
)
_CONTENT = re.compile(rb"content\s*=\s*(?:\"([^\"]*)|'([^']*))", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")


_CODES: dict[str, Code] = {"wall": "wall_in_place", "gone": "gone_in_words", "other": "other_in_place"}
Witness = frozenset[str]  # the stems of a headline by which its page can be known


@dataclass(frozen=True, slots=True)
class StandIn:
    """A page that is not the one that was asked for, and what it calls itself."""

    kind: Literal["wall", "gone", "other"]  # other: it shares nothing with what was said of the page
    title: str

    @property
    def why(self) -> Why:
        """Why the page was not read."""
        code: Code = _CODES[self.kind]
        return because(code, title=self.title[:80])


def stand_in(body: bytes, announced: Iterable[str], site: str = "", moved: bool = False) -> StandIn | None:
    """What a page of HTML is in place of the page of which `announced` was said: headlines, or words of its address.

    None when it is that page, as far as one can tell. `site` is the outlet's name, which all its pages share; `moved`
    that a redirect led away from the address that was asked. Any bytes can be asked about.
    """
    witnesses = [w for said in announced if len(w := telling(said, site)) > 1]
    title, headings = _title(body), _headings(body)
    strange = [h for h in headings if _share(witnesses, h) < _HALF]
    named = len(strange) < len(headings) or any(_share(witnesses, t) >= _HALF for t in chain([title], _metas(body)))
    if named and (gone := next(filter(_data().gone_words.search, map(_plain, strange)), None)):
        return StandIn("gone", gone)
    # A large page is looked at closely only when its titles are strange, or give it away.
    if len(body) > LARGEST and (named or not (witnesses or any(map(kind_of_title, (title, *headings))))):
        return None
    return _looked_at(unescaped(body[:_MOST_BYTES]), witnesses, [title, *headings], named, moved)


def _looked_at(
    raw: bytes, witnesses: Sequence[Witness], titles: Sequence[str], named: bool, moved: bool
) -> StandIn | None:
    """The same of a page that its titles do not tell, by a rough reading."""
    page = strip(raw, raw.lower())
    prose = [b.text for b in islice(blocks(decoded(page.raw)), _MOST_BLOCKS) if not b.linked and b.text not in titles]
    length = sum(len(text.split()) for text in prose)
    called = next(filter(None, titles), "") or next(iter(prose), "")[:80]
    short = [_plain(text[:_LONGEST_LINE]) for text in prose] if length < (_SHORT if not named else _FEW) else []
    if gone := next(filter(_data().gone_words.search, short), None):
        return StandIn("gone", gone[:120])
    if named or (declares_article(raw) and length >= _LONG):
        return None
    for title in titles:
        if kind := kind_of_title(title):
            return StandIn(kind, title)
    if short and (_data().scripts.search(raw) or any(map(_data().wall_words.search, short))):
        return StandIn("wall", called)
    if not witnesses:
        return None if called else StandIn("other", "")
    told = head(page)
    if any(_share(witnesses, text) >= _HALF for text in (*told.titles, *told.bodies)):
        return None
    texts = [*prose, *told.descriptions, *paragraphs(page.scripts)]
    if not moved and _share(witnesses, " ".join(texts)) >= _MOST:
        return None
    return StandIn("gone" if moved and length else "other", called)


def lead_of(url: str) -> str:
    """The words in the last part of an address, in which most systems write the headline; "" when there are few.

    >>> lead_of("https://paper.example/news/ice-agents-detain-three-men-123456.html"), lead_of("https://paper.example/?p=12")
    ('ice agents detain three men 123456', '')
    """
    parts = [part for part in unquote(urlsplit(url).path).split("/") if part]
    found = max(parts, key=lambda part: len(re.findall(r"[A-Za-z]{3,}", part)), default="").removesuffix(".html")
    said = re.split(r"[-_+ .]+", found)
    return " ".join(said) if sum(w.isalpha() for w in said) >= 4 else ""


def share_of(headline: str, text: str) -> float:
    """How much of what a headline tells stands in a text, 0 to 1; 1 for one that tells nothing."""
    witness = telling(headline)
    return _share([witness], text) if witness else 1.0


def telling(headline: str, site: str = "") -> Witness:
    """The stems of a headline by which its page can be known, without common words and those of the site's name."""
    of_site = set(_stems(site))
    return frozenset(stem for stem in _stems(headline) if stem not in of_site)


def kind_of_title(title: str) -> Literal["wall", "gone"] | None:
    """What the title of a page gives away, if it is not the story's.

    >>> kind_of_title("Just a moment…"), kind_of_title("Page not found | The Paper"), kind_of_title("ICE arrests two")
    ('wall', 'gone', None)
    """
    data, said = _data(), _plain(title)
    if data.wall_titles.match(said):
        return "wall"
    if data.gone_titles.match(said) or data.gone_words.search(said) or data.lists.match(said):
        return "gone"
    return "wall" if data.wall_words.search(said) else None


def is_wall(page: bytes) -> bool:
    """Whether a page of HTML is a wall: a small one, by how its title begins or by its scripts.

    >>> is_wall(b"<title>Access Denied</title>"), is_wall(b"<title>Mayor: access denied to jail</title>")
    (True, False)
    """
    return len(page) < LARGEST and bool(_data().scripts.search(page) or _data().wall_titles.match(_title(page)))


def _title(body: bytes) -> str:
    return next(_elements(body, b"title"), "")


def _headings(body: bytes) -> list[str]:
    return list(islice(_elements(body, b"h1"), _MOST_HEADINGS))


def _elements(body: bytes, name: bytes) -> Iterator[str]:
    """The texts of elements; found by name in small or in large letters, which costs a tenth of a pattern for both."""
    for written in (b"<" + name, b"<" + name.upper()):
        at = body.find(written, 0, _HEAD)
        while at >= 0:
            begin = body.find(b">", at, at + _LONGEST_TITLE) + 1
            end = body.find(b"</" + written[1:], at, at + _LONGEST_TITLE)
            if 0 < begin <= end and body[at + len(written) : at + len(written) + 1] in b"> \t\r\n":
                yield _text(body[begin:end])
            at = body.find(written, at + 1, _HEAD)


def _metas(body: bytes) -> Iterator[str]:
    """A page's title as it is written for those who link to it."""
    for name in (b"og:title", b"twitter:title"):
        at = body.find(name, 0, _HEAD)
        start = body.rfind(b"<", 0, at)
        tag = body[start : start + _LONGEST_TITLE].partition(b">")[0] if 0 <= start < at else b""
        if content := _CONTENT.search(tag):
            yield _text(content[1] or content[2] or b"")


def _text(markup: bytes) -> str:
    return line_of(_TAG.sub(" ", decoded(markup)))


def _plain(text: str) -> str:
    return text.replace("’", "'").strip()


def _share(witnesses: Sequence[Witness], text: str) -> float:
    """How much of what one of the witnesses tells stands in a text, of the one of which it is most."""
    found = set(_stems(text))
    return max((sum(stem in found for stem in witness) / len(witness) for witness in witnesses), default=0.0)


def _stems(text: str) -> list[str]:
    return [w[:_STEM] for w in words(text) if len(w) > 2 and w not in _COMMON and not w.isdigit()]


@dataclass(frozen=True, slots=True)
class _Data:
    wall_titles: re.Pattern[str]
    wall_words: re.Pattern[str]
    scripts: re.Pattern[bytes]
    gone_titles: re.Pattern[str]
    gone_words: re.Pattern[str]
    lists: re.Pattern[str]


@cache
def _data() -> _Data:
    file = read_data(Path(__file__).with_suffix(".toml")).only("wall", "gone")
    wall = file.table("wall").only("titles", "words", "scripts")
    gone = file.table("gone").only("titles", "words", "lists")
    return _Data(
        wall_titles=wall.pattern("titles", _any(wall.texts("titles")), re.I),
        wall_words=wall.pattern("words", _any(wall.texts("words")), re.I),
        scripts=re.compile(_any(wall.texts("scripts")).encode(), re.I),
        gone_titles=gone.pattern("titles", _any(gone.texts("titles")), re.I),
        gone_words=gone.pattern("words", _any(gone.texts("words")), re.I),
        lists=gone.pattern("lists", _any(gone.texts("lists")), re.I),
    )


def _any(patterns: Sequence[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)
