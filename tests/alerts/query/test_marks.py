"""What of a query stands in a passage; what every hit has; how well a place fits."""

from collections.abc import Sequence

import pytest

from alerts.query.marks import always, place_fit, spans_in
from alerts.query.query import Query, parse
from crawler.places.gazetteer import Gazetteer
from crawler.places.place import Place

WALTHAM = Place("Waltham", "city", "Middlesex County", "MA")
LOWELL = Place("Lowell", "city", "Middlesex County", "MA")
LYNN = Place("Lynn", "city", "Essex County", "MA")
PASSAGE = "…agents raided a Waltham home, said no clerk, and made “two arrests” on Moody Street in Waltham."


def marked(query: Query, passage: str = PASSAGE, places: Sequence[Place] = (WALTHAM,)) -> list[str]:
    return [passage[start:end] for start, end in spans_in(query, passage, places)]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("raid", ["raided"]),
        ("raid OR arrest*", ["raided", "arrests"]),
        ('"moody street" -clerk', ["Moody Street"]),
        ("agents NEAR/2 raid", ["agents raided"]),  # what touches is one
        ('place:"Waltham, MA"', ["Waltham", "Waltham"]),
        ('raid place:"Middlesex County, MA"', ["raided", "Waltham", "Waltham"]),
        ('place:"Lynn, MA"', []),
        ("title:raid", []),
        ("kind:arrest", []),
        ("", []),
    ],
)
def test_what_was_asked_for_is_marked(query: str, words: list[str], gazetteer: Gazetteer) -> None:
    assert marked(parse(query, gazetteer)) == words


def test_marks_are_characters_of_the_passage_as_it_is(gazetteer: Gazetteer) -> None:
    said = "…la migración —dice Hawaiʻi— «detuvo» a José en İstanbul Grill; la migra detuvo a dos."
    assert marked(parse("detuvo OR Hawaii OR jose", gazetteer), said, ()) == ["Hawaiʻi", "detuvo", "José", "detuvo"]


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ('raid place:"Waltham, MA" -hockey', {"raid", "term_place place=Waltham, MA"}),
        ("raid OR arrest", set()),
        ('(raid OR arrest) "car wash"', {"“car wash”"}),
        ("agents NEAR/3 van", {"agents", "van"}),
        ("", set()),
    ],
)
def test_what_every_hit_has_is_known_to_who_asked(query: str, terms: set[str], gazetteer: Gazetteer) -> None:
    assert always(parse(query, gazetteer)) == terms


@pytest.mark.parametrize(
    ("query", "places", "fit"),
    [
        ('place:"Waltham, MA"', [WALTHAM], 2),
        ('place:"Middlesex County, MA" OR raid', [LOWELL, LYNN], 2),
        ('place:"Waltham, MA"', [LOWELL, WALTHAM], 1),
        ("raid", [LOWELL], 1),
        ("raid", [], 0),
        ('raid OR place:"Waltham, MA"', [LOWELL], 0),
        ('raid -place:"Waltham, MA"', [LOWELL], 1),
    ],
)
def test_the_place_that_is_asked_for_fits_best(query: str, places: list[Place], fit: int, gazetteer: Gazetteer) -> None:
    assert place_fit(parse(query, gazetteer), places) == fit
