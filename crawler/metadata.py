"""Title, authors, times and the rest of an article, each chosen from several witnesses on the page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Literal
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.byline import people, wire_named
from crawler.markup import Markup, clean, types
from crawler.urls import is_web_address
from crawler.words import fold, words

Found = tuple[str, str]  # value, witness; ("", "") = not found
Precision = Literal["zoned", "naive", "day"]

_SEPARATOR = re.compile(r"\s+[|•·»«–—:/~-]+\s+|\s*\|\s*")
_PUBLISHED_META = (
    "article:published_time", "datepublished", "og:published_time", "parsely-pub-date", "sailthru.date", "pubdate",
    "publishdate", "publish-date", "publish_date", "article:published", "dc.date.issued", "dcterms.created", "dc.date",
    "date", "cxenseparse:recs:publishtime", "article.published", "citation_publication_date", "rnews:datepublished",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "datemodified", "og:updated_time", "last-modified", "lastmod", "dcterms.modified",
)  # fmt: skip
_AUTHOR_META = (
    "author",
    "byl",
    "parsely-author",
    "sailthru.author",
    "article:author",
    "authors",
    "dc.creator",
    "citation_author",
)
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:by-?line|authors?|article-?author|author-?name|contributors?|credit-?line)(?:$|[\s_-])", re.I
)
_BY = re.compile(r"\s*(?:By|BY|Por|POR)\b(?!\s+[a-z])")
_NOT_BYLINE = re.compile(
    r"bio|avatar|image|photo|caption|social|comment|related|footer|description|twitter|email", re.I
)
_ELSEWHERE = re.compile(
    r"related|recommend|popular|trending|comment|sidebar|footer|newsletter|promo|latest|teaser|more-", re.I
)
_UPDATED = re.compile(r"updat|modif|actualiz", re.I)
_FIRST_YEAR = 1990
_STEP = timedelta(hours=15)  # no two clocks on earth show one moment further apart
_SPANISH = frozenset(
    ["el", "la", "los", "las", "de", "del", "que", "en", "y", "por", "una", "un", "con", "para", "su", "se", "es", "al"]
)
_ENGLISH = frozenset(
    ["the", "of", "and", "to", "in", "that", "for", "was", "is", "with", "on", "by", "at", "his", "from", "said", "a"]
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment and how well it is known: `naive` = no zone said, taken as UTC; `day` = a day, taken as noon UTC."""

    at: datetime
    precision: Precision
    witness: str


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
    times = [t for t in page.tree.iter("time") if t.get("datetime") and not _is_elsewhere(t)][:20]
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


def _is_elsewhere(element: HtmlElement) -> bool:
    """Inside a part of the page that is about other pages."""
    for depth, above in enumerate(element.iterancestors()):
        if depth > 12:
            break
        if above.tag in ("nav", "aside", "footer") or _ELSEWHERE.search(
            f"{above.get('class', '')} {above.get('id', '')}"
        ):
            return above.tag not in ("body", "html", "main", "article")
    return False


def title(page: Markup, hint: str = "") -> Found:
    """The headline as a reader sees it: an h1 that another witness confirms, else JSON-LD, OpenGraph, h1, <title>,
    the feed.
    """
    names = site_names(page)
    told = [
        (clean(page.article.get("headline")), "JSON-LD headline"),
        (page.first_meta("og:title")[0], "og:title"),
        (page.first_meta("twitter:title", "parsely-title", "sailthru.title", "headline", "dc.title")[0], "meta title"),
        (page.title, "title element"),
        (clean(hint), "feed"),
    ]
    told = [(without_site(text, names), witness) for text, witness in told if text]
    shown = [h for h in page.headings if fold(h) not in names and len(h) < 300]
    for heading in shown:
        if any(_agree(heading, text) for text, _ in told):
            return _without_kicker(heading, told)
    trusted = [t for t in told if t[1] in ("JSON-LD headline", "og:title", "meta title") and t[0]]
    shown_only = [(h, "h1") for h in shown if len(shown) == 1]
    rest = [t for t in told if t[0] and fold(t[0]) not in names]
    return next(iter([*trusted, *shown_only, *rest]), ("", ""))


def _without_kicker(heading: str, told: list[Found]) -> Found:
    """The heading, or what another witness gives when the h1 holds a rubric before it or a subtitle behind it."""
    whole = fold(heading)
    for text, witness in told:
        said = fold(text)
        before, behind = len(words(text)) > 3 and whole.endswith(said), whole.startswith(said)
        agreed = sum(fold(other) == said for other, _ in told) > 1
        if len(said) < len(whole) and said and (before or (behind and agreed)):
            return text, witness
    return heading, "h1"


def site_names(page: Markup) -> set[str]:
    """What the site calls itself, folded: for telling it from titles and authors."""
    publisher = page.node(page.article.get("publisher"))
    given = [clean(publisher.get("name")), *page.meta.get("og:site_name", []), *page.meta.get("application-name", [])]
    given += [clean(n.get("name")) for n in page.nodes if {"WebSite", "NewsMediaOrganization"} & set(types(n))]
    host = (urlsplit(page.canonical or page.url).hostname or "").removeprefix("www.")
    return {fold(name) for name in [*given, host, host.partition(".")[0]] if name}


def without_site(text: str, names: set[str]) -> str:
    """A title without the site's name before or behind it."""
    compact = {re.sub(r"\W", "", n).removeprefix("the") for n in names} - {""}
    while pieces := list(_SEPARATOR.finditer(text)):
        first, last = pieces[0], pieces[-1]
        if _is_site(text[last.end() :], compact):
            text = text[: last.start()]
        elif _is_site(text[: first.start()], compact):
            text = text[first.end() :]
        else:
            break
    return text.strip()


def _is_site(piece: str, compact: set[str]) -> bool:
    said = re.sub(r"\W", "", fold(piece)).removeprefix("the")
    return bool(said) and (said in compact or said.removesuffix("com") in compact)


def _agree(a: str, b: str) -> bool:
    one, other = set(words(a)), set(words(b))
    return (
        bool(one and other)
        and len(one & other) >= 0.6 * min(len(one), len(other))
        and len(one & other) >= min(3, len(one), len(other))
    )


def authors(page: Markup) -> tuple[list[str], str]:
    """The people who wrote it and the witness; [] when only organisations, addresses or nobody is named."""
    names = site_names(page)
    for given, witness in _author_witnesses(page):
        found = [p for text in given for p in people(text) if fold(p) not in names]
        if found:
            return list(dict.fromkeys(found)), witness
    return [], ""


def organisations(page: Markup) -> list[str]:
    """Every author, credit or provider as it stands on the page, for finding a wire service among them."""
    credited = [clean(page.article.get("creditText"))]
    credited += [clean(page.node(page.article.get(key)).get("name")) for key in ("provider", "sourceOrganization")]
    return [text for text in [*credited, *(t for given, _ in _author_witnesses(page) for t in given)] if text]


def _author_witnesses(page: Markup) -> Iterator[tuple[list[str], str]]:
    yield (
        _author_names(page, page.article.get("author")) or _author_names(page, page.article.get("creator")),
        "JSON-LD author",
    )
    yield _visible_bylines(page.tree), "byline"
    for name in _AUTHOR_META:
        yield page.meta.get(name, []), f"meta {name}"


def _author_names(page: Markup, value: object) -> list[str]:
    if isinstance(value, list):
        return [name for item in value[:20] for name in _author_names(page, item)]
    if isinstance(value, str):
        return [clean(value)]
    name = page.node(value).get("name")
    return [clean(n) for n in name if clean(n)] if isinstance(name, list) else [clean(name)] if clean(name) else []


def _visible_bylines(tree: HtmlElement) -> list[str]:
    """The first text that is marked as a byline or begins with "By", not of another story; [] without one."""
    for element in tree.iter(
        "a", "span", "div", "p", "address", "li", "cite", "strong", "em", "h2", "h3", "h4", "h5", "h6"
    ):
        marks = " ".join(element.get(name, "") for name in ("class", "itemprop", "rel", "data-testid"))
        marked = _BYLINE.search(marks) and not _NOT_BYLINE.search(marks)
        if not marked and not _BY.match(element.text or ""):
            continue
        pieces = [clean(piece) for piece in islice(element.itertext(), 40)]
        text = " | ".join(piece for piece in pieces if piece)
        if 4 < len(text) < 160 and not _is_elsewhere(element):
            if people(text):
                return [text]
            if people(text.replace(" | ", " ")):
                return [text.replace(" | ", " ")]
            if wire_named([text]):
                return [text]
    return []


def language(page: Markup, text: str) -> Found:
    """The language code of the text: as declared, unless its function words plainly are English or Spanish instead."""
    declared = (
        page.tree.get("lang") or page.first_meta("og:locale", "content-language", "inlanguage")[0] or ""
    ).strip()
    code = re.split(r"[-_,\s]", declared.lower())[0]
    code = code if re.fullmatch(r"[a-z]{2,3}", code) else ""
    said = words(text[:6000])
    spanish, english = sum(w in _SPANISH for w in said), sum(w in _ENGLISH for w in said)
    guess = "es" if spanish > 2 * english else "en" if english > 2 * spanish else ""
    if guess and guess != code and max(spanish, english) >= max(10, 0.15 * len(said)):
        return guess, "function words"
    return (code, "declared") if code else (guess or "en", "function words" if guess else "assumed")


def paywalled(page: Markup, text: str) -> Found:
    """("yes", witness) when the page says that not everybody may read it."""
    for node in (page.article, *page.nodes):
        if str(node.get("isAccessibleForFree", "")).lower() in ("false", "no", "0"):
            return "yes", "JSON-LD isAccessibleForFree"
    if page.first_meta("article:content_tier")[0].lower() in ("locked", "premium"):
        return "yes", "meta article:content_tier"
    walled = re.search(
        r"subscribe (?:now )?to (?:continue|keep) reading"
        r"|this (?:article|story|content) is (?:only )?(?:for|available to) subscribers|already a subscriber\? (?:log|sign) in|suscr[ií]base para (?:seguir|continuar) leyendo",
        text[-1500:],
        re.I,
    )
    return ("yes", "text") if walled else ("", "")


def image(page: Markup) -> Found:
    """The address of the lead picture."""
    value = page.article.get("image")
    value = value[0] if isinstance(value, list) and value else value
    node = page.node(value)
    for given, witness in (
        (page.first_meta("og:image:secure_url", "og:image", "twitter:image")[0], "og:image"),
        (clean(node.get("url") or node.get("contentUrl")) if node else clean(value), "JSON-LD image"),
    ):
        try:
            address = urljoin(page.url, given) if given else ""
        except ValueError:
            continue
        if is_web_address(address):
            return address, witness
    return "", ""
