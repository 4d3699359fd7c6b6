"""What stands in a page's scripts: strings that read like paragraphs, where a browser builds the page from them."""

import json
import re
from collections.abc import Iterator

from crawler.glance.rawpage import decoded, line_of

# One that is never closed goes on to the end, so that none is looked through twice.
_STRING = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)(?:"|\\?\Z)', re.DOTALL)
_ANY_TAG = re.compile(r"<[/!?a-zA-Z][^<>]*>")

# Chosen by hand.
_FEWEST_SPACES = 8  # of a string in a script that is prose


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


def text_of_json(written: str) -> str:
    """The text of a JSON string as it stands between its quotes, without tags; as it is when it cannot be read."""
    try:
        written = json.loads(f'"{written}"', strict=False)
    except ValueError:
        written = written.replace("\\n", "\n").replace('\\"', '"')
    return "\n".join(line_of(line) for line in _ANY_TAG.sub("\n" if "<p" in written else " ", written).splitlines())
