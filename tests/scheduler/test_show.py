"""How the command line prints: to a terminal, and to a file or pipe."""

import io
import json
import sys
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import Engine

from crawler.model.errors import IcewireError
from scheduler import show
from tests.makers.commanding import Command, _here, engine, icewire
from tests.makers.making import article, keep, watch

__all__ = ["_here", "engine", "icewire"]  # fixtures

COLUMNS = (show.Column("Id", "id"), show.Column("State", "state"), show.Column("Said", "said", ratio=1))
ROWS: list[dict[str, Any]] = [
    {"id": "the-waltham-ledger", "state": "not read yet", "said": "[403] a wall for robots\nstands before the page"},
    {"id": "sun", "state": "ok", "said": None},
]


def terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    console = Console(width=width, force_terminal=True, color_system=None, highlight=False)
    monkeypatch.setattr(show, "out", lambda: console)


def test_a_pipe_gets_each_row_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    show.rows(ROWS, COLUMNS, as_json=False, empty="Nothing.")
    assert capsys.readouterr().out.splitlines() == [
        "Id                  State         Said",
        "the-waltham-ledger  not read yet  [403] a wall for robots stands before the page",
        "sun                 ok",
    ]


def test_a_terminal_breaks_first_what_may_be_broken_then_all_but_the_key(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for width, state in ((60, "not read yet"), (38, "not")):
        terminal(monkeypatch, width)
        show.rows(ROWS, COLUMNS, as_json=False, empty="Nothing.")
        lines = capsys.readouterr().out.splitlines()
        assert all(len(line) <= width for line in lines)
        assert lines[1].startswith(f"the-waltham-ledger  {state}")
        assert len(lines) > 3


def test_a_terminal_too_narrow_for_a_table_gets_whole_rows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal(monkeypatch, 24)
    show.rows(ROWS, COLUMNS, as_json=False, empty="Nothing.")
    assert capsys.readouterr().out.splitlines()[2] == "sun                 ok"


@pytest.mark.parametrize("rows", [[], ROWS])
def test_json_has_every_row(rows: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]) -> None:
    show.rows(rows, COLUMNS, as_json=True, empty="Nothing.")
    assert json.loads(capsys.readouterr().out) == rows


def failing(as_json: bool) -> None:
    with show.failures(as_json) as known:
        known["tried"] = ["/feed"]
        raise IcewireError("no feed")


@pytest.mark.parametrize(("as_json", "printed"), [(True, {"error": "no feed", "tried": ["/feed"]}), (False, None)])
def test_an_error_is_json_for_programs_with_what_was_known(
    as_json: bool, printed: dict[str, object] | None, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(IcewireError, match="no feed"):
        failing(as_json)
    assert json.loads(capsys.readouterr().out or "null") == printed


def test_further_lines_stay_behind_their_head(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    show.hanging("[green]ok[/]    ", "one\ntwo [three]")
    assert capsys.readouterr().out == "ok    one\n      two [three]\n"
    terminal(monkeypatch, 20)
    show.hanging("[green]ok[/]    ", "three words of a long sentence")
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "ok    three words of",
        "      a long",
        "      sentence",
    ]


def test_doctor_keeps_its_indent_in_a_narrow_window(icewire: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal(monkeypatch, 60)
    lines = icewire("doctor").printed.splitlines()
    assert all(len(line.rstrip()) <= 60 for line in lines)
    assert any(line.startswith(" " * 21) for line in lines)
    assert all(line.startswith((" " * 21, "ok    ", "note  ", "wrong ")) for line in lines)


STEERS = "raid \x1b]0;owned\x07\x1b[31mRED\x9b2J \u202ein Wal\xadtham"


def test_a_page_cannot_steer_the_terminal(icewire: Command, engine: Engine) -> None:
    watch(engine)
    keep(engine, article(title=STEERS))  # an old row: today's are clean
    listed, as_json = icewire("stories").printed, icewire("stories", "--json").printed
    assert "raid RED›2J in Waltham" in listed
    for printed in (listed, as_json):
        assert not set(printed) & set("\x1b\x07\x9b\u202e\xad")
    assert icewire("stories", "--json").data[0]["title"] == STEERS  # programs get all of it


def test_each_way_to_print_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    show.say(STEERS)
    show.title(STEERS)
    show.note(STEERS)
    show.complain(STEERS)
    show.hanging("[green]ok[/]", STEERS)
    show.rows([{"id": STEERS, "state": [STEERS], "said": None}], COLUMNS, as_json=False, empty="")
    said = capsys.readouterr()
    assert not set(said.out + said.err) & set("\x1b\x07\x9b\u202e\xad")


def test_a_terminal_that_is_not_utf_8_shows_what_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="latin-1"))
    show.lossy()
    show.say("🚨 Niño in Pāʻia")
    show.line({"title": "🚨"})
    sys.stdout.flush()
    printed = written.getvalue().decode("latin-1")
    assert printed.splitlines()[0] == "? Niño in P??ia"
    assert json.loads(printed.splitlines()[1]) == {"title": "🚨"}
