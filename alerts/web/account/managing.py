"""One's own searches: what there is, when mails come, a pause, and the end."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from alerts.digest import heading_of
from alerts.locale import known_language, saying
from alerts.people import Pauses, StoryChoices, Subscription, is_paused, today_of
from alerts.query import QueryError, parse, read_back
from alerts.web.account.changing import Changing
from alerts.web.account.reception import Reception
from alerts.web.account.sessions import Owner, Sessions
from alerts.web.account.signing_in import SigningIn
from alerts.web.account.taking import Taking
from alerts.web.account.terms import Timing, timing_from, zone_choices
from alerts.web.account.wish import Slip
from alerts.web.answers import MOST_STORIES, no_such_story
from alerts.web.posted import Posted, posting

LONGEST_PAUSE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Listed:
    """A search as its owner sees it in their list."""

    search: Subscription
    heading: str
    reading: str  # in plain words; why it cannot be read any more, if so


@dataclass(frozen=True, slots=True)
class Managing:
    """The pages of who is signed in, and the way in."""

    reception: Reception

    def routes(self) -> list[BaseRoute]:
        """Where they are."""
        sessions = Sessions(self.reception)
        signing_in = SigningIn(self.reception, sessions)

        def begin(request: Request, form: Posted) -> Response:
            owner = sessions.owner(request)
            return self.overview(request, owner, []) if owner else signing_in.form(request, [])

        return [
            Route("/manage", posting(begin), methods=["GET"]),
            *signing_in.routes(),
            Route("/manage/when", sessions.own(self.when), methods=["POST"]),
            Route("/manage/pause", sessions.own(self.pause), methods=["POST"]),
            Route("/manage/resume", sessions.own(self.resume), methods=["POST"]),
            Route("/manage/order", sessions.own(self.order), methods=["POST"]),
            Route("/manage/story/{story:int}", sessions.own(self.story), methods=["POST"]),
            *Changing(self.reception, sessions).routes(),
            *Taking(self.reception, sessions).routes(),
        ]

    def overview(self, request: Request, owner: Owner, slips: Sequence[Slip], **shown: Any) -> Response:
        """All of it on one page."""
        desk, who = self.reception, owner.subscriber
        choices = StoryChoices(desk.post.members.engine)
        followed = [search for search in owner.searches if search.story_id is not None]
        muted = {view.story.id: view.lead.article.title for view in desk.post.store.views(choices.muted(owner.id))}
        timing = Timing(who.digest_at, who.timezone, "daily", known_language(who.language))
        return desk.show(
            request,
            "manage.html",
            400 if slips else 200,
            known=owner.language,
            owner=owner,
            searches=[self._listed(search, owner.language) for search in owner.searches if search.story_id is None],
            followed=followed,
            muted=muted,
            paused=is_paused(who, today_of(who, desk.clock())),
            zones=zone_choices(owner.language, who.timezone, desk.clock()),
            slips=slips,
            **({"timing": timing, "until": ""} | shown),
        )

    def when(self, request: Request, form: Posted, owner: Owner) -> Response:
        """Another hour, zone, weekday or language."""
        who, members = owner.subscriber, self.reception.post.members
        timing, slips = timing_from(form, Timing(who.digest_at, who.timezone, "daily", known_language(who.language)))
        if slips:
            return self.overview(request, owner, slips, timing=timing)
        weekday = int(form.get("weekday")) if form.get("weekday") in tuple("0123456") else None
        changed = (timing.at, timing.timezone) != (who.digest_at, who.timezone)
        members.change_hour(owner.id, timing.at if changed else None, timing.timezone if changed else None, weekday)
        members.change_language(owner.id, timing.language)
        return self.reception.lead(request, "/manage")

    def pause(self, request: Request, form: Posted, owner: Owner) -> Response:
        """No mails for now, or until a day."""
        now = self.reception.clock()
        today, until = today_of(owner.subscriber, now), None
        if form.get("until"):
            with suppress(ValueError):
                until = date.fromisoformat(form.get("until"))
            if until is None or not today < until <= today + LONGEST_PAUSE:
                slip = Slip("until", saying("Choose a day after today, within a year."))
                return self.overview(request, owner, [slip], until=form.get("until"))
        Pauses(self.reception.post.members.engine).pause(owner.id, now, until, form.get("drops") == "yes")
        return self.reception.lead(request, "/manage")

    def resume(self, request: Request, form: Posted, owner: Owner) -> Response:
        """Mails again from the next one on."""
        today = today_of(owner.subscriber, self.reception.clock())
        Pauses(self.reception.post.members.engine).resume(owner.id, today)
        return self.reception.lead(request, "/manage")

    def order(self, request: Request, form: Posted, owner: Owner) -> Response:
        """One search a place further up in the mail."""
        ids = [search.id for search in owner.searches if search.id is not None]
        up = next((i for i, number in enumerate(ids) if str(number) == form.get("up")), 0)
        if up:
            ids[up - 1], ids[up] = ids[up], ids[up - 1]
            self.reception.post.members.order_searches(owner.id, ids)
        return self.reception.lead(request, "/manage")

    def story(self, request: Request, form: Posted, owner: Owner) -> Response:
        """Hear of a muted story again, or follow one no longer."""
        choices, number = StoryChoices(self.reception.post.members.engine), request.path_params["story"]
        if number >= MOST_STORIES:
            raise no_such_story()
        if form.get("do") == "unmute":
            choices.unmute(owner.id, number)
        else:
            choices.unfollow(owner.id, number)
        return self.reception.lead(request, "/manage")

    def _listed(self, search: Subscription, language: str) -> Listed:
        try:
            reading = read_back(parse(search.query, self.reception.places), language)
            return Listed(search, search.name or heading_of(search.query, language), reading)
        except QueryError as error:
            return Listed(search, search.name or search.query, error.said(language))
