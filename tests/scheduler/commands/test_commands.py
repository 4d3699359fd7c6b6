"""Every command as a person types it: what it says, what it writes, and how it fails."""

import json
import mailbox
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from filelock import FileLock
from sqlalchemy import Engine
from sqlmodel import Session

from alerts.mail.deliveries import Deliveries
from alerts.people.bounces import note_refusal
from alerts.people.members import Members
from crawler.model import as_written, because
from crawler.watch.outcome import Outcome
from crawler.watch.watchlist import Watchlist
from scheduler import cli
from scheduler.settings import example
from tests.makers.commanding import Command, _here, engine, icewire
from tests.makers.making import HALF_HOURLY, NOON, article, item, keep, outlet, see, verdict, watch

__all__ = ["_here", "engine", "icewire"]  # fixtures

READER = "reader@example.org"


@pytest.fixture
def kept(engine: Engine) -> Watchlist:
    """Two stories of Monday: one in Waltham that two newsrooms and a copy report, one in Worcester."""
    watchlist = watch(engine, outlet("ledger"), outlet("gazette"), outlet("radio"))
    [entry, hockey] = see(watchlist, item("raid"), item("hockey"))
    first = keep(engine, article(), entries=(entry.id or 0,))
    keep(engine, article("held", "gazette", title="Two held at court"), story=first.story_id)
    keep(engine, article("copy", "radio"), story=first.story_id, copy_of=first.article_id)
    worcester = {"name": "Worcester", "kind": "city", "county": "Worcester County", "state": "MA"}
    place = {**worcester, "sentence": "In Worcester.", "confidence": 0.9}
    text = (
        "Agents arrested a baker on Shrewsbury Street in Worcester at dawn.\nNeighbors filmed the arrest from a porch."
    )
    keep(engine, article("baker", title="ICE arrests baker", text=text), of=verdict(places=[place]))
    watchlist.record_outcome([hockey.id or 0], Outcome("off_topic", as_written("the page never mentions the topic")))
    return watchlist


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*path, name))


@pytest.mark.parametrize("path", list(commands(typer.main.get_command(cli.app))), ids=" ".join)
def test_every_command_has_help(icewire: Command, path: tuple[str, ...]) -> None:
    said = icewire(*path, "--help")
    assert (said.status, said.err) == (0, "")
    assert "Usage" in said.out


def test_the_help_names_every_command_that_is_promised(icewire: Command) -> None:
    shown = icewire("--help").out
    promised = "init run crawl digest subscribe stories search explain sources doctor demo"
    assert all(re.search(rf"│ {name} ", shown) for name in promised.split())


def test_an_unknown_command_is_refused(icewire: Command) -> None:
    said = icewire("crwal")
    assert said.status == 2
    assert "crwal" in said.err


# Settings


def test_init_writes_the_commented_settings_and_never_over_others(icewire: Command) -> None:
    Path("icewire.toml").unlink()
    assert icewire("init").status == 0
    assert Path("icewire.toml").read_text("utf-8") == example()
    Path("icewire.toml").write_text("[crawl]\n")
    said = icewire("init")
    assert (said.status, said.printed) == (1, "")
    assert "icewire.toml exists already" in said.err
    assert Path("icewire.toml").read_text() == "[crawl]\n"


def test_init_print_writes_nothing(icewire: Command) -> None:
    said = icewire("--config", "other.toml", "init", "--print")
    assert said.printed == example()
    assert not Path("other.toml").exists()


def test_init_says_why_it_cannot_write(icewire: Command) -> None:
    said = icewire("--config", "nowhere/icewire.toml", "init")
    assert said.status == 1
    assert "nowhere/icewire.toml cannot be written: No such file or directory" in said.err


def test_a_worker_without_postgresql_says_that_it_is_of_no_use(icewire: Command) -> None:
    said = icewire("worker")
    assert said.status == 1
    assert said.err == "error database.url: workers need PostgreSQL; with SQLite `icewire run` does all by itself"


@pytest.mark.parametrize("command", [["stories"], ["crawl"], ["sources", "list"], ["digest"], ["run"]])
def test_an_unknown_setting_is_one_line_and_no_more(icewire: Command, command: list[str]) -> None:
    Path("icewire.toml").write_text("[crawl]\ndely_seconds = 1\n")
    said = icewire(*command)
    assert (said.status, said.printed) == (1, "")
    assert said.complained.count("\n") == 1
    assert "icewire.toml, crawl.dely_seconds" in said.err
    assert "did you mean crawl.delay_seconds?" in said.err


def test_a_settings_file_that_is_named_must_exist(icewire: Command) -> None:
    said = icewire("--config", "other.toml", "stories")
    assert said.status == 1
    assert "other.toml: there is no such file; `icewire init` writes one" in said.err


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("sqlite:////proc/none/icewire.db", "unable to open"),
        ("postgresql://me:hunter2@127.0.0.1:1/news", "127.0.0.1:1/news"),
        ("mysql://127.0.0.1/news", "database.url"),
        ("nonsense", "database.url"),
    ],
)
def test_a_database_that_cannot_be_opened_is_named_without_its_password(
    icewire: Command, monkeypatch: pytest.MonkeyPatch, url: str, named: str
) -> None:
    monkeypatch.setenv("ICEWIRE_DATABASE__URL", url)
    said = icewire("stories")
    assert (said.status, said.printed) == (1, "")
    assert named in said.err
    assert "hunter2" not in said.err


def test_a_file_that_is_no_database_is_named(icewire: Command) -> None:
    Path("var").mkdir(exist_ok=True)
    Path("var/icewire.db").write_text("this is a letter, not a database\n" * 99)
    said = icewire("stories")
    assert said.status == 1
    assert "icewire.db cannot be opened: file is not a database" in said.err


# People


def test_subscribe_says_when_and_for_what(icewire: Command) -> None:
    said = icewire("subscribe", "Reader@Example.org", "raid OR arrest*", "--place", "Waltham, MA", "--at", "6:30")
    assert said.status == 0
    assert (
        'reader@example.org gets a digest at 06:30 America/New_York for: raid OR arrest* place:"Waltham, MA"'
        in said.out
    )
    assert "0 stories match already" in said.out
    assert icewire("subscribers", "--json").data == [
        {
            "email": READER,
            "state": "active",
            "because": "",
            "at": "06:30",
            "timezone": "America/New_York",
            "day": "monday",
            "paused": False,
            "paused_until": None,
            "searches": ['raid OR arrest* place:"Waltham, MA"'],
            "names": [""],
            "channels": [None],
            "cadences": ["daily"],
            "asked": [None],
        }
    ]
    assert READER in icewire("subscribers").out


def test_of_several_places_any_one_counts(icewire: Command, kept: Watchlist) -> None:
    both = icewire("subscribe", READER, "", "--place", "Waltham, MA", "--place", "Worcester, MA", "--tz", "UTC")
    assert "2 stories match already" in both.out
    one = icewire("subscribe", READER, "baker OR raid", "--place", "Worcester, MA")
    assert "1 story matches already" in one.out
    either = icewire("subscribe", READER, "baker OR clerk", "--place", "Worcester, MA", "--place", "Waltham, MA")
    assert "2 stories" in either.out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["reader"], "'reader' is not an e-mail address"),
        ([READER, "raid", "--at", "25:00"], "--at: '25:00' is not a time of day; write it like 07:00"),
        ([READER, "raid", "--at", "noon"], "--at: 'noon' is not a time of day"),
        ([READER, "raid", "--at", "07:0\N{ARABIC-INDIC DIGIT ZERO}"], "is not a time of day"),
        ([READER, "raid", "--at", ""], "--at: '' is not a time of day"),
        ([READER, "raid", "--tz", "Boston"], "--tz: 'Boston' is not a time zone; write it like America/New_York"),
        ([READER, "raid", "--tz", "../etc"], "--tz: '../etc' is not a time zone"),
        ([READER, "raid", "--place", "Springfield"], "Springfield, MA"),
        ([READER, "raid", "--place", "Nowhere, MA"], "Nowhere, MA"),
    ],
)
def test_what_subscribe_cannot_read_is_named_and_nothing_is_kept(
    icewire: Command, arguments: list[str], named: str
) -> None:
    said = icewire("subscribe", *arguments)
    assert (said.status, said.printed) == (1, "")
    assert named in said.err
    assert icewire("subscribers", "--json").data == []


def test_a_search_with_a_mistake_is_shown_with_the_place_of_the_mistake(icewire: Command) -> None:
    said = icewire("subscribe", READER, 'waltham AND (raid OR "Moody Street"')
    assert said.status == 1
    caret = next(line for line in said.complained.splitlines() if line.strip() == "^")
    shown = next(line for line in said.complained.splitlines() if "waltham AND (raid" in line and "error" not in line)
    assert shown[len(caret) - 1] == "("


def test_a_search_that_is_no_utf_8_is_told_and_not_kept(icewire: Command) -> None:
    said = icewire("subscribe", READER, "raid\udcff")  # as Python reads a byte of Latin-1
    assert (said.status, said.err) == (1, r"error 'raid\udcff' is not text in UTF-8")
    assert icewire("subscribers", "--json").data == []


def test_a_number_that_no_database_holds_is_told(icewire: Command) -> None:
    said = icewire("channels", "remove", str(10**30))
    assert (said.status, said.err) == (1, "error the database: a number is out of range")


def test_a_place_that_is_misspelled_is_suggested(icewire: Command) -> None:
    said = icewire("subscribe", READER, 'raid place:"Walthm, MA"')
    assert said.status == 1
    assert "Waltham, MA" in said.err


def test_the_same_search_twice_is_refused(icewire: Command) -> None:
    assert icewire("subscribe", READER, "raid").status == 0
    said = icewire("subscribe", READER, "raid")
    assert said.status == 1
    assert "reader@example.org already has the search “raid”" in said.err


def test_with_a_mail_server_a_person_is_asked_first(icewire: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICEWIRE_MAIL__SMTP_HOST", "127.0.0.1")
    assert "is asked by mail to confirm" in icewire("subscribe", READER, "raid").out
    assert icewire("subscribers", "--json").data[0]["state"] == "pending"
    assert "gets a digest at" in icewire("subscribe", "other@example.org", "raid", "--confirmed").out


def test_who_was_asked_the_same_today_gets_no_second_mail_and_about_another_search_one_tomorrow(
    icewire: Command, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICEWIRE_MAIL__SMTP_HOST", "127.0.0.1")
    for _ in range(2):
        assert "is asked by mail to confirm; the digest starts then" in icewire("subscribe", READER, "raid").out
    assert Deliveries(engine).delivery_counts() == {"queued": 1}
    assert "is asked by mail to confirm 20" in icewire("subscribe", READER, "arrest").out
    third = icewire("subscribe", READER, "protest")
    assert third.status == 1
    assert "an address gets one such mail a day" in third.err
    assert "raid (waits for a yes)" in icewire("subscribers").out


def test_who_gets_digests_is_asked_about_one_more_search(icewire: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICEWIRE_MAIL__SMTP_HOST", "127.0.0.1")
    icewire("subscribe", READER, "raid", "--confirmed")
    assert "is asked by mail to confirm; this search starts then" in icewire("subscribe", READER, "arrest").out
    [person] = icewire("subscribers", "--json").data
    assert (person["state"], [asked is None for asked in person["asked"]]) == ("active", [True, False])


def test_who_left_may_subscribe_to_the_same_again(icewire: Command) -> None:
    icewire("subscribe", READER, "raid")
    icewire("subscribe", READER, "arrest")
    icewire("unsubscribe", READER)
    assert icewire("subscribe", READER, "raid").status == 0
    assert icewire("subscribers", "--json").data[0]["searches"] == ["raid"]


def test_an_address_is_kept_as_every_mail_server_takes_it(icewire: Command) -> None:
    icewire("subscribe", "reader@bücher.example", "raid")
    assert icewire("subscribers", "--json").data[0]["email"] == "reader@xn--bcher-kva.example"
    assert icewire("disclose", "Reader@bücher.example", "--json").data["subscriber"][0]["id"] == 1
    said = icewire("digest", "--html", "mine.html", "--to", "reader@bücher.example")
    assert "to reader@xn--bcher-kva.example" in said.out
    assert "gets no more mail" in icewire("unsubscribe", "reader@bücher.example").out
    said = icewire("subscribe", "josé@example.org", "raid")
    assert said.status == 1
    assert "is not an e-mail address" in said.err


def test_unsubscribe_ends_it_and_a_stranger_is_not_known(icewire: Command) -> None:
    icewire("subscribe", READER, "raid")
    assert "gets no more mail" in icewire("unsubscribe", " Reader@example.org ").out
    assert icewire("subscribers", "--json").data == []
    said = icewire("unsubscribe", "stranger@example.org")
    assert said.status == 1
    assert "stranger@example.org is not subscribed" in said.err


def test_one_search_can_be_ended_and_the_others_stay(icewire: Command) -> None:
    icewire("subscribe", READER, "raid")
    icewire("subscribe", READER)
    assert "no longer looks for: every story" in icewire("unsubscribe", READER, "").out
    assert icewire("subscribers", "--json").data[0]["searches"] == ["raid"]
    assert "has no search 'hockey'" in icewire("unsubscribe", READER, "hockey").err


@pytest.mark.parametrize("again", [(), ("raid",)])
def test_the_hour_alone_can_be_changed(icewire: Command, again: tuple[str, ...]) -> None:
    icewire("subscribe", READER, "raid")
    assert (
        "at 09:00 America/Chicago from now on"
        in icewire("subscribe", READER, *again, "--at", "9:00", "--tz", "America/Chicago").out
    )
    [known] = icewire("subscribers", "--json").data
    assert (known["at"], known["timezone"], known["searches"]) == ("09:00", "America/Chicago", ["raid"])


def test_all_that_is_to_change_of_an_address_and_a_search_changes_at_once(icewire: Command) -> None:
    icewire("subscribe", READER, "raid", "--tz", "UTC")
    said = icewire("subscribe", READER, "--at", "08:00", "--tz", "America/Chicago", "--language", "es")
    assert said.printed == (
        f"{READER} is written to in Spanish from now on.\n"
        f"{READER} gets the digest at 08:00 America/Chicago from now on.\n"
    )
    said = icewire("subscribe", READER, "raid", "--name", "Raids", "--cadence", "weekly", "--day", "friday")
    assert [line.rpartition(" from now on")[0] for line in said.printed.splitlines()] == [
        f"{READER} gets the digest at 08:00 America/Chicago, what comes weekly on Fridays,",
        "raid: comes weekly",
        f"{READER} calls this search “Raids”",
    ]
    (kept,) = icewire("subscribers", "--json").data
    assert (kept["at"], kept["day"], kept["names"], kept["cadences"]) == ("08:00", "friday", ["Raids"], ["weekly"])


def test_subscribe_reads_the_search_back_and_takes_a_name_for_it(icewire: Command) -> None:
    said = icewire("subscribe", READER, "raid -hockey", "--name", "Raids")
    assert "This search finds stories that mention raid (raids, raided, raiding), but not hockey." in said.out
    again = icewire("subscribe", READER, "raid -hockey", "--name", " Raids near us ")
    assert "calls this search “Raids near us” from now on: raid -hockey" in again.out
    assert icewire("subscribers", "--json").data[0]["searches"] == ["raid -hockey"]


def test_search_takes_days_that_a_subscription_does_not(icewire: Command) -> None:
    assert icewire("search", "raid since:7d").status == 0
    assert "another day each day" in icewire("subscribe", READER, "raid since:7d").err


def test_with_nobody_subscribed_it_says_how_to_begin(icewire: Command) -> None:
    assert "icewire subscribe" in icewire("subscribers").out
    assert icewire("subscribers", "--json").data == []
    assert "icewire subscribe" in icewire("digest").out
    assert icewire("digest", "--json").data == {"digests": [], "sent": 0, "not_sent": 0}


# The archive


def test_stories_lists_each_once_with_who_else_reported_it(icewire: Command, kept: Watchlist) -> None:
    found = {row["place"]: row for row in icewire("stories", "--json").data}
    assert set(found) == {"Waltham, MA", "Worcester, MA"}
    waltham = found["Waltham, MA"]
    assert (waltham["outlet"], waltham["newsrooms"], waltham["copies"]) == ("The Ledger", ["The Gazette"], 1)
    assert waltham["published_at"] == "2026-03-09T11:00:00+00:00"
    assert [r["copy"] for r in waltham["reports"]] == [False, False, True]
    shown = icewire("stories")
    assert "2026-03-09" in shown.printed
    assert "ICE arrests baker" in shown.out
    assert len(icewire("stories", "--limit", "1", "--json").data) == 1


def test_search_finds_what_a_subscription_would(icewire: Command, kept: Watchlist) -> None:
    [found] = icewire("search", 'arrest* place:"Worcester, MA"', "--json").data
    assert found["title"] == "ICE arrests baker"
    assert found["matched"]
    assert "filmed the arrest from a porch" in found["window"]
    assert "ICE arrests baker" in icewire("search", "shrewsbury").out
    assert icewire("search", "hockey").out == "No story matches."
    assert icewire("search", "hockey", "--json").data == []


def test_a_search_that_cannot_be_read_fails(icewire: Command, kept: Watchlist) -> None:
    said = icewire("search", "raid AND")
    assert (said.status, said.printed) == (1, "")
    assert "AND" in said.err
    for further in ([], ["--feed"]):
        asked = icewire("search", "raid AND", "--json", *further)
        assert asked.status == 1
        assert "AND" in json.loads(asked.printed)["error"]


def test_an_empty_archive_says_how_to_fill_it(icewire: Command) -> None:
    assert "icewire crawl" in icewire("stories").out
    assert icewire("stories", "--json").data == []


# Digests


def test_a_preview_shows_the_digest_and_stores_nothing(icewire: Command, kept: Watchlist) -> None:
    icewire("subscribe", READER, "waltham")
    said = icewire("digest", "--preview")
    assert said.status == 0
    assert f"To {READER}: " in said.out
    assert re.search(r"Also reported by The Gazette <https:\S+>; 1 copy elsewhere", said.out)
    previewed = icewire("digest", "--preview", "--json").data
    assert previewed["digests"][0] | {"subject": ""} == {
        "email": READER,
        "date": "2026-03-09",
        "subject": "",
        "stories": 1,
        "updates": 0,
        "made": False,
    }
    assert not Path("var/outbox").exists()
    assert icewire("digest", "--json").data["digests"][0]["made"] is True


def test_a_digest_can_be_looked_at_as_a_page_without_being_sent(icewire: Command, kept: Watchlist) -> None:
    said = icewire("digest", "--html", "sample.html")
    assert (said.status, said.out) == (0, "a sample of our own writing: sample.html")
    assert "Numbers differ: " in Path("sample.html").read_text("utf-8")
    icewire("subscribe", READER, "waltham")
    said = icewire("digest", "--html", "mine.html", "--json")
    assert said.data == {"file": "mine.html", "digest": f"to {READER}, “ICE news, March 9: 1 story (Waltham)”"}
    assert "ICE detains two near Waltham courthouse" in Path("mine.html").read_text("utf-8")
    icewire("digest", "--html", "sample.html", "--to", "sample")
    assert "Numbers differ: " in Path("sample.html").read_text("utf-8")
    assert "no subscriber nobody@example.org" in icewire("digest", "--html", "a.html", "--to", "nobody@example.org").err
    assert "cannot be written" in icewire("digest", "--html", "no/such/folder.html").err
    assert icewire("digest", "--json").data["digests"][0]["made"] is True  # nothing was recorded before


def test_how_many_of_a_search_are_shown_is_said_and_changed(icewire: Command, engine: Engine) -> None:
    icewire("subscribe", READER, "waltham", "--most", "7")
    assert [search.most for _, searches in Members(engine).subscribers() for search in searches] == [7]
    said = icewire("subscribe", READER, "waltham", "--most", "80")
    assert said.out == f"A mail to {READER} shows at most 80 stories of this search from now on: waltham"
    assert [search.most for _, searches in Members(engine).subscribers() for search in searches] == [80]
    assert icewire("subscribe", READER, "waltham", "--most", "81").status == 2


def test_who_has_no_search_that_goes_on_gets_no_digest_by_hand(icewire: Command, engine: Engine) -> None:
    icewire("subscribe", READER, "waltham")
    Members(engine).pause_search(1, NOON)
    assert icewire("digest", "--json").data == {"digests": [], "sent": 0, "not_sent": 0}


def test_a_digest_is_written_to_the_outbox_once_a_day(icewire: Command, kept: Watchlist) -> None:
    icewire("subscribe", READER, "waltham")
    said = icewire("digest")
    assert said.status == 0
    assert "1 mail sent (in var/outbox)" in said.out
    assert sorted(p.suffix for p in Path("var/outbox").iterdir()) == [".eml", ".html"]
    assert "To: reader@example.org" in next(Path("var/outbox").glob("*.eml")).read_text()
    again = icewire("digest")
    assert f"{READER}: today's digest was made already" in again.out
    assert "0 mails sent" in again.out
    assert len(list(Path("var/outbox").iterdir())) == 2


# Crawls


def test_a_second_crawl_in_one_data_folder_is_refused(icewire: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.turns.MAKES_WAY", 0.1)
    Path("var").mkdir(exist_ok=True)
    with FileLock("var/crawl.lock"):
        said = icewire("crawl")
    assert (said.status, said.printed) == (1, "")
    assert "another crawl is running with this data folder" in said.err


# Doctor


def test_a_well_deployment_is_told_so_with_what_a_sender_needs(icewire: Command, kept: Watchlist) -> None:
    said = icewire("doctor")
    assert said.status == 0
    for what in ("configuration", "database", "registry", "sources", "clock", "manners", "mail", "deliveries"):
        assert what in said.out
    found = {f["what"]: f["state"] for f in icewire("doctor", "--json").data}
    assert (found["configuration"], found["database"], found["mail"]) == ("ok", "ok", "note")


def test_doctor_names_what_is_wrong(icewire: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICEWIRE_MAIL__SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("ICEWIRE_MAIL__SMTP_PORT", "1")
    Path("var/sources").mkdir(parents=True)
    Path("var/sources/mine.toml").write_text("[ledger\n")
    said = icewire("doctor", "--json")
    assert said.status == 1
    found = {f["what"]: f for f in json.loads(said.printed)}
    assert {w for w, f in found.items() if f["state"] == "wrong"} == {"registry", "mail"}
    assert "mine.toml" in found["registry"]["said"]
    assert found["mail"]["said"].startswith("127.0.0.1:1: ")


def test_doctor_says_whether_anybody_reads_what_comes_back(
    icewire: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert "bounces" not in icewire("doctor").out  # nothing leaves
    monkeypatch.setenv("ICEWIRE_BOUNCES__ADDRESS", "bounces@example.org")
    assert "set bounces.maildir or bounces.imap_host" in " ".join(icewire("doctor").out.split())
    monkeypatch.setenv("ICEWIRE_BOUNCES__MAILDIR", str(tmp_path / "box"))
    assert "cannot be read" in " ".join(icewire("doctor").out.split())
    mailbox.Maildir(tmp_path / "box").add(b"Subject: x\n\n")
    assert "1 mail to read for bounces@example.org" in " ".join(icewire("doctor", "--mended").out.split())
    monkeypatch.delenv("ICEWIRE_BOUNCES__ADDRESS")
    assert "set bounces.address" in icewire("doctor").out


def test_doctor_says_that_one_click_needs_https(icewire: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICEWIRE_MAIL__SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("ICEWIRE_MAIL__SMTP_PORT", "1")
    monkeypatch.setenv("ICEWIRE_WEB__PUBLIC_URL", "http://alerts.example.org")
    assert "web.public_url is not https" in icewire("doctor").out
    monkeypatch.setenv("ICEWIRE_WEB__PUBLIC_URL", "https://alerts.example.org")
    assert "web.public_url" not in icewire("doctor").out


def test_doctor_names_a_wrong_setting(icewire: Command) -> None:
    Path("icewire.toml").write_text("[crawl]\npoll_minutes = 0\n")
    said = icewire("doctor")
    assert said.status == 1
    assert "wrong configuration icewire.toml, crawl.poll_minutes" in said.out
    assert json.loads(icewire("doctor", "--json").printed)[0]["state"] == "wrong"


def test_a_clock_that_stands_before_what_was_read_is_wrong(
    icewire: Command, kept: Watchlist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICEWIRE_CLOCK_OFFSET_SECONDS", "0")
    kept.record_unchanged(1, datetime(2999, 1, 1, tzinfo=UTC), HALF_HOURLY)
    said = icewire("doctor")
    assert said.status == 1
    assert "set the clock" in said.out


def test_the_version_is_said_without_a_command(icewire: Command) -> None:
    said = icewire("--version")
    assert (said.status, said.out.split()[0]) == (0, "icewire")


def test_a_zone_that_this_machine_lacks_stops_the_digest_of_nobody_else(icewire: Command, engine: Engine) -> None:
    for who, zone in (("a", "America/Gotham"), ("b", "America/New_York")):
        Members(engine).subscribe(f"{who}@example.org", "raid", NOON, zone, "07:00", active=True)
    said = icewire("digest")
    assert (said.status, "b@example.org: “ICE news" in said.out) == (0, True)
    assert "no digest for a@example.org: the time zone America/Gotham is not known here" in said.err
    said = icewire("doctor")
    assert said.status == 1
    assert "no digest in the time zone America/Gotham" in said.out


def test_an_address_that_nobody_has_is_shown_and_mailed_again_when_asked(icewire: Command, engine: Engine) -> None:
    icewire("subscribe", READER, "raid", "--confirmed")
    refused = because("mail_answered", code=550, said="5.1.1 no such user")
    with Session(engine) as session:
        for n in range(3):
            note_refusal(session, 1, refused, NOON + timedelta(days=n))
        session.commit()
    assert f"{READER} (bounced: the mail server answered 550 5.1.1 no such user), at" in icewire("subscribers").out
    assert icewire("subscribers", "--json").data[0]["state"] == "bounced"
    assert "no mail goes to 1 address at which none arrives" in " ".join(icewire("doctor").out.split())
    assert f"{READER} (no more mail goes there): the mail" in icewire("subscribers", "--failing").out
    [row] = icewire("subscribers", "--failing", "--json").data
    assert (row["state"], row["kind"], row["times"]) == ("bounced", "mail_answered", 3)
    assert "gets digests again" in icewire("reactivate", READER).out
    assert "Mail arrives at every address" in icewire("subscribers", "--failing").out
    assert icewire("subscribers", "--json").data[0]["state"] == "active"
    assert "there is nothing to reactivate" in icewire("reactivate", READER).err
    assert "is not subscribed" in icewire("reactivate", "other@example.org").err
