from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from alerts.locale import in_words
from crawler.grouping.gist import Candidate
from tests.makers.reports import (
    FRESNO,
    LOWELL,
    LOWELL_TEXT,
    LOWELL_TITLE,
    OWN,
    OWN_TITLE,
    WALTHAM,
    WIRE,
    WIRE_TITLE,
    grouped,
    known,
)

ABRIDGED = WIRE[:600]


def test_another_outlets_own_report_joins_the_story_and_says_why() -> None:
    found = grouped(OWN_TITLE, OWN, [known(7, LOWELL_TITLE, LOWELL_TEXT, LOWELL), known(1, WIRE_TITLE, WIRE)], days=1)
    assert (found.story_id, found.copy_of) == (10, None)
    assert in_words(found.because) == (
        "same event: Waltham, MA; May 13, 2026 and May 14, 2026; both name Moody Street, Golden Sheaf, Halina Brzoska; "
        "both speak of bakery, five, moody, owner"
    )
    assert 10 not in dict(found.apart)


def test_two_raids_in_two_towns_on_one_day_are_two_stories() -> None:
    assert grouped(LOWELL_TITLE, LOWELL_TEXT, [known(1, WIRE_TITLE, WIRE)], LOWELL).story_id is None


def test_a_report_without_names_joins_the_raid_in_its_own_town_only() -> None:
    title = "Bakery workers arrested by immigration agents"
    text = "Five workers of a bakery were arrested on Tuesday morning, its owner said. Agents came in unmarked vans."
    assert grouped(title, text, [known(1, WIRE_TITLE, WIRE)], WALTHAM).story_id == 10
    assert grouped(title, text, [known(1, WIRE_TITLE, WIRE)], FRESNO).story_id is None


def test_two_events_of_one_protagonist_are_two_stories() -> None:
    plant = """\
Norvale said on Monday that it would build batteries for its buses in a former paper mill. Norvale bought the mill last
spring. The first line is to run by autumn, and it expects to hire ninety machinists. The council lowered the rent,
and a pension fund lent the rest. Roofers are replacing slates, electricians are laying cables, and a canal that
once turned the wheels will cool the furnaces. The firm has promised apprentices a canteen and a tram stop."""
    recall = """\
Norvale asked drivers on Monday to leave the rear doors shut after two passengers fell. It traced the fault to a
hinge. Mechanics will mend every coach before winter, an engineer of Norvale said. An inspector praised its haste, but
a widow has sued Norvale over a broken hip. Dealers wait for bolts from Sweden, timetables are thinned, and schools were
told to rent vans for outings. The firm pays for taxis meanwhile."""
    first = known(1, "Norvale to make batteries in paper mill", plant, None)
    assert grouped("Norvale recalls coaches over faulty hinge", recall, [first], place=None).story_id is None
    again = "The paper mill will make batteries for Norvale, which is to hire ninety machinists by autumn."
    assert grouped("Old mill to hire ninety", again, [first], place=None).story_id == 10


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
    found = grouped(WIRE_TITLE, WIRE, [])
    assert (found.story_id, found.copy_of, in_words(found.because)) == (
        None,
        None,
        "the first report of this event that we know",
    )
    assert len(found.clues) == len(set(found.clues)) == 24


def test_the_order_of_the_candidates_does_not_matter() -> None:
    candidates = [known(1, WIRE_TITLE, WIRE), known(2, OWN_TITLE, OWN), known(3, LOWELL_TITLE, LOWELL_TEXT, LOWELL)]
    for title, text in [(WIRE_TITLE, ABRIDGED), (OWN_TITLE, OWN[:400]), (LOWELL_TITLE, LOWELL_TEXT)]:
        assert grouped(title, text, candidates) == grouped(title, text, candidates[::-1])


@given(st.text(), st.text(), st.text(), st.text())
def test_any_texts_can_be_grouped(a: str, b: str, c: str, d: str) -> None:
    assert grouped(a, b, [known(1, c, d)]).story_id in (None, 10)
