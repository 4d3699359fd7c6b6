"""What a host's robots.txt allows us (RFC 9309). protego matches the paths; the groups are found here.

protego alone loses the first group behind a byte order mark, takes "User-agent: ice" for icewire, lets Crawl-delay
end a group (RFC 9309, section 2.2.4 forbids it), and needs quadratic time and space for many agents.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import quote, urlsplit

from protego import Protego

from crawler.model import because

PRODUCT = "icewire"  # the product token that a group names us by; "*" speaks to us when none does
LIMIT = 500 * 1024  # bytes: as much as RFC 9309, section 2.5 has us read
FRESH = timedelta(hours=24)
FAILED_FRESH = timedelta(minutes=30)  # how soon a server that failed is asked again
MOST_RULES = 5000  # of one group; the longest real ones have 2,000
NOT_ALLOWED = because("robots_refused")
LONGEST_DELAY = 300.0  # seconds; a file that asks for a day between two pages would keep an outlet from being read

# Misspelled as site owners do ("dissalow", "user agent"), and without the colon: read by what was meant.
_LINE = re.compile(
    r"(?:(?P<agent>user[- ]?agent)|(?P<allow>allow)|(?P<disallow>d[ei][sal]{2,6}[oa]w)|(?P<delay>crawl[- ]?delay)"
    r"|(?P<rate>request[- ]?rate)|(?P<sitemap>site-?maps?))(?:\s*:|\s)\s*(?P<value>.*)",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\*(?!\S)|\**[a-z_-]+", re.IGNORECASE)  # "*otherbot*" is a name, not everyone
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}")
_JUNK = re.compile("[\x00\ufeff\ufffe\u200b]")  # what editors and wrong charsets leave; PostgreSQL stores no NUL
_NOT_A_LINE_END = re.compile("[\v\f\x1c-\x1e\x85\u2028\u2029]")  # protego would end the line here
_HTML = re.compile(r"\s*<")
_AGENT_LINE = re.compile(r"^[ \t]*user-?agent[ \t]*:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Robots:
    """One robots.txt as read at one time. `text` is what to store: read again, it gives the same answers."""

    status: int  # HTTP; 0 = the server could not be reached
    text: str  # at most LIMIT bytes in UTF-8; "" when no rules were had
    crawl_delay: float | None  # seconds between two requests, from Crawl-delay and Request-rate, at most LONGEST_DELAY
    sitemaps: tuple[str, ...]  # absolute http(s) addresses
    fresh_until: datetime  # ask the server again from then on
    _rules: Protego = field(repr=False, compare=False)

    @classmethod
    def read(cls, status: int | None, body: bytes, now: datetime) -> Self:
        """The rules of an answer had at `now`; a status of None or 0 means that there was no answer.

        2xx: the rules of the body; none when it is an HTML page. 5xx, 429 and no answer: nothing is allowed (RFC 9309,
        section 2.3.1.4; one that is too busy has not said that all is). Anything else: everything is (section
        2.3.1.3). Any bytes can be read.
        """
        status = status or 0
        text = _decode(body) if 200 <= status < 300 else ""
        rules = Protego.parse("\n".join(_lines_for_us(text)))
        fresh_until = now + (FAILED_FRESH if _failed(status) else FRESH)
        return cls(status, text, _delay(rules), tuple(_addresses(rules)), fresh_until, rules)

    @property
    def failed(self) -> bool:
        """Whether the server failed to say what it allows; then nothing is."""
        return _failed(self.status)

    def allows(self, url: str) -> bool:
        """Whether we may ask for an absolute URL of this host; a malformed one is not allowed."""
        try:
            return not self.failed and self._rules.can_fetch(url, PRODUCT)
        except ValueError:
            return False

    def or_cached(self, older: Self | None) -> Self:
        """These rules, or while the server fails those had earlier (RFC 9309, section 2.3.1.4), fresh as long as these.

        Whoever stores the result keeps the older text, status and time, so that it stands until the server answers.
        """
        if not self.failed or older is None or older.failed:
            return self
        return replace(older, fresh_until=self.fresh_until)


def _failed(status: int) -> bool:
    return status == 0 or status >= 500 or status == 429


def _decode(body: bytes) -> str:
    """The text without a byte order mark, cut at the last whole line within the limit; "" for an HTML page."""
    whole = len(body) <= LIMIT
    body = body[:LIMIT]
    utf16 = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = _JUNK.sub("", body.decode("utf-16" if utf16 else "utf-8", errors="replace"))
    if _HTML.match(text) and not _AGENT_LINE.search(text):
        return ""
    encoded = text.encode()
    if whole and len(encoded) <= LIMIT:
        return text
    # Half a rule would say more than its writer did: "Disallow: /" of "Disallow: /private".
    encoded = encoded[:LIMIT]
    return encoded[: max(encoded.rfind(b"\n"), encoded.rfind(b"\r")) + 1].decode(errors="ignore")


def _lines_for_us(text: str) -> Iterator[str]:
    """The lines of the groups that speak to us, as one group, and the sitemaps."""
    groups: dict[str, list[str]] = {}
    sitemaps: list[str] = []
    agents: set[str] = set()
    open_ = False  # whether a further agent line joins the group
    for line in re.split(r"[\r\n]+", text):
        found = _LINE.match(line.partition("#")[0].strip())
        if not found:
            continue
        value = _NOT_A_LINE_END.sub(lambda c: quote(c[0]), found["value"])
        if found["agent"]:
            if not open_:
                agents = set()
            open_ = True
            agents |= {name for name in _names(value) if name in (PRODUCT, "*")}
            for name in agents:
                groups.setdefault(name, [])
        elif found["sitemap"]:
            sitemaps.append(f"Sitemap: {value}")
        else:
            # Only rules end the list of agents: other records must not interfere (section 2.2.4).
            open_ = open_ and not (found["allow"] or found["disallow"])
            for name in agents:
                groups[name].append(_rule(found, value))
    yield "User-agent: *"
    rules = list(dict.fromkeys(groups.get(PRODUCT, groups.get("*", []))))
    yield from rules[:MOST_RULES]
    if len(rules) > MOST_RULES:  # each is compared with every address: what is left unread forbids
        yield "Disallow: /"
    yield from sitemaps


def _names(value: str) -> Iterator[str]:
    """The product tokens of an agent line; some list several, separated by commas."""
    for part in value.split(","):
        if token := _TOKEN.match(part.strip()):
            yield token.group().lstrip("*").lower() or "*"


def _rule(found: re.Match[str], value: str) -> str:
    if found["delay"]:
        number = _NUMBER.search(value)  # "[5]", "10 seconds"
        return f"Crawl-delay: {number.group()}" if number else ""
    name = "Allow" if found["allow"] else "Disallow" if found["disallow"] else "Request-rate"
    return f"{name}: {value}"


def _delay(rules: Protego) -> float | None:
    """The longer of Crawl-delay and Request-rate, in seconds; None when neither is said or it is 0."""
    delay = rules.crawl_delay(PRODUCT) or 0.0
    if rate := rules.request_rate(PRODUCT):
        delay = max(delay, min(rate.seconds, int(LONGEST_DELAY) * rate.requests) / rate.requests)
    return min(delay, LONGEST_DELAY) or None


def _addresses(rules: Protego) -> Iterator[str]:
    for address in dict.fromkeys(rules.sitemaps):
        try:
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.hostname:
            yield address
