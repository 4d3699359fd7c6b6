"""Section pages: the links of one HTML page that lead to articles of the same site."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from itertools import islice
from urllib.parse import parse_qsl, unquote, urldefrag, urlsplit

from lxml import etree
from lxml import html as lxml_html

from crawler.feeds.cards import Spots, heading, headline, times
from crawler.feeds.items import LONGEST_LINK, MOST_ITEMS, Collector, Reading, UnreadableFeed
from crawler.feeds.trees import html_tree
from crawler.model import Code, Why, because
from crawler.text import absolute, canonical_url, numbers_mended, plain, same_site, text_only, visible

# Path segments that lead to lists, accounts and forms in every content system we know.
_NEVER = re.compile(
    r"tags?|topics?|categor(?:y|ies)|authors?|byline|staff|contributors|users?|profile|log-?in|sign-?in|sign-?up|register"
    r"|(?:my-)?accounts?|logout|subscribe|subscriptions?|newsletters?|privacy(?:-policy)?|terms(?:-of-(?:service|use))?|tos"
    r"|cookie-policy|contact(?:-us)?|about(?:-us)?|advertis(?:e|ing)|support|donate|membership|search|feed|rss|sitemap|page"
    r"|wp-(?:login\.php|admin|content|json)|cdn-cgi|forms|classifieds|e-?edition|calendar|coupons|share|print|email"
)
_NEVER_SLUG = re.compile(
    r"privacy-(?:policy|notice|rights|statement)|terms-(?:of|and)-|cookie-|do-not-sell|your-privacy|subscribe-|sign-up-for|log-in"
    r"|newsletter-sign|advertise-with|submit-a-|contact-the-|about-the-|how-to-(?:subscribe|advertise|submit)"
)
# Segments under which some sites publish news, others jobs and puzzles.
_SELDOM = re.compile(
    "legal|people|team|jobs|careers|help|faq|weather|games|puzzles|comics|horoscopes|shop|store|archives"
)
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|m4a|zip|css|js|xml|rss|json|ics|docx?|xlsx?)$", re.I)
_DATED = re.compile(
    r"/(?:19|20)\d\d[/-](?:0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:[/-]|$)", re.I
)
# Further pages of a list: they are no articles, and there is no end to them.
_PAGING = re.compile(r"/(?:page|pagina)[/-]?\d{1,4}/?(?:[?#]|$)|[?&](?:page|paged|pg|offset|start|cursor|after)=", re.I)
_FEW_WORDS = 5
_TURNING = {"next", "prev", "previous", "last", "first"}
_SHARING = re.compile(r"(?:^|&)(?:share|replytocom)=", re.I)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.I)
_ID = re.compile(r"(?:^|[-_/.a-z])\d{5,}(?:\.\w{2,5})?/?$", re.I)
_ID_PARAMETERS = frozenset(
    ("p", "id", "article", "articleid", "article_id", "story", "storyid", "story_id", "aid", "nid")
)
_EXTENSION = re.compile(r"\.(?:s?html?|php|aspx?|cms)$", re.I)

# Chosen by hand.
_MOST_ASKED = 20  # anchors of one article
_MOST_ANCHORS = 5000  # of one page; a front page has 500
_MOST_TAGS = 100_000  # of one page, behind which it is not read: ten megabytes of them take a gigabyte as a tree
_TAG = re.compile(r"<[a-z]", re.I)
_ANCHOR = re.compile(r"<a[\s>/]", re.I)
_ENOUGH = 3  # points that make a link an article
_USUAL = 3  # so many sure articles in one folder show where a site keeps its articles


def read(
    text: str, url: str, now: datetime | None = None, link_patterns: Sequence[str] = (), zone: tzinfo = UTC
) -> Reading:
    """The articles a section page links to, in the order of the page, each with its longest headline.

    With `link_patterns`, regular expressions searched in the whole address, exactly the links of the site that
    match one; without, those whose address, text and place look like an article's. Links to further pages of the
    list are never given. UnreadableFeed when there are no articles, or a pattern is no regular expression.
    """
    text, cut = _start(text)
    tree = _tree(text, url)
    base = _base(tree, url)
    patterns = [_compiled(pattern, url) for pattern in link_patterns]
    collector, spots = Collector(base, now, zone), Spots()
    links = _links(tree, base, url)
    if patterns:
        articles = {address: found for address, found in links.items() if any(p.search(address) for p in patterns)}
    else:
        sure = {address for address, anchors in links.items() if _is_article(address, anchors, spots)}
        usual = {shape for shape, number in Counter(map(_shape, sure)).items() if number >= _USUAL}
        articles = {
            address: anchors
            for address, anchors in links.items()
            if address in sure or (_shape(address) in usual and _is_card(address, anchors, spots))
        }
    chosen = dict(islice(articles.items(), MOST_ITEMS))
    collector.leave_out(len(articles) - len(chosen))
    dates = times(chosen)
    for address, anchors in chosen.items():
        collector.add(address, headline(anchors, spots), dates[address])
    if not collector.items:
        code: Code = "section_without_matches" if patterns else "section_without_links"
        raise UnreadableFeed(because(code, url=url, title=_title(tree)))
    return collector.reading("section", _beyond(tree, cut))


def _start(text: str) -> tuple[str, int]:
    """As much of a page as is read, and how many links stand behind that."""
    end = next(islice(_TAG.finditer(text), _MOST_TAGS, None), None)
    if end is None:
        return text, 0
    return text[: end.start()], sum(1 for _ in _ANCHOR.finditer(text, end.start()))


def _beyond(tree: lxml_html.HtmlElement, cut: int) -> tuple[Why, ...]:
    number = cut + int(tree.xpath("count(//a)")) - _MOST_ANCHORS
    return (because("links_left_out", count=number, most=_MOST_ANCHORS),) if number > 0 else ()


def _compiled(pattern: str, url: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise UnreadableFeed(because("bad_link_pattern", url=url, pattern=pattern, error=str(error))) from error


def _tree(text: str, url: str) -> lxml_html.HtmlElement:
    try:
        return html_tree(text_only(numbers_mended(text, controls=True)))
    except etree.ParserError as error:  # where so much of it is broken that nothing is left
        raise UnreadableFeed(because("not_a_feed", url=url, looks=because("html"))) from error


def _base(tree: lxml_html.HtmlElement, url: str) -> str:
    found = tree.xpath("//base/@href")
    return (absolute(found[0], url) if found and len(found[0]) <= LONGEST_LINK else "") or url


def _links(tree: lxml_html.HtmlElement, base: str, url: str) -> dict[str, list[lxml_html.HtmlElement]]:
    """The anchors of each page of the site, under the address written first; the page itself is left out."""
    pages: dict[str, list[lxml_html.HtmlElement]] = {}
    spelled: dict[str, str] = {}
    here = canonical_url(url)
    for anchor in islice(tree.iter("a"), _MOST_ANCHORS):
        href = anchor.get("href") or ""
        address = urldefrag(absolute(visible(href.strip()), base)).url if len(href) <= LONGEST_LINK else ""
        if not address or not same_site(address, url) or _SHARING.search(urlsplit(address).query):
            continue
        if _PAGING.search(address) or _turns(anchor):
            continue
        if (page := canonical_url(address)) != here:
            pages.setdefault(spelled.setdefault(page, address), []).append(anchor)
    return pages


def _turns(anchor: lxml_html.HtmlElement) -> bool:
    """Whether a link only turns the page; the next article of some sites is marked alike, but bears its headline."""
    turning = _TURNING & set((anchor.get("rel") or "").casefold().split())
    return bool(turning) and len("".join(islice(anchor.itertext(), 50))[:200].split()) <= _FEW_WORDS


def _is_article(address: str, anchors: list[lxml_html.HtmlElement], spots: Spots) -> bool:
    """Points for an address, a headline and a place that fit an article; a list or form never is one."""
    parts = urlsplit(address)
    path = unquote(parts.path)
    segments = [segment.casefold() for segment in path.split("/") if segment]
    if _FILE.search(path) or _any(_NEVER, segments) or (segments and _NEVER_SLUG.match(segments[-1])):
        return False
    points = _address_points(path, segments, parts.query) - 2 * (_any(_SELDOM, segments))
    title = headline(anchors, spots)
    points += (len(title.split()) >= 4) + (len(title) >= 30)
    around = [spots.of(anchor) for anchor in anchors]
    points += any(p.heading or p.article for p in around) or any(heading(a) is not None for a in anchors[:_MOST_ASKED])
    if all(spot.menu for spot in around):
        points -= 2
    return points >= _ENOUGH


def _shape(address: str) -> tuple[str, str]:
    """Where a site keeps a page: its folder with every digit alike, and its ending."""
    folder, _, name = urlsplit(address).path.rstrip("/").rpartition("/")
    ending = _EXTENSION.search(name)
    return re.sub(r"\d", "0", folder), ending[0] if ending else ""


def _is_card(address: str, anchors: list[lxml_html.HtmlElement], spots: Spots) -> bool:
    """Whether a link stands as headlines do, outside menus, and is no list or form: then a short one is news, too."""
    parts = urlsplit(address)
    segments = [segment.casefold() for segment in parts.path.split("/") if segment]
    if len(segments) < 2 or parts.query or _any(_NEVER, segments) or _any(_SELDOM, segments):
        return False
    around = [spots.of(anchor) for anchor in anchors]
    placed = any(spot.heading for spot in around) or any(heading(a) is not None for a in anchors[:_MOST_ASKED])
    return placed and not all(spot.menu for spot in around)


def _any(pattern: re.Pattern[str], segments: list[str]) -> bool:
    return any(pattern.fullmatch(segment) for segment in segments)


def _address_points(path: str, segments: list[str], query: str) -> int:
    """A date with a slug or a UUID speak for themselves; one plain word is a section, whatever its text."""
    names = {name.casefold() for name, value in parse_qsl(query) if value.isdigit()}
    if names & _ID_PARAMETERS:
        return 2
    if not segments:
        return -9
    slug = _EXTENSION.sub("", segments[-1])
    words = [word for word in re.split(r"[-_+ ]", slug) if re.search(r"[^\W\d]", word)]
    longest = max(len(re.findall(r"[^\W\d_]+", segment)) for segment in segments[-2:])
    points = 0
    if _UUID.search(path):
        points += 3
    if (dated := _DATED.search(path)) and path[dated.end() :].strip("/0123456789"):
        points += 3
    if _ID.search(path):
        points += 1 + (longest >= 3)
    if len(words) >= 3 or longest >= 4:
        points += 1 + (len(words) >= 5)
    return points if points or len(words) == 2 else -9


def _title(tree: lxml_html.HtmlElement) -> str:
    return plain(" ".join(tree.xpath("//title[1]/text()")))[:80]
