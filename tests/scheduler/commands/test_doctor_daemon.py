"""What of the daemon fails, `icewire doctor` tells."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.makers.commanding import Command, _here, icewire  # noqa: F401
from tests.makers.making import NOON

HOUR = timedelta(hours=1)


def failing(over: timedelta | None, why: str = "its thread has ended") -> dict[str, Any]:
    since, ended = NOON - 48 * HOUR, NOON - over if over is not None else None
    return {"since": since.isoformat(), "why": why, "times": 3, "over": ended and ended.isoformat()}


@pytest.mark.parametrize(
    ("over", "state", "said"),
    [
        (None, "wrong", "timetable failed 3 times since 2026-03-07 12:00 UTC: its thread has ended"),
        (HOUR, "note", "timetable failed 3 times since 2026-03-07 12:00 UTC and works again: its thread has ended"),
        (30 * HOUR, "", ""),
    ],
)
def test_what_failed_is_told_for_a_day(icewire: Command, over: timedelta | None, state: str, said: str) -> None:  # noqa: F811
    Path("var/daemon.json").write_text(json.dumps({"timetable": failing(over)}))
    told = [one for one in json.loads(icewire("doctor", "--json").printed) if one["what"] == "daemon"]
    assert told == ([{"what": "daemon", "state": state, "said": said, "mend": ""}] if state else [])
