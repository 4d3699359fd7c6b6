"""Why a story missed a search, in words."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.query.document import Document
from alerts.query.match import match_story
from alerts.query.misses import why_missed
from alerts.query.query import parse
from alerts.query.tokens import QueryError
from crawler.places.place import Place

TOWNS = {
    name: Place(name.partition(",")[0], "city", "Middlesex County", "MA") for name in ("Waltham, MA", "Lowell, MA")
}


class Towns:
    def look_up(self, name: str) -> Place | None:
        return TOWNS.get(name)

    def suggest(self, name: str) -> tuple[str, ...]:
        return ()


def document(text: str, *places: Place, kind: str = "arrest") -> Document:
    return Document(
        title="Three men arrested at car wash", text=text, language="en", kinds=(kind,), source_id="bear-hill-post",
        source_name="Bear Hill Post", published_at=None, places=places,
    )  # fmt: skip


TOLD = document("Agents waited at the courthouse. They left long before the hockey game began.", TOWNS["Waltham, MA"])


def lacks(query: str, *documents: Document) -> tuple[str, ...]:
    return tuple(clause.said() for clause in why_missed(documents or (TOLD,), parse(query, Towns())))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("raid", "raid is not in it"),
        ('"moody street"', "“moody street” is not in it"),
        ("raid OR redada", "raid or redada is not in it"),
        ("agents -hockey", "it has hockey, which the search leaves out"),
        ("agents NEAR/2 hockey", "agents and hockey do not stand at most 2 words apart"),
        ("agents NEAR/2 raid", "raid is not in it"),
        ('place:"Lowell, MA"', "it happened in Waltham, MA, not in Lowell, MA"),
        ("kind:raid", "it is about arrests, not about raids"),
        ("lang:es", "it is in English, not in Spanish"),
        ("source:wbur", "it is from Bear Hill Post, not from wbur"),
        ('raid OR place:"Lowell, MA"', "raid is not in it, and it happened in Waltham, MA, not in Lowell, MA"),
        ("raid OR (kind:raid agents)", "raid is not in it, and it is about arrests, not about raids"),
    ],
)
def test_a_miss_names_what_is_lacking(query: str, said: str) -> None:
    assert lacks(query) == (said,)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("raid OR redada", "raid o redada no está en ella"),
        ("agents -hockey", "tiene hockey, que la búsqueda excluye"),
        ("agents NEAR/2 hockey", "agents y hockey no están a un máximo de 2 palabras de distancia"),
        ('place:"Lowell, MA"', "ocurrió en Waltham, MA, no en Lowell, MA"),
        ("kind:raid", "trata de arrestos, no de redadas"),
        ("lang:es", "está en inglés, no en español"),
        ("since:2026-03-01", "nadie dice qué día se publicó"),
        ("raid OR kind:raid", "raid no está en ella, y trata de arrestos, no de redadas"),
    ],
)
def test_it_is_told_in_spanish_to_who_reads_that(query: str, said: str) -> None:
    [clause] = why_missed([TOLD], parse(query, Towns()))
    assert clause.said("es") == said


def test_a_day_is_told_as_a_reader_says_it() -> None:
    told = replace(TOLD, published_at=datetime(2026, 3, 9, 12, tzinfo=UTC))
    assert lacks("since:2026-03-10", told) == ("it was published on March 9, 2026, before March 10, 2026",)
    assert lacks("before:2026-03-09", told) == ("it was published on March 9, 2026, after March 8, 2026",)
    assert lacks("since:2026-03-09 before:2026-03-10", told) == ()


def test_each_condition_that_is_not_met_is_one_clause() -> None:
    assert lacks("courthouse raid -hockey") == ("raid is not in it", "it has hockey, which the search leaves out")


def test_a_story_without_a_place_says_so() -> None:
    assert lacks('place:"Lowell, MA"', document("Agents came.")) == ("no place is said, so not in Lowell, MA",)


def test_of_several_reports_the_nearest_is_told() -> None:
    assert lacks("courthouse raid", document("Nothing."), TOLD) == ("raid is not in it",)


def test_what_matches_lacks_nothing() -> None:
    assert lacks("courthouse -raid") == ()
    assert lacks("", TOLD) == ()
    assert why_missed([], parse("raid", Towns())) == ()


WORDS = st.sampled_from(
    ["agents", "courthouse", "raid", "-hockey", "-raid", "OR", "NEAR/3", "kind:raid", "kind:arrest"]
)


@given(st.lists(WORDS, min_size=1, max_size=6).map(" ".join))
def test_something_is_lacking_exactly_when_the_search_does_not_match(text: str) -> None:
    try:
        query = parse(text, Towns())
    except QueryError:
        return
    missed = match_story([TOLD], query) is None
    assert bool(why_missed([TOLD], query)) is missed
