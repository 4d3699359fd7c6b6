"""Where a site may keep its feeds: what its front page names, and what its publishing system usually has."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html

from crawler.discovery.systems import System, systems
from crawler.model import FeedKind
from crawler.registry import feed_key
from crawler.text import absolute, fold, plain, same_site

Origin = Literal["page", "robots.txt", "link", "usual", "named"]

_TYPES: dict[str, FeedKind] = {
    "application/rss+xml": "rss",
    "application/rdf+xml": "rss",
    "application/atom+xml": "atom",
    "application/feed+json": "json",
    "application/xml": "rss",  # no type of a feed, but what some sites say of theirs
    "text/xml": "rss",
}
_FEED_PATH = re.compile(
    r"(?:^|/)(?:feeds?|rss2?|atom|rdf)(?:/|\.\w+)?$|\.(?:rss|atom|rdf)$|(?:^|[/_-])(?:rss|atom|feed)[\w-]*\.(?:xml|json|php|aspx)$"
    r"|outboundfeeds/rss|^/(?:feeds|rss)/",
    re.I,
)
_FEED_TEXT = re.compile(r"\W*(?:(?:our|all|news) )?(?:rss|xml|atom)(?: (?:news )?feeds?)?\W*", re.I)  # of a link
_FEED_SCHEME = re.compile(r"\s*feed:(?://)?(?:(?=https?:)|(?P<host>))", re.I)  # what opens a program for feeds
_FEED_QUERY = {
    "f": "rss",
    "format": "rss",
    "feed": "rss",
    "type": "rss",
    "rss": "y",
    "alt": "rss",
    "widgetname": "rssfeed",
}
_COMMENTS = re.compile(r"(?:^|[/_.-])(?:comments?|comentarios|replies)(?:[/_.-]|$)", re.I)
_COMMENTS_TITLE = re.compile(r"\bcomments?\b|\bcomentarios\b", re.I)
_PART = re.compile(
    r"(?:^|/)(?:category|categor(?:y|ies)|tags?|topics?|sections?|authors?|people|columns?|events?|calendar|podcasts?|series"
    r"|sports?|obituaries|obits|opinion|lifestyles?|entertainment|weather|videos?|photos?|jobs|classifieds|business)(?:[/._-]|$)",
    re.I,
)
_ROOT_FEED = re.compile(r"^(?:feeds?|rss2?|atom|index|rss2?\.0)?(?:\.\w+)?$", re.I)
_SECTION_PATH = re.compile(r"^/(?:[\w-]+/)?(?:local(?:-?news)?|news(?:-?local)?|latest(?:-?news)?|community)/?$", re.I)
_SECTION_TEXT = re.compile(r"(?:local |latest |all )?news|local|latest|noticias|locales", re.I)
_TITLE_BREAK = re.compile(r"\s+[|–—:•·»-]+\s+|\s*\|\s*")
_HOME_WORDS = re.compile(r"home ?page|home|front ?page|welcome|news|inicio", re.I)
_INDEX_PAGE = re.compile(r"^/(?:(?:index|default|home)(?:\.\w+)?)?/?$", re.I)


@dataclass(frozen=True, slots=True)
class WayIn:
    """An address that may be a feed, and where we have it from."""

    url: str
    origin: Origin
    kind: FeedKind | None = None  # what it is said to be; None = the answer will tell
    title: str = ""


@dataclass(frozen=True, slots=True)
class FrontPage:
    """What a site's front page says of itself and of its feeds, in the order of the page."""

    name: str = ""  # as the site calls itself; "" = it does not say
    language: str = ""  # "en", "es"; "" = it does not say
    feeds: tuple[WayIn, ...] = ()  # link elements first, then links in the body
    sections: tuple[str, ...] = ()  # pages that list local news
    systems: tuple[System, ...] = ()  # publishing systems it seems to be made with


def read_front(text: str, url: str) -> FrontPage:
    """What the page at `url` says; an empty FrontPage of what is no HTML."""
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True)
    try:
        tree: Any = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser, ensure_head_body=True)
    except etree.ParserError:  # there is not one element in it
        return FrontPage()
    base = next((absolute(href, url) for href in tree.xpath("//base/@href")), "") or url
    feeds: dict[str, WayIn] = {}
    for way in (*_advertised(tree, base), *_linked(tree, base, url)):
        feeds.setdefault(feed_key(way.url), way)
    return FrontPage(
        _name(tree, url),
        _language(tree),
        tuple(feeds.values()),
        tuple(dict.fromkeys(_sections(tree, base, url))),
        tuple(system for system in systems().named if system.mark.search(text)),
    )


def usual_feeds(homepage: str, made_with: Iterable[System]) -> Iterator[WayIn]:
    """Where sites like this have their feeds, likeliest first, none twice."""
    yield from _usual(homepage, [path for system in (*made_with, systems().any) for path in system.feeds])


def usual_sitemaps(homepage: str, made_with: Iterable[System]) -> Iterator[WayIn]:
    """Where sites like this have their news sitemaps; none for a homepage that is only a part of its host."""
    if is_root(homepage):
        paths = [path for system in (*made_with, systems().any) for path in system.sitemaps]
        yield from _usual(homepage, paths, "news_sitemap")


def _usual(homepage: str, paths: Iterable[str], kind: FeedKind | None = None) -> Iterator[WayIn]:
    folder = urljoin(homepage, "/") if is_root(homepage) else homepage.partition("?")[0].rstrip("/") + "/"
    for path in dict.fromkeys(paths):
        yield WayIn(urljoin(folder, path.removeprefix("/")), "usual", kind)


def is_root(homepage: str) -> bool:
    """Whether a homepage is that of its whole host: else the host's sitemaps and feeds are not only this outlet's."""
    return bool(_INDEX_PAGE.match(urlsplit(homepage).path))


def is_comments(way: WayIn) -> bool:
    """Whether a feed tells what readers say, by its address or title."""
    return bool(_COMMENTS.search(urlsplit(way.url).path) or _COMMENTS_TITLE.search(way.title))


def is_part(url: str, homepage: str) -> bool:
    """Whether an address looks like the feed of one section, author or event list."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    home = urlsplit(homepage).path.rstrip("/")
    if home and path.startswith(home + "/"):
        path = path[len(home) :]
    queries = {key.casefold() for key, value in parse_qsl(parts.query) if value}
    if queries & {"c", "cat", "category", "tag", "author", "k[]"} or _PART.search(path):
        return True
    *folders, last = [segment for segment in path.split("/") if segment] or [""]
    # On WordPress, /anything/feed/ is the feed of that page, its own comments included.
    return last.casefold() == "feed" and bool(folders) and not _ROOT_FEED.match(folders[-1])


def is_news_sitemap(url: str) -> bool:
    """Whether a sitemap's name says that it lists news."""
    return "news" in urlsplit(url).path.casefold().replace("newsletter", "")


def _advertised(tree: Any, base: str) -> Iterator[WayIn]:
    for link in tree.iter("link"):
        kind = _TYPES.get((link.get("type") or "").partition(";")[0].strip().casefold())
        relations = (link.get("rel") or "").casefold().split()
        url = _target(link, base)
        if kind and url and ("alternate" in relations or "feed" in relations):
            yield WayIn(url, "page", kind, plain(link.get("title") or ""))


def _linked(tree: Any, base: str, page: str) -> Iterator[WayIn]:
    for anchor in tree.iter("a"):
        url = _target(anchor, base)
        if not url or not (same_site(url, page) or "feedburner" in urlsplit(url).netloc):
            continue
        if _looks_like_feed(url) or _FEED_TEXT.fullmatch(anchor.text_content()):
            yield WayIn(url, "link", None, plain(anchor.get("title") or anchor.text_content()))


def _target(link: Any, base: str) -> str:
    """Where a link leads; feed://host/x is http://host/x, and feed:https://host/x is the address behind it."""
    href = _FEED_SCHEME.sub(lambda found: "" if found["host"] is None else "http://", link.get("href") or "", count=1)
    return absolute(href, base)


def _looks_like_feed(url: str) -> bool:
    parts = urlsplit(url)
    queries = {key.casefold(): value.casefold() for key, value in parse_qsl(parts.query)}
    return bool(_FEED_PATH.search(parts.path)) or any(
        queries.get(key, "").startswith(value) for key, value in _FEED_QUERY.items()
    )


def _sections(tree: Any, base: str, page: str) -> Iterator[str]:
    for anchor in tree.iter("a"):
        url = absolute(anchor.get("href") or "", base).partition("#")[0]
        if url and same_site(url, page) and url.rstrip("/") != page.rstrip("/"):
            shown = plain(anchor.text_content())
            if _SECTION_PATH.match(urlsplit(url).path) or (_SECTION_TEXT.fullmatch(shown) and not urlsplit(url).query):
                yield url


def _name(tree: Any, url: str) -> str:
    """The site's name: as it tells other sites, else the part of its title that is most like its host."""
    for path in ("//meta[@property='og:site_name']/@content", "//meta[@name='application-name']/@content"):
        for said in tree.xpath(path):
            if name := plain(said):
                return name[:80]
    title = plain(" ".join(tree.xpath("//head/title[1]//text()")))
    pieces = [p for p in _TITLE_BREAK.split(title) if p and not _HOME_WORDS.fullmatch(p)]
    host = re.sub(r"[^a-z0-9]", "", (urlsplit(url).hostname or "").removeprefix("www.").rpartition(".")[0])
    return max(pieces, key=lambda piece: _likeness(piece, host), default="")[:80]


def _likeness(piece: str, host: str) -> tuple[float, int]:
    """How much of a title's piece stands in the host's name; of equals the shorter."""
    words = [w for w in re.findall(r"[a-z0-9]+", fold(piece)) if len(w) > 1]
    return (sum(len(w) for w in words if w in host) / max(1, sum(map(len, words))), -len(piece))


def _language(tree: Any) -> str:
    code = (tree.get("lang") or "").strip().replace("_", "-").partition("-")[0].casefold()
    return code if re.fullmatch(r"[a-z]{2,3}", code) else ""
