"""One filter: what an address asks for, and the query that it comes to."""

from datetime import date
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.web.archive.filter import StoryFilter, read_filter
from crawler.places.gazetteer import Gazetteer

TODAY = date(2026, 3, 9)
OUTLETS = {"ledger": "The Ledger"}
NAMES = ("q", "place", "kind", "outlet", "language", "since", "until")


def printed_again(wanted: StoryFilter) -> StoryFilter:
    return StoryFilter.of(dict(parse_qsl(wanted.printed(), keep_blank_values=True)))


@given(st.dictionaries(st.sampled_from([*NAMES, "page", "utm_source"]), st.text()))
def test_what_is_printed_is_read_as_the_same(given: dict[str, str]) -> None:
    wanted = StoryFilter.of(given)
    assert printed_again(wanted) == wanted
    assert printed_again(wanted).printed() == wanted.printed()


def test_a_filter_prints_in_one_order_and_without_what_is_empty() -> None:
    wanted = StoryFilter.of({"kind": "arrest", "since": "", "q": "  raid \n", "place": "Waltham, MA", "other": "1"})
    assert wanted.printed() == "q=raid&place=Waltham%2C+MA&kind=arrest"
    assert wanted.at("/stories.csv", older="1.2") == "/stories.csv?q=raid&place=Waltham%2C+MA&kind=arrest&older=1.2"
    assert StoryFilter().at("/stories") == "/stories"


def test_it_comes_to_one_query_of_the_alerts_language(gazetteer: Gazetteer) -> None:
    wanted = StoryFilter(
        "raid OR arrest*", "middlesex county, ma", "court", "The Ledger", "es", "2026-02-01", "2026-02-28"
    )
    query = read_filter(wanted, gazetteer, OUTLETS, TODAY).query
    assert query is not None
    assert query.text == (
        'raid OR arrest* place:"Middlesex County, MA" kind:"court" source:"the ledger" lang:"es" '
        "since:2026-02-01 before:2026-03-01"
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("q", "(raid", "This parenthesis is never closed"),
        ("place", "Walthamm, MA", "No place is known as “Walthamm, MA”"),
        ("place", '"; DROP TABLE story', "No place is known"),
        ("kind", "arest", "No kind is called “arest”"),
        ("outlet", "nobody", "No outlet is called “nobody”"),
        ("language", "klingon", "“klingon” is no language"),
        ("since", "2026-02-30", "“2026-02-30” is no day"),
        ("until", "9999-12-31", "“9999-12-31” is no day"),
        ("until", "soon", "“soon” is no day"),
        ("place", "x" * 5000, "That is too long"),
        ("q", "raid " * 2000, "A query has at most 4000 characters"),
    ],
)
def test_a_mistake_is_told_of_the_field_that_it_is_in(gazetteer: Gazetteer, name: str, value: str, said: str) -> None:
    asked = read_filter(StoryFilter.of({name: value}), gazetteer, OUTLETS, TODAY)
    if value == "9999-12-31":
        assert asked.query is None or not asked.problems
        return
    assert asked.query is None
    assert list(asked.problems) == [name]
    assert said in asked.problems[name].message


@given(st.dictionaries(st.sampled_from(NAMES), st.text() | st.sampled_from(["MA", "arrest", "9999-12-31", "ledger"])))
def test_whatever_is_asked_is_a_query_or_a_mistake(given: dict[str, str]) -> None:
    from crawler.places.gazetteer import shipped

    asked = read_filter(StoryFilter.of(given), shipped(), OUTLETS, TODAY)
    assert (asked.query is None) == bool(asked.problems)
    assert str(asked.as_json("es"))
