"""phrases.toml: read as patterns, and named with the key when it is wrong."""

from pathlib import Path

import pytest

import crawler.changes
from crawler.changes.phrases import phrases, phrases_of
from crawler.topic import TopicError, chosen

SHIPPED = (Path(crawler.changes.__file__).parent / "phrases.toml").read_text(encoding="utf-8")


def mended(folder: Path, old: str, new: str) -> Path:
    assert old in SHIPPED
    file = folder / "phrases.toml"
    file.write_text(SHIPPED.replace(old, new, 1), encoding="utf-8")
    return file


def test_a_name_in_capitals_stands_for_its_words() -> None:
    assert phrases().happened["ruling"].search("a federal judge has ordered it")
    assert phrases().happened["ruling"].search("a federal COURT has ordered it") is None


def test_a_tilde_stands_for_a_few_words_and_no_more() -> None:
    assert phrases().happened["bond"].search("he was released today on a low bond")
    assert phrases().happened["bond"].search("released one two three four five on bond") is None


def test_a_word_counts_only_whole() -> None:
    assert phrases().happened["release"].search("unreleased") is None


def test_what_happened_is_known_as_well() -> None:
    assert phrases().known.keys() == phrases().happened.keys()
    assert phrases().known["release"].search("freed")
    assert phrases().known["release"].search("since their release")


def test_an_unclosed_group_is_named_by_its_key(tmp_path: Path) -> None:
    with pytest.raises(TopicError, match=r"phrases\.toml: .*\[happened\] plea: expected regular expressions"):
        phrases_of(chosen(), mended(tmp_path, "(?:pleads|pleaded|pled)", "(?:pleads|pleaded|pled"))


def test_a_kind_that_is_only_told_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(TopicError, match=r"phrases\.toml: .*\[told\] escape: expected only release, bond"):
        phrases_of(chosen(), mended(tmp_path, "[told]\n", '[told]\nescape = ["fled"]\n'))


def test_a_kind_that_nobody_can_know_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(TopicError, match=r"phrases\.toml: .*\[told\] plea: expected a list of texts, not None"):
        phrases_of(chosen(), mended(tmp_path, 'plea = ["pleas?"]\n', ""))
