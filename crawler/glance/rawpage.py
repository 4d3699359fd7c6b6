"""A page read roughly, by its bytes: what is text, what is a title, what a script holds. Cheap, and never too little.

No parser: broken markup must not hide a story, so a part is left out only when it plainly is no story's. What is left
out: scripts, styles, menus, footers and asides that are closed and hold no story, links that stand alone, attributes.
"""

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.text import unescaped as unescaped_text

# An ASCII letter written as a number: &#73;CE, \u0049CE.
_LETTER = re.compile(
    rb"&#(?:0{0,4}(6[5-9]|[78]\d|90|9[7-9]|1[01]\d|12[0-2])(?!\d)|[xX]0{0,4}([46][1-9a-fA-F]|[57][0-9aA])(?![0-9a-fA-F]));?"
)
_ESCAPED = re.compile(rb"\\u00([46][1-9a-fA-F]|[57][0-9aA]|20)")
_STRAY = re.compile("[\udc80-\udcff]+")
_SKIPPED = re.compile(rb"<(?:(script|style|svg|select|nav|aside|footer)(?=[\s>/])|(!--))")
# What no menu, but a story holds: its headline, a paragraph of plain text, a long text in one piece.
_STORY = re.compile(rb"<(?:h1|article|main)[\s>]|<p(?:\s[^<>]*)?>[^<>]{80}|>[^<>]{150}")
_BLOCKS = frozenset(
    "address article aside blockquote body br button caption center dd details dialog div dl dt fieldset figcaption"
    " figure footer form h1 h2 h3 h4 h5 h6 head header hr html iframe label legend li link main meta nav ol option p"
    " pre section summary table tbody td tfoot th thead title tr ul video".split()
)
_TAG = re.compile(r"<(/?[a-zA-Z][^<>]*)>")
_ANY_TAG = re.compile(r"<[/!?a-zA-Z][^<>]*>")
_META = re.compile(rb"<meta\s[^<>]*>")
_META_NAME = re.compile(
    r"(?:property|name|itemprop)\s*=\s*[\"']?(?:og:|twitter:)?(title|headline|description)[\"'\s>]", re.IGNORECASE
)
_META_CONTENT = re.compile(r"content\s*=\s*(?:\"([^\"]*)|'([^']*))", re.IGNORECASE)
_FIELD = re.compile(rb'"(headline|description|articleBody)"\s*:\s*"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
_OG_ARTICLE = re.compile(
    rb"<meta\s[^<>]*og:type[\"'\s][^<>]*content\s*=\s*[\"']?article|<meta\s[^<>]*content\s*=\s*[\"']?article[\"'\s][^<>]*og:type",
    re.IGNORECASE,
)
_LD_ARTICLE = re.compile(rb'"@type"\s*:\s*(?:\[\s*)?"[A-Za-z]*(?:NewsArticle|Article|BlogPosting)"')
_STRING = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
_WORD = re.compile(r"\w+")

# Chosen by hand; `tests.benchmarks.topic` tells what the gate loses by them on relevance/dev.
_NEAR = 600  # bytes: how far around a place its paragraph and link are looked for
_MOST_IN_LINK = 40  # tags: a longer link is one that somebody forgot to close
_PROSE = 80  # characters of a paragraph that only a story has
_FEWEST_SPACES = 8  # of a string in a script that is prose
_MOST_IN_END_TAG = 20  # bytes between its name and its end
_HERE = "\x01"


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page's bytes without what is plainly no text, the same in small letters, and what its scripts hold."""

    raw: bytes
    lowered: bytes
    scripts: bytes  # one behind the other
    declared: tuple[bytes, ...]  # the scripts that are JSON-LD


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says that it is about."""

    titles: tuple[str, ...]
    descriptions: tuple[str, ...]
    bodies: tuple[str, ...]  # articleBody in JSON-LD


@dataclass(frozen=True, slots=True)
class RawBlock:
    """The text between two tags that begin a new line."""

    text: str
    linked: bool  # most of it is links
    heading: bool  # an h1


def unescaped(body: bytes) -> bytes:
    """The bytes in a charset that spells ASCII as ASCII, every ASCII letter written as itself."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        body = body.decode("utf-16", "replace").encode("utf-8", "replace")
    if b"\0" in body:  # UTF-16 without a mark: what is left is Latin-1 for all that matters
        body = body.replace(b"\0", b"")
    body = _LETTER.sub(_letter, body)
    return _ESCAPED.sub(_letter, body)


def _letter(found: re.Match[bytes]) -> bytes:
    hexadecimal = found[found.re.groups]
    return bytes([int(hexadecimal, 16) if hexadecimal else int(found[1])])


def decoded(raw: bytes) -> str:
    """Text of UTF-8, and of Windows-1252 wherever it is not UTF-8."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        if len(raw.decode("utf-8", "ignore")) * 2 < len(raw):  # a picture, perhaps: bytes by the million are no letters
            return raw.decode("cp1252", "replace")
        text = raw.decode("utf-8", "surrogateescape")
        return _STRAY.sub(lambda s: s[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace"), text)


def strip(raw: bytes, lowered: bytes) -> RawPage:
    """The page without scripts, styles, comments, menus, footers and asides; a part that is never closed stays."""
    kept: list[tuple[int, int]] = []
    scripts: list[bytes] = []
    declared: list[bytes] = []
    at = begin = 0
    ends: dict[bytes, int] = {}  # where the next end of each stands, -1 without one: looked for once only
    while opening := _SKIPPED.search(lowered, at):
        name = opening[1] or opening[2]
        close = b"-->" if name == b"!--" else b"</" + name
        at = opening.end()
        if 0 <= ends.get(name, 0) < at:
            ends[name] = lowered.find(close, at)
        end = ends[name]
        if end < 0:
            continue
        if name == b"script":
            content = lowered.find(b">", at, end) + 1
            (declared if b"ld+json" in lowered[at:content] else scripts).append(raw[content:end])
        elif name not in (b"style", b"svg", b"select") and _may_hold_story(lowered, name, at, end):
            continue
        kept.append((begin, opening.start()))
        at = end + len(close)
        begin = at = max(at, lowered.find(b">", at, at + _MOST_IN_END_TAG) + 1)
    kept.append((begin, len(raw)))
    return RawPage(
        b" ".join(raw[a:b] for a, b in kept),
        b" ".join(lowered[a:b] for a, b in kept),
        b"\n".join(scripts),
        tuple(declared),
    )


def _may_hold_story(lowered: bytes, name: bytes, at: int, end: int) -> bool:
    """Whether a part may hold the story, because its end is not the one that was meant."""
    if lowered.find(b"<" + name, at, end) >= 0:
        return True  # the inner one is looked at by itself
    return _STORY.search(lowered, at, end) is not None


def blocks(markup: str) -> Iterator[RawBlock]:
    """The texts of stripped markup in order, without empty ones."""
    parts = _TAG.split(markup)
    tags = [*parts[1::2], "html"]
    pieces: list[str] = []
    linked = 0  # characters of the block within links
    in_link = heading = False
    for n, (text, tag) in enumerate(zip(parts[::2], tags, strict=True)):
        if text and not text.isspace():
            pieces.append(text)
            linked += len(text) if in_link else 0
        name = tag.split(None, 1)[0].lower().rstrip("/")
        if name in ("a", "/a"):
            in_link = name == "a" and "href" in tag and _is_closed(tags, n)
        elif name.lstrip("/") in _BLOCKS:
            if pieces:
                whole = "".join(pieces)
                yield RawBlock(line_of(whole), 2 * linked > len(whole), heading)
                pieces, linked = [], 0
            heading = name == "h1"


def _is_closed(tags: list[str], n: int) -> bool:
    """Whether the link that begins at the n-th tag ends before another begins, and before long."""
    following = (tag.lower() for tag in tags[n + 1 : n + _MOST_IN_LINK])
    return next((tag[0] == "/" for tag in following if tag.startswith("a ") or tag.rstrip() == "/a"), False)


def line_of(text: str) -> str:
    """Text of markup as one line, its entities written as what they name."""
    return " ".join(unescaped_text(text).split())


def is_attribute(lowered: bytes, at: int) -> bool:
    """Whether what stands at a place of a page stands within a tag."""
    tag = lowered.rfind(b"<", max(0, at - _NEAR), at)
    return tag > lowered.rfind(b">", max(0, at - _NEAR), at) and not lowered[tag + 1 : tag + 2].isspace()


def is_text(raw: bytes, at: int) -> bool:
    """Whether what stands at a place of a page is text: no attribute, no link that stands alone."""
    around = raw[max(0, at - _NEAR) : at].decode("latin-1") + _HERE + raw[at : at + _NEAR].decode("latin-1")
    return any(_HERE in block.text and not block.linked for block in blocks(around))


def head(page: RawPage) -> Head:
    """Titles and descriptions from elements and JSON-LD, as they stand, each once."""
    titles: list[str] = []
    told: dict[str, list[str]] = {"headline": titles, "title": titles, "description": [], "articleBody": []}
    for meta in _META.finditer(page.raw):
        text = decoded(meta.group())
        name, content = _META_NAME.search(text), _META_CONTENT.search(text)
        if name and content:
            told[name[1].lower()].append(line_of(content[1] or content[2] or ""))
    for script in page.declared:
        seen = set()
        for key, value in _FIELD.findall(script):
            if key not in seen:  # later ones are of stories that the page lists
                seen.add(key)
                told[key.decode()].append(text_of_json(decoded(value)))
    begin = page.lowered.find(b"<title")
    if begin >= 0:
        begin = page.lowered.find(b">", begin) + 1
        titles.append(line_of(decoded(page.raw[begin : page.lowered.find(b"<", begin)])))
    return Head(_once(titles), _once(told["description"]), _once(told["articleBody"]))


def _once(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def text_of_json(written: str) -> str:
    """The text of a JSON string as it stands between its quotes, without tags; as it is when it cannot be read."""
    try:
        written = json.loads(f'"{written}"', strict=False)
    except ValueError:
        written = written.replace("\\n", "\n").replace('\\"', '"')
    return "\n".join(line_of(line) for line in _ANY_TAG.sub("\n" if "<p" in written else " ", written).splitlines())


def declares_article(raw: bytes) -> bool:
    """Whether a page calls itself an article, in the words of Open Graph or schema.org."""
    return _OG_ARTICLE.search(raw) is not None or _LD_ARTICLE.search(raw) is not None


def is_prose(script: bytes, at: int) -> bool:
    """Whether what stands at a place of a script reads like a paragraph."""
    around = script[max(0, at - 60) : at + 60]
    return around.count(b" ") > 11 and sum(map(around.count, (b"=", b"(", b";", b"{"))) < 4


def paragraphs(script: bytes) -> Iterator[str]:
    """The strings of a script that read like paragraphs: pages that a browser builds keep their story there."""
    for written in _STRING.findall(decoded(script)):
        # A string may hold JSON again.
        for text in written.split('\\"') if '\\":' in written else (written,):
            if text.count(" ") >= _FEWEST_SPACES:
                yield text_of_json(text.strip("\\"))


def story(page: list[RawBlock], titles: tuple[str, ...]) -> list[str]:
    """The texts that may be the story's: from the headline to the last paragraph, then paragraphs before it."""
    start = _headline(page, titles)
    prose = [n for n, block in enumerate(page) if not block.linked and len(block.text) >= _PROSE]
    end = prose[-1] + 1 if prose and prose[-1] >= start else len(page)
    return [b.text for b in page[start:end] if not b.linked] + [page[n].text for n in prose if n < start]


def _headline(page: list[RawBlock], titles: tuple[str, ...]) -> int:
    """Where the h1 stands that shares half of its words with a title of the page; 0 without one."""
    known = {word for title in titles for word in _WORD.findall(title.lower())}
    for n, block in enumerate(page):
        if block.heading:
            own = _WORD.findall(block.text.lower())
            if sum(word in known for word in own) * 2 > len(own):
                return n
    return 0
