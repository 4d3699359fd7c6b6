"""`icewire explain URL --wrong …`: a person's word holds, is shown, and can be taken back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crawler.feeds.feed import FeedItem
from crawler.model import as_written
from crawler.watch.outcome import Outcome
from crawler.watch.watchlist import Watchlist
from tests.makers.commanding import Command, Said, _here, engine, icewire
from tests.makers.making import BODY, article, item, keep, outlet, see, watch
from tests.makers.serving import Reply, Site, served
from tests.scheduler.explain.test_afresh import HOCKEY, page

__all__ = ["_here", "engine", "icewire"]  # fixtures

pytestmark = pytest.mark.slow  # each opens a deployment some times

RAID, TALK = "https://ledger.example/raid", "https://ledger.example/talk"


@pytest.fixture
def kept(engine: Engine) -> Watchlist:
    """A story of one report in Waltham, and a page that was left out."""
    watchlist = watch(engine, outlet("ledger"), outlet("gazette"))
    [entry, talk] = see(watchlist, item("raid"), item("talk"))
    keep(engine, article(), entries=(entry.id or 0,))
    watchlist.record_outcome([talk.id or 0], Outcome("off_topic", as_written("not about ICE")))
    return watchlist


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as running:
        yield running


def wrong(icewire: Command, what: str, *right: str, url: str = RAID) -> Said:
    return icewire("explain", url, "--wrong", what, *(["--right", *right] if right else []))


def test_off_topic_it_leaves_the_story_and_search_and_comes_back(icewire: Command, kept: Watchlist) -> None:
    said = wrong(icewire, "topic")
    assert "topic: none, not activity. Story 1 leaves digests, feeds, search and counts." in said.out
    assert "corrected by hand on 2026-03-09 12:00 UTC: the topic is none; icewire says activity" in said.out
    assert "a page that is not kept meets none" in said.out
    told = icewire("explain", RAID, "--json").data
    assert (told["kept"], told["because"], told["story"]) == (False, "a person put it off topic", None)
    assert [(c["what"], c["said"], c["judged"]) for c in told["corrections"]] == [("topic", "none", "activity")]
    assert icewire("search", "waltham", "--json").data == []
    assert icewire("stories", "--json").data == []
    assert "topic: as icewire judges. It stands in story 1" in icewire("explain", RAID, "--undo").out
    assert [story["id"] for story in icewire("stories", "--json").data] == [1]
    assert icewire("explain", RAID, "--json").data["corrections"] == []


def test_saying_wrong_once_more_turns_the_topic_back(icewire: Command, kept: Watchlist) -> None:
    wrong(icewire, "topic")
    assert "topic: activity, not none. It stands in story 1" in wrong(icewire, "topic").out
    assert "the topic is activity already" in wrong(icewire, "topic", "on").err
    assert "topic: mention, not activity" in wrong(icewire, "topic", "mention").out
    assert "the topic is mention already" in wrong(icewire, "topic", "mention").err


def test_reports_in_other_words_stay_and_are_named(icewire: Command, kept: Watchlist, engine: Engine) -> None:
    keep(engine, article("own", "gazette", "Agents came to the mill at dawn."), story=1)
    said = wrong(icewire, "topic", "off").out
    assert "It leaves story 1. Reports in other words stay in story 1" in said
    assert "https://gazette.example/own" in said


def test_a_place_and_a_kind_are_put_right(icewire: Command, kept: Watchlist) -> None:
    assert "place: Lynn, MA, not Waltham, MA. It stands in story 1" in wrong(icewire, "place", "Lynn, MA").out
    wrong(icewire, "kind", "detention")
    told = icewire("explain", RAID, "--json").data
    assert [p["name"] for p in told["places"]] == ["Lynn"]
    assert told["topic"]["kind"] == "detention"
    assert [c["what"] for c in told["corrections"]] == ["place", "kind"]
    assert [s["id"] for s in icewire("search", 'place:"Lynn, MA"', "--json").data] == [1]
    assert icewire("search", 'place:"Waltham, MA"', "--json").data == []
    assert "kind: as icewire judges" in icewire("explain", RAID, "--wrong", "kind", "--undo").out
    assert [c["what"] for c in icewire("explain", RAID, "--json").data["corrections"]] == ["place"]


def test_that_there_is_no_place_can_be_said_and_several(icewire: Command, kept: Watchlist) -> None:
    assert "place: none, not Waltham, MA" in wrong(icewire, "place").out
    assert "the place is none already" in wrong(icewire, "place", "none").err
    wrong(icewire, "place", "Lynn, MA; Essex County, MA")
    assert [p["name"] for p in icewire("explain", RAID, "--json").data["places"]] == ["Lynn", "Essex County"]


def test_a_search_that_was_met_by_the_wrong_place_is_met_no_more(
    icewire: Command, kept: Watchlist, engine: Engine
) -> None:
    icewire("subscribe", "reader@example.org", 'place:"Waltham, MA"')
    assert "1 story" in icewire("digest", "--preview").out
    wrong(icewire, "place", "Lynn, MA")
    assert "ICE detains two" not in icewire("digest", "--preview").out


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((RAID, "--wrong", "place", "--right", "Lyn, MA"), "no place is known as “Lyn, MA”; perhaps Lynn, MA"),
        ((RAID, "--wrong", "place", "--right", "Springfeld"), "no place is known as “Springfeld”"),
        ((RAID, "--wrong", "kind", "--right", "picnic"), "No kind is called “picnic”; there are 287g, arrest"),
        ((RAID, "--wrong", "kind"), "say the right one with --right"),
        ((RAID, "--wrong", "kind", "--right", "raid,court,death"), "at most "),
        ((RAID, "--wrong", "topic", "--right", "maybe"), "a topic is on, off or mention, not “maybe”"),
        ((RAID, "--right", "off"), "--right is for --wrong topic, place or kind"),
        ((RAID, "--undo"), "nobody has corrected the topic or place or kind of this page"),
        ((RAID, "--wrong", "topic", "--fresh"), "leave out --url, --fresh and --stored"),
        (("saved.html", "--wrong", "topic"), "a correction is for a page by its address"),
        ((TALK, "--wrong", "kind", "--right", "raid"), "nothing is stored of it; `icewire explain"),
        ((TALK, "--wrong", "topic", "--right", "off"), "it is off topic already"),
        ((TALK, "--undo"), "there is nothing to undo"),
        (("https://nowhere.example/x", "--wrong", "topic"), "no outlet that icewire knows publishes there"),
    ],
)
def test_what_cannot_be_corrected_says_how_to_mend_it(
    icewire: Command, kept: Watchlist, words: tuple[str, ...], complaint: str
) -> None:
    said = icewire("explain", *words)
    assert said.status == 1
    assert complaint in said.err
    assert icewire("topic", "corrections").out.startswith("Nothing was corrected by hand")


@pytest.fixture
def left_out(engine: Engine, site: Site) -> str:
    """The address of a page on this machine that a feed listed and a crawl left out."""
    url = site.url("/talk")
    watchlist = watch(engine, outlet("ledger", homepage=site.url("/")))
    [entry] = see(watchlist, FeedItem(url=url, title="A talk"))
    watchlist.record_outcome([entry.id or 0], Outcome("off_topic", as_written("not about ICE")))
    return url


def test_a_page_that_was_left_out_is_fetched_judged_and_stored(icewire: Command, left_out: str, site: Site) -> None:
    site.pages["/talk"] = Reply(page("A talk on skating in Waltham, Massachusetts", HOCKEY))
    said = wrong(icewire, "topic", url=left_out)
    assert "topic: activity; the page was fetched and stored. It stands in story 1" in said.out
    told = icewire("explain", left_out, "--json").data
    assert (told["kept"], told["topic"]["label"], told["entries"][0]["state"]) == (True, "activity", "fetched")
    assert [(c["said"], c["judged"]) for c in told["corrections"]] == [("activity", "none")]
    assert [story["id"] for story in icewire("search", "skating", "--json").data] == [1]
    assert "Story 1 leaves digests" in icewire("explain", left_out, "--undo").out
    assert icewire("stories", "--json").data == []
    assert "topic: activity, not none. It stands in story 2" in wrong(icewire, "topic", url=left_out).out


def test_a_page_that_cannot_be_had_is_not_corrected(icewire: Command, left_out: str, site: Site) -> None:
    said = icewire("explain", left_out, "--wrong", "topic", "--json")
    assert said.status == 1
    assert "404" in json.loads(said.printed)["error"]
    site.pages["/talk"] = Reply("<html><title>Soon</title><body><p>Soon.</p></body></html>")
    assert "it cannot be read as an article" in wrong(icewire, "topic", url=left_out).err
    assert icewire("stories", "--json").data == []


def test_corrections_are_a_file_that_the_check_reads(icewire: Command, kept: Watchlist, engine: Engine) -> None:
    keep(engine, article("copy", "gazette"), story=1, copy_of=1)
    keep(engine, article("fair", "gazette", f"{BODY}\nIt rained.", "ICE detains two men at a fair"))
    wrong(icewire, "topic", "off")
    wrong(icewire, "place", "Lynn, MA", url="https://gazette.example/fair")
    listed = icewire("topic", "corrections", "--json").printed
    first, second = map(json.loads, listed.splitlines())
    assert (first["label"], first["judged"], first["text"]) == ("none", {"label": "activity"}, BODY)
    assert (second["label"], second["places"]) == ("activity", ["Lynn, MA"])
    Path("corrected.jsonl").write_text(listed)
    checked = icewire("topic", "check", "corrected.jsonl", "--json").data
    assert (checked["stories"], checked["false_alarms"], checked["places"]) == (2, 1, {"same": 0, "of": 1})
    shown = icewire("topic", "corrections").out
    assert "2026-03-09: the topic is none; icewire says activity" in shown
    assert "2026-03-09: the place is Lynn, MA; icewire says Waltham, MA" in shown
