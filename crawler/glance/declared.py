"""What a page says that it is about: its titles, descriptions and JSON-LD, read roughly."""

import re
from dataclasses import dataclass

from crawler.glance.rawpage import RawPage, decoded, line_of
from crawler.glance.scripts import text_of_json

_META = re.compile(rb"<meta\s[^<>]*>")
_META_NAME = re.compile(
    r"(?:property|name|itemprop)\s*=\s*[\"']?(?:og:|twitter:)?(title|headline|description)[\"'\s>]", re.IGNORECASE
)
_META_CONTENT = re.compile(r"content\s*=\s*(?:\"([^\"]*)|'([^']*))", re.IGNORECASE)
_FIELD = re.compile(rb'"(headline|description|articleBody)"\s*:\s*"([^"\\]*(?:\\.[^"\\]*)*)(?:"|\\?\Z)', re.DOTALL)
_OG_ARTICLE = re.compile(
    rb"<meta\s[^<>]{0,400}?og:type[\"'\s][^<>]{0,400}?content\s*=\s*[\"']?article"
    rb"|<meta\s[^<>]{0,400}?content\s*=\s*[\"']?article[\"'\s][^<>]{0,400}?og:type",
    re.IGNORECASE,
)
_LD_ARTICLE = re.compile(rb'"@type"\s*:\s*(?:\[\s*)?"[A-Za-z]*(?:NewsArticle|Article|BlogPosting)"')


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says that it is about."""

    titles: tuple[str, ...]
    descriptions: tuple[str, ...]
    bodies: tuple[str, ...]  # articleBody in JSON-LD


def head(page: RawPage) -> Head:
    """Titles and descriptions from elements and JSON-LD, as they stand, each once."""
    titles: list[str] = []
    told: dict[str, list[str]] = {"headline": titles, "title": titles, "description": [], "articleBody": []}
    for meta in _META.finditer(page.raw):
        text = decoded(meta.group())
        name, content = _META_NAME.search(text), _META_CONTENT.search(text)
        if name and content:
            told[name[1].lower()].append(line_of(content[1] or content[2] or ""))
    for script in page.declared:
        seen = set()
        for key, value in _FIELD.findall(script):
            if key not in seen:  # later ones are of stories that the page lists
                seen.add(key)
                told[key.decode()].append(text_of_json(decoded(value)))
    begin = page.lowered.find(b"<title")
    if begin >= 0:
        begin = page.lowered.find(b">", begin) + 1
        titles.append(line_of(decoded(page.raw[begin : page.lowered.find(b"<", begin)])))
    return Head(_once(titles), _once(told["description"]), _once(told["articleBody"]))


def _once(texts: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def declares_article(raw: bytes) -> bool:
    """Whether a page calls itself an article, in the words of Open Graph or schema.org."""
    return _OG_ARTICLE.search(raw) is not None or _LD_ARTICLE.search(raw) is not None
