"""A county's week, on the screen and on paper."""

import json
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette

from alerts.web.archive.week import county_at, county_path, monday_of, week_name
from crawler.places.counties import all_counties
from crawler.places.gazetteer import Gazetteer
from tests.makers.browsing import ask
from tests.makers.making import NOON, WALTHAM, article, keep, verdict

SHEET = "/week/ma/middlesex-county"
BOSTON = WALTHAM | {"name": "Boston", "county": "Suffolk County"}


def test_it_tells_what_happened_in_the_county_in_that_week_by_day(app: Starlette, sqlite_engine: Engine) -> None:
    for name, hours, place in (("monday", 0, WALTHAM), ("sunday", -20, WALTHAM), ("elsewhere", 1, BOSTON)):
        at = NOON + timedelta(hours=hours)
        keep(sqlite_engine, article(name, published_at=at), of=verdict(places=[place]), now=at)
    body = ask(app, SHEET)[2]  # the current one
    assert "Middlesex County, MA" in body
    assert "Monday, March 9, 2026" in body
    assert ("monday" in body, "sunday" in body, "elsewhere" in body) == (True, False, False)
    before = ask(app, f"{SHEET}?week=2026-W10")[2]
    assert ("monday" in before, "sunday" in before) == (False, True)
    assert f'href="{SHEET}?week=2026-W11"' in before
    told = json.loads(ask(app, f"{SHEET}.json?week=2026-W11")[2])
    assert (told["first_day"], told["last_day"], told["timezone"]) == ("2026-03-09", "2026-03-15", "America/New_York")
    assert [len(day["stories"]) for day in told["days"]] == [1]


def test_it_is_told_in_spanish(app: Starlette, sqlite_engine: Engine) -> None:
    keep(sqlite_engine, article())
    body = ask(app, f"{SHEET}?lang=es")[2]
    assert "Noticias locales sobre la actividad de ICE" in body
    assert "arrestos" in body


COUNTIES = (
    "Middlesex County, MA|St. Mary's County, MD|DeKalb County, GA|LaSalle Parish, LA|Baltimore city, MD|Washington, DC|"
    "Doña Ana County, NM"
).split("|")


@pytest.mark.parametrize("name", COUNTIES)
def test_every_county_has_an_address(gazetteer: Gazetteer, name: str) -> None:
    county = gazetteer.look_up(name)
    assert county is not None
    _, _, state, slug = county_path(county).split("/")
    assert county_at(gazetteer, state, slug) == county


def test_no_county_and_no_city_that_is_one_lacks_its_sheet(gazetteer: Gazetteer) -> None:
    for county in all_counties(gazetteer):
        place = gazetteer.look_up(f"{county.name}, {county.state}")
        assert place
        _, _, state, slug = county_path(place).split("/")
        assert county_at(gazetteer, state, slug) == place


def test_weeks_have_names() -> None:
    assert week_name(date(2026, 3, 2)) == "2026-W10"
    assert monday_of("2026-W10") == date(2026, 3, 2)
    assert monday_of(quote("2026-W60")) is None
