"""Every place can be named: each row of the gazetteer, each county, each state, each ZIP code, in any spelling."""

import csv
import gzip
from importlib.resources import files

import pytest

from crawler.places import STATES, Gazetteer, Place, all_counties, kilometres, offices, squeezed, zips


def names() -> list[dict[str, str]]:
    with gzip.open(str(files("crawler.places").joinpath("data/places.csv.gz")), "rt", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def independent() -> set[tuple[str, str]]:
    """The cities of which it is known that they lie in no county, whatever that list says."""
    rows = csv.reader(files("crawler.places").joinpath("data/additions.csv").read_text("utf-8").splitlines())
    return {(row[1], row[2]) for row in rows if row[0] == "independent"}


@pytest.mark.slow
def test_each_row_of_the_gazetteer_is_a_place_by_its_name_and_state(gazetteer: Gazetteer) -> None:
    unknown = [(r["name"], r["state"]) for r in names() if not gazetteer.look_up(f"{r['name']}, {r['state']}")]
    spelled_out = [r["name"] for r in names() if not gazetteer.look_up(f"{r['name']}, {STATES[r['state']]}")]
    assert unknown == []
    assert spelled_out == []


@pytest.mark.slow
def test_namesakes_in_one_state_are_told_apart_by_their_county(gazetteer: Gazetteer) -> None:
    wrong, free = [], independent()
    for row in names():
        if row["county"] and (row["name"], row["state"]) not in free:
            place = gazetteer.look_up(f"{row['name']}, {row['county']}, {row['state']}")
            whole = gazetteer.look_up(f"{row['name']}, {row['state']}")
            if place is None and whole and squeezed(whole.name) == squeezed(row["name"]):
                wrong.append(row["name"])
            elif place and gazetteer.look_up(gazetteer.full_name(place)) != place:
                wrong.append(gazetteer.full_name(place))
    assert wrong == []


def test_each_county_is_a_place_by_its_name(gazetteer: Gazetteer) -> None:
    assert [c for c in all_counties(gazetteer) if not gazetteer.look_up(f"{c.name}, {c.state}")] == []


@pytest.mark.parametrize("code", STATES)
def test_each_state_is_a_place_by_code_and_name(code: str, gazetteer: Gazetteer) -> None:
    state = Place(STATES[code], "state", "", code)
    assert gazetteer.look_up(code) == gazetteer.look_up(code.lower()) == gazetteer.look_up(STATES[code]) == state


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("Helena, MT", "Helena, MT"),
        ("Ridgewood, NJ", "Ridgewood, NJ"),
        ("02453", "Waltham, MA"),
        ("Washington, Warren County, NJ", "Washington, NJ"),
        ("Washington, Warren, NJ", "Washington, NJ"),
        ("Baltimore city, MD", "Baltimore, MD"),
        ("Kāneʻohe, HI", "Kaneohe, HI"),
        ("Kāne‘ohe, HI", "Kaneohe, HI"),
        ("Kane'ohe, HI", "Kaneohe, HI"),
        ("Kane`ohe, HI", "Kaneohe, HI"),
        ("Kaneohe, Hawaiʻi", "Kaneohe, HI"),
        ("ʻEwa Beach, HI", "‘Ewa Beach, HI"),
        ("Ewa Beach, HI", "‘Ewa Beach, HI"),
        ("Espanola, NM", "Española, NM"),
        ("San José, CA", "San Jose, CA"),
        ("Cañon City, CO", "Cañon City, CO"),
        ("McFarland, CA", "McFarland, CA"),
        ("Mc Farland, CA", "McFarland, CA"),
        ("O Fallon, MO", "O'Fallon, MO"),
        ("OFallon, MO", "O'Fallon, MO"),
        ("Coeur dAlene, ID", "Coeur d'Alene, ID"),
        ("Winston Salem, NC", "Winston-Salem, NC"),
        ("WinstonSalem, NC", "Winston-Salem, NC"),
        ("Saint Paul, MN", "Saint Paul, MN"),
        ("St Paul, MN", "Saint Paul, MN"),
        ("LaGrange, GA", "LaGrange, GA"),
        ("La Grange, GA", "LaGrange, GA"),
        ("De Soto, TX", "DeSoto, TX"),
    ],
)
def test_spellings_of_one_town_are_one_place(written: str, place: str, gazetteer: Gazetteer) -> None:
    assert str(gazetteer.look_up(written)) == place


@pytest.mark.slow
def test_each_zip_code_is_the_town_that_it_means(gazetteer: Gazetteer) -> None:
    assert len(zips()) > 41_000
    assert [code for code in zips() if gazetteer.look_up(code) is None] == []


@pytest.mark.slow
def test_a_zip_code_lies_near_its_town(gazetteer: Gazetteer) -> None:
    far = [
        code
        for code, (point, place) in zips().items()
        if (town := gazetteer.look_up(place)) and (middle := gazetteer.point(town)) and kilometres(point, middle) > 120
    ]
    assert len(far) < 0.005 * len(zips())


def test_the_offices_of_ice_share_out_every_state(gazetteer: Gazetteer) -> None:
    assert len(offices()) == 25
    shared = [state for areas in offices().values() for state, county in areas if not county]
    assert len(shared) == len(set(shared))
    split = {state for areas in offices().values() for state, county in areas if county}
    assert split.isdisjoint(shared)
    assert set(STATES) - split - set(shared) <= {"AS"}
    counties = [area for areas in offices().values() for area in areas if area[1]]
    assert len(counties) == len(set(counties))
    listed = {(c.state, c.name) for c in all_counties(gazetteer) if c.state in split}
    assert listed == set(counties)
