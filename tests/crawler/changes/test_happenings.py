"""happenings(): what a sentence says has happened, and what it only plans, wishes, denies or remembers."""

import pytest

from crawler.changes.happenings import happenings, known_happenings


def kinds(sentence: str) -> set[str]:
    return {happening.kind for happening in happenings(sentence)}


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Nadia Ferreira was released on Tuesday after a month in custody.", "release"),
        ("ICE frees Lowell student", "release"),
        ("La madre de dos niños fue liberada el martes.", "release"),
        ("An immigration judge set bond at $3,000.", "bond"),
        ("A judge denied her bond.", "no bond"),
        ("Two officers were indicted by a grand jury.", "charge"),
        ("Prosecutors dropped the charges against the driver.", "dismissal"),
        ("She pleaded not guilty in Worcester.", "plea"),
        ("A jury acquitted the driver on Friday.", "verdict"),
        ("He was deported to Honduras on Monday.", "removal"),
        ("The men were transferred to a detention center in Texas.", "transfer"),
        ("The man died at a hospital in Lynn.", "death"),
        ("The medical examiner ruled the death a homicide.", "cause"),
        ("The man was identified as Ousmane Fofana.", "identity"),
        ("A federal judge in Boston on Monday ordered the agency to stop.", "ruling"),
        ("Un juez federal ordenó su liberación.", "ruling"),
        ("The court rejected the motion.", "refusal"),
        ("The family filed a wrongful death lawsuit in Buffalo.", "lawsuit"),
        ("Hundreds of students walked out of class.", "protest"),
        ("The city council voted 8 to 3 for the ordinance.", "decision"),
        ("The officer was placed on paid leave.", "inquiry"),
        ("Homeland Security confirmed the operation.", "confirmation"),
        ("The bakery reopened on Monday.", "reopening"),
    ],
)
def test_what_has_happened_is_found(sentence: str, kind: str) -> None:
    assert kind in kinds(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "She will be released on Tuesday.",
        "Her lawyer hopes she is released soon.",
        "Neighbors demand that he be freed.",
        "He has not been released.",
        "A judge will decide whether to release her.",
        "A judge did not say when she would rule.",
        "The judge declined to comment.",
        "“She was released at noon,” a neighbor said.",
        "The agency released a statement on Tuesday.",
        "The video, released by police, has no sound.",
        "The company released a new phone.",
        "Last year a judge blocked a raid in Lowell.",
        "He was convicted of theft in 2014.",
        "He had been deported before he came to Waltham.",
        "Her father died when she was nine.",
        "Nationwide, judges ordered the release of hundreds.",
        "Since January, a court has ruled for the city twice.",
        "A rally is planned for Thursday.",
        "Advocates plan to rally outside City Hall.",
        "The agents identified themselves as police.",
        "Podría ser deportado a Honduras.",
        "Su familia pide que sea liberado.",
    ],
)  # fmt: skip
def test_what_is_planned_wished_denied_quoted_or_long_past_is_not(sentence: str) -> None:
    assert kinds(sentence) - {"arrest"} == set()


def test_a_quotation_counts_as_told_before() -> None:
    said = "“She was released at noon,” a neighbor said."
    assert "release" in {h.kind for h in known_happenings(said, {"release"})}


@pytest.mark.parametrize(
    ("sentence", "kind", "number"),
    [
        ("Five workers were arrested at a car wash.", "arrest", 5),
        ("ICE arrests 14 at restaurant", "arrest", 14),
        ("Agents detained about 1,200 people in the state.", "arrest", 1200),
        ("Death toll rises to three in Lynn", "death", 3),
        ("Dos hombres fueron detenidos en Chelsea.", "arrest", 2),
    ],
)
def test_how_many_people_is_read(sentence: str, kind: str, number: float) -> None:
    assert (kind, number) in {(h.kind, h.number) for h in happenings(sentence)}


@pytest.mark.parametrize(
    "sentence",
    [
        "Rogelio Santamaría, 38, was arrested on Tuesday.",
        "He was arrested at 7:30 near a school.",
        "She was arrested after 12 years in the country.",
        "The man was detained in 2019.",
        "A 38-year-old man was arrested.",
    ],
)
def test_an_age_a_time_or_a_year_is_no_number_of_people(sentence: str) -> None:
    assert {h.number for h in happenings(sentence)} <= {0.0}


def test_a_ruling_says_what_about() -> None:
    said = {h.detail for h in happenings("A judge ordered the release of two men.") if h.kind == "ruling"}
    assert said == {"release"}


def test_the_word_that_says_it_is_found_behind_a_quotation() -> None:
    sentence = "“We never gave up hope,” she said after she was released on Friday."
    [found] = [h for h in happenings(sentence) if h.kind == "release"]
    assert sentence.split()[found.at] == "released"
