"""One search of who is signed in: add it, change it, look at how well it does, end it."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from alerts.digest import MOST_ENTRIES, MOST_OF_A_SECTION
from alerts.join import add_search
from alerts.locale import saying
from alerts.matching import match_new_search
from alerts.people import Subscription
from alerts.query import Query, read_back
from alerts.web.account.checkup import checkup_of
from alerts.web.account.joining import wish_page
from alerts.web.account.reception import Reception
from alerts.web.account.sessions import Owner, Sessions
from alerts.web.account.terms import CADENCES, many_from
from alerts.web.account.wish import Placed, Slip, Wish, placed, query_of, wish_from
from alerts.web.posted import Posted
from crawler.model import IcewireError

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Changing:
    """The pages of one search."""

    reception: Reception
    sessions: Sessions

    def routes(self) -> list[BaseRoute]:
        """Where they are."""
        own = self.sessions.own
        return [
            Route("/manage/add", own(self.add), methods=["GET", "POST"]),
            Route("/manage/search/{search:int}", own(self.edit), methods=["GET", "POST"]),
            Route("/manage/search/{search:int}/words", own(self.words), methods=["GET", "POST"]),
            Route("/manage/search/{search:int}/end", own(self.end), methods=["GET", "POST"]),
            Route("/manage/search/{search:int}/rest", own(self.rest), methods=["POST"]),
            Route("/manage/search/{search:int}/checkup", own(self.checkup), methods=["GET"]),
        ]

    def add(self, request: Request, form: Posted, owner: Owner) -> Response:
        """Another search; its owner is here, so no mail asks for a yes."""
        return self._words(request, form, owner, None)

    def words(self, request: Request, form: Posted, owner: Owner) -> Response:
        """Other words and places for a search."""
        return self._words(request, form, owner, owner.search(request))

    def edit(self, request: Request, form: Posted, owner: Owner) -> Response:
        """Its name, how often it comes, and how much of it a mail shows."""
        search, slips = owner.search(request), []
        most = form.get("most")
        if request.method == "POST":
            if most and not (most.isascii() and most.isdecimal() and 1 <= int(most[:6]) <= MOST_ENTRIES):
                slips.append(Slip("most", saying("Write a number from 1 to %(most)s.", most=MOST_ENTRIES)))
            if len(form.get("name")) > LONGEST_NAME:
                slips.append(Slip("name", saying("Write at most %(most)s characters.", most=LONGEST_NAME)))
        if request.method == "POST" and not slips:
            members, number = self.reception.post.members, search.id or 0
            members.rename_search(number, " ".join(form.get("name").split()))
            members.limit_search(number, int(most) if most else None)
            members.change_cadence(number, next((c for c in CADENCES if c == form.get("cadence")), search.cadence))
            return self.reception.lead(request, "/manage")
        called, most = (form.get("name"), most) if slips else (search.name, str(search.most or ""))
        return self.reception.show(
            request,
            "edit.html",
            400 if slips else 200,
            known=owner.language,
            owner=owner,
            search=search,
            slips=slips,
            usual=MOST_OF_A_SECTION,
            called=called,
            most=most,
        )

    def end(self, request: Request, form: Posted, owner: Owner) -> Response:
        """Ask, then end it."""
        search = owner.search(request)
        if request.method != "POST":
            return self.reception.show(request, "end.html", known=owner.language, owner=owner, search=search)
        self.reception.post.members.remove_search(search.id or 0)
        return self.reception.lead(request, "/manage")

    def rest(self, request: Request, form: Posted, owner: Owner) -> Response:
        """Let it rest, or go on."""
        members, search, now = self.reception.post.members, owner.search(request), self.reception.clock()
        if form.get("do") == "resume":
            members.resume_search(search.id or 0, now)
        else:
            members.pause_search(search.id or 0, now)
        return self.reception.lead(request, "/manage")

    def checkup(self, request: Request, form: Posted, owner: Owner) -> Response:
        """What each part of it brought, what it just missed, what others bring too, and what cannot be read."""
        search, desk = owner.search(request), self.reception
        query = query_of(Wish(query=search.query), desk.places, None)
        if isinstance(query, Slip):
            return desk.lead(request, f"/manage/search/{search.id}/words")
        test = desk.tested(request, query, owner.subscriber.timezone)
        others = [other for other in owner.searches if other.id != search.id and other.story_id is None]
        found = checkup_of(desk, query, test, others, owner.language)
        return desk.show(
            request,
            "checkup.html",
            known=owner.language,
            search=search,
            reading=read_back(query, owner.language),
            test=test,
            checkup=found,
            pieces=[(read_back(one.piece.alone, owner.language, with_forms=False), one) for one in found.brought],
        )

    def _words(self, request: Request, form: Posted, owner: Owner, search: Subscription | None) -> Response:
        """The form, the look at what it would bring, and then it is saved."""
        desk = self.reception
        shown: dict[str, Any] = {"here": "", "adds": search is None, "token": owner.form_token}
        shown["known"] = owner.language
        if request.method != "POST":
            return wish_page(desk, request, Placed(Wish(query=search.query if search else "")), [], **shown)
        found = placed(wish_from(form), desk.places)
        pressed, slips = form.get("do"), [found.slip] if found.slip else []
        if pressed == "change" or slips or (pressed == "find" and found.wish != wish_from(form)):
            return wish_page(desk, request, found, slips, **shown)
        query = query_of(found.wish, desk.places, desk.post.store.outlets() or None)
        if isinstance(query, Slip):
            return wish_page(desk, request, found, [query], **shown)
        many = many_from(form) if pressed == "save" else []
        if pressed == "save" and not many:
            same = self._save(query, owner, search)
            if not same:
                return desk.lead(request, "/manage")
            return wish_page(desk, request, found, same, **shown)
        return desk.show(
            request,
            "look.html",
            400 if many else 200,
            known=owner.language,
            slips=many,
            many=form.get("many"),
            owner=owner,
            carried=found.wish.hidden,
            reading=read_back(query, owner.language),
            written=query.text,
            test=desk.tested(request, query, owner.subscriber.timezone),
        )

    def _save(self, query: Query, owner: Owner, search: Subscription | None) -> list[Slip]:
        desk, who = self.reception, owner.subscriber
        if any(other.query == query.text and other.id != (search and search.id) for other in owner.searches):
            return [Slip("query", saying("You have this search already."))]
        now = desk.clock()
        try:
            if search is None:
                add_search(desk.post, desk.places, who.email, query.text, who.digest_at, who.timezone, True, now)
            else:
                desk.post.members.change_query(search.id or 0, query.text)
                search.query = query.text
                match_new_search(desk.post.store, desk.post.matches, search, desk.places, now)
        except IcewireError:  # it was added meanwhile, in another window
            return [Slip("query", saying("You have this search already."))]
        return []
