"""What the answer to a request for a page means: a page to read, a failure to try again, or a refusal."""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.glance import StandIn, is_search, lead_of, redirect_in, stand_in
from crawler.manners import BLOCKED, GONE, PAID, PAUSING, HostPaused, back_off, retry_after
from crawler.model import Entry, FeedProblem, Source, Why, because
from crawler.spiders.desk import Page
from crawler.spiders.further import Further
from crawler.spiders.network_errors import NetworkError, network_error, why_unanswered
from crawler.spiders.refusals import RobotsRefused, RobotsUnavailable
from crawler.text import UNSTORABLE, is_dressed, is_renamed, page_address
from crawler.watch import MOST_ATTEMPTS, MOST_ATTEMPTS_MISSING, Outcome

SOON = (
    6  # attempts, some three hours: then a headline that is on the topic is kept, and the page looked for again later
)

_PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml")
# schema.org's way to say so, which Google asks publishers to use.
_PAYWALL = b"isAccessibleForFree"
_NOT_FREE = re.compile(rb"[\"']?\s*[:=]\s*[\"']?(?:false|https?://schema\.org/False)", re.I)


@dataclass(slots=True)
class Visit:
    """A page to ask for, and why: entries lead to it, or a stored article is looked at again."""

    url: str
    key: str  # page_address(): one request serves all entries of a page
    source: Source
    entries: list[Entry] = field(default_factory=list)
    article_id: int | None = None  # the stored article that is looked at again
    sample: bool = False  # only to see whether pages can be had
    title: str = ""  # of that article
    further: Further | None = None  # its story's first page, while those behind it are asked for
    listing: Source | None = None  # whose feed led there, when the page is another outlet's
    listed_by: Mapping[int, str] = field(default_factory=dict)  # the outlet of each feed; () = that of the page

    @property
    def lister(self) -> Source:
        """The outlet whose feed led there, or whose article is looked at again."""
        return self.listing or self.source

    @property
    def announced(self) -> list[str]:
        """What is known of the page before it is read: headlines, its own outlet's if any, and the words of its
        address."""
        told = self.own(self.source) or self.entries
        return [self.title, *(entry.title for entry in told), lead_of(self.url)]

    def own(self, source: Source) -> list[Entry]:
        """The entries of this outlet's own feeds: only these may say anything of a page of it."""
        return [e for e in self.entries if self.listed_by.get(e.feed_id, source.id) == source.id]

    def join(self, entries: Iterable[Entry]) -> None:
        """These lead to the same page."""
        known = {entry.id for entry in self.entries}
        self.entries += [entry for entry in entries if entry.id not in known]


@dataclass(frozen=True, slots=True)
class Answered:
    """What to do after an answer: read a page, or write down an outcome; and what the outlet's pages met with."""

    page: Page | None = None
    outcome: Outcome | None = None
    met: FeedProblem | None = None  # None: nothing was learned of that
    gone: bool = False  # the page answered 404 or 410, or as much in words
    redirect: str = ""  # where the page itself sends who reads it


def is_superseded(asked: str, entries: Sequence[Entry]) -> bool:
    """Whether these have a better address of a page than the one that is asked: its newer one, or one without dress.

    Then they wait: the last word is theirs."""
    return is_renamed(asked, entries[0].url) or (is_dressed(asked) and any(not is_dressed(e.url) for e in entries))


def answered(response: Response, visit: Visit, now: datetime, owner: Source | None = None) -> Answered:
    """What a response means for whom it was asked; `owner` is whose site a redirect may have led to."""
    kind, source = header(response, "Content-Type"), owner or visit.source
    if response.status == 200 and _is_page(kind):
        if target := redirect_in(response.body, response.url, header(response, "Refresh")):
            return Answered(redirect=target)
        if visit.entries and not visit.own(source) and is_search(response.url):
            return refused(visit, because("list_page"))
        moved = page_address(response.url) != page_address(visit.url)
        if found := stand_in(response.body, visit.announced, source.name, moved):
            return stood_in(found, visit, now)
        headers = {
            name.decode("latin-1").lower(): header(response, name.decode("latin-1")) for name in response.headers
        }
        page = Page(
            response.url, response.body, kind, source, tuple(visit.entries), headers, visit.key, visit.article_id,
            told=tuple(visit.own(source)), instead=_from_feed(visit) if source.id == visit.source.id else None,
        )  # fmt: skip
        return Answered(page, met="paywalled" if _is_paywalled(response.body) else "")
    if response.status == 200:
        return refused(visit, because("not_a_page", kind=kind.split(";")[0][:80]))
    said = because("answered", status=response.status)
    if response.status in PAID + BLOCKED:
        met: FeedProblem = "paywalled" if response.status in PAID else "blocked"
        return _failed(visit, said, now, met=met, use_feed=True)
    if response.status in GONE:
        return _failed(visit, said, now, most=MOST_ATTEMPTS_MISSING, gone=True)
    again = None
    if response.status in PAUSING:
        again = retry_after(header(response, "Retry-After"), now, back_off(_attempts(visit)))
    return _failed(visit, said, now, again=again)


def stood_in(found: StandIn, visit: Visit, now: datetime) -> Answered:
    """What it means that another page stood in place of the one that was asked for."""
    if found.kind == "gone":
        return _failed(visit, found.why, now, most=MOST_ATTEMPTS_MISSING, gone=True)
    return _failed(visit, found.why, now, met="blocked", use_feed=True)


def unanswered(error: BaseException, visit: Visit, now: datetime) -> Answered:
    """What it means that there was no response."""
    if isinstance(error, HostPaused | RobotsUnavailable):
        return Answered(outcome=Outcome("failed", error.why, error.until, asked=False))
    if isinstance(error, RobotsRefused):
        return refused(visit, why_unanswered(error), met="robots-refused")
    if isinstance(error, IgnoreRequest) or network_error(error) is NetworkError.TOO_LARGE:
        return refused(visit, why_unanswered(error))
    return _failed(visit, why_unanswered(error), now)


def header(response: Response, name: str) -> str:
    """A header's value without what no database stores, or ""."""
    return UNSTORABLE.sub("", (response.headers.get(name) or b"").decode("latin-1"))


def refused(visit: Visit, reason: Why, met: FeedProblem | None = None) -> Answered:
    """What it means that a page can never be read; its feed may have said enough."""
    outcome = Outcome("refused", reason)
    kept = None if reason.code == "private_address" else _headline_of(visit, outcome)  # an attack is no news
    if page := _from_feed(visit) or kept:
        return Answered(page, met=met)
    return Answered(outcome=outcome, met=met)


def _failed(
    visit: Visit,
    reason: Why,
    now: datetime,
    again: datetime | None = None,
    most: int = MOST_ATTEMPTS,
    met: FeedProblem | None = None,
    gone: bool = False,
    use_feed: bool = False,
) -> Answered:
    attempts = _attempts(visit)
    outcome = Outcome("failed", reason, again or now + back_off(attempts), most_attempts=most)
    late = attempts + 1 >= min(most, SOON) and not gone
    page = (_from_feed(visit) if use_feed or late else None) or (_headline_of(visit, outcome) if late else None)
    return Answered(page, met=met) if page else Answered(outcome=outcome, met=met, gone=gone)


def _from_feed(visit: Visit) -> Page | None:
    """The text that a feed of its own outlet carried, as a page, when the page cannot be had."""
    entry = next((e for e in visit.own(visit.source) if e.content), None)
    return None if entry is None else _page_of(visit, entry.title, entry.content)


def _headline_of(visit: Visit, otherwise: Outcome) -> Page | None:
    """The headline of its own outlet's feed as a page; `otherwise` is what came of it when that is not on the topic."""
    title = next((e.title for e in visit.own(visit.source) if e.title), "")
    return _page_of(visit, title, "", otherwise) if title else None


def _page_of(visit: Visit, title: str, content: str, otherwise: Outcome | None = None) -> Page:
    head, link = html.escape(title), html.escape(visit.url)
    body = f'<html><head><title>{head}</title><link rel="canonical" href="{link}"></head><body><article><h1>{head}</h1>'
    body += f"{content if '<' in content else _paragraphs(content)}</article></body></html>"
    return Page(
        visit.url,
        body.encode(),
        "text/html; charset=utf-8",
        visit.source,
        tuple(visit.entries),
        key=visit.key,
        told=tuple(visit.own(visit.source)),
        from_feed=True,
        otherwise=otherwise,
    )


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines() if line.strip())


def _attempts(visit: Visit) -> int:
    return max((entry.attempts for entry in visit.entries if entry.url == visit.url), default=0)


def _is_paywalled(body: bytes) -> bool:
    at = body.find(_PAYWALL)
    while at >= 0:
        if _NOT_FREE.match(body, at + len(_PAYWALL)):
            return True
        at = body.find(_PAYWALL, at + 1)
    return False


def _is_page(content_type: str) -> bool:
    kind = content_type.split(";")[0].strip().lower()
    return not kind or kind in _PAGE_TYPES
