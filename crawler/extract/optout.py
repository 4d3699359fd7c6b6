"""Whether a page asks machines not to show it, by robots directives or the TDM reservation protocol."""

import re
from collections.abc import Iterable, Iterator, Mapping

_US = "icewire"
# Bounds, chosen by hand.
_MOST_BYTES = 500_000  # of a head; inline styles and scripts can be long

_PIECE = re.compile(rb"<(!--|(?:script|style|meta|/head|body)\b)")
_END = {b"script": b"</script", b"style": b"</style", b"!--": b"-->"}
_LONGEST_META = 2000
_ATTRIBUTE = re.compile(rb"([\w:-]{1,50})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_FOR_ONE_ROBOT = re.compile(r"([a-z][\w*-]*)\s*:\s*(.*)")
_WITH_VALUE = {"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"}

# What a directive asks for; the graver first. noarchive is not among them: it forbids showing a stored copy, which
# nobody gets from us, and asks nothing of a headline with a link.
_ASKED = {
    "noindex": "noindex",
    "none": "noindex",
    "noai": "noai",
    "nosnippet": "nosnippet",
    "max-snippet:0": "nosnippet",
}


def opt_out(body: bytes, headers: Mapping[str, str]) -> str:
    """What a page asks of machines: "noindex", "noai", "nosnippet", "tdm-reservation", or "" when nothing.

    Read from X-Robots-Tag and tdm-reservation headers (values of one name joined by commas) and from the meta elements
    robots, icewire and tdm-reservation in the head. What is said to another robot by name does not count. Of several
    wishes the first in the order above is given. Never raises.
    """
    told = {name.lower(): value for name, value in headers.items()}
    metas = list(_metas(body[:_MOST_BYTES]))
    directives = [*_of_header(told.get("x-robots-tag", ""))]
    directives += [d for name, content in metas if name in ("robots", _US) for d in _split(content)]
    reserved = [told.get("tdm-reservation", ""), *(content for name, content in metas if name == "tdm-reservation")]
    if any(value.strip() == "1" for value in reserved):
        directives.append("tdm-reservation")
    return _gravest(directives)


def _gravest(directives: Iterable[str]) -> str:
    given = set(directives)
    asked = (
        name for directive, name in (_ASKED | {"tdm-reservation": "tdm-reservation"}).items() if directive in given
    )
    return next(asked, "")


def _of_header(value: str) -> Iterator[str]:
    """The directives that are for us; `name:` speaks to one robot until the next name."""
    robot = ""
    for part in value.lower().split(","):
        named = _FOR_ONE_ROBOT.fullmatch(part.strip())
        if named and named[1] not in _WITH_VALUE:
            robot, part = named[1], named[2]
        if robot in ("", "*", _US):
            yield from _split(part)


def _split(content: str) -> Iterator[str]:
    """Directives in lower case without blanks; commas or blanks may stand between them."""
    for part in content.lower().replace(" :", ":").replace(": ", ":").split(","):
        yield from part.split()


def _metas(start: bytes) -> Iterator[tuple[str, str]]:
    """(name, content) of the meta elements in the head, in lower case; not those in comments, scripts and styles."""
    start, at = start.lower(), 0
    while piece := _PIECE.search(start, at):
        at, kind = piece.end(), piece[1]
        if kind in (b"/head", b"body"):
            return
        if kind == b"meta":
            written = _attributes(start, at)
            at += len(written)  # what stands within a tag begins no other
            found = {m[1]: m[2] or m[3] or m[4] or b"" for m in _ATTRIBUTE.finditer(written)}
            name, content = (found.get(key, b"").decode("utf-8", "replace").strip() for key in (b"name", b"content"))
            yield name, content
            continue
        at = start.find(_END[kind], at)
        if at < 0:
            return


def _attributes(start: bytes, at: int) -> bytes:
    """What stands in the tag whose name ends here."""
    end = start.find(b">", at, at + _LONGEST_META)
    return start[at:end] if end > 0 else b""
