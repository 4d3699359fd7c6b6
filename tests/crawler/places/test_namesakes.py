"""Names that are spelled as a town's and mean none: rivers, shops, corners, words, places of other countries."""

import pytest

from crawler.places.gazetteer import Gazetteer
from crawler.places.scene import Home, find_scene


def found(gazetteer: Gazetteer, title: str, text: str = "", state: str = "") -> list[str]:
    return [str(f.place) for f in find_scene(gazetteer, title, text, Home(state=state))]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Agents stopped two boats on the Connecticut, a harbor master said.", "MA"),
        ("Agents stopped two boats on the Delaware near the ferry.", "NJ"),
        ("A van was stopped on the bridge over the Merrimack when agents came.", "MA"),
        ("Deckhands were taken off a barge on the Mississippi.", "IA"),
        ("Three boats were searched on the Columbia, the port said.", "OR"),
    ],
)
def test_a_bare_name_after_the_is_a_river(gazetteer: Gazetteer, text: str, state: str) -> None:
    assert found(gazetteer, "ICE makes arrests, witnesses say", text, state) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Agents made arrests on the Connecticut coast.", "Connecticut"),
        ("Agents made arrests across the Bronx.", "New York, NY"),
        ("Agents made arrests in the Chicago area.", "Chicago, IL"),
    ],
)
def test_but_not_before_a_noun_or_where_the_is_part_of_it(gazetteer: Gazetteer, text: str, place: str) -> None:
    assert found(gazetteer, "ICE makes arrests, witnesses say", text) == [place]


@pytest.mark.parametrize(
    ("text", "state", "place"),
    [
        ("Agents arrested two cooks at Austin Grill in Keene.", "NH", "Keene, NH"),
        ("Agents arrested a baker at Paris Bakery in Brewster.", "NY", "Brewster, NY"),
        ("Two mechanics were taken from Dallas Tire & Auto in Greeley.", "CO", "Greeley, CO"),
        ("A cleaner at Boston University was arrested in Brookline.", "MA", "Brookline, MA"),
        ("Agents arrested two men at the Salem Towers apartments in Malden.", "MA", "Malden, MA"),
        ("Agents came to Houston Roasters Collective in Nashua.", "NH", "Nashua, NH"),
    ],
)
def test_a_shop_or_a_school_only_carries_a_towns_name(gazetteer: Gazetteer, text: str, state: str, place: str) -> None:
    assert found(gazetteer, "ICE makes arrests, witnesses say", text, state) == [place]


def test_its_town_is_likelier_than_none(gazetteer: Gazetteer) -> None:
    assert found(gazetteer, "Boston University braces for ICE", "", "MA") == ["Boston, MA"]


@pytest.mark.parametrize(
    "text",
    [
        "Agents arrested two men at Houston and Pitt streets in Manhattan.",
        "Agents arrested two men at Austin & Yellowstone streets in Queens.",
        "Agents arrested two men at the corner of Lawrence and Madison in Brooklyn.",
    ],
)
def test_a_street_corner_is_no_town(gazetteer: Gazetteer, text: str) -> None:
    assert found(gazetteer, "ICE makes arrests, witnesses say", text, "NY") == ["New York, NY"]


@pytest.mark.parametrize(
    ("title", "lead", "state", "place"),
    [
        ("Orchards empty as pickers stay home", "WENATCHEE — Orchards stand empty.", "WA", "Wenatchee, WA"),
        ("Mission church hides family from ICE", "LAREDO — A church hides a family.", "TX", "Laredo, TX"),
        ("Rangers wait for word after raid", "ODESSA — Park rangers wait.", "TX", "Odessa, TX"),
    ],
)
def test_an_ordinary_word_at_the_head_of_a_sentence_is_no_town(
    gazetteer: Gazetteer, title: str, lead: str, state: str, place: str
) -> None:
    assert found(gazetteer, title, lead, state) == [place]


def test_but_where_the_words_around_say_so(gazetteer: Gazetteer) -> None:
    assert found(gazetteer, "Mission police say they did not help ICE", "", "TX") == ["Mission, TX"]


@pytest.mark.parametrize(
    "text",
    [
        "The plane left for South Sudan on Friday.",
        "El vuelo aterrizó en San Pedro Sula el viernes.",
        "Su madre vive en Santa Ana, El Salvador.",
    ],
)
def test_a_place_of_another_country_is_none_of_ours(gazetteer: Gazetteer, text: str) -> None:
    assert found(gazetteer, "Deportation flight leaves", text, "TX") == []


def test_an_avenue_is_said_with_its_article_in_spanish(gazetteer: Gazetteer) -> None:
    assert found(gazetteer, "Vendedores de la Roosevelt temen a la migra", "", "NY") == []


def test_a_small_town_that_nothing_points_to_is_a_firm_or_a_person(gazetteer: Gazetteer) -> None:
    assert found(gazetteer, "Noem blames Hilton for turning agents away") == []
    assert found(gazetteer, "Hilton turns agents away", "", "NY") == ["Hilton, NY"]


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("Rutgers University students rally against ICE", "New Brunswick, NJ"),
        ("Minnesotans turn out to protest ICE", "Minnesota"),
        ("Redada en La Villita deja seis detenidos", "Chicago, IL"),
        ("Arrestos en el Valle del Río Grande", "Texas"),
        ("Doce detenidos en el norte de Phoenix", "Phoenix, AZ"),
    ],
)
def test_other_names_of_places(gazetteer: Gazetteer, title: str, place: str) -> None:
    assert found(gazetteer, title) == [place]


def test_who_is_known_by_a_school_is_not_there(gazetteer: Gazetteer) -> None:
    text = "Rutgers University student Ana Vale was arrested at her home in Paterson on Friday."
    assert found(gazetteer, "ICE arrests student", text, "NJ") == ["Paterson, NJ"]


def test_a_town_and_the_county_of_its_name_are_told_apart(gazetteer: Gazetteer) -> None:
    text = "“We are Merrimack, not Merrimack County,” a selectman said."
    assert found(gazetteer, "Merrimack selectmen hear of ICE plan", text, "NH")[0] == "Merrimack, NH"
