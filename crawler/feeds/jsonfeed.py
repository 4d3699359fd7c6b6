"""JSON Feed 1 and 1.1."""

import html
import json
from datetime import UTC, datetime, tzinfo
from typing import Any

from crawler.feeds.items import MOST_ITEMS, Collector, Reading, UnreadableFeed, newest
from crawler.model import because


def read(text: str, url: str, now: datetime | None = None, zone: tzinfo = UTC) -> Reading:
    """The items of a JSON Feed; UnreadableFeed when the text is no JSON or the JSON is no feed."""
    try:
        # Line breaks inside strings and anything after the document are forgiven.
        feed, _ = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableFeed(because("json_unreadable", url=url, error=str(error))) from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise UnreadableFeed(because("json_no_feed", url=url))
    items = [item for item in feed["items"] if isinstance(item, dict)]
    chosen = newest(items, lambda item: _text(item, "date_published")) if len(items) > MOST_ITEMS else items
    collector = Collector(url, now, zone)
    collector.leave_out(len(items) - len(chosen))
    for item in chosen:
        content = _text(item, "content_html") or html.escape(_text(item, "content_text"), quote=False)
        collector.add(
            _link(item),
            _text(item, "title"),
            _text(item, "date_published"),
            _text(item, "date_modified"),
            _text(item, "summary"),
            content,
        )
    return collector.reading("json")


def _link(item: dict[str, Any]) -> str:
    """The item's own page, else the page it is about, else an id that is an address."""
    name = _text(item, "id")
    return _text(item, "url") or _text(item, "external_url") or (name if name.startswith("http") else "")


def _text(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""
