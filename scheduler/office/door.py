"""Who is in the operator's office: whoever had the link that `icewire web login` prints, for twelve hours."""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from alerts.mail import Links
from alerts.web import Posted, is_own, posting

OFFICE_PATH = "/office"  # no other page gets the cookie
LINK_WITHIN = timedelta(minutes=15)
INSIDE_FOR = timedelta(hours=12)

Page = Callable[[Request, Posted], Response]


class OfficeDoor:
    """Letting in, and the pages behind it. No password is kept: who may run commands may come in.

    Who is in is known to this process alone, as hashes; a start shows everybody out, and no older link lets in.
    """

    def __init__(self, links: Links, clock: Callable[[], datetime]) -> None:
        self._links, self._clock, self._began_at = links, clock, clock()
        self._used: dict[str, datetime] = {}
        self._inside: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def enter(self, token: str) -> Response | None:
        """The answer that lets a browser in; None when its link is over or was used."""
        now, known = self._clock(), self._links.read_office(token)
        if known is None or not self._began_at <= known[1] <= now <= known[1] + LINK_WITHIN:
            return None
        session = secrets.token_urlsafe(24)
        with self._lock:
            self._used = {name: made for name, made in self._used.items() if now <= made + LINK_WITHIN}
            self._inside = {one: until for one, until in self._inside.items() if now < until}
            if known[0] in self._used:
                return None
            self._used[known[0]] = known[1]
            self._inside[_hashed(session)] = now + INSIDE_FOR
        answer = RedirectResponse(OFFICE_PATH, 303)
        answer.set_cookie(self._name, session, max_age=int(INSIDE_FOR.total_seconds()), **self._cookie)
        return answer

    def leave(self, request: Request) -> Response:
        """End the session."""
        with self._lock:
            self._inside.pop(_hashed(self._session(request)), None)
        answer = RedirectResponse(f"{OFFICE_PATH}/left", 303)
        answer.delete_cookie(self._name, **self._cookie)
        return answer

    def inside(self, answer: Page) -> Callable[[Request], object]:
        """An endpoint for who is in; for others there is no such page. A form proves that a page of ours sent it."""

        def endpoint(request: Request, form: Posted) -> Response:
            until = self._inside.get(_hashed(self._session(request)))
            if until is None or self._clock() >= until:
                raise HTTPException(404)
            if request.method == "POST":
                given, wanted = form.get("token").encode(), self.form_token(request).encode()
                if not is_own(request, self._links.base_url) or not hmac.compare_digest(given, wanted):
                    raise HTTPException(403, "This form was not sent from a page of ours.")
            shown = answer(request, form)
            shown.headers.update({"Cache-Control": "no-store", "Referrer-Policy": "same-origin"})
            return shown

        return posting(endpoint)

    def form_token(self, request: Request) -> str:
        """What a form carries: a page elsewhere does not know it."""
        return hmac.new(self._session(request).encode(), b"office form", hashlib.sha256).hexdigest()

    def _session(self, request: Request) -> str:
        return request.cookies.get(self._name, "")

    @property
    def _is_safe(self) -> bool:
        return self._links.base_url.startswith("https:")

    @property
    def _name(self) -> str:
        return "__Secure-icewire-office" if self._is_safe else "icewire-office"

    @property
    def _cookie(self) -> dict[str, Any]:
        return {"path": OFFICE_PATH, "secure": self._is_safe, "httponly": True, "samesite": "strict"}


def _hashed(session: str) -> str:
    return hashlib.sha256(session.encode()).hexdigest()
