"""The operator's pages."""

from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from alerts.digest import digest_html, preview, wanted_now
from alerts.locale import worded
from alerts.operator import status_of
from alerts.people import Unreached
from alerts.web import MAIL_HEADERS, Posted, page
from crawler.model import IcewireError, Why
from crawler.registry import load_registry, switch_off, switch_on
from crawler.store import merge_by_hand, split_by_hand
from crawler.text import is_web_address
from scheduler.deployment import Deployment
from scheduler.office.door import OFFICE_PATH, OfficeDoor
from scheduler.office.errors import LastErrors
from scheduler.office.runs import CommandRuns, is_word, words_of
from scheduler.parts import STATE_FILE, read_parts

MOST_LISTED = 200  # deliveries, pages
_LONGEST_NUMBER = 15  # digits
_SPOKEN = ("en",)  # these are the operator's words


class Office:
    """All that an operator looks at and does. Nothing of it is shown to anybody else."""

    def __init__(self, deployment: Deployment, errors: LastErrors) -> None:
        self.deployment, self.errors = deployment, errors
        self.runs = CommandRuns(deployment.config)
        self.door = OfficeDoor(deployment.links, deployment.clock)

    def routes(self) -> list[Route]:
        """The way in is open to who has the link; all else is behind it."""

        def inside(path: str, answer: Callable[[Request, Posted], Response], *methods: str) -> Route:
            return Route(f"{OFFICE_PATH}{path}", self.door.inside(answer), methods=list(methods) or ["GET"])

        return [
            Route(f"{OFFICE_PATH}/enter/{{token}}", self.enter, methods=["GET", "POST"]),
            Route(f"{OFFICE_PATH}/left", self.left),
            inside("", self.overview),
            inside("/leave", self.leave, "POST"),
            inside("/mail", self.mail),
            inside("/mail/again", self.mail_again, "POST"),
            inside("/pages", self.pages),
            inside("/sources", self.sources),
            inside("/sources/add", self.add, "POST"),
            inside("/sources/switch", self.switch, "POST"),
            inside("/run", self.begin, "POST"),
            inside("/run/{name}", self.run),
            inside("/digests", self.digests),
            inside("/digests/{subscriber:int}", self.digest),
            inside("/stories", self.stories),
            inside("/stories/merge", self.merge, "POST"),
            inside("/stories/split", self.split, "POST"),
        ]

    # The way in

    def enter(self, request: Request) -> Response:
        """GET shows a button and spends nothing, as programs look at links, too; POST lets in."""
        if request.method != "POST":
            return page(request, "office/enter.html", spoken=_SPOKEN)
        answer = self.door.enter(request.path_params["token"])
        if answer is None:
            raise HTTPException(404, "This link is over or was used; `icewire web login` prints another.")
        return answer

    def leave(self, request: Request, form: Posted) -> Response:
        """Sign out."""
        return self.door.leave(request)

    def left(self, request: Request) -> Response:
        """After that."""
        return page(
            request, "answer.html", spoken=_SPOKEN, title="You have left",
            text="`icewire web login` prints another link.",
        )  # fmt: skip

    # What there is to see

    def overview(self, request: Request, form: Posted) -> Response:
        """What needs a hand, and the last errors."""
        d = self.deployment
        status = status_of(d.watchlist, d.store, d.members, d.deliveries, d.settings.watch.states, d.clock())
        return self._show(
            request, "overview", status=status, errors=self.errors.newest(), bounced=Unreached(d.engine).bounced(),
            parts=read_parts(d.settings.data / STATE_FILE),
        )  # fmt: skip

    def mail(self, request: Request, form: Posted) -> Response:
        """The queue, what was given up, and whom no mail reaches."""
        d = self.deployment
        return self._show(
            request, "mail", waiting=d.deliveries.newest("queued", MOST_LISTED), counts=d.deliveries.delivery_counts(),
            given_up=d.deliveries.newest("failed", MOST_LISTED), returned=d.deliveries.newest("returned", MOST_LISTED),
            failing=Unreached(d.engine).failing(), complained=Unreached(d.engine).complained(),
        )  # fmt: skip

    def mail_again(self, request: Request, form: Posted) -> Response:
        """Mail an address again that was left alone."""
        return self._did(
            f"{OFFICE_PATH}/mail", lambda: Unreached(self.deployment.engine).reactivate(_number(form, "subscriber"))
        )

    def pages(self, request: Request, form: Posted) -> Response:
        """The pages that could not be read, the newest first."""
        return self._show(request, "pages", failing=self.deployment.watchlist.failing_pages(MOST_LISTED))

    def sources(self, request: Request, form: Posted) -> Response:
        """The outlets that cannot be read or are off, and a form for one more."""
        d = self.deployment
        feeds = [h for h in d.watchlist.health(d.clock()) if h.source.listed and (h.unread or h.turned_away)]
        off = [o for o in self._registry().values() if not o.enabled and o.feeds]
        return self._show(request, "sources", feeds=feeds[:MOST_LISTED], off=off)

    def digests(self, request: Request, form: Posted) -> Response:
        """Whose next digest to look at."""
        return self._show(request, "digests", people=self.deployment.members.subscribers()[:MOST_LISTED])

    def digest(self, request: Request, form: Posted) -> Response:
        """What somebody would get now, as the mail shows it."""
        d = self.deployment
        for subscriber, searches in d.members.members([request.path_params["subscriber"]]):
            now = d.clock()
            composed = preview(d.post, wanted_now(subscriber, searches, now), d.sources_read(), now)
            return HTMLResponse(digest_html(composed, d.settings.mail), headers=MAIL_HEADERS)
        raise HTTPException(404)

    def stories(self, request: Request, form: Posted) -> Response:
        """Stories with their articles, to merge and to split."""
        asked = _numbers(request.query_params.get("numbers", "").split())
        views = self.deployment.store.views(asked) if asked else self.deployment.store.stories(limit=30)
        return self._show(request, "stories", stories=views, asked=" ".join(map(str, asked)))

    # What there is to do

    def merge(self, request: Request, form: Posted) -> Response:
        """Say that stories tell of one event."""
        numbers = sorted(set(_numbers(form.all("story"))))

        def merge() -> None:
            if len(numbers) < 2:
                raise IcewireError("choose two stories or more that tell of one event")
            merge_by_hand(self.deployment.engine, numbers[0], numbers[1:], self.deployment.clock())

        shown = "+".join(map(str, numbers))
        return self._did(f"{OFFICE_PATH}/stories?numbers={shown}", merge)

    def split(self, request: Request, form: Posted) -> Response:
        """Say that articles of a story tell of another event."""
        story = _number(form, "of")
        articles = _numbers(form.all("article"))
        made: list[int] = []

        def split() -> None:
            made.append(split_by_hand(self.deployment.engine, story, articles, self.deployment.clock()))

        answer = self._did(f"{OFFICE_PATH}/stories?numbers={story}", split)
        return RedirectResponse(f"{OFFICE_PATH}/stories?numbers={story}+{made[0]}", 303) if made else answer

    def add(self, request: Request, form: Posted) -> Response:
        """Look at a site and watch it: as `icewire sources add` does."""
        facts = {name: form.get(name) for name in ("name", "city", "county", "state", "feed")}
        dry = ["--dry-run"] if form.get("dry") else []
        return self._begin(["sources", "add", form.get("homepage"), *dry], form.get("homepage"), **facts)

    def switch(self, request: Request, form: Posted) -> Response:
        """Switch an outlet off or on."""
        outlet, folder = form.get("outlet"), self.deployment.settings.registry

        def switch() -> None:
            known = self._registry().get(outlet)
            if known is None:
                raise IcewireError(f"no outlet has the id {outlet}")
            if form.get("to") == "off":
                switch_off(folder, known, form.get("reason"))
            else:
                switch_on(folder, outlet)
            self.deployment.sync_registry()

        return self._did(f"{OFFICE_PATH}/sources", switch)

    def begin(self, request: Request, form: Posted) -> Response:
        """Explain a page, or check an outlet."""
        what = form.get("what")
        if form.get("command") == "explain":
            return self._begin(["explain", what], what)
        return self._begin(["sources", "check", what], "")

    def run(self, request: Request, form: Posted) -> Response:
        """What a command says; while it runs the page asks again by itself."""
        run = self.runs.get(request.path_params["name"])
        if run is None:
            raise HTTPException(404)
        return self._show(request, "run", run=run)

    # How

    def _begin(self, command: Sequence[str], address: str, **options: str) -> Response:
        given = [word for word in (command[-1], address, *options.values()) if word and word != "--dry-run"]
        if not given or not all(map(is_word, given)) or (address and not is_web_address(address)):
            raise HTTPException(400, "Write a web address, as in https://paper.example, and each field in one line.")
        name = self.runs.begin(*words_of(command, **options))
        if name is None:
            raise HTTPException(503, "Two commands run already; try again in a minute.", {"Retry-After": "60"})
        return RedirectResponse(f"{OFFICE_PATH}/run/{name}", 303)

    def _did(self, then: str, do: Callable[[], object]) -> Response:
        """Do it, then show a page; what a person can mend is told."""
        try:
            do()
        except IcewireError as error:
            raise HTTPException(400, worded(error)) from error
        return RedirectResponse(then, 303)

    def _registry(self) -> dict[str, Any]:
        return load_registry(self.deployment.settings.watch.shipped, self.deployment.settings.registry)

    def _show(self, request: Request, name: str, **shown: Any) -> HTMLResponse:
        timezone = self.deployment.settings.digest.timezone
        today = self.deployment.clock().astimezone(ZoneInfo(timezone)).date()
        token = self.door.form_token(request)
        given: dict[str, Any] = {
            "token": token,
            "timezone": timezone,
            "today": today,
            "why": Why,
            "inside": request.url.path,
        }
        return page(request, f"office/{name}.html", spoken=_SPOKEN, **given, **shown)


def _numbers(given: Sequence[str]) -> list[int]:
    """Those that are numbers a row may have."""
    return [int(one) for one in given if one.isdecimal() and len(one) <= _LONGEST_NUMBER]


def _number(form: Posted, name: str) -> int:
    numbers = _numbers([form.get(name)])
    if not numbers:
        raise HTTPException(400, f"{name} is to be a number.")
    return numbers[0]
