"""What somebody takes along or leaves by: the next digest, all that is kept of them, another address, the end."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from alerts.digest import digest_html, preview, sources_read, wanted_now
from alerts.people import ADDRESS_BACK_WITHIN, ADDRESS_WITHIN, Subscriber, disclose
from alerts.web.account.reception import Reception
from alerts.web.account.sessions import Owner, Sessions
from alerts.web.account.signing_in import MOST_A_DAY
from alerts.web.account.terms import address_from
from alerts.web.answers import MAIL_HEADERS
from alerts.web.posted import Posted, posting
from crawler.watch import Watchlist

_NOT_KEPT = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Taking:
    """The pages of one's data, and of the way out."""

    reception: Reception
    sessions: Sessions

    def routes(self) -> list[BaseRoute]:
        """Where they are."""
        own = self.sessions.own
        return [
            Route("/manage/preview", own(self.preview), methods=["GET"]),
            Route("/manage/export.json", own(self.as_json), methods=["GET"]),
            Route("/manage/export.csv", own(self.as_csv), methods=["GET"]),
            Route("/manage/address", own(self.move), methods=["GET", "POST"]),
            Route("/manage/address/{token}", posting(self.arrive), methods=["GET", "POST"]),
            Route("/manage/leave", own(self.leave), methods=["GET", "POST"]),
        ]

    def preview(self, request: Request, form: Posted, owner: Owner) -> Response:
        """The mail as it would be now, without links that do something."""
        desk, now = self.reception, self.reception.clock()
        self.reception.limits.take(request, "back-test")
        wanted = wanted_now(owner.subscriber, owner.searches, now)
        health = Watchlist(desk.post.members.engine).health(now, watched_only=True)
        digest = preview(desk.post, wanted, sources_read(health), now)
        return HTMLResponse(digest_html(digest, desk.post.mail), headers=MAIL_HEADERS | _NOT_KEPT)

    def as_json(self, request: Request, form: Posted, owner: Owner) -> Response:
        """All that is kept, by table."""
        rows = disclose(self.reception.post.members.engine, owner.subscriber.email)
        body = json.dumps(rows, indent=1, ensure_ascii=False, default=str)
        return _file(body, "application/json", "icewire.json")

    def as_csv(self, request: Request, form: Posted, owner: Owner) -> Response:
        """The same as lines for a spreadsheet: table, row, column, value."""
        written = io.StringIO()
        lines = csv.writer(written)
        lines.writerow(("table", "row", "column", "value"))
        for table, rows in disclose(self.reception.post.members.engine, owner.subscriber.email).items():
            for number, row in enumerate(rows, 1):
                lines.writerows((table, number, name, _harmless(value)) for name, value in row.items())
        return _file(written.getvalue(), "text/csv", "icewire.csv")

    def move(self, request: Request, form: Posted, owner: Owner) -> Response:
        """Ask at another address whether the mails may go there."""
        desk = self.reception
        email, slips = address_from(form) if request.method == "POST" else ("", [])
        if request.method == "POST" and not slips:
            desk.limits.take(request, "sign in")
            desk.later(lambda: self._ask_at(email, owner))
            return desk.show(request, "sent.html", known=owner.language, what="address", contact=desk.post.mail.contact)
        return desk.show(
            request, "address.html", 400 if slips else 200, known=owner.language, owner=owner, slips=slips, email=email
        )

    def arrive(self, request: Request, form: Posted) -> Response:
        """GET shows a button; POST takes the new address, and whoever was signed in is not any more."""
        desk, token, now = self.reception, request.path_params["token"], self.reception.clock()
        passes = self.sessions.passes
        found = passes.read("address", token, now) or passes.read("address back", token, now)
        if found is None:
            return desk.show(request, "over.html", 404, what="address")
        known = desk.post.members.language(found.subscriber_id) or ""
        if request.method != "POST":
            return desk.show(request, "arrive.html", known=known, done=False)
        desk.check_origin(request)
        if passes.spend(found.kind, token, now) is None:
            return desk.show(request, "over.html", 404, known, what="address")
        left = next((who for who, _ in desk.post.members.members([found.subscriber_id])), None)
        if not desk.post.members.change_address(found.subscriber_id, found.email):
            return desk.show(request, "over.html", 409, known, what="taken")
        if found.kind == "address back":  # whoever had taken the mails away keeps no way to do so again
            passes.end(found.subscriber_id)
        else:
            passes.end(found.subscriber_id, kept=("address back",))
            if left is not None:
                self._tell(left, now)
        return desk.show(request, "arrive.html", known=known, done=True)

    def leave(self, request: Request, form: Posted, owner: Owner) -> Response:
        """Ask, then end all mail and forget."""
        if request.method != "POST":
            return self.reception.show(request, "leave.html", known=owner.language, owner=owner, done=False)
        self.reception.post.members.leave(owner.id, self.reception.clock())
        self.sessions.passes.end(owner.id)
        answer = self.reception.show(request, "leave.html", known=owner.language, done=True)
        self.sessions.forget(answer)
        return answer

    def _tell(self, left: Subscriber, now: datetime) -> None:
        """Tell the address that they had until now, with a way back to it: it may not have been them."""
        token = self.sessions.passes.issue("address back", left.id or 0, now + ADDRESS_BACK_WITHIN, now, left.email)
        self.reception.mails.address_changed(left, token, now)

    def _ask_at(self, email: str, owner: Owner) -> None:
        now = self.reception.clock()
        asked = self.reception.post.deliveries.queued_since("account", owner.id, now - timedelta(days=1))
        if asked >= 2 * MOST_A_DAY:
            return
        token = self.sessions.passes.issue("address", owner.id, now + ADDRESS_WITHIN, now, email.lower())
        self.reception.mails.new_address(owner.subscriber, email, token, now)


def _file(body: str, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return Response(body, headers=headers | _NOT_KEPT, media_type=f"{kind}; charset=utf-8")


def _harmless(value: object) -> str:
    """A value as a spreadsheet shows it and does not reckon with it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in tuple("=+-@\t\r") else text
