"""One feed's answer as a Reading, whatever kind of feed it turns out to be."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from crawler.feeds import jsonfeed, rss, section, sitemap
from crawler.feeds.body import body_text, without_dtd
from crawler.feeds.items import Asked, FeedItem, Reading, UnreadableFeed
from crawler.model import FeedKind, Why, because
from crawler.text import unescaped

__all__ = ["Asked", "FeedItem", "Reading", "UnreadableFeed", "read_feed"]

_FIRST_ELEMENT = re.compile(r"(?:\s++|<\?[^<>]*>|<!--.*?-->)*+<(?:[\w.-]{1,100}:)?([\w.-]{1,100})", re.S)
_LATE_ROOT = re.compile(r"(?:<\?xml[^>]*\?>\s*)?<(?:[\w.-]+:)?(rss|rdf|feed|urlset|sitemapindex)[\s>]", re.I)
# No page that is meant for people holds one of these but in escaped letters.
_SURE_ROOT = re.compile(
    r"<(?:rss\b[^<>]*>\s*<channel|(?:[\w.-]+:)?(?:feed|rdf|urlset|sitemapindex)\b[^<>]*\bxmlns)\b", re.I
)
_ESCAPED_ROOT = re.compile(r"&lt;(?:\?xml\s|rss\b|feed\b|rdf:RDF\b)", re.I)
_LATE_ROOT_WITHIN = 8192  # characters of warnings and the like before a document
_HTML_DOCTYPE = re.compile(r"(?:\s++|<\?[^<>]*>|<!--.*?-->)*+<!doctype\s+html\b", re.S | re.I)
_HTML_ROOTS = {"html", "head", "body", "title", "meta", "script", "style", "link", "div", "main", "section", "article"}
_HTML_ROOTS |= {"p", "h1", "h2", "center", "table", "noscript", "iframe", "header", "nav", "ul", "form", "span"}
_TITLE = re.compile(r"<title[^<>]*>(.*?)(?:</title|\Z)", re.S | re.I)


def read_feed(
    body: bytes,
    url: str,
    content_type: str = "",
    kind: FeedKind | None = None,
    now: datetime | None = None,
    link_patterns: Sequence[str] = (),
    fresh: timedelta = sitemap.FRESH,
    zone: tzinfo = UTC,
) -> Reading:
    """Read what a feed's address answered; `url` is where the answer came from, after redirects.

    The content decides what it is. `kind` matters once: an HTML page is read as a section page only when one
    is expected, since elsewhere it is a wall or an error page. `content_type` only helps with the charset.
    With `now`, later dates are dropped. `link_patterns` are regular expressions of a section page's article
    addresses. Of a large sitemap or an index only what is dated within `fresh` of now is taken, of any
    other feed the newest MOST_ITEMS; the notes say what was left out. A valid feed without items is a Reading
    without items; UnreadableFeed says what anything else looked like. Never opens a file or the network, never
    resolves an XML entity. `zone` is the outlet's, whose clock a time means that names no zone.
    """
    text = body_text(body, url, content_type)
    if not text:
        raise UnreadableFeed(because("feed_empty", url=url))
    if text[0] in "{[":
        return jsonfeed.read(text, url, now, zone)
    if sitemap.is_list(text):
        return sitemap.read_list(text, url, now, fresh)
    if kind == "section" and _is_html(text):
        return section.read(text, url, now, link_patterns, zone)
    text, root = _document(text)
    if root in sitemap.ROOTS:
        return sitemap.read(text, root, url, now, fresh, zone)
    if root in rss.ROOTS or (root and root not in _HTML_ROOTS and not _is_html(text)):
        return rss.read(text, root, url, now, zone)
    raise UnreadableFeed(because("not_a_feed", url=url, looks=_looks_like(text)))


def _is_html(text: str) -> bool:
    first = _FIRST_ELEMENT.match(text)
    return bool(_HTML_DOCTYPE.match(text)) or (first is not None and first[1].casefold() in _HTML_ROOTS)


def _document(text: str) -> tuple[str, str]:
    """The XML document inside an answer, without DTD, and the local name of its root in lower case.

    Anything may stand before it; behind the start of an HTML page only what is surely none of it.
    """
    escaped = _ESCAPED_ROOT.search(text, 0, _LATE_ROOT_WITHIN)
    if escaped and not _LATE_ROOT.search(text, 0, _LATE_ROOT_WITHIN):  # a browser's view of the source
        text = unescaped(text[escaped.start() :])
    if _is_html(text):
        sure = _SURE_ROOT.search(text, 0, _LATE_ROOT_WITHIN)
        if sure is None:
            return text, "html"
        text = text[sure.start() :]
    clean = without_dtd(text)
    first = _FIRST_ELEMENT.match(clean)
    root = first[1].casefold() if first else ""
    if root in {*rss.ROOTS, *sitemap.ROOTS, "html"}:
        return clean, root
    late = _LATE_ROOT.search(text, 0, _LATE_ROOT_WITHIN)
    return (without_dtd(text[late.start() :]), late[1].casefold()) if late else (clean, root)


def _looks_like(text: str) -> Why:
    title = _TITLE.search(text, 0, 20_000)
    if title and (words := " ".join(unescaped(title[1]).split())):
        return because("html_titled", title=words[:80])
    if "<" in text:
        return because("html")
    return because("plain_text", text=" ".join(text[:200].split())[:60])
