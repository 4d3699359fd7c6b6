"""Which blocks of a page are its article: two extractors vote, and what both take teaches what the rest looks like."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from crawler.extract.blocks import Block, Blocks, main_blocks
from crawler.text import fold

# Chosen with extraction/dev in view, as `tests.benchmarks.extraction` measures.
_SHORTEST_PART = 25  # letters; a shorter block may stand in a longer line by chance
_LINKED = 0.5  # of its letters: with more, a block points elsewhere
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


@dataclass(frozen=True, slots=True)
class Row:
    """A block of the page, which extractor took it, and how it stands to the core: the prose that both took."""

    block: Block
    theirs: bool
    ours: bool
    where: Literal[-1, 0, 1] = 0  # before the first block of the core, among them, behind the last
    alike: bool = False  # it has the shape of a good part of the core
    apart: bool = False  # the other extractor missed some of our prose

    @property
    def is_core(self) -> bool:
        """Whether both took it, and it is prose."""
        return self.theirs and self.ours and self.block.weight > 0


def agree(page: Blocks, lines: Sequence[str]) -> Agreement:
    """Compare the lines that another extractor found on the page with the page's own main blocks.

    A block that both take is kept. One that only one takes is kept when it stands among those or looks like them, as
    far as measured pages say that such a block is of the article. Lines that are not on the page (text that is only in
    its data) are kept as they are.
    """
    mine = {id(block) for block in main_blocks(page)}
    rows = [Row(b, theirs, id(b) in mine) for b, theirs in zip(page.blocks, _covered(page, lines), strict=True)]
    size = sum(map(len, lines))
    found, prose = _letters(r for r in rows if r.theirs), _letters(r for r in rows if r.ours and r.block.weight > 0)
    if found < size / 2 and size > prose:
        told = [as_block(line) for line in lines]  # a menu, when no line of it is prose or a sentence
        return Agreement(told if any(block.weight >= 0 for block in told) else [], doubtful=False)
    shared = _letters(r for r in rows if r.is_core)
    if not shared:
        return Agreement([r.block for r in rows if r.theirs], doubtful=True)
    rows = _placed(rows, apart=shared < _FAR_APART * prose)
    keep = [keeps(row) for row in rows]
    heads = [is_kept and _heads(row, after) for row, after, is_kept in zip(rows, rows[1:], keep[1:], strict=False)]
    kept = [r.block for r, is_kept, is_head in zip(rows, keep, [*heads, False], strict=True) if is_kept or is_head]
    return Agreement(kept, doubtful=shared < _DOUBT * max(prose, found))


def keeps(row: Row) -> bool:
    """Whether a block is of the article. Both take it, or else what one takes is judged.

    That rule was read off a table of all blocks of the measured pages: kind, place and likeness of each block that
    only one extractor took, against whether the page's truth has it.
    """
    if row.theirs and row.ours:
        return True
    return (row.theirs and _only_theirs(row)) or (row.ours and _only_ours(row))


def _only_theirs(row: Row) -> bool:
    block = row.block
    if block.mark in ("others", "caption") or block.linked > _LINKED:
        return False
    if block.is_heading:
        return row.where == 0
    return (block.tag == "li" or block.weight > 0) and (row.where <= 0 or row.alike)


def _only_ours(row: Row) -> bool:
    block = row.block
    if block.linked > _LINKED:
        return False
    if block.weight <= 0:
        return block.tag == "li" and (row.where >= 0 or row.alike)
    return row.alike or (block.tag in ("li", "pre") and row.where >= 0) or (row.apart and row.where <= 0)


def _heads(row: Row, after: Row) -> bool:
    """Whether a block that somebody took is the heading of the block after it, up to the end of the core."""
    taken = row.theirs or (row.ours and row.where >= 0)
    return row.block.is_heading and taken and row.where <= 0 and not after.block.is_heading


def _placed(rows: Sequence[Row], apart: bool) -> list[Row]:
    """The rows as they stand to their core, of which there is some."""
    core = [n for n, row in enumerate(rows) if row.is_core]
    shapes: Counter[tuple[str, str]] = Counter()
    for n in core:
        shapes[rows[n].block.shape] += len(rows[n].block.text)
    common = {shape for shape, letters in shapes.items() if letters >= _ALIKE * shapes.total()}
    return [
        replace(
            row, where=-1 if n < core[0] else 1 if n > core[-1] else 0, alike=row.block.shape in common, apart=apart
        )
        for n, row in enumerate(rows)
    ]


def _letters(rows: Iterable[Row]) -> int:
    return sum(len(row.block.text) for row in rows)


def likeliest(candidates: Sequence[list[Block]]) -> list[Block]:
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


def as_block(line: str) -> Block:
    """A line that has no place on the page."""
    return Block(line, "p", -1, ("", ""), 0.0)


def _covered(page: Blocks, lines: Sequence[str]) -> list[bool]:
    """Which blocks the lines hold, whole or as a part of a line."""
    folded = [fold(line) for line in lines]
    whole, joined = set(folded), "\n".join(folded)
    said = (fold(block.text) for block in page.blocks)
    return [text in whole or (len(text) >= _SHORTEST_PART and text in joined) for text in said]
