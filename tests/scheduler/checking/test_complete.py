"""Whether a topic folder has all that it needs."""

import shutil
from pathlib import Path

import pytest

from crawler.changes import phrases_of
from crawler.model import IcewireError
from crawler.places.files import GazetteerError
from crawler.places.gazetteer import Gazetteer
from crawler.topic.choice import SHIPPED, chosen
from crawler.topic.subject import Subject
from crawler.topic.terms import TopicError
from scheduler.checking.complete import examples, lacking


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped topic, to be spoilt."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "topic"))


def test_the_shipped_topic_lacks_nothing() -> None:
    assert lacking(chosen()) == []
    assert {story.label for story in examples(chosen()).stories} == {"activity", "mention", "none"}


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("words.es.toml", 'raid = "redadas"', "", "words.es.toml: [kinds] has no word for raid"),
        ("words.en.toml", 'hsi = "HSI"', "", "words.en.toml: [actors] has no word for hsi"),
        ("kinds.toml", "[kind.shooting]", "[kind.gunfire]", "shooting stands in no [kind] of kinds.toml"),
        ("changes.toml", "[happened]", '[number_first]\nremoval = ["deported"]\n[happened]', "no word for removal"),
        ("examples.toml", '"activity"', '"mention"', "there is no example of a story with the label activity"),
    ],
)
def test_what_one_file_names_and_another_lacks_is_told(folder: Path, name: str, old: str, new: str, said: str) -> None:
    written = (folder / name).read_text("utf-8")
    assert old in written
    (folder / name).write_text(written.replace(old, new), "utf-8")
    assert said in "\n".join(lacking(Subject(folder)))


@pytest.mark.parametrize("name", ["terms.toml", "kinds.toml", "words.en.toml", "examples.toml"])
def test_a_file_that_is_missing_or_no_toml_is_told_by_its_name(folder: Path, name: str) -> None:
    (folder / name).write_text("[[", "utf-8")
    with pytest.raises(TopicError, match=name):
        lacking(Subject(folder))
    (folder / name).unlink()
    with pytest.raises(TopicError, match=name):
        lacking(Subject(folder))


@pytest.mark.parametrize(
    ("name", "added", "said"),
    [
        ("changes.toml", "published = 3", r"changes\.toml: published: expected a list of texts, not 3"),
        ("changes.toml", 'happens = ["fire"]', r"changes\.toml: happens: expected only undone, "),
        (
            "changes.toml",
            '[named]\nAGENCY = ["(ice"]',
            r"changes\.toml: \[named\] AGENCY: expected regular expressions",
        ),
        ("changes.toml", '[happened]\nescape = ["fled"]', r"changes\.toml: \[told\] escape: expected a list of texts"),
        ("stock_words.toml", 'names = ["("]', r"stock_words\.toml: names: expected regular expressions"),
        ("stock_words.toml", 'usual = ["a"]', r"stock_words\.toml: usual: expected only common, capitals, names"),
        ("offices.csv", "office,state", r"offices\.csv: the first line must be office,state,county"),
    ],
)
def test_what_is_wrong_in_a_file_that_adds_to_shared_lists_is_told(
    folder: Path, name: str, added: str, said: str
) -> None:
    (folder / name).write_text(added, "utf-8")
    with pytest.raises(IcewireError, match=said):
        lacking(Subject(folder))


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ('venues = ["a"]', r"places\.toml: venues: expected only never_bare"),
        ('[named]\nWHO = ["a"]', r"places\.toml: \[named\] WHO: expected only ACT, AGENCY, LAW, PEOPLE, SENT"),
        ('[named]\nLAW = ["("]', r"places\.toml: \[named\] LAW: expected regular expressions"),
    ],
)
def test_what_is_wrong_in_how_it_speaks_of_places_is_told(folder: Path, added: str, said: str) -> None:
    (folder / "places.toml").write_text(added, "utf-8")
    with pytest.raises(GazetteerError, match=said):
        Gazetteer.load(subject=Subject(folder))


def test_a_topic_adds_what_it_has_and_needs_to_add_nothing(folder: Path) -> None:
    assert "removal" in phrases_of(Subject(folder)).happened
    for name in ("places.toml", "changes.toml", "stock_words.toml", "offices.csv", "facilities.csv"):
        (folder / name).unlink()
    bare = Subject(folder)
    assert lacking(bare) == []
    assert not bare.stock_words.common
    assert "removal" not in phrases_of(bare).happened
    assert "ruling" in phrases_of(bare).happened


def test_a_label_that_is_none_is_told_with_those_there_are(folder: Path) -> None:
    (folder / "examples.toml").write_text('[[example]]\ntitle = "A"\ntext = "B"\nlabel = "perhaps"\n', "utf-8")
    with pytest.raises(TopicError, match="label: expected one of activity, mention, none, not 'perhaps'"):
        examples(Subject(folder))


def test_a_topic_may_do_without_actors_and_other_countries(folder: Path) -> None:
    for name in ("actors.toml", "elsewhere.toml"):
        (folder / name).unlink()
    bare = Subject(folder)
    assert bare.actors is None
    assert bare.topic.judge("ICE agents arrest two roofers in Lynn", "").label == "activity"
