"""Places of events. Towns are real; people, outlets and events are invented."""

import csv
import gzip
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crawler.places
from crawler.places.files import GazetteerError
from crawler.places.gazetteer import Gazetteer
from crawler.places.place import Place
from crawler.places.scene import Home, find_scene
from crawler.topic import chosen

DATA = Path(crawler.places.__file__).parent / "data"
MASSACHUSETTS = Home(state="MA")
NOWHERE = Home()


def places(gazetteer: Gazetteer, title: str, text: str = "", home: Home = NOWHERE) -> list[str]:
    return [str(found.place) for found in find_scene(gazetteer, title, text, home)]


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Waltham, MA", "Waltham, MA"),
        ("waltham, massachusetts", "Waltham, MA"),
        ("WALTHAM , Mass.", "Waltham, MA"),
        ("Essex County, MA", "Essex County, MA"),
        ("Essex, MA", "Essex, MA"),
        ("Middlesex, MA", "Middlesex County, MA"),
        ("MA", "Massachusetts"),
        ("Massachusetts", "Massachusetts"),
        ("Nueva York", "New York"),
        ("New York, NY", "New York, NY"),
        ("Washington", "Washington"),
        ("Washington, DC", "Washington, DC"),
        ("San José, CA", "San Jose, CA"),
        ("Marlboro, MA", "Marlborough, MA"),
        ("N. Attleboro, MA", "North Attleborough, MA"),
        ("Saint Louis, MO", "St. Louis, MO"),
        ("St. Paul, MN", "Saint Paul, MN"),
        ("Orleans, LA", "Orleans Parish, LA"),
        ("Anchorage, AK", "Anchorage, AK"),
        ("Dorchester, MA", "Boston, MA"),
        ("Brooklyn, NY", "New York, NY"),
        ("Bayamón, PR", "Bayamón, PR"),
        ("Framingham", "Framingham, MA"),
    ],
)
def test_a_name_is_looked_up_however_it_is_written(gazetteer: Gazetteer, name: str, place: str) -> None:
    assert str(gazetteer.look_up(name)) == place


@pytest.mark.parametrize(
    "name",
    [
        "Springfield",
        "Waltham",
        "Long Island",
        "Inland Empire",
        "Nosuchtown, MA",
        "Boston, ZZ",
        "",
        ",",
        "  ",
        "Boston, ",
    ],
)
def test_an_ambiguous_or_unknown_name_is_no_place(gazetteer: Gazetteer, name: str) -> None:
    assert gazetteer.look_up(name) is None


def test_a_city_carries_its_county_and_state(gazetteer: Gazetteer) -> None:
    assert gazetteer.look_up("Waltham, MA") == Place("Waltham", "city", "Middlesex County", "MA")


@pytest.mark.parametrize("city", ["Norfolk", "Petersburg"])
def test_an_independent_city_lies_in_no_county(gazetteer: Gazetteer, city: str) -> None:
    assert gazetteer.look_up(f"{city}, VA") == Place(city, "city", "", "VA")


@pytest.mark.parametrize(
    "town",
    [
        *("Gosnold, MA", "Tisbury, MA", "Tyngsborough, MA", "North Attleborough, MA", "Dartmouth, MA", "Alford, MA"),
        *(
            "Sprague, CT",
            "Glocester, RI",
            "Hart's Location, NH",
            "Stannard, VT",
            "Cape Elizabeth, ME",
            "Long Island, ME",
        ),
    ],
)
def test_new_england_towns_unknown_to_the_post_are_there(gazetteer: Gazetteer, town: str) -> None:
    assert str(gazetteer.look_up(town)) == town


def test_suggestions_list_what_an_ambiguous_name_may_mean(gazetteer: Gazetteer) -> None:
    assert {"Springfield, MA", "Springfield, IL", "Springfield, MO"} <= set(gazetteer.suggest("Springfield"))


def test_suggestions_mend_a_misspelling_and_keep_the_state(gazetteer: Gazetteer) -> None:
    assert gazetteer.suggest("Walthan, MA")[0] == "Waltham, MA"


@pytest.mark.parametrize(
    ("begun", "meant"),
    [
        ("Walth", "Waltham, MA"),
        ("San Fran", "San Francisco, CA"),
        ("middles", "Middlesex County, MA"),
        ("worc, MA", "Worcester, MA"),
        ("lowe, ma", "Lowell, MA"),
        ("Massach", "Massachusetts"),
        ("spri", "Springfield, MO"),
        ("mayag", "Mayagüez, PR"),
    ],
)
def test_a_name_that_is_not_finished_suggests_what_it_may_become(gazetteer: Gazetteer, begun: str, meant: str) -> None:
    assert meant in gazetteer.suggest(begun)


def test_two_letters_begin_too_many_names(gazetteer: Gazetteer) -> None:
    assert gazetteer.suggest("zz") == ()


def test_nothing_close_suggests_nothing(gazetteer: Gazetteer) -> None:
    assert gazetteer.suggest("Xqzzyplk") == ()


def test_every_suggestion_can_be_looked_up(gazetteer: Gazetteer) -> None:
    for name in ("Springfield", "Essex", "Washington", "Saint Paul", "Dona Ana"):
        for full in gazetteer.suggest(name):
            assert str(gazetteer.look_up(full)) == full


@pytest.mark.parametrize(
    ("title", "text", "place"),
    [
        ("Two men detained outside bakery", "WALTHAM, Mass. (AP) — Agents arrived at dawn.", "Waltham, MA"),
        ("Agents detain roofers", "Six roofers were detained in Nashua, N.H., on Monday.", "Nashua, NH"),
        ("Sheriff ends contract", "The Bristol County, Massachusetts, jail held 40 people.", "Bristol County, MA"),
        (
            "Arrest at courthouse",
            "A man was arrested outside Leominster District Court, police said.",
            "Leominster, MA",
        ),
        ("Worcester police explain role in arrest", "Officers were called by neighbours.", "Worcester, MA"),
        ("Vigil follows arrests in Chelsea, Mass.", "", "Chelsea, MA"),
        ("Detienen a tres personas en Lawrence, Massachusetts", "", "Lawrence, MA"),
        ("Redada en el condado de Miami-Dade", "", "Miami-Dade County, FL"),
        ("Raid in Boyle Heights", "Agents took five people from a car wash in Boyle Heights.", "Los Angeles, CA"),
        ("Protest grows outside Delaney Hall", "Dozens gathered on Friday.", "Newark, NJ"),
        ("Agents seen across Chicago", "Residents of Chicago blew whistles.", "Chicago, IL"),
        ("Agents took a ferry", "They arrested men on Martha's Vineyard and in Oak Bluffs.", "Oak Bluffs, MA"),
        ("Farmworker held", "It happened in the town of Berkshire, Vermont, near the border.", "Berkshire, VT"),
        ("Family seeks answers", "He was arrested in N. Attleborough, Mass., on Friday.", "North Attleborough, MA"),
    ],
)
def test_the_place_of_the_event_is_found(gazetteer: Gazetteer, title: str, text: str, place: str) -> None:
    assert places(gazetteer, title, text) == [place]


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("“We were afraid,” said Lynn Harper, who saw it. Harper called a lawyer.", MASSACHUSETTS),
        ("Attorney Maria Lowell filed the papers. Lowell said the family is safe.", MASSACHUSETTS),
        ("Justice Ketanji Brown Jackson dissented. Jackson wrote that the order went too far.", Home(state="MS")),
        ("Reading the order aloud, the judge paused. Reading is hard, he said.", MASSACHUSETTS),
        ("Hope and Independence were the words on the signs, Normal people said.", Home(state="IL")),
        ("The Boston Red Sox lost again, the Boston Globe reported.", MASSACHUSETTS),
        ("Agents took two people this week, and the town is quiet.", Home("Waltham", "Middlesex County", "MA")),
        ("In May, officials in Washington said that arrests rose.", NOWHERE),
        ("The Department of Homeland Security and the White House did not answer.", NOWHERE),
        ("He fled Honduras and came by way of Paris and Moscow.", NOWHERE),
        ("", MASSACHUSETTS),
    ],
)
def test_nothing_is_invented(gazetteer: Gazetteer, text: str, home: Home) -> None:
    assert places(gazetteer, "Questions after arrests", text, home) == []


@pytest.mark.parametrize(
    ("home", "place"),
    [
        (Home(state="IL"), "Springfield, IL"),
        (Home(state="OR"), "Springfield, OR"),
        (Home("Springfield", "Hampden County", "MA"), "Springfield, MA"),
        (Home(covers=("Clark County, OH",)), "Springfield, OH"),
    ],
)
def test_the_outlets_home_settles_an_ambiguous_name(gazetteer: Gazetteer, home: Home, place: str) -> None:
    assert places(gazetteer, "Three arrested in Springfield", "", home) == [place]


def test_an_ambiguous_name_without_any_context_stays_open(gazetteer: Gazetteer) -> None:
    assert places(gazetteer, "Three arrested in Springfield") == []


def test_a_state_in_the_text_settles_an_ambiguous_name(gazetteer: Gazetteer) -> None:
    text = "The raid in Burlington is the third in Vermont this year."
    assert places(gazetteer, "Raid in Burlington", text) == ["Burlington, VT"]


def test_neighbouring_places_settle_an_ambiguous_name(gazetteer: Gazetteer) -> None:
    text = "Arrests were reported in Framingham, Marlborough and Hudson on Monday; in Hudson agents came twice."
    assert places(gazetteer, "Arrests in three towns", text) == ["Hudson, MA", "Framingham, MA", "Marlborough, MA"]


def test_the_state_written_beside_the_name_outweighs_the_outlets_home(gazetteer: Gazetteer) -> None:
    assert places(gazetteer, "Raid in Portland, Maine", "", Home(state="OR")) == ["Portland, ME"]


def test_an_ordinary_word_is_a_place_where_the_words_around_say_so(gazetteer: Gazetteer) -> None:
    text = "Agents arrested a cook in Reading, Mass., on Tuesday. Police in Reading were not told."
    assert places(gazetteer, "Cook arrested", text) == ["Reading, MA"]


def test_a_person_does_not_hide_the_town_of_the_same_name(gazetteer: Gazetteer) -> None:
    text = "Agents made an arrest in Lowell, Mass., on Tuesday, said the lawyer, Lynn Harper."
    assert places(gazetteer, "Arrest near mill", text) == ["Lowell, MA"]


def test_a_bureau_that_answers_is_not_where_it_happened(gazetteer: Gazetteer) -> None:
    text = "Agents detained a painter in Everett on Monday. The Boston ICE field office declined to comment."
    assert places(gazetteer, "Painter detained in Everett", text, MASSACHUSETTS) == ["Everett, MA"]


def test_the_state_is_the_answer_only_when_nothing_finer_is_said(gazetteer: Gazetteer) -> None:
    assert places(gazetteer, "Arrests double in Massachusetts") == ["Massachusetts"]
    assert places(gazetteer, "Arrests double in Quincy, Massachusetts") == ["Quincy, MA"]


def test_washington_is_the_state_for_its_own_newspapers(gazetteer: Gazetteer) -> None:
    title = "Farmworkers detained in Washington"
    assert places(gazetteer, title, "", Home(state="WA")) == ["Washington"]


def test_new_york_is_the_city_as_often_as_the_state_and_other_states_are_only_the_state(gazetteer: Gazetteer) -> None:
    assert places(gazetteer, "Protest in New York", "Thousands marched in New York.") == ["New York, NY"]
    assert places(gazetteer, "Protest in Oregon", "Thousands marched in Oregon.") == ["Oregon"]


def test_the_sentence_and_the_confidence_explain_the_place(gazetteer: Gazetteer) -> None:
    text = "It was early. Agents arrested two men in Waltham, Mass., on Monday. Neighbours watched."
    (found,) = find_scene(gazetteer, "Two men arrested", text, NOWHERE)
    assert found.sentence == "Agents arrested two men in Waltham, Mass., on Monday."
    assert 0.5 < found.confidence <= 1


def test_further_sentences_say_the_place_those_that_tell_of_the_scene_first(gazetteer: Gazetteer) -> None:
    text = (
        "Agents arrested two men in Waltham, Mass., on Monday. A councilor who lives in Waltham was told later. "
        "The men were led from a car wash in Waltham. Rain fell. "
        + "Nobody said why. " * 40
        + "Agents left Waltham at noon."
    )
    (found,) = find_scene(gazetteer, "Two men arrested", text, NOWHERE)
    assert found.sentence == "Agents arrested two men in Waltham, Mass., on Monday."
    assert found.further == (
        "The men were led from a car wash in Waltham.",
        "A councilor who lives in Waltham was told later.",
        "Agents left Waltham at noon.",
    )


def test_a_place_in_the_title_is_surer_than_one_in_passing(gazetteer: Gazetteer) -> None:
    title, text = "Raid in Waltham, Mass.", "Agents were seen in Newton, Mass., as well, said a man from Natick, Mass."
    first, second = find_scene(gazetteer, title, text, NOWHERE)
    assert (str(first.place), str(second.place)) == ("Waltham, MA", "Newton, MA")
    assert first.confidence > second.confidence


def test_what_a_blog_adds_to_its_feed_is_not_read(gazetteer: Gazetteer) -> None:
    text = "Agents came. The post Agents came appeared first on Long Beach Lantern."
    assert places(gazetteer, "Agents came", text, Home(state="CA")) == []


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=80),
    st.lists(
        st.sampled_from(
            [
                "Waltham",
                "in",
                "St.",
                "Paul",
                ", Mass.",
                "—",
                "\n",
                "N.",
                "’s",
                "Essex",
                "County",
                "police",
                "(",
                "Reading",
            ]
        )
        | st.text(max_size=8),
        max_size=30,
    ),
)
def test_any_text_is_read_and_every_answer_is_a_known_place(gazetteer: Gazetteer, title: str, text: list[str]) -> None:
    for found in find_scene(gazetteer, title, " ".join(text), MASSACHUSETTS):
        assert 0 < found.confidence <= 1
        assert found.sentence
        assert gazetteer.look_up(str(found.place)) is not None


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(st.text(max_size=30))
def test_any_name_can_be_asked_for(gazetteer: Gazetteer, name: str) -> None:
    gazetteer.look_up(name)
    assert len(gazetteer.suggest(name)) <= 6


@pytest.mark.slow
def test_every_place_lies_in_a_listed_county_and_state() -> None:
    with (DATA / "counties.csv").open(encoding="utf-8") as lines:
        counties = {(r["county"], r["state"]) for r in csv.DictReader(lines)}
    with (DATA / "states.csv").open(encoding="utf-8") as lines:
        states = {r["code"] for r in csv.DictReader(lines)}
    with gzip.open(DATA / "places.csv.gz", "rt", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            assert row["state"] in states, row
            assert not row["county"] or (row["county"], row["state"]) in counties, row


def test_every_facility_lies_in_a_known_place_and_has_a_kind(gazetteer: Gazetteer) -> None:
    with (chosen().folder / "facilities.csv").open(encoding="utf-8") as lines:
        facilities = list(csv.DictReader(lines))
    assert {f["kind"] for f in facilities} == {"detention", "processing", "office", "jail", "field office"}
    assert sum(f["kind"] == "field office" for f in facilities) == 25
    assert len({f["name"] for f in facilities}) == len(facilities)
    for facility in facilities:
        assert gazetteer.look_up(f"{facility['city'] or facility['county']}, {facility['state']}"), facility
        assert gazetteer.look_up(f"{facility['name']}, {facility['state']}"), facility


def test_a_broken_data_file_is_named_with_what_is_expected(tmp_path: Path) -> None:
    folder = shutil.copytree(DATA, tmp_path / "places")
    (folder / "states.csv").write_text("code;name\n", encoding="utf-8")
    with pytest.raises(GazetteerError, match=r"states\.csv: the first line must be code,name,ap,others"):
        Gazetteer.load(folder)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(GazetteerError, match=r"states\.csv cannot be read"):
        Gazetteer.load(tmp_path)


def test_a_list_that_is_missing_is_named(tmp_path: Path) -> None:
    folder = shutil.copytree(DATA, tmp_path / "places")
    language = (folder / "language.toml").read_text(encoding="utf-8")
    (folder / "language.toml").write_text(language.replace("\ncapital =", "\ncapitol ="), encoding="utf-8")
    with pytest.raises(GazetteerError, match=r"language\.toml: .*capitol: expected only never_bare, ordinary"):
        Gazetteer.load(folder)
