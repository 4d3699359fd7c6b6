"""What is stored of the pages that a feed shows, asked before a reading is decided upon."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import or_
from sqlmodel import Session, col, select

from crawler.model import Article, Entry
from crawler.text import canonical_url, link_url, page_address
from crawler.watch.outcome import HAD
from crawler.watch.readings import Stored

if TYPE_CHECKING:
    from crawler.feeds import FeedItem

Value = TypeVar("Value")
LONGEST_IN_LIST = 500  # addresses in one question to the database


def stored_of(session: Session, feed_id: int, items: "Sequence[FeedItem]") -> Stored:
    """The feed's entries among these items, and what became of the pages of the others."""
    entries: dict[str, Entry] = {}
    for some in chunks([item.url for item in items]):
        own = select(Entry).where(Entry.feed_id == feed_id, col(Entry.url).in_(some))
        entries |= {e.url: e for e in session.exec(own)}
    articles: dict[str, int | None] = {}
    links: dict[str, str] = {}
    settled: dict[str, Entry] = {}
    for some in chunks([item.url for item in items if item.url not in entries]):
        pages = {page_address(url) for url in some}
        for url, known, link in session.exec(
            select(Article.url, Article.id, Article.link).where(col(Article.url).in_(pages))
        ):
            articles[url], links[url] = known, link
        seen = or_(col(Entry.page).in_(pages), col(Entry.url).in_(some))
        for entry in session.exec(select(Entry).where(seen, col(Entry.state).in_(HAD))):
            settled[entry.url] = entry
            if entry.state == "fetched":
                settled[entry.page] = settled[canonical_url(entry.url)] = entry
            else:
                settled.setdefault(link_url(entry.url), entry)
    return Stored(entries, articles, links, settled)


def chunks(values: Sequence[Value]) -> Iterable[Sequence[Value]]:
    """The values, as many at a time as one question may name."""
    return (values[i : i + LONGEST_IN_LIST] for i in range(0, len(values), LONGEST_IN_LIST))
