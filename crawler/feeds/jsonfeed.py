"""JSON Feed 1 and 1.1, and what other programs write in its place: lists of posts under other names."""

import html
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from crawler.feeds.items import MOST_ITEMS, Collector, Reading, UnreadableFeed, newest
from crawler.model import because
from crawler.text import JSON_DECODER

_LISTS = ("items", "entries", "entry", "posts", "articles", "stories", "results", "data", "feed", "channel", "rss")
_LIST = re.compile(rf'"(?:{"|".join(_LISTS[:7])})"\s*:\s*\[')
_LINKS = ("url", "link", "permalink", "canonical_url", "web_url", "href", "external_url")
_TITLES = ("title", "headline", "name")
_PUBLISHED = ("date_published", "published", "published_at", "publishedAt", "datePublished", "pubDate", "pubdate",
              "date_gmt", "publish_date", "published_date", "date", "created_at")  # fmt: skip
_UPDATED = ("date_modified", "updated", "updated_at", "modified_gmt", "modified", "dateModified")
_SUMMARIES = ("summary", "excerpt", "description")
_CONTENTS = ("content_html", "content")
_INSIDE = ("rendered", "$t", "#text", "value", "_", "href", "url")  # where a value is an object that holds one
_IN_GREENWICH = ("date_gmt", "modified_gmt")  # WordPress, without saying so
_BETWEEN = re.compile(r"[\s,]*")
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")


def read(text: str, url: str, now: datetime | None = None, zone: tzinfo = UTC) -> Reading:
    """The items of a JSON Feed, of a damaged one those before the damage; UnreadableFeed when there is no list."""
    items = _items(text, url)
    chosen = newest(items, lambda item: _first(item, _PUBLISHED)) if len(items) > MOST_ITEMS else items
    collector = Collector(url, now, zone)
    collector.leave_out(len(items) - len(chosen))
    for item in chosen:
        content = _first(item, _CONTENTS) or html.escape(_first(item, ("content_text",)), quote=False)
        collector.add(
            _link(item),
            _first(item, _TITLES),
            _first(item, _PUBLISHED),
            _first(item, _UPDATED),
            _first(item, _SUMMARIES),
            content,
        )
    return collector.reading("json")


def _items(text: str, url: str) -> list[dict[str, Any]]:
    try:  # anything after it is forgiven
        feed, _ = JSON_DECODER.raw_decode(text)
    except (ValueError, RecursionError) as error:
        try:
            feed, _ = JSON_DECODER.raw_decode(_TRAILING_COMMA.sub("", text))
        except (ValueError, RecursionError):
            feed = list(_before_damage(text))
            if not feed:
                raise UnreadableFeed(because("json_unreadable", url=url, error=str(error))) from error
    listed = _listed(feed)
    if listed is None:
        raise UnreadableFeed(because("json_no_feed", url=url))
    return [item for item in listed if isinstance(item, dict)]


def _before_damage(text: str) -> Iterator[Any]:
    """The objects of a list that ends in the middle of one."""
    found = _LIST.search(text)
    at = found.end() if found else 1
    while at < len(text):
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        try:
            value, at = JSON_DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield value


def _listed(feed: object, depth: int = 0) -> list[Any] | None:
    """The list of items in a document; a bare list must be one of objects that have a link."""
    if isinstance(feed, list):
        return feed if depth or any(isinstance(item, dict) and _link(item) for item in feed) else None
    if not isinstance(feed, dict) or depth > 3:
        return None
    return next((found for key in _LISTS if (found := _listed(feed.get(key), depth + 1)) is not None), None)


def _link(item: dict[str, Any]) -> str:
    """The item's own page, else the page it is about, else an id that is an address."""
    name = _text(item, "id") or _text(item, "guid")
    return _first(item, _LINKS) or (name if name.startswith("http") else "")


def _first(item: dict[str, Any], keys: Sequence[str]) -> str:
    return next((said for key in keys if (said := _text(item, key))), "")


def _text(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    if isinstance(value, list) and value:
        alternates = [one for one in value if isinstance(one, dict) and one.get("rel") in (None, "alternate")]
        value = alternates[0] if alternates else None
    if isinstance(value, dict):
        value = next((value[name] for name in _INSIDE if isinstance(value.get(name), str)), "")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if "date" in key.casefold() or key.endswith("_at") or key == "published" else ""
    if not isinstance(value, str):
        return ""
    return f"{value}Z" if value and key in _IN_GREENWICH and len(value) == len("2026-11-29T01:45:00") else value
