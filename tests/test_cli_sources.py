"""`icewire sources …` as a person types it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crawler.opml import read_opml
from crawler.sources import load_registry, write_outlets
from crawler.watchlist import Watchlist
from scheduler import show
from tests.commanding import Command, _here, engine, icewire
from tests.making import HALF_HOURLY, NOON, outlet
from tests.serving import Reply, Site, served

__all__ = ["_here", "engine", "icewire"]  # fixtures


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as site:
        yield site


def test_sources_list_shows_each_feed_and_how_it_went(icewire: Command, engine: Engine) -> None:
    outlets = [outlet("ledger"), outlet("granite", "NH"), outlet("closed", enabled=False, reason="asked us to stop")]
    write_outlets(Path("var/sources/mine.toml"), outlets)
    assert {r["id"]: r["state"] for r in icewire("sources", "list", "--json").data} == {
        "ledger": "not read yet",
        "granite": "not read yet",
        "closed": "off",
    }
    watchlist = Watchlist(engine)
    watchlist.record_feed_failure(1, "answered [503]", 0.25, NOON, HALF_HOURLY)
    watchlist.record_unchanged(2, NOON, HALF_HOURLY)
    shown = icewire("sources", "list").printed
    for said in ("ledger", "failing", "answered [503]", "asked us to stop", "just now"):
        assert said in shown
    assert [r["id"] for r in icewire("sources", "list", "--failing", "--json").data] == ["ledger"]
    assert [r["id"] for r in icewire("sources", "list", "--state", "nh", "--json").data] == ["granite"]
    assert icewire("sources", "list", "--state", "VT").out == "No source fits."


def test_a_mistake_in_a_registry_file_is_named(icewire: Command) -> None:
    Path("var/sources").mkdir(parents=True)
    Path("var/sources/mine.toml").write_text('[ledger]\nnme = "The Ledger"\n')
    said = icewire("sources", "list")
    assert (said.status, said.printed) == (1, "")
    assert "mine.toml" in said.err
    assert "[ledger]" in said.err


def test_an_outlet_is_added_once(icewire: Command) -> None:
    add = ("sources", "add", "https://www.ledger.example/", "--feed", "https://www.ledger.example/rss")
    said = icewire(*add, "--name", "The [Waltham] Ledger", "--city", "Waltham", "--state", "MA")
    assert said.status == 0
    assert "The [Waltham] Ledger is watched as" in said.out
    assert "var/sources/added.toml" in said.out
    [row] = icewire("sources", "list", "--json").data
    assert (row["where"], row["url"]) == ("Waltham, MA", "https://www.ledger.example/rss")
    again = icewire(*add)
    assert again.status == 1
    assert "is watched already" in again.err


def rss(site: Site, *hours: float, path: str = "/2026/03/raid-{}") -> Reply:
    """A feed whose items are so many hours old."""
    items = "".join(
        f"<item><title>Headline number {hour:g} of the day</title><link>{site.url(path.format(f'{hour:g}'))}</link>"
        f"<pubDate>{format_datetime(NOON - timedelta(hours=hour))}</pubDate></item>"
        for hour in hours
    )
    return Reply(f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>", kind="application/rss+xml")


def page(site: Site, head: str = "", articles: int = 0) -> Reply:
    """A front page with links to so many articles."""
    links = "".join(
        f"<article><h2><a href='/2026/03/0{n % 9 + 1}/council-hears-neighbors-on-street-{n}'>"
        f"Council hears neighbors on the plan for street {n}</a></h2></article>"
        for n in range(articles)
    )
    return Reply(
        f"<!doctype html><html lang='en'><head><meta property='og:site_name' content='The Waltham Ledger'>{head}"
        f"</head><body><p>Welcome</p>{links}</body></html>"
    )


STALE_AND_LIVE = (
    "<link rel='alternate' type='application/rss+xml' title='News' href='/old.rss'>"
    "<link rel='alternate' type='application/rss+xml' title='Comments' href='/comments/feed/'>"
    "<link rel='stylesheet' href='/wp-content/style.css'>"
)


@pytest.fixture
def ledger(site: Site) -> Site:
    """A site that advertises a feed that died a year ago, beside a live one that it does not name."""
    site.pages = {
        "/robots.txt": Reply("User-agent: *\nDisallow: /private/\n", kind="text/plain"),
        "/": page(site, STALE_AND_LIVE),
        "/old.rss": rss(site, 9000, 9100),
        "/feed/": rss(site, 2, 20, 70, 100),
    }
    return site


def test_the_feeds_of_a_site_are_found_and_the_live_one_is_taken(icewire: Command, ledger: Site) -> None:
    said = icewire("sources", "add", ledger.url("/"), "--city", "Waltham", "--state", "MA")
    assert said.status == 0
    shown = [" ".join(line.split()) for line in said.printed.splitlines()]
    assert "rss /feed/ 2 h ago 7 taken" in shown
    assert "rss /old.rss 375 days ago 0 stale" in shown
    assert "rss /comments/feed/ comments" in shown
    assert "The Waltham Ledger is watched as the-waltham-ledger" in said.out
    [row] = icewire("sources", "list", "--json").data
    assert (row["name"], row["where"], row["url"]) == ("The Waltham Ledger", "Waltham, MA", ledger.url("/feed/"))
    assert 'county = "Middlesex County"' in Path("var/sources/added.toml").read_text("utf-8")
    assert said.err == ""
    assert ledger.log[0].path == "/robots.txt"
    assert not ledger.asked("/comments/feed/")


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_fits_the_terminal(
    icewire: Command, ledger: Site, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr(show.out, "width", width)
    said = icewire("sources", "add", ledger.url("/"), "--dry-run", "--name", "Ledger")
    assert [line for line in said.printed.splitlines() if line.startswith("rss")]
    assert all(len(line) <= width for line in said.printed.splitlines())


def test_a_dry_run_writes_nothing(icewire: Command, ledger: Site) -> None:
    said = icewire("sources", "add", ledger.url("/"), "--dry-run")
    assert said.status == 0
    assert "would be watched as the-waltham-ledger; nothing was written" in said.out
    assert icewire("sources", "list", "--json").data == []


def test_what_was_found_is_told_to_programs(icewire: Command, ledger: Site) -> None:
    told = icewire("sources", "add", ledger.url("/"), "--state", "MA", "--json").data
    assert {f["url"].removeprefix(ledger.base): f["state"] for f in told["found"]} == {
        "/feed/": "taken",
        "/old.rss": "stale",
        "/comments/feed/": "comments",
    }
    assert told["outlet"]["feeds"][0]["url"] == ledger.url("/feed/")
    assert told["file"].endswith("added.toml")
    assert [t["url"].removeprefix(ledger.base) for t in told["tried"][:2]] == ["/robots.txt", "/"]


def test_a_known_feed_is_refused_after_looking(icewire: Command, ledger: Site) -> None:
    assert icewire("sources", "add", ledger.url("/"), "--state", "MA").status == 0
    again = icewire("sources", "add", ledger.url("/"), "--state", "MA")
    assert again.status == 1
    assert "/feed/ is watched already, as the-waltham-ledger" in again.err


def test_without_a_live_feed_the_front_page_is_read(icewire: Command, site: Site) -> None:
    site.pages = {"/": page(site, articles=12)}
    said = icewire("sources", "add", site.url("/"), "--state", "MA")
    assert said.status == 0
    assert "is read as a section page" in said.err
    [row] = icewire("sources", "list", "--json").data
    assert (row["name"], row["kind"]) == ("The Waltham Ledger", "section")


def test_what_was_tried_is_told_when_nothing_can_be_read(icewire: Command, site: Site) -> None:
    site.pages = {"/": page(site)}
    said = icewire("sources", "add", site.url("/"), "--state", "MA")
    assert said.status == 1
    assert "cannot be added: no live feed or news sitemap and no page with links to articles was found" in said.err
    assert "answered 404: /robots.txt, /feed/, /rss.xml" in said.err
    assert "--feed" in said.err
    assert icewire("sources", "list", "--json").data == []


def test_a_site_that_cannot_be_reached_is_named(icewire: Command) -> None:
    said = icewire("sources", "add", "http://127.0.0.1:1/", "--state", "MA")
    assert said.status == 1
    assert "Connection refused" in said.err


def test_an_outlet_without_a_place_is_told_what_that_costs(icewire: Command, ledger: Site) -> None:
    said = icewire("sources", "add", ledger.url("/"))
    assert said.status == 0
    assert "without --state it counts as nationwide" in said.err


def test_a_misspelt_city_is_refused_with_the_nearest_name(icewire: Command, ledger: Site) -> None:
    said = icewire("sources", "add", ledger.url("/"), "--city", "Walthm", "--state", "MA")
    assert said.status == 1
    assert "no Walthm, MA is known; did you mean Waltham, MA?" in said.err
    assert ledger.log == []
    sure = icewire("sources", "add", ledger.url("/"), "--city", "Walthm", "--state", "MA", "--county", "Essex County")
    assert sure.status == 0
    assert "note: no Walthm, MA is known" in sure.err


def test_a_shipped_outlet_without_a_feed_is_replaced_by_what_was_found(icewire: Command) -> None:
    Path("icewire.toml").write_text("[watch]\nshipped = true\n")
    shipped = next(o for o in load_registry(shipped=True, own=None).values() if not o.feeds and o.city)
    told = icewire("sources", "add", shipped.homepage, "--feed", "https://feeds.example/found", "--dry-run", "--json")
    assert told.status == 0
    assert f"icewire ships {shipped.id} without a feed" in told.err
    found = json.loads(told.printed)["outlet"]
    assert (found["id"], found["city"], found["enabled"]) == (shipped.id, shipped.city, True)


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
    assert "enabled = false" in said.err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["ledger.example"], "ledger.example"),
        (["https://ledger.example/", "--state", "Texass"], '"state"'),
        (["https://ledger.example/", "--feed", "/rss"], "/rss"),
        (["https://ledger.example/", "--language", "english!"], "language"),
    ],
)
def test_an_outlet_that_cannot_be_is_not_added(icewire: Command, arguments: list[str], named: str) -> None:
    said = icewire("sources", "add", *arguments)
    assert (said.status, said.printed) == (1, "")
    assert named in said.err
    assert icewire("sources", "list", "--json").data == []


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
    assert "the server answered 404" in gone.err


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
    said = icewire("sources", "check", "nobody")
    assert said.status == 1
    assert "no outlet has the id nobody" in said.err


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
