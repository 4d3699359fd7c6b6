"""Title, authors, language and the rest of an article, each chosen from several witnesses on the page."""

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.extract.byline import people, wire_named
from crawler.extract.jsonld import JsonNode, clean, types
from crawler.extract.markup import Markup, Witnessed, is_elsewhere
from crawler.text import fold, is_web_address, words

Credit = tuple[list[str], str]  # authors as given, witness

_SEPARATOR = re.compile(r"\s+[|•·»«–—:/~-]+\s+|\s*\|\s*")
# Chosen with extraction/dev in view, as `tests.benchmarks.extraction` measures.
_NEARLY = 0.85  # of the words of two headlines that are one but for an editor's touch
_RUBRIC = 4  # words
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
_LONGEST_TITLE = 1_000  # characters
_MOST_AUTHORS = 20
_MOST_BYLINES = 100  # texts that may be one
_NAME = re.compile(r"[^\W\d_]{2}")
_ADDRESS = re.compile(r"@|//|www\.|^[a-z0-9._-]+$")  # or a login
_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:by-?line|authors?|article-?author|author-?name|contributors?|credit-?line)(?:$|[\s_-])", re.I
)
_BY = re.compile(r"\s*(?:By|BY|Por|POR)\b(?!\s+[a-z])")
_BYLINE_TAGS = (
    "a", "span", "div", "p", "address", "li", "cite", "strong", "em", "h2", "h3", "h4", "h5", "h6",
)  # fmt: skip
_NOT_BYLINE = re.compile(
    r"bio|avatar|image|photo|caption|social|comment|related|footer|description|twitter|email", re.I
)
_NOT_FREE = frozenset(["false", "no", "0"])
_SPANISH = frozenset(
    ["el", "la", "los", "las", "de", "del", "que", "en", "y", "por", "una", "un", "con", "para", "su", "se", "es", "al"]
)
_ENGLISH = frozenset(
    ["the", "of", "and", "to", "in", "that", "for", "was", "is", "with", "on", "by", "at", "his", "from", "said", "a"]
)


def title(page: Markup, hint: str = "") -> Witnessed:
    """The headline, without the site's name and without a rubric behind a bar ("… | Opinion"); see `_headline`."""
    text, witness = _headline(page, hint)
    kept, _, rubric = text.rpartition(" | ")
    return (kept.strip(), witness) if len(words(kept)) >= 3 and len(words(rubric)) <= _RUBRIC else (text, witness)


def _headline(page: Markup, hint: str) -> Witnessed:
    """The headline as a reader sees it: an h1 that another witness confirms, else JSON-LD, OpenGraph, h1, <title>,
    the feed. An h1 that JSON-LD has but for a word (an editor's touch) is taken as JSON-LD declares it.
    """
    names = site_names(page)
    told = [
        (clean(page.article.get("headline")), "JSON-LD headline"),
        (page.first_meta("og:title")[0], "og:title"),
        (page.first_meta("twitter:title", "parsely-title", "sailthru.title", "headline", "dc.title")[0], "meta title"),
        (page.title, "title element"),
        (clean(hint), "feed"),
    ]
    told = [(without_site(text[:_LONGEST_TITLE], names), witness) for text, witness in told if text]
    shown = [h for h in page.headings if fold(h) not in names and len(h) < 300]
    for text, _ in told:
        if heading := next((h for h in shown if _agree(h, text)), ""):
            return _declared(*_without_kicker(heading, told), told[0])
    trusted = [t for t in told if t[1] in ("JSON-LD headline", "og:title", "meta title") and t[0]]
    shown_only = [(h, "h1") for h in shown if len(shown) == 1]
    rest = [t for t in told if t[0] and fold(t[0]) not in names]
    return next(iter([*trusted, *shown_only, *rest]), ("", ""))


def _without_kicker(heading: str, told: list[Witnessed]) -> Witnessed:
    """The heading, or what another witness gives when the h1 holds a rubric before it ("Local news Agents detain…")."""
    whole = fold(heading)
    for text, witness in told:
        before = whole.removesuffix(fold(text)).rstrip()
        if len(words(text)) > 3 and before != whole and before and before[-1].isalnum():
            return text, witness
    return heading, "h1"


def _declared(text: str, witness: str, told: Witnessed) -> Witnessed:
    one, other = set(words(text)), set(words(told[0]))
    near = told[1] == "JSON-LD headline" and one != other and len(one & other) >= _NEARLY * len(one | other)
    return told if near and not told[0].isupper() else (text, witness)


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


def authors(page: Markup, bylines: Sequence[Credit]) -> tuple[list[str], str]:
    """The people who wrote it and the witness; [] when only organisations, addresses or nobody is named."""
    names = site_names(page)
    for given, witness in bylines:
        found = [p for text in given for p in people(text) if fold(p) not in names]
        if found:
            return list(dict.fromkeys(found)), witness
    return [], ""


def newsroom(bylines: Sequence[Credit]) -> str:
    """The organisations that the page names as author, beside or instead of people, "; " between them."""
    told = [given for given, _ in bylines if given]
    best = next((given for given in told if any(map(people, given))), told[0] if told else [])
    named = (t for t in best if len(t) < 80 and _NAME.search(t) and not _ADDRESS.search(t) and not people(t))
    return "; ".join(dict.fromkeys(named))


def organisations(page: Markup, bylines: Sequence[Credit]) -> list[str]:
    """Every author, credit or provider as it stands on the page, for finding a wire service among them."""
    credited = [clean(page.article.get("creditText"))]
    credited += [clean(page.node(page.article.get(key)).get("name")) for key in ("provider", "sourceOrganization")]
    return [text for text in [*credited, *(t for given, _ in bylines for t in given)] if text]


def author_credits(page: Markup) -> list[Credit]:
    """What the page names as its author, best witness first."""
    declared = _author_names(page, page.article.get("author")) or _author_names(page, page.article.get("creator"))
    metas = [(page.meta.get(name, [])[:_MOST_AUTHORS], f"meta {name}") for name in _AUTHOR_META]
    return [(declared, "JSON-LD author"), (_visible_bylines(page.tree), "byline"), *metas]


def _author_names(page: Markup, value: object) -> list[str]:
    if isinstance(value, list):
        return [name for item in value[:_MOST_AUTHORS] for name in _author_names(page, item)]
    if isinstance(value, str):
        return [clean(value)]
    name = page.node(value).get("name")
    return [clean(n) for n in name if clean(n)] if isinstance(name, list) else [clean(name)] if clean(name) else []


def _visible_bylines(tree: HtmlElement) -> list[str]:
    """The first text that is marked as a byline or begins with "By", not of another story; [] without one."""
    known: dict[tuple[str | None, ...], bool] = {}  # a page has few different marks
    left = _MOST_BYLINES
    for element in tree.iter(*_BYLINE_TAGS):
        get = element.get
        marks = get("class"), get("itemprop"), get("rel"), get("data-testid")
        if (marked := known.get(marks)) is None:
            known[marks] = marked = _is_byline(marks)
        if not marked and not ((text := element.text) and _BY.match(text)):
            continue
        pieces = [clean(piece) for piece in islice(element.itertext(), 40)]
        text = " | ".join(piece for piece in pieces if piece)
        if 4 < len(text) < 160 and not is_elsewhere(element):
            left -= 1
            if left < 0:
                break
            if people(text):
                return [text]
            if people(text.replace(" | ", " ")):
                return [text.replace(" | ", " ")]
            if wire_named([text]):
                return [text]
    return []


def _is_byline(marks: Iterable[str | None]) -> bool:
    said = " ".join(mark or "" for mark in marks)
    return bool(_BYLINE.search(said) and not _NOT_BYLINE.search(said))


def language(page: Markup, text: str) -> Witnessed:
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


def paywalled(page: Markup, text: str) -> Witnessed:
    """("yes", witness) when the page says that not everybody may read it.

    What its article says of itself counts before what is said of its videos, offers or other parts.
    """
    own = _said_free(page.article)
    if not _NOT_FREE.isdisjoint([own] if own else map(_said_free, page.nodes)):
        return "yes", "JSON-LD isAccessibleForFree"
    if page.first_meta("article:content_tier")[0].lower() in ("locked", "premium"):
        return "yes", "meta article:content_tier"
    walled = re.search(
        r"subscribe (?:now )?to (?:continue|keep) reading"
        r"|this (?:article|story|content) is (?:only )?(?:for|available to) subscribers"
        r"|already a subscriber\? (?:log|sign) in|suscr[ií]base para (?:seguir|continuar) leyendo",
        text[-1500:],
        re.I,
    )
    return ("yes", "text") if walled else ("", "")


def _said_free(node: JsonNode) -> str:
    """Whether a node is free, in small letters and without a vocabulary's address; "" when it does not say."""
    return str(node.get("isAccessibleForFree", "")).lower().rpartition("/")[2]


def image(page: Markup) -> Witnessed:
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
