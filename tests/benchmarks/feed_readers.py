"""What two other readers say of a feed, and icewire, in one form."""

import calendar
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import fastfeedparser
import feedparser

from crawler.feeds.feed import FeedItem
from crawler.text.plaintext import plain


@dataclass(frozen=True, slots=True)
class Said:
    """What one reader says of one entry."""

    link: str  # the http(s) address, or ""
    title: str  # plain
    date: datetime | None
    written: str = ""  # the date as the feed writes it
    raw_link: str = ""  # whatever the reader calls the link
    raw_title: str = ""
    dated: bool = False  # whether it gives any date


def by_feedparser(body: bytes, url: str) -> list[Said]:
    said = []
    for entry in feedparser.parse(io.BytesIO(body))["entries"]:
        facts = dict(entry)  # a plain one: feedparser's own answers with the publication when asked for the update
        when = facts.get("published_parsed") or facts.get("updated_parsed")
        date = datetime.fromtimestamp(calendar.timegm(when), UTC) if when else None
        said.append(_said(facts, url, date, facts.get("published") or facts.get("updated") or ""))
    return said


def by_fastfeedparser(body: bytes, url: str) -> list[Said]:
    said = []
    for entry in fastfeedparser.parse(body)["entries"]:
        when = entry.get("published") or entry.get("updated")
        said.append(_said(entry, url, datetime.fromisoformat(when) if when else None, ""))
    return said


PEERS = {"feedparser": by_feedparser, "fastfeedparser": by_fastfeedparser}


def of_item(item: FeedItem) -> Said:
    """What icewire says of an entry."""
    said = item.published or item.updated
    date = said.start if said else None  # a day's midnight, as the peers have it
    return Said(item.url, item.title, date and instant(date), "", item.url, item.title, date is not None)


def instant(time: datetime) -> datetime | None:
    """In UTC and whole seconds; what programs write for "no date" is none."""
    if time.year <= 1970:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)


def _said(entry: Mapping[str, Any], url: str, date: datetime | None, written: str) -> Said:
    link, title = str(entry.get("link") or "").strip(), str(entry.get("title") or "").strip()
    time = instant(date) if date else None
    return Said(_address(link, entry, url), plain(title), time, written, link, title, date is not None)


def _address(link: str, entry: Mapping[str, Any], url: str) -> str:
    if not link.startswith("http") and (" " in link or (link == entry.get("id") and "/" not in link)):
        return ""
    try:
        return urljoin(url, link) if link and urlsplit(urljoin(url, link)).scheme in ("http", "https") else ""
    except ValueError:
        return ""
