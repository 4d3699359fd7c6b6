"""Lines that stand in an article's body but are not of the article: invitations, captions, links to other stories."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path

from crawler.extract.blocks import Block
from crawler.text import fold, read_data

_FILE = Path(__file__).with_name("boilerplate.toml")
# Chosen with extraction/dev in view, as `tests.benchmarks.extraction` measures.
_SHORT = 260  # an invitation is short; a paragraph that begins like one is not dropped
_LONGEST_CAPTION = 400
_LONGEST_TO_READER = 450
_REPEATED = 80  # a long line stands once; short ones (a name, a score) may come again
_LINKED = 0.6
_LONGEST_LINK = 240  # a longer paragraph is prose, however much of it is a link
_SHORTEST_SENTENCE = 60
_SENTENCE_END = (".", "!", "?", "”", '"', "。")
_LAST = 4  # lines in which a story says who wrote it and who helped
_LONGEST_HEADLINE = 140
_FEWEST_HEADLINE_WORDS = 3
_MOST_HEADLINES = 8  # below a heading over other stories


@dataclass(frozen=True, slots=True)
class _Lines:
    """What boilerplate.toml lists."""

    invitation: re.Pattern[str]
    to_reader: re.Pattern[str]
    quoted: re.Pattern[str]
    other_stories: re.Pattern[str]
    caption: re.Pattern[str]
    caption_words: tuple[str, ...]
    helped: re.Pattern[str]
    author: re.Pattern[str]


@cache
def _lines() -> _Lines:
    lists = ("invitation", "to_reader", "other_stories", "caption", "helped", "author")
    data = read_data(_FILE).only(*lists, "caption_words", "quoted")
    ways = {key: "|".join(data.texts(key)) for key in lists}
    return _Lines(
        data.pattern("invitation", rf"^\W*(?:{ways['invitation']})", re.IGNORECASE),
        data.pattern("to_reader", ways["to_reader"], re.IGNORECASE),
        data.pattern("quoted", data.text("quoted"), re.IGNORECASE),
        data.pattern("other_stories", rf"\W*(?:{ways['other_stories']})\s*[:»>→…]*", re.IGNORECASE),
        data.pattern("caption", ways["caption"], re.IGNORECASE),
        data.texts("caption_words"),
        data.pattern("helped", ways["helped"], re.IGNORECASE),
        data.pattern("author", ways["author"]),
    )


def drop(blocks: Sequence[Block], title: str = "") -> list[str]:
    """The lines without boilerplate, repeated lines, headings of nothing and the title itself, in order."""
    seen = {fold(title)}
    kept: list[Block] = []
    blocks = _without_other_stories(blocks)
    for i, block in enumerate(blocks):
        folded = fold(block.text)
        if folded in seen or _is_pointer(block) or _is_boilerplate(block.text, folded):
            continue
        if i >= len(blocks) - _LAST and len(block.text) < _LONGEST_CAPTION and _is_credit(block.text):
            continue
        if len(block.text) >= _REPEATED:
            seen.add(folded)
        kept.append(block)
    while kept and kept[-1].is_heading:
        kept.pop()
    return [block.text for block in kept]


def _without_other_stories(blocks: Sequence[Block]) -> list[Block]:
    """The blocks without headings over other stories and the headlines right below them."""
    kept: list[Block] = []
    above: list[Block] = []  # the heading and its headlines so far
    for block, after in zip_longest(blocks, blocks[1:]):
        if len(block.text) < _SHORTEST_SENTENCE and _lines().other_stories.fullmatch(block.text):
            above = [block]
            kept.append(block)
        elif 0 < len(above) <= _MOST_HEADLINES and _is_headline(block, above[1:], after):
            if len(above) == 1:
                kept.pop()
            above.append(block)
        else:
            above = []
            kept.append(block)
    return kept


def _is_headline(block: Block, above: Sequence[Block], after: Block | None) -> bool:
    """Whether a line is no sentence, and like a headline. A heading heads nothing, or is like the headline above."""
    text = block.text
    if len(text) > _LONGEST_HEADLINE or len(text.split()) < _FEWEST_HEADLINE_WORDS:
        return False
    if text.endswith((*_SENTENCE_END, ":")):
        return False
    heads = block.is_heading and after is not None and not after.is_heading
    return not heads or any(other.shape == block.shape for other in above)


def _is_pointer(block: Block) -> bool:
    """Only a link to another story: not a sentence, and not a heading that names what it links to elsewhere."""
    if block.linked <= _LINKED or len(block.text) >= _LONGEST_LINK or (block.is_heading and block.away):
        return not any(map(str.isalnum, block.text))
    return len(block.text) < _SHORTEST_SENTENCE or not block.text.endswith(_SENTENCE_END)


def _is_boilerplate(line: str, folded: str) -> bool:
    if len(line) < _SHORT and _lines().invitation.match(line):
        return True
    if len(line) < _LONGEST_TO_READER and _lines().to_reader.search(line) and not _lines().quoted.search(line):
        return True
    if len(line) >= _LONGEST_CAPTION or not any(word in folded for word in _lines().caption_words):
        return False
    return _lines().caption.search(line) is not None


def _is_credit(line: str) -> bool:
    return (_lines().helped.search(line) or _lines().author.search(line)) is not None
