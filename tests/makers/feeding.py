"""Small feeds as text, and what is read of them."""

from datetime import UTC, datetime

from crawler.feeds.feed import FeedItem, Reading, read_feed

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
URL = "https://quincybeacon.example/feed/"
STORY = "https://quincybeacon.example/2026/11/20/agents-at-the-ferry-terminal/"


def item(link: str = STORY, title: str = "Agents at the ferry terminal", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{more}</item>"


def rss(*items: str, head: str = "<link>https://quincybeacon.example/</link>") -> str:
    return f'<rss version="2.0"><channel><title>Quincy Beacon</title>{head}{"".join(items)}</channel></rss>'


def atom(*entries: str, attributes: str = "") -> str:
    inside = "".join(f"<entry><title>Hearing moved</title>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom"{attributes}><title>Lowell Ledger</title>{inside}</feed>'


def read(document: str | bytes, url: str = URL, **known: str) -> Reading:
    body = document.encode() if isinstance(document, str) else document
    return read_feed(body, url, now=NOW, **known)  # type: ignore[arg-type]


def only(document: str | bytes, **known: str) -> FeedItem:
    reading = read(document, **known)
    assert len(reading.items) == 1, reading
    return reading.items[0]


def links(document: str | bytes) -> list[str]:
    return [one.url for one in read(document).items]
