"""Small makers for tests: an outlet, an article, a stored story, each with one line."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from crawler.extract.article import content_hash
from crawler.feeds.feed import FeedItem
from crawler.grouping.assign import Grouping
from crawler.model import Why
from crawler.model.story import Article, Entry, Verdict
from crawler.registry.outlet import Outlet, OutletFeed
from crawler.store.adding import Added
from crawler.store.store import Store
from crawler.text.moments import Moment
from crawler.watch.polling import Limits
from crawler.watch.watchlist import Watchlist

HALF_HOURLY = Limits(timedelta(minutes=30), timedelta(minutes=30))
NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
WALTHAM = {
    "name": "Waltham",
    "kind": "city",
    "county": "Middlesex County",
    "state": "MA",
    "sentence": "It happened in Waltham.",
    "confidence": 0.9,
}
LEDE = "Federal immigration agents detained two men outside the Waltham courthouse on Monday, witnesses said."
BODY = (
    f"{LEDE}\nA clerk who was walking back from lunch said four agents in ICE vests waited near a side door.\n"
    "The men were put into an unmarked van on Linden Street, and their lawyer said nobody had told her where they went."
)


def outlet(id: str = "ledger", state: str = "MA", **facts: object) -> Outlet:  # noqa: A002  the registry's word
    """An outlet with one RSS feed."""
    feeds = (OutletFeed(kind="rss", url=f"https://{id}.example/feed"),)
    known = {"name": f"The {id.title()}", "homepage": f"https://{id}.example/", "city": "Waltham", "feeds": feeds}
    return Outlet.model_validate({"id": id, "state": state, **known, **facts})


def item(path: str, outlet_id: str = "ledger", **facts: object) -> FeedItem:
    """A link that a feed gave."""
    said = {name.removesuffix("_at"): Moment(at) if isinstance(at, datetime) else at for name, at in facts.items()}
    return FeedItem(url=f"https://{outlet_id}.example/{path}", title=path.replace("-", " "), **said)  # type: ignore[arg-type]


def watch(engine: Engine, *outlets: Outlet) -> Watchlist:
    """A watchlist with these outlets, or with one."""
    watchlist = Watchlist(engine)
    watchlist.sync(outlets or [outlet()])
    return watchlist


def see(watchlist: Watchlist, *items: FeedItem, feed_id: int = 1, now: datetime = NOON) -> list[Entry]:
    """A feed gave these links; those to fetch."""
    ids = watchlist.record_reading(feed_id, items, now, now - timedelta(days=7), HALF_HOURLY)
    return [entries[0] for entries in watchlist.entries_for(ids)]


def article(
    path: str = "raid", outlet_id: str = "ledger", text: str = BODY, title: str = "", **facts: object
) -> Article:
    """An article as extraction gives it."""
    title = title or f"ICE detains two near Waltham courthouse: {path}"
    known: dict[str, object] = {
        "source_id": outlet_id,
        "url": f"https://{outlet_id}.example/{path}",
        "link": f"https://{outlet_id}.example/{path}",
        "title": title,
        "text": text,
        "published_at": NOON - timedelta(hours=1),
        "fetched_at": NOON,
        "content_hash": content_hash(title, text),
    }
    return Article.model_validate(known | facts)


def verdict(**facts: object) -> Verdict:
    """A verdict of ICE activity in Waltham."""
    known: dict[str, object] = {
        "article_id": 0,
        "label": "activity",
        "kind": "arrest",
        "score": 0.9,
        "places": [WALTHAM],
        "judged_at": NOON,
    }
    return Verdict.model_validate(known | facts)


def keep(
    engine: Engine,
    made: Article,
    *,
    of: Verdict | None = None,
    story: int | None = None,
    copy_of: int | None = None,
    entries: tuple[int, ...] = (),
    now: datetime = NOON,
) -> Added:
    """Store an article: in a new story, or in the one given."""
    return Store(engine).add(made, of or verdict(), Grouping(story, copy_of, Why()), entries, now)
