"""A fetched page is read and judged: the work that costs most, as one function of plain values."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from crawler import places, topic
from crawler.extract import Hint, NotAnArticle, extract, joined
from crawler.judge import clock_of, home_of, judge
from crawler.model import Article, Source, Verdict, Why, because

NEVER_MENTIONED = because("never_mentioned")
_TITLE = "ICE agents detain two men outside the courthouse"
_TEXT = (
    "Immigration and Customs Enforcement agents detained two men outside the courthouse in Waltham, Massachusetts, on "
    "Thursday morning, witnesses said. A lawyer for the family said that neither of them had been charged with a crime."
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page on its way to be judged."""

    url: str
    body: bytes
    content_type: str
    source: Source
    hint: Hint
    more: tuple[bytes, ...] = ()  # the further pages of its story


def judge_page(sheet: Sheet, now: datetime) -> tuple[Article, Verdict] | Why:
    """The article of a page and what we judge of it, or why it is none; the gate spares most the reading."""
    if not any(map(topic.shipped_gate().passes, (sheet.body, *sheet.more))):
        return NEVER_MENTIONED
    try:
        article = joined(_extracted(sheet, sheet.body, now), _further(sheet, now))
    except NotAnArticle as error:
        return error.why
    return article, judge(article, home_of(sheet.source), topic.shipped(), places.shipped(), now)


def _extracted(sheet: Sheet, body: bytes, now: datetime) -> Article:
    source = sheet.source
    return extract(body, sheet.url, source.id, now, sheet.content_type, sheet.hint, clock_of(source))


def _further(sheet: Sheet, now: datetime) -> Iterator[Article]:
    for body in sheet.more:
        with contextlib.suppress(NotAnArticle):
            yield _extracted(sheet, body, now)


def load() -> None:
    """Load what judging a page needs, once in a process: data, and by judging one what libraries load late."""
    topic.shipped_gate()
    topic.shipped()
    topic.shipped_kinds()
    topic.shipped_actors()
    places.shipped()
    judge_page(_invented(), datetime(2026, 1, 2, tzinfo=UTC))


def _invented() -> Sheet:
    paragraphs = "".join(f"<p>{_TEXT}</p>" for _ in range(3))
    body = f"<html><head><title>{_TITLE}</title></head><body><article><h1>{_TITLE}</h1><time>January 1, 2026</time>"
    source = Source(id="gazette", name="Gazette", homepage="https://gazette.example/", city="Waltham", state="MA")
    body += f"{paragraphs}</article></body></html>"
    return Sheet("https://gazette.example/raid", body.encode(), "text/html", source, Hint(_TITLE))
