"""Towns of a local paper that never says its state: small ones, and those that are called as a state or a county."""

import pytest

from crawler.places.gazetteer import Gazetteer
from crawler.places.scene import Home, find_scene


def first(gazetteer: Gazetteer, text: str, state: str) -> str:
    found = find_scene(gazetteer, "Agents make arrests", text, Home(state=state))
    return str(found[0].place) if found else ""


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Agents arrested a cook in the village of Florida on Monday.", "Florida, NY"),
        ("Agents arrested a cook in Nevada, a city in Vernon County, on Monday.", "Nevada, MO"),
        ("Agents arrested a cook in Virginia, a mining town in St. Louis County, on Monday.", "Virginia, MN"),
        ("Agents arrested a cook in Washington, a borough in Warren County, on Monday.", "Washington, NJ"),
        ("Agents arrested a clerk in the Town of Tonawanda on Monday.", "Tonawanda, NY"),
    ],
)
def test_what_is_called_a_town_is_no_state(gazetteer: Gazetteer, text: str, place: str) -> None:
    assert first(gazetteer, text, place[-2:]) == place


def test_nor_where_the_same_text_says_its_name_alone(gazetteer: Gazetteer) -> None:
    text = "Agents arrested a cook in Kansas, a village in Edgar County. Many in Kansas saw it."
    assert first(gazetteer, text, "IL") == "Kansas, IL"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Agents made arrests in Kansas, a town official said.", "Kansas"),
        ("Agents made arrests in Kansas, the city of Wichita said.", "Wichita, KS"),
    ],
)
def test_but_a_state_stays_one_where_something_else_is_called_a_town(
    gazetteer: Gazetteer, text: str, place: str
) -> None:
    assert first(gazetteer, text, "") == place


@pytest.mark.parametrize("place", ["Putney, VT", "Hendricks, MN", "Morven, GA", "Crab Orchard, TN", "Savoy, MA"])
def test_a_small_town_of_the_outlets_state_is_meant_though_others_have_its_name(
    gazetteer: Gazetteer, place: str
) -> None:
    name, _, state = place.partition(", ")
    text = f"Agents arrested two men at a farm in {name} on Monday."
    assert first(gazetteer, text, state) == place
    assert first(gazetteer, text, "HI") != place


def test_but_not_where_a_city_of_another_state_is_as_likely(gazetteer: Gazetteer) -> None:
    assert first(gazetteer, "Agents arrested two men at a farm in Gainesville on Monday.", "MO") == ""
