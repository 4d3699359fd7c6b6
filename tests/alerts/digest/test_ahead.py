"""Days ahead that a story tells of public bodies: rather none than a wrong one."""

from datetime import date

import pytest

from alerts.digest.ahead import Ahead, dates_ahead

MONDAY = frozenset({date(2026, 3, 9)})


@pytest.mark.parametrize(
    ("sentence", "day", "act", "body"),
    [
        ("The Waltham City Council will vote Tuesday on the contract.", 10, "vote", "Waltham City Council"),
        ("City council is expected to vote on the ordinance Tuesday night.", 10, "vote", "City council"),
        ("The council will vote Monday night.", 9, "vote", "Council"),
        (
            "The Middlesex County Board of Commissioners is scheduled to meet at 6 p.m. on Thursday, March 12.",
            12, "meeting", "Middlesex County Board of Commissioners",
        ),
        ("On Wednesday, the Lynn School Committee will discuss the policy.", 11, "meeting", "Lynn School Committee"),
        ("A public hearing is scheduled for March 24 at City Hall.", 24, "hearing", ""),
        ("A federal judge will hear arguments Friday in the case.", 13, "hearing", "Federal judge"),
        ("The Board of Supervisors meets Tuesday to consider it.", 10, "meeting", "Board of Supervisors"),
        ("A hearing has been set for Thursday in U.S. District Court.", 12, "hearing", "U.S. District Court"),
        ("The Lowell City Council will vote Tuesday (March 10) on it.", 10, "vote", "Lowell City Council"),
    ],
)  # fmt: skip
def test_who_does_what_and_when(sentence: str, day: int, act: str, body: str) -> None:
    text = f"Agents left by noon on Monday.\n{sentence} Nobody answered calls."
    assert dates_ahead(text, MONDAY) == (Ahead(date(2026, 3, day), act, body),)


@pytest.mark.parametrize(
    "sentence",
    [
        "The council voted Tuesday.",
        "The city council would vote Tuesday if a quorum is met.",
        "The Chelsea City Council will not vote Tuesday.",
        "The city council will vote next Tuesday.",  # which one?
        "The city council meets every Tuesday.",
        "The city council will vote on Tuesday, March 11.",  # a Wednesday
        "The city council will vote on a plan to close the jail by Tuesday.",
        "The school board will meet after Tuesday's arrests.",
        "The hearing was scheduled for Tuesday.",
        "Organizers said the city council will vote Tuesday, days after a march on Wednesday.",
        "A vigil is planned for Wednesday.",
        "Ruiz will meet a lawyer on Tuesday.",
        "A hearing has been set for Monday.",  # today, or in a week
        "The city council will vote in November.",
        "The city council will vote on Nov. 3, 2026.",  # too far to be sure
        "The council on foreign relations will meet Tuesday.",
    ],
)
def test_what_is_not_sure_is_left_out(sentence: str) -> None:
    assert dates_ahead(sentence, MONDAY) == ()


def test_a_weekday_in_a_story_that_was_changed_later_may_mean_two_days() -> None:
    said = "The Waltham City Council will vote Wednesday."
    assert dates_ahead(said, MONDAY | {date(2026, 3, 10)})[0].day == date(2026, 3, 11)
    assert dates_ahead(said, MONDAY | {date(2026, 3, 12)}) == ()
    dated = "The Waltham City Council will vote on March 18."
    assert dates_ahead(dated, MONDAY | {date(2026, 3, 12)})[0].day == date(2026, 3, 18)


def test_a_day_of_january_is_next_years_in_december() -> None:
    [ahead] = dates_ahead("The Lynn City Council will vote on Jan. 5.", frozenset({date(2026, 12, 29)}))
    assert ahead.day == date(2027, 1, 5)
