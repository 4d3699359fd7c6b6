"""Whose clock a time without a zone is."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from crawler.places import STATES, all_counties, shipped
from crawler.places.zones import _zones, zone_of
from crawler.text import fold


@pytest.mark.parametrize(
    ("state", "county", "city", "zone"),
    [
        ("MA", "", "", "America/New_York"),
        ("WA", "", "Yakima", "America/Los_Angeles"),
        ("AZ", "Pima County", "Tucson", "America/Phoenix"),
        ("AZ", "Apache County", "Window Rock", "America/Denver"),
        ("FL", "Escambia County", "Pensacola", "America/Chicago"),
        ("FL", "", "Pensacola", "America/Chicago"),
        ("FL", "", "Miami", "America/New_York"),
        ("TX", "El Paso County", "", "America/Denver"),
        ("CO", "El Paso County", "", "America/Denver"),
        ("TN", "Knox County", "Knoxville", "America/New_York"),
        ("TN", "", "Nashville", "America/Chicago"),
        ("KY", "Warren County", "Bowling Green", "America/Chicago"),
        ("KY", "", "Louisville", "America/New_York"),
        ("IN", "Lake County", "Gary", "America/Chicago"),
        ("IN", "", "Fort Wayne", "America/Indiana/Indianapolis"),
        ("ND", "Stark County", "Dickinson", "America/Denver"),
        ("SD", "", "Rapid City", "America/Denver"),
        ("NE", "", "Scottsbluff", "America/Denver"),
        ("KS", "Sherman County", "Goodland", "America/Denver"),
        ("OR", "Malheur County", "Ontario", "America/Boise"),
        ("ID", "", "Coeur d'Alene", "America/Los_Angeles"),
        ("ID", "", "Boise", "America/Boise"),
        ("MI", "Gogebic County", "Ironwood", "America/Menominee"),
        ("MI", "", "Marquette", "America/Detroit"),
        ("AK", "Aleutians West Census Area", "Unalaska", "America/Anchorage"),
        ("AK", "", "Juneau", "America/Anchorage"),
        ("PR", "", "San Juan", "America/Puerto_Rico"),
        ("GU", "", "", "Pacific/Guam"),
    ],
)
def test_an_outlet_keeps_the_time_of_its_home(state: str, county: str, city: str, zone: str) -> None:
    assert zone_of(state, county, city) == ZoneInfo(zone)


def test_a_nationwide_outlet_has_no_clock_of_its_own() -> None:
    assert zone_of("") is UTC


def test_every_state_has_a_zone_and_every_county_named_is_one() -> None:
    states, others = _zones()
    assert set(states) == set(STATES)
    known = {(county.state, fold(county.name)) for county in all_counties(shipped())}
    kinds = ("county", "borough", "census area")
    named = {(other.state, name) for other in others for name in other.counties} - {("IN", "la porte")}  # also so spelt
    assert [one for one in sorted(named) if not any((one[0], f"{one[1]} {kind}") in known for kind in kinds)] == []
