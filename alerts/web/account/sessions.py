"""Who is signed in: one cookie, on the pages of one's own searches alone, and what their forms have to carry."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from alerts.locale import known_language, marked
from alerts.people import SIGNED_IN_FOR, Passes, Subscriber, Subscription
from alerts.web.account.reception import Reception
from alerts.web.language import language_of
from alerts.web.posted import Posted, posting

_PATH = "/manage"  # no other page gets the cookie


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody who is signed in, with their searches, the first of a mail first; `token` is that of their session.

    `language` is that in which the page that they ask for speaks to them.
    """

    subscriber: Subscriber
    searches: tuple[Subscription, ...]
    token: str
    language: str

    @property
    def id(self) -> int:
        """The subscriber."""
        assert self.subscriber.id is not None
        return self.subscriber.id

    @property
    def form_token(self) -> str:
        """What a form of theirs carries: a page elsewhere does not know it."""
        return hmac.new(self.token.encode(), b"form", hashlib.sha256).hexdigest()

    def search(self, request: Request) -> Subscription:
        """The search of theirs that an address names. Raises HTTPException: another's is none."""
        named = request.path_params["search"]
        found = next((search for search in self.searches if search.id == named and search.story_id is None), None)
        if found is None:
            raise HTTPException(404, marked("You have no such search."))
        return found


Page = Callable[[Request, Posted, Owner], Response]


@dataclass(frozen=True, slots=True)
class Sessions:
    """Signing in and out, and the pages that want it."""

    reception: Reception

    @property
    def passes(self) -> Passes:
        """The secrets that let in."""
        return Passes(self.reception.post.members.engine)

    def owner(self, request: Request) -> Owner | None:
        """Who asks, if they are signed in; from now on for some time more."""
        token = request.cookies.get(self._name, "")
        found = self.passes.prolong(token, self.reception.clock()) if token else None
        if found is None:
            return None
        for subscriber, searches in self.reception.post.members.members([found.subscriber_id]):
            language = language_of(request, known_language(subscriber.language))
            return Owner(subscriber, tuple(searches), token, language)
        return None

    def own(self, answer: Page) -> Callable[[Request], object]:
        """An endpoint for who is signed in; others are led to where one signs in. A form is looked at first."""

        def endpoint(request: Request, form: Posted) -> Response:
            owner = self.owner(request)
            if owner is None:
                return self.reception.lead(request, _PATH)
            if request.method == "POST":
                self.reception.check_origin(request)
                if not hmac.compare_digest(form.get("token").encode(), owner.form_token.encode()):
                    raise HTTPException(403, marked("This form was not sent from a page of ours."))
            return answer(request, form, owner)

        return posting(endpoint)

    def begin(self, answer: Response, subscriber_id: int) -> None:
        """Sign somebody in: the browser that gets this answer."""
        now = self.reception.clock()
        token = self.passes.issue("session", subscriber_id, now + SIGNED_IN_FOR, now)
        answer.set_cookie(self._name, token, **self._cookie)

    def end(self, answer: Response, owner: Owner) -> None:
        """Sign somebody out."""
        self.passes.spend("session", owner.token, self.reception.clock())
        answer.delete_cookie(self._name, **self._cookie)

    def forget(self, answer: Response) -> None:
        """Take the cookie of somebody who is gone."""
        answer.delete_cookie(self._name, **self._cookie)

    @property
    def _name(self) -> str:
        """With the prefix by which browsers let no unsafe page set it (RFC 6265bis, 4.1.3.1)."""
        return "__Secure-icewire" if self._is_safe else "icewire"

    @property
    def _is_safe(self) -> bool:
        return self.reception.post.links.base_url.startswith("https:")

    @property
    def _cookie(self) -> dict[str, Any]:
        return {"path": _PATH, "secure": self._is_safe, "httponly": True, "samesite": "strict"}
