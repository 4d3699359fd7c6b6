"""A fetched page is read and judged: the work that costs most, as one function of plain values."""

from dataclasses import dataclass
from datetime import datetime

from crawler import places, topic
from crawler.extract import Hint, NotAnArticle, extract
from crawler.judge import home_of, judge
from crawler.model import Article, Source, Verdict, Why, because

NEVER_MENTIONED = because("never_mentioned")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page on its way to be judged."""

    url: str
    body: bytes
    content_type: str
    source: Source
    hint: Hint


def judge_page(sheet: Sheet, now: datetime) -> tuple[Article, Verdict] | Why:
    """The article of a page and what we judge of it, or why it is none; the gate spares most the reading."""
    if not topic.shipped_gate().passes(sheet.body):
        return NEVER_MENTIONED
    try:
        article = extract(sheet.body, sheet.url, sheet.source.id, now, sheet.content_type, sheet.hint)
    except NotAnArticle as error:
        return error.why
    return article, judge(article, home_of(sheet.source), topic.shipped(), places.shipped(), now)


def load() -> None:
    """Load what judging a page needs, which takes seconds, once in a process."""
    topic.shipped_gate()
    topic.shipped()
    places.shipped()
