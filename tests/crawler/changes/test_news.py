"""development(): what happened since, in a report's own words."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.changes.news import LONGEST_LINE, development, says
from tests.benchmarks.development import cases

TITLE = "ICE detains two at Waltham bakery"
TEXT = """\
Federal immigration agents detained two workers at a bakery on Moody Street in Waltham on Tuesday, the owner said.
Agents in unmarked cars came before seven, said Halina Brzoska, who owns the Golden Sheaf.
The men were taken to Burlington, their lawyer Tobias Achebe said.
A hearing is scheduled for Friday, and a vigil is planned for Wednesday evening.
ICE did not respond to a request for comment."""
KNOWN = [(TITLE, TEXT)]
LEDE = (
    "Two brothers who were taken from a Waltham bakery were released on bond on Friday after a hearing in Chelmsford."
)


def version(old: str, new: str) -> str:
    """The known text with one passage replaced."""
    assert old in TEXT
    return TEXT.replace(old, new)


@pytest.mark.slow
def test_of_the_invented_pairs_none_is_told_for_nothing_and_few_are_missed() -> None:
    judged = [(bool(wanted), bool(development(title, text, known))) for known, title, text, wanted in cases()]
    assert judged.count((False, True)) == 0
    assert judged.count((True, False)) <= 4


@pytest.mark.parametrize(
    ("unsure", "sure"),
    [
        ("Achebe could not say whether the two were released on bond.", "The two were released on bond."),
        ("Nobody knew if a judge ordered them released on bond.", "A judge ordered them released on bond."),
    ],
)
def test_what_nobody_could_say_before_is_news_once_it_is_said(unsure: str, sure: str) -> None:
    hearing = "A hearing is scheduled for Friday, and a vigil is planned for Wednesday evening."
    assert development(TITLE, version(hearing, sure), [(TITLE, version(hearing, unsure))]) == sure


def test_a_sentence_with_a_word_in_quotation_marks_is_no_news_to_who_has_read_it() -> None:
    text = "A judge “finally” ordered two bakers freed in Boston."
    assert development("Bakers", text, [("Bread", text)]) == ""


def test_the_headline_is_the_line_when_it_says_it() -> None:
    assert development("Judge grants bond to bakery workers", LEDE, KNOWN) == "Judge grants bond to bakery workers"


def test_a_sentence_below_the_first_paragraph_is_quoted_before_the_first() -> None:
    text = f"{LEDE}\nBread was waiting.\nThey were released at noon, said Achebe, who had waited at the gate."
    line = "They were released at noon, said Achebe, who had waited at the gate."
    assert development("Golden Sheaf brothers hug their mother", text, KNOWN) == line


def test_of_the_first_paragraph_only_a_fragment_is_quoted() -> None:
    line = development("Golden Sheaf brothers hug their mother", f"{LEDE}\nBread was waiting in the shop.", KNOWN)
    assert "released on bond" in line
    assert len(line.replace("…", "").split()) <= 7


def test_a_long_sentence_is_cut_between_words() -> None:
    said = "They were released at noon from the office in Burlington " + "where people had waited since dawn " * 9
    line = development("Golden Sheaf brothers hug their mother", f"{LEDE}\nBread was there.\n{said}today.", KNOWN)
    assert line.startswith("They were released at noon")
    assert line.endswith(" …")
    assert len(line) <= LONGEST_LINE
    assert len(line.split()) <= 26


def test_a_story_that_nothing_told_has_no_development() -> None:
    assert development("Judge grants bond to bakery workers", LEDE, []) == ""


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (
            "ICE did not respond to a request for comment.",
            "ICE confirmed the arrests on Wednesday morning.",
            "confirmed",
        ),
        ("The men were taken to Burlington", "The men were transferred to a jail in Louisiana", "Louisiana"),
        ("A hearing is scheduled for Friday", "A judge granted both men bond on Friday", "granted both men bond"),
        ("detained two workers", "detained six workers", "six"),
        ("said Halina Brzoska", "said Helina Brzoska", ""),
        ("Agents in unmarked cars", "Agents, in unmarked cars,", ""),
        ("A hearing is scheduled for Friday", "A hearing is scheduled for Thursday", ""),
        ("ICE did not respond", "Last year, a judge blocked arrests in Lowell.\nICE did not respond", ""),
    ],
)
def test_another_version_of_a_text_has_a_development_where_it_says_so(old: str, new: str, wanted: str) -> None:
    line = development(TITLE, version(old, new), KNOWN)
    assert wanted in line
    assert bool(line) == bool(wanted)


def test_what_a_version_says_far_down_counts_but_not_what_a_report_of_its_own_does() -> None:
    late = "\nA federal judge ordered the release of both men on Friday."
    assert "judge ordered the release" in development(TITLE, TEXT + late, KNOWN)
    own = "Waltham talks of nothing else.\nThe bakery is full.\nPeople ask for the two brothers." + late
    assert development("A bakery after the arrests", own, KNOWN) == ""


def test_one_development_is_not_told_again_by_the_next_report() -> None:
    first = ("Brothers from Waltham bakery released", LEDE)
    assert development(*first, KNOWN)
    assert (
        development("Bakery workers freed after hearing", "The brothers were freed on Friday.", [*KNOWN, first]) == ""
    )


def test_a_confirmation_is_news_only_when_there_was_none() -> None:
    confirmed = (
        "ICE confirms two arrests in Waltham",
        "ICE confirmed on Wednesday that it arrested two men in Waltham.",
    )
    assert development(*confirmed, KNOWN)
    assert development(*confirmed, [(TITLE, "ICE agents detained two workers, the agency said on Tuesday.")]) == ""


def test_a_number_that_another_report_only_rounds_is_not_new() -> None:
    known = [("Raid in Worcester", "Agents arrested 34 people at a plant in Worcester on Monday.")]
    assert development("Raid", "More than 30 people were arrested in Worcester.", known) == ""
    assert development("Raid", "Agents arrested 52 people in Worcester, twice as many as was thought.", known)


def test_a_report_says_a_line_when_its_title_or_text_has_all_of_its_words() -> None:
    assert says("… came before seven, said …", TITLE, TEXT)
    assert says(TITLE, TITLE, "")
    assert not says("… came before eight …", TITLE, TEXT)
    assert not says("", TITLE, TEXT)
    assert not says("…", TITLE, TEXT)


_WORDS = st.sampled_from(
    "Judge orders release of two men. ICE confirmed “released” on bond, 12 were arrested …\n – $5".split(" ")
)
_TEXTS = st.lists(_WORDS, max_size=60).map(" ".join)


@example("", "Judge Judge orders “released” arrested …\n", [])
@given(_TEXTS, _TEXTS, st.lists(st.tuples(_TEXTS, _TEXTS), max_size=3))
def test_whatever_is_read_the_line_is_short_and_the_reports_own(
    title: str, text: str, known: list[tuple[str, str]]
) -> None:
    line = development(title, text, known)
    assert len(line) <= LONGEST_LINE
    assert not line or says(line, title, text)
    assert development(title, text, [*known, (title, text)]) == ""


@pytest.mark.slow
@pytest.mark.parametrize("passage", ["released to the ", "judge ", "two ", "“", "1", "a judge may not order, "])
def test_a_page_of_nonsense_is_judged_in_time(passage: str) -> None:
    text = passage * (60_000 // len(passage))
    before = time.process_time()
    development(text, text, [("x", "y")])
    development("Judge orders release", "Two men were arrested.", [(text, text)])
    assert time.process_time() - before < 2


@given(st.text(), st.text(), st.text())
def test_any_text_can_be_judged(title: str, text: str, known: str) -> None:
    assert isinstance(development(title, text, [("", known)]), str)
