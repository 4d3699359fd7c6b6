"""docs/quality.md is what the benchmarks measured: nobody touches it up."""

import copy
import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.quality import FIGURES, PAGE, RUNS, TEMPLATE, main, numbers
from tests.benchmarks.quality_page import NEEDED, render


def page_of(record: dict[str, Any]) -> str:
    return render(record, TEMPLATE.read_text("utf-8"))


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(FIGURES.read_text("utf-8"))
    return told


def test_the_page_is_what_the_figures_give(record: dict[str, Any]) -> None:
    assert PAGE.read_text("utf-8") == page_of(record), "run: make quality"


def test_every_benchmark_exists_and_was_measured(record: dict[str, Any]) -> None:
    assert RUNS.keys() == NEEDED.keys() == record["benchmarks"].keys()
    assert all(importlib.util.find_spec(f"tests.benchmarks.{name}") for name in RUNS)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", one["measured"]) for one in record["benchmarks"].values())
    assert {"icewire", "python", "trafilatura"} <= record["versions"].keys()


@pytest.mark.parametrize("name", NEEDED)
def test_a_figure_that_is_missing_is_named(record: dict[str, Any], name: str) -> None:
    told = copy.deepcopy(record)
    key = NEEDED[name][0]
    del told["benchmarks"][name]["figures"][key]
    with pytest.raises(KeyError, match=f"{name}: {key}"):
        page_of(told)


def test_no_words_but_names_of_figures_are_kept() -> None:
    told = {
        "f1": 0.9,
        "worst": ["A headline of somebody"],
        "case": "text",
        "pair": [1, 2],
        "inner": {"title": "x"},
        "n": 0,
    }
    assert numbers(told) == {"f1": 0.9, "pair": [1, 2], "n": 0}


def test_what_cannot_be_measured_is_said_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = FIGURES.read_bytes(), PAGE.read_bytes()
    with pytest.raises(SystemExit, match="has no relevance/dev.jsonl"):
        main([str(tmp_path), "topic"])
    assert main([str(tmp_path), "topics"]) == 2
    assert "NAME is one of" in capsys.readouterr().err
    assert (FIGURES.read_bytes(), PAGE.read_bytes()) == before


def test_the_page_names_no_place_of_a_machine(record: dict[str, Any]) -> None:
    page = page_of(record)
    assert not re.search(r"(?:^|[\s`(])/\w+/", page)
    assert "nan" not in page.split()


def test_figures_of_several_days_say_which(record: dict[str, Any]) -> None:
    told = copy.deepcopy(record)
    told["benchmarks"]["feeds"]["measured"] = "2031-01-02"
    assert "feeds on 2031-01-02" in page_of(told)
