"""A page from a template, and what each answer of ours forbids."""

from typing import Any

from starlette.responses import HTMLResponse

from alerts.mail import render

# Nothing on our pages loads or runs anything; mails carry their own style element.
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page(name: str, status_code: int = 200, **shown: Any) -> HTMLResponse:
    """A page from a template."""
    return HTMLResponse(render(__package__, name, **shown), status_code, SECURITY_HEADERS)
