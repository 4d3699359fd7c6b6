"""A web page's bytes → Article. The only place that knows trafilatura and htmldate."""

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from htmldate import find_date
from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document
from trafilatura.utils import detect_encoding

from crawler import boilerplate, dates, identity, metadata
from crawler.byline import wire_in_text, wire_named
from crawler.errors import IcewireError
from crawler.markup import Markup, clean, is_article, read_markup, types
from crawler.story import Article
from crawler.urls import is_web_address, link_url
from crawler.words import words

_MOST_BYTES = 4_000_000
_MOST_ELEMENTS = 40_000
_MOST_LETTERS = 400_000
_FEWEST_WORDS = 25
_FEWEST_LETTERS = 200  # for scripts without blanks between words
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_CHARSET = re.compile(r"<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_WESTERN = frozenset("áéíóúüñÁÉÍÓÚÜÑ¿¡àâãçèêëîïôõöûäåßøÀÂÇÈÊÖÄ–—‘’“”•…€£©®°«»½¼ºª·\xa0")
_CONTROL = bytes({*range(0x20), 0x7F} - {*b"\t\n\r"})
_MEDIA = re.compile(r"^\s*(?:image|video|audio|font)/|application/(?:pdf|zip|json|octet-stream)", re.IGNORECASE)
_MAGIC = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04")
_BOT_CHECK = re.compile(
    r"just a moment|attention required|access denied|are you (?:a robot|human)|pardon our interruption"
    r"|verify you are human|security check|checking your browser|403 forbidden",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"(?:\b404\b|page (?:was )?not found|page (?:doesn|does no)t exist|p[aá]gina no encontrada)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Hint:
    """What the feed said of the page; believed only where the page itself is silent or less precise."""

    title: str = ""
    published_at: datetime | None = None


class NotAnArticle(IcewireError):
    """The page holds no article; the message is the reason, for a person."""


def extract(
    body: bytes, url: str, source_id: str, now: datetime, content_type: str = "", hint: Hint = Hint()
) -> Article:
    """Read a page as it came from `url` into an Article without id and story; `now` is when it was fetched.

    Gives an Article or raises NotAnArticle, whatever the bytes are. Times are UTC; a page that names only a day gets
    noon UTC of it, so that the day stays the same all over America. `witnesses` tells where each field came from.
    """
    if not is_web_address(url):
        raise NotAnArticle(f"“{url[:80]}” is no web address")
    tree = _parse(_decoded(body[:_MOST_BYTES], content_type), body, content_type)
    page = read_markup(tree, url)
    lines = _body_lines(page)
    title, title_witness = metadata.title(page, hint.title)
    text, text_witness = _readable(page, lines, title, hint)
    first = dates.published(page, _other_dates(page, hint, now), now)
    last = dates.modified(page, first, now)
    bylines = metadata.author_credits(page)
    authors, author_witness = metadata.authors(page, bylines)
    wire, wire_witness = _wire(page, metadata.organisations(page, bylines), lines)
    language, language_witness = metadata.language(page, text)
    paywalled, paywall_witness = metadata.paywalled(page, "\n".join(lines))
    image, image_witness = metadata.image(page)
    address, address_witness = identity.address(page)
    witnesses = {
        "title": title_witness, "text": text_witness, "authors": author_witness, "wire": wire_witness,
        "published_at": first.witness if first else "", "modified_at": last.witness if last else "",
        "language": language_witness, "paywalled": paywall_witness, "image_url": image_witness, "url": address_witness,
    }  # fmt: skip
    if first and first.precision != "zoned":
        witnesses["published_at"] += ", day only" if first.precision == "day" else ", no zone"
    return Article(
        source_id=source_id,
        url=address,
        link=link_url(url),
        title=title,
        text=text,
        language=language,
        authors=authors,
        published_at=first.at if first else None,
        modified_at=last.at if last else None,
        fetched_at=now,
        content_hash=content_hash(title, text),
        wire=wire,
        paywalled=bool(paywalled),
        image_url=image,
        witnesses={name: witness for name, witness in witnesses.items() if witness},
    )


def content_hash(title: str, text: str) -> str:
    """SHA-256 of title and text, hexadecimal: the same article has the same on every machine."""
    return hashlib.sha256(f"{title}\n\n{text}".encode("utf-8", "replace")).hexdigest()


def _decoded(body: bytes, content_type: str) -> str:
    """Text of a page whose declared charset may be wrong: byte order mark, UTF-8 if it is, header, meta, detection."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    try:
        return body.decode("utf-8")  # nothing else passes for UTF-8 by chance
    except UnicodeDecodeError:
        pass
    start = body[:4096].decode("latin-1")
    declared = [m[1] for m in (_CHARSET.search(content_type), _CHARSET.search(start), _XML_CHARSET.search(start)) if m]
    for name in declared:
        if text := _decoded_as(body, name):
            return text
    western = _decoded_as(body, "cp1252") or body.decode("latin-1")
    high = [c for c in western if c > "\x7f"]
    if sum(c in _WESTERN for c in high) > 0.9 * len(high):  # sooner right than a guess by statistics on a short page
        return western
    return next((text for name in detect_encoding(body[:20_000])[:2] if (text := _decoded_as(body, name))), western)


def _decoded_as(body: bytes, name: str) -> str:
    """The text in this charset, "" when it is not in it. A few broken characters in much UTF-8 are forgiven."""
    try:
        codec = codecs.lookup(name).name
        if codec == "utf-8":
            text = body.decode("utf-8", "replace")
            whole = sum(c > "\x7f" for c in text) - (broken := text.count("\ufffd"))
            return text if whole > 2 * broken else ""
        return body.decode("cp1252" if codec in ("iso8859-1", "ascii") else codec)  # as browsers do
    except (LookupError, UnicodeError, ValueError, TypeError):  # TypeError: a codec that is not for text
        return ""


def _parse(text: str, body: bytes, content_type: str) -> HtmlElement:
    if _MEDIA.search(content_type) or body.startswith(_MAGIC):
        raise NotAnArticle(f"the address gives {content_type.partition(';')[0] or 'a file'}, not a web page")
    raw = text.replace("\ufffe", "").replace("\uffff", "").encode("utf-8", "ignore")  # ignored: halves of characters
    raw = raw.translate(None, _CONTROL)
    if b"<" not in raw:
        raise NotAnArticle("the page is not HTML" if raw.decode("utf-8").strip() else "the page is empty")
    try:
        tree = etree.fromstring(raw, _parser())
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise NotAnArticle("the page is not HTML") from error
    if not isinstance(tree, HtmlElement):
        raise NotAnArticle("the page is not HTML")
    if tree.xpath("count(//*)") > _MOST_ELEMENTS:
        raise NotAnArticle(f"the page has more than {_MOST_ELEMENTS} elements, which no article has")
    return tree


def _parser() -> etree.HTMLParser:
    """A parser whose elements have one class; lxml.html's own asks Python for the class of each, which takes long."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    return parser


def _body_lines(page: Markup) -> list[str]:
    """The paragraphs of the body text as trafilatura finds them, before boilerplate is dropped."""
    try:
        document = bare_extraction(page.tree, url=page.url, include_comments=False)
    except Exception:  # noqa: BLE001 (a library's fault on one strange page must not stop a crawl)
        return []
    text = document.text if isinstance(document, Document) else ""
    return [line for raw in (text or "")[:_MOST_LETTERS].splitlines() if (line := _one_line(raw))]


def _one_line(raw: str) -> str:
    """One paragraph without list marks and doubled blanks."""
    return " ".join(raw.split()).strip(" \u200b\ufeff").removeprefix("- ").strip()


def _readable(page: Markup, lines: list[str], title: str, hint: Hint) -> tuple[str, str]:
    """The article's text, its witness; NotAnArticle when there is none.

    A page without text whose headline a feed announced (a video, a gallery, a hard paywall) is kept with its headline.
    """
    _refuse_other_pages(page, title)
    kept = boilerplate.drop(lines, page.tree, title)
    text = "\n".join(kept)
    if title and (len(text.split()) >= _FEWEST_WORDS or len(text) >= _FEWEST_LETTERS):
        return text, "trafilatura"
    if _BOT_CHECK.search(title) or _GONE.search(title):
        raise NotAnArticle(f"the site answered “{title[:80]}”")
    told = clean(page.article.get("description")) or page.first_meta("og:description", "description")[0]
    declared = bool(page.article) or page.first_meta("og:type")[0].lower() == "article"
    if title and declared and len(told.split()) >= 8:
        return (text, "trafilatura") if len(text) > len(told) else (told, "description")
    if not title:
        raise NotAnArticle("the page has no title")
    announced = set(words(hint.title))
    if announced and len(announced & set(words(title))) * 2 >= len(announced):
        return text, "headline only"
    raise NotAnArticle(f"the page holds no article text ({len(text.split())} words)")


def _refuse_other_pages(page: Markup, title: str) -> None:
    if urlsplit(page.url).path.strip("/") == "" and not urlsplit(page.url).query and not page.article:
        raise NotAnArticle("the page is a front page")
    listing = any({"CollectionPage", "SearchResultsPage", "ProfilePage"} & set(types(n)) for n in page.nodes)
    if listing and not any(is_article(n) for n in page.nodes):
        raise NotAnArticle("the page is a list of pages")


def _other_dates(page: Markup, hint: Hint, now: datetime) -> Iterator[dates.Stamp | None]:
    """Witnesses that are dearer or weaker than markup: what the text and address say, then the feed."""
    # A guess from all numbers on the page is worth less than what the feed said.
    yield dates.parse_stamp(_htmldate(page, now, guess=hint.published_at is None), "htmldate")
    if hint.published_at:
        yield dates.parse_stamp(hint.published_at.isoformat(), "feed")


def _htmldate(page: Markup, now: datetime, guess: bool) -> str:
    latest = (now + timedelta(days=1)).strftime("%Y-%m-%d")
    try:
        found = find_date(page.tree, guess, original_date=True, url=page.url, max_date=latest)
    except Exception:  # noqa: BLE001 (as for trafilatura)
        return ""
    return found or ""


def _wire(page: Markup, credited: list[str], lines: list[str]) -> tuple[str, str]:
    host = urlsplit(page.url).hostname or ""
    if named := wire_named(credited, host):
        return named, "byline"
    told = wire_in_text(lines, host)
    return (told, "credit in the text") if told else ("", "")
