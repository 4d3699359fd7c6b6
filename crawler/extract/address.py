"""Which address is an article's own, of those that its page states."""

import re
from urllib.parse import unquote, urlsplit

from crawler.extract.markup import Markup, Witnessed
from crawler.text import canonical_url, is_web_address, page_address, same_site, words

_EXTENSION = re.compile(r"\.(?:[sx]?html?|php|aspx?|jsp|cfm|ece|amp)$", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d\d(?:[01]\d(?:[0-3]\d)?)?")
_NUMBER = re.compile(r"\d{5,}")
_LETTERS_AND_FIGURES = re.compile(r"[0-9a-z]{12,}")
# Chosen by hand.
_NAME_WORDS = 3  # that a section's name hardly has
_SHARED_WORDS = 2
_SHARED_PART = 0.6  # of the shorter name


def address(page: Markup) -> Witnessed:
    """The address that the article on a page is known by, and who says so.

    rel=canonical, else og:url, where it plausibly means this article: an article-like address at the same outlet that
    shares its name or number with the address asked for or with the headline, and that og:url does not dispute. A
    front page, a section, another article or another outlet's copy (a wire credit) is not ours: then, and when nothing
    is stated, the address asked for.
    """
    asked = canonical_url(page.url)
    stated, shared = (canonical_url(a) if a else "" for a in (page.canonical_link, page.og_url))
    headline = _headline(page)
    for told, witness, second in ((stated, "rel=canonical", shared), (shared, "og:url", "")):
        if told == asked or (told and _means_this_page(told, asked, second, headline)):
            return page_address(told), witness
    return page_address(asked), "request"


def _means_this_page(told: str, asked: str, second: str, headline: set[str]) -> bool:
    if not _same_outlet(told, asked) or not urlsplit(told).path.strip("/") + urlsplit(told).query:
        return False
    if _is_article_like(asked) and not _is_article_like(told):
        return False  # a section, or the list that the article stands in
    if _numbers(told) & _numbers(asked) or _alike(_name(told), _name(asked)):
        return True
    if second == asked:
        return False
    says, said = _alike(_name(told), headline), _alike(_name(asked), headline)
    if says and not said:
        return True  # a short address led here
    return second == told and not (said and len(_name(told)) >= _NAME_WORDS)


def _same_outlet(a: str, b: str) -> bool:
    """One host, or one below the other: two names below a third may be two outlets of one company."""
    one, other = ("." + (urlsplit(url).hostname or "") for url in (a, b))
    return is_web_address(a) and same_site(a, b) and (one.endswith(other) or other.endswith(one))


def _is_article_like(url: str) -> bool:
    parts = urlsplit(url)
    return bool(_numbers(url)) or len(_name(url)) >= _NAME_WORDS or bool(re.search(r"=\d+", parts.query))


def _numbers(url: str) -> set[str]:
    """The numbers and keys that a database knows an article by, without dates."""
    parts = urlsplit(url)
    text = f"{parts.path}?{parts.query}".lower()
    mixed = (t for t in _LETTERS_AND_FIGURES.findall(text) if not t.isdecimal() and not t.isalpha())
    return {n for n in _NUMBER.findall(text) if not _DATE.fullmatch(n)} | set(mixed)


def _name(url: str) -> set[str]:
    """The words of the last part of the path that has some."""
    for part in reversed(unquote(urlsplit(url).path).split("/")):
        said = words(_EXTENSION.sub("", part).replace("-", " ").replace("_", " "))
        named = {word for word in said if not any(c.isdecimal() for c in word)}
        if len(named) > 1:
            return named
    return set()


def _headline(page: Markup) -> set[str]:
    said = (page.title, *page.headings[:2], *page.meta.get("og:title", ())[:1])
    return {word for text in said for word in words(text)}


def _alike(a: set[str], b: set[str]) -> bool:
    return len(a & b) >= max(_SHARED_WORDS, _SHARED_PART * min(len(a), len(b)))
