"""A web page's bytes → Article. The only place that knows trafilatura."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.extract import address as identity
from crawler.extract import boilerplate, dates, metadata, scripted, withheld
from crawler.extract.blocks import Block, Blocks, main_blocks, menus, read_blocks
from crawler.extract.byline import wire_in_text, wire_named
from crawler.extract.jsonld import clean, is_article, is_declaration, types
from crawler.extract.markup import Markup, read_markup
from crawler.extract.own import leave_out_others
from crawler.extract.script_data import scripts_of
from crawler.extract.vote import agree, as_block, below, likeliest
from crawler.glance import kind_of_title
from crawler.model import Article, IcewireError, because
from crawler.text import Moment, decoded, is_web_address, link_url, parse, read_once, visible, words

# Bounds, chosen by hand.
_MOST_BYTES = 4_000_000
_MOST_ELEMENTS = 40_000
_MOST_LETTERS = 400_000
_LONGEST_NAME = 1_000  # letters of a class
_FEWEST_WORDS = 25
_FEWEST_LETTERS = 200  # for scripts without blanks between words
_FEWEST_TOLD = 8  # words of a description, or of a line without an end that is more than a menu's
_TELLING = 2  # words of a headline in a description
_SENTENCE_END = (".", "!", "?", "…", "”", '"', ":")
_IDLE = ("script", "style", "svg", "iframe", "template")
_MEDIA = re.compile(r"^\s*(?:image|video|audio|font)/|application/(?:pdf|zip|json|octet-stream)", re.IGNORECASE)
_MAGIC = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04")


@dataclass(frozen=True, slots=True)
class Hint:
    """What the feed said of the page; believed only where the page itself is silent or less precise."""

    title: str = ""
    published: Moment | None = None


class NotAnArticle(IcewireError):
    """The page holds no article; the reason says why."""


def extract(
    body: bytes,
    url: str,
    source_id: str,
    now: datetime,
    content_type: str = "",
    hint: Hint = Hint(),
    zone: tzinfo = UTC,
) -> Article:
    """Read a page as it came from `url` into an Article without id and story; `now` is when it was fetched, `zone`
    that of its outlet, whose clock it means where it names none.

    Gives an Article or raises NotAnArticle, whatever the bytes are. Times are UTC; a page that names only a day gets
    noon UTC of it, so that the day stays the same all over America. `witnesses` tells where each field came from; its
    "credit" is what organisations the page names as author, who are no people.
    """
    if not is_web_address(url):
        raise NotAnArticle(because("no_web_address", url=url[:80]))
    page = read_markup(_parse(body, content_type), url, hint.title)
    title, title_witness = metadata.title(page, hint.title)
    title = _visible(title)
    leave_out_others(page.tree, title, page.article)
    _refuse_other_pages(page)
    first = dates.published(page, hint.published, zone, now)
    last = dates.modified(page, first, zone, now)
    bylines = metadata.author_credits(page)
    authors, author_witness = metadata.authors(page, bylines)
    image, image_witness = metadata.image(page)
    address, address_witness = identity.address(page)
    shown = read_blocks(page.tree, (urlsplit(page.url).hostname or "").removeprefix("www."))
    scripts = scripts_of(page.tree)
    is_withheld = withheld.take_out(shown)
    blocks, lines, text_witness = _body(page, shown)
    told = boilerplate.drop(blocks, title)
    if not _is_text(told) and (paragraphs := scripted.story_in(scripts, title)):
        told, text_witness = boilerplate.drop([as_block(p) for p in paragraphs], title), "the page's scripts"
    text, text_witness = _readable(page, told, title, hint, text_witness)
    text = _visible(text[:_MOST_LETTERS])
    wire, wire_witness = _wire(page, metadata.organisations(page, bylines), lines)
    language, language_witness = metadata.language(page, text)
    paywalled, paywall_witness = metadata.paywalled(page, "\n".join(lines))
    if is_withheld:
        paywalled, paywall_witness = "yes", "withheld text"
    witnesses = {
        "title": title_witness, "text": text_witness, "authors": author_witness, "wire": wire_witness,
        "published_at": first.told if first else "", "modified_at": last.witness if last else "",
        "language": language_witness, "paywalled": paywall_witness, "image_url": image_witness, "url": address_witness,
        "credit": metadata.newsroom(bylines),
    }  # fmt: skip
    return Article(
        source_id=source_id,
        url=address,
        link=link_url(url),
        title=title,
        text=text,
        language=language,
        authors=[_visible(author) for author in authors],
        published_at=first.moment.at if first else None,
        day_only=first is not None and first.moment.day_only,
        modified_at=last.moment.at if last else None,
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


def _parse(body: bytes, content_type: str) -> HtmlElement:
    if _MEDIA.search(content_type) or body.startswith(_MAGIC):
        kind = content_type.partition(";")[0]
        raise NotAnArticle(because("other_type", type=kind) if kind else because("a_file"))
    from trafilatura.utils import detect_encoding  # with much else, which a crawl leaves to its workers

    text = decoded(body[:_MOST_BYTES], content_type, detect_encoding)
    tree = parse(text)
    if tree is None:
        raise NotAnArticle(because("not_html" if text.strip(" \r\n\t\0") else "empty_page"))
    if tree.xpath("count(//*)") > _MOST_ELEMENTS:
        raise NotAnArticle(because("too_many_elements", most=_MOST_ELEMENTS))
    for name in ("class", "id", "style"):  # searched again and again, by trafilatura, too, for each that stands below
        for long in tree.xpath(f"//*[string-length(@{name}) > {_LONGEST_NAME}]"):
            long.set(name, long.get(name)[:_LONGEST_NAME])
    return tree


def _body(page: Markup, blocks: Blocks) -> tuple[list[Block], list[str], str]:
    """The blocks of the article before boilerplate is dropped; their lines and those just below, where credits stand;
    and who found them.

    Consumes the page's tree: read all else from it first.
    """
    idle = page.tree.iter(*_IDLE)
    for element in (*_without_text(page, idle), *menus(blocks)):  # trafilatura would copy and search them several times
        if element.getparent() is not None:
            element.drop_tree()
    found = agree(blocks, _lines(page, fast=True))
    kept, witness = found.kept, "two extractors"
    if found.doubtful:  # trafilatura's own comparison with others costs as much again: only few pages need it
        kept = likeliest([kept, agree(blocks, _lines(page, fast=False)).kept, main_blocks(blocks)])
        witness = "vote of three extractors"
    return kept, [block.text for block in [*kept, *below(blocks, kept)]], witness


def _without_text(page: Markup, idle: Iterable[HtmlElement]) -> list[HtmlElement]:
    """Of a page's idle elements all but one script, left with what JSON-LD says is the text of the page's own story."""
    text, elements = page.article.get("articleBody"), list(idle)
    scripts = list(filter(is_declaration, elements)) if isinstance(text, str) else []
    if scripts:
        scripts[0].set("type", "application/ld+json")  # as trafilatura knows it
        scripts[0].text = json.dumps({"@type": "NewsArticle", "articleBody": text})
    return [e for e in elements if e not in scripts[:1]]


def _lines(page: Markup, *, fast: bool) -> list[str]:
    """The paragraphs of the body text as trafilatura finds them."""
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    try:
        document = bare_extraction(page.tree, url=page.url, include_comments=False, fast=fast)
    except Exception:  # noqa: BLE001 (a library's fault on one strange page must not stop a crawl)
        return []
    text = document.text if isinstance(document, Document) else ""
    return [line for raw in (text or "")[:_MOST_LETTERS].splitlines() if (line := _one_line(raw))]


def _one_line(raw: str) -> str:
    """One paragraph without list marks and doubled blanks."""
    return " ".join(raw.split()).strip(" \u200b\ufeff").removeprefix("- ").strip()


def _visible(text: str) -> str:
    """The same in characters that one sees; a line in which there is none goes."""
    seen = visible(read_once(text))
    return text if seen == text else "\n".join(one for line in seen.split("\n") if (one := " ".join(line.split())))


def _tells_of(description: str, title: str) -> bool:
    """Whether a description is of this page, and not of the whole site."""
    return len({w for w in words(title) if len(w) > 3} & set(words(description))) >= _TELLING


def _is_text(lines: Sequence[str]) -> bool:
    """Whether lines are more than what stands beside a headline."""
    text = "\n".join(lines)
    return len(text.split()) >= _FEWEST_WORDS or len(text) >= _FEWEST_LETTERS


def _readable(page: Markup, lines: list[str], title: str, hint: Hint, witness: str) -> tuple[str, str]:
    """The article's text, its witness; NotAnArticle when there is none.

    A page without text whose headline a feed announced (a video, a gallery, a hard paywall) is kept with its headline.
    """
    text = "\n".join(lines)
    if title and _is_text(lines):
        return text, witness
    told = (line for line in lines if line.endswith(_SENTENCE_END) or len(line.split()) >= _FEWEST_TOLD)
    text = "\n".join(told)  # no menu
    announced = set(words(hint.title))
    is_announced = bool(announced) and len(announced & set(words(title))) * 2 >= len(announced)
    if not is_announced and kind_of_title(title):
        raise NotAnArticle(because("site_answered", title=title[:80]))
    about = clean(page.article.get("description")) or page.first_meta("og:description", "description")[0]
    declared = bool(page.article) or page.first_meta("og:type")[0].lower() == "article"
    if title and (declared or (is_announced and _tells_of(about, title))) and len(about.split()) >= _FEWEST_TOLD:
        return (text, witness) if len(text) > len(about) else (about, "description")
    if not title:
        raise NotAnArticle(because("no_title"))
    if is_announced:
        return text, "headline only"
    raise NotAnArticle(because("no_text", words=len(text.split())))


def _refuse_other_pages(page: Markup) -> None:
    if urlsplit(page.url).path.strip("/") == "" and not urlsplit(page.url).query and not page.article:
        raise NotAnArticle(because("front_page"))
    listing = any({"CollectionPage", "SearchResultsPage", "ProfilePage"} & set(types(n)) for n in page.nodes)
    if listing and not any(is_article(n) for n in page.nodes):
        raise NotAnArticle(because("list_page"))


def _wire(page: Markup, credited: list[str], lines: list[str]) -> tuple[str, str]:
    host = urlsplit(page.url).hostname or ""
    if named := wire_named(credited, host):
        return named, "byline"
    told = wire_in_text(lines, host)
    return (told, "credit in the text") if told else ("", "")
