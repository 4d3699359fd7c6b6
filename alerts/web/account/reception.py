"""What the pages of one's own searches work with, and what they have in common."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from alerts.digest import Post
from alerts.locale import marked
from alerts.mail import AccountMails
from alerts.matching import BackTest, back_test
from alerts.query import PlaceLookup, Query
from alerts.web.afterwards import Afterwards
from alerts.web.answers import page
from alerts.web.language import language_of, led
from alerts.web.limits import Allowances
from alerts.web.turns import RETRY_AFTER, BusyError, turn

AT_ONCE = 2  # back-tests: each reads up to a thousand stories, and the other pages go on meanwhile
_OWN_FORM = {"Referrer-Policy": "same-origin"}  # else a browser does not say whence a form of ours was sent
_KEPT_NOWHERE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Reception:
    """Where people ask for searches and change them."""

    post: Post
    places: PlaceLookup
    clock: Callable[[], datetime]
    limits: Allowances
    timezone: str = "UTC"
    public: bool = False
    afterwards: Afterwards = field(default_factory=Afterwards)
    TRAP: ClassVar[str] = "website"  # a field that nobody sees: who fills it is no person
    turns: threading.Semaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    @property
    def mails(self) -> AccountMails:
        """The mails with a link that lets somebody in."""
        return AccountMails(self.post.deliveries, self.post.links, self.post.mail)

    def show(self, request: Request, name: str, status: int = 200, known: str = "", **shown: Any) -> HTMLResponse:
        """A page of one's own account, which no cache keeps; `known`: the language that its owner reads."""
        answer = page(request, f"account/{name}", status, known, **shown)
        answer.headers.update(_OWN_FORM | _KEPT_NOWHERE)
        return answer

    def lead(self, request: Request, path: str) -> RedirectResponse:
        """To another page after a form, in the same language."""
        asked = language_of(request) if "lang" in request.query_params else ""
        return RedirectResponse(led(path, asked), 303, _KEPT_NOWHERE)

    def tested(self, request: Request, query: Query, timezone: str) -> BackTest:
        """What a search would have brought. Raises HTTPException for who asks too often, and when too many ask."""
        self.limits.take(request, "back-test")
        try:
            with turn(self.turns):
                return back_test(self.post.store, query, self.clock(), ZoneInfo(timezone))
        except BusyError:
            raise _too_many() from None

    @property
    def asks_nobody(self) -> bool:
        """Who sits at the machine on which no mail leaves needs no question by mail."""
        return not self.public and not self.post.mail.smtp_host

    def later(self, task: Callable[[], object]) -> None:
        """Have something done when the answer is gone. Raises HTTPException when too much waits."""
        if not self.afterwards.do(task):
            raise _too_many()

    def check_origin(self, request: Request) -> None:
        """Refuse a form that a page elsewhere sent. Raises HTTPException."""
        if not is_own(request, self.post.links.base_url):
            raise HTTPException(403, marked("This form was not sent from a page of ours."))


def _too_many() -> HTTPException:
    return HTTPException(503, marked("Too many people ask at once. Please try again."), RETRY_AFTER)


def is_own(request: Request, base_url: str) -> bool:
    """Whether a page of ours sent a request, as far as its browser tells (Fetch Metadata, else Origin)."""
    if site := request.headers.get("sec-fetch-site"):
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc in (urlsplit(base_url).netloc, request.headers.get("host"))
