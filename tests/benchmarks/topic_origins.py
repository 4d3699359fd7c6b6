"""How far the topic's figures can be trusted: the line chosen without an origin.

An origin is the collection that an item was found by, with its own outlets, years and style. The weights of the topic
file are set by hand; only the line between activity and the rest is fitted here, with an origin, an outlet or a tenth
of the items left out. That says that the line is no accident of one origin. It does not say that the terms are none:
whoever wrote them had seen what went wrong on these items. Invented stories that nobody had seen say more. Of 158
headlines and briefs written before the terms were read, F1 was .64, where it was .96 on the labelled items; of 116
written after a first widening .83 (.72 by the terms before); of 54 briefs that mostly name the agency once, .55
(.16); of 64 written last .90 (.77). Misses became terms and rules in general, and most stories a test, so that none
of these sets is unseen any more.

Learning was measured on 709 labelled items: each weight and each number of [reading] was moved in steps of a fifth
while the log-likelihood rose, held near its written value by a penalty. F1 rose from .964 to .972 where it learned,
and was .934 with an origin left out; on the 158 unseen stories it fell from .80 to .73. So no weight is learned, and
no script that learns is kept.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from crawler.topic.topic import TopicVerdict

Item = dict[str, Any]
Judged = tuple[float, bool]  # score of the verdict; whether it is activity
Fold = Callable[[Item], str]

_LINES = tuple(n / 100 for n in range(40, 66))
_SHIPPED = 0.5


def f1(judged: Iterable[Judged], line: float) -> float:
    """F1 of activity when everything from the line on counts as such."""
    counts = Counter((score >= line, true) for score, true in judged)
    wrong = counts[True, False] + counts[False, True]
    return 2 * counts[True, True] / max(1, 2 * counts[True, True] + wrong)


def best_line(judged: list[Judged]) -> float:
    """The line that fits best; of equals the one nearest to the shipped one."""
    return max(_LINES, key=lambda line: (round(f1(judged, line), 6), -abs(line - _SHIPPED)))


def left_out(items: list[Item], verdicts: dict[str, TopicVerdict], fold: Fold) -> float:
    """F1 over all items, each judged by the line that the other folds choose."""
    folds: defaultdict[str, list[Judged]] = defaultdict(list)
    for item in items:
        folds[fold(item)].append((verdicts[item["id"]].score, item["label"] == "ice_activity"))
    moved: list[Judged] = []
    for name, own in folds.items():
        line = best_line([judged for other, rest in folds.items() if other != name for judged in rest])
        moved += [(score - line + _SHIPPED, true) for score, true in own]
    return round(f1(moved, _SHIPPED - 1e-9), 3)


def by_number(count: int) -> Fold:
    """Folds that take the items in turn, by their identity."""
    return lambda item: str(sum(item["id"].encode()) % count)
