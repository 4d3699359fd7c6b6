"""The pages of the maps and of the weeks."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from alerts.mail import render
from alerts.web.answers import SECURITY_HEADERS, page
from alerts.web.cache import TimedCache
from alerts.web.maps.areas import COUNTY_STEPS, STATE_STEPS, Area, all_county_shades, county_areas, state_areas
from alerts.web.maps.shapes import counties, country, state
from alerts.web.maps.tally import PlaceCounts, Weeks, by_week, tally
from crawler.places import STATES, all_counties, shipped
from crawler.store import Outline, Store
from crawler.watch import Coverage, Watchlist, covered, working

MAP_PATH, WEEKS_PATH = "/map", "/weeks"
FRESH_SECONDS = 600.0
SPANS = (7, 30, 90)  # days that may be looked at
WEEKS = 12
# An image knows no style of ours, and may carry its own.
_IMAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": f"public, max-age={FRESH_SECONDS:.0f}",
}


@dataclass(frozen=True, slots=True)
class Maps:
    """Stories by state, by county and by week. All is counted anew every ten minutes."""

    store: Store
    watchlist: Watchlist
    clock: Callable[[], datetime]
    cache: TimedCache = field(default_factory=lambda: TimedCache(FRESH_SECONDS))

    def routes(self) -> list[Route]:
        """Each page, and its JSON."""
        return [
            Route(MAP_PATH, self.country),
            Route(f"{MAP_PATH}.json", self.country_json),
            Route(f"{MAP_PATH}/counties.svg", self.counties),
            Route(f"{MAP_PATH}/{{state}}.json", self.state_json),
            Route(f"{MAP_PATH}/{{state}}", self.state),
            Route(WEEKS_PATH, self.weeks),
            Route(f"{WEEKS_PATH}.json", self.weeks_json),
        ]

    def country(self, request: Request) -> Response:
        """The states."""
        days, told = self._counted(request)
        outlines = country()
        return page(
            request, "maps/country.html", here=MAP_PATH, outlines=outlines,
            areas=state_areas(outlines, told), told=told, days=days, spans_offered=SPANS, steps=STATE_STEPS,
        )  # fmt: skip

    def country_json(self, request: Request) -> Response:
        """The same as data."""
        days, told = self._counted(request)
        states = [{"state": code, "name": STATES[code], "stories": told.states.get(code, 0)} for code in sorted(STATES)]
        return _json({"days": days, "stories": told.stories, "without_place": told.nowhere, "states": states})

    def state(self, request: Request) -> Response:
        """The counties of one state."""
        code, areas, days, told = self._state(request)
        return page(
            request, "maps/state.html", here=MAP_PATH, outlines=state(code), areas=areas, code=code,
            state=STATES[code], stories=told.states.get(code, 0), days=days, spans_offered=SPANS, steps=COUNTY_STEPS,
            statewide=self._covered().statewide.get(code, 0),
        )  # fmt: skip

    def state_json(self, request: Request) -> Response:
        """The same as data."""
        code, areas, days, told = self._state(request)
        listed = [{"county": a.name, "stories": a.stories, "has_source": a.covered} for a in areas]
        return _json({"state": code, "days": days, "stories": told.states.get(code, 0), "counties": listed})

    def counties(self, request: Request) -> Response:
        """Every county of the country as one image, which browsers keep."""
        days, told = self._counted(request)

        def drawn() -> bytes:
            shades = all_county_shades(counties(), told, self._covered())
            return render("alerts.web", "maps/counties.svg", outlines=counties(), shades=shades).encode()

        image = self.cache.get(("counties", days), drawn)
        etag = f'"{hashlib.sha256(image).hexdigest()[:32]}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=_IMAGE_HEADERS | {"ETag": etag})
        return Response(image, headers=_IMAGE_HEADERS | {"ETag": etag}, media_type="image/svg+xml")

    def weeks(self, request: Request) -> Response:
        """Stories a week by kind."""
        return page(request, "maps/weeks.html", here=WEEKS_PATH, told=self._weeks(), today=self.clock().date())

    def weeks_json(self, request: Request) -> Response:
        """The same as data."""
        told = self._weeks()
        weeks = [day.isoformat() for day in told.weeks]
        return _json(
            {"weeks": weeks, "stories": list(told.total), "kinds": {k: list(n) for k, n in told.kinds.items()}}
        )

    def _counted(self, request: Request) -> tuple[int, PlaceCounts]:
        asked = request.query_params.get("days", "")
        days = int(asked) if asked in map(str, SPANS) else 30
        return days, self.cache.get(("tally", days), lambda: tally(self._outlines(days)))

    def _outlines(self, days: int) -> Sequence[Outline]:
        return self.store.outlines(self.clock() - timedelta(days=days))

    def _state(self, request: Request) -> tuple[str, Sequence[Area], int, PlaceCounts]:
        code = request.path_params["state"].upper()
        outlines = state(code)
        if outlines is None:
            raise HTTPException(404)
        days, told = self._counted(request)
        own = [county for county in self.cache.get("counties", lambda: all_counties(shipped())) if county.state == code]
        return code, county_areas(code, outlines, own, told, self._covered()), days, told

    def _covered(self) -> Coverage:
        def look() -> Coverage:
            now = self.clock()
            return covered(working(self.watchlist.health(now), now), shipped())

        return self.cache.get("covered", look)

    def _weeks(self) -> Weeks:
        def count() -> Weeks:
            now = self.clock()
            since = now - timedelta(weeks=WEEKS)
            return by_week(self.store.outlines(since), self.store.opened(since), now, WEEKS)

        return self.cache.get("weeks", count)


def _json(told: dict[str, Any]) -> Response:
    return JSONResponse(told, headers=SECURITY_HEADERS)
