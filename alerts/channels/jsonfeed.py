"""A feed in JSON Feed 1.1."""

import json
from typing import Any

from alerts.channels.feed import StoryFeed, feed_address
from alerts.channels.notice import Notice, written_at


def json_feed(feed: StoryFeed) -> bytes:
    """The feed as a JSON document; the same feed is always the same bytes."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": f"{feed.base_url}/",
        "feed_url": feed_address(feed.base_url, "json", feed.text),
        "description": feed.reading,
        "items": [_item(notice, feed.entry_id(notice)) for notice in feed.notices],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _item(notice: Notice, item_id: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": item_id,
        "url": notice.url,
        "title": notice.title,
        "content_text": "\n".join(notice.lines),
        "date_published": written_at(notice.published_at or notice.opened_at),
        "date_modified": written_at(notice.updated_at),
        "authors": [{"name": notice.outlet}],
        "tags": [tag for tag in (*notice.kinds, notice.place) if tag],
        "language": notice.language,
    }
    return {name: value for name, value in said.items() if value}
