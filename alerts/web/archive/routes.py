"""What the archive answers to whom: pages for people, the same as data for programs."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from alerts.channels import FEED_PATHS
from alerts.digest import DigestRecords
from alerts.locale import marked, phrasebook, translations
from alerts.matching import MOST_COUNTED, ArchivePage, browse
from alerts.query import NamedPlaces, Query, kinds, parse, read_back, stands_on_words
from alerts.web.answers import SECURITY_HEADERS, no_such_story, page
from alerts.web.archive.citation import csl, plainly
from alerts.web.archive.cursor import cursor, read_cursor
from alerts.web.archive.days import by_day, moment_of
from alerts.web.archive.filter import FilterRead, StoryFilter, read_filter
from alerts.web.archive.lists import page_csv, page_json
from alerts.web.archive.openapi import DOCUMENT
from alerts.web.archive.rows import story_row
from alerts.web.archive.story import MOST_REVISIONS, StoryAccount, linked, story_json, story_told
from alerts.web.archive.timeline import timeline, timeline_json
from alerts.web.archive.week import county_at, county_path, monday_of, week_sheet
from alerts.web.feeds import Feeds
from alerts.web.language import language_of, led
from alerts.web.limits import Allowances
from alerts.web.turns import Answer, AnswerTurns, guarded
from crawler.places import Place
from crawler.store import Mark, Store, StoryLists

# Lists that are made, and story pages beside them; each may look through many stories. More would not be made sooner:
# they would wait for one another at the interpreter's lock, which SQLite gives back and takes again many times.
AT_ONCE = 2
A_PAGE, A_TABLE = 40, 500  # stories
ON_FRONT = 30
_NUMBER = re.compile(r"([0-9]{1,9})(\.json|\.csl\.json|)", re.ASCII)
_DATA = SECURITY_HEADERS | {"X-Robots-Tag": "noindex", "Access-Control-Allow-Origin": "*"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request for a list asks for."""

    filter: StoryFilter
    asked: FilterRead
    older: Mark | None
    newer: Mark | None
    outlets: Mapping[str, str]  # id → name; {} where none is asked for


@dataclass(frozen=True, slots=True)
class Archive:
    """Nobody is asked who they are, and what they asked for is written down nowhere."""

    store: Store
    base_url: str
    clock: Callable[[], datetime]
    timezone: str
    limits: Allowances
    feeds: Feeds | None = None  # None: there are none
    line: Callable[[], Any] | None = None  # how reading goes, for the front page

    def routes(self) -> Sequence[Route]:
        """Where all of it is."""
        lists, one_story = AnswerTurns(AT_ONCE), AnswerTurns(AT_ONCE)
        made: dict[str, tuple[Answer, AnswerTurns | None]] = {
            "/": (self.front, lists),
            "/stories": (self.stories, lists),
            "/stories.json": (self.stories_json, lists),
            "/stories.csv": (self.stories_csv, lists),
            "/stories/{name}": (self.story, one_story),
            "/week/{state}/{county}": (self.week, lists),
            "/openapi.json": (self.openapi, None),
        }
        if self.feeds:  # which have turns of their own
            made = {"/stories.atom": (self.atom, None), "/stories/feed.json": (self.json_feed, None)} | made
        return [Route(path, guarded(answer, _cannot, turns)) for path, (answer, turns) in made.items()]

    def front(self, request: Request) -> Response:
        """The newest stories, and where to go from there."""
        found = browse(self.store, parse("", NamedPlaces()), ON_FRONT, outlets={})
        return page(
            request,
            "archive/front.html",
            here="/",
            days=by_day(found.stories, ZoneInfo(self.timezone)),
            more=found.older is not None,
            line=self.line() if self.line else None,
            feeds=FEED_PATHS if self.feeds else {},
            **self._times(),
        )

    def stories(self, request: Request) -> Response:
        """A list with its form; a mistake is told beside the field that it is in."""
        language = language_of(request)
        if StoryFilter.of(request.query_params) != StoryFilter():  # who only turns the pages costs little
            self.limits.take(request, "search")
        wanted = self._wanted(request)
        query = wanted.asked.query
        found = self._found(query, wanted, A_PAGE) if query else None
        status = 200 if found else 400
        as_feed = self.feeds is not None and query is not None and not stands_on_words(query)
        return page(
            request,
            "archive/stories.html",
            status,
            here="/stories",
            wanted=wanted.filter,
            problems=wanted.asked.problems,
            found=found,
            most=MOST_COUNTED,
            days=by_day(found.stories, ZoneInfo(self.timezone)) if found else (),
            reading=read_back(query, language, with_forms=False) if query and query.text else "",
            cursor=cursor,
            forms=self._forms(wanted.filter, as_feed) if found else {},
            words_alone=bool(self.feeds and query and query.text and not as_feed),
            kinds=sorted((phrasebook(language).called("kind", kind), kind) for kind in kinds()),
            languages=_languages(language),
            day_input=_day_input,
            by_mail=self._by_mail(wanted) if found else "/subscribe",
            **self._times(),
        )

    def stories_json(self, request: Request) -> Response:
        """The same as data."""
        language = language_of(request)
        self.limits.take(request, "search")
        wanted = self._wanted(request)
        if (query := wanted.asked.query) is None:
            return JSONResponse(wanted.asked.as_json(language), 400, _DATA)
        found = self._found(query, wanted, A_PAGE)

        def at(**more: str) -> str:
            return wanted.filter.at("/stories.json", **more)

        document = page_json(found, query, self.base_url, at, language)
        return JSONResponse(document, headers=_DATA | self._next(found, at))

    def stories_csv(self, request: Request) -> Response:
        """The same as a table, more of it at once."""
        self.limits.take(request, "search")
        wanted = self._wanted(request)
        if (query := wanted.asked.query) is None:
            return JSONResponse(wanted.asked.as_json(language_of(request)), 400, _DATA)
        found = self._found(query, wanted, A_TABLE)

        def at(**more: str) -> str:
            return wanted.filter.at("/stories.csv", **more)

        headers = _DATA | {"Content-Disposition": 'attachment; filename="stories.csv"'} | self._next(found, at)
        return Response(page_csv(found.stories, self.base_url), headers=headers, media_type="text/csv; charset=utf-8")

    def atom(self, request: Request) -> Response:
        """The newest of them as a feed."""
        return self._feed(request, lambda feeds, text: feeds.atom(request, text))

    def json_feed(self, request: Request) -> Response:
        """The same in JSON Feed."""
        return self._feed(request, lambda feeds, text: feeds.json(request, text))

    def _feed(self, request: Request, made: Callable[[Feeds, str], Response]) -> Response:
        asked = self._wanted(request).asked
        if asked.query is None or self.feeds is None:
            return JSONResponse(asked.as_json(language_of(request)), 400, _DATA)
        return made(self.feeds, asked.query.text)

    def story(self, request: Request) -> Response:
        """A story under its number, whatever became of it; as a page, as data, as a citation."""
        read = _NUMBER.fullmatch(request.path_params["name"])
        if read is None:
            raise no_such_story()
        number, ending, language = int(read[1]), read[2], language_of(request)
        told = self._told(number)
        if told is None:
            leads_to = StoryLists(self.store.engine).leads_to(number)
            if leads_to in (None, number):
                raise no_such_story()
            asked = language if "lang" in request.query_params else ""  # it was merged
            return RedirectResponse(led(f"/stories/{leads_to}{ending}", asked), 301, SECURITY_HEADERS)
        milestones = timeline(told, ZoneInfo(self.timezone))
        match ending:
            case ".json":
                data = story_json(told, self.base_url, language) | {"timeline": timeline_json(milestones)}
                return JSONResponse(data, headers=_DATA)
            case ".csl.json":
                kind = "application/vnd.citationstyles.csl+json"
                return JSONResponse(csl(told, self.timezone, self.clock()), headers=_DATA, media_type=kind)
        return page(
            request,
            "archive/story.html",
            story=told,
            milestones=milestones,
            cited=plainly(told, self.timezone, language),
            permalink=f"{self.base_url}/stories/{number}",
            weeks={county_path(one): str(one) for p in told.places if (one := _county_of(p.place))},
            **self._times(),
        )

    def week(self, request: Request) -> Response:
        """A county's week, for paper."""
        slug = request.path_params["county"]
        as_json = slug.endswith(".json")
        county = county_at(NamedPlaces(), request.path_params["state"], slug.removesuffix(".json"))
        if county is None:
            raise HTTPException(404, marked("There is no such county; write it as in /week/ma/middlesex-county."))
        written = request.query_params.get("week", "")
        monday = monday_of(written)
        sheet = week_sheet(self.store, county, monday, self.clock()) if monday or not written else None
        if sheet is None:
            raise HTTPException(400, marked("There is no such week; write it as in ?week=2026-W10."))
        if as_json:
            return JSONResponse(_week_json(sheet, self.base_url), headers=_DATA)
        times = self._times() | {"timezone": str(sheet.zone)}
        return page(request, "archive/week.html", sheet=sheet, **times)

    def openapi(self, request: Request) -> Response:
        """What there is for programs (OpenAPI 3.1)."""
        return JSONResponse(DOCUMENT | {"servers": [{"url": self.base_url}]}, headers=_DATA)

    def _told(self, number: int) -> StoryAccount | None:
        views = self.store.views([number])
        if not views or views[0].story.lead_id is None or views[0].story.merged_into is not None:
            return None
        ids = [report.article.id or 0 for report in views[0].reports]
        revisions = StoryLists(self.store.engine).revisions(ids, MOST_REVISIONS)
        return story_told(views[0], revisions, *DigestRecords(self.store.engine).first_mailed(number))

    def _wanted(self, request: Request) -> Wanted:
        """Raises HTTPException for a cursor that is none."""
        given = request.query_params
        marks = {name: read_cursor(given.get(name, "")) for name in ("older", "newer")}
        if any(given.get(name) and marks[name] is None for name in marks) or all(marks.values()):
            raise HTTPException(400, marked("This is no place in the list; begin at its first page."))
        wanted = StoryFilter.of(given)
        outlets = self.store.outlets() if wanted.outlet or ":" in wanted.q else {}
        asked = read_filter(wanted, NamedPlaces(), outlets, self.clock().date())
        return Wanted(wanted, asked, marks["older"], marks["newer"], outlets)

    def _found(self, query: Query, wanted: Wanted, size: int) -> ArchivePage:
        return browse(self.store, query, size, older=wanted.older, newer=wanted.newer, outlets=wanted.outlets)

    def _forms(self, wanted: StoryFilter, as_feed: bool) -> dict[str, tuple[str, str]]:
        """What it is called → (its address, its type)."""
        feeds = {"Atom": ("/stories.atom", "application/atom+xml")}
        feeds |= {"JSON Feed": ("/stories/feed.json", "application/feed+json")}
        data = {"JSON": ("/stories.json", "application/json"), "CSV": ("/stories.csv", "text/csv")}
        forms = (feeds if as_feed else {}) | data
        return {name: (wanted.at(path), kind) for name, (path, kind) in forms.items()}

    def _by_mail(self, wanted: Wanted) -> str:
        """The form that asks for a search like this filter by mail; its days are of the past."""
        lasting = wanted.filter.without("since").without("until")
        asked = read_filter(lasting, NamedPlaces(), wanted.outlets, self.clock().date())
        return f"/subscribe?{urlencode({'q': asked.query.text})}" if asked.query and asked.query.text else "/subscribe"

    def _next(self, found: ArchivePage, at: Callable[..., str]) -> dict[str, str]:
        """Where it goes on, for programs that follow links (RFC 8288)."""
        return {"Link": f'<{self.base_url}{at(older=cursor(found.older))}>; rel="next"'} if found.older else {}

    def _times(self) -> dict[str, Any]:
        today = self.clock().astimezone(ZoneInfo(self.timezone)).date()
        shown = {"linked": linked, "moment_of": moment_of, "story_row": story_row}
        return {"timezone": self.timezone, "today": today, **shown}


def _week_json(sheet: Any, base_url: str) -> dict[str, Any]:
    from alerts.web.archive.lists import brief_json

    return {
        "county": {"name": sheet.county.name, "state": sheet.county.state},
        "first_day": sheet.monday.isoformat(),
        "last_day": sheet.sunday.isoformat(),
        "timezone": str(sheet.zone),
        "complete": sheet.complete,
        "days": [
            {"day": day.day.isoformat(), "stories": [brief_json(story, base_url) for story in day.stories]}
            for day in sheet.days
        ],
    }


def _county_of(place: Place) -> Place | None:
    if place.kind == "county" or (place.kind == "city" and not place.county):
        return place
    return Place(place.county, "county", "", place.state) if place.county else None


def _day_input(written: str) -> str:
    """The type of a field with this value: browsers show nothing of what is no day."""
    try:
        return "date" if not written or date.fromisoformat(written).isoformat() == written else "text"
    except ValueError:
        return "text"


def _languages(language: str) -> list[tuple[str, str]]:
    book = phrasebook(language)
    return sorted((called, code) for code, called in book.phrases["languages"].items())


def _cannot(request: Request, status: int) -> Response:
    """What is told of an answer that cannot be made now, or at all."""
    sentence = marked("Too much is asked for at once.") if status == 503 else marked("This page cannot be made.")
    language = language_of(request)
    said = translations(language).gettext(sentence)
    headers = SECURITY_HEADERS | {"Content-Language": language, "Vary": "Accept-Language"}
    return Response(said, status, headers, "text/plain")
