"""RSS 0.9x, 1.0 and 2.0, and Atom 0.3 and 1.0: what the elements of an item mean."""

import html
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from urllib.parse import urljoin

from crawler.feeds.body import whole_items
from crawler.feeds.elements import MOST_JOINED, Element, Elements, FeedDocument, by_tags, by_xml
from crawler.feeds.items import LONGEST_LINK, MOST_ITEMS, Asked, Collector, Reading, UnreadableFeed, newest
from crawler.feeds.joined import joined
from crawler.model import FeedKind, Why, because
from crawler.text import absolute, moment

# Bounds, chosen by hand.
_LONGEST = 12_000_000  # characters: what a feed may hold beyond is treated as cut off
ROOTS = ("rss", "rdf", "feed", "channel")  # local names, lower case

_TITLES = ("title", "dc:title", "atom:title", "media:title", "other:title")
_PUBLISHED = ("pubdate", "published", "issued", "dc:date", "dcterms:issued", "date", "created", "dcterms:created",
              "atom:published", "dc:issued", "dc:created", "dcterms:available")  # fmt: skip
# Names of a date in vocabularies of one feed or two, with whatever prefix.
_ODD_DATES = frozenset(
    "publishdate publicationdate publication_date publish_date published_at pub_date datepublished date_published"
    " pubdate published issued date".split()
)
_UPDATED = ("updated", "modified", "dcterms:modified", "atom:updated", "dc:modified")
_SUMMARIES = ("description", "summary", "dc:description", "atom:summary", "itunes:summary", "media:description")
_CONTENTS = ("content:encoded", "content", "atom:content", "xhtml:body", "body")
_HTML_TYPES = ("", "text/html", "application/xhtml+xml", "html", "xhtml")
_PERIODS = {"hourly": 1 / 24, "daily": 1, "weekly": 7, "monthly": 30, "yearly": 365}  # days
_WEB = ("http://", "https://")
_LINK_IN_TEXT = re.compile(r"<a\b[^<>]*\bhref\s*=\s*[\"'](https?://[^\"'\s]+)", re.I)
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>")


def read(text: str, root: str, url: str, now: datetime | None = None, zone: tzinfo = UTC) -> Reading:
    """The items of a feed whose root element has this local name, of more than MOST_ITEMS the newest.

    UnreadableFeed when there is no item and the document is neither RSS nor Atom, or was cut off.
    """
    text, notes = whole_items(text[:_LONGEST], root)
    document, broken = by_xml(text)
    if broken and len(document.items) <= MOST_JOINED:
        document = _joined(document, by_tags(text))
    if not document.items:
        _check_empty(text, root, url, notes)
    kind: FeedKind = "atom" if document.entries or (root == "feed" and not document.items) else "rss"
    chosen = document.items
    if len(chosen) > MOST_ITEMS:
        chosen = newest(chosen, document.date)
    link = _link(document.head, kind)
    home = (absolute(link, url) if len(link) <= LONGEST_LINK else "") or url
    collector = Collector(home, now, zone)
    collector.leave_out(len(document.items) - len(chosen) + document.beyond)
    for item in chosen:
        elements = document.elements(item)
        collector.add(
            _link(elements, kind),
            _html(elements, _TITLES),
            _date(elements, _PUBLISHED),
            _date(elements, _UPDATED),
            _html(elements, _SUMMARIES),
            _content(elements),
        )
    return collector.reading(kind, notes, _asked(document.head))


def _joined(one: FeedDocument, other: FeedDocument) -> FeedDocument:
    """Two views of a broken document as one: first the one that knows more of its items, or of more items."""

    def known(document: FeedDocument) -> tuple[int, int]:
        facts = 0
        for item in document.items[:MOST_ITEMS]:
            elements = document.elements(item)
            facts += (
                2 * bool(_own_link(elements))
                + bool(_other_link(elements))
                + bool(_html(elements, _TITLES))
                + bool(document.date(item))
            )
        return facts, len(document.items)

    fuller, rest = (other, one) if known(other) > known(one) else (one, other)
    return joined(fuller, rest, _own_link)


def _html(elements: Elements, names: Sequence[str]) -> str:
    """The first of these elements that says anything, as HTML."""
    return next((said for name in names for element in elements.get(name, ()) if (said := element.html())), "")


def _date(elements: Elements, names: Sequence[str]) -> str:
    """The first of these dates, of several the first that can be read."""
    dates = [said for name in names for element in elements.get(name, ()) if (said := element.text())]
    if len(dates) == 1 and moment(dates[0]):
        return dates[0]
    if names is _PUBLISHED:
        odd = (said for name, said in elements.items() if name.rpartition(":")[2] in _ODD_DATES)
        dates += [said for named in odd for element in named if (said := element.text())]
    return next((said for said in dates if moment(said)), dates[0] if dates else "")


def _content(elements: Elements) -> str:
    """The item's full text as HTML; of several the longest, as Atom allows one in each language and type."""
    return max((_as_html(element) for name in _CONTENTS for element in elements.get(name, ())), key=len, default="")


def _as_html(element: Element) -> str:
    kind = element.attributes.get("type", "").casefold()
    if "src" in element.attributes or (kind and "html" not in kind and not kind.startswith("text")):
        return ""
    said = element.html()
    plain = kind in ("text", "text/plain") or (not kind and element.node is not None)
    return html.escape(said, quote=False) if plain and not _MARKUP.search(said) else said


def _link(elements: Elements, kind: FeedKind) -> str:
    """The item's own page, as it is written: FeedBurner's origin, the link, a guid that is a permalink.

    Of several links the alternate HTML one. Where an entry has none of these, what it has: another link, or what it
    links to as its content or sound.
    """
    return _own_link(elements, kind) or _other_link(elements)


def _own_link(elements: Elements, kind: FeedKind = "rss") -> str:
    for name in ("feedburner:origlink", "other:origlink", "origlink"):
        if origin := _first_text(elements, name):
            return origin
    if kind == "rss" and (written := next((_href(p) for p in elements.get("link", ()) if p.text()), "")):
        return written
    # A relation may be written as its registered address, too, and one in capitals is a second choice.
    pages = [element for element in _links(elements) if _relation(element).rpartition("/")[2].casefold() == "alternate"]
    pages.sort(key=lambda p: (_relation(p) != "alternate", p.attributes.get("type", "").casefold() not in _HTML_TYPES))
    if page := next((_href(element) for element in pages if _href(element)), ""):
        return page
    for guid in elements.get("guid", ()):
        if guid.attributes.get("ispermalink", "true").strip().casefold() != "false" and _is_address(guid.text()):
            return _href(guid)
    return next((_href(name) for name in elements.get("id", ()) if _is_address(name.text())), "")


def _other_link(elements: Elements) -> str:
    """Whatever else of an item is an address, the likeliest page first."""
    links = sorted(
        _links(elements), key=lambda element: element.attributes.get("rel", "").casefold() in ("self", "enclosure")
    )
    found = [_href(element) for element in links]
    found += [
        element.attributes.get("src", "") for name in ("content", "atom:content") for element in elements.get(name, ())
    ]
    found += [_first_text(elements, "about")]
    names = ("permalink", "url", "guid", "id", "comments")
    named = [_first_text(elements, name).partition("#")[0].strip() for name in names]
    found += [name for name in named if name.startswith(_WEB)]
    found += [element.attributes.get("url", "") for element in elements.get("enclosure", ())]
    told = {link for name in _SUMMARIES for e in elements.get(name, ())[:1] for link in _LINK_IN_TEXT.findall(e.html())}
    found += list(told) if len(told) == 1 else []
    return next((link for link in found if link), "")


def _links(elements: Elements) -> list[Element]:
    return [element for name in ("link", "atom:link") for element in elements.get(name, ())]


def _relation(element: Element) -> str:
    return element.attributes.get("rel") or "alternate"


def _href(element: Element) -> str:
    """The address an element gives in its attribute or as text, on its xml:base."""
    link = element.attributes.get("href", "").strip() or element.text()
    try:
        return urljoin(element.base, link) if element.base and link else link
    except ValueError:  # a base or link such as http://[news
        return link


def _is_address(name: str) -> bool:
    """Whether an identifier can be an address: whole, or a path of the site."""
    return name.startswith(("http://", "https://", "/")) and not re.search(r"\s", name)


def _first_text(elements: Elements, name: str) -> str:
    return next((said for element in elements.get(name, ()) if (said := element.text())), "")


def _asked(head: Elements) -> Asked:
    """How long the feed asks to be left alone, as it says."""
    ttl = _number(_first_text(head, "ttl"))
    period = _PERIODS.get(_first_text(head, "sy:updateperiod").casefold(), 0.0)
    times = _number(_first_text(head, "sy:updatefrequency")) or 1.0
    return Asked(
        ttl=timedelta(minutes=ttl) if ttl else None,
        period=timedelta(days=period / times) if period else None,
        skips=bool({"skiphours", "skipdays"} & head.keys()),
    )


def _number(text: str) -> float:
    """A positive number of a sane size; 0 for anything else."""
    return float(text) if re.fullmatch(r"\d{1,6}(?:\.\d{1,6})?", text) else 0.0


def _check_empty(text: str, root: str, url: str, notes: tuple[Why, ...]) -> None:
    if notes:
        raise UnreadableFeed(because("feed_cut_off", url=url, note=notes[0]))
    if root not in ROOTS:
        raise UnreadableFeed(because("xml_no_feed", url=url, root=root))
