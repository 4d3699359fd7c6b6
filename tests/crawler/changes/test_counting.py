"""How many people a report counts: rather no figure than a wrong one."""

import pytest

from crawler.changes.counting import Figure, figures

LONG = "The agents came in four vans, neighbors said, and left within a quarter of an hour."


@pytest.mark.parametrize(
    ("title", "kind", "number"),
    [
        ("ICE arrests 12 at Lawrence laundry", "arrest", 12),
        ("Five people detained in Lynn raid", "arrest", 5),
        ("12 detenidos en redada de ICE en Lynn", "arrest", 12),
        ("1,200 arrested in operation, ICE says", "arrest", 1200),
        ("Two dead after van of ICE agents rolls over", "death", 2),
        ("4 agents injured at protest outside jail", "hospital", 4),
        ("Judge's order: ICE releases 3", "release", 3),
        ("5 immigrants arrested by ICE agents in Lynn", "arrest", 5),
    ],
)
def test_a_headline_gives_its_figure(title: str, kind: str, number: int) -> None:
    assert figures(title, LONG) == (Figure(kind, number),)


@pytest.mark.parametrize(
    "title",
    [
        "Three ICE agents detain a man in Waltham",  # who is counted is not detained
        "Man, 20-year-old son arrested",
        "ICE plans to arrest 30",
        "ICE arrested two in 2019",
        "About 40 people detained at laundry",
        "Between 10 and 15 people detained",
        "Two men arrested, 5 others detained",  # 7, but nobody adds up
        "Six of 14 workers detained",
        "A dozen detained",
        "Nine workers taken to a hospital after spill",
        "50 percent of those arrested had no record",
        "Council votes 5-2 against ICE contract",
    ],
)
def test_what_is_no_count_of_this_day_is_none(title: str) -> None:
    assert figures(title, LONG) == ()


def test_the_first_sentences_tell_what_the_headline_does_not() -> None:
    first = "Agents arrested nine people outside the mill on Monday."
    text = f"{first}\n{LONG}\nIn all 40 people were detained in the county."
    assert figures("Raid at the mill", text) == (Figure("arrest", 9),)
    assert figures("Eight arrested at the mill", text) == (Figure("arrest", 8),)


def test_at_least_three_and_five_are_no_difference() -> None:
    [least] = figures("At least 3 arrested after raid", "")
    assert least == Figure("arrest", 3, at_least=True)
    assert least.agrees(Figure("arrest", 5))
    assert Figure("arrest", 5).agrees(least)
    assert not least.agrees(Figure("arrest", 2))
    assert not Figure("arrest", 3).agrees(Figure("arrest", 5))
