"""When a page was published and changed: several witnesses, of which the first believed wins."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.extract.jsonld import clean, types
from crawler.extract.markup import Markup, is_elsewhere, is_of_other
from crawler.extract.shown import headline_of, shown_dates
from crawler.text import Moment, moment, words

_PUBLISHED_META = (
    "article:published_time", "datepublished", "og:published_time", "parsely-pub-date", "sailthru.date", "pubdate",
    "publishdate", "publish-date", "publish_date", "article:published", "dc.date.issued", "dcterms.created", "dc.date",
    "date", "cxenseparse:recs:publishtime", "article.published", "citation_publication_date", "rnews:datepublished",
    "article:published_date", "article_date_original", "published-date", "published_date", "originalpublicationdate",
    "displaydate", "dc.date.created", "dcterms.date", "dcterms.issued", "dc.terms.issued", "bt:pubdate", "datecreated",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "datemodified", "og:updated_time", "last-modified", "lastmod", "dcterms.modified",
)  # fmt: skip
_UPDATED = re.compile(r"updat|modif|actualiz", re.I)
_DAY_IN_PATH = re.compile(
    r"(?<![\w-])(?P<year>(?:19|20)\d\d)(?P<sep>[/-])(?P<month>1[0-2]|0?[1-9])(?P=sep)(?P<day>3[01]|[12]\d|0?[1-9])(?![\w.])"
)
_PUBLISHED_IN_SCRIPT = re.compile(
    r"\"(?:date_?published|publish(?:ed)?_?(?:date|at|time|on)|publication_?date|first_?publish(?:ed)?_?(?:date|at)?)\""
    r"\s*:\s*\"(\d{4}-\d\d-\d\dT\d\d:\d\d[^\"]{0,20})\"",
    re.I,
)
# Elements that carry the date in an attribute, and its names; the last two count by what the element is called.
_MARKS = (
    "publishdate", "data-publishdate", "data-publish-date", "data-published", "data-published-date", "data-pubdate",
    "content", "title",
)  # fmt: skip
_MARKED = (
    f"//*[{' or '.join(f'@{name}' for name in _MARKS[:-2])}]"
    " | //*[@itemprop='datePublished' or @property='datePublished'][@content]"
    " | //abbr[contains(@class, 'publish')][@title]"
)
# Chosen by hand.
_MOST_SCRIPT = 500_000  # characters
_FIRST_YEAR = 1990
_LONGEST = 60  # characters of a date; more is a sentence
_PROSE = 25  # words
_LABEL = 3
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


def stamp(value: object, witness: str, zone: tzinfo = UTC, now: datetime | None = None) -> Stamp | None:
    """What a value of a page's markup means as a date, text or a Unix time; None when it is none."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("@value")
    text = clean(value) if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""
    found = moment(text, zone, now) if len(text) <= _LONGEST else None
    return Stamp(found, witness) if found else None


def published(page: Markup, told: Moment | None, zone: tzinfo, now: datetime) -> Stamp | None:
    """When the page was first published. The first witness to be believed gives the day, the most precise one that
    agrees with it the minute; a date later than `now` plus a day, or before 1990, is not believed.

    The page's data come first, then what a reader sees, then what the feed `told`, then the date of an update. Clocks
    without a zone are those of `zone`.
    """
    believed: list[Stamp] = []
    for said in _published_witnesses(page, told, zone, now):
        if said and _believable(said, now):
            believed.append(said)
            if not said.vagueness:
                break
    if not believed:
        return None
    best = min((s for s in believed if _agree(s, believed[0], zone)), key=lambda s: s.vagueness)
    return Stamp(best.moment.by(now), best.witness) if best.moment.day_only else best


def _agree(one: Stamp, other: Stamp, zone: tzinfo) -> bool:
    """Whether two stamps can mean one moment."""
    if abs(one.moment.at - other.moment.at) <= _STEP:
        return True
    days = [s.moment.at.date() if s.moment.day_only else s.moment.at.astimezone(zone).date() for s in (one, other)]
    return (one.moment.day_only or other.moment.day_only) and days[0] == days[1]


def modified(page: Markup, first: Stamp | None, zone: tzinfo, now: datetime) -> Stamp | None:
    """When the page was last changed, if it says so and this is after its publication."""
    name_value = page.first_meta(*_MODIFIED_META)
    stamps = (
        stamp(page.article.get("dateModified"), "JSON-LD dateModified", zone, now),
        stamp(name_value[0], f"meta {name_value[1]}", zone, now),
    )
    believed = (s for s in stamps if s and not s.moment.day_only and _believable(s, now))
    return next((s for s in believed if first is None or s.moment.at > first.moment.at), None)


def _believable(said: Stamp, now: datetime) -> bool:
    return said.moment.at.year >= _FIRST_YEAR and said.moment.at <= now + timedelta(days=1)


def _published_witnesses(page: Markup, told: Moment | None, zone: tzinfo, now: datetime) -> Iterator[Stamp | None]:
    for value, witness in _declared(page):
        yield stamp(value, witness, zone, now)
    times = _time_elements(page)
    for element in filter(_is_marked, times):
        yield stamp(element.get("datetime"), "time element", zone, now)
    yield _in_address(page.url) or _in_address(page.canonical)
    for element in times:
        yield stamp(element.get("datetime"), "time element", zone, now)
    shown = shown_dates(page, zone, now)
    yield from (Stamp(said, "shown beside the headline") for role, said in shown if role != "updated")
    if told:
        yield Stamp(told, "feed")
    yield _in_scripts(page.tree, zone, now)
    yield from (Stamp(said, "shown as updated") for role, said in shown if role == "updated")


def _declared(page: Markup) -> Iterator[tuple[object, str]]:
    yield page.article.get("datePublished"), "JSON-LD datePublished"
    for name in _PUBLISHED_META:
        for value in page.meta.get(name, [])[:3]:
            yield value, f"meta {name}"
    for node in page.nodes:
        if any(t.endswith("Page") for t in types(node)):
            yield node.get("datePublished"), "JSON-LD page datePublished"
    for name in ("dateCreated", "coverageStartTime"):
        yield page.article.get(name), f"JSON-LD {name}"
    for element in page.tree.xpath(_MARKED)[:20]:
        if element.tag != "meta" and not is_elsewhere(element) and not is_of_other(element, page.url):
            yield next(value for name in _MARKS if (value := element.get(name))), "marked as published"


def _in_scripts(tree: HtmlElement, zone: tzinfo, now: datetime) -> Stamp | None:
    """The one date of publication in the data of a page's scripts; None where several stories may be told of."""
    scripts = tree.xpath("//script[not(@src) and not(contains(@type, 'ld+json'))][contains(., 'ublish')]")[:40]
    values = {value for script in scripts for value in _PUBLISHED_IN_SCRIPT.findall((script.text or "")[:_MOST_SCRIPT])}
    return stamp(values.pop(), "script data", zone, now) if len(values) == 1 else None


def _in_address(url: str) -> Stamp | None:
    """The day in a path like /2026/11/28/ or /story/2026-11-28/."""
    found = _DAY_IN_PATH.search(urlsplit(url).path)
    if not found:
        return None
    return stamp(f"{found['year']}-{int(found['month']):02}-{int(found['day']):02}", "address")


def _time_elements(page: Markup) -> list[HtmlElement]:
    """The times that are the page's and not of an update, those below the headline first.

    Above it stands the newspaper's own date, unless it is in the headline's own corner of the page.
    """
    tree, others = page.tree, (is_elsewhere, _is_in_prose, _is_of_update)
    times = [t for t in tree.iter("time") if t.get("datetime")][:40]
    mine = [t for t in times if not (any(of(t) for of in others) or is_of_other(t, page.url))]
    heading = headline_of(page) if mine else None
    if heading is None:
        return mine[:20]
    order = {element: n for n, element in enumerate(tree.iter(heading.tag, "time"))}
    below = [t for t in mine if order[t] > order[heading]]
    corner = set(islice(heading.iterancestors(), 2)) - set(tree.iter("body", "html"))
    return [*below, *(t for t in mine if order[t] < order[heading] and corner & set(t.iterancestors()))][:20]


def _is_marked(element: HtmlElement) -> bool:
    said = f"{element.get('itemprop')} {element.get('class')}".lower()
    return "publish" in said or element.get("pubdate") is not None


def _is_in_prose(element: HtmlElement) -> bool:
    around = next(element.iterancestors("p", "li", "blockquote"), None)
    return around is not None and len(words(around.text_content())) > _PROSE


def _is_of_update(element: HtmlElement) -> bool:
    return bool(_UPDATED.search(f"{element.get('class')} {element.get('itemprop')} {_before(element)}"))


def _before(element: HtmlElement) -> str:
    """What stands right before a time and may say what it is, and what it says itself."""
    parent, previous = element.getparent(), element.getprevious()
    if previous is None:
        said = (parent.text or "") if parent is not None else ""
    else:
        label = previous.text_content() if not (previous.tail or "").strip() else ""
        said = f"{label if len(words(label)) <= _LABEL else ''} {previous.tail or ''}"
    return f"{said[-40:]} {(element.text or '')[:40]}"
