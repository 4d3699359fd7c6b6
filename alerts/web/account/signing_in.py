"""A mailed link signs in: asked for by an address or from a mail, it stands for 15 minutes and works once.

Following it changes nothing, as mail scanners follow links: a button does.
"""

from dataclasses import dataclass
from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from alerts.locale import known_language, marked
from alerts.people import SIGN_IN_WITHIN, Subscriber
from alerts.web.account.reception import Reception
from alerts.web.account.sessions import Owner, Sessions
from alerts.web.account.terms import address_from
from alerts.web.account.wish import Slip
from alerts.web.posted import Posted, posting

MOST_A_DAY = 8  # mails of this kind to one address: a stranger fills nobody's box


@dataclass(frozen=True, slots=True)
class SigningIn:
    """The pages on which somebody asks for a link, and signs in and out."""

    reception: Reception
    sessions: Sessions

    def routes(self) -> list[BaseRoute]:
        """Where they are."""
        return [
            Route("/manage/link", posting(self.ask), methods=["POST"]),
            Route("/manage/link/{token}", posting(self.ask_from_mail), methods=["GET", "POST"]),
            Route("/manage/sent", self.sent),
            Route("/manage/in/{token}", posting(self.enter), methods=["GET", "POST"]),
            Route("/manage/out", self.sessions.own(self.leave), methods=["POST"]),
        ]

    def form(self, request: Request, slips: list[Slip], email: str = "") -> Response:
        """Where the address is typed."""
        return self.reception.show(request, "sign_in.html", 400 if slips else 200, slips=slips, email=email)

    def ask(self, request: Request, form: Posted) -> Response:
        """Mail a link to the address that was typed, if somebody subscribes with it."""
        self.reception.check_origin(request)
        email, slips = address_from(form)
        if slips:
            return self.form(request, slips, email)
        self.reception.limits.take(request, "sign in")
        self.reception.later(lambda: self._mail_to(email))
        return self.reception.lead(request, "/manage/sent")

    def ask_from_mail(self, request: Request, form: Posted) -> Response:
        """The same from the link of a digest, which may have been passed on: it lets nobody in."""
        subscriber_id = self.reception.post.links.read_manage(request.path_params["token"])
        if subscriber_id is None:
            raise HTTPException(404, marked("This link is not one of ours; copy the whole of it from the mail."))
        if request.method != "POST":
            return self.reception.show(request, "mail_link.html", known=self._language(subscriber_id))
        self.reception.check_origin(request)
        self.reception.limits.take(request, "sign in")
        self.reception.later(lambda: self._mail_to_member(subscriber_id))
        return self.reception.lead(request, "/manage/sent")

    def sent(self, request: Request) -> Response:
        """Read your mail: the same for every address."""
        return self.reception.show(request, "sent.html", what="sign in", contact=self.reception.post.mail.contact)

    def enter(self, request: Request, form: Posted) -> Response:
        """GET shows a button and spends nothing; POST signs in."""
        token, now = request.path_params["token"], self.reception.clock()
        if request.method != "POST":
            found = self.sessions.passes.read("sign in", token, now)
            if found is None:
                return self.reception.show(request, "over.html", 404, what="sign in")
            return self.reception.show(request, "enter.html", known=self._language(found.subscriber_id))
        self.reception.check_origin(request)
        found = self.sessions.passes.spend("sign in", token, now)
        if found is None:
            return self.reception.show(request, "over.html", 404, what="sign in")
        answer = self.reception.lead(request, "/manage")
        self.sessions.begin(answer, found.subscriber_id)
        return answer

    def leave(self, request: Request, form: Posted, owner: Owner) -> Response:
        """Sign out."""
        answer = self.reception.show(request, "signed_out.html", known=owner.language)
        self.sessions.end(answer, owner)
        return answer

    def _language(self, subscriber_id: int) -> str:
        return known_language(self.reception.post.members.language(subscriber_id) or "")

    def _mail_to(self, email: str) -> None:
        if known := self.reception.post.members.subscriber(email):
            self._mail(known[0])

    def _mail_to_member(self, subscriber_id: int) -> None:
        for subscriber, _ in self.reception.post.members.members([subscriber_id]):
            self._mail(subscriber)

    def _mail(self, subscriber: Subscriber) -> None:
        post, now, passes = self.reception.post, self.reception.clock(), self.sessions.passes
        assert subscriber.id is not None
        asked = post.deliveries.queued_since("account", subscriber.id, now - timedelta(days=1))
        if subscriber.state != "active" or asked >= MOST_A_DAY:
            return
        token = passes.issue("sign in", subscriber.id, now + SIGN_IN_WITHIN, now)
        self.reception.mails.sign_in(subscriber, token, now)
