import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.locale import in_words
from crawler.grouping.copies import containment, fingerprint
from tests.makers.reports import (
    FRESNO,
    LOWELL,
    LOWELL_TEXT,
    LOWELL_TITLE,
    OWN,
    OWN_TITLE,
    WIRE,
    WIRE_TITLE,
    grouped,
    known,
)


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
    assert in_words(found.because).startswith(f"same text as “{WIRE_TITLE}”: ")
    assert in_words(found.because).endswith("% of the shorter one's passages")


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


def test_nor_is_one_with_the_places_swapped_in_headline_and_text_however_alike() -> None:
    swapped = WIRE.replace("in the city", "in Fresno")
    title = WIRE_TITLE.replace("Waltham", "Fresno")
    assert containment(WIRE, swapped) > 0.9
    assert grouped(title, swapped, [known(1, WIRE_TITLE, WIRE)], FRESNO).copy_of is None
    assert grouped(WIRE_TITLE, swapped, [known(1, WIRE_TITLE, WIRE)], FRESNO).copy_of == 1
    assert grouped(title, f"{swapped} It was as in Waltham.", [known(1, WIRE_TITLE, WIRE)], FRESNO).copy_of == 1


def test_a_page_of_several_texts_does_not_make_them_copies_of_each_other() -> None:
    live = known(2, "Live", f"{WIRE}\n{LOWELL_TEXT}", story=10, copy_of=1)
    more = known(3, WIRE_TITLE, WIRE, story=10, copy_of=1)
    assert grouped(LOWELL_TITLE, LOWELL_TEXT, [known(1, WIRE_TITLE, WIRE), live, more]).copy_of is None


def test_two_equal_briefs_are_copies_and_two_equal_stubs_are_not() -> None:
    brief = "Police in Waltham said they had no part in the arrests."
    assert grouped(WIRE_TITLE, brief, [known(1, WIRE_TITLE, brief)]).copy_of == 1
    stub = "Subscribe to continue reading."
    assert grouped(OWN_TITLE, stub, [known(1, LOWELL_TITLE, stub, LOWELL)]).copy_of is None


def test_a_revised_candidate_is_read_anew() -> None:
    first = known(1, WIRE_TITLE, WIRE)
    assert grouped("Bakery raided", ABRIDGED, [first]).copy_of == 1
    assert grouped("Bakery raided", ABRIDGED, [replace(first, text=LOWELL_TEXT)]).copy_of is None
    moved = replace(first, story_id=77, copy_of=9)
    assert grouped("Bakery raided", ABRIDGED, [moved]).copy_of == 9
    assert grouped(OWN_TITLE, OWN, [replace(first, story_id=77)]).story_id == 77
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


@pytest.mark.slow
def test_a_fingerprint_is_the_same_in_another_process() -> None:
    script = f"from crawler.grouping.copies import fingerprint; print(fingerprint('t', {WIRE!r}))"
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
