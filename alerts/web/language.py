"""In which language a page speaks, and that its links lead on in it: without a cookie the address alone can tell."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request

from alerts.locale import LANGUAGES, asked_language

# What each calls itself, for the switch at the top of a page
ENDONYMS = {"en": "English", "es": "Español"}
# Where a link or a form of a page leads on this site, as templates write it: the path or the query, escaped
_LEADS = re.compile(r'(<(?:a|form)\b[^<>]*?\s(?:href|action)=")((?:/(?!/)|\?)[^"#]*)')
_LONGEST = 2000  # characters of a query that is said again, however long the address was
_SAYS = re.compile(r"[?&;]lang=")


def language_of(request: Request, known: str = "", spoken: Sequence[str] = LANGUAGES) -> str:
    """What a page speaks: as its address says (`lang`), else what its reader is known to read, else their browser."""
    asked = request.query_params.get("lang", "") or known
    if asked not in spoken:
        asked = asked_language(request.headers.get("accept-language", ""))
    return asked if asked in spoken else spoken[0]


def carried(request: Request, language: str) -> str:
    """What the links of a page have to say so that the next one speaks as it does; "" where the browser says so."""
    return "" if language == asked_language(request.headers.get("accept-language", "")) else language


def switches(request: Request, language: str) -> dict[str, str]:
    """The same page in each other language: language → address; {} for what a form brought, which a link would lose."""
    if request.method not in ("GET", "HEAD") or len(request.url.query) > _LONGEST:
        return {}
    kept = [(name, value) for name, value in parse_qsl(request.url.query, True) if name != "lang"]
    return {
        other: f"{request.url.path}?{urlencode([*kept, ('lang', other)])}" for other in LANGUAGES if other != language
    }


def led(address: str, language: str) -> str:
    """An address of ours that says a language; the same when there is none to say, or it says one.

    >>> led("/stories?q=raid", "es"), led("/stories", "es"), led("/stories", ""), led("/stories?lang=en", "es")
    ('/stories?q=raid&lang=es', '/stories?lang=es', '/stories', '/stories?lang=en')
    """
    if not language or _SAYS.search(address):
        return address
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


def leading_on(html: str, language: str) -> str:
    """A page of ours whose links and forms all say a language, so that no template can forget it.

    What readers and outlets wrote is escaped in it: no quote of theirs ends an attribute.

    >>> leading_on('<a class="x" href="/a?q=1&amp;r=2#b">a</a> <a href="https://b.example/">b</a>', "es")
    '<a class="x" href="/a?q=1&amp;r=2&amp;lang=es#b">a</a> <a href="https://b.example/">b</a>'
    """
    if not language:
        return html
    return _LEADS.sub(lambda found: found[1] + led(found[2], language).replace("&lang=", "&amp;lang="), html)
