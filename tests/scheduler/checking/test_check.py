"""What the topic says of labelled stories, and what other terms would change."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.topic.ceilings import CEILINGS
from crawler.topic.choice import chosen
from crawler.topic.subject import Subject, Truth
from scheduler.checking.check import Checked, Figures, check
from scheduler.checking.checked import KEPT_OUT
from scheduler.checking.labelled import LabelledStory

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
HELD = "ICE agents arrested two roofers in Lynn, Massachusetts, on Monday, their families said."
RINK = "The rink opens on Friday with fresh ice for skaters of all ages."


@pytest.fixture(scope="module")
def topic() -> Subject:
    return chosen()


def story(title: str, text: str = "", label: Truth = "activity", line: int = 1, **facts: object) -> LabelledStory:
    return LabelledStory(line, title, text, label, **facts)  # type: ignore[arg-type]


def checked(topic: Subject, *stories: LabelledStory, other: Subject | None = None) -> Checked:
    return check(stories, topic, NOW, other=other)


def test_figures_of_what_is_found_missed_and_wrongly_found(topic: Subject) -> None:
    done = checked(
        topic,
        story("ICE agents arrest two roofers in Lynn", HELD),
        story("Rink opens on Friday", RINK),
        story("ICE agents arrest a baker in Salem", HELD, "none"),
        story("Fair opens", "A parade of tractors.", "mention"),
        story("A story that nobody could tell", unsure=True),
    )
    assert done.figures == Figures(activity=2, found=1, false_alarms=1)
    assert (done.figures.precision, done.figures.recall, done.figures.f1) == (0.5, 0.5, 0.5)
    assert [one.story.title for one in done.wrong] == ["Rink opens on Friday", "ICE agents arrest a baker in Salem"]
    assert done.unsure == 1


def test_nothing_found_has_no_precision() -> None:
    assert Figures(0, 0, 0).as_json() == {
        "precision": None, "recall": None, "f1": None, "activity": 0, "found": 0, "false_alarms": 0,
    }  # fmt: skip


def test_what_keeps_a_story_out_is_named(topic: Subject) -> None:
    abroad = "Police in Spain arrested forty migrants in a deportation raid in Madrid, the interior ministry said."
    done = checked(
        topic,
        story("Immigration agents arrest forty migrants in Madrid raid", abroad),
        story("Rink opens on Friday", RINK),
        story("Fair opens", "A parade of tractors."),
        story("ICE agents arrest two roofers in Lynn", HELD),
    )
    assert [one.kept_out_by for one in done.stories] == ["abroad", "outweighed", "too_little", ""]


def test_every_reason_has_words() -> None:
    assert CEILINGS.keys() < KEPT_OUT.keys()


def test_kinds_and_places_that_were_said_are_compared(topic: Subject) -> None:
    told = ("ICE agents arrest two roofers in Lynn", HELD)
    done = checked(
        topic,
        story(*told, kinds=("arrest",), places=("Lynn, Massachusetts",)),
        story(*told, kinds=("arrest", "protest"), places=("Salem, MA",), line=2),
        story(*told, line=3),
    )
    assert ([one.story.line for one in done.kinds[0]], done.kinds[1]) == ([2], 2)
    assert ([one.story.line for one in done.places[0]], done.places[1]) == ([2], 2)


def test_other_terms_bring_stories_in_and_leave_stories_out(topic: Subject, tmp_path: Path) -> None:
    shipped = (chosen().folder / "terms.toml").read_text("utf-8")
    stricter = tmp_path / "other.toml"
    line = next(row for row in shipped.splitlines() if row.startswith("activity ="))
    stricter.write_text(shipped.replace(line, "activity = 90.0"), "utf-8")
    done = checked(
        topic,
        story("ICE agents arrest two roofers in Lynn", HELD),
        story("ICE agents arrest a baker in Salem", HELD, "none", 2),
        story("Rink opens on Friday", RINK, "none", 3),
        other=chosen().with_terms(stricter),
    )
    assert [(one.story.line, one.otherwise == "activity", one.is_right) for one in done.changed] == [
        (1, False, True),
        (2, False, False),
    ]
    assert done.other_figures == Figures(activity=1, found=0, false_alarms=0)
