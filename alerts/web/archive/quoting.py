"""How much of a report the archive shows: at most 25 words at a time, never of its opening, and none where an outlet
or its page asks for that.
"""

from collections.abc import Sequence
from functools import lru_cache

from alerts.query import body_start
from crawler.changes import word_diff
from crawler.store import Report

MOST_WORDS = 25

Edit = tuple[str, str]  # " " kept, "-" removed, "+" added; and the words


def quotation(report: Report, sentences: Sequence[str], around: str) -> str:
    """The first of some sentences of a report that may be shown, shortened around a name; "" when none may."""
    if not report.quotable:
        return ""
    article = report.article
    opening_ends = body_start(article.title, article.text)
    for sentence in sentences:
        if sentence and article.text.find(sentence) >= opening_ends:
            return shortened(sentence, around)
    return ""


def shortened(sentence: str, around: str) -> str:
    """At most 25 words of a sentence, with a name in the middle.

    >>> shortened("one two " * 20 + "in Waltham on Monday", "Waltham").endswith("two in Waltham on Monday")
    True
    """
    words = sentence.split()
    if len(words) <= MOST_WORDS:
        return " ".join(words)
    first = (around.split() or [""])[0].casefold()
    at = next((i for i, word in enumerate(words) if first and first in word.casefold()), 0)
    start = min(max(0, at - MOST_WORDS // 2), len(words) - MOST_WORDS)
    shown = " ".join(words[start : start + MOST_WORDS])
    return f"{'… ' if start else ''}{shown}{' …' if start + MOST_WORDS < len(words) else ''}"


@lru_cache(maxsize=256)
def changed_words(old_title: str, old: str, title: str, text: str) -> tuple[Edit, ...]:
    """What changed below the openings of two versions, word by word, at most 25 words; the first change first."""
    before, after = old[body_start(old_title, old) :], text[body_start(title, text) :]
    edits = word_diff(before, after)
    changed = next((i for i, (kind, _) in enumerate(edits) if kind != " "), None)
    if changed is None:
        return ()
    shown: list[Edit] = []
    left = MOST_WORDS
    for kind, said in edits[max(0, changed - 1) :]:
        words = [word for word in said.split() if word != "…"]
        if not shown and kind == " ":
            words = words[-4:]
        if len(words) > left:
            shown.append((kind, " ".join([*words[:left], "…"])) if left else (" ", "…"))
            break
        shown.append((kind, " ".join(words)))
        left -= len(words)
    return tuple(shown)
