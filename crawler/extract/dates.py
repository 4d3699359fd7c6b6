"""When a page was published and changed: several witnesses, of which the first believed wins."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from lxml.html import HtmlElement

from crawler.extract.jsonld import clean, types
from crawler.extract.markup import Markup, is_elsewhere
from crawler.text import Moment, moment

_PUBLISHED_META = (
    "article:published_time", "datepublished", "og:published_time", "parsely-pub-date", "sailthru.date", "pubdate",
    "publishdate", "publish-date", "publish_date", "article:published", "dc.date.issued", "dcterms.created", "dc.date",
    "date", "cxenseparse:recs:publishtime", "article.published", "citation_publication_date", "rnews:datepublished",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "datemodified", "og:updated_time", "last-modified", "lastmod", "dcterms.modified",
)  # fmt: skip
_UPDATED = re.compile(r"updat|modif|actualiz", re.I)
# Chosen by hand.
_FIRST_YEAR = 1990
_LONGEST = 60  # characters of a date; more is a sentence
_STEP = timedelta(hours=15)  # no two clocks on earth show one moment further apart


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment and who named it."""

    moment: Moment
    witness: str

    @property
    def told(self) -> str:
        """The witness, and what it left out."""
        if self.moment.day_only:
            return f"{self.witness}, day only"
        return self.witness if self.moment.zoned else f"{self.witness}, no zone"

    @property
    def vagueness(self) -> int:
        """0: a minute and its zone; 1: no zone; 2: no hour."""
        return 2 if self.moment.day_only else int(not self.moment.zoned)


def stamp(value: object, witness: str) -> Stamp | None:
    """What a value of a page's markup means as a date, text or a Unix time; None when it is none."""
    text = clean(value) if isinstance(value, str) else str(value) if isinstance(value, int) else ""
    found = moment(text) if len(text) <= _LONGEST else None
    return Stamp(found, witness) if found else None


def published(page: Markup, other: Iterator[Stamp | None], now: datetime) -> Stamp | None:
    """When the page was first published. The first witness to be believed gives the day, the most precise one that
    agrees with it the minute; a date later than `now` plus a day, or before 1990, is not believed. `other` is asked
    last, and only if no witness before gave time and zone.
    """
    believed: list[Stamp] = []
    for said in chain(_published_witnesses(page), other):
        if said and _believable(said, now):
            believed.append(said)
            if not said.vagueness:
                break
    if not believed:
        return None
    agreeing = [s for s in believed if abs(s.moment.at - believed[0].moment.at) <= _STEP]
    best = min(agreeing, key=lambda s: s.vagueness)
    return Stamp(best.moment.by(now), best.witness) if best.moment.day_only else best


def modified(page: Markup, first: Stamp | None, now: datetime) -> Stamp | None:
    """When the page was last changed, if it says so and this is after its publication."""
    name_value = page.first_meta(*_MODIFIED_META)
    stamps = (
        stamp(page.article.get("dateModified"), "JSON-LD dateModified"),
        stamp(name_value[0], f"meta {name_value[1]}"),
    )
    believed = (s for s in stamps if s and not s.moment.day_only and _believable(s, now))
    return next((s for s in believed if first is None or s.moment.at > first.moment.at), None)


def _believable(said: Stamp, now: datetime) -> bool:
    return said.moment.at.year >= _FIRST_YEAR and said.moment.at <= now + timedelta(days=1)


def _published_witnesses(page: Markup) -> Iterator[Stamp | None]:
    yield stamp(page.article.get("datePublished"), "JSON-LD datePublished")
    for name in _PUBLISHED_META:
        for value in page.meta.get(name, [])[:3]:
            yield stamp(value, f"meta {name}")
    for node in page.nodes:
        if any(t.endswith("Page") for t in types(node)):
            yield stamp(node.get("datePublished"), "JSON-LD page datePublished")
    yield stamp(page.article.get("dateCreated"), "JSON-LD dateCreated")
    times = [t for t in page.tree.iter("time") if t.get("datetime") and not is_elsewhere(t)][:20]
    marked = [
        t for t in times if "publish" in f"{t.get('itemprop')} {t.get('class')}".lower() or t.get("pubdate") is not None
    ]
    for element in [*marked, *times]:
        if not _UPDATED.search(f"{element.get('class')} {element.get('itemprop')} {_before(element)}"):
            yield stamp(element.get("datetime"), "time element")


def _before(element: HtmlElement) -> str:
    parent, previous = element.getparent(), element.getprevious()
    said = previous.tail or previous.text if previous is not None else parent.text if parent is not None else ""
    return f"{(said or '')[-40:]} {(element.text or '')[:40]}"
