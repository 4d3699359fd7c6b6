"""Whether a page says that more will come: the first lines of a story whose news is not told yet."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ahocorasick_rs import BytesAhoCorasick, Implementation

from crawler.glance.rawpage import blocks, decoded, strip, unescaped
from crawler.text import read_data

# Chosen by hand.
_MOST_BYTES = 2_000_000
_SHORTEST = 80  # characters of a paragraph
_LONGEST = 400  # of a line that says so
_MOST_WORDS = 400  # of prose: a longer story has told its news


def more_will_come(body: bytes) -> bool:
    """Whether a short story on a page says that it will be told further. Any bytes can be asked about.

    >>> more_will_come(b"<p>Many police cars came.</p><p>This is a developing story and will be updated.</p>")
    True
    """
    lowered = body[:_MOST_BYTES].lower()
    if not _known().signs.find_matches_as_indexes(lowered):  # most pages end here
        return False
    raw = unescaped(body[:_MOST_BYTES])
    texts = [b.text for b in blocks(decoded(strip(raw, raw.lower()).raw)) if not b.linked]
    prose = sum(len(text.split()) for text in texts if len(text) >= _SHORTEST)
    short = (text.replace("’", "'") for text in texts if len(text) <= _LONGEST)
    return prose <= _MOST_WORDS and any(map(_known().more.search, short))


@dataclass(frozen=True, slots=True)
class _Known:
    signs: BytesAhoCorasick
    more: re.Pattern[str]


@cache
def _known() -> _Known:
    data = read_data(Path(__file__).with_suffix(".toml")).only("signs", "more")
    written = [sign.encode() for sign in data.texts("signs")]
    signs = BytesAhoCorasick(written, implementation=Implementation.DFA)
    return _Known(signs, data.pattern("more", "|".join(data.texts("more")), re.IGNORECASE))
