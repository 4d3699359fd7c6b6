"""A fetched page becomes a stored article, or a reason why not. Glue only: judgements stand in their own modules."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from crawler.extract import Hint, opt_out
from crawler.glance import StandIn, declares_article, kind_of_title, more_will_come
from crawler.judge import is_still, is_thin, off_topic_reason
from crawler.model import Article, Entry, EntryState, Source, Why, because
from crawler.places import places_of
from crawler.store import Added, Candidates, Store, grouping_turn, put_off
from crawler.text import page_address, same_site, stored
from crawler.topic import chosen
from crawler.watch import HURRY, Limits, Outcome, Watchlist, is_old, next_look
from crawler.workshop import NEVER_MENTIONED, JudgedPage, Sheet, Workshop, judge_page

log = logging.getLogger(__name__)

NEWS = timedelta(hours=12)  # a story published that recently makes us look sooner for others from there
_STAND_INS: dict[str, Literal["gone", "other"]] = {
    "site_answered": "gone", "front_page": "gone", "list_page": "gone", "empty_page": "other",
}  # fmt: skip
_UNREADABLE = ("other_type", "a_file", "not_html", "too_many_elements", "no_title", "no_text")


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
    from_feed: bool = False  # the body is what the feed itself carried: the text, or only the headline
    instead: "Page | None" = None  # the text that the feed carried, for when the page shows none
    more: tuple[bytes, ...] = ()  # the further pages of its story
    otherwise: Outcome | None = None  # what came of it, when what the feed carried is not kept
    told: tuple[Entry, ...] | None = None  # the entries of its own outlet's feeds; None = all of them

    @property
    def hint(self) -> Hint:
        """What its own outlet's feed said of it: another's list is no witness."""
        told = self.entries if self.told is None else self.told
        return hint_of(told[0]) if told else Hint()

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
        max_age: timedelta = timedelta(days=7),
    ) -> None:
        self.store, self.watchlist, self.clock, self.workshop = store, watchlist, clock, workshop
        self.limits, self.look_again, self.max_age = limits, look_again, max_age
        self.candidates = Candidates(store.engine)
        self.at: Callable[[Page], None] = lambda page: None  # told which page is worked at

    async def read(self, page: Page) -> Added | Outcome | StandIn:
        """Store what the page says, durably; or give back why it is not kept, or what stands in its place.

        Raises what `Workshop.do` does.
        """
        self.at(page)
        found = await self._judged(page)
        self.at(page)
        if page.instead and (isinstance(found, Why) or is_thin(found.article.text)):
            return await self.read(page.instead)
        if not isinstance(found, Why):
            return self._keep(page, found)
        if kind := _STAND_INS.get(found.code):
            title = str(found.args.get("title", ""))
            return StandIn(kind_of_title(title) or kind, title)
        state: EntryState = "refused" if found.code in _UNREADABLE else "off_topic"
        again = self._look_again(page) if state == "off_topic" else None
        return page.otherwise or Outcome(state, found, again, page=page_address(page.url))

    async def _judged(self, page: Page) -> JudgedPage | Why:
        if not any(map(chosen().gate.holds_term, (page.body, *page.more))):
            return NEVER_MENTIONED
        sheet = Sheet(page.url, page.body, page.content_type, page.source, page.hint, page.more)
        return await self.workshop.do(page.url, partial(judge_page, sheet, self.clock()), page.source.id)

    def _look_again(self, page: Page) -> datetime | None:
        """When to look again at a page that is off topic: while it is young, and says that more will come."""
        first = next(iter(page.entries), None)
        if first is None or page.from_feed or not more_will_come(page.body):
            return None
        published = page.hint.published
        return next_look(published.at if published else None, first.seen_at, self.clock())

    def _keep(self, page: Page, judged: JudgedPage) -> Added | Outcome | StandIn:
        article, verdict, now = judged.article, judged.verdict, self.clock()
        known = self.store.article(page.look) if page.look is not None else self.store.article_at(article.url)
        same = self._same_behind(article) if known is None and page.told == () else None
        known = known or same
        if page.look is not None and known is None:
            return Outcome("off_topic", because("something_else_now"))
        if known and known.story_id is None:
            return Outcome("off_topic", because("ruled_off"), page=known.url)
        if known and (page.from_feed or same):
            return self._leave(page, known)
        if known and page.look is not None and not self._is_at_home(page, known):
            return Outcome("off_topic", because("something_else_now"))
        if known and not is_still(known, article, declares_article(page.body)):
            return StandIn("other", article.title)
        if known:
            article.url = known.url  # at a new address, perhaps: it keeps its identity
        if verdict.label != "activity" and known is None:
            again = self._look_again(page)
            return page.otherwise or Outcome("off_topic", off_topic_reason(verdict), again, page=article.url)
        if known is None and (title := put_off(self.store.engine, article)):
            return page.otherwise or Outcome("off_topic", because("copies_ruled_off", title=title), page=article.url)
        article.opt_out = opt_out(page.body, page.headers)
        article.old = known.old if known else self._was_old(page, article)
        if page.from_feed:
            article.witnesses["text"] = "the feed's headline" if page.otherwise else "the feed's own full text"
        self.watchlist.know(page.source)
        added = self._add(page, judged, is_known=known is not None)
        if added is None:  # another process has stored it since we looked
            return self._keep(page, judged)
        places, published = places_of(verdict), article.published_at or now
        if added.new and now - published < NEWS:
            self.watchlist.hurry(page.source.id, places, now, now + HURRY, self.limits)
        return added

    def _add(self, page: Page, judged: JudgedPage, is_known: bool) -> Added | None:
        """Group and store, in our turn; None when something else is stored at its address than was thought."""
        article, verdict, prepared = judged
        places, why = places_of(verdict), page.otherwise.reason if page.otherwise else Why()
        grouping_of = self.candidates.clues if is_known else self.candidates.group
        with grouping_turn(self.store.engine) as turn:
            if turn and (self.store.article_at(article.url) is not None) != is_known:
                return None
            grouping = grouping_of(article, places, turn, prepared)
            return self.store.add(article, verdict, grouping, page.entry_ids, self.clock(), self.look_again, why, turn)

    def _same_behind(self, article: Article) -> Article | None:
        """The stored article that another outlet's list leads to with a query or fragment of its own making."""
        bare = article.url.partition("#")[0].partition("?")[0]
        known = self.store.article_at(bare) if bare != article.url else None
        same = known and (known.title, known.text) == (article.title, article.text)
        return known if same else None

    def _leave(self, page: Page, known: Article) -> Added:
        """A stored article stays as it was read: neither a feed's words nor another's spelling revise it."""
        assert known.id is not None
        why = page.otherwise.reason if page.otherwise else Why()
        self.store.record_recheck(known.id, self.clock(), self.look_again)
        self.watchlist.record_outcome(page.entry_ids, Outcome("fetched", why, article_id=known.id))
        return Added(known.id, known.story_id or 0, new=False)

    @staticmethod
    def _is_at_home(page: Page, known: Article) -> bool:
        """Whether a page that was asked for again still is its outlet's, wherever a redirect led."""
        return page.source.id == known.source_id or same_site(page.url, known.url)

    def _was_old(self, page: Page, article: Article) -> bool:
        """Whether the page was no news any more when its first entry was seen, whatever its feed says of it."""
        found = min((entry.seen_at for entry in page.entries), default=self.clock())
        return is_old(stored(article.published_at, article.day_only), found - self.max_age)
