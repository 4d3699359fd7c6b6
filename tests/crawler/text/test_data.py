"""Data files beside the code: what is wrong in one is named, and none is read before it is needed."""

import subprocess
import sys
from pathlib import Path

import pytest

from crawler.text.data import DataTable, read_data

GOOD = """
name = "Substack"
feeds = ["/feed", "/rss"]
[dress]
amp = "1"
[[wire]]
shown = "AP"
[[wire]]
shown = "Reuters"
"""


@pytest.fixture
def data(tmp_path: Path) -> DataTable:
    return written(tmp_path, GOOD)


def written(folder: Path, text: str) -> DataTable:
    (folder / "known.toml").write_text(text, encoding="utf-8")
    return read_data(folder / "known.toml")


def test_what_stands_in_a_file_comes_as_asked(data: DataTable) -> None:
    assert data.text("name") == "Substack"
    assert data.texts("feeds") == ("/feed", "/rss")
    assert data.table("dress").keys == ("amp",)
    assert [wire.text("shown") for wire in data.tables("wire")] == ["AP", "Reuters"]


def test_what_is_not_there_is_what_the_reader_takes_instead(data: DataTable) -> None:
    assert data.text("host", "substack") == "substack"
    assert data.texts("sitemaps", ()) == ()


def test_a_missing_text_is_named_with_its_file(data: DataTable) -> None:
    with pytest.raises(ValueError, match=r"known\.toml: host: expected a text, not None"):
        data.text("host")


def test_a_list_that_holds_something_else_is_named_with_its_table(tmp_path: Path) -> None:
    table = written(tmp_path, '[happened]\nrelease = ["freed", 3]').table("happened")
    with pytest.raises(ValueError, match=r"known\.toml: \[happened\] release: expected a list of texts, not "):
        table.texts("release")


def test_an_empty_text_in_a_list_of_alternatives_would_match_everything(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="invitation: expected a list of texts"):
        written(tmp_path, 'invitation = ["read more", ""]').texts("invitation")


def test_one_of_several_tables_is_named_by_its_number(data: DataTable) -> None:
    with pytest.raises(ValueError, match=r"known\.toml: \[\[wire\]\] 2 names: expected a list of texts"):
        data.tables("wire")[1].texts("names")


def test_a_key_that_nobody_asks_for_is_a_mistake(data: DataTable) -> None:
    with pytest.raises(ValueError, match=r"known\.toml: dress: expected only feeds, name, wire"):
        data.only("feeds", "name", "wire")


@pytest.mark.parametrize(("asked", "expected"), [("table", "a table"), ("tables", r"tables \[\[name\]\]")])
def test_a_text_where_tables_are_expected_is_named(data: DataTable, asked: str, expected: str) -> None:
    with pytest.raises(ValueError, match=f"name: expected {expected}"):
        getattr(data, asked)("name")


def test_a_broken_regular_expression_is_named_by_its_key(data: DataTable) -> None:
    with pytest.raises(ValueError, match=r"known\.toml: feeds: expected regular expressions \(missing \)"):
        data.pattern("feeds", "(read more")


def test_what_another_table_adds_stands_behind_what_is_there(tmp_path: Path) -> None:
    ours = written(tmp_path, 'never = ["May"]\n[named]\nCOURT = ["judges?"]\nAGENCY = []')
    more = DataTable("more.toml:", {"named": {"COURT": ["jury"], "DEAL": ["deal"]}})
    joined = ours.joined(more)
    assert joined.texts("never") == ("May",)
    assert joined.table("named").alternatives() == {"COURT": "judges?|jury", "AGENCY": "(?!)", "DEAL": "deal"}
    with pytest.raises(ValueError, match=r"more\.toml: never: expected a list of texts, not 3"):
        ours.joined(DataTable("more.toml:", {"never": 3}))


@pytest.mark.parametrize("text", ['never_bare = ["Canal Street" "Chinatown"]', "never_bare = Chinatown"])
def test_a_file_that_is_no_toml_is_named_with_the_place(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=r"known\.toml: .*line 1.*expected TOML in UTF-8"):
        written(tmp_path, text)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"none\.toml: .*No such file"):
        read_data(tmp_path / "none.toml")


@pytest.mark.slow
def test_no_data_file_is_read_before_it_is_needed() -> None:
    asked = """import sys
read = []
sys.addaudithook(lambda event, what: read.append(str(what[0])) if event == "open" else None)
import crawler.changes, crawler.discovery, crawler.extract, crawler.feeds, crawler.grouping, crawler.places
import crawler.text, crawler.topic
print(*(file for file in read if file.endswith((".toml", ".csv", ".csv.gz"))))"""
    done = subprocess.run([sys.executable, "-c", asked], check=True, timeout=60, capture_output=True, text=True)
    assert done.stdout.strip() == ""
