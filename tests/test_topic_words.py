"""What was chosen for the shipped topic stands in its folder: neither code nor data elsewhere has its words.

Docstrings and comments may explain by its example. Words of any news, as arrests, jails and officers are, belong to no
topic (docs/another-topic.md).
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
WORDS = re.compile(
    r"\b(?:ice|dhs|hsi|cbp|raid(?:s|ed|ing)?|redadas?|(?:im)?migrants?|migra|customs|undocumented)\b"
    r"|immigra|inmigra|deport|homeland|border patrol|asyl|sanctuary",
    re.IGNORECASE,
)
ALLOWED = {  # files, what of the words may stand in them ("" for any), and why
    "scheduler/demo/": ("", "the demo shows the shipped topic"),
    "alerts/digest/sample.py": ("", "so does the sample of a digest"),
    "alerts/query/data/word_shares.txt": (
        "",
        "how often stories of the shipped topic have a word: no search finds less",
    ),
    "crawler/registry/outlets/us.toml": ("", "outlets by their names"),
    "crawler/places/data/additions.csv": ("asyl", "Asylum Hill in Hartford"),
    "crawler/places/data/words.csv": ("deport sanctuary", "towns in Texas"),
    "crawler/places/data/language.toml": ("homeland", "a town in California"),
    "crawler/settings.py": ("ice", "names the topic that is watched for where none is set"),
    "crawler/topic/choice.py": ("ice", "finds it where it is shipped"),
    "scheduler/cli.py": ("ice", "names it, too"),
    "scheduler/migrations/versions/0010_reasons_as_codes.py": ("ice", "sentences that an older icewire stored"),
}


def texts_of(file: Path) -> Iterator[str]:
    """What a file holds that is no comment."""
    written = file.read_text("utf-8")
    match file.suffix:
        case ".py":
            yield from literals(ast.parse(written))
        case ".toml":
            yield from texts(tomllib.loads(written))
        case _:
            yield written


def literals(tree: ast.Module) -> Iterator[str]:
    """The texts in code, without those that stand as a line of their own, as docstrings do."""
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def texts(data: Any) -> Iterator[str]:
    """All keys and texts of a table."""
    if isinstance(data, dict):
        yield from data
        data = list(data.values())
    if isinstance(data, list):
        for one in data:
            yield from texts(one)
    elif isinstance(data, str):
        yield data


def words_by_file() -> dict[str, set[str]]:
    """The files of ours outside the topic's folder that have its words, each with these."""
    found = {}
    for file in (file for room in ("crawler", "alerts", "scheduler") for file in (ROOT / room).rglob("*")):
        name = str(file.relative_to(ROOT))
        if file.suffix in (".py", ".toml", ".csv", ".txt", ".html") and not name.startswith("crawler/topic/ice/"):
            found[name] = {m[0].lower() for text in texts_of(file) for m in WORDS.finditer(text)}
    return {name: words for name, words in found.items() if words}


@pytest.mark.slow  # it reads all of them
def test_no_file_outside_the_topic_has_its_words() -> None:
    found = words_by_file()
    used = {name: allowed for name in found for allowed in ALLOWED if name.startswith(allowed)}
    for name, words in found.items():
        allowed, _ = ALLOWED[used[name]] if name in used else ("none", "")
        assert not allowed or words <= set(allowed.split()), name
    assert set(used.values()) == set(ALLOWED)  # none that is allowed for nothing


@pytest.mark.parametrize("written", ['SEEN = "ICE agents"', 'if word in {"redada"}:\n    pass'])
def test_a_word_in_code_is_seen(written: str) -> None:
    assert any(WORDS.search(text) for text in literals(ast.parse(written)))


def test_a_docstring_may_explain_by_it() -> None:
    assert not list(literals(ast.parse('"""Tells "ICE" from ice."""')))
