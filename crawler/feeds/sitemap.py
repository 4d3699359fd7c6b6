"""Sitemaps: news sitemaps, plain ones, indexes and lists of addresses in plain text."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree

from crawler.feeds.body import whole_items
from crawler.feeds.items import MOST_ITEMS, Collector, Reading, UnreadableFeed
from crawler.feeds.trees import xml_tree
from crawler.model import Code, FeedKind, Why, because
from crawler.text import absolute, moment, visible

ROOTS = ("urlset", "sitemapindex")
# Chosen by hand.
FRESH = timedelta(days=3)
LARGE = 1000  # rows; a news sitemap may hold no more, so a larger one is an archive

_KIND: FeedKind = "news_sitemap"
_BOTH_ENDS = 500  # rows at each end of a large list without dates, where new addresses are added
_MOST_ROWS = 50_000  # what the protocol allows
_MOST_CHILDREN = 100  # of an index
_MOST_FIELDS = 2000  # elements of one row; one may list a thousand images
_LONGEST_DATE = 40  # characters
_ADDRESS_LINE = re.compile(r"https?://\S+", re.I)
_DAY_IN_NAME = re.compile(r"(?<!\d)(20\d\d)[-_/]?(0[1-9]|1[0-2])(?:[-_/]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
# Lists of anything but articles: as fresh as the newest article, so they would crowd out the others.
_OTHER_PAGES = re.compile(r"categor|\btags?\b|_tag|post_tag|author|\bpages?\b|image|video|section|static|gallery", re.I)
_FIELDS = frozenset(("loc", "lastmod", "publication_date", "title"))
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

SitemapRow = dict[str, str]


def read(
    text: str, root: str, url: str, now: datetime | None = None, fresh: timedelta = FRESH, zone: tzinfo = UTC
) -> Reading:
    """The pages of an urlset, or the children of a sitemap index: lists of articles first, freshest first.

    `news:publication_date` becomes published_at, `lastmod` updated_at. Of an urlset of more than LARGE rows only
    those are taken that are dated within `fresh` of now, by either date or by the day in their address; of a list
    without any date both ends. Of an index the children that can hold such rows, or else the freshest one. The
    notes say how many were left out. UnreadableFeed when the document was cut off before its first address. The
    text must hold no DTD.
    """
    text, notes = whole_items(text, root)
    tree, _ = xml_tree(text)
    rows = list(_rows(tree)) if tree is not None else []
    beyond = 0
    if tree is not None and len(rows) == _MOST_ROWS:
        beyond = len(list(islice(_elements(tree), _MOST_ROWS, None)))
    if notes and not rows:
        raise UnreadableFeed(because("feed_cut_off", url=url, note=notes[0]))
    since = now - fresh if now else None
    if root == "sitemapindex":
        return _index(rows, url, since, notes)
    chosen = _fresh_part(rows, since)
    collector = Collector(url, now, zone)
    for row in chosen:
        collector.add(row["loc"], row.get("title", ""), row.get("publication_date", ""), row.get("lastmod", ""))
    return collector.reading(_KIND, (*notes, *_left_out(len(rows) - len(chosen) + beyond, "rows_left_out")))


def is_list(text: str) -> bool:
    """True when every line of the text is one address: the plain form of a sitemap."""
    return text[:4].casefold() == "http" and all(
        _ADDRESS_LINE.fullmatch(line.strip()) for line in text.splitlines() if line.strip()
    )


def read_list(text: str, url: str, now: datetime | None = None, fresh: timedelta = FRESH) -> Reading:
    """The addresses of a plain-text sitemap, of a large one its fresh part as in `read`."""
    lines = text.split()
    half = _MOST_ROWS // 2
    rows = [{"loc": line} for line in (lines if len(lines) <= _MOST_ROWS else lines[:half] + lines[-half:])]
    chosen = _fresh_part(rows, now - fresh if now else None)
    collector = Collector(url, now)
    for row in chosen:
        collector.add(row["loc"])
    return collector.reading(_KIND, _left_out(len(lines) - len(chosen), "rows_left_out"))


def _elements(tree: etree._Element) -> Iterator[etree._Element]:
    return tree.iter("{*}url", "{*}sitemap")


def _rows(tree: etree._Element) -> Iterator[SitemapRow]:
    """The fields of each row; an image's own address and title are not the page's.

    By local name, since prefixes and even wrong namespaces are common.
    """
    for element in islice(_elements(tree), _MOST_ROWS):
        row: SitemapRow = {"loc": ""}
        for child in islice(element.iterchildren(), _MOST_FIELDS):
            name = _local(child)
            if name == "news":
                for fact in islice(child.iterchildren(), _MOST_FIELDS):
                    _fill(row, _local(fact), fact)
            else:
                _fill(row, name, child)
        yield row


def _fill(row: SitemapRow, name: str, element: etree._Element) -> None:
    if name in _FIELDS and not row.get(name):
        row[name] = (element.text or "").strip()


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def _fresh_part(rows: Sequence[SitemapRow], since: datetime | None) -> Sequence[SitemapRow]:
    """Of many rows those dated later, at most MOST_ITEMS and the newest, in their order."""
    if len(rows) <= LARGE:
        return rows
    times = [_time(row) for row in rows]
    dated = [n for n, time in enumerate(times) if time]
    if not dated:
        return [*rows[:_BOTH_ENDS], *rows[-_BOTH_ENDS:]]
    kept = [n for n in dated if since is None or (times[n] or _LONG_AGO) >= since]
    if len(kept) > MOST_ITEMS:
        kept = sorted(sorted(kept, key=lambda n: times[n] or _LONG_AGO, reverse=True)[:MOST_ITEMS])
    return [rows[n] for n in kept]


def _time(row: SitemapRow) -> datetime | None:
    """When a row was last said to be new: the later of its dates, else the end of the day in its address."""
    times = [time for name in ("publication_date", "lastmod") if (time := _latest(row.get(name, "")))]
    return max(times) if times else _end_in_name(row["loc"])


def _latest(date: str) -> datetime | None:
    """The last instant that a date can mean: a bare day lasts until its end."""
    said = moment(date[:_LONGEST_DATE]) if date else None
    return said.end if said else None


def _index(rows: Sequence[SitemapRow], url: str, since: datetime | None, notes: tuple[Why, ...]) -> Reading:
    children: dict[str, str] = {}
    for row in rows:
        if child := absolute(visible(row["loc"]), url):
            children[child] = row.get("lastmod", "")

    def rank(child: str) -> tuple[bool, float]:
        said = moment(children[child])
        time = said.at if said else _end_in_name(child)
        return bool(_OTHER_PAGES.search(urlsplit(child).path)), -time.timestamp() if time else 0.0

    ordered = sorted(children, key=rank)
    fresh = [child for child in ordered if since is None or _can_hold(child, children[child], since)]
    chosen = fresh[:_MOST_CHILDREN] or ordered[:1]
    left = len(ordered) - len(chosen)
    return Reading(_KIND, (), (*notes, *_left_out(left, "sitemaps_left_out")), tuple(chosen))


def _can_hold(child: str, lastmod: str, since: datetime) -> bool:
    """Whether a child's rows may be as new; one without any date may.

    The month in its name speaks beside its date: many sites write every file anew each night.
    """
    return all(time >= since for time in (_end_in_name(child), _latest(lastmod)) if time)


def _end_in_name(address: str) -> datetime | None:
    """The end of the day or month that an address names, as /2026/11/20/ or posts-2026-11.xml."""
    days = list(_DAY_IN_NAME.finditer(address))
    if not days:
        return None
    found = days[-1]
    if found[3]:
        day = moment(f"{found[1]}-{found[2]}-{found[3]}")
        return day.end if day else None
    year, month = int(found[1]), int(found[2])
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def _left_out(number: int, code: Code) -> tuple[Why, ...]:
    return (because(code, count=number),) if number else ()
