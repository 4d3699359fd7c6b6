"""A fetched page is read and judged: the work that costs most, as one function of plain values."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from crawler import places
from crawler.extract import Hint, NotAnArticle, extract, joined
from crawler.grouping import Prepared
from crawler.judge import clock_of, home_of, judge
from crawler.model import Article, Source, Verdict, Why, because
from crawler.topic import chosen

NEVER_MENTIONED = because("never_mentioned")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page on its way to be judged."""

    url: str
    body: bytes
    content_type: str
    source: Source
    hint: Hint
    more: tuple[bytes, ...] = ()  # the further pages of its story


class JudgedPage(NamedTuple):
    """A page as it was read, and what is known of it without looking at others."""

    article: Article
    verdict: Verdict
    prepared: Prepared | None = None  # of what may be stored


def judge_page(sheet: Sheet, now: datetime) -> JudgedPage | Why:
    """The article of a page and what we judge of it, or why it is none; the gate spares most the reading."""
    if not any(map(chosen().gate.passes, (sheet.body, *sheet.more))):
        return NEVER_MENTIONED
    try:
        article = joined(_extracted(sheet, sheet.body, now), _further(sheet, now))
    except NotAnArticle as error:
        return error.why
    verdict = judge(article, home_of(sheet.source), chosen(), places.shipped(), now)
    is_wanted = verdict.label == "activity"
    return JudgedPage(article, verdict, Prepared.of(article, places.places_of(verdict)) if is_wanted else None)


def _extracted(sheet: Sheet, body: bytes, now: datetime) -> Article:
    source = sheet.source
    return extract(body, sheet.url, source.id, now, sheet.content_type, sheet.hint, clock_of(source))


def _further(sheet: Sheet, now: datetime) -> Iterator[Article]:
    for body in sheet.more:
        with contextlib.suppress(NotAnArticle):
            yield _extracted(sheet, body, now)


def load() -> None:
    """Load what judging a page needs, once in a process: data, and by judging one what libraries load late."""
    chosen().load()
    places.shipped()
    judge_page(_invented(), datetime(2026, 1, 2, tzinfo=UTC))


def _invented() -> Sheet:
    example = chosen().examples[0]
    paragraphs = "".join(f"<p>{example.text}</p>" for _ in range(3))
    canonical = '<link rel="canonical" href="https://www.gazette.example/news/first">'  # whose that is, a list is asked
    body = f"<html><head><title>{example.title}</title>{canonical}</head><body><article><h1>{example.title}</h1>"
    source = Source(id="gazette", name="Gazette", homepage="https://gazette.example/", city="Waltham", state="MA")
    body += f"<time>January 1, 2026</time>{paragraphs}</article></body></html>"
    return Sheet("https://gazette.example/first", body.encode(), "text/html", source, Hint(example.title))
