"""What a place is to a story: the event's, what the story is about, or only named."""

import pytest

from crawler.judge import judge
from crawler.model import Article, Verdict
from crawler.places import Home, find_places, places_of, said_of, shipped
from crawler.places.gazetteer import Gazetteer
from crawler.topic import chosen
from tests.makers.making import NOON

MASSACHUSETTS = Home(state="MA")


def roles(gazetteer: Gazetteer, title: str, text: str, home: Home = MASSACHUSETTS) -> dict[str, str]:
    return {str(found.place): found.role for found in find_places(gazetteer, title, text, home)}


@pytest.mark.parametrize(
    ("text", "place", "role"),
    [
        ("He was taken to Plymouth, Mass., at noon.", "Plymouth, MA", "about"),
        ("A federal judge in Boston set bail.", "Boston, MA", "about"),
        ("His sister is a native of Fall River, Mass., he said.", "Fall River, MA", "named"),
        ("It is about nine miles west of Boston.", "Boston, MA", "named"),
        ("Neighbors in Lowell saw agents arrest two others there.", "Lowell, MA", "event"),
    ],
)
def test_each_place_says_its_role(gazetteer: Gazetteer, text: str, place: str, role: str) -> None:
    told = roles(gazetteer, "Man arrested", f"ICE agents arrested a man in Waltham, Mass., on Monday. {text}")
    assert told["Waltham, MA"] == "event"
    assert told[place] == role


@pytest.mark.parametrize(
    ("text", "scene", "place", "role"),
    [
        ("Two pickers from Jamaica were arrested in Putney, Vt., on Monday.", "Putney, VT", "Jamaica, VT", "named"),
        ("A family from Lebanon was detained in Claremont, N.H.", "Claremont, NH", "Lebanon, NH", "named"),
        ("A Tampa-bound bus was stopped by ICE in Ocala, Fla.", "Ocala, FL", "Tampa, FL", "named"),
        (
            "A plane with detainees left Portsmouth, N.H., on Monday after refueling in Nashville.",
            "Portsmouth, NH", "Nashville, TN", "named",
        ),
        (
            "A flight with 60 people left Seattle after a stop in Harlingen, Texas.",
            "Seattle, WA", "Harlingen, TX", "named",
        ),
        (
            "Marchers filled a square in Ashland, Ore., protesting ICE raids in Chicago.",
            "Ashland, OR", "Chicago, IL", "named",
        ),
        (
            "Students walked out of a school in Lancaster, Pa., over the ICE arrest of a father in Ephrata.",
            "Lancaster, PA", "Ephrata, PA", "named",
        ),
        (
            "Un padre fue arrestado por ICE en El Monte, California. Está detenido en Adelanto.",
            "El Monte, CA", "Adelanto, CA", "about",
        ),
        (
            "ICE arrested a cook in Eugene, Ore. He is being held at the Northwest ICE Processing Center in Tacoma.",
            "Eugene, OR", "Tacoma, WA", "about",
        ),
    ],
)  # fmt: skip
def test_what_a_story_passes_on_the_way_is_not_the_scene(
    gazetteer: Gazetteer, text: str, scene: str, place: str, role: str
) -> None:
    told = roles(gazetteer, "Arrests", text, Home(state=scene[-2:]))
    assert told[scene] == "event"
    assert told.get(place, role) == role


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("He was stopped by ICE in Geneva on Monday, Ontario County deputies said. Many in Lyons saw it.", "event"),
        ("Fue detenido por ICE en Geneva el lunes, dijo su esposa. Muchos en Lyons lo vieron.", "event"),
        ("ICE in Geneva said it knew nothing. He was arrested in Lyons on Monday.", "about"),
    ],
)
def test_who_is_arrested_by_an_agency_in_a_town_is_arrested_there(gazetteer: Gazetteer, text: str, role: str) -> None:
    assert roles(gazetteer, "Man held", text, Home(state="NY"))["Geneva, NY"] == role


@pytest.mark.parametrize(
    ("title", "text", "scene", "place"),
    [
        (
            "Barber moved to Texas",
            "Quincy barber Ana Mello was moved to a detention center in El Paso, Texas, on Friday, her lawyer said.",
            "Quincy, MA", "El Paso, TX",
        ),
        (
            "Baker moved to Rhode Island jail, lawyer says",
            "Brockton bakery owner Emre Kaya has been moved to the Wyatt Detention Facility in Central Falls, R.I.",
            "Brockton, MA", "Central Falls, RI",
        ),
        (
            "Line cook sent to Michigan",
            "Salem line cook Juan Prado is now at a jail in Baldwin, Michigan.",
            "Salem, MA", "Michigan",
        ),
    ],
)  # fmt: skip
def test_a_headline_that_says_where_somebody_was_brought_hides_no_town_of_theirs(
    gazetteer: Gazetteer, title: str, text: str, scene: str, place: str
) -> None:
    told = roles(gazetteer, title, text)
    assert next(iter(told)) == scene
    assert told[place] == "about"


def test_a_protest_of_many_towns_is_no_county(gazetteer: Gazetteer) -> None:
    told = roles(gazetteer, "No Kings march", "Hundreds joined the No Kings march in Clovis.", Home(state="CA"))
    assert list(told) == ["Clovis, CA"]


def verdict(text: str) -> Verdict:
    article = Article(
        url="https://paper.example/1", source_id="paper", title="ICE arrests man", text=text, language="en",
        link="https://paper.example/1", content_hash="", fetched_at=NOON,
    )  # fmt: skip
    return judge(article, MASSACHUSETTS, chosen(), shipped(), NOON)


def test_a_verdict_keeps_all_places_and_only_the_events_are_the_storys() -> None:
    judged = verdict(
        "ICE agents arrested a man in Waltham, Mass., on Monday. He was taken to Plymouth, Mass., at noon."
    )
    assert [(p["name"], p["role"]) for p in judged.places] == [("Waltham", "event"), ("Plymouth", "about")]
    assert [str(place) for place in places_of(judged)] == ["Waltham, MA"]
    assert len(said_of(judged)) == 1


def test_a_place_of_an_old_verdict_is_the_events() -> None:
    judged = verdict("ICE agents arrested a man in Waltham, Mass., on Monday.")
    for place in judged.places:
        del place["role"]
    assert [str(place) for place in places_of(judged)] == ["Waltham, MA"]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Marches against ICE planned nationwide", "They follow shootings in Minneapolis and Portland, Ore."),
        (
            "Unions call for a day without work",
            "In cities across the country, from Boston to Denver, unions will march.",
        ),
        ("ICE looks at warehouses in 23 states", "Among the sites are Tulsa and Tacoma."),
        ("Protestan contra ICE en todo el país", "Hubo marchas en Los Ángeles y Houston."),
        ("Cities brace for ICE", "Mayors of Denver, Chicago and Boston spoke of raids."),
    ],
)
def test_a_story_of_the_whole_country_has_no_place(gazetteer: Gazetteer, title: str, text: str) -> None:
    told = roles(gazetteer, title, text, Home())
    assert told
    assert set(told.values()) == {"named"}


@pytest.mark.parametrize(
    ("title", "text", "place"),
    [
        ("Worcester joins nationwide march", "Hundreds walked to city hall.", "Worcester, MA"),
        ("Marches against ICE planned nationwide", "Hundreds will gather in Worcester at noon.", "Worcester, MA"),
        ("Police clear hotel as protests grow nationwide", "Officers in Lowell arrested nine people.", "Lowell, MA"),
    ],
)
def test_but_what_happens_at_home_has(gazetteer: Gazetteer, title: str, text: str, place: str) -> None:
    assert roles(gazetteer, title, text)[place] == "event"


def test_far_places_in_an_opinion_are_examples(gazetteer: Gazetteer) -> None:
    text = "In Minneapolis they shot a woman. They took a baker in Lowell, too."
    told = roles(gazetteer, "Editorial: Keep out of it", text)
    assert told["Lowell, MA"] == "event"
    assert told["Minneapolis, MN"] == "named"


def test_where_the_writer_of_a_letter_lives_is_no_place_of_it(gazetteer: Gazetteer) -> None:
    assert "event" not in roles(gazetteer, "Letter: Shame", "They took my neighbor. Ruth Eames, Lowell").values()


@pytest.mark.parametrize(
    ("title", "text", "places"),
    [
        ("Families held at Natick race track", "BOSTON – Agents held forty people on Sunday.", ["Natick, MA"]),
        ("Forty held at race track", "BOSTON — Agents arrested forty people in Natick on Sunday.", ["Natick, MA"]),
        ("Forty held", "BOSTON — Agents held forty people on Sunday.", ["Boston, MA"]),
        ("Waltham march mourns man shot by ICE in Minneapolis", "Some 200 people marched.", ["Waltham, MA"]),
        ("ICE surges in Mass.", "Boston Mayor Ana Ruiz said she would sue.", ["Massachusetts"]),
        ("Lowell man arrested by ICE", "He was stopped on his way to work.", ["Lowell, MA"]),
        ("Agents at a mill", "Agents raided a mill in Ayer, near Groton.", ["Ayer, MA"]),
        ("Lowell cook taken by ICE", "Agents stopped him. The nearest free lawyer is in Worcester.", ["Lowell, MA"]),
        ("Quilt", "ICE holds 64 women in Plymouth, Mass. Their quilt hangs in Worcester.", ["Plymouth, MA"]),
        ("Cook taken", "Agents took a cook in Lowell. ICE in Boston said it had a warrant.", ["Lowell, MA"]),
        ("Two stopped", "Agents stopped two men in Lowell; they are in Dover in the custody of ICE.", ["Lowell, MA"]),
        ("Blocked van", "The defendant, of Natick, blocked an ICE van in Hudson, Mass.", ["Hudson, MA"]),
        ("Coach held", "ICE took the coach in Hudson, Mass. Hudson beat Natick 3-0.", ["Hudson, MA"]),
        ("Courts split", "An appeals court in Chicago sided with ICE and one in Denver did not.", []),
        ("Student freed, Vermont judge says", "She was arrested in Somerville.", ["Somerville, MA", "Vermont"]),
    ],
)
def test_what_is_behind_the_event_is_not_its_place(
    gazetteer: Gazetteer, title: str, text: str, places: list[str]
) -> None:
    told = roles(gazetteer, title, text)
    assert [place for place, role in told.items() if role == "event"] == places
