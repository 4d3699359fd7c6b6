import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.locale import in_words
from crawler.changes import revisions
from crawler.changes.revisions import word_diff, word_edits


def material_change(old_title: str, old_text: str, new_title: str, new_text: str) -> str:
    """What changed, as it is shown."""
    return in_words(revisions.material_change(old_title, old_text, new_title, new_text))


TITLE = "Federal agents detain seven at Lowell car wash"
LEDE = "LOWELL — Federal immigration agents detained seven people at a car wash on Pawtucket Boulevard on Tuesday."
BODY = (
    "Owner Delia Prentiss said the agents arrived shortly after the morning shift began.\n"
    "A spokesman for the agency said seven men were held. He gave no names.\n"
    "The men were taken to an office in Burlington, according to their lawyer."
)
TEXT = f"{LEDE}\n{BODY}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TEXT, TEXT),
        (TEXT, TEXT.replace("\n", "\n\n").replace(" the ", "  the ")),
        (f"Updated 3:15 p.m.\n{TEXT}", f"Updated 6:40 p.m. Wednesday\n{TEXT}"),
        (TEXT, f"Last updated: May 13, 2026 at 9:05 AM EDT\n{TEXT}"),
        (f"May 13, 2026 | 9:05 AM\n{TEXT}", f"May 14, 2026 | 10:20 AM\n{TEXT}"),
        (TEXT, f"{TEXT}\nRelated: City council hears from residents about the car wash arrests\nRead more"),
        (TEXT, f"{TEXT}\nSign up for our free morning newsletter and never miss a story."),
        (TEXT, TEXT.replace("Prentiss said", "Prentiss, said").replace("LOWELL —", "LOWELL –")),
        (TEXT, TEXT.replace("seven men", "7 men")),
        (TEXT, TEXT.replace("shortly", "soon")),
        (TEXT, TEXT.replace("on Tuesday", "Tuesday")),
        (TEXT, "\n".join([LEDE, *reversed(BODY.split("\n"))])),
        (f"12 comments\n{TEXT}", f"48 comments\n{TEXT}"),
    ],
)
def test_trivial_edits_are_no_change(old: str, new: str) -> None:
    assert material_change(TITLE, old, TITLE, new) == ""


@pytest.mark.parametrize(
    "title",
    [TITLE.upper(), f"{TITLE} | Merrimack Ledger", TITLE.replace("seven", "7"), f"  {TITLE} ", f"UPDATE: {TITLE}",
     f"Watch | {TITLE}", f"BREAKING — {TITLE}", f"{TITLE} (updated)", f"{TITLE} [w/ video]"],
)  # fmt: skip
def test_a_headline_with_the_same_words_has_not_changed(title: str) -> None:
    assert material_change(TITLE, TEXT, title, TEXT) == ""


def test_a_new_headline_is_quoted() -> None:
    change = material_change(TITLE, TEXT, "Judge frees four of seven held at Lowell car wash", TEXT)
    assert change == "headline changed: “Judge frees four of seven held at Lowell car wash”"


def test_a_part_after_a_dash_belongs_to_the_headline_when_it_changes() -> None:
    assert material_change(TITLE, TEXT, f"Video shows {TITLE}", TEXT).startswith("headline changed")
    change = material_change(f"{TITLE} – owner speaks", TEXT, f"{TITLE} – one man freed", TEXT)
    assert change.startswith("headline changed")


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("seven men", "nine men", "seven → nine"),
        ("seven men", "12 men", "seven → 12"),
        ("seven men", "1,200 men", "seven → 1,200"),
    ],
)
def test_a_replaced_number_is_shown(before: str, after: str, shown: str) -> None:
    assert material_change(TITLE, TEXT, TITLE, TEXT.replace(before, after)) == f"numbers {shown}"


def test_a_figure_with_thousands_is_one_number() -> None:
    old, new = f"{TEXT}\nIt fined the firm 1,500 dollars in all.", f"{TEXT}\nIt fined the firm 1,800 dollars in all."
    assert material_change(TITLE, old, TITLE, new) == "numbers 1,500 → 1,800"


def test_an_added_paragraph_is_quoted_with_its_first_twenty_words() -> None:
    added = (
        "On Wednesday evening about two hundred people stood outside the car wash with candles, and the owner read the "
        "names of those who had not come home."
    )
    change = material_change(TITLE, TEXT, TITLE, f"{TEXT}\n{added}")
    assert change == f"a paragraph added: “{' '.join(added.split()[:20])} …”"


def test_a_sentence_added_inside_a_paragraph_is_quoted() -> None:
    new = TEXT.replace("He gave no names.", "He gave no names. Two of them hold work permits that run until next year.")
    change = material_change(TITLE, TEXT, TITLE, new)
    assert change == "a sentence added: “Two of them hold work permits that run until next year.”"


def test_a_correction_comes_first() -> None:
    note = "Correction: An earlier version of this article gave the wrong name for the owner."
    change = material_change(TITLE, TEXT, TITLE, f"{TEXT}\nThe men appeared before a judge in Chelmsford.\n{note}")
    assert change == f"correction: “{note}”; a paragraph was added"


def test_a_removed_passage_is_told() -> None:
    new = TEXT.replace("The men were taken to an office in Burlington, according to their lawyer.", "")
    assert material_change(TITLE, TEXT, TITLE, new).startswith("a sentence removed: “The men were taken")


def test_a_word_that_turns_a_sentence_round_counts() -> None:
    new = TEXT.replace("The men were taken", "The men were not taken")
    assert material_change(TITLE, TEXT, TITLE, new).startswith("a sentence reads differently: “The men were not taken")


STAFF = f"{TEXT}\nThe manager, Jon Abbot, declined to speak. Prentiss and the lawyer, Mateo Ruiz, met in Burlington."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Jon Abbot", "Ivan Petrov"),
        ("Jon Abbot", "Jon Abbott"),
        ("Mateo Ruiz", "Matteo Ruiz"),
        ("Delia Prentiss", "Adelia Prentiss"),
        ("The manager, Jon Abbot, declined", "The manager declined"),
        ("A spokesman for", "Spokesman Karl Brandt for"),
        ("on Pawtucket Boulevard", "on Chelmsford Boulevard"),
        ("seven men were held", "seven men, 3 of them fathers, were held"),
        ("He gave no names.", "He gave no names. One later died."),
    ],
)
def test_a_name_or_number_or_fate_counts_however_few_words_it_takes(before: str, after: str) -> None:
    assert before in STAFF
    assert material_change(TITLE, STAFF, TITLE, STAFF.replace(before, after))
    assert material_change(TITLE, STAFF.replace(before, after), TITLE, STAFF)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("declined to speak", "declined to talk"),
        ("arrived shortly", "arived shortly"),
        ("Federal immigration agents", "Federal Immigration agents"),
        ("the agency", "Immigration and Customs Enforcement"),
        ("A spokesman", "A U.S. spokesman"),
        ("He gave no names", "The spokesman gave no names"),
        ("the lawyer, Mateo Ruiz,", "Mateo Ruiz, the lawyer,"),
        ("The manager, Jon Abbot", "Manager Jon Abbot"),
        ("on Tuesday", "on Tuesday, May 13"),
        ("in Burlington, according", "in Burlington, Mass., according"),
        ("Prentiss and the lawyer", "Ms. Prentiss and the lawyer"),
    ],
)
def test_another_word_for_the_same_is_trivial(before: str, after: str) -> None:
    assert before in STAFF
    assert material_change(TITLE, STAFF, TITLE, STAFF.replace(before, after)) == ""


@pytest.mark.parametrize(
    "line",
    [
        "Updated 2 hours ago",
        "Posted 3 mins ago",
        "1.2K shares",
        "45 shares | 12 comments",
        "Share on Facebook Share on Twitter",
        "Published May 13, 2026 9:05 am EDT | Updated May 13, 2026 10:05 am EDT",
        "This story was last updated at 5 p.m.",
        "RELATED: Council hears of raid at the city's largest car wash",
        "Get the day's top stories in your inbox every morning.",
        "Contact Jane Roe at jroe@harborledger.example or follow her @jroe",
        "Jane Roe can be reached at 555-555-0100.",
    ],
)
def test_what_hangs_on_a_page_is_trivial(line: str) -> None:
    assert material_change(TITLE, TEXT, TITLE, f"{TEXT}\n{line}") == ""
    assert material_change(TITLE, f"{line}\n{TEXT}", TITLE, TEXT) == ""


@pytest.mark.parametrize(
    "note",
    [
        "This article has been corrected.",
        "An earlier version of this story misspelled the owner's name.",
        "Clarification: The men work at night.",
        "This story has been updated to correct the number of men.",
    ],
)
def test_a_note_on_a_mistake_is_a_correction(note: str) -> None:
    assert material_change(TITLE, TEXT, TITLE, f"{TEXT}\n{note}").startswith("correction: ")


def test_the_first_paragraph_is_never_quoted() -> None:
    lede = "LOWELL — A federal judge on Friday freed four men whom immigration agents had seized at a car wash here."
    change = material_change(TITLE, TEXT, TITLE, f"{lede}\n{BODY}")
    assert change
    assert "“" not in change


def test_many_changes_stay_one_line_with_one_quotation() -> None:
    new = "\n".join(f"Paragraph number {n} tells something quite new about what followed." for n in range(2, 30))
    change = material_change(TITLE, TEXT, TITLE, new)
    assert change.count("“") <= 1
    assert "\n" not in change


@given(st.text(), st.text())
def test_any_text_is_unchanged_against_itself(title: str, text: str) -> None:
    assert material_change(title, text, title, text) == ""


@given(st.text(), st.text(), st.text(), st.text())
def test_any_texts_can_be_compared(a: str, b: str, c: str, d: str) -> None:
    assert material_change(a, b, c, d) == material_change(a, b, c, d)


def rebuilt(old: str, new: str) -> tuple[list[str], list[str]]:
    edits = word_edits(old, new)
    return [w for kind, said in edits if kind != "+" for w in said], [
        w for kind, said in edits if kind != "-" for w in said
    ]


def test_a_diff_shows_the_words_that_changed_with_a_few_around_them() -> None:
    assert word_diff(TEXT, TEXT.replace("Delia Prentiss", "Delia Prentice")) == [
        [" ", "… Pawtucket Boulevard on Tuesday. Owner Delia"],
        ["-", "Prentiss"],
        ["+", "Prentice"],
        [" ", "said the agents arrived shortly after …"],
    ]


def test_a_diff_of_the_same_words_is_empty() -> None:
    assert word_diff(TEXT, TEXT.replace("\n", "\n\n").replace(" the ", "  the ")) == []
    assert word_diff("", "") == []


def test_a_diff_shows_added_and_removed_paragraphs() -> None:
    added = "A judge will hear the case in Boston on Friday."
    assert ["+", added] in word_diff(TEXT, f"{TEXT}\n{added}")
    assert ["-", added] in word_diff(f"{added}\n{TEXT}", TEXT)


def test_a_diff_never_holds_a_whole_text() -> None:
    old, new = (" ".join(f"{side}{n}" for n in range(5000)) for side in ("old", "new"))
    assert sum(len(said.split()) for _, said in word_diff(old, new)) < 200
    lines = [" ".join(f"word{n * m}" for m in range(9)) for n in range(500)]
    changed = [line.replace(" ", " other ", 1) for line in lines]
    assert sum(len(said.split()) for _, said in word_diff("\n".join(lines), "\n".join(changed))) < 700


words_of_news = st.lists(st.sampled_from("the men were taken agents said held seven \n".split(" ")), max_size=60).map(
    " ".join
)


@given(st.one_of(words_of_news, st.text()), st.one_of(words_of_news, st.text()))
@example("the the the \n the", "the the \n the the")
def test_both_texts_can_be_rebuilt_from_all_edits(old: str, new: str) -> None:
    assert rebuilt(old, new) == (old.split(), new.split())
    assert (word_diff(old, new) == []) == (old.split() == new.split())
