"""`icewire status`: how things stand, for people and for programs."""

import json
from pathlib import Path

from sqlalchemy import Engine

from scheduler.runs import Runs
from tests.makers.commanding import Command, _here, engine, icewire  # noqa: F401
from tests.makers.making import NOON, article, keep, watch


def test_it_tells_how_things_stand_in_one_screen(icewire: Command, engine: Engine) -> None:  # noqa: F811
    watch(engine)
    keep(engine, article())
    Runs(lambda: NOON, Path("var/runs.json")).ran("match", 0.25, well=True)
    why = {"since": NOON.isoformat(), "why": "its thread has ended", "times": 3, "over": None}
    Path("var/daemon.json").write_text(json.dumps({"timetable": why}), "utf-8")
    said = icewire("status").out
    for part in ("0 of 1 feed read", "1 in the last 24 hours, 1 in 7 days", "nobody gets one", "0 queued", "in 0.2 s"):
        assert part in said
    assert "timetable its thread has ended" in said
    assert len(icewire("status").printed.splitlines()) < 30


def test_programs_get_the_same_and_no_reader_is_named(icewire: Command) -> None:  # noqa: F811
    icewire("subscribe", "reader@example.org", "raid", "--confirmed", "--yes")
    told = icewire("status", "--json")
    assert told.data["canary"] == {"missing_stories": 0, "overdue_digests": 0}
    assert told.data["queue"] == {"queued": 0, "sending": 0, "oldest_seconds": 0, "overdue_seconds": 0}
    assert "example.org" not in told.printed
