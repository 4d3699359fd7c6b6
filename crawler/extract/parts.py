"""A story on several pages is one article."""

from collections.abc import Iterable

from crawler.extract.article import content_hash
from crawler.model import Article
from crawler.text import words

_SAME_TITLE = 0.6  # of the words of the shorter headline; chosen by hand


def joined(first: Article, others: Iterable[Article]) -> Article:
    """The first page's article with what the other pages say more, in order; one of another story adds nothing.

    The same object, changed.
    """
    lines = first.text.split("\n")
    for other in others:
        if _is_same(first.title, other.title):
            lines += [line for line in other.text.split("\n") if line and line not in lines]
            first.paywalled = first.paywalled or other.paywalled
    first.text = "\n".join(line for line in lines if line)
    first.content_hash = content_hash(first.title, first.text)
    return first


def _is_same(one: str, other: str) -> bool:
    a, b = set(words(one)), set(words(other))
    return bool(a and b) and len(a & b) >= _SAME_TITLE * min(len(a), len(b))
