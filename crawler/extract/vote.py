"""Which blocks of a page are its article: two extractors vote, and what both take teaches what the rest looks like."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.extract.blocks import Block, Blocks, main_blocks
from crawler.text import fold

_SHORTEST_PART = 25  # letters; a shorter block may stand in a longer line by chance
_ALIKE = 0.1  # of the letters that both took, for a shape to be one of the article's
_FAR_APART = 0.85  # of our prose: the other extractor missed some
_DOUBT = 0.3  # both took less than this share of what either took
_BELOW = 3
_MISSED = 4.0  # times as much prose: one extractor saw only a corner of the page


@dataclass(frozen=True, slots=True)
class Agreement:
    """What two extractors make of one page: the blocks to keep, and whether they agree enough to be believed."""

    kept: list[Block]
    doubtful: bool


def agree(page: Blocks, lines: Sequence[str]) -> Agreement:
    """Compare the lines that another extractor found on the page with the page's own main blocks.

    A block that both take is kept. One that only one takes is kept when it stands among those or looks like them, as
    far as measured pages say that such a block is of the article. Lines that are not on the page (text that is only in
    its data) are kept as they are.
    """
    theirs = _covered(page, lines)
    ours = {id(block) for block in main_blocks(page)}
    size = sum(map(len, lines))
    found = sum(len(b.text) for b in _taken(page, theirs))
    prose = sum(len(b.text) for b in page.blocks if id(b) in ours and b.weight > 0)
    if found < size / 2 and size > prose:
        return Agreement([_as_block(line) for line in lines], doubtful=False)
    core = [i for i, b in enumerate(page.blocks) if theirs[i] and id(b) in ours and b.weight > 0]
    shared = sum(len(page.blocks[i].text) for i in core)
    if not core:
        return Agreement(_taken(page, theirs), doubtful=True)
    shapes: Counter[tuple[str, str]] = Counter()
    for i in core:
        shapes[page.blocks[i].shape] += len(page.blocks[i].text)
    apart = shared < _FAR_APART * prose
    keep = []
    for i, block in enumerate(page.blocks):
        alike = shapes[block.shape] >= _ALIKE * shared
        where = -1 if i < core[0] else 1 if i > core[-1] else 0
        if id(block) in ours:
            keep.append(theirs[i] or _only_ours(block, where, alike, apart))
        else:
            keep.append(theirs[i] and _only_theirs(block, where, alike))
    for i in range(core[-1]):
        block, next_one = page.blocks[i], page.blocks[i + 1]
        taken = theirs[i] or (id(block) in ours and i > core[0])
        if taken and block.is_heading and keep[i + 1] and not next_one.is_heading:
            keep[i] = True
    return Agreement(_taken(page, keep), doubtful=shared < _DOUBT * max(prose, found))


def choose(candidates: Sequence[list[Block]]) -> list[Block]:
    """The candidate that agrees most with the rest, the first of equals.

    When all others are one text and the last has several times as much of it, that one is it: the others found the same
    corner of the page.
    """
    said = [Counter(fold(" ".join(b.text for b in c)).split()) for c in candidates]
    sizes = [sum(s.values()) for s in said]
    if len(set(sizes[:-1])) == 1 and sizes[-1] > _MISSED * sizes[0]:
        return candidates[-1]

    def likeness(i: int) -> float:
        return sum(2 * (said[i] & said[j]).total() / (sizes[i] + sizes[j] + 1) for j in range(len(said)) if j != i)

    return candidates[max(range(len(candidates)), key=likeness)]


def below(page: Blocks, kept: Sequence[Block]) -> list[Block]:
    """The few blocks that follow the last kept one on the page."""
    last = id(kept[-1]) if kept else 0
    at = next((i for i, block in enumerate(page.blocks) if id(block) == last), len(page.blocks))
    return page.blocks[at + 1 : at + 1 + _BELOW]


def _as_block(line: str) -> Block:
    """A line that has no place on the page."""
    return Block(line, "p", -1, ("", ""), 0.0)


def _taken(page: Blocks, theirs: Sequence[bool]) -> list[Block]:
    return [block for block, taken in zip(page.blocks, theirs, strict=True) if taken]


def _covered(page: Blocks, lines: Sequence[str]) -> list[bool]:
    """Which blocks the lines hold, whole or as a part of a line."""
    folded = [fold(line) for line in lines]
    whole, joined = set(folded), "\n".join(folded)
    said = (fold(block.text) for block in page.blocks)
    return [text in whole or (len(text) >= _SHORTEST_PART and text in joined) for text in said]


# The two rules below were read off a table of all blocks of the measured pages: kind, place and likeness of each
# block that only one extractor took, against whether the page's truth has it.


def _only_theirs(block: Block, where: int, alike: bool) -> bool:
    if block.mark in ("others", "caption") or block.linked > 0.5:
        return False
    if block.is_heading:
        return where == 0
    if block.tag == "li":
        return where <= 0 or alike
    return block.weight > 0 and (where <= 0 or alike)


def _only_ours(block: Block, where: int, alike: bool, apart: bool) -> bool:
    if block.linked > 0.5 or block.weight <= 0:
        return block.tag == "li" and block.linked <= 0.5 and (where >= 0 or alike)
    return alike or (block.tag in ("li", "pre") and where >= 0) or (apart and where <= 0)
