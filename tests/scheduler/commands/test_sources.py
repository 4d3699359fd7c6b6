"""`icewire sources …` as a person types it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import Engine

from crawler.model import as_written
from crawler.registry.files import write_outlets
from crawler.registry.opml import read_opml
from crawler.watch.watchlist import Watchlist
from scheduler import show
from tests.makers.commanding import Command, _here, engine, icewire
from tests.makers.making import HALF_HOURLY, NOON, outlet
from tests.makers.outlet_site import rss, site
from tests.makers.serving import Reply, Site

__all__ = ["_here", "engine", "icewire", "site"]  # fixtures


def test_sources_list_shows_each_feed_and_how_it_went(icewire: Command, engine: Engine) -> None:
    outlets = [outlet("ledger"), outlet("granite", "NH"), outlet("closed", enabled=False, reason="asked us to stop")]
    write_outlets(Path("var/sources/mine.toml"), outlets)
    assert {r["id"]: r["state"] for r in icewire("sources", "list", "--json").data} == {
        "ledger": "not read yet",
        "granite": "not read yet",
        "closed": "off",
    }
    watchlist = Watchlist(engine)
    watchlist.record_feed_failure(1, as_written("answered [503]"), 0.25, NOON, HALF_HOURLY)
    watchlist.record_unchanged(2, NOON, HALF_HOURLY)
    shown = icewire("sources", "list").printed
    for said in ("ledger", "failing", "answered [503]", "asked us to stop", "just now"):
        assert said in shown
    assert [r["id"] for r in icewire("sources", "list", "--failing", "--json").data] == ["ledger"]
    assert [r["id"] for r in icewire("sources", "list", "--state", "nh", "--json").data] == ["granite"]
    assert icewire("sources", "list", "--state", "VT").out == "No source fits."


LONG = "us-attorney-for-the-southern-district-of-new-hampshire"


@pytest.fixture
def long_ids(icewire: Command, engine: Engine) -> None:
    """Two feeds, one with a long id, one with a long story of what happened."""
    write_outlets(Path("var/sources/mine.toml"), [outlet(LONG, "NH"), outlet("ledger")])
    icewire("sources", "list")
    why = (
        "robots.txt does not allow it, and neither does the page that asks whether we are a person, so nothing is read"
    )
    Watchlist(engine).record_feed_failure(1, as_written(why), 0.25, NOON, HALF_HOURLY)


def test_what_is_not_printed_to_a_terminal_has_each_feed_in_one_whole_line(
    icewire: Command, long_ids: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(show.out(), "width", 80)
    title, *lines = icewire("sources", "list").printed.splitlines()
    assert title.startswith("Id ")
    assert sorted(line.split()[0] for line in lines) == ["ledger", LONG]
    assert any(line.endswith("so nothing is read") for line in lines)
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("width", [60, 100, 200])
def test_a_terminal_shows_whole_ids_however_wide_it_is(
    icewire: Command, long_ids: None, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    terminal = Console(width=width, force_terminal=True, color_system=None, highlight=False)
    monkeypatch.setattr(show, "out", lambda: terminal)
    lines = icewire("sources", "list").printed.splitlines()
    assert {line.split()[0] for line in lines if line.strip()} > {LONG, "ledger"}
    assert width == 60 or all(len(line) <= width for line in lines)


@pytest.mark.parametrize("command", [["list"], ["check", "--all"], ["coverage"], ["check", "ledger"]])
def test_an_empty_registry_says_how_to_fill_it(icewire: Command, command: list[str]) -> None:
    said = icewire("sources", *command)
    assert "o outlet is watched: the registry is empty" in said.out + said.err
    assert "icewire sources add https://paper.example" in said.out + said.err
    assert (said.status, "No source fits" in said.out) == (int(command == ["check", "ledger"]), False)


def test_a_mistake_in_a_registry_file_is_named(icewire: Command) -> None:
    Path("var/sources").mkdir(parents=True)
    Path("var/sources/mine.toml").write_text('[ledger]\nnme = "The Ledger"\n')
    said = icewire("sources", "list")
    assert (said.status, said.printed) == (1, "")
    assert "mine.toml" in said.err
    assert "[ledger]" in said.err


def test_an_own_outlet_is_removed(icewire: Command) -> None:
    write_outlets(Path("var/sources/mine.toml"), [outlet("ledger"), outlet("granite", "NH")])
    assert "ledger is no longer watched" in icewire("sources", "remove", "ledger").out
    assert [r["id"] for r in icewire("sources", "list", "--json").data] == ["granite"]
    gone = icewire("sources", "remove", "granit")
    assert gone.status == 1
    assert "no outlet has the id granit; did you mean granite?" in gone.err


def test_removing_a_shipped_outlet_tells_how_to_switch_it_off(icewire: Command) -> None:
    Path("icewire.toml").write_text("[watch]\nshipped = true\n")
    said = icewire("sources", "remove", "wbur")
    assert said.status == 1
    assert "wbur comes with icewire" in said.err
    assert "icewire sources off wbur --reason" in said.err


def test_an_outlet_is_switched_off_and_on(icewire: Command) -> None:
    Path("icewire.toml").write_text("[watch]\nshipped = true\n")
    write_outlets(Path("var/sources/mine.toml"), [outlet("ledger")])
    for id_ in ("wbur", "ledger"):
        assert f"{id_} is off" in icewire("sources", "off", id_, "--reason", "too many errors").out
        assert "off already: too many errors" in icewire("sources", "off", id_, "--reason", "again").err
        rows = [r for r in icewire("sources", "list", "--json").data if r["id"] == id_]
        assert {(r["state"], r["status"]) for r in rows} == {("off", "too many errors")}
        assert icewire("sources", "on", id_).out == f"{id_} is watched again."
        assert "is not off" in icewire("sources", "on", id_).err
    assert "no outlet has the id wbr; did you mean wbur?" in icewire("sources", "off", "wbr", "--reason", "x").err
    assert "say why" in icewire("sources", "off", "wbur", "--reason", " ").err


def test_what_is_exported_can_be_imported_elsewhere(icewire: Command) -> None:
    outlets = [outlet("ledger"), outlet("granite", "NH", name="Granite & Sons")]
    write_outlets(Path("var/sources/mine.toml"), outlets)
    assert icewire("sources", "export", "all.opml").status == 0
    Path("var/sources/mine.toml").rename("mine.toml")
    said = icewire("sources", "import", "all.opml")
    assert said.status == 0
    assert "2 outlets added to" in said.out
    assert "imported.toml" in said.out
    assert {(r["name"], r["url"]) for r in icewire("sources", "list", "--json").data} == {
        ("The Ledger", "https://ledger.example/feed"),
        ("Granite & Sons", "https://granite.example/feed"),
    }
    assert "0 outlets added" in icewire("sources", "import", "all.opml").out


def test_export_without_a_file_prints_opml(icewire: Command) -> None:
    write_outlets(Path("var/sources/mine.toml"), [outlet("ledger")])
    assert [o.name for o in read_opml(icewire("sources", "export").printed.encode()).outlets] == ["The Ledger"]
    said = icewire("sources", "export", "nowhere/all.opml")
    assert said.status == 1
    assert "nowhere/all.opml cannot be written" in said.err


def test_a_list_is_imported_from_the_web(icewire: Command, site: Site) -> None:
    feed = (
        '<outline text="The Ledger" type="rss" xmlUrl="https://ledger.example/feed" htmlUrl="https://ledger.example/"/>'
    )
    site.pages = {"/list.opml": Reply(f"<opml version='2.0'><body>{feed}</body></opml>")}
    assert "1 outlet added" in icewire("sources", "import", site.url("/list.opml")).out
    gone = icewire("sources", "import", site.url("/gone.opml"))
    assert gone.status == 1
    assert "answered 404" in gone.err


@pytest.mark.parametrize("content", [b"", b"not xml", b"<html><body>hello</body></html>", b"\xff\xfe\x00"])
def test_a_file_that_is_no_opml_is_refused(icewire: Command, content: bytes) -> None:
    Path("list.opml").write_bytes(content)
    said = icewire("sources", "import", "list.opml")
    assert (said.status, said.printed) == (1, "")
    assert said.err.startswith("error ")


def test_a_list_that_is_not_there_is_named(icewire: Command) -> None:
    said = icewire("sources", "import", "list.opml")
    assert said.status == 1
    assert "list.opml cannot be read: No such file or directory" in said.err


def test_check_needs_to_know_what(icewire: Command) -> None:
    assert "say which outlets" in icewire("sources", "check").err
    write_outlets(Path("var/sources/mine.toml"), [outlet("ledger")])
    said = icewire("sources", "check", "nobody", "--json")
    assert said.status == 1
    assert "no outlet has the id nobody" in said.err
    assert "no outlet has the id nobody" in json.loads(said.printed)["error"]


@pytest.mark.slow
def test_check_reads_feeds_and_a_page_of_each_and_says_how_each_is(
    icewire: Command, engine: Engine, site: Site
) -> None:
    site.pages = {"/feed": rss(site, 1, 2), "/empty": rss(site), "/gone": Reply("", 404), "/wall": Reply("", 403)}
    feeds = [{"kind": "rss", "url": site.url(path)} for path in site.pages]
    outlets = [outlet(f"paper-{n}", feeds=[feed]) for n, feed in enumerate(feeds)]
    asleep = outlet("asleep", enabled=False, reason="asked us to stop")
    write_outlets(Path("var/sources/mine.toml"), [*outlets, outlet("gazette"), asleep])
    # Scrapy's reactor starts once in a process, so this one has a process of its own.
    command = [sys.executable, "-m", "scheduler.cli", "sources", "check", *(o.id for o in outlets), "asleep"]
    said = subprocess.run(command, text=True, timeout=30, capture_output=True, check=False)
    assert said.returncode == 1
    rows = [line.split() for line in said.stdout.splitlines()]
    states = {row[0]: row[2] for row in rows if row and row[1:2] == ["rss"]}
    assert states == {
        "paper-0": "ok", "paper-1": "empty", "paper-2": "failing", "paper-3": "blocked", "asleep": "off",
    }  # fmt: skip
    assert said.stdout.splitlines()[-1] == "5 feeds: 1 ok, 1 empty, 1 failing, 1 blocked, 1 off."
    asked = [a.path for a in site.log]
    assert {*site.pages} < {*asked}
    assert len([path for path in asked if path.startswith("/2026/")]) <= 1
    [(entry, _)] = Watchlist(engine).entries_at(site.url("/2026/03/raid-2"))
    assert entry.state == "new"
