"""`icewire explain` of what is stored: every judgement, who was told, and why somebody was not."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from crawler.model import as_written
from crawler.store.store import Store
from crawler.watch.outcome import Outcome
from crawler.watch.watchlist import Watchlist
from scheduler import show
from scheduler.explain.explain import masked
from scheduler.explain.explained import around
from tests.makers.commanding import Command, _here, engine, icewire
from tests.makers.making import BODY, NOON, article, item, keep, outlet, see, verdict, watch

pytestmark = pytest.mark.slow

__all__ = ["_here", "engine", "icewire"]  # fixtures

READER, CLINIC = "reader@example.org", "clinic@desk.example"
RAID, HOCKEY = "https://ledger.example/raid", "https://ledger.example/hockey"


@pytest.fixture
def kept(engine: Engine) -> Watchlist:
    """A story of Waltham that two newsrooms and a copy report, and a page about hockey."""
    watchlist = watch(engine, outlet("ledger"), outlet("gazette"), outlet("radio"))
    [entry, hockey] = see(watchlist, item("raid"), item("hockey"))
    evidence = [
        {"term": "ICE", "where": "title", "weight": 1.0, "sentence": "ICE detains two near Waltham courthouse: raid"},
        *({"term": f"agents {n}", "where": "text", "weight": 0.5, "sentence": BODY} for n in range(11)),
    ]
    witnesses = {
        "title": "h1",
        "published_at": "JSON-LD datePublished",
        "url": "rel=canonical",
        "credit": "Ledger Staff",
    }
    first = keep(engine, article(witnesses=witnesses, authors=["Ana Ruiz"]), of=verdict(evidence=evidence),
                 entries=(entry.id or 0,))  # fmt: skip
    keep(engine, article("held", "gazette", title="Two held at court"), story=first.story_id)
    keep(engine, article("copy", "radio"), story=first.story_id, copy_of=first.article_id)
    watchlist.record_outcome([hockey.id or 0], Outcome("off_topic", as_written("the page never mentions the topic")))
    return watchlist


def test_a_stored_page_is_told_with_every_judgement(icewire: Command, kept: Watchlist) -> None:
    told = icewire("explain", RAID, "--json").data
    assert (told["judged"], told["kept"], told["gate"]["passes"]) == ("stored", True, True)
    assert (told["entries"][0]["state"], told["topic"]["label"]) == ("fetched", "activity")
    assert told["article"]["from"]["title"] == "h1"
    assert [p["name"] for p in told["places"]] == ["Waltham"]
    assert [r["outlet"] for r in told["story"]["reports"]] == ["The Ledger", "The Gazette", "The Radio"]
    shown = icewire("explain", f"{RAID}?utm_source=mail").out
    assert "authors Ana Ruiz credited Ledger Staff published" in shown
    assert "[from JSON-LD datePublished]" in shown
    assert "It happened in Waltham." in shown
    assert "--fresh fetches and judges it anew" in shown


def test_long_evidence_is_cut_with_a_count(icewire: Command, kept: Watchlist) -> None:
    shown = icewire("explain", RAID).out
    assert "… and 4 more pieces of evidence" in shown
    assert "agents 6" in shown
    assert "agents 7" not in shown
    assert len(icewire("explain", RAID, "--json").data["topic"]["evidence"]) == 12


def test_a_long_sentence_is_cut_around_what_it_is_told_for() -> None:
    said = f"{'Early that morning ' * 20}agents of the bureau came to the door{' and then they left' * 20}."
    cut = around(said, "bureau")
    assert "agents of the bureau came" in cut
    assert len(cut) < 200
    assert cut.startswith("…")
    assert cut.endswith("…")
    assert around("Agents came.", "nothing") == "Agents came."


def test_searches_say_what_they_met_or_lacked_under_masked_addresses(icewire: Command, kept: Watchlist) -> None:
    icewire("subscribe", READER, "waltham")
    icewire("subscribe", CLINIC, 'hockey place:"Lynn, MA"')
    told = icewire("explain", RAID, "--json").data["searches"]
    assert [(s["subscriber"], s["matched"]) for s in told] == [("r…@e….org", ["waltham"]), ("c…@d….example", None)]
    assert told[1]["missing"] == ["hockey is not in it", "it happened in Waltham, MA, not in Lynn, MA"]
    shown = icewire("explain", RAID)
    assert READER not in shown.printed
    assert CLINIC not in shown.printed
    assert "1 met, 1 missed" in shown.out


def test_one_subscriber_can_be_asked_for_by_address(icewire: Command, kept: Watchlist) -> None:
    icewire("subscribe", READER, "waltham")
    icewire("subscribe", CLINIC, "hockey")
    [told] = icewire("explain", RAID, "--subscriber", "Reader@Example.org", "--json").data["searches"]
    assert (told["subscriber"], told["search"]) == (READER, "waltham")
    icewire("subscribe", "reader@bücher.example", "raid")
    [told] = icewire("explain", RAID, "--subscriber", "reader@bücher.example", "--json").data["searches"]
    assert told["subscriber"] == "reader@xn--bcher-kva.example"
    said = icewire("explain", RAID, "--subscriber", "nobody@example.org")
    assert said.status == 1
    assert "nobody@example.org has no search" in said.err


def test_a_masked_address_keeps_no_name() -> None:
    assert masked("jane.doe@jane-doe.example") == "j…@j….example"


def test_a_page_that_was_not_kept_says_why_and_is_not_fetched(icewire: Command, kept: Watchlist) -> None:
    said = icewire("explain", HOCKEY)
    assert said.status == 0
    assert "off topic: the page never mentions the topic" in said.out
    assert "its text was not kept" in said.out
    told = icewire("explain", HOCKEY, "--json").data
    assert (told["article"], told["kept"], told["because"]) == (None, False, "the page never mentions the topic")


def test_nothing_stored_is_an_error_when_only_that_is_asked_for(icewire: Command, kept: Watchlist) -> None:
    said = icewire("explain", "https://ledger.example/never", "--stored", "--json")
    assert said.status == 1
    assert '"error": "https://ledger.example/never: no feed has listed this address' in said.printed
    assert "nothing is stored of it" in said.err


def test_a_change_never_ends_in_a_bare_word(icewire: Command, kept: Watchlist, engine: Engine) -> None:
    changed = article(text=BODY.replace("agents detained two men", "agents released two men"))
    keep(engine, changed, now=NOON + timedelta(hours=2))
    [revision] = icewire("explain", RAID, "--json").data["revisions"]
    assert revision["change"] == "a sentence reads differently"
    shown = icewire("explain", RAID)
    assert "a sentence reads differently, marked below" in shown.out
    assert "[+released+]" in shown.out
    assert not any(line.rstrip().endswith("changed") for line in shown.printed.splitlines())


def test_stories_and_explain_show_that_a_page_is_gone(icewire: Command, kept: Watchlist, engine: Engine) -> None:
    store = Store(engine)
    [view] = store.stories()
    assert "gone" not in icewire("stories").out
    for report in view.reports:
        store.record_recheck(report.article.id or 0, NOON, gone=True)
    assert "its page is gone since 2026-03-09 12:00 UTC" in icewire("explain", RAID).out
    assert "page gone since 2026-03-09" in icewire("stories").out
    assert icewire("stories", "--json").data[0]["gone_at"]


def test_lines_keep_their_indent_in_a_narrow_window(
    icewire: Command, kept: Watchlist, monkeypatch: pytest.MonkeyPatch
) -> None:
    icewire("subscribe", READER, " OR ".join(f"word{n}" for n in range(30)))
    monkeypatch.setattr(show.out(), "width", 80)
    lines = icewire("explain", RAID).printed.splitlines()
    assert max(map(len, lines)) <= 80
    assert all(line == line.rstrip() for line in lines)
    missed = next(n for n, line in enumerate(lines) if line.startswith("  missed"))
    assert lines[missed + 1].startswith(" " * 10)


def test_reports_kept_apart_are_told(icewire: Command, kept: Watchlist, engine: Engine) -> None:
    text = "A baker was taken from a kitchen on Moody Street, his sister said.\nThe owner has closed the shop."
    keep(engine, article("baker", "gazette", title="Baker taken from Waltham kitchen", text=text))
    [apart] = icewire("explain", RAID, "--json").data["story"]["apart"]
    assert apart["because"] == "both in Waltham, MA, within a day"
    assert "kept apart from story 2, “Baker taken from Waltham kitchen”" in icewire("explain", RAID).out
