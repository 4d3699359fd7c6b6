"""A fetched page becomes a stored article, or a reason why not. Glue only: judgements stand in their own modules."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from crawler.duplicates import group
from crawler.extract import Hint, NotAnArticle, extract
from crawler.judge import home_of, judge, off_topic_reason, places_of
from crawler.places import Gazetteer
from crawler.store import Added, Store
from crawler.story import Entry, Source
from crawler.topic import Topic
from crawler.watchlist import Outcome, Watchlist

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the judgements know, loaded once per process."""

    topic: Topic
    gazetteer: Gazetteer

    @classmethod
    def load(cls) -> "Knowledge":
        """The shipped topic and gazetteer."""
        return cls(Topic.load(), Gazetteer.load())


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the network gave it, and the entries that led to it."""

    url: str
    body: bytes
    content_type: str
    source: Source
    entries: tuple[Entry, ...]

    @property
    def entry_ids(self) -> list[int]:
        """The ids of the entries that led here."""
        return [e.id for e in self.entries if e.id is not None]


class Desk:
    """Reads one page at a time: gate, extract, judge, group, store."""

    def __init__(self, store: Store, watchlist: Watchlist, clock: Callable[[], datetime]) -> None:
        self.store, self.watchlist, self.clock = store, watchlist, clock

    @cached_property
    def knowledge(self) -> Knowledge:
        """Loaded with the first page: most crawls find nothing new and need none."""
        return Knowledge.load()

    def read(self, page: Page) -> Added | Outcome:
        """Store what the page says, or why it is not kept; either is durable when this returns."""
        result = self._judge(page)
        if isinstance(result, Outcome):
            self.watchlist.record_outcome(page.entry_ids, result)
        return result

    def _judge(self, page: Page) -> Added | Outcome:
        now = self.clock()
        topic = self.knowledge.topic
        if not topic.gate(page.body.decode("utf-8", "replace")):
            return Outcome("off_topic", "the page never mentions the topic")
        first = page.entries[0]
        hint = Hint(first.title, first.published_at)
        try:
            article = extract(page.body, page.url, page.source.id, now, page.content_type, hint)
        except NotAnArticle as error:
            return Outcome("off_topic", str(error))
        verdict = judge(article, home_of(page.source), topic, self.knowledge.gazetteer, now)
        known = self.store.article_at(article.url)
        if verdict.label != "activity" and known is None:
            return Outcome("off_topic", off_topic_reason(verdict))
        places = places_of(verdict)
        candidates = self.store.candidates(article, places)
        grouping = group(article.title, article.text, article.published_at, places, candidates)
        return self.store.add(article, verdict, grouping, page.entry_ids, now)
