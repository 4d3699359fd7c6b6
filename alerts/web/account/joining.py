"""Somebody asks for a search: write it, see what it would bring, say when and whither, and read the mail.

Whatever is known of an address, the answer is the same page at the same time: what is done with it is done afterwards.
"""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from alerts.join import add_search
from alerts.query import Query, read_back
from alerts.web.account.reception import Reception
from alerts.web.account.terms import Timing, address_from, many_from, timing_from, zone_choices, zone_for
from alerts.web.account.wish import DISTANCES, UNITS, Placed, Slip, Wish, parts_of, placed, query_of, wish_from
from alerts.web.language import language_of
from alerts.web.posted import Posted, posting


@dataclass(frozen=True, slots=True)
class Joining:
    """The pages on which somebody subscribes."""

    reception: Reception

    def routes(self) -> list[BaseRoute]:
        """Where they are."""
        return [
            Route("/subscribe", self.write, methods=["GET"]),
            Route("/subscribe", posting(self.answer), methods=["POST"]),
            Route("/subscribe/sent", self.sent),
        ]

    def write(self, request: Request) -> Response:
        """The form, empty or with the query that a link of ours carries."""
        return wish_page(self.reception, request, Placed(Wish(query=request.query_params.get("q", "")[:500])), [])

    def answer(self, request: Request, form: Posted) -> Response:
        """What the pressed button asks for: find a place, check the search, change it, or subscribe."""
        self.reception.check_origin(request)
        found = placed(wish_from(form), self.reception.places)
        pressed = form.get("do")
        slips = [found.slip] if found.slip else []
        if pressed == "change" or slips or (pressed == "find" and found.wish != wish_from(form)):
            return wish_page(self.reception, request, found, slips)
        query = query_of(found.wish, self.reception.places, self.reception.post.store.outlets() or None)
        if isinstance(query, Slip):
            return wish_page(self.reception, request, found, [query])
        zone = zone_for(found.wish, self.reception.timezone)
        at = self.reception.post.digest.at
        timing, slips = timing_from(form, Timing(at, zone, "daily", language_of(request)))
        if pressed != "subscribe":
            return self._check(request, found.wish, query, timing, form, [])
        email, wrong = address_from(form)
        slips = [*slips, *wrong]
        slips = [*many_from(form), *slips]
        if slips:
            return self._check(request, found.wish, query, timing, form, slips)
        self.reception.limits.take(request, "subscribe")
        if not form.get(self.reception.TRAP):
            self.reception.later(lambda: self._join(email, query, timing))
        return self.reception.lead(request, "/subscribe/sent")

    def sent(self, request: Request) -> Response:
        """Read your mail: the same for every address."""
        return self.reception.show(request, "sent.html", what="subscribe", contact=self.reception.post.mail.contact)

    def _check(
        self, request: Request, wish: Wish, query: Query, timing: Timing, form: Posted, slips: list[Slip]
    ) -> Response:
        language = language_of(request)
        test = self.reception.tested(request, query, timing.timezone)
        return self.reception.show(
            request,
            "check.html",
            400 if slips else 200,
            here="/subscribe",
            carried=wish.hidden,
            reading=read_back(query, language),
            written=query.text,
            test=test,
            slips=slips,
            timing=timing,
            zones=zone_choices(language, timing.timezone, self.reception.clock()),
            email=form.get("email"),
            many=form.get("many"),
            trap=self.reception.TRAP,
        )

    def _join(self, email: str, query: Query, timing: Timing) -> None:
        desk = self.reception
        add_search(
            desk.post, desk.places, email, query.text, timing.at, timing.timezone, desk.asks_nobody, desk.clock(),
            cadence=timing.cadence, language=timing.language,
        )  # fmt: skip


def wish_page(reception: Reception, request: Request, found: Placed, slips: list[Slip], **shown: Any) -> Response:
    """The form of a search."""
    said: dict[str, Any] = {"here": "/subscribe", "adds": True} | shown
    return reception.show(
        request,
        "search.html",
        400 if slips else 200,
        **said,
        wish=found.wish,
        chosen=[(clause, *parts_of(clause)) for clause in found.wish.chosen],
        options=found.options,
        slips=slips,
        distances=DISTANCES,
        units=UNITS,
    )
