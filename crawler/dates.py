"""When a page was published and changed: several witnesses, of which the first believed wins."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

from lxml.html import HtmlElement

from crawler.markup import Markup, clean, is_elsewhere, types

Precision = Literal["zoned", "naive", "day"]

_PUBLISHED_META = (
    "article:published_time", "datepublished", "og:published_time", "parsely-pub-date", "sailthru.date", "pubdate",
    "publishdate", "publish-date", "publish_date", "article:published", "dc.date.issued", "dcterms.created", "dc.date",
    "date", "cxenseparse:recs:publishtime", "article.published", "citation_publication_date", "rnews:datepublished",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "datemodified", "og:updated_time", "last-modified", "lastmod", "dcterms.modified",
)  # fmt: skip
_UPDATED = re.compile(r"updat|modif|actualiz", re.I)
_FIRST_YEAR = 1990
_STEP = timedelta(hours=15)  # no two clocks on earth show one moment further apart


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment and how well it is known: `naive` = no zone said, taken as UTC; `day` = a day, taken as noon UTC."""

    at: datetime
    precision: Precision
    witness: str

    @property
    def told(self) -> str:
        """The witness, and what it left out."""
        left_out: dict[Precision, str] = {"zoned": "", "naive": ", no zone", "day": ", day only"}
        return self.witness + left_out[self.precision]


def parse_stamp(value: object, witness: str) -> Stamp | None:
    """Read ISO 8601 (also with a space, without colons, with fractions), RFC 2822 or a Unix time in seconds or ms."""
    text = clean(value) if isinstance(value, str) else str(value) if isinstance(value, int) else ""
    if not text or len(text) > 60:
        return None
    try:
        if re.fullmatch(r"1\d{9}(?:\d{3})?", text):
            return Stamp(datetime.fromtimestamp(int(text[:10]), UTC), "zoned", witness)
        day_only = re.fullmatch(r"\d{4}-?\d\d-?\d\d", text) is not None
        found = _read_time(text)
        if day_only:
            return Stamp(found.replace(hour=12, tzinfo=UTC), "day", witness)
        if found.tzinfo is None:
            return Stamp(found.replace(tzinfo=UTC), "naive", witness)
        return Stamp(found.astimezone(UTC), "zoned", witness)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _read_time(text: str) -> datetime:
    iso = re.sub(r"\s+(?=[+-]\d\d:?\d\d$)", "", text)
    iso = re.sub(r"\s*(?:UTC|GMT|Z)$", "+00:00", iso)
    iso = re.sub(r"([+-]\d\d)$", r"\1:00", iso) if "T" in iso or ":" in iso else iso
    try:
        return datetime.fromisoformat(iso)
    except ValueError:
        return parsedate_to_datetime(text)


def published(page: Markup, other: Iterator[Stamp | None], now: datetime) -> Stamp | None:
    """When the page was first published. The first witness to be believed gives the day, the most precise one that
    agrees with it the minute; a date later than `now` plus a day, or before 1990, is not believed. `other` is asked
    last, and only if no witness before gave time and zone.
    """
    believed: list[Stamp] = []
    for source in (_published_witnesses(page), other):
        for stamp in source:
            if stamp and _believable(stamp, now):
                believed.append(stamp)
                if stamp.precision == "zoned":
                    break
        if believed and believed[-1].precision == "zoned":
            break
    if not believed:
        return None
    rank: dict[Precision, int] = {"zoned": 0, "naive": 1, "day": 2}
    agreeing = [s for s in believed if abs(s.at - believed[0].at) <= _STEP]
    best = min(agreeing, key=lambda s: rank[s.precision])
    return Stamp(min(best.at, now), "day", best.witness) if best.precision == "day" else best


def modified(page: Markup, first: Stamp | None, now: datetime) -> Stamp | None:
    """When the page was last changed, if it says so and this is after its publication."""
    name_value = page.first_meta(*_MODIFIED_META)
    stamps = (
        parse_stamp(page.article.get("dateModified"), "JSON-LD dateModified"),
        parse_stamp(name_value[0], f"meta {name_value[1]}"),
    )
    believed = (s for s in stamps if s and s.precision != "day" and _believable(s, now))
    return next((s for s in believed if first is None or s.at > first.at), None)


def _believable(stamp: Stamp, now: datetime) -> bool:
    return stamp.at.year >= _FIRST_YEAR and stamp.at <= now + timedelta(days=1)


def _published_witnesses(page: Markup) -> Iterator[Stamp | None]:
    yield parse_stamp(page.article.get("datePublished"), "JSON-LD datePublished")
    for name in _PUBLISHED_META:
        for value in page.meta.get(name, [])[:3]:
            yield parse_stamp(value, f"meta {name}")
    for node in page.nodes:
        if any(t.endswith("Page") for t in types(node)):
            yield parse_stamp(node.get("datePublished"), "JSON-LD page datePublished")
    yield parse_stamp(page.article.get("dateCreated"), "JSON-LD dateCreated")
    times = [t for t in page.tree.iter("time") if t.get("datetime") and not is_elsewhere(t)][:20]
    marked = [
        t for t in times if "publish" in f"{t.get('itemprop')} {t.get('class')}".lower() or t.get("pubdate") is not None
    ]
    for element in [*marked, *times]:
        if not _UPDATED.search(f"{element.get('class')} {element.get('itemprop')} {_before(element)}"):
            yield parse_stamp(element.get("datetime"), "time element")


def _before(element: HtmlElement) -> str:
    parent, previous = element.getparent(), element.getprevious()
    said = previous.tail or previous.text if previous is not None else parent.text if parent is not None else ""
    return f"{(said or '')[-40:]} {(element.text or '')[:40]}"
