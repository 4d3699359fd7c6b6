"""`icewire subscribe` tells what a search would have brought before it saves it."""

import io
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.makers.commanding import Command, _here, engine, icewire
from tests.makers.making import NOON, WALTHAM, article, keep, outlet, verdict, watch

pytestmark = pytest.mark.slow

__all__ = ["_here", "engine", "icewire"]  # fixtures

READER = "reader@example.org"

Tell = Callable[..., None]


@pytest.fixture
def tell(engine: Engine) -> Tell:
    """Stores stories of so many hours ago."""
    watch(engine, outlet("ledger"))
    told = 0

    def tell(hours: float, title: str, count: int = 1, town: str = "Waltham") -> None:
        nonlocal told
        for _ in range(count):
            told += 1
            when = NOON - timedelta(hours=hours)
            made = article(f"s{told}", title=title, text=f"{title}.", published_at=when, fetched_at=when)
            keep(engine, made, of=verdict(places=[WALTHAM | {"name": town}]), now=when)

    return tell


class Terminal(io.StringIO):
    """Where somebody answers."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def answer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is typed at a terminal; nothing by itself."""
    typed = str(getattr(request, "param", ""))
    monkeypatch.setattr(sys, "stdin", Terminal(typed + "\n" if typed else ""))
    return typed


def test_it_tells_the_stories_of_the_last_days_and_the_near_misses_before_it_saves(
    icewire: Command, tell: Tell
) -> None:
    tell(24 * 95, "A rally")
    tell(24 * 60, "A raid in winter")
    tell(24 * 20, "A raid on Elm Street", count=11)
    tell(50, "A raid at a mill")
    tell(49, "A raid on Merrimack Street", town="Lowell")
    said = icewire("subscribe", READER, "raid", "--place", "Waltham, MA")
    assert said.status == 0
    lines = said.printed.splitlines()
    assert lines[0].startswith("This search finds stories that mention raid (")
    assert lines[1] == (
        "In the last 30 days it would have brought 12 stories, about 3 a week, at most 11 on one day (2026-02-17)."
    )
    assert lines[2] == "  2026-03-07  A raid at a mill · The Ledger · Waltham, MA"
    assert lines[3:13] == ["  2026-02-17  A raid on Elm Street · The Ledger · Waltham, MA"] * 9 + ["  and 2 more"]
    assert lines[13:17] == [
        "In the last 90 days: 13 stories, about one a week.",
        "It would just have missed:",
        "  2026-03-07  A raid on Merrimack Street · The Ledger · Lowell, MA",
        "    it happened in Lowell, MA, not in Waltham, MA",
    ]
    assert "gets a digest at" in lines[17]


def test_a_young_archive_says_how_far_it_goes_back(icewire: Command, tell: Tell) -> None:
    tell(30, "A raid on Elm Street")
    said = icewire("subscribe", READER, "raid").out
    assert "In the last 2 days (as far as the archive goes back) it would have brought 1 story. 2026-03-08" in said
    assert "90 days" not in said
    tell(20, "A raid on Oak Street", count=4)
    said = icewire("subscribe", READER, "raid OR rally").out
    assert "it would have brought 5 stories, about 2 a day, at most 5 on one day (2026-03-08)." in said


def test_without_a_story_it_says_so(icewire: Command) -> None:
    assert "No story is stored yet that it could have met." in icewire("subscribe", READER, "raid").out


def test_a_search_without_a_story_says_none(icewire: Command, tell: Tell) -> None:
    tell(24 * 95, "A rally")
    said = icewire("subscribe", READER, "raid").out
    assert "In the last 30 days it would have brought no story. In the last 90 days: no story." in said


def test_a_dry_run_saves_nothing(icewire: Command, tell: Tell) -> None:
    tell(30, "A raid on Elm Street")
    said = icewire("subscribe", READER, "raid", "--dry-run")
    assert (said.status, said.complained) == (0, "")
    assert "A raid on Elm Street" in said.out
    assert said.out.endswith("Nothing was saved.")
    assert icewire("subscribers", "--json").data == []


def test_a_dry_run_changes_nothing_of_who_is_known(icewire: Command) -> None:
    icewire("subscribe", READER, "raid")
    before = icewire("subscribers", "--json").data
    icewire("subscribe", READER, "raid", "--at", "09:00", "--name", "Raids", "--dry-run")
    assert icewire("subscribers", "--json").data == before


def test_json_holds_all_of_it(icewire: Command, tell: Tell) -> None:
    tell(24 * 95, "A rally")
    tell(30, "A raid on Elm Street")
    tell(30, "A raid on Ash Street", town="Lowell")
    row = icewire("subscribe", READER, 'raid place:"Waltham, MA"', "--json").data
    assert (row["saved"], row["state"], row["at"], row["matched"]) == (True, "active", "07:00", 0)
    assert row["reading"].startswith("stories that mention raid")
    test = row["backtest"]
    assert test["periods"][0] == {
        "days": 30, "looked_at_days": 30, "count": 1, "complete": True, "rate": "one in the last 30 days",
        "busiest": {"day": "2026-03-08", "count": 1},
    }  # fmt: skip
    assert [story["title"] for story in test["stories"]] == ["A raid on Elm Street"]
    assert test["stories"][0]["matched"] == ["raid", "place Waltham, MA"]
    assert [miss["why"] for miss in test["misses"]] == [["it happened in Lowell, MA, not in Waltham, MA"]]
    assert (test["heavy"], test["misses_complete"]) == (False, True)
    assert icewire("subscribe", READER, "rally", "--dry-run", "--json").data["saved"] is False
    changed = icewire("subscribe", READER, "--at", "09:00", "--json").data
    assert "gets the digest at 09:00" in changed["changed"]


# Too many


def test_a_search_that_would_flood_is_refused_where_nobody_can_be_asked(icewire: Command, tell: Tell) -> None:
    tell(1, "A raid on Elm Street", count=31)
    said = icewire("subscribe", READER, "raid")
    assert said.status == 1
    assert "This search would have brought about 31 stories a day. More than 30 are only saved with --yes" in said.err
    assert "A raid on Elm Street" in said.out
    assert icewire("subscribers", "--json").data == []
    assert icewire("subscribe", READER, "raid", "--dry-run").status == 0


@pytest.mark.slow
def test_with_yes_it_is_saved_unasked(icewire: Command, tell: Tell) -> None:
    tell(1, "A raid on Elm Street", count=31)
    assert "31 stories match already" in icewire("subscribe", READER, "raid", "--yes").out


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "saved"), [("y", True), ("n", False), (" ", False)], indirect=["answer"])
def test_on_a_terminal_it_asks(icewire: Command, tell: Tell, answer: str, saved: bool) -> None:
    tell(1, "A raid on Elm Street", count=31)
    said = icewire("subscribe", READER, "raid")
    assert "This search would have brought about 31 stories a day. Save it all the same? [y/N]" in said.out
    assert said.status == (0 if saved else 1)
    assert ("Nothing was saved." in said.out) is not saved
    assert bool(icewire("subscribers", "--json").data) is saved


@pytest.mark.usefixtures("answer")
def test_json_never_asks_and_holds_what_was_found(icewire: Command, tell: Tell) -> None:
    tell(1, "A raid on Elm Street", count=31)
    said = icewire("subscribe", READER, "raid", "--json")
    assert said.status == 1
    assert '"a_day": 31' in said.printed
    assert "--yes" in said.printed


@pytest.mark.slow
@pytest.mark.usefixtures("answer")
def test_thirty_a_day_are_saved_unasked(icewire: Command, tell: Tell) -> None:
    tell(1, "A raid on Elm Street", count=30)
    assert icewire("subscribe", READER, "raid").status == 0
