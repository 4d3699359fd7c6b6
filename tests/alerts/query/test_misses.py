"""Why a story missed a search, in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.query.document import Document
from alerts.query.match import match_story
from alerts.query.misses import why_missed
from alerts.query.query import parse
from alerts.query.tokens import QueryError
from crawler.places.gazetteer import Place

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
    return why_missed(documents or (TOLD,), parse(query, Towns()))


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
        ("kind:raid", "its kind is arrest, not raid"),
        ("lang:es", "its language is en, not es"),
        ("source:wbur", "its outlet is bear-hill-post, not wbur"),
        ('raid OR place:"Lowell, MA"', "raid is not in it, and it happened in Waltham, MA, not in Lowell, MA"),
        ("raid OR (kind:raid agents)", "raid is not in it, and its kind is arrest, not raid"),
    ],
)
def test_a_miss_names_what_is_lacking(query: str, said: str) -> None:
    assert lacks(query) == (said,)


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
