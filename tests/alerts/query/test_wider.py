"""Queries that ask less: by their fields alone, and to find near misses."""

from dataclasses import replace

import pytest
from hypothesis import assume, given

from alerts.query import Document, NamedPlaces, QueryError, asks_of_words, fields_of, parse, why_missed, widened
from crawler.places.place import Place
from tests.makers.querying import readable
from tests.makers.searching import LEDE, TEXT

TOWN = 'place:"Waltham, MA"'
COUNTY, STATE = 'place:"Middlesex County, MA"', "state:MA"
WALTHAM = Place("Waltham", "city", "Middlesex County", "MA")
DOCUMENTS = [
    Document("Three arrested at car wash", text, "en", ("arrest",), "wbur", "WBUR", None, places)
    for text in ("", LEDE, TEXT, "raid Waltham ICE U.S. o'brien 287(g) check-in Hawaii detenida")
    for places in ((), (WALTHAM,))
]


def ways(query: str) -> list[tuple[int, str]]:
    return [(step, way.canonical) for step, way in widened(parse(query, NamedPlaces()))]


@pytest.mark.parametrize(
    ("query", "wider"),
    [
        (TOWN, [(1, f"{COUNTY} -{TOWN}"), (2, f"{STATE} -{TOWN}")]),
        (COUNTY, [(1, f"{STATE} -{COUNTY}")]),
        ("state:MA", []),
        ("raid", []),
        ("", []),
        ('"Moody Street"', [(1, '(moody street) -"Moody Street"')]),
        ("=ICE", [(1, "ICE -=ICE")]),
        ('title:"car wash"', [(1, '"car wash" -title:"car wash"'), (2, '(car wash) -title:"car wash"')]),
        ("raid NEAR/3 court", [(1, "(raid court) -(raid NEAR/3 court)")]),
        ('near:"02453 9mi"', [(1, 'near:"02453 18mi" -near:"02453 9mi"'), (2, 'near:"02453 36mi" -near:"02453 9mi"')]),
        ("raid -hockey", [(1, "raid hockey")]),
        (f"raid {STATE}", [(1, f"{STATE} -raid"), (1, f"raid -{STATE}")]),
        (f"raid {TOWN}", [(1, f"{TOWN} -raid"), (1, f"raid {COUNTY} -{TOWN}"), (2, f"raid {STATE} -{TOWN}"),
                          (3, f"raid -{TOWN}")]),
        ("raid van court", [(1, "van court -raid"), (1, "raid court -van"), (1, "raid van -court"),
                            (2, "court"), (2, "van"), (2, "raid")]),
        (f'{TOWN} OR =ICE', [(1, f"{COUNTY} OR ICE -({TOWN} OR =ICE)"), (2, f"{STATE} OR ICE -({TOWN} OR =ICE)")]),
    ],
)  # fmt: skip
def test_one_condition_after_the_other_is_widened_then_two_are_left_out(
    query: str, wider: list[tuple[int, str]]
) -> None:
    assert ways(query) == wider


def test_an_office_is_widened_to_its_states() -> None:
    assert ways("office:Boston") == []  # it has whole states
    [(_, way)] = widened(parse('office:"New York"', NamedPlaces()))
    upstate = replace(DOCUMENTS[0], places=(Place("Buffalo", "city", "Erie County", "NY"),))
    assert way.is_met_by(upstate)
    assert not way.is_met_by(replace(DOCUMENTS[0], places=(Place("Yonkers", "city", "Westchester County", "NY"),)))


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("raid", None),
        ("", None),
        (f"raid {TOWN} -lang:es", f'{TOWN} -lang:"es"'),
        (f"raid OR {TOWN}", None),
        (f"{STATE} OR kind:arrest", f'{STATE} OR kind:"arrest"'),
        (f"{STATE} -(raid kind:arrest)", STATE),
    ],
)
def test_what_a_query_asks_of_fields(query: str, fields: str | None) -> None:
    alone = fields_of(parse(query, NamedPlaces()))
    assert (alone and alone.canonical) == fields


@pytest.mark.slow
@given(readable("query"))
def test_who_fulfils_a_query_fulfils_its_fields_and_what_asks_for_no_words_is_told_by_them(text: str) -> None:
    try:
        query = parse(text, NamedPlaces())
    except QueryError:
        assume(False)
    fields = fields_of(query)
    for document in DOCUMENTS:
        holds = fields is None or fields.is_met_by(document)
        assert holds or not query.is_met_by(document)
        if not asks_of_words(query):
            assert holds == query.is_met_by(document)


@pytest.mark.slow
@given(readable("query"))
def test_what_fulfils_a_wider_query_misses_the_given_one(text: str) -> None:
    try:
        query = parse(text, NamedPlaces())
    except QueryError:
        assume(False)
    for _, way in list(widened(query))[:12]:
        for document in DOCUMENTS:
            if way.is_met_by(document) and not query.is_met_by(document):
                assert why_missed([document], query)
