import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.query.query import parse
from alerts.query.reasons import Hit
from alerts.query.window import window
from crawler.places import Place, shipped
from crawler.text.tokens import words
from tests.makers.searching import LEDE, TEXT, NoPlaces, document


def window_of(text: str, query: str, most: int = 25, title: str = "Three men arrested at car wash") -> str:
    told = document(text, title)
    hit = parse(query, NoPlaces()).match(told)
    assert hit is not None
    return window(told, hit, most)


def test_window_prefers_the_sentence_with_most_terms() -> None:
    assert window_of(TEXT, "quiroga courthouse") == "The men were driven to the courthouse in Cambridge, said Quiroga."


def test_window_is_never_from_the_lede() -> None:
    assert window_of(TEXT, '"Lexington Street"').startswith("City councilor Marta Quiroga")


def test_window_without_spans_is_the_first_sentence_after_the_lede() -> None:
    first = "City councilor Marta Quiroga said she was told of the operation an hour later."
    assert window_of(TEXT, "kind:arrest") == first
    assert window_of(TEXT, "") == first


def test_window_without_spans_prefers_a_complete_sentence() -> None:
    assert window_of(f"{LEDE}\nRelated coverage\nThe bakery reopened at noon.", "") == "The bakery reopened at noon."


def test_window_of_a_single_paragraph_begins_after_two_sentences() -> None:
    text = f"{LEDE} Nobody was hurt. Quiroga asked for answers."
    assert window_of(text, "waltham") == "Quiroga asked for answers."
    assert window_of(f"{LEDE} Nobody was hurt.", "waltham") == ""


@pytest.mark.parametrize("text", ["", "   \n ", LEDE, "\n\n" + LEDE + "\n"])
def test_window_of_nothing_but_a_lede_is_empty(text: str) -> None:
    assert window_of(text, "") == ""


@pytest.mark.parametrize(
    "above",
    [
        "By Tomás Albright, Bear Hill Post",
        "Published Friday at 5:15 p.m.",
        "Three Men Arrested at Car Wash",
        "By Tomás Albright\nUpdated 4 hours ago",
    ],
)
def test_byline_and_headline_above_the_lede_do_not_make_the_lede_quotable(above: str) -> None:
    assert window_of(f"{above}\n{LEDE}\nQuiroga asked for answers.", "waltham") == "Quiroga asked for answers."


def test_window_never_repeats_the_lede() -> None:
    pulled = "“Federal agents arrested three men at a car wash on Lexington Street,” the city said."
    assert window_of(f"{LEDE}\n{pulled}\nQuiroga asked.", "lexington") == "Quiroga asked."
    assert window_of(f"{LEDE}\n{LEDE}", "lexington") == ""


def test_window_cuts_a_long_sentence_at_words_and_says_so() -> None:
    long = " ".join(f"w{i}" for i in range(40)) + " bakery " + " ".join(f"v{i}" for i in range(40)) + "."
    shown = window_of(f"{LEDE}\n{long}", "bakery", most=9)
    assert shown == "…w36 w37 w38 w39 bakery v0 v1 v2 v3…"


def test_window_keeps_the_beginning_of_a_sentence_when_the_terms_are_there() -> None:
    long = "The bakery " + " ".join(f"v{i}" for i in range(40)) + "."
    assert window_of(f"{LEDE}\n{long}", "bakery", most=4) == "The bakery v0 v1…"


def test_window_counts_both_parts_of_a_hyphenated_word() -> None:
    long = "The E-Verify check of state-funded day-care workers ended."
    assert window_of(f"{LEDE}\n{long}", "", most=5) == "The E-Verify check of…"


def test_window_does_not_quote_a_whole_text_that_has_no_spaces() -> None:
    assert window_of(f"{LEDE}\n" + "移民局官員" * 20 + "。", "") == ""


WALTHAM = Place("Waltham", "city", "Middlesex County", "MA")
NEWTON = Place("Newton", "city", "Middlesex County", "MA")
BOSTON = Place("Boston", "city", "Suffolk County", "MA")
PLACED = "\n".join(
    [
        LEDE,
        "The men were driven to Boston by agents of ICE, who said that they were arrested without trouble.",
        "A raid in spring had emptied the same street. The car wash is the third in Waltham that was searched.",
        "In Newton, where a raid was feared, the council met that night.",
    ]
)


def placed(query: str, *places: Place, text: str = PLACED, **facts: Any) -> str:
    told = replace(document(text), places=places, **facts)
    hit = parse(query, shipped()).match(told)
    assert hit is not None
    return window(told, hit)


@pytest.mark.parametrize(
    "query", ['place:"Waltham, MA"', 'near:"02453 3mi"', 'near:"02453 3mi" OR place:"Waltham, MA"']
)
def test_a_search_by_place_shows_the_sentence_that_says_the_place(query: str) -> None:
    assert placed(query, WALTHAM, BOSTON) == "The car wash is the third in Waltham that was searched."


def test_a_search_by_an_area_shows_the_place_in_it_the_one_where_most_happened_first() -> None:
    assert placed("office:Boston", WALTHAM, BOSTON) == "The car wash is the third in Waltham that was searched."
    assert placed("state:MA", NEWTON, WALTHAM).startswith("In Newton, where a raid")


def test_a_search_by_words_and_place_shows_both_where_one_sentence_has_both() -> None:
    assert placed('raid place:"Newton, MA"', WALTHAM, NEWTON).startswith("In Newton, where a raid was feared")
    assert placed('raid place:"Waltham, MA"', WALTHAM) == "A raid in spring had emptied the same street."


def test_what_the_judge_says_of_a_place_is_believed_whatever_it_is_called() -> None:
    jail = "They were kept at the Nashua Street Jail overnight."
    text = f"{PLACED}\n{jail}\nBoston Whitfield, a neighbor, saw it."
    assert placed('place:"Boston, MA"', WALTHAM, BOSTON, text=text, said=((), (jail, "Gone from the text."))) == jail


def test_where_only_the_opening_says_the_place_no_sentence_about_another_is_shown() -> None:
    text = f"{LEDE}\nICE agents arrested two more in Boston.\nNobody was hurt by the agents."
    assert placed('place:"Waltham, MA"', WALTHAM, BOSTON, text=text) == "Nobody was hurt by the agents."
    assert placed('place:"Waltham, MA"', WALTHAM, BOSTON, text=text.rpartition("\n")[0]) == ""


def test_a_street_that_is_called_after_a_place_does_not_say_it() -> None:
    text = f"{LEDE}\nAgents closed Waltham Street.\nThe mayor of Waltham asked why."
    assert placed('place:"Waltham, MA"', WALTHAM, text=text) == "The mayor of Waltham asked why."


def test_nothing_is_shown_of_what_may_not_be_quoted() -> None:
    assert placed("boston", WALTHAM, quotable=False) == ""


def test_the_forms_of_a_word_are_one_word() -> None:
    text = f"{LEDE}\nRaids, raids: a raid was raided.\nA raid took the baker."
    assert window_of(text, "raid baker") == "A raid took the baker."


def test_what_a_page_says_of_itself_is_shown_last() -> None:
    text = f"{LEDE}\nSign up for our newsletter on the bakery.\nThe bakery is closed."
    assert window_of(text, "bakery") == "The bakery is closed."


_WORDS = st.sampled_from(
    [
        "raid",
        "The",
        "men",
        "E-Verify",
        "“ICE",
        "said.",
        "said.”",
        "Waltham,",
        "—",
        "U.S.",
        "\n",
        "\n\n",
        "x" * 90,
        "Peña’s",
    ]
)
_TEXT = st.lists(_WORDS, max_size=80).map(" ".join) | st.text(max_size=200)
_QUERIES = [parse(query, NoPlaces()) for query in ("", "raid", "ice OR men OR said", "pena*", '"the men"')]


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.slow
@given(_TEXT, st.sampled_from(_QUERIES), st.integers(0, 25))
def test_window_is_a_short_piece_of_the_text(text: str, query: object, most: int) -> None:
    told = document(text)
    hit = query.match(told) or Hit((), (), False)  # type: ignore[attr-defined]
    shown = window(told, hit, most)
    assert len(shown.split()) <= most
    assert len(words(shown)) <= most
    assert shown.removeprefix("…").removesuffix("…") in squeezed(text)


@given(st.lists(_WORDS, min_size=1, max_size=30), st.lists(_WORDS, max_size=60))
def test_window_lies_after_the_first_paragraph(lede: list[str], body: list[str]) -> None:
    first = re.sub(r"\s+", " ", " ".join(lede)).strip() or "raid"
    rest = " ".join(body)
    told = replace(document(f"{first}\n{rest}"), title="Another headline")
    shown = window(told, parse("", NoPlaces()).match(told) or Hit((), (), False))
    if rest.strip():
        assert shown.removeprefix("…").removesuffix("…") in squeezed(rest)
