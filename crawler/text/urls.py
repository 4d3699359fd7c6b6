"""Web addresses: one spelling for one page."""

import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, urlunsplit

from crawler.text.sites import DEFAULT_PORTS, HOSTING, LONGEST_ADDRESS, ascii_host, gives_names, is_ip, web_parts
from crawler.text.tracking import is_tracking, names_page

_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*|/\([a-z]\([a-z0-9]{20,}\)\)(?=/)", re.IGNORECASE)
_DRESS_OF_PATH = re.compile(
    r"(?<=[^/])/amp$|(?<=[^/.])\.amp(?=(?:\.html?)?$)|/comment-page-\d{1,9}$|/(?:index|default)\.(?:[sx]?html?|php|aspx?|jsp|cfm)$",
    re.IGNORECASE,
)
_LONGEST_DRESS = 40  # characters, with those before it
_MOST_PARAMETERS = 200  # of an address; more are left as they stand
_LONG_NUMBER = re.compile(r"\d{5}")
_DRESSED_HOST = re.compile(r"(?:www|amp|m|mobile)\.(?=[^.]+\.[^.])")

# Copies of a page that a search engine keeps or leads through; its own address stands inside.
_AMP_CACHE_PATH = re.compile(r"/(?:c|v|wp|amp)/(s/)?([\w.-]+\.[a-z]{2,}(?::\d+)?(?:/.*)?)", re.IGNORECASE)
_MAYBE_WRAPPED = re.compile(r"/amp/|/url\?|\.cdn\.ampproject\.org/")
_SEARCH_HOST = re.compile(r"(?:www\.)?(?:google\.[a-z.]{2,6}|bing\.com)")

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ESCAPED_AMPERSAND = re.compile(r"^(?:amp;)+", re.IGNORECASE)


def canonical_url(url: str) -> str:
    """The one spelling of a page's address; what is no web address comes back only stripped.

    Lower-case host, https, no `www.`, default port, credentials, fragment, tracking or session parameter, no AMP,
    mobile or print dress, no index file, doubled or trailing slash, parameters in the order of their names. Other
    parameters stay: they may say which article is meant. http stays where it may be another server than https would
    reach: at an IP address, localhost or a port. Idempotent. It is an identity; what to ask for is
    the address as it was given.

    >>> canonical_url("HTTP://m.Example.com:80/news/story/amp/?utm_source=rss&id=7#top")
    'https://example.com/news/story?id=7'
    """
    url = url.strip()
    return _canonical(url) if len(url) <= LONGEST_ADDRESS else url


@lru_cache(maxsize=512)  # as above
def _canonical(url: str) -> str:
    spelled = _spelled(unwrapped(url))
    while _MAYBE_WRAPPED.search(spelled) and (inner := unwrapped(spelled)) != spelled:  # seen only now that it is clean
        spelled = _spelled(inner)
    return spelled


def _spelled(url: str) -> str:
    parts = web_parts(url)
    if parts is None:
        return url
    scheme, host = parts.scheme, _undressed(parts.hostname or "")
    if parts.port and parts.port != DEFAULT_PORTS[scheme]:
        host = f"{host}:{parts.port}"
    elif "." in host and not is_ip(host):
        scheme = "https"
    route = parts.fragment if parts.fragment.startswith(("!", "/")) else ""  # where a script finds the page by it
    path = _canonical_path(parts.path)
    return urlunsplit((scheme, host, path, _canonical_query(parts.query, path), _encoded(route)))


def link_url(url: str) -> str:
    """The address that a reader follows: as it stands, without fragment and tracking.

    >>> link_url("https://www.example.com/news/story/?utm_source=rss&id=7#top")
    'https://www.example.com/news/story/?id=7'
    """
    parts = web_parts(url.strip())
    if parts is None:
        return url.strip()
    query = parts.query
    if query.count("&") <= _MOST_PARAMETERS:
        query = "&".join(pair for pair in query.split("&") if pair and not _is_tracking(pair, parts.path))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def is_dressed(url: str) -> bool:
    """Whether an address leads to its page in another dress (AMP, mobile, print) or through somebody's wrapper.

    >>> is_dressed("https://example.com/news/story?format=amp"), is_dressed("https://www.example.com/news/story/")
    (True, False)
    """
    if unwrapped(url) != url.strip():
        return True
    link, page = web_parts(link_url(url)), web_parts(canonical_url(url))
    if link is None or page is None:
        return False
    seen = ascii_host(link.hostname or "").removeprefix("www."), _encoded(link.path).rstrip("/")
    return seen != (ascii_host(page.hostname or ""), page.path.rstrip("/")) or _pairs(link) != _pairs(page)


def _pairs(parts: SplitResult) -> int:
    return sum(1 for pair in parts.query.split("&") if pair)


def _is_tracking(pair: str, path: str) -> bool:
    name, _, value = pair.lower().removeprefix("amp;").partition("=")  # escaped once more than it should be
    return is_tracking(name, value, path)


def unwrapped(url: str) -> str:
    """The page's own address when a search engine's AMP cache or outgoing link is wrapped round it, else the same.

    >>> unwrapped("https://www.google.com/url?sa=t&url=https://example.com/a&usg=x")
    'https://example.com/a'
    """
    url = url.strip()
    while (parts := web_parts(url)) and (inner := _wrapped(parts, parts.hostname or "")) and web_parts(inner):
        url = inner
    return url


def _wrapped(parts: SplitResult, host: str) -> str:
    """The address inside a wrapper's, "" when it is none."""
    at_search = bool(_SEARCH_HOST.fullmatch(host))
    if at_search and parts.path == "/url":
        return next((value for name, value in parse_qsl(parts.query) if name in ("url", "q")), "").strip()
    if not host.endswith(".cdn.ampproject.org") and not (at_search and parts.path.startswith("/amp/")):
        return ""
    inner = _AMP_CACHE_PATH.fullmatch(parts.path)
    return urlunsplit(("https" if inner[1] else "http", "", "//" + inner[2], parts.query, "")) if inner else ""


def is_web_address(url: str) -> bool:
    """Whether this is a whole http(s) address whose host can be asked: a dotted name, an IP address or localhost."""
    return web_parts(url) is not None


@lru_cache(maxsize=10_000)
def _undressed(host: str) -> str:
    """In ASCII, without www., m., amp. and mobile., where these are not the name itself: m.com, m.substack.com.

    www. is nobody's name (www.nhs.uk is nhs.uk), but stays before HOSTING: www.tumblr.com is so stored.
    """
    host = ascii_host(host)
    while (dress := _DRESSED_HOST.match(host)) and not is_ip(host):
        bare = host[dress.end() :]
        if bare in HOSTING if dress[0] == "www." else gives_names(bare):
            break
        host = bare
    return host


def _canonical_path(path: str) -> str:
    """From / on, without a slash at its end; . and .. are followed, as browsers do."""
    segments: list[str] = []
    for segment in _encoded(_SESSION_IN_PATH.sub("", path)).split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    path = "/" + "/".join(segments)
    while (shorter := _undressed_path(_unprinted(_SESSION_IN_PATH.sub("", path)))) != path:
        path = shorter or "/"
    return path


def _undressed_path(path: str) -> str:
    """Without one dress at its end; only the end is looked at: thousands of them cost their length."""
    at = max(0, len(path) - _LONGEST_DRESS)
    return path[:at] + _DRESS_OF_PATH.sub("", path[at:])


def _unprinted(path: str) -> str:
    """Without /print behind an article's name or number; elsewhere it may be a subject."""
    page = path.removesuffix("/print")
    name = page.rpartition("/")[2]
    return page if name.count("-") > 1 or _LONG_NUMBER.search(name) or name.endswith((".html", ".htm")) else path


def _canonical_query(query: str, path: str) -> str:
    if query.count("&") > _MOST_PARAMETERS:
        return _encoded(query)
    kept = []
    for pair in query.split("&"):
        name, equals, value = _encoded(pair).partition("=")
        name = _ESCAPED_AMPERSAND.sub("", name)
        if (name or equals) and names_page(name.lower(), value.lower(), path):
            kept.append((name, name + equals + value))
    return "&".join(pair for _, pair in sorted(kept, key=lambda item: item[0]))


def _encoded(text: str) -> str:
    """The same characters, each percent-encoded when it must be and only then."""
    if not text.isascii():  # halves of a character are made one, or what says that there was one
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = _LONE_PERCENT.sub("%25", text)
    text = _ESCAPE.sub(lambda m: c if (c := chr(int(m[1], 16))) in _UNRESERVED else m[0].upper(), text)
    return quote(text, safe="%/:@!$&'()*+,;=-._~?")
