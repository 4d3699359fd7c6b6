"""Sitemaps: news sitemaps, plain ones, indexes and lists of addresses in plain text."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import urlsplit

from lxml import etree

from crawler.spiders.body import whole_items
from crawler.spiders.fields import absolute, moment
from crawler.spiders.items import Collector, Reading, UnreadableFeed

ROOTS = ("urlset", "sitemapindex")

_ADDRESS_LINE = re.compile(r"https?://\S+", re.I)
_MONTH_IN_NAME = re.compile(r"(?<!\d)(20\d\d)[-_/]?(0[1-9]|1[0-2])(?:[-_/]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
# Lists of anything but articles: as fresh as the newest article, so they would crowd out the others.
_OTHER_PAGES = re.compile(r"categor|\btags?\b|_tag|post_tag|author|\bpages?\b|image|video|section|static|gallery", re.I)
_FIELDS = ("loc", "lastmod", "publication_date", "title")


def read(text: str, root: str, url: str, now: datetime | None = None) -> Reading:
    """The pages of an urlset, or the children of a sitemap index: lists of articles first, freshest first.

    `news:publication_date` becomes published_at, `lastmod` updated_at. UnreadableFeed when the document was
    cut off before its first address. The text must hold no DTD.
    """
    text, notes = whole_items(text, root)
    # Recovering, since one broken row must not cost the others.
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, encoding="utf-8")
    tree = etree.fromstring(text.encode("utf-8", "replace"), parser)
    rows = [_row(element) for element in _named(tree, ("url", "sitemap"))] if tree is not None else []
    if notes and not rows:
        raise UnreadableFeed(f"{url} gave {notes[0]}. Try again later; if it stays so, tell the outlet.")
    if root == "sitemapindex":
        return Reading("news_sitemap", (), notes, _freshest_first(rows, url))
    collector = Collector(url, now)
    for row in rows:
        collector.add(row["loc"], row["title"], row["publication_date"], row["lastmod"])
    return collector.reading("news_sitemap", notes)


def is_list(text: str) -> bool:
    """True when every line of the text is one address: the plain form of a sitemap."""
    return text[:4].casefold() == "http" and all(
        _ADDRESS_LINE.fullmatch(line.strip()) for line in text.splitlines() if line.strip()
    )


def read_list(text: str, url: str, now: datetime | None = None) -> Reading:
    """The addresses of a plain-text sitemap."""
    collector = Collector(url, now)
    for line in text.split():
        collector.add(line)
    return collector.reading("news_sitemap")


def _named(tree: etree._Element, names: tuple[str, ...]) -> Iterator[etree._Element]:
    """Elements by local name: prefixes and even wrong namespaces are common."""
    return tree.iter(*(f"{{*}}{name}" for name in names))


def _row(element: etree._Element) -> dict[str, str]:
    """The fields of one row; an image's own address and title are not the page's."""
    row = dict.fromkeys(_FIELDS, "")
    for child in _named(element, _FIELDS):
        tag, parent = etree.QName(child), child.getparent()
        if parent is element or (parent is not None and etree.QName(parent).localname == "news"):
            row[tag.localname] = row[tag.localname] or "".join(map(str, child.itertext())).strip()
    return row


def _freshest_first(rows: Iterable[dict[str, str]], url: str) -> tuple[str, ...]:
    children = {absolute(row["loc"], url): row["lastmod"] for row in rows}
    children.pop("", None)

    def rank(child: str) -> tuple[bool, float]:
        time = moment(children[child]) or _month_in_name(child)
        return bool(_OTHER_PAGES.search(urlsplit(child).path)), -time.timestamp() if time else 0.0

    return tuple(sorted(children, key=rank))


def _month_in_name(child: str) -> datetime | None:
    found = list(_MONTH_IN_NAME.finditer(child))
    return moment(f"{found[-1][1]}-{found[-1][2]}-{found[-1][3] or '01'}") if found else None
