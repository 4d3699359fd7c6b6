"""A line of the log as JSON has only the fields that are listed, and steers no terminal."""

import json
import logging
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.logs import FIELDS, JsonLines, at_work_on

ALWAYS = {"time", "level", "logger", "message"}


def line(message: str, *args: object, error: bool = False, **extra: Any) -> dict[str, Any]:
    logger = logging.getLogger("icewire")
    record = logger.makeRecord(
        "icewire", logging.WARNING, __file__, 1, message, args, sys.exc_info() if error else None, extra=extra
    )
    written = JsonLines().format(record)
    assert written.isascii()
    assert written.isprintable()
    told: dict[str, Any] = json.loads(written)
    return told


def test_a_line_tells_when_how_grave_who_and_what() -> None:
    told = line("mail %s", "<a@b.example>")
    assert told.keys() == ALWAYS
    assert (told["level"], told["logger"], told["message"]) == ("warning", "icewire", "mail <a@b.example>")
    assert told["time"].endswith("+00:00")


def test_what_is_not_listed_is_left_out() -> None:
    told = line("x", delivery=7, outlet="the-ledger", email="reader@example.org", story=["a", "list"])
    assert told.keys() == ALWAYS | {"delivery", "outlet"}


@given(st.dictionaries(st.text(st.characters(categories=["L"]), min_size=1), st.text() | st.integers()), st.text())
def test_no_field_is_ever_written_that_is_not_listed(extra: dict[str, Any], message: str) -> None:
    known = logging.LogRecord("a", 1, "", 1, "", None, None).__dict__.keys() | {"message", "asctime"}
    told = line("%s", message, **{name: value for name, value in extra.items() if name not in known})
    assert told.keys() <= ALWAYS | set(FIELDS)


def test_a_line_tells_of_which_job_it_is() -> None:
    with at_work_on("deliver"):
        assert line("x")["job"] == "deliver"
    assert "job" not in line("x")


def test_an_exception_is_one_field_without_addresses() -> None:
    try:
        raise ValueError("no such box: reader@example.org, Reader <other@sub.example.org>")
    except ValueError:
        told = line("it failed", error=True)
    assert told["exception"].startswith("Traceback")
    assert "ValueError: no such box" in told["exception"]
    assert "example.org" not in told["exception"]


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\u202e", "a\nb", "\u2028"])
def test_what_steers_a_terminal_is_written_as_a_number(hostile: str) -> None:
    assert line("%s", hostile)["message"] == hostile
