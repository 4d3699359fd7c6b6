"""Where a page sends who reads it, by itself: a meta refresh or a line of script, where there is nothing else."""

import re

from crawler.text import absolute, is_web_address, unescaped

# Chosen by hand.
LARGEST = 20_000  # bytes: a page that only sends on is small
_LONGEST_WAIT = 10  # seconds; a longer one reloads a page that is there to be read
_FEWEST_LETTERS = 400  # of text: a page that says more is there to be read

_META = re.compile(rb"<meta\s[^<>]*http-equiv\s*=\s*[\"']?refresh[^<>]*>", re.IGNORECASE)
_REFRESH = re.compile(
    rb"content\s*=\s*([\"'])\s*(\d*)[\d.]*\s*[;,]?\s*(?:url\s*=)?\s*(.*?)\s*\1", re.IGNORECASE | re.DOTALL
)
_SCRIPT = re.compile(rb"\blocation(?:\.href)?\s*(?:=|\.(?:replace|assign)\s*\()\s*[\"']([^\"'\\\s]+)[\"']")
_SILENT = re.compile(
    rb"<(script|style|noscript|title|head)\b.*?</\1\s*>|<!--.*?-->|<[^<>]*>", re.IGNORECASE | re.DOTALL
)


def redirect_in(body: bytes, url: str) -> str:
    """The address to which a page from `url` sends who reads it; "" when it is there to be read.

    >>> redirect_in(b'<meta http-equiv="refresh" content="0; url=/news/7">', "https://paper.example/go")
    'https://paper.example/news/7'
    """
    if len(body) > LARGEST or len(b"".join(_SILENT.sub(b" ", body).split())) > _FEWEST_LETTERS:
        return ""
    for written in _targets(body):
        target = absolute(unescaped(written.decode("utf-8", "replace")).strip("\"' "), url)
        if is_web_address(target) and target.partition("#")[0] != url.partition("#")[0]:
            return target
    return ""


def _targets(body: bytes) -> list[bytes]:
    found = [refresh for meta in _META.finditer(body) if (refresh := _REFRESH.search(meta[0]))]
    metas = [r[3] for r in found if r[3] and int(r[2] or 0) <= _LONGEST_WAIT]
    return [*metas, *(script[1] for script in _SCRIPT.finditer(body))]
