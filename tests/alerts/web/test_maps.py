"""Stories on maps and by the week."""

import gzip
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette

from alerts.web.maps.areas import Area, all_county_shades, county_areas, state_areas
from alerts.web.maps.pages import Maps
from alerts.web.maps.shapes import counties, country, state
from alerts.web.maps.tally import by_week, tally
from crawler.places import STATES, all_counties, shipped
from crawler.store import Outline, Store
from crawler.watch import Coverage, Watchlist
from tests.makers.browsing import ask
from tests.makers.making import article, keep, watch

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)  # a Wednesday
NOTHING = Coverage(frozenset(), {})


def place(name: str, state_code: str, kind: str = "city", county: str = "", role: str = "event") -> dict[str, str]:
    return {"name": name, "kind": kind, "county": county, "state": state_code, "role": role}


WALTHAM = place("Waltham", "MA", county="Middlesex County")
LOWELL = place("Lowell", "MA", county="Middlesex County")
SALEM = place("Salem", "NH", county="Rockingham County")


def outline(story: int, *where: dict[str, str], kinds: tuple[str, str] = ("arrest", "")) -> Outline:
    return Outline(story, "ledger", "en", NOW, "The Ledger", *kinds, json.dumps(where))


# Counting


def test_a_story_counts_once_in_each_county_and_state_of_its_event() -> None:
    told = tally([outline(1, WALTHAM, LOWELL), outline(2, WALTHAM, SALEM), outline(3)])
    assert (told.stories, told.nowhere) == (3, 1)
    assert told.states == {"MA": 2, "NH": 1}
    assert told.counties == {("middlesex county", "MA"): 2, ("rockingham county", "NH"): 1}


def test_the_first_report_that_names_a_place_says_where_a_story_was() -> None:
    told = tally([outline(1), outline(1, SALEM), outline(1, WALTHAM)])
    assert (told.states, told.nowhere) == ({"NH": 1}, 0)


def test_a_city_in_no_county_is_its_own_and_a_place_that_is_only_named_counts_nowhere() -> None:
    told = tally([outline(1, place("Richmond", "VA")), outline(2, place("Fairfax", "VA", role="about"))])
    assert (told.counties, told.nowhere) == ({("richmond city", "VA"): 1}, 1)


def test_weeks_begin_on_monday_and_the_running_one_is_the_last() -> None:
    opened = {1: NOW, 2: NOW - timedelta(days=2, hours=13), 3: NOW - timedelta(weeks=40), 4: NOW}
    told = by_week([outline(1), outline(2, kinds=("raid", "arrest")), outline(3), outline(4)], opened, NOW, 3)
    assert [f"{day:%a %d}" for day in told.weeks] == ["Mon 23", "Mon 02", "Mon 09"]
    assert told.total == [0, 1, 2]
    assert dict(told.kinds) == {"arrest": [0, 1, 2], "raid": [0, 1, 0]}


# Drawing


def test_every_county_that_we_know_has_a_shape_on_both_maps() -> None:
    shaped = {
        (name, code) for code in STATES if (own := state(code)) for names in own.paths for name in names.split("|")
    }
    of_country = {(name, key[:2]) for key in counties().paths for name in key[3:].split("|")}
    known = {county.key for county in all_counties(shipped())}
    assert known <= shaped
    assert known <= of_country
    assert country().paths.keys() == {code for code in STATES if state(code)}


def test_a_path_begins_somewhere_and_ends_where_it_began() -> None:
    for outlines in (country(), counties(), *filter(None, map(state, STATES))):
        for path in outlines.paths.values():
            assert re.fullmatch(r"(M-?\d+ -?\d+l(-?\d+[ -]?)+z)+", path)


@pytest.mark.parametrize(
    ("stories", "covered", "shade"),
    [(0, False, "bare"), (0, True, "n0"), (1, False, "n1"), (4, True, "n2"), (9, True, "n3"), (99, True, "n4")],
)
def test_no_story_and_no_source_are_two_things(stories: int, covered: bool, shade: str) -> None:
    assert Area("Essex County", "M0 0l1 1z", stories, covered).shade == shade


def test_counties_that_were_one_share_a_shape() -> None:
    own = [county for county in all_counties(shipped()) if county.state == "AK"]
    told = tally([outline(1, place("Cordova", "AK", county="Chugach Census Area"))])
    alaska = state("AK")
    assert alaska
    [first, *_] = county_areas("AK", alaska, own, told, NOTHING)
    assert (first.name, first.stories) == ("Chugach Census Area · Copper River Census Area", 1)
    assert first.href == "/stories?place=Chugach%20Census%20Area%2C%20AK"


def test_the_map_of_all_counties_has_one_path_for_each_shade() -> None:
    covered = Coverage(frozenset({("essex county", "MA")}), {})
    shades = all_county_shades(counties(), tally([outline(1, WALTHAM)]), covered)
    assert {shade: len(paths) for shade, paths in shades.items()} == {
        "bare": len(counties().paths) - 2,
        "n0": 1,
        "n1": 1,
    }
    assert state_areas(country(), tally([outline(1, WALTHAM)]))[0].name == "Massachusetts"


# Pages


@pytest.fixture
def maps(sqlite_engine: Engine, now: datetime) -> Maps:
    watch(sqlite_engine)
    keep(sqlite_engine, article())
    return Maps(Store(sqlite_engine), Watchlist(sqlite_engine), lambda: now)


@pytest.fixture
def app(maps: Maps) -> Starlette:
    return Starlette(routes=maps.routes())


def drawn(html: str) -> str:
    [svg] = re.findall(r'<svg class="map.*?</svg>', html, re.DOTALL)
    return str(svg)


def test_the_map_of_the_country_is_small_and_leads_to_each_state(app: Starlette) -> None:
    status, headers, body = ask(app, "/map?days=90")
    assert status == 200
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert len(gzip.compress(drawn(body).encode())) <= 40_000
    assert 'href="/map/ma?days=90"' in drawn(body)
    assert json.loads(ask(app, "/map.json")[2])["stories"] == 1


@pytest.mark.parametrize("code", ["ma", "tx", "ak", "va", "pr", "dc"])
def test_the_map_of_a_state_has_at_most_sixty_kilobytes_and_a_table_that_says_the_same(
    app: Starlette, code: str
) -> None:
    status, _, body = ask(app, f"/map/{code}")
    assert status == 200
    assert len(drawn(body).encode()) <= 60_000
    listed = json.loads(ask(app, f"/map/{code}.json")[2])["counties"]
    assert body.count("<tr>") == body.count("<path") + 1 == len(listed) + 1


def test_what_is_no_state_or_span_is_no_error_of_ours(app: Starlette) -> None:
    assert ask(app, "/map/zz")[0] == ask(app, "/map/gu")[0] == ask(app, "/map/%00.json")[0] == 404
    for days in ("31", "-1", "٣٠", "9" * 5000, ""):
        assert json.loads(ask(app, f"/map.json?days={days}")[2])["days"] == 30


def test_the_image_of_all_counties_is_asked_for_once(app: Starlette) -> None:
    status, headers, body = ask(app, "/map/counties.svg")
    assert (status, headers["content-type"]) == (200, "image/svg+xml")
    assert body.startswith("<svg")
    assert ask(app, "/map/counties.svg", headers={"if-none-match": headers["etag"]})[0] == 304


def test_weeks_are_told_by_kind(app: Starlette, now: datetime) -> None:
    told = json.loads(ask(app, "/weeks.json")[2])
    assert (len(told["weeks"]), sum(told["stories"])) == (12, 1)
    status, _, body = ask(app, "/weeks")
    assert (status, body.count("<figure>")) == (200, 1 + len(told["kinds"]))


def test_all_is_counted_anew_only_after_ten_minutes(maps: Maps, sqlite_engine: Engine) -> None:
    app = Starlette(routes=replace(maps).routes())
    assert json.loads(ask(app, "/map.json")[2])["stories"] == 1
    keep(
        sqlite_engine, article("https://ledger.example/two", title="ICE arrests a baker in Worcester", text="Another.")
    )
    assert json.loads(ask(app, "/map.json")[2])["stories"] == 1
    fresh = Starlette(routes=Maps(maps.store, maps.watchlist, maps.clock).routes())
    assert json.loads(ask(fresh, "/map.json")[2])["stories"] == 2
