"""What a place is to the event: its scene, or where people were taken, where papers are filed, where somebody lives."""

import pytest

from crawler.places.gazetteer import Gazetteer
from crawler.places.scene import Home, find_scene
from crawler.places.spoken import Relation
from crawler.text.tokens import fold

NOTHING_SAID = """
US
High court lets roving patrols resume
WASHINGTON — The Supreme Court on Monday lifted limits on immigration stops in a 6-3 order. Justice Marion Brown
Jackson joined a dissent. Georgetown law professor Steve Vance said the order gave no reasons.

US
House passes record budget for ICE
The House passed a bill Thursday with $45 billion for immigration detention. Speaker Mike Lansing thanked members.
Austin Marlow, who studies detention data, said ICE would grow. Sen. Elizabeth Lynn called it cruel.

US
ICE detention tops 66,000, a record
More than 66,000 people are in ICE detention, data published Friday show. Nearly three in four have no criminal
conviction. Tricia Lowell, a spokeswoman of Homeland Security, disputed the figures.

US
Who is Todd Laramie? Acting director explained
Todd Laramie grew up to become an Air Force airman before joining ICE in 2007. He replaced Caleb Reno. His deputy,
Madison Sheridan, left the agency in January.

MA
Una guía: qué hacer si la migra toca a su puerta
Usted tiene derechos sin importar su estatus migratorio. No abra la puerta si los agentes no muestran una orden firmada
por un juez. Guarde silencio y pida un abogado.

CA
What is a judicial warrant, and why does it matter?
A judicial warrant is signed by a judge; an administrative warrant is signed by an ICE officer. Only the first lets
agents into a home without consent, said law professor Holly Cooper.

US
App stores pull programs that track ICE agents
One firm removed a program from its store after a call from Attorney General Pam Troy. Its maker, Joshua Ames, said he
would fight. Stephen Lincoln, an analyst, said users will find others.

MA
Letters: Where is the outrage?
Another week, another family torn apart by masked men. Our senators must do more than tweet. Elizabeth Lynn and Ed
Quincy, this means you. Marion Holbrook

US
Poll: Half of Americans say ICE goes too far
Fifty-one percent of adults say immigration agents go too far, a new poll found. Support fell among independents and
Hispanic voters. The poll of 1,143 adults was conducted Sept. 11-15.

US
Prison abroad releases migrants in swap
Two hundred Venezuelans held at a prison in El Salvador were flown to Caracas on Friday. Families in Maracaibo and San
Cristóbal wept with joy.
"""


def found(gazetteer: Gazetteer, title: str, text: str = "", state: str = "") -> list[str]:
    return [str(f.place) for f in find_scene(gazetteer, title, text, Home(state=state))]


@pytest.mark.parametrize("report", NOTHING_SAID.strip().split("\n\n"), ids=lambda report: str(report)[:40])
def test_a_story_without_a_place_gets_none(gazetteer: Gazetteer, report: str) -> None:
    state, title, *lines = report.split("\n")
    assert found(gazetteer, title, " ".join(lines), state.removeprefix("US")) == []


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("Agents arrested two men in ", "scene"),
        ("The men were taken to the field office in ", "held"),
        ("She was flown the same night to ", "held"),
        ("He is being held at ", "held"),
        ("Fueron trasladados a un centro en ", "held"),
        ("He was booked into a county jail in ", "held"),
        ("A vigil was held in ", "scene"),
        ("Ten teachers were held at gunpoint in ", "scene"),
        ("National Guard troops were sent to ", "scene"),
        ("The governor sent troops to ", "scene"),
        ("About thirty men held at ", "scene"),
        ("A suit was filed in U.S. District Court in ", "court"),
        ("A federal judge in ", "court"),
        ("The men, who live in ", "apart"),
        ("The village lies about 30 miles west of ", "apart"),
        ("A similar case in ", "apart"),
        ("Sen. Dora Finch of ", "apart"),
        ("The 8th Circuit Court of Appeals in ", "origin"),
        ("Crowds marched over the killing of a man by agents in ", "past"),
        ("Agents had come in 2019 to ", "past"),
        ("A driver from ", "apart"),
        ("The ambulance was on the way to ", "apart"),
        ("Crecio en ", "apart"),
        ("Ana Ruiz, 34, of ", "home"),
        ("La familia de ", "home"),
        ("El vocero de ICE en ", "voice"),
        ("Her husband, a native of ", "origin"),
        ("He was deported in March to ", "origin"),
        ("El joven, originario de ", "origin"),
        ("", "scene"),
    ],
)
def test_the_words_before_a_name_tell_what_it_is_to_the_event(
    before: str, expected: Relation, gazetteer: Gazetteer
) -> None:
    assert gazetteer.spoken.relation(fold(before)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "He was arrested in Waltham, Mass., and moved to Plymouth, Mass.",
        "He was arrested in Waltham, Mass. A federal judge in Boston set bail.",
        "He was arrested in Waltham, Mass., about nine miles west of Boston.",
        "He was arrested in Waltham, Mass. He is a native of Santa Ana, El Salvador.",
        "He was arrested in Waltham, Mass., on Lexington Street.",
        "He was arrested in Waltham, Mass. “We saw it,” said Dr. Lynn Newton of Brandeis.",
    ],
)
def test_a_place_apart_from_the_scene_is_left_out(gazetteer: Gazetteer, text: str) -> None:
    assert found(gazetteer, "Man arrested", text, "MA") == ["Waltham, MA"]


def test_where_somebody_is_held_is_the_answer_when_nothing_else_is_said(gazetteer: Gazetteer) -> None:
    assert found(gazetteer, "Student is still in custody", "She is being held in Batavia, N.Y.") == ["Batavia, NY"]


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("Hunger strike at Krome", "Miami-Dade County, FL"),
        ("Lawyers tour Camp East Montana", "El Paso, TX"),
        ("Measles at the South Texas Family Residential Center", "Dilley, TX"),
        ("Protest outside the Northwest ICE Processing Center", "Tacoma, WA"),
        ("Death at Moshannon Valley", "Clearfield County, PA"),
        ("Crowd gathers outside Boston ICE field office", "Burlington, MA"),
        ("Protesters return to Federal Plaza", "New York, NY"),
        ("Inspectors visit Adams County Correctional Center", "Natchez, MS"),
    ],
)
def test_a_facility_stands_for_the_place_where_it_is(gazetteer: Gazetteer, title: str, place: str) -> None:
    assert found(gazetteer, title) == [place]


@pytest.mark.parametrize(("state", "place"), [("", "Butler County, OH"), ("PA", "Butler County, PA")])
def test_a_county_jail_is_the_one_known_to_hold_for_ice_unless_home_says_otherwise(
    gazetteer: Gazetteer, state: str, place: str
) -> None:
    assert found(gazetteer, "Chaplain leaves Butler County Jail after ten weeks", "", state) == [place]


def test_a_region_tells_the_state_and_hides_the_towns_of_its_words(gazetteer: Gazetteer) -> None:
    assert found(gazetteer, "Arrests across the Inland Empire") == ["California"]


def test_the_part_of_a_city_that_shares_a_towns_name_is_not_the_town(gazetteer: Gazetteer) -> None:
    text = "Agents came to a market in Philadelphia's Olney section on Thursday."
    assert found(gazetteer, "Twelve arrested at market", text) == ["Philadelphia, PA"]


def test_places_in_a_list_are_spoken_of_alike(gazetteer: Gazetteer) -> None:
    text = "Agents arrested people in Framingham, Natick and Ashland on Monday."
    assert found(gazetteer, "Arrests in three towns", text, "MA") == ["Framingham, MA", "Natick, MA", "Ashland, MA"]


@pytest.mark.parametrize(
    ("title", "place"),
    [
        ("ice raid in waltham leaves family without father", "Waltham, MA"),
        ("lawrence mayor: police won't help ice", "Lawrence, MA"),
        ("ICE RAID IN WALTHAM LEAVES FAMILY WITHOUT FATHER", "Waltham, MA"),
    ],
)
def test_the_case_of_a_headline_does_not_matter(gazetteer: Gazetteer, title: str, place: str) -> None:
    assert found(gazetteer, title, "", "MA") == [place]


def test_a_headline_in_small_letters_makes_no_places_of_its_words(gazetteer: Gazetteer) -> None:
    assert found(gazetteer, "what to know as families march for independence and justice in may", "", "MA") == []


def test_a_state_in_the_headline_outweighs_a_city_of_another(gazetteer: Gazetteer) -> None:
    text = "After a shooting in Minneapolis, agents made arrests in Lewiston and Portland."
    places = found(gazetteer, "More than 100 arrested in Maine", text)
    assert places == ["Lewiston, ME", "Portland, ME"]
