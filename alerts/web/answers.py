"""A page from a template, and what each answer of ours forbids."""

from collections.abc import Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from alerts.locale import LANGUAGES, marked
from alerts.mail import render
from alerts.web.assets import asset_url
from alerts.web.language import ENDONYMS, carried, language_of, leading_on, switches

MOST_STORIES = 10**9  # a larger number is no story's: it is not asked of the database, whose numbers have an end
_FORBIDDEN = "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
# What our pages load is ours: files of this server, and nothing that stands in a page itself.
SECURITY_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; {_FORBIDDEN}",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# A mail shown as a page carries its own style.
MAIL_HEADERS = SECURITY_HEADERS | {
    "Content-Security-Policy": f"default-src 'none'; style-src 'unsafe-inline'; {_FORBIDDEN}"
}
# The pages of the line at the top of each, in its order: path → what it is called
NAVIGATION: dict[str, str] = {
    "/stories": marked("Stories"),
    "/map": marked("Map"),
    "/weeks": marked("Weeks"),
    "/sources": marked("Sources"),
    "/subscribe": marked("Get the news by mail"),
}


def no_such_story() -> HTTPException:
    """What a page answers to the number of a story that is not there."""
    return HTTPException(404, marked("There is no such story, or it turned out to be about something else."))


def page(
    request: Request,
    name: str,
    status_code: int = 200,
    known: str = "",
    spoken: Sequence[str] = LANGUAGES,
    **shown: Any,
) -> HTMLResponse:
    """A page from a template, in the language of its reader, into which its links lead on.

    `known`: what that reader is known to read; `spoken`: what this page can speak.
    """
    language = language_of(request, known, spoken)
    on = carried(request, language) if len(spoken) > 1 else ""
    given = {
        "here": "",
        "carries": on,
        "endonyms": ENDONYMS,
        "switches": switches(request, language) if len(spoken) > 1 else {},
    }
    html = render(__package__, name, language, asset_url=asset_url, navigation=NAVIGATION, **given | shown)
    headers = SECURITY_HEADERS | {"Content-Language": language, "Vary": "Accept-Language"}
    return HTMLResponse(leading_on(html, on), status_code, headers)
