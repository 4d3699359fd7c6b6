"""`icewire sources add` as a person types it."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from crawler.registry.files import load_registry
from scheduler import show
from tests.makers.commanding import Command, _here, icewire
from tests.makers.outlet_site import page, rss, site
from tests.makers.serving import Reply, Site

pytestmark = pytest.mark.slow

__all__ = ["_here", "icewire", "site"]  # fixtures


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
        "/index": page(site, STALE_AND_LIVE),
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
    terminal = Console(width=width, force_terminal=True, color_system=None, highlight=False)
    monkeypatch.setattr(show, "out", lambda: terminal)
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
    again = icewire("sources", "add", ledger.url("/index"), "--state", "MA")
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


@pytest.mark.slow
def test_a_shipped_outlet_without_a_feed_is_replaced_by_what_was_found(icewire: Command, ledger: Site) -> None:
    settings = Path("icewire.toml")
    settings.write_text(settings.read_text().replace("false", "true", 1))
    shipped = next(o for o in load_registry(shipped=True, own=None).values() if not o.feeds and o.city)
    told = icewire("sources", "add", shipped.homepage, "--feed", ledger.url("/feed/"), "--dry-run", "--json")
    assert told.status == 0
    assert f"icewire ships {shipped.id} without a feed" in told.err
    found = json.loads(told.printed)["outlet"]
    assert (found["id"], found["city"], found["enabled"]) == (shipped.id, shipped.city, True)


def test_an_outlet_is_added_once_by_a_feed_that_a_person_knows(icewire: Command, ledger: Site) -> None:
    add = ("sources", "add", "https://www.ledger.example/", "--feed", ledger.url("/feed/"))
    said = icewire(*add, "--name", "The [Waltham] Ledger", "--city", "Waltham", "--state", "MA")
    assert said.status == 0
    assert "rss http" in said.out
    assert "The [Waltham] Ledger is watched as" in said.out
    assert "var/sources/added.toml" in said.out
    [row] = icewire("sources", "list", "--json").data
    assert (row["where"], row["url"]) == ("Waltham, MA", ledger.url("/feed/"))
    asked = len(ledger.log)
    again = icewire(*add)
    assert again.status == 1
    assert "is watched already" in again.err
    assert len(ledger.log) == asked


def test_a_named_feed_is_called_what_it_is_and_where_it_lives_now(icewire: Command, ledger: Site) -> None:
    ledger.pages["/old"] = Reply("", 301, headers={"Location": "/news.atom"})
    entry = f"<entry><title>Vigil</title><link href='{ledger.url('/vigil')}'/></entry>"
    ledger.pages["/news.atom"] = Reply(f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>")
    named = [argument for path in ("/old", "/news.atom") for argument in ("--feed", ledger.url(path))]
    told = icewire("sources", "add", ledger.url("/"), *named, "--state", "MA", "--json").data
    [feed] = told["outlet"]["feeds"]
    assert (feed["kind"], feed["url"]) == ("atom", ledger.url("/news.atom"))


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/gone", "answered 404"),
        ("/", "not a feed"),
        ("/private/feed", "robots.txt does not allow it"),
        ("http://127.0.0.1:1/feed", "robots.txt could not be read"),
    ],
)
def test_a_named_feed_that_cannot_be_read_is_not_written(icewire: Command, ledger: Site, path: str, why: str) -> None:
    url = path if path.startswith("http") else ledger.url(path)
    said = icewire("sources", "add", ledger.url("/"), "--feed", url, "--feed", ledger.url("/feed/"), "--state", "MA")
    assert said.status == 1
    assert f"{url}: {why}" in said.err
    assert ("To watch it all the same" in said.err) is (why != "not a feed")
    assert icewire("sources", "list", "--json").data == []


def test_a_named_feed_is_taken_however_old_and_that_is_said(icewire: Command, ledger: Site) -> None:
    said = icewire("sources", "add", ledger.url("/"), "--feed", ledger.url("/old.rss"), "--state", "MA")
    assert said.status == 0
    assert "taken: it has been silent for long" in said.out


def test_a_known_outlet_is_refused_before_anything_is_asked(icewire: Command, ledger: Site) -> None:
    assert icewire("sources", "add", ledger.url("/"), "--state", "MA").status == 0
    asked = len(ledger.log)
    for homepage in (ledger.url("/"), ledger.base, "the-waltham-ledger"):
        again = icewire("sources", "add", homepage, "--state", "MA")
        assert again.status == 1
        assert f"{homepage} is watched already, as the-waltham-ledger (The Waltham Ledger)" in again.err
    assert len(ledger.log) == asked


def test_a_dry_run_looks_at_a_known_outlet_too(icewire: Command, ledger: Site) -> None:
    assert icewire("sources", "add", ledger.url("/"), "--state", "MA").status == 0
    said = icewire("sources", "add", ledger.url("/"), "--state", "MA", "--dry-run")
    assert said.status == 0
    assert "rss /feed/" in said.out
    assert said.err.count("is watched already") == 1


def test_a_failure_is_told_to_programs_as_json_too(icewire: Command, site: Site) -> None:
    site.pages = {"/": page(site)}
    said = icewire("sources", "add", site.url("/"), "--state", "MA", "--json")
    assert said.status == 1
    told = json.loads(said.printed)
    assert "no live feed or news sitemap" in told["error"]
    assert {"url": site.url("/robots.txt"), "said": "answered 404"} in told["tried"]
    assert "no live feed or news sitemap" in said.err
    wrong = icewire("sources", "add", "ledger.example", "--json")
    assert (wrong.status, list(json.loads(wrong.printed))) == (1, ["error"])


def test_a_wrong_address_is_told_once(icewire: Command) -> None:
    said = icewire("sources", "add", "ledger.example")
    assert said.err.count("write it whole") == 1


@pytest.mark.parametrize(
    ("county", "state", "hint"),
    [
        ("Midlesex", "MA", "no Midlesex County, MA is known; did you mean Middlesex County?"),
        ("Orleens Parish", "LA", "did you mean Orleans Parish?"),
        ("Lantern County", "RI", "`icewire sources coverage --state RI` lists counties"),
    ],
)
def test_a_misspelt_county_is_refused_with_the_nearest_name(
    icewire: Command, ledger: Site, county: str, state: str, hint: str
) -> None:
    said = icewire("sources", "add", ledger.url("/"), "--county", county, "--state", state)
    assert said.status == 1
    assert hint in said.err
    assert ledger.log == []


@pytest.mark.parametrize(
    ("county", "state", "called"),
    [
        ("middlesex", "MA", "Middlesex County"),
        ("st mary's county", "MD", "St. Mary's County"),
        ("Baltimore city", "MD", "Baltimore city"),
        ("Ponce Municipio", "PR", "Ponce Municipio"),
    ],
)
def test_a_county_is_written_as_it_is_called(
    icewire: Command, ledger: Site, county: str, state: str, called: str
) -> None:
    told = icewire("sources", "add", ledger.url("/"), "--county", county, "--state", state, "--dry-run", "--json").data
    assert told["outlet"]["county"] == called


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
