"""`icewire topic check`: an operator's own labelled stories."""

import json
from pathlib import Path

import pytest

from crawler.topic.choice import chosen
from tests.makers.commanding import Command, _here, icewire
from tests.scheduler.checking.test_check import HELD, RINK

__all__ = ["_here", "icewire"]  # fixtures

pytestmark = pytest.mark.slow  # loads topic and gazetteer


@pytest.fixture
def mine(_here: None) -> str:
    """The name of a file with a story that is found, one that is missed, a false alarm and one that is none."""
    stories = [
        ("ICE agents arrest two roofers in Lynn", HELD, "activity"),
        ("Rink opens on Friday", RINK, "activity"),
        ("ICE agents arrest a baker in Salem", HELD, "mention"),
        ("Fair opens", "A parade of tractors.", "none"),
    ]
    lines = (json.dumps({"title": title, "text": text, "label": label}) for title, text, label in stories)
    Path("mine.jsonl").write_text("\n".join(lines))
    return "mine.jsonl"


def test_a_file_is_judged_with_figures_and_reasons(icewire: Command, mine: str) -> None:
    shown = icewire("topic", "check", mine)
    assert shown.status == 0
    assert "mine.jsonl: 4 stories judged" in shown.out
    assert "precision 0.500 recall 0.500 F1 0.500 (1 of 2 about the topic found, 1 false alarm)" in shown.out
    assert (
        "missed, line 2, score 0.00: Rink opens on Friday kept out: what speaks against it outweighs what speaks for it"
        in shown.out
    )
    assert "false alarm, line 3" in shown.out
    assert "“ICE agents” in the headline" in shown.out
    told = icewire("topic", "check", mine, "--json").data
    assert (told["stories"], told["found"], told["false_alarms"], told["f1"]) == (4, 1, 1, 0.5)
    assert [(one["line"], one["label"], one["kept_out_by"]) for one in told["wrong"]] == [
        (2, "activity", "outweighed"),
        (3, "mention", ""),
    ]
    assert (told["terms"], told["faults"]) == (None, [])


def test_another_topic_file_is_compared(icewire: Command, mine: str) -> None:
    shipped = (chosen().folder / "terms.toml").read_text("utf-8")
    line = next(row for row in shipped.splitlines() if row.startswith("activity ="))
    Path("other.toml").write_text(shipped.replace(line, "activity = 90.0"), "utf-8")
    shown = icewire("topic", "check", mine, "--terms", "other.toml").out
    assert "with other.toml: precision – recall 0.000 F1 0.000 (0 of 2 about the topic found" in shown
    assert "goes out (wrong: labelled activity), line 1" in shown
    assert "goes out (right: labelled mention), line 3" in shown
    changes = icewire("topic", "check", mine, "--terms", "other.toml", "--json").data["terms"]["changes"]
    assert [(one["line"], one["now"], one["better"]) for one in changes] == [
        (1, "activity", False),
        (3, "activity", True),
    ]


def test_what_cannot_be_taken_is_told_and_the_rest_judged(icewire: Command, mine: str) -> None:
    with Path(mine).open("a") as file:
        file.write('\n{"title": "Untold", "label": "perhaps"}\n')
    shown = icewire("topic", "check", mine)
    assert shown.status == 1
    assert "4 stories judged" in shown.out
    assert "mine.jsonl, line 5: label: “perhaps” is none; expected activity, mention or none" in shown.out
    assert "1 story could not be taken and is in no figure" in shown.out
    told = icewire("topic", "check", mine, "--json")
    assert json.loads(told.printed)["faults"][0]["line"] == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none.jsonl",), "none.jsonl: it cannot be read: No such file"),
        (("mine.jsonl", "--terms", "none.toml"), "none.toml"),
        (("mine.jsonl", "--terms", "mine.jsonl"), "expected the terms of a topic"),
    ],
)
def test_what_cannot_be_read_is_an_error(icewire: Command, mine: str, words: tuple[str, ...], said: str) -> None:
    done = icewire("topic", "check", *words, "--json")
    assert done.status == 1
    assert said in json.loads(done.printed)["error"]
    assert said in done.err


def test_the_home_of_an_outlet_tells_which_town_is_meant(icewire: Command, mine: str) -> None:
    story = {
        "title": "ICE agents arrest two roofers in Lynn", "text": HELD.replace(", Massachusetts,", ""),
        "label": "activity", "source": "the-lynn-lantern", "places": ["Lynn, MA"], "kind": "arrest",
    }  # fmt: skip
    Path("var/sources").mkdir()
    Path("var/sources/mine.toml").write_text(
        '[the-lynn-lantern]\nname = "The Lynn Lantern"\nhomepage = "https://lantern.example/"\n'
        'feeds = [{kind = "rss", url = "https://lantern.example/feed"}]\ncity = "Lynn"\nstate = "MA"\n'
    )
    Path(mine).write_text(json.dumps(story))
    told = icewire("topic", "check", mine, "--json").data
    assert (told["kind"], told["places"]) == ({"same": 1, "of": 1}, {"same": 1, "of": 1})
