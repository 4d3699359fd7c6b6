"""Files of labelled stories: every story is taken, or told by its line with what was expected there."""

import json
from pathlib import Path

import pytest

from crawler.model import IcewireError
from scheduler.checking.labelled import LabelledStory, read_labelled


def written(folder: Path, text: str | bytes, name: str = "mine.jsonl") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def line(**facts: object) -> str:
    return json.dumps({"title": "ICE comes to town", "text": "", "label": "activity", **facts}) + "\n"


def fault(folder: Path, text: str, name: str = "mine.jsonl") -> str:
    """What is said of the only story that cannot be taken."""
    [one] = read_labelled(written(folder, text, name)).faults
    return f"{one.line}: {one.said}"


def test_a_story_with_all_that_may_be_said_of_it(tmp_path: Path) -> None:
    said = line(url="https://a.example/b", lang="es", source="ledger", kind="Arrest, court", places=["Lynn, MA"], id=7)
    [story] = read_labelled(written(tmp_path, said)).stories
    assert story == LabelledStory(
        1,
        "ICE comes to town",
        "",
        "activity",
        "https://a.example/b",
        "es",
        "ledger",
        ("arrest", "court"),
        ("Lynn, MA",),
    )


@pytest.mark.parametrize(
    ("label", "truth"),
    [("activity", "activity"), ("ice_activity", "activity"), ("ICE_Mention", "mention"), ("mention", "mention"),
     ("none", "none"), ("not_ice", "none"), ("near", "none")],
)  # fmt: skip
def test_either_spelling_of_a_label(tmp_path: Path, label: str, truth: str) -> None:
    [story] = read_labelled(written(tmp_path, line(label=label))).stories
    assert story.label == truth


@pytest.mark.parametrize(
    ("places", "read"),
    [("Lynn, MA; Salem, MA", ("Lynn, MA", "Salem, MA")), ([], ()), ("none", ()), (None, None), ("", ()),
     ([{"name": "Lynn", "kind": "city", "state": "MA"}, {"name": "Maine", "kind": "state", "state": "ME"}],
      ("Lynn, MA", "Maine"))],
)  # fmt: skip
def test_places_as_people_write_them(tmp_path: Path, places: object, read: object) -> None:
    [story] = read_labelled(written(tmp_path, line(places=places))).stories
    assert story.places == read


def test_empty_lines_a_mark_at_the_start_and_odd_breaks_in_a_text_lose_nothing(tmp_path: Path) -> None:
    told = json.dumps({"title": "A\u2028B", "text": "C\u0085D", "label": "none"}, ensure_ascii=False)
    read = read_labelled(written(tmp_path, f"\ufeff\n{line()}\r\n\n{told}\n"))
    assert [(story.line, story.title) for story in read.stories] == [(2, "ICE comes to town"), (5, "A\u2028B")]
    assert read.faults == ()


def test_a_list_of_stories(tmp_path: Path) -> None:
    read = read_labelled(written(tmp_path, f"[{line()}, {line(label='none')}, 3]", "mine.json"))
    assert [story.line for story in read.stories] == [1, 2]
    assert [one.line for one in read.faults] == [3]


@pytest.mark.parametrize(("parted", "name"), [(",", "a.csv"), (";", "a.csv"), ("\t", "a.tsv"), (",", "a.txt")])
def test_a_table_with_a_header(tmp_path: Path, parted: str, name: str) -> None:
    rows = (("Title", "text", "label", "places"), ("ICE comes", '"One\n""two"""', "activity", '"Lynn, MA"'),
            ("Rink opens", "", "none", ""))  # fmt: skip
    read = read_labelled(written(tmp_path, "\r\n".join(map(parted.join, rows)), name))
    assert [(s.line, s.title, s.text, s.label, s.places) for s in read.stories] == [
        (2, "ICE comes", 'One\n"two"', "activity", ("Lynn, MA",)),
        (4, "Rink opens", "", "none", None),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (line() + "{broken\n", "2: no JSON (Expecting property name"),
        ("[1]", "1: expected an object like"),
        (line(label="yes"), "1: label: “yes” is none; expected activity, mention or none"),
        (line(label=None), "1: label: it is missing; expected activity"),
        (line(label=3), "1: label: expected a text, not 3"),
        (line(title="", text=" "), "1: title and text are both empty"),
        ('{"text": "a", "label": "none"}', "1: title: it is missing"),
        (line(text=["a"]), '1: text: expected a text, not ["a"]'),
        (line(places=3), "1: places: expected a list like"),
        (line(places=[3]), "1: places: expected names like"),
    ],
)
def test_what_cannot_be_taken_is_told_with_what_was_expected(tmp_path: Path, text: str, said: str) -> None:
    assert fault(tmp_path, text).startswith(said)


def test_a_row_with_more_cells_than_the_header(tmp_path: Path) -> None:
    said = fault(tmp_path, "title,text,label\nICE comes, goes,text,none\n", "a.csv")
    assert said.startswith("2: more cells than the header names; put text that holds a comma")


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("", "a.jsonl", "it holds no story; write one a line"),
        (b'{"title": "caf\xe9"}', "a.jsonl", "byte 15 is not UTF-8; save the file as UTF-8"),
        ("text,kind\na,b\n", "a.csv", "names no column label and none title; expected a header like title,text,label"),
        ("[1, 2", "a.json", "no JSON"),
    ],
)
def test_a_file_that_cannot_be_read_at_all(tmp_path: Path, text: str | bytes, name: str, said: str) -> None:
    with pytest.raises(IcewireError, match=said) as raised:
        read_labelled(written(tmp_path, text, name))
    assert str(tmp_path) in str(raised.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(IcewireError, match="it cannot be read: No such file"):
        read_labelled(tmp_path / "none.jsonl")
