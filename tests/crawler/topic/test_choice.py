"""Which topic a process watches for."""

from pathlib import Path

import pytest

from crawler.topic.choice import SHIPPED, VARIABLE, choose, chosen
from crawler.topic.terms import TopicError

EVICTIONS = Path(__file__).parents[3] / "docs" / "evictions"


@pytest.mark.parametrize("written", [None, "", "."])  # a crawl is handed the setting as it stands
def test_it_is_the_shipped_one_where_no_other_is_named(monkeypatch: pytest.MonkeyPatch, written: str | None) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    if written is not None:
        monkeypatch.setenv(VARIABLE, written)
    assert chosen().folder == SHIPPED
    assert chosen() is chosen()


def test_another_is_chosen_by_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, ".")
    choose(EVICTIONS)
    assert chosen().wording("en").subject == "evictions"
    choose(Path())
    assert chosen().folder == SHIPPED


def test_a_folder_without_terms_is_none(tmp_path: Path) -> None:
    with pytest.raises(TopicError, match=r"watch\.topic: .*terms\.toml is missing"):
        choose(tmp_path)
