"""A site's feeds, found: its front page and robots.txt say where, what the addresses hold says which to take."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import Protocol, TypeVar
from urllib.parse import urljoin

from crawler.discovery.choosing import (
    FoundFeed,
    FoundState,
    choose_feeds,
    is_whole,
    spans_days,
    weigh_feed,
    without_content,
)
from crawler.discovery.ways_in import (
    FrontPage,
    WayIn,
    is_comments,
    is_news_sitemap,
    is_root,
    read_front,
    usual_feeds,
    usual_sitemaps,
)
from crawler.feeds import Reading, UnreadableFeed, body_text, read_feed
from crawler.manners import Asker, Had, Over, Refused, reason
from crawler.model import IcewireError, Why, because
from crawler.registry import feed_key
from crawler.workshop import NotBegun, Suspected

T = TypeVar("T")

# Bounds, chosen by hand.
_MOST_NAMED = 8  # feeds of the front page that are read
_MOST_SITEMAPS = 3  # of robots.txt
_MOST_LISTED = 4  # feeds of a page that lists feeds
_MOST_SECTIONS = 4  # section pages that are read
_ENOUGH_LINKS = 8  # articles on a front page: then it is as good as a section page
_LEAST_LINKS = 3
NOTHING = Why()
_DOUBTS: dict[FoundState, Why] = {  # of a feed that a person named
    "stale": because("silent_for_long"),
    "comments": because("seems_comments"),
    "empty": because("feed_has_nothing"),
}


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found at a homepage. Without one feed taken, nothing there can be read."""

    homepage: str  # after permanent redirects
    name: str  # as the site calls itself; "" = it does not say
    language: str
    found: tuple[FoundFeed, ...]  # those taken first
    tried: tuple[tuple[str, Why], ...]  # each address asked for, and what came of it
    stopped: Why = Why()  # noqa: RUF009  why not all was tried

    @property
    def taken(self) -> tuple[FoundFeed, ...]:
        """What to watch."""
        return tuple(found for found in self.found if found.state == "taken")


class Doing(Protocol):
    """Does a task: what it gives or raises."""

    def __call__(self, task: Callable[[], T], /) -> T: ...


def _here(task: Callable[[], T], /) -> T:
    return task()


def discover(homepage: str, asker: Asker, do: Doing = _here) -> Discovery:
    """Look at a site with the requests that are left to the asker, and choose among its ways in.

    What it answers is read by `do`. Raises IcewireError when the front page gives no answer at all.
    """
    search = _Search(asker, homepage, asker.hosts.clock(), do)
    try:
        search.run()
    except Over as over:
        search.stopped = over.why
    found = choose_feeds(search.found, search.now)
    if not any(f.state == "taken" for f in found):
        found = search.with_section(found)
    front = search.front
    return Discovery(search.homepage, front.name, front.language, found, tuple(asker.tried), search.stopped)


def read_named(feeds: Sequence[str], homepage: str, asker: Asker, do: Doing = _here) -> Discovery:
    """Read the feeds that a person named, as robots.txt allows; each that can be read is taken, stale or not.

    Of a feed that is not taken `why` tells why.
    """
    search = _Search(asker, homepage, asker.hosts.clock(), do)
    for url in feeds:
        way = WayIn(url, "named")
        try:
            search.look_at(way)
        except Over as over:
            search.stopped = over.why
            search.found.append(without_content(way, "unreadable", search.stopped))
    found = tuple(
        f if f.state in ("refused", "unreadable") else replace(f, state="taken", why=_DOUBTS.get(f.state, Why()))
        for f in search.found
    )
    return Discovery(homepage, "", "", found, tuple(asker.tried), search.stopped)


@dataclass(slots=True)
class _Search:
    asker: Asker
    homepage: str
    now: datetime
    do: Doing
    front: FrontPage = field(default_factory=FrontPage)
    body: Had | None = None  # of the front page
    found: list[FoundFeed] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    stopped: Why = Why()  # noqa: RUF009

    def run(self) -> None:
        """Read what the site names; only when that is not alive, what sites like it usually have."""
        self._read_front()
        self._look(islice(self.front.feeds, _MOST_NAMED))
        self._look(islice(self._sitemaps_of_robots(), _MOST_SITEMAPS))
        self._look(usual_feeds(self.homepage, self.front.systems), self._has_whole)
        # A feed of the last ten items may lose some between two readings; a news sitemap holds two days.
        self._look(usual_sitemaps(self.homepage, self.front.systems), self._needs_no_sitemap)

    def with_section(self, found: tuple[FoundFeed, ...]) -> tuple[FoundFeed, ...]:
        """The same with a section page to take, when one shows articles."""
        pages: list[FoundFeed] = []
        try:
            for page in self._section_pages():
                pages.append(page)
                if len(page.items) >= _ENOUGH_LINKS:
                    break
        except Over as over:
            self.stopped = over.why
        best = max(pages, key=lambda page: len(page.items), default=None)
        if best is None or len(best.items) < _LEAST_LINKS:
            return found
        why = because("no_live_feed") if best.kind == "section" else NOTHING
        return (replace(best, state="taken", why=why), *found)

    def _has_whole(self) -> bool:
        return any(map(is_whole, self.found))

    def _needs_no_sitemap(self) -> bool:
        return any(is_whole(f) and (f.kind == "news_sitemap" or spans_days(f)) for f in self.found)

    def _read_front(self) -> None:
        try:
            had = self.asker.ask(self.homepage)
        except Refused as refused:
            if refused.unread:
                raise Over(reason(refused)) from refused
            self._keep(WayIn(self.homepage, "page", "section"), "refused", reason(refused))
            return
        self.homepage = had.url
        self.seen.add(feed_key(had.url))
        if had.answer.status == 200 and not had.wall:
            self.body = had
            with suppress(UnreadableFeed):
                self.front = self._done(partial(_front, had))
        else:
            self._keep(WayIn(self.homepage, "page", "section"), "unreadable", _status(had))

    def _sitemaps_of_robots(self) -> Iterator[WayIn]:
        """News first; all of them only when no feed of the whole site lives."""
        if not is_root(self.homepage):
            return
        listed = sorted(self.asker.robots(self.homepage).sitemaps, key=lambda url: not is_news_sitemap(url))
        for url in listed:
            if is_news_sitemap(url) or not self._has_whole():
                yield WayIn(url, "robots.txt", "news_sitemap")

    def _look(self, ways: Iterable[WayIn], enough: Callable[[], bool] = lambda: False) -> None:
        for way in ways:
            if enough():
                return
            if feed_key(way.url) not in self.seen:
                self.seen.add(feed_key(way.url))
                self.look_at(way)

    def look_at(self, way: WayIn) -> None:
        """Ask for one address and keep what we think of it; raises Over."""
        if is_comments(way) and way.origin != "named":
            self._keep(way, "comments")
            return
        try:
            had = self.asker.ask(way.url)
        except Refused as refused:
            self._keep(way, "unreadable" if refused.unread else "refused", reason(refused))
            return
        except Over:
            raise
        except IcewireError as error:
            self._keep(way, "unreadable", reason(error))
            return
        way = replace(way, url=had.url)
        if had.answer.status != 200:
            self._keep(way, "unreadable", _status(had))
            return
        try:
            reading = self._done(partial(_read, had, self.now))
        except UnreadableFeed:
            self._not_a_feed(way, had)
            return
        self._judge(way, reading)

    def _not_a_feed(self, way: WayIn, had: Had) -> None:
        """A page at a feed's address: a wall, a page not found that says 200, or a list of feeds."""
        if way.origin == "link":
            with suppress(UnreadableFeed):
                page = self._done(partial(_front, had))
                listed = (replace(feed, origin="page") for feed in page.feeds)  # a list of lists is not followed
                self._look(islice(listed, _MOST_LISTED))
                return
        self._keep(way, "unreadable", because("wall_for_robots" if had.wall else "no_feed"))

    def _judge(self, way: WayIn, reading: Reading) -> None:
        """Keep a feed; of a sitemap index the first child is judged for it, and taken itself when it is the news."""
        if reading.sitemaps and not reading.items:
            child = next((url for url in reading.sitemaps if is_news_sitemap(url)), reading.sitemaps[0])
            try:
                reading = self._done(partial(_read, self.asker.ask(child), self.now))
            except Over:
                raise
            except IcewireError as error:
                self._keep(way, "unreadable", because("child_unreadable", url=child, why=error.why))
                return
            if is_news_sitemap(child) and not any(character.isdigit() for character in child.rpartition("/")[2]):
                way = replace(way, url=child)
                self.seen.add(feed_key(child))
        found = weigh_feed(way, reading, self.homepage, self.now)
        if all(feed_key(found.url) != feed_key(other.url) for other in self.found):
            self.found.append(found)

    def _done(self, task: Callable[[], T]) -> T:
        """What reading an answer gives; one that takes too much time or memory cannot be read."""
        try:
            return self.do(task)
        except (Suspected, NotBegun) as error:
            raise UnreadableFeed(error.why) from error

    def _keep(self, way: WayIn, state: FoundState, why: Why = NOTHING) -> None:
        # What only we thought of and is not there is no news to anybody; it stands among what was tried.
        if way.origin != "usual" or state == "refused":
            self.found.append(without_content(way, state, why))

    def _section_pages(self) -> Iterator[FoundFeed]:
        """The front page, then pages that list local news, with the articles each shows."""
        if self.body is not None:
            yield from self._articles(self.body)
        usual = (urljoin(self.homepage, path) for path in ("/news/", "/local/", "/local-news/"))
        pages = dict.fromkeys(chain(self.front.sections, usual))
        for url in islice(pages, _MOST_SECTIONS if self.body is not None else 0):
            with suppress(UnreadableFeed):
                try:
                    yield from self._articles(self.asker.ask(url))
                except Over:
                    raise
                except IcewireError:
                    continue

    def _articles(self, had: Had) -> Iterator[FoundFeed]:
        if had.answer.status == 200 and not had.wall:
            with suppress(UnreadableFeed):
                reading = self._done(partial(_read, had, self.now, section=True))
                page = weigh_feed(WayIn(had.url, "page", "section"), reading, self.homepage, self.now)
                yield replace(page, origin="section")


def _read(had: Had, now: datetime, section: bool = False) -> Reading:
    if had.answer.status != 200:
        raise UnreadableFeed(_status(had))
    kind = had.answer.headers.get("content-type", "")
    return read_feed(had.answer.body, had.answer.url, kind, "section" if section else None, now)


def _front(had: Had) -> FrontPage:
    kind = had.answer.headers.get("content-type", "")
    return read_front(body_text(had.answer.body, had.answer.url, kind), had.answer.url)


def _status(had: Had) -> Why:
    wall = had.wall and had.answer.status == 200
    return because("wall_for_robots") if wall else because("answered", status=had.answer.status)
