"""What is given foreign bytes: each target reads any, and raises nothing but what its contract names."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.mail import Links
from alerts.query import Document, NamedPlaces, Query, QueryError, Windows, parse, read_back, spans_in
from crawler.database import open_database
from crawler.extract import Hint, NotAnArticle, extract, opt_out
from crawler.feeds import UnreadableFeed, read_feed
from crawler.glance import more_will_come, next_page, redirect_in, stand_in, whole_story
from crawler.judge import judge
from crawler.manners import Robots
from crawler.model import FeedKind, IcewireError
from crawler.places import Home, shipped
from crawler.registry import read_opml
from crawler.text import canonical_url, is_dressed, link_url, moment, moments_in, page_address, site, visible
from crawler.topic.choice import chosen

CORPUS = Path(__file__).with_name("corpus")
NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
URL = "https://gazette.example/2026/03/09/ice-agents-detain-two-men"
HEADLINE = "ICE agents detain two men outside Waltham courthouse"
_ZONE = ZoneInfo("America/New_York")
_HOME = Home("Waltham", "MA")
_KEY = b"an invented key of the fuzz targets"
_QUERIES = ('raid OR "ICE agents" OR court* OR (a NEAR/5 b)', "ICE -fair title:agents OR said")


@dataclass(frozen=True, slots=True)
class Target:
    """A reader of foreign bytes; `seconds` of CPU are allowed for 2 MB, its largest input."""

    run: Callable[[bytes], object]
    refuses: tuple[type[Exception], ...] = ()
    seconds: float = 2.0
    most: int = 2_000_000


class Broken(AssertionError):
    """What a target gave does not hold what it promises."""


def _text(body: bytes) -> str:
    """Text with whatever halves of characters it holds."""
    try:
        return body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return body.decode("utf-8", "surrogateescape")


def _hold(promise: bool, what: str) -> None:
    if not promise:
        raise Broken(what)


def _feed(body: bytes, kind: FeedKind | None = None) -> None:
    reading = read_feed(body, "https://gazette.example/feed", "text/xml; charset=utf-8", kind, NOW, zone=_ZONE)
    for item in reading.items:
        _hold(visible(item.title) == item.title, "a title holds what nobody sees")
        _hold(item.published is None or item.published.at.tzinfo is not None, "a time without a zone")


def _article(body: bytes) -> None:
    redirect_in(body, URL)
    stand_in(body, [HEADLINE], "Gazette")
    opt_out(body, {})
    next_page(body, URL)
    whole_story(body, URL)
    more_will_come(body)
    chosen().gate.passes(body)
    article = extract(body, URL, "gazette", NOW, "text/html", Hint(HEADLINE), _ZONE)
    judge(article, _HOME, chosen(), shipped(), NOW)
    document = Document(article.title, article.text, "en", (), "gazette", "Gazette", article.published_at, ())
    _found(document)


def _found(document: Document) -> None:
    """Search a document as a mail does: whether it is met, where, and by which words around."""
    for query in _queries():
        if hit := query.match(document):
            Windows([document]).around(0, hit)
            spans_in(query, document.title)


@cache
def _queries() -> tuple[Query, ...]:
    return tuple(parse(text, NamedPlaces()) for text in _QUERIES)


def _query(body: bytes) -> None:
    query = parse(_text(body), NamedPlaces(), {"Gazette": "gazette"}, NOW.date())
    again = parse(query.canonical, NamedPlaces(), {"Gazette": "gazette"}, NOW.date())
    _hold(again.canonical == query.canonical, "what it is written as is not its own")
    read_back(query)
    query.match(Document(HEADLINE, HEADLINE, "en", (), "gazette", "Gazette", NOW, ()))


@cache
def _links() -> Links:
    return Links(_KEY, "https://icewire.example")


def _token(body: bytes) -> None:
    links, token = _links(), _text(body)
    links.read_unsubscribe(token)
    links.read_confirm(token, NOW)
    links.read_rest(token)


def _robots(body: bytes) -> None:
    robots = Robots.read(200, body, NOW)
    for url in (URL, "https://gazette.example/", f"https://gazette.example/{'a' * 200}?b={'c' * 200}"):
        robots.allows(url)
    again = Robots.read(200, robots.text.encode(), NOW)
    _hold(again.allows(URL) == robots.allows(URL), "stored, it gives another answer")


def _addresses(body: bytes) -> None:
    for line in _text(body).split("\n")[:2000]:
        spelled = canonical_url(line)
        _hold(canonical_url(spelled) == spelled, f"canonical_url is not its own result: {line!r:.200}")
        page = page_address(line)
        _hold(page_address(page) == page, f"page_address is not its own result: {line!r:.200}")
        link_url(line), is_dressed(line), site(line)


def _dates(body: bytes) -> None:
    text = _text(body)
    for line in text.split("\n")[:2000]:
        if said := moment(line, _ZONE, NOW):
            _hold(said.start <= said.at <= said.end, f"it ends before it begins: {line!r:.200}")
    for start, end, _ in moments_in(text, _ZONE, NOW):
        _hold(0 <= start < end <= len(text), "a date stands nowhere")


TARGETS: dict[str, Target] = {
    "feed": Target(_feed, (UnreadableFeed,)),
    "sitemap": Target(partial(_feed, kind="news_sitemap"), (UnreadableFeed,)),
    "section": Target(partial(_feed, kind="section"), (UnreadableFeed,)),
    "article": Target(_article, (NotAnArticle,), seconds=20),  # a page has 60 in a crawl
    "query": Target(_query, (QueryError,), most=20_000),
    "opml": Target(lambda body: read_opml(body, ("gazette",)), (IcewireError,)),
    "token": Target(_token, most=64_000),
    "robots": Target(_robots),
    "dsn": Target(lambda body: open_database(_text(body)), (IcewireError,), most=64_000),
    "address": Target(_addresses, most=200_000),
    "date": Target(_dates, most=200_000),
}


@cache
def corpus(name: str) -> tuple[bytes, ...]:
    """The kept inputs of a target, each file one; of .txt each line, too."""
    kept: list[bytes] = []
    for file in sorted((CORPUS / name).iterdir()):
        body = file.read_bytes()
        kept += [body, *(line for line in body.splitlines() if file.suffix == ".txt" and line)]
    return tuple(dict.fromkeys(kept))
