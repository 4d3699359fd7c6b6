"""Reads the pages that entries lead to, and articles again that may have changed; settles what came of each."""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.glance import StandIn
from crawler.manners import MOST_HOPS, Pace, back_off, pace_name
from crawler.model import Entry, FeedProblem, Why, because
from crawler.spiders import page_answers
from crawler.spiders.context import CrawlScope, Records, Tally
from crawler.spiders.desk import Desk, Page, entry_ids
from crawler.spiders.finished import Finished
from crawler.spiders.frontier import Busy, Frontier, Lane, lanes_of
from crawler.spiders.further import Further
from crawler.spiders.network_errors import our_failure, unaskable
from crawler.spiders.page_answers import Answered, Visit
from crawler.spiders.refusals import StaysDue
from crawler.spiders.room import Room
from crawler.spiders.suspects import at_page
from crawler.store import Added
from crawler.text import is_dressed, page_address
from crawler.watch import Outcome, holds_for
from crawler.workshop import NEVER_MENTIONED, NotBegun, PutOff, Suspected

log = logging.getLogger(__name__)

BATCH = 50  # pages asked of the database together
MANY = 200  # so many, and some are on topic
LOOKS = 50  # articles looked at again in one go


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a visit, whoever learned it."""

    outcome: Outcome | None  # for its entries; None = nothing that concerns them
    added: Added | None = None  # what became of the article that was read
    written: Collection[int] = ()  # ids of entries whose outcome is stored already
    gone: bool = False  # the page answered 404 or 410


class PageReader:
    """A page's way: its turn → request → answer → desk → settled. One page once, however many entries lead to it."""

    def __init__(self, records: Records, desk: Desk, scope: CrawlScope, tally: Tally, pace: Pace, room: Room) -> None:
        self.records, self.desk, self.scope, self.tally, self.pace = records, desk, scope, tally, pace
        self.room = room
        self.frontier = Frontier()
        self.visits: dict[str, Visit] = {}  # pages that are asked for, by key
        self.others: list[list[Entry]] = []  # entries of a page of which another address told nothing for theirs
        self.finished = Finished()
        self.met: dict[int, FeedProblem] = {}  # what was last noted of a feed's pages

    def await_turn(self, feed_id: int, ids: Iterable[int]) -> None:
        """The pages of these entries of a feed wait for their outlet's turn."""
        source = self.records.source_of(feed_id)
        addresses = self.records.watchlist.addresses(ids)
        if self.scope.site:  # the others are due where they stand
            addresses = {i: url for i, url in addresses.items() if self.scope.has_page(url)}

        def lane(url: str) -> Lane:
            return Lane(feed_id, pace_name(url), self.records.owner_of(url, source).id == source.id)

        for at, waiting in lanes_of((i, lane(url)) for i, url in addresses.items()):
            self.frontier.add(source.id, at, waiting)

    def sample(self, feed_id: int, url: str) -> Iterator[Request]:
        """A request for a feed's page, only to see whether its pages can be had."""
        visit = Visit(url, f"{feed_id} {url}", self.records.source_of(feed_id), sample=True)
        return self.request(visit, feed_id)

    def due(self) -> Iterator[Request]:
        """Entries left over by earlier crawls await their turn; requests for articles to look at again."""
        if self.scope.only_feeds is not None:
            return
        records, scope, now = self.records, self.scope, self.records.clock()
        asked = {i for visit in self.visits.values() for i in entry_ids(visit.entries)}
        due: dict[int, list[int]] = {}
        for feed_id, entry_id in records.watchlist.due_entries(now, scope.states, scope.everything, scope.site):
            if entry_id not in asked:
                due.setdefault(feed_id, []).append(entry_id)
        for feed_id, ids in due.items():
            self.await_turn(feed_id, ids)
        for known, source in records.store.due_rechecks(now, LOOKS, scope.states, scope.site):
            key = page_address(known.link)
            yield from self.request(Visit(known.link, key, source, article_id=known.article_id, title=known.title))

    def next(self) -> Iterator[Request]:
        """Requests for the next pages, while there is room."""
        records = self.records
        later: list[Entry] = []
        if len(self.frontier) > MANY:
            self.desk.workshop.warm_up()
        while self.others:
            yield from self._ask(self.others.pop())
        busy = self._busy()
        while taken := self.frontier.take(BATCH, busy):
            ids = [i for i in taken if i not in records.ledger.ids]
            for entries in records.watchlist.entries_for(ids, None if self.scope.everything else records.clock()):
                visit = self.visits.get(entries[0].page)
                if visit and page_answers.is_superseded(visit.url, entries):
                    later += entries
                elif visit:
                    visit.join(entries)
                    visit.listed_by = {**visit.listed_by, **self._listed_by(entries)}
                    if visit.source.id in visit.listed_by.values():
                        visit.listing = visit.source  # as its own outlet's, it need not wait for others any more
                else:
                    yield from self._ask(entries)

        for entry in later:
            self.await_turn(entry.feed_id, [entry.id or 0])

    def _busy(self) -> Busy:
        """What is asked for now. A look at a stored article waits for all others, so it keeps nobody waiting."""
        busy = Busy()
        for visit in self.visits.values():
            if visit.entries:
                busy.add(visit.lister.id, pace_name(visit.url), visit.lister.id == visit.source.id)
        return busy

    def _ask(self, entries: Sequence[Entry]) -> Iterator[Request]:
        """A request for the page of these entries, by the best of their addresses: its own outlet's, plain before
        another dress of it. Nothing for those whose page this crawl has settled; they are settled, too."""
        unknown = [entry for entry in entries if not self._known(entry)]
        if not unknown:
            return
        sources = {e.feed_id: self.records.source_of(e.feed_id) for e in unknown}
        owners = {e.url: self.records.owner_of(e.url, sources[e.feed_id]) for e in unknown}
        best = min(unknown, key=lambda e: (owners[e.url].id != sources[e.feed_id].id, is_dressed(e.url)))
        visit = Visit(best.url, best.page, owners[best.url], unknown, listing=sources[best.feed_id])
        visit.listed_by = self._listed_by(unknown)
        yield from self.request(visit)

    def _listed_by(self, entries: Iterable[Entry]) -> dict[int, str]:
        return {e.feed_id: self.records.source_of(e.feed_id).id for e in entries}

    def request(self, visit: Visit, feed_id: int | None = None) -> Iterator[Request]:
        """A request for a page; nothing for one that is asked for already, or an address that cannot be asked."""
        if visit.key in self.visits:
            return
        self.tally.count("pages")
        try:
            request = self._request(visit, visit.url, feed_id)
        except ValueError as error:
            self.settle(visit, Result(Outcome("refused", unaskable(error))))
            return
        self.visits[visit.key] = visit  # first: the answer may be here before we are asked for the next request
        yield request

    def _request(self, visit: Visit, url: str, feed_id: int | None, hops: int = 0) -> Request:
        owner = visit.source.owner
        return Request(
            url,
            self.answered,
            errback=self.failed,
            dont_filter=True,
            priority=-10 if visit.article_id else 0,
            meta={
                "key": visit.key,
                "feed_id": feed_id,
                "owner": owner,
                "lister": lambda: visit.lister,
                "download_slot": self.pace.slot(url, owner),
                "hops": hops,
            },
        )

    def answered(self, response: Response) -> Iterator[Page | Request]:
        """Hand a page to the desk, or settle why it could not be had."""
        visit, now = self.visits[response.meta["key"]], self.records.clock()
        self.tally.at(at_page(entry_ids(visit.entries), visit.article_id))
        if visit.further:
            visit.further.take(response)
            return self._further(visit, response.meta)
        owner = self.records.owner_of(response.url, visit.listing or visit.source)
        return self._take(visit, response.meta, lambda: page_answers.answered(response, visit, now, owner))

    def failed(self, failure: Failure) -> Iterator[Page | Request]:
        """A page that could not be fetched at all; its feed may have carried its text. It stays due if we failed."""
        meta = failure.request.meta  # type: ignore[attr-defined]
        if isinstance(failure.value, StaysDue):
            self._over(meta["key"])
            return iter(())
        error = failure.value or RuntimeError("no reason given")
        visit, now = self.visits[meta["key"]], self.records.clock()
        if visit.further:
            return self._further(visit, meta)
        return self._take(visit, meta, lambda: page_answers.unanswered(error, visit, now))

    async def keep(self, page: Page) -> None:
        """Have the desk read a page, and settle what came of it."""
        visit, result = self.visits[page.key], await self._read(page)
        self.tally.at("")
        if answered := self._not_read(visit, page, result):
            self._note_met(visit, answered, None)
            if answered.page:
                await self.keep(answered.page)
            else:
                self.settle(visit, Result(answered.outcome, gone=answered.gone))
        elif isinstance(result, Added):
            outcome = Outcome("fetched", article_id=result.article_id)
            self.settle(visit, Result(outcome, result, page.entry_ids))
        elif isinstance(result, Outcome):
            self.settle(visit, Result(result))

    def settle(self, visit: Visit, result: Result) -> None:
        """Write down what came of a page, for its entries and the article that it is; there is room for another."""
        self._over(visit.key)
        records, outcome, added = self.records, result.outcome, result.added
        ids = entry_ids(visit.entries)
        looked_at = visit.article_id
        if result.gone and looked_at is None:
            looked_at = self._own_article(visit)
        if looked_at and not (added and added.article_id == looked_at):  # else it was written with the article
            records.store.record_recheck(looked_at, records.clock(), records.recheck_for, gone=result.gone)
        told = [e for e in visit.entries if outcome and holds_for(outcome.state, visit.url, e.url)]
        others = [e for e in visit.entries if outcome and e not in told and e.id not in result.written]
        unwritten = sorted(set(entry_ids(told)) - set(result.written))
        if outcome and unwritten:
            records.ledger.note(unwritten, outcome)
        if others:
            self.others.append(others)
        if outcome and ids:
            self.finished.remember(visit.key, visit.url, (e.url for e in visit.entries), outcome)
        self.tally.count(*_counted(visit, result))

    def _own_article(self, visit: Visit) -> int | None:
        """The stored article that the address was when it was asked last, if it is its own outlet's."""
        ids = [e.article_id for e in visit.own(visit.source) if e.article_id and e.url == visit.url]
        known = self.records.store.article(ids[0]) if ids else None
        return known.id if known and known.source_id == visit.source.id else None

    def _over(self, key: str) -> None:
        self.visits.pop(key, None)
        self.room.leave(key)

    def _not_read(self, visit: Visit, page: Page, result: Added | Outcome | StandIn) -> Answered | None:
        """What it means that the desk could not read a page, or read another one; None when it was read."""
        if isinstance(result, StandIn) and page.from_feed:
            return Answered(outcome=page.otherwise or self._failed(page, result.why))
        if page.from_feed:
            return None
        if isinstance(result, StandIn):
            return page_answers.stood_in(result, visit, self.records.clock())
        if isinstance(result, Outcome) and result.state == "refused":
            return page_answers.refused(visit, result.reason)
        return None

    def _known(self, entry: Entry) -> bool:
        """Whether this crawl has settled its page for another feed's entry; then it is settled, too."""
        if outcome := self.finished.outcome_of(entry):
            self.records.ledger.note(entry_ids([entry]), outcome)
        return outcome is not None

    def _take(self, visit: Visit, meta: dict[str, Any], judge: Callable[[], Answered]) -> Iterator[Page | Request]:
        """What an answer leads to: a page for the desk, a request or an outcome; our own errors cost it a retry."""
        try:
            answered = judge()
            self._note_met(visit, answered, meta["feed_id"])
            if answered.redirect:
                if meta["hops"] < MOST_HOPS:
                    yield self._request(visit, answered.redirect, meta["feed_id"], meta["hops"] + 1)
                    return
                answered = page_answers.refused(visit, because("redirects_without_end"))
        except Exception as error:
            log.exception("icewire failed on %s", visit.url)
            again = self.records.clock() + timedelta(hours=1)
            answered = Answered(outcome=Outcome("failed", our_failure(error), again))
        if answered.page and not visit.sample:
            visit.further = None if answered.page.from_feed else Further(answered.page)
            yield from self._further(visit, meta) if visit.further else (answered.page,)
        else:
            self.settle(visit, Result(answered.outcome, gone=answered.gone))

    def _further(self, visit: Visit, meta: dict[str, Any]) -> Iterator[Page | Request]:
        """A request for the next page of a story, or all that was had of it for the desk."""
        assert visit.further
        if address := visit.further.next:
            yield self._request(visit, address, meta["feed_id"])
        else:
            yield visit.further.page

    async def _read(self, page: Page) -> Added | Outcome | StandIn:
        """What the desk makes of a page; an error in our own code costs that page a retry, never the crawl."""
        try:
            return await self.desk.read(page)
        except NotBegun as error:
            return replace(self._failed(page, error.why), asked=False)
        except PutOff as error:
            return self._failed(page, error.why)
        except Suspected as error:  # more than once
            log.warning("%s: %s", page.url, error)
            return Outcome("refused", error.why)
        except Exception as error:
            log.exception("icewire failed on %s", page.url)
            return self._failed(page, our_failure(error))

    def _failed(self, page: Page, reason: Why) -> Outcome:
        wait = back_off(page.entries[0].attempts if page.entries else 0)
        return Outcome("failed", reason, self.records.clock() + wait)

    def _note_met(self, visit: Visit, answered: Answered, feed_id: int | None) -> None:
        """Remember of the feed what its pages meet with, when that changed."""
        if answered.met is None:
            return
        for feed in {e.feed_id for e in visit.own(visit.source)} | ({feed_id} if feed_id is not None else set()):
            if self.met.get(feed) != answered.met:
                self.met[feed] = answered.met
                self.records.ledger.flush()
                self.records.watchlist.note_pages(feed, answered.met, sampled=visit.sample)


def _counted(visit: Visit, result: Result) -> Iterator[str]:
    """What a settled visit adds to the counts."""
    yield "pages_read"
    if result.gone and visit.article_id:
        yield "gone"
    if (added := result.added) and added.new:
        yield from ("articles", "stories") if added.opened else ("articles",)
    elif added:
        yield "revisions" if added.change else "unchanged"
    elif result.outcome and visit.entries:
        yield result.outcome.state
        if result.outcome.reason == NEVER_MENTIONED:
            yield "gate_dropped"
