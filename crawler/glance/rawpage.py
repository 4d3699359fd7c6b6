"""A page read roughly, by its bytes: what is text, and what a script holds. Cheap, and never too little.

No parser: broken markup must not hide a story, so a part is left out only when it plainly is no story's. What is left
out: scripts, styles, menus, footers and asides that are closed and hold no story, links that stand alone, attributes.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

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
_TAG = re.compile(r"<(/?[a-zA-Z][^<>\s]{0,30})([^<>]*)>")  # a name that is longer is none of ours

# Chosen by hand; `tests.benchmarks.topic` tells what the gate loses by them on relevance/dev.
_MOST_IN_LINK = 40  # tags: a longer link is one that somebody forgot to close
_MOST_IN_END_TAG = 20  # bytes between its name and its end


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page's bytes without what is plainly no text, the same in small letters, and what its scripts hold."""

    raw: bytes
    lowered: bytes
    scripts: bytes  # one behind the other
    declared: tuple[bytes, ...]  # the scripts that are JSON-LD


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
    names, rests = [*parts[1::3], "html"], [*parts[2::3], ""]
    pieces: list[str] = []
    linked = 0  # characters of the block within links
    in_link = heading = False
    for n, (text, name) in enumerate(zip(parts[::3], names, strict=True)):
        if text and not text.isspace():
            pieces.append(text)
            if in_link:
                linked += len(text)
        kind = _kind(name)
        if kind == "inline":
            continue
        if kind in ("a", "/a"):
            in_link = kind == "a" and "href" in rests[n] and _is_closed(names, rests, n)
            continue
        if pieces:
            whole = "".join(pieces)
            yield RawBlock(line_of(whole), 2 * linked > len(whole), heading)
            pieces, linked = [], 0
        heading = kind == "h1"


@lru_cache(maxsize=1024)
def _kind(name: str) -> Literal["a", "/a", "h1", "block", "inline"]:
    """What a tag is, by what stands in it before the first space."""
    match name.lower().rstrip("/"):
        case "a" | "/a" | "h1" as known:
            return known
        case other:
            return "block" if other.lstrip("/") in _BLOCKS else "inline"


def _is_closed(names: list[str], rests: list[str], n: int) -> bool:
    """Whether the link that begins at the n-th tag ends before another begins, and before long."""
    for k in range(n + 1, min(n + _MOST_IN_LINK, len(names))):
        if names[k] in ("/a", "/A") and not rests[k].strip():
            return True
        if names[k] in ("a", "A") and rests[k].startswith(" "):
            return False
    return False


def line_of(text: str) -> str:
    """Text of markup as one line, its entities written as what they name."""
    return " ".join(unescaped_text(text).split())
