"""A fetched page becomes a stored article, or a reason why not. Glue only: judgements stand in their own modules."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from crawler.extract import Hint, opt_out
from crawler.grouping import containment
from crawler.judge import off_topic_reason
from crawler.model import Article, Entry, Source, Verdict, Why, because
from crawler.places import places_of
from crawler.store import Added, Candidates, Store
from crawler.text import canonical_url, stored
from crawler.topic import shipped_gate
from crawler.watch import Limits, Outcome, Watchlist
from crawler.workshop import NEVER_MENTIONED, Sheet, Workshop, judge_page

log = logging.getLogger(__name__)

NEWS = timedelta(hours=12)  # a story published that recently makes us look sooner for others from there
HURRY = timedelta(hours=6)
SAME_TEXT = 0.3  # of the shorter text's passages: an article that moved, not the front page in its place


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the network gave it, and why it was asked for: entries lead to it, or it is looked at again."""

    url: str
    body: bytes
    content_type: str
    source: Source
    entries: tuple[Entry, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    key: str = ""  # of the visit that it answers
    look: int | None = None  # the stored article that is looked at again
    from_feed: bool = False  # the body is the text that the feed itself carried

    @property
    def entry_ids(self) -> list[int]:
        """The ids of the entries that led here."""
        return entry_ids(self.entries)


def hint_of(entry: Entry) -> Hint:
    """What the feed said of the page that an entry leads to."""
    return Hint(entry.title, stored(entry.published_at, entry.day_only))


def entry_ids(entries: Iterable[Entry]) -> list[int]:
    """The ids of stored entries."""
    return [e.id for e in entries if e.id is not None]


class Desk:
    """Reads one page at a time: gate, extract, judge, group, store."""

    def __init__(
        self,
        store: Store,
        watchlist: Watchlist,
        clock: Callable[[], datetime],
        workshop: Workshop,
        limits: Limits,
        look_again: timedelta = timedelta(days=7),
    ) -> None:
        self.store, self.watchlist, self.clock, self.workshop = store, watchlist, clock, workshop
        self.limits, self.look_again = limits, look_again
        self.candidates = Candidates(store.engine)

    async def read(self, page: Page) -> Added | Outcome:
        """Store what the page says, durably; or give back why it is not kept. Raises what `Workshop.do` does."""
        if not shipped_gate().holds_term(page.body):
            return Outcome("off_topic", NEVER_MENTIONED, page=canonical_url(page.url))
        hint = hint_of(page.entries[0]) if page.entries else Hint()
        sheet = Sheet(page.url, page.body, page.content_type, page.source, hint)
        found = await self.workshop.do(page.url, partial(judge_page, sheet, self.clock()))
        if isinstance(found, Why):
            return Outcome("off_topic", found, page=canonical_url(page.url))
        return self._keep(page, *found)

    def _keep(self, page: Page, article: Article, verdict: Verdict) -> Added | Outcome:
        now = self.clock()
        if page.look is not None and not self._is_still(page.look, article):
            return Outcome("off_topic", because("something_else_now"))
        known = self.store.article_at(article.url)
        if verdict.label != "activity" and known is None:
            return Outcome("off_topic", off_topic_reason(verdict), page=article.url)
        article.opt_out = opt_out(page.body, page.headers)
        if page.from_feed:
            article.witnesses["text"] = "the feed's own full text"
        places = places_of(verdict)
        grouping = (self.candidates.group if known is None else self.candidates.clues)(article, places)
        published = article.published_at or now
        added = self.store.add(article, verdict, grouping, page.entry_ids, now, self.look_again)
        if added.new and now - published < NEWS:
            self.watchlist.hurry(page.source.id, places, now, now + HURRY, self.limits)
        return added

    def _is_still(self, article_id: int, article: Article) -> bool:
        """Whether a page is the article that was looked for, at a new address perhaps; then it keeps its identity."""
        known = self.store.article(article_id)
        if known is None or (known.url != article.url and containment(known.text, article.text) < SAME_TEXT):
            return False
        article.url = known.url
        return True
