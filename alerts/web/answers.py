"""A page from a template, and what each answer of ours forbids."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from alerts.locale import asked_language
from alerts.mail import render

# Nothing on our pages loads or runs anything; mails carry their own style element.
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page(name: str, language: str, status_code: int = 200, **shown: Any) -> HTMLResponse:
    """A page from a template, in the language of its reader."""
    headers = SECURITY_HEADERS | {"Content-Language": language, "Vary": "Accept-Language"}
    return HTMLResponse(render(__package__, name, language, **shown), status_code, headers)


def language_of(request: Request) -> str:
    """What the reader of a page reads, as their browser says."""
    return asked_language(request.headers.get("accept-language", ""))
