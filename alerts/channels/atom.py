"""A feed in Atom (RFC 4287)."""

from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from alerts.channels.feed import StoryFeed, feed_address
from alerts.channels.notice import Notice, written_at

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # a feed must say when it was updated, also when it holds nothing


def atom_feed(feed: StoryFeed) -> bytes:
    """The feed as an XML document; the same feed is always the same bytes."""
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom"})
    address = feed_address(feed.base_url, "atom", feed.text)
    _text(root, "id", address)
    _text(root, "title", feed.title)
    _text(root, "subtitle", feed.reading)
    _text(root, "updated", written_at(feed.updated_at or _NEVER))
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": address})
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": f"{feed.base_url}/"})
    _text(root, "generator", "icewire")
    for notice in feed.notices:
        _entry(SubElement(root, "entry"), notice, feed.entry_id(notice))
    return str.encode("<?xml version='1.0' encoding='utf-8'?>\n" + tostring(root, "unicode") + "\n")


def _entry(entry: Element, notice: Notice, entry_id: str) -> None:
    if notice.language:
        entry.set("xml:lang", notice.language)
    _text(entry, "id", entry_id)
    _text(entry, "title", notice.title or "(without a headline)")
    SubElement(entry, "link", {"rel": "alternate", "href": notice.url})
    if notice.published_at:
        _text(entry, "published", written_at(notice.published_at))
    _text(entry, "updated", written_at(notice.updated_at))
    _text(SubElement(entry, "author"), "name", notice.outlet)
    for scheme, term in (*(("kind", kind) for kind in notice.kinds), ("place", notice.place)):
        if term:
            SubElement(entry, "category", {"scheme": f"urn:icewire:{scheme}", "term": term})
    _text(entry, "summary", "\n".join(notice.lines))


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text
