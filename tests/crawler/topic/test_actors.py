"""Who acts in a story, and on whose word: each with its sentence, or nothing."""

import time

import pytest

from crawler.topic.choice import chosen

ACTORS = chosen().actors or pytest.fail("the shipped topic has actors")


def acting(text: str, title: str = "") -> list[str]:
    return [named.who for named in ACTORS.found(title, text).actors]


def heard(text: str) -> list[str]:
    return [named.who for named in ACTORS.found("", text).said_by]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("ICE agents arrested three roofers on Main Street.", ["ice"]),
        ("Three roofers were taken into custody Tuesday by masked ICE agents.", ["ice"]),
        ("Agents with Homeland Security Investigations raided the plant.", ["hsi"]),
        ("HSI, a part of ICE, searched the bakery.", ["hsi"]),
        ("Border Patrol agents stopped a van near Calais and detained four.", ["cbp"]),
        ("Two men were detained by ICE and HSI agents.", ["ice", "hsi"]),
        ("ICE, FBI and DEA agents raided the club.", ["ice", "fbi", "dea"]),
        ("Sheriff's deputies working under a 287(g) agreement arrested him at a traffic stop.", ["287g"]),
        ("U.S. Marshals and ICE agents arrested a cook.", ["ice", "marshals"]),
        ("ICE said it arrested nine people in Dover.", ["ice"]),
        ("Agentes de ICE detuvieron a tres techadores.", ["ice"]),
        ("La cocinera fue detenida por agentes de la Patrulla Fronteriza.", ["cbp"]),
    ],
)
def test_somebody_acts_who_does_it_to_somebody(text: str, who: list[str]) -> None:
    assert acting(text) == who


@pytest.mark.parametrize(
    "text",
    [
        "He fears that he could be detained by ICE.", "ICE has not arrested anybody here, the mayor said.",
        "ICE said that city police arrested the men.", "ICE arrests have doubled since May.",
        "ICE said it would open an office.",
        "Sheriff's deputies arrested him at a traffic stop.", "Federal agents took the cook away.",
        "If she is stopped by ICE, she calls a lawyer.", "She slipped on the ice and was taken by ambulance.",
    ],
)  # fmt: skip
def test_what_is_feared_denied_possible_or_done_by_others_is_no_act(text: str) -> None:
    assert acting(text) == []


def test_a_headline_tells_who_acts_too() -> None:
    assert acting("", "ICE arrests three in Lowell") == ["ice"]
    assert acting("", "ICE arrests rise in Lowell") == []


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Three men were arrested by ICE, officials said.", ["officials"]),
        ("ICE agents took the men from a van, according to two witnesses.", ["witnesses"]),
        ("“ICE agents took him from the car,” said Rosa Quill, his wife.", ["family"]),
        ("His lawyer said ICE agents held him for two days.", ["lawyers"]),
        ("ICE agents arrested him at his door, court records show.", ["court"]),
        ("Organizers say ICE detained four day laborers.", ["advocates"]),
        ("Agentes de ICE detuvieron a la cocinera, según sus vecinos.", ["witnesses"]),
    ],
)  # fmt: skip
def test_it_stands_on_the_word_of_who_says_so(text: str, who: list[str]) -> None:
    assert heard(text) == who


@pytest.mark.parametrize(
    "text",
    [
        "The mayor said the library will close at noon.", "Police that officials said were calm stood outside.",
        "ICE agents arrested three men.", "Neighbors said they heard music.",
    ],
)  # fmt: skip
def test_what_is_said_of_something_else_is_nobodys_word(text: str) -> None:
    assert heard(text) == []


def test_each_comes_with_the_first_sentence_that_says_so() -> None:
    text = "The shop was closed. ICE agents arrested two cooks, witnesses said. ICE agents arrested a third."
    found = ACTORS.found("Two cooks gone", text)
    assert [(named.who, named.sentence) for named in (*found.actors, *found.said_by)] == [
        ("ice", "ICE agents arrested two cooks, witnesses said."),
        ("witnesses", "ICE agents arrested two cooks, witnesses said."),
    ]


@pytest.mark.parametrize(
    "text",
    ["arrested a " * 180, "ICE and " * 240, "said " + "a." * 900, "ICE, a b c d, " * 140, "arrested " + "'" * 1900],
)
def test_no_text_makes_it_slow(text: str) -> None:
    begun = time.process_time()
    ACTORS.found(text, "\n".join([text] * 6))
    assert time.process_time() - begun < 2
