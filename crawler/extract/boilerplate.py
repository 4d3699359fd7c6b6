"""Lines that stand in an article's body but are not of the article: invitations, captions, links to other stories."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crawler.extract.blocks import Block
from crawler.text import fold, read_data

_FILE = Path(__file__).with_name("boilerplate.toml")
# Chosen with extraction/dev in view, as `tests.benchmarks.extraction` measures.
_SHORT = 260  # an invitation is short; a paragraph that begins like one is not dropped
_LONGEST_CAPTION = 400
_REPEATED = 80  # a long line stands once; short ones (a name, a score) may come again
_LINKED = 0.6
_LONGEST_LINK = 240  # a longer paragraph is prose, however much of it is a link
_SHORTEST_SENTENCE = 60
_SENTENCE_END = (".", "!", "?", "”", '"', "。")
_LAST = 4  # lines in which a story says who helped with it


@dataclass(frozen=True, slots=True)
class _Lines:
    """What boilerplate.toml lists."""

    invitation: re.Pattern[str]
    caption: re.Pattern[str]
    caption_words: tuple[str, ...]
    helped: re.Pattern[str]


@cache
def _lines() -> _Lines:
    data = read_data(_FILE).only("invitation", "caption", "caption_words", "helped")
    ways = {key: "|".join(data.texts(key)) for key in ("invitation", "caption", "helped")}
    return _Lines(
        data.pattern("invitation", rf"^\W*(?:{ways['invitation']})", re.IGNORECASE),
        data.pattern("caption", ways["caption"], re.IGNORECASE),
        data.texts("caption_words"),
        data.pattern("helped", ways["helped"], re.IGNORECASE),
    )


def drop(blocks: Sequence[Block], title: str = "") -> list[str]:
    """The lines without boilerplate, repeated lines, headings of nothing and the title itself, in order."""
    seen = {fold(title)}
    kept: list[Block] = []
    for i, block in enumerate(blocks):
        folded = fold(block.text)
        if folded in seen or _is_pointer(block) or _is_boilerplate(block.text, folded):
            continue
        if i >= len(blocks) - _LAST and len(block.text) < _LONGEST_CAPTION and _lines().helped.search(block.text):
            continue
        if len(block.text) >= _REPEATED:
            seen.add(folded)
        kept.append(block)
    while kept and kept[-1].is_heading:
        kept.pop()
    return [block.text for block in kept]


def _is_pointer(block: Block) -> bool:
    """Only a link to another story: not a sentence, and not a heading that names what it links to elsewhere."""
    if block.linked <= _LINKED or len(block.text) >= _LONGEST_LINK or (block.is_heading and block.away):
        return not any(map(str.isalnum, block.text))
    return len(block.text) < _SHORTEST_SENTENCE or not block.text.endswith(_SENTENCE_END)


def _is_boilerplate(line: str, folded: str) -> bool:
    if len(line) < _SHORT and _lines().invitation.match(line):
        return True
    if len(line) >= _LONGEST_CAPTION or not any(word in folded for word in _lines().caption_words):
        return False
    return _lines().caption.search(line) is not None
