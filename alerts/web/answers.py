"""A page from a template, and what each answer of ours forbids."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from alerts.locale import LANGUAGES, asked_language, marked
from alerts.mail import render
from alerts.web.assets import asset_url

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


def page(name: str, language: str, status_code: int = 200, **shown: Any) -> HTMLResponse:
    """A page from a template, in the language of its reader."""
    headers = SECURITY_HEADERS | {"Content-Language": language, "Vary": "Accept-Language"}
    html = render(__package__, name, language, asset_url=asset_url, navigation=NAVIGATION, **{"here": ""} | shown)
    return HTMLResponse(html, status_code, headers)


def language_of(request: Request) -> str:
    """What the reader of a page reads: as a link of ours says (`lang`), else their browser."""
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else asked_language(request.headers.get("accept-language", ""))
