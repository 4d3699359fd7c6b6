"""Where phrases stand in a document, and which of them stand near each other."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from alerts.query.document import Document
from alerts.query.syntax import Near, Phrase

Range = tuple[int, int]  # words: (first, past the last)

TITLE, TEXT = 0, 1
_FEW = 64  # pairs that are compared one by one; chosen by hand


def stands(phrase: Phrase, document: Document, where: int) -> bool:
    """Whether a phrase stands in the TITLE or the TEXT."""
    return not (where == TEXT and phrase.title) and document.indexes[where].holds(phrase.words)


def ranges(phrase: Phrase, document: Document, where: int) -> Sequence[Range]:
    """Where it stands there, in order."""
    return () if where == TEXT and phrase.title else document.indexes[where].find(phrase.words)


def is_chained(near: Near, document: Document) -> bool:
    """Whether a chain goes through all sides, in the title or the text."""
    lacks = document.vocabulary.isdisjoint
    if any([lacks(forms) for forms in near.forms]):  # noqa: C419  a list is quicker; most documents lack one side
        return False
    if not near.single or len(near.sides) > 2:
        return any(_forward(near, document, where)[-1] for where in (TEXT, TITLE))
    # What nearly all are, two sides of single words, several times faster.
    here = _places(near.sides[0], document)
    there = _places(near.sides[1], document) if here else ()
    most = near.gaps[0] + 1
    if len(here) * len(there) <= _FEW:
        return any([0 < abs(at - other) <= most for at in here for other in there])  # noqa: C419  a list is quicker
    there = sorted(there)
    before = (bisect_left(there, at - most) < bisect_left(there, at) for at in here)
    behind = (bisect_right(there, at) < bisect_right(there, at + most) for at in here)
    return any(before) or any(behind)


def _places(side: tuple[Phrase, ...], document: Document) -> list[int]:
    """Where one of these single words stands."""
    get = document.positions.get
    forms = [form for one in side for form in one.forms or document.fitting(one.words[0])]
    return [at for form in forms if (found := get(form)) for at in found]


def chain(near: Near, document: Document, where: int) -> list[set[Range]]:
    """The ranges of each side that belong to a chain through all sides; all empty when there is none."""
    sides = _forward(near, document, where)
    for i, gap in reversed(list(enumerate(near.gaps))):
        sides[i] = _close(sides[i], sides[i + 1], gap)
    return [set(side) for side in sides]


def _forward(near: Near, document: Document, where: int) -> list[list[Range]]:
    """The ranges of each side to which a chain leads from the first; all empty when none leads to the last."""
    sides = [_side(near.sides[0], document, where)]
    for side, gap in zip(near.sides[1:], near.gaps, strict=True):
        if not sides[-1]:
            return [[] for _ in near.sides]
        sides.append(_close(_side(side, document, where), sides[-1], gap))
    return sides if sides[-1] else [[] for _ in near.sides]


def _side(side: tuple[Phrase, ...], document: Document, where: int) -> list[Range]:
    if len(side) == 1:
        return list(ranges(side[0], document, where))
    found = [words for phrase in side for words in ranges(phrase, document, where)]
    return sorted(set(found)) if len(found) > 1 else found


def _close(these: list[Range], others: list[Range], gap: int) -> list[Range]:
    """The ranges with at most `gap` words between them and one of the others; an overlap is not near."""
    if len(these) * len(others) <= _FEW:
        return [
            (start, end)
            for start, end in these
            if any(0 <= first - end <= gap or 0 <= start - past <= gap for first, past in others)
        ]
    starts = [start for start, _ in others]
    ends = sorted(end for _, end in others)

    def some(values: list[int], low: int, high: int) -> bool:
        at = bisect_left(values, low)
        return at < len(values) and values[at] <= high

    return [(start, end) for start, end in these if some(starts, end, end + gap) or some(ends, start - gap, start)]
