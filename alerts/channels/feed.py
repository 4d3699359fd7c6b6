"""The newest stories that a query meets, as a feed: which queries may be one, and what it holds."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, urlsplit

from alerts.channels.notice import Notice, notice_of, shown
from alerts.locale import saying
from alerts.matching import as_met, is_wished, search
from alerts.query import PlaceLookup, Query, QueryError, example, parse, read_back, stands_on_words
from crawler.store import Store

if TYPE_CHECKING:
    from alerts.query import StoryHit
    from crawler.store import StoryView

FeedFormat = Literal["atom", "json"]
FEED_PATHS: dict[FeedFormat, str] = {"atom": "/feed.atom", "json": "/feed.json"}
MOST_STORIES = 50
MOST_MET = 200  # of which those are chosen
MOST_OF_AN_OUTLET = 10
MOST_LOOKED_AT = 2000  # of the newest that the full-text index proposes: whoever asks must not read all the archive
_LONGEST_TITLE = 200  # characters


@dataclass(frozen=True, slots=True)
class StoryFeed:
    """A query and the newest stories that it meets, the last told first."""

    base_url: str
    text: str  # the query as written
    reading: str  # the same in words
    notices: tuple[Notice, ...]

    @property
    def title(self) -> str:
        """What a feed reader calls it."""
        return f"icewire: {shown(self.text)[:_LONGEST_TITLE] or 'every story'}"

    @property
    def updated_at(self) -> datetime | None:
        """When there was last something to tell."""
        return max((notice.updated_at for notice in self.notices), default=None)

    @property
    def changed_at(self) -> datetime | None:
        """When something of it last became another."""
        return max((max(n.changed_at, n.updated_at) for n in self.notices), default=None)

    def entry_id(self, notice: Notice) -> str:
        """The same for a story in every feed, for good (RFC 4151)."""
        host = urlsplit(self.base_url).hostname or "localhost"
        return f"tag:{host},{notice.opened_at.date()}:story/{notice.story_id}"


def feed_address(base_url: str, form: FeedFormat, text: str) -> str:
    """Where a query's feed is."""
    query = f"?q={quote(text, safe='', errors='replace')}" if text else ""
    return f"{base_url}{FEED_PATHS[form]}{query}"


def open_query(text: str, places: PlaceLookup, sources: Mapping[str, str] | None, today: date) -> Query:
    """A query that may be a feed. Raises QueryError, also for one that words alone can meet."""
    query = parse(text, places, sources, today)
    if stands_on_words(query):
        problem = saying(
            "A feed needs a place, a kind or an outlet beside words, on each side of OR: it is not for one person"
        )
        ways = f"({text.strip()}) state:MA", f"({text.strip()}) {example('kind')}"
        raise QueryError(problem, text, 1, saying("%(one)s, or %(other)s", one=ways[0], other=ways[1]))
    return query


def fairly(found: "Sequence[tuple[StoryView, StoryHit]]", most: int) -> "list[tuple[StoryView, StoryHit]]":
    """The newest of these, but more than ten of one outlet alone only where nobody else has anything to tell."""
    first: list[tuple[StoryView, StoryHit]] = []
    over: list[tuple[StoryView, StoryHit]] = []
    of_outlet: Counter[str] = Counter()
    for view, hit in found:
        outlet = view.lead.source.id
        counts = len({report.source.id for report in view.reports}) == 1 and not is_wished(hit.hit.terms, view.lead)
        of_outlet[outlet] += counts
        (over if counts and of_outlet[outlet] > MOST_OF_AN_OUTLET else first).append((view, hit))
    return [*first, *over][:most]


def story_feed(store: Store, query: Query, base_url: str) -> StoryFeed:
    """The newest stories that a query meets, as alerts would meet them."""
    found = search(store, query, MOST_MET, news=True, among=MOST_LOOKED_AT)
    met = [(view, view.reports[hit.index], hit) for view, hit in fairly(found, MOST_STORIES)]
    notices = [notice_of(as_met(view, report, query), report, hit.hit.terms, hit.window) for view, report, hit in met]
    notices.sort(key=lambda notice: (notice.updated_at, notice.story_id), reverse=True)
    reading = read_back(query)
    return StoryFeed(base_url.rstrip("/"), query.text, shown(reading[:1].upper() + reading[1:]), tuple(notices))
