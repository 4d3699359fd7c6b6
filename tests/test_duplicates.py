import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.duplicates import Candidate, Grouping, containment, fingerprint, group
from crawler.places import Place

WALTHAM = Place("Waltham", "city", "Middlesex County", "MA")
LOWELL = Place("Lowell", "city", "Middlesex County", "MA")
FRESNO = Place("Fresno", "city", "Fresno County", "CA")
DAY = datetime(2026, 5, 13, 14, 0, tzinfo=UTC)

WIRE_TITLE = "Immigration agents arrest five at Waltham bakery"
WIRE = """\
Federal immigration agents arrested five workers at a bakery on Moody Street on Tuesday morning, the
owner said. Agents in two unmarked vans pulled up behind the Golden Sheaf bakery shortly after six,
while the first loaves were coming out of the ovens, owner Halina Brzoska said. They showed a paper
at the back door and asked for the staff by name. "I have known these people for eleven years,"
Brzoska said. "Nobody told me where they were going." A spokesman for Immigration and Customs
Enforcement confirmed an operation in the city but declined to name those held. Lawyer Tobias
Achebe, who represents two of the workers, said both had hearings scheduled for the autumn and no
criminal record. He filed a petition in federal court in Boston late on Tuesday. Mayor Renata Okafor
said the city had not been told in advance. Neighbors left flowers at the door during the day, and a
vigil was planned for Wednesday at the common."""
OWN_TITLE = "Five bakery workers taken from Moody Street by ICE, owner says"
OWN = """\
The ovens at the Golden Sheaf were still hot when the vans came. By half past six, five of the
bakery's employees had been driven away, and Halina Brzoska was left on Moody Street with trays of
rye and a telephone that would not stop. It is the first immigration arrest at a Waltham business
this year, according to the volunteers who keep count. Achebe, a lawyer from Newton, drove over as
soon as a cousin called him. Okafor, the mayor, said she learned of it from the radio."""
LOWELL_TITLE = "ICE arrests four at Lowell roofing company"
LOWELL_TEXT = """\
Federal immigration agents arrested four roofers in the yard of a Lowell company on Tuesday morning,
a manager said. The men were loading ladders on Chelmsford Street when three cars blocked the gate,
said Petra Lindqvist, who runs the office of Mill City Roofing. An agency spokesman confirmed an
operation in the city but declined to name those held. Their families gathered at a church in the
afternoon. Lindqvist said work on a school would stop for the week."""


def known(
    number: int,
    title: str,
    text: str,
    place: Place | None = WALTHAM,
    days: float = 0,
    story: int = 0,
    copy_of: int | None = None,
) -> Candidate:
    places = (place,) if place else ()
    return Candidate(number, story or number * 10, title, text, DAY + timedelta(days=days), places, copy_of)


def grouped(
    title: str, text: str, candidates: list[Candidate], place: Place | None = WALTHAM, days: float = 0
) -> Grouping:
    return group(title, text, DAY + timedelta(days=days), (place,) if place else (), candidates)


def shared(a: str, b: str) -> int:
    return len(set(fingerprint("", a)) & set(fingerprint("", b)))


ABRIDGED = WIRE[:600]
LOCAL_LEAD = f"WALTHAM — Schools in the city opened as usual on Wednesday, the superintendent said.\n{WIRE}"
TYPOGRAPHIC = WIRE.replace('"', "”").replace("had no", "hadn’t any").replace("\n", "\n\n")
RELATED = f"{WIRE}\nRead more: What to know about the bakery\nSign up for the morning letter\nMore from Waltham"


@pytest.mark.parametrize("copy", [WIRE, ABRIDGED, LOCAL_LEAD, TYPOGRAPHIC, RELATED, WIRE.upper()])
def test_a_copy_with_another_headline_points_at_the_original(copy: str) -> None:
    found = grouped("Bakery raided", copy, [known(1, WIRE_TITLE, WIRE)])
    assert (found.story_id, found.copy_of) == (10, 1)
    assert found.because.startswith(f"same text as “{WIRE_TITLE}”: ")
    assert found.because.endswith("% of the shorter one's passages")


def test_a_longer_version_of_a_stored_brief_is_its_copy() -> None:
    assert grouped(WIRE_TITLE, WIRE, [known(1, "Bakery raided", ABRIDGED)]).copy_of == 1


def test_a_copy_of_a_copy_points_at_the_original() -> None:
    candidates = [known(2, "Bakery raided", ABRIDGED, story=10, copy_of=1)]
    assert grouped(WIRE_TITLE, WIRE, candidates) == replace(
        grouped(WIRE_TITLE, WIRE, candidates), story_id=10, copy_of=1
    )


def test_an_own_report_that_quotes_a_passage_at_its_end_is_no_copy() -> None:
    own = f"{OWN} {OWN} {OWN}\n" + WIRE[520:900]
    assert grouped(OWN_TITLE, own, [known(1, WIRE_TITLE, WIRE)]).copy_of is None


def test_the_same_form_filled_in_for_another_place_and_month_is_no_copy() -> None:
    form = WIRE[260:]
    release = f"{LOWELL_TEXT[:110]}\n{form}\n{LOWELL_TEXT}"
    assert containment(WIRE, release) > 0.45
    assert grouped(LOWELL_TITLE, release, [known(1, WIRE_TITLE, WIRE)], FRESNO, days=90).copy_of is None


def test_a_page_of_several_texts_does_not_make_them_copies_of_each_other() -> None:
    live = known(2, "Live", f"{WIRE}\n{LOWELL_TEXT}", story=10, copy_of=1)
    more = known(3, WIRE_TITLE, WIRE, story=10, copy_of=1)
    assert grouped(LOWELL_TITLE, LOWELL_TEXT, [known(1, WIRE_TITLE, WIRE), live, more]).copy_of is None


def test_two_equal_briefs_are_copies_and_two_equal_stubs_are_not() -> None:
    brief = "Police in Waltham said they had no part in the arrests."
    assert grouped(WIRE_TITLE, brief, [known(1, WIRE_TITLE, brief)]).copy_of == 1
    stub = "Subscribe to continue reading."
    assert grouped(OWN_TITLE, stub, [known(1, LOWELL_TITLE, stub, LOWELL)]).copy_of is None


def test_another_outlets_own_report_joins_the_story_and_says_why() -> None:
    found = grouped(OWN_TITLE, OWN, [known(7, LOWELL_TITLE, LOWELL_TEXT, LOWELL), known(1, WIRE_TITLE, WIRE)], days=1)
    assert (found.story_id, found.copy_of) == (10, None)
    assert found.because.startswith("same event: Waltham, MA; 13 May and 14 May; both name ")
    assert "Golden Sheaf" in found.because
    assert "Moody Street" in found.because


def test_two_raids_in_two_towns_on_one_day_are_two_stories() -> None:
    assert grouped(LOWELL_TITLE, LOWELL_TEXT, [known(1, WIRE_TITLE, WIRE)], LOWELL).story_id is None


def test_a_report_without_names_joins_the_raid_in_its_own_town_only() -> None:
    title = "Bakery workers arrested by immigration agents"
    text = "Five workers of a bakery were arrested on Tuesday morning, its owner said. Agents came in unmarked vans."
    assert grouped(title, text, [known(1, WIRE_TITLE, WIRE)], WALTHAM).story_id == 10
    assert grouped(title, text, [known(1, WIRE_TITLE, WIRE)], FRESNO).story_id is None


def test_a_report_months_later_opens_a_story() -> None:
    assert grouped(OWN_TITLE, OWN, [known(1, WIRE_TITLE, WIRE)], days=60).story_id is None


def test_one_raid_told_by_six_papers_over_three_days_is_one_story() -> None:
    sentences = [s for s in OWN.replace("\n", " ").split(". ") if s]
    papers = [(WIRE_TITLE, WIRE)]
    for n in range(5):
        turned = ". ".join(sentences[n % len(sentences) :: 2] + sentences[: n + 1])
        papers.append((f"{OWN_TITLE}: report {n}", f"Paper number {n} went to see. {turned}"))
    candidates = [known(90, LOWELL_TITLE, LOWELL_TEXT, LOWELL)]
    for n, (title, text) in enumerate(papers, 1):
        found = grouped(title, text, candidates, days=n / 2)
        candidates.append(known(n, title, text, days=n / 2, story=found.story_id or 10, copy_of=found.copy_of))
    assert {c.story_id for c in candidates[1:]} == {10}


def test_a_running_topic_does_not_become_one_story() -> None:
    links = ["bakery", "vans", "petition", "hearing", "appeal", "senate", "budget"]
    reports = [(f"The {a} and the {b}", f"{a} {b} " * 5 + f"told{n}") for n, (a, b) in enumerate(pairwise(links))]
    candidates: list[Candidate] = []
    for n, (title, text) in enumerate(reports, 1):
        found = grouped(title, text, candidates, place=None)
        candidates.append(known(n, title, text, None, story=found.story_id or 0, copy_of=found.copy_of))
    assert candidates[0].story_id != candidates[-1].story_id


def test_nothing_known_opens_a_story() -> None:
    assert grouped(WIRE_TITLE, WIRE, []) == Grouping(None, None, "no other report of this event is known")


def test_the_order_of_the_candidates_does_not_matter() -> None:
    candidates = [known(1, WIRE_TITLE, WIRE), known(2, OWN_TITLE, OWN), known(3, LOWELL_TITLE, LOWELL_TEXT, LOWELL)]
    for title, text in [(WIRE_TITLE, ABRIDGED), (OWN_TITLE, OWN[:400]), (LOWELL_TITLE, LOWELL_TEXT)]:
        assert grouped(title, text, candidates) == grouped(title, text, candidates[::-1])


def test_a_revised_candidate_is_read_anew() -> None:
    first = known(1, WIRE_TITLE, WIRE)
    assert grouped("Bakery raided", ABRIDGED, [first]).copy_of == 1
    assert grouped("Bakery raided", ABRIDGED, [replace(first, text=LOWELL_TEXT)]).copy_of is None
    moved = replace(first, story_id=77, copy_of=9)
    assert grouped("Bakery raided", ABRIDGED, [moved]).copy_of == 9
    assert grouped(OWN_TITLE, OWN, [moved]).story_id == 77
    assert grouped("Bakery raided", ABRIDGED, [first]).copy_of == 1


def test_a_very_long_candidate_is_compared_too() -> None:
    long = WIRE + " ".join(f"Line {n} tells of town {n * 13}." for n in range(3000))
    assert grouped("Bakery raided", WIRE, [known(1, WIRE_TITLE, long)]).copy_of == 1


@pytest.mark.parametrize("copy", [WIRE, ABRIDGED, LOCAL_LEAD, TYPOGRAPHIC, RELATED])
def test_copies_share_hashes_and_strangers_do_not(copy: str) -> None:
    assert shared(WIRE, copy) >= 5
    assert shared(OWN, copy) <= 1


def test_a_brief_inside_a_long_text_shares_hashes() -> None:
    long = " ".join(f"Sentence {n} tells of matter {n * 7} in town {n * 13}." for n in range(400))
    assert shared(f"{long} {ABRIDGED} {long}", ABRIDGED) >= 2


def test_a_fingerprint_is_signed_sorted_and_about_a_sixteenth_of_a_long_text() -> None:
    long = " ".join(f"word{n}" for n in range(4000))
    sample = fingerprint("A title", long)
    assert list(sample) == sorted(sample)
    assert -(2**63) <= sample[0] <= sample[-1] < 2**63
    assert 200 <= len(sample) <= 300
    assert len(fingerprint("", " ".join(f"word{n}" for n in range(100)))) == 32


def test_a_fingerprint_is_the_same_in_another_process() -> None:
    script = f"from crawler.duplicates import fingerprint; print(fingerprint('t', {WIRE!r}))"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert out.strip() == str(fingerprint("t", WIRE))


def test_a_text_without_words_has_no_fingerprint_and_one_without_body_has_its_headlines() -> None:
    assert fingerprint("", " \n…") == ()
    assert fingerprint(WIRE_TITLE, "") == fingerprint(WIRE_TITLE, "\n")
    assert fingerprint(WIRE_TITLE, "")


@given(st.text())
def test_any_text_contains_itself(text: str) -> None:
    assert containment(text, text) in (0.0, 1.0)
    assert fingerprint("", text) == fingerprint("", text)


@given(st.text(), st.text(), st.text(), st.text())
def test_any_texts_can_be_grouped(a: str, b: str, c: str, d: str) -> None:
    assert grouped(a, b, [known(1, c, d)]).story_id in (None, 10)
