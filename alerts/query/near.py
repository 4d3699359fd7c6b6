"""Where phrases stand in a document, and which of them stand near each other."""

from bisect import bisect_left
from collections.abc import Sequence

from alerts.query.document import Document
from alerts.query.syntax import Near, Phrase

Range = tuple[int, int]  # words: (first, past the last)

TITLE, TEXT = 0, 1


def ranges(phrase: Phrase, document: Document, where: int) -> Sequence[Range]:
    """Where a phrase stands in the TITLE or the TEXT, in order."""
    return () if where == TEXT and phrase.title else document.indexes[where].find(phrase.words)


def chain(near: Near, document: Document, where: int) -> list[set[Range]]:
    """The ranges of each side that belong to a chain through all sides; all empty when there is none."""
    sides = [sorted({words for phrase in side for words in ranges(phrase, document, where)}) for side in near.sides]
    for i, gap in enumerate(near.gaps):
        sides[i + 1] = _close(sides[i + 1], sides[i], gap)
    for i, gap in reversed(list(enumerate(near.gaps))):
        sides[i] = _close(sides[i], sides[i + 1], gap)
    return [set(side) for side in sides]


def _close(these: list[Range], others: list[Range], gap: int) -> list[Range]:
    """The ranges with at most `gap` words between them and one of the others; an overlap is not near."""
    if not these or not others:
        return []
    starts = [start for start, _ in others]
    ends = sorted(end for _, end in others)

    def some(values: list[int], low: int, high: int) -> bool:
        at = bisect_left(values, low)
        return at < len(values) and values[at] <= high

    return [(start, end) for start, end in these if some(starts, end, end + gap) or some(ends, start - gap, start)]
