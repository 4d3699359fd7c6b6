"""Where a page sends who reads it, by itself: a refresh or a line of script, where there is nothing else."""

import re

from crawler.text import absolute, is_web_address, unescaped

# Chosen by hand.
LARGEST = 20_000  # bytes: a page that only sends on is small
_LONGEST_WAIT = 10  # seconds; a longer one reloads a page that is there to be read
_DIGITS = 9  # of a wait in seconds
_FEWEST_LETTERS = 400  # of text: a page that says more is there to be read

_META = re.compile(rb"<meta\s[^<>]*>", re.IGNORECASE)
_IS_REFRESH = re.compile(rb"http-equiv\s*+=\s*+[\"']?refresh", re.IGNORECASE)
_CONTENT = re.compile(rb"content\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')", re.IGNORECASE)
_REFRESH = re.compile(rb"\s*+(\d*+)[\d.]*+\s*+[;,]?\s*+(?:url\s*+=)?\s*+(.*)", re.IGNORECASE | re.DOTALL)
_SCRIPT = re.compile(rb"\blocation(?:\.href)?\s*(?:=|\.(?:replace|assign)\s*\()\s*[\"']((?:[^\"'\\\s]|\\/)+)[\"']")
_SILENT = tuple(  # one after another, each looking for one end only: none of them is looked for again and again
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        rb"<!--(?:(?!-->|<!--).)*+-->",
        *(
            rb"<%b\b(?:(?!</?%b\b).)*+</%b\s*+>" % (name, name, name)
            for name in (b"script", b"style", b"noscript", b"title", b"head")
        ),
        rb"<[^<>]*>",
    )
)


def redirect_in(body: bytes, url: str, refresh: str = "") -> str:
    """The address to which a page from `url` sends who reads it; "" when it is there to be read.

    `refresh` is the header of that name, which browsers follow like the meta element.

    >>> redirect_in(b'<meta http-equiv="refresh" content="0; url=/news/7">', "https://paper.example/go")
    'https://paper.example/news/7'
    """
    if len(body) > LARGEST or len(b"".join(_told(body).split())) > _FEWEST_LETTERS:
        return ""
    for written in _targets(body, refresh.encode()):
        target = absolute(unescaped(written.decode("utf-8", "replace")).strip("\"' "), url)
        if is_web_address(target) and target.partition("#")[0] != url.partition("#")[0]:
            return target
    return ""


def _told(body: bytes) -> bytes:
    """What a page shows."""
    for silent in _SILENT:
        body = silent.sub(b" ", body)
    return body


def _targets(body: bytes, refresh: bytes) -> list[bytes]:
    metas = (meta[0] for meta in _META.finditer(body) if _IS_REFRESH.search(meta[0]))
    contents = (content[1] or content[2] or b"" for meta in metas for content in _CONTENT.finditer(meta))
    found = [sent for content in (refresh, *contents) if (sent := _REFRESH.match(content))]
    told = [r[2].strip() for r in found if r[2].strip() and int(r[1][:_DIGITS] or 0) <= _LONGEST_WAIT]
    return [*told, *(script[1].replace(b"\\/", b"/") for script in _SCRIPT.finditer(body))]
