"""RSS 0.9x, 1.0 and 2.0, and Atom: a fast parser where it loses nothing, a thorough one elsewhere."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import fastfeedparser
import feedparser

from crawler.spiders.body import whole_items
from crawler.spiders.fields import absolute
from crawler.spiders.items import Collector, Reading, UnreadableFeed
from crawler.story import FeedKind

_HTML_TYPES = ("text/html", "application/xhtml+xml")
ROOTS = ("rss", "rdf", "feed", "channel")  # local names, lower case

# What fastfeedparser does not know: titles made of elements, the address behind a FeedBurner link.
_XHTML = re.compile(r"type\s*=\s*[\"']xhtml")
_RICH_TITLE = re.compile(r"<(?:\w+:)?title\b[^<>]*>[^<]*<(?![/!])")
_ITEM = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>]", re.I)
# fastfeedparser completes odd dates from today's date and gives no raw text; feedparser hands the text over.
_DATE = re.compile(r"<(?:\w+:)?(?:pubDate|date|published|updated|issued|modified|created)(?:\s[^<>]*)?>([^<]+)<", re.I)
_SURE_DATE = re.compile(
    r"\s*(?:(?:\w{3},\s+)?\d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT|UTC?|[ECMP][SD]T)"
    r"|\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?)\s*"
)
_PUBLISHED = re.compile(rb"<(?:\w+:)?(?:pubDate|date|published|issued|created)[\s>]", re.I)
_NOT_PERMALINK = re.compile(r"isPermaLink\s*=\s*[\"']false", re.I)


@dataclass(frozen=True, slots=True)
class _Parsed:
    kind: FeedKind
    home: str  # the site, as the feed says
    entries: Sequence[Mapping[str, Any]]

    def linked(self) -> int:
        return sum(1 for entry in self.entries if _link(entry, self.kind))


def read(text: str, root: str, url: str, now: datetime | None = None) -> Reading:
    """The items of a feed whose root element has this local name.

    UnreadableFeed when no parser finds an item and the document is neither RSS nor Atom, or was cut off.
    """
    text, notes = whole_items(text, root)
    body = text.encode("utf-8", "replace")
    parsed = _fast(body, root)
    if parsed is None or _doubtful(parsed, text):
        thorough = _thorough(body)
        if parsed is None or len(thorough.entries) >= len(parsed.entries):
            parsed = thorough
    if not parsed.entries:
        _check_empty(text, root, url, notes)
    return _reading(parsed, url, now, notes)


def _reading(parsed: _Parsed, url: str, now: datetime | None, notes: tuple[str, ...]) -> Reading:
    collector = Collector(absolute(parsed.home, url) or url, now)
    for entry in parsed.entries:
        collector.add(
            _link(entry, parsed.kind),
            _text(entry, "title"),
            _text(entry, "published"),
            _text(entry, "updated"),
            _text(entry, "summary") or _text(entry, "description"),
        )
    return collector.reading(parsed.kind, notes)


def _fast(body: bytes, root: str) -> _Parsed | None:
    try:
        feed = fastfeedparser.parse(body, include_content=False, include_tags=False, include_media=False)
    except Exception:  # noqa: BLE001 - wild input may raise anything; the thorough parser decides
        return None
    entries: list[dict[str, Any]] = [dict(entry) for entry in feed["entries"]]
    if not _PUBLISHED.search(body):
        for entry in entries:
            entry.pop("published", None)  # the parser copied it from "updated"
    kind: FeedKind = "atom" if root == "feed" else "rss"
    if kind == "atom":
        for entry in entries:
            entry.pop("link", None)  # the first link of any sort, be it a sound file; "links" says which is which
    return _Parsed(kind, feed.get("feed", {}).get("link") or "", entries)


def _thorough(body: bytes) -> _Parsed:
    # A stream, since feedparser opens bytes as a path and text as an address.
    try:
        feed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    except Exception:  # noqa: BLE001 - wild input may raise anything; nothing was found then
        return _Parsed("rss", "", ())
    kind: FeedKind = "atom" if str(feed.get("version") or "").startswith("atom") else "rss"
    home = dict.get(feed.get("feed") or {}, "link")
    entries = [dict(entry) for entry in feed.get("entries") or ()]
    if b"<dc:date" in body:  # the publication date of RSS 1.0, which feedparser calls "updated"
        for entry in entries:
            entry.setdefault("published", entry.get("updated", ""))
    return _Parsed(kind, home if isinstance(home, str) else "", entries)


def _doubtful(parsed: _Parsed, text: str) -> bool:
    """True when the fast parser may have lost something that the thorough one keeps."""
    if _RICH_TITLE.search(text) or _XHTML.search(text) or ":origLink" in text:
        return True
    if parsed.linked() < len(_ITEM.findall(text)):
        return True
    if "xml:base" in text and not all(_link(entry, parsed.kind).startswith("http") for entry in parsed.entries):
        return True  # it does not know bases
    if _NOT_PERMALINK.search(text) and any(entry.get("link") == entry.get("id") for entry in parsed.entries):
        return True
    return not all(_SURE_DATE.fullmatch(found[1]) for found in _DATE.finditer(text))


def _link(entry: Mapping[str, Any], kind: FeedKind) -> str:
    """The item's own page: its link, of several the alternate HTML one, else a guid that is a permalink."""
    if origin := _text(entry, "feedburner_origlink"):
        return origin
    links = [link for link in entry.get("links") or () if link.get("href")]
    pages = [link for link in links if (link.get("rel") or "alternate") == "alternate"]
    pages.sort(key=lambda link: (link.get("type") or "text/html") not in _HTML_TYPES)
    page = str(pages[0]["href"]) if pages else ""
    first = _text(entry, "link")
    if entry.get("guidislink") and not first.startswith(("http", "/")):
        first = ""  # a guid that calls itself a permalink and is only a name
    if kind == "rss":
        return first or page
    return page or ("" if any(link["href"] == first for link in links) else first)


def _check_empty(text: str, root: str, url: str, notes: tuple[str, ...]) -> None:
    if notes:
        raise UnreadableFeed(f"{url} gave {notes[0]}. Try again later; if it stays so, tell the outlet.")
    if root not in ROOTS:
        raise UnreadableFeed(
            f"{url} gave an XML document <{root}> without items, which is neither a feed nor a sitemap. "
            "Look for the feed's address on the outlet's site."
        )


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""
