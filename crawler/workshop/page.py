"""A fetched page is read and judged: the work that costs most, as one function of plain values."""

from dataclasses import dataclass
from datetime import UTC, datetime

from crawler import places, topic
from crawler.extract import Hint, NotAnArticle, extract
from crawler.judge import home_of, judge
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
    """Load what judging a page needs, once in a process: data, and by judging one what libraries load late."""
    topic.shipped_gate()
    topic.shipped()
    places.shipped()
    judge_page(_invented(), datetime(2026, 1, 2, tzinfo=UTC))


def _invented() -> Sheet:
    paragraphs = "".join(f"<p>{_TEXT}</p>" for _ in range(3))
    body = f"<html><head><title>{_TITLE}</title></head><body><article><h1>{_TITLE}</h1><time>January 1, 2026</time>"
    source = Source(id="gazette", name="Gazette", homepage="https://gazette.example/", city="Waltham", state="MA")
    body += f"{paragraphs}</article></body></html>"
    return Sheet("https://gazette.example/raid", body.encode(), "text/html", source, Hint(_TITLE))
