"""Somebody follows one story: whoever asks says only whither, and the owner of the address says yes by mail."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from alerts.join import follow_story
from alerts.web.account.reception import Reception
from alerts.web.account.terms import Timing, address_from, timing_from, zone_choices
from alerts.web.account.wish import Slip
from alerts.web.answers import MOST_STORIES, no_such_story
from alerts.web.language import language_of, led
from alerts.web.posted import Posted, posting
from crawler.places import Place, zone_of
from crawler.store import StoryLists, StoryView


@dataclass(frozen=True, slots=True)
class Following:
    """The page on which somebody asks for what is new in a story. It shows the story alone, and nobody's data."""

    reception: Reception

    def routes(self) -> list[BaseRoute]:
        """Where it is."""
        path = "/stories/{story:int}/follow"
        return [Route(path, self.write, methods=["GET"]), Route(path, posting(self.answer), methods=["POST"])]

    def write(self, request: Request) -> Response:
        """The form."""
        view = self._view(request)
        return self._form(request, view, self._timing(request, view), "", [])

    def answer(self, request: Request, form: Posted) -> Response:
        """Ask by mail at the address that was typed; the answer is the same for every address."""
        desk, view = self.reception, self._view(request)
        desk.check_origin(request)
        timing, slips = timing_from(form, self._timing(request, view))
        email, wrong = address_from(form)
        if wrong or slips:
            return self._form(request, view, timing, email, [*wrong, *slips])
        desk.limits.take(request, "subscribe")
        if not form.get(desk.TRAP):
            desk.later(lambda: self._follow(email, view, timing))
        return desk.lead(request, "/subscribe/sent")

    def _form(self, request: Request, view: StoryView, timing: Timing, email: str, slips: list[Slip]) -> Response:
        return self.reception.show(
            request,
            "follow.html",
            400 if slips else 200,
            story=view,
            timing=timing,
            zones=zone_choices(language_of(request), timing.timezone, self.reception.clock()),
            email=email,
            slips=slips,
            trap=self.reception.TRAP,
        )

    def _view(self, request: Request) -> StoryView:
        """The story of the address. Raises HTTPException: one that was merged is asked for under its new number."""
        number, lists = request.path_params["story"], StoryLists(self.reception.post.members.engine)
        leads_to = lists.leads_to(number) if number < MOST_STORIES else None
        if leads_to is not None and leads_to != number:
            asked = language_of(request) if "lang" in request.query_params else ""
            raise HTTPException(303, headers={"Location": led(f"/stories/{leads_to}/follow", asked)})
        for view in self.reception.post.store.views([leads_to] if leads_to is not None else []):
            return view
        raise no_such_story()

    def _timing(self, request: Request, view: StoryView) -> Timing:
        """As it is proposed: the zone where it happened."""
        zone, place = self.reception.timezone, next((p for r in view.reports for p in r.places), None)
        return Timing(self.reception.post.digest.at, _zone(place) if place else zone, "daily", language_of(request))

    def _follow(self, email: str, view: StoryView, timing: Timing) -> None:
        desk = self.reception
        follow_story(
            desk.post, view, email, timing.at, timing.timezone, desk.asks_nobody, desk.clock(), timing.language
        )


def _zone(place: Place) -> str:
    return str(zone_of(place.state, place.county, place.name if place.kind == "city" else ""))
