"""The pages of the outlets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from alerts.web.answers import SECURITY_HEADERS, page
from alerts.web.cache import TimedCache
from alerts.web.sources.outlets import NATIONWIDE, StateLine, WatchedOutlet, by_state, outlets_of
from crawler.places import STATES, County, all_counties, shipped
from crawler.store import Store, outlet_figures
from crawler.watch import Coverage, Watchlist, covered, working

SOURCES_PATH = "/sources"
FRESH_SECONDS = 60.0
DAYS = 30  # over which is told what an outlet brought
MOST_STORIES = 20  # of one outlet


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the outlets."""

    outlets: Sequence[WatchedOutlet]
    counties: Sequence[County]
    covered: Coverage

    def of_state(self, code: str) -> list[WatchedOutlet]:
        """Those at home in a state; of US those at home in none."""
        return [outlet for outlet in self.outlets if (outlet.source.state or NATIONWIDE) == code]

    def uncovered(self, code: str) -> list[County]:
        """The counties of a state without a working source."""
        return [c for c in self.counties if c.state == code and c.key not in self.covered.counties]


@dataclass(frozen=True, slots=True)
class Sources:
    """All outlets in figures, those of a state, and each by itself. One look lasts a minute."""

    store: Store
    watchlist: Watchlist
    clock: Callable[[], datetime]
    states: Sequence[str] = ()
    timezone: str = "UTC"
    cache: TimedCache = field(default_factory=lambda: TimedCache(FRESH_SECONDS))

    def routes(self) -> list[Route]:
        """Each page, and its JSON."""
        return [
            Route(SOURCES_PATH, self.all),
            Route(f"{SOURCES_PATH}.json", self.all_json),
            Route(f"{SOURCES_PATH}/state/{{state}}", self.state),
            Route(f"{SOURCES_PATH}/{{outlet}}.json", self.outlet_json),
            Route(f"{SOURCES_PATH}/{{outlet}}", self.outlet),
        ]

    def all(self, request: Request) -> Response:
        """By state."""
        look = self._look()
        lines = by_state(look.outlets, look.counties, look.covered)
        total = StateLine("", "", *(sum(getattr(line, name) for line in lines) for name in _FIGURES))
        return self._page(request, "sources/all.html", lines=lines, total=total)

    def all_json(self, request: Request) -> Response:
        """Every outlet, and each state in figures."""
        look = self._look()
        outage = self.watchlist.outages.current()
        lines = [
            {"state": line.code, **{name: getattr(line, name) for name in _FIGURES}}
            for line in by_state(look.outlets, look.counties, look.covered)
        ]
        told = {"days": DAYS, "offline_since": outage.began_at.isoformat() if outage else None, "states": lines}
        return _json(told | {"outlets": [outlet.as_json() for outlet in look.outlets]})

    def state(self, request: Request) -> Response:
        """The outlets of one state, or those that are nationwide."""
        code = request.path_params["state"].upper()
        if code not in STATES and code != NATIONWIDE:
            raise HTTPException(404)
        look = self._look()
        outlets = sorted(
            look.of_state(code), key=lambda outlet: (-outlet.figures.stories, outlet.source.name.casefold())
        )
        return self._page(
            request, "sources/state.html", code=code, state=STATES.get(code, ""), outlets=outlets,
            uncovered=look.uncovered(code), statewide=look.covered.statewide.get(code, 0),
        )  # fmt: skip

    def outlet(self, request: Request) -> Response:
        """One outlet, and its newest stories."""
        outlet = self._outlet(request)
        stories = self.store.views(self.store.newest_of(outlet.source.id, MOST_STORIES))
        return self._page(request, "sources/outlet.html", outlet=outlet, stories=stories)

    def outlet_json(self, request: Request) -> Response:
        """The same as data."""
        outlet = self._outlet(request)
        return _json(outlet.as_json() | {"stories_newest": self.store.newest_of(outlet.source.id, MOST_STORIES)})

    def _outlet(self, request: Request) -> WatchedOutlet:
        wanted = request.path_params["outlet"]
        found = next((outlet for outlet in self._look().outlets if outlet.source.id == wanted), None)
        if found is None:
            raise HTTPException(404)
        return found

    def _look(self) -> Look:
        def look() -> Look:
            now = self.clock()
            feeds = self.watchlist.health(now, self.states, watched_only=True)
            figures = outlet_figures(self.store.engine, now - timedelta(days=DAYS))
            counties = [c for c in all_counties(shipped()) if not self.states or c.state in self.states]
            return Look(outlets_of(feeds, figures), counties, covered(working(feeds, now), shipped()))

        return self.cache.get("look", look)

    def _page(self, request: Request, template: str, **shown: Any) -> Response:
        today = self.clock().astimezone(ZoneInfo(self.timezone)).date()
        return page(
            request, template, here=SOURCES_PATH, outage=self.watchlist.outages.current(), days=DAYS,
            timezone=self.timezone, today=today, **shown,
        )  # fmt: skip


_FIGURES = ("outlets", "unread", "stories", "counties", "uncovered")


def _json(told: dict[str, Any]) -> Response:
    return JSONResponse(told, headers=SECURITY_HEADERS)
