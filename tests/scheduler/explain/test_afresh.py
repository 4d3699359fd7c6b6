"""`icewire explain` of pages that are not stored: saved files, and addresses fetched once with all manners."""

import gzip
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from crawler.extract import Hint
from crawler.feeds.feed import FeedItem
from crawler.model import IcewireError, Source
from crawler.store.store import Store
from crawler.text.urls import is_web_address
from crawler.workshop import WorkerApart
from scheduler.explain.afresh import judge_afresh
from scheduler.explain.page import Given, stated_address
from tests.makers.commanding import Command, _here, engine, icewire
from tests.makers.making import BODY, article, keep, outlet, see, watch
from tests.makers.serving import Reply, Site, served

__all__ = ["_here", "engine", "icewire"]  # fixtures

ADDRESS = "https://lantern.example/news/bakery-arrests"
STORY = (
    "Federal immigration agents arrested three bakers in Worcester on Monday morning, their families said.\n"
    "An ICE spokesman said the agency had acted on a tip, and that the three were held in Plymouth County.\n"
    "Neighbors on Shrewsbury Street filmed the arrests from their porches and called a hotline for immigrants.\n"
    "The owner of the bakery, Paulo Lima, said that he had closed it for the week and did not know what to tell "
    "his customers, who came by all day to ask what had happened."
)
HOCKEY = (
    "The Mariners skated onto fresh ice on Saturday and left it with their ninth win in a row, a club record.\n"
    "Goals by two freshmen within a minute settled a game that had been close until late in the second period, "
    "and the coach said afterwards that the team had never skated better than it did in the last ten minutes."
)

pytestmark = pytest.mark.slow  # each judges a page anew, with everything loaded


def page(title: str = "ICE arrests three at a Worcester bakery", text: str = STORY, head: str = "") -> str:
    """A page as an outlet's site shows it."""
    lines = "".join(f"<p>{line}</p>" for line in text.splitlines())
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{head}'
        '<meta property="article:published_time" content="2026-03-09T07:30:00-04:00">'
        f'<meta name="author" content="Nora Quill"></head><body><article><h1>{title}</h1>{lines}</article></body>'
    )


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as running:
        yield running


def save(content: str | bytes, name: str = "saved.html") -> str:
    """A file in this folder; its name."""
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
    return name


# Files


def test_a_saved_page_is_judged_as_if_it_came_from_its_address(icewire: Command, engine: Engine) -> None:
    watch(engine)
    told = icewire("explain", save(page()), "--url", ADDRESS, "--json").data
    assert (told["judged"], told["kept"], told["url"]) == ("anew", True, ADDRESS)
    assert (told["gate"]["passes"], told["topic"]["label"]) == (True, "activity")
    assert told["article"]["authors"] == ["Nora Quill"]
    assert {"title", "authors", "published_at", "language", "text", "url"} <= told["article"]["from"].keys()
    assert {("Worcester", "event"), ("Plymouth County", "about")} <= {(p["name"], p["role"]) for p in told["places"]}
    assert (told["story"]["id"], told["story"]["copy"]) == (None, False)
    assert Store(engine).counts()["articles"] == 0
    shown = icewire("explain", "saved.html", "--url", ADDRESS).out
    assert "not stored: this is what icewire would say" in shown
    assert "about, not the event's place" in shown
    assert "it would open one" in shown
    assert "wire none; its own report" in shown


def test_a_packed_page_without_address_goes_by_what_it_states_or_by_its_name(icewire: Command) -> None:
    packed = gzip.compress(page(head=f'<link href="{ADDRESS}" rel="canonical">').encode())
    assert icewire("explain", save(packed, "a.html.gz"), "--json").data["url"] == ADDRESS
    told = icewire("explain", save(gzip.compress(page().encode()), "b c.html.gz"), "--json").data
    assert told["url"] == "https://saved.example/b%20c.html"
    assert "made up, as it states none" in told["how"]


def test_the_page_states_its_address_by_canonical_before_open_graph() -> None:
    shared = '<meta content="https://lantern.example/shared" property="og:url">'
    link = "<LINK REL=canonical HREF=https://lantern.example/own?a=1&amp;b=2>"
    assert stated_address(f"<head>{shared}{link}".encode()) == "https://lantern.example/own?a=1&b=2"
    assert stated_address(f"<head>{shared}".encode()) == "https://lantern.example/shared"
    assert stated_address(b'<link rel="canonical" href="/relative"><a href="https://x.example/">') == ""


@given(st.binary(max_size=300) | st.text('<linkmeta ="canonicalhref:/.>', max_size=80).map(str.encode))
def test_any_bytes_may_be_asked_for_the_address_they_state(content: bytes) -> None:
    stated = stated_address(content)
    assert stated == "" or is_web_address(stated)


def test_an_outlet_gives_the_page_its_home(icewire: Command) -> None:
    Path("var/sources").mkdir()
    Path("var/sources/own.toml").write_text(
        '[lantern]\nname = "The Lantern"\nhomepage = "https://lantern.example/"\nstate = "MA"\n'
        'city = "Lynn"\nfeeds = [{ url = "https://lantern.example/feed" }]\n'
    )
    save(page())
    assert icewire("explain", "saved.html", "--outlet", "lantern", "--json").data["article"]["source"] == "The Lantern"
    assert icewire("explain", "saved.html", "--url", ADDRESS, "--json").data["article"]["source"] == "The Lantern"
    assert icewire("explain", "saved.html", "--json").data["article"]["source"] == "saved.example"
    said = icewire("explain", "saved.html", "--outlet", "lanten")
    assert said.status == 1
    assert "no outlet has the id “lanten”" in said.err


def test_a_page_that_would_not_be_kept_says_why(icewire: Command) -> None:
    told = icewire("explain", save(page("Mariners win again", HOCKEY)), "--json").data
    assert (told["kept"], told["gate"]["passes"], told["topic"]["label"]) == (False, False, "none")
    shown = icewire("explain", "saved.html").out
    assert "Gate not passed" in shown
    assert "Kept? no:" in shown
    assert "a page that is not kept meets none" in shown


def test_a_page_without_an_article_says_which(icewire: Command) -> None:
    told = icewire("explain", save("<html><title>ICE agents</title><body><p>Soon.</p></body></html>"), "--json").data
    assert (told["article"], told["kept"]) == (None, False)
    assert "no article text" in told["because"]


def test_a_copy_of_what_is_stored_would_join_its_story_and_meet_its_searches(icewire: Command, engine: Engine) -> None:
    watch(engine)
    keep(engine, article("raid", text=STORY))
    icewire("subscribe", "reader@example.org", "bakers")
    icewire("subscribe", "reader@example.org", "hockey")
    told = icewire("explain", save(page()), "--url", ADDRESS, "--json").data
    assert (told["story"]["id"], told["story"]["copy"]) == (1, True)
    assert [s["matched"] for s in told["searches"]] == [["bakers"], None]
    assert "it would join story 1 as a copy" in icewire("explain", "saved.html", "--url", ADDRESS).out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"%PDF-1.7 \x00\x01 <<>>", "it is no web page"),
        (b"just some words about ICE agents", "it is no web page"),
        (b"\x1f\x8b\x08\x00broken", "it cannot be read"),
        (b"<html>" + b"x" * 8_000_001, "larger than crawl.max_page_bytes"),
    ],
    ids=["empty", "pdf", "text", "broken-gzip", "huge"],
)
def test_a_file_that_is_no_page_is_an_error(icewire: Command, content: bytes, said: str) -> None:
    done = icewire("explain", save(content), "--json")
    assert done.status == 1
    assert said in json.loads(done.printed)["error"]
    assert said in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("missing.html",), "there is no such file; an address begins with https://"),
        (("var",), "it cannot be read"),
        (("icewire.toml", "--url", "lantern"), "--url: “lantern” is no web address"),
        (("icewire.toml", "--stored"), "--stored is for an address"),
        (("https://lantern.example/a", "--url", ADDRESS), "--url is for a file"),
        (("https://", "--fresh"), "is no web address"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_what_cannot_be_asked_is_an_error(icewire: Command, arguments: tuple[str, ...], said: str) -> None:
    done = icewire("explain", *arguments)
    assert (done.status, done.printed) == (1, "")
    assert said in done.err


# Addresses


def test_an_unknown_address_is_fetched_once_and_not_stored(icewire: Command, engine: Engine, site: Site) -> None:
    site.pages |= {
        "/robots.txt": Reply("User-agent: *\nDisallow: /members", kind="text/plain"),
        "/story": Reply(page()),
    }
    told = icewire("explain", site.url("/story"), "--json").data
    assert (told["judged"], told["kept"]) == ("anew", True)
    assert [a.path for a in site.log] == ["/robots.txt", "/story"]
    assert site.log[1].headers["user-agent"].startswith("icewire/")
    assert Store(engine).counts()["articles"] == 0
    assert icewire("explain", site.url("/members/story")).err.endswith("robots.txt does not allow it")
    assert site.asked("/members/story") == []


def test_a_stored_page_is_fetched_only_when_asked_and_says_what_changed(
    icewire: Command, engine: Engine, site: Site
) -> None:
    watch(engine)
    url = site.url("/story")
    keep(engine, article(url=url, link=url, text=STORY.replace("three", "two")))
    site.pages["/story"] = Reply(page())
    assert icewire("explain", url, "--json").data["judged"] == "stored"
    assert site.log == []
    told = icewire("explain", url, "--fresh", "--json").data
    assert (told["judged"], told["story"]["id"]) == ("anew", 1)
    assert "headline changed" in told["story"]["change"]
    assert "stored already; changed since: headline changed" in icewire("explain", url, "--fresh").out


def test_an_off_topic_page_is_judged_anew_when_asked_with_what_its_feed_said(
    icewire: Command, engine: Engine, site: Site
) -> None:
    watchlist = watch(engine, outlet(homepage=site.url("/")))
    link = FeedItem(url=site.url("/story"), title="Bakery arrests")
    see(watchlist, link)
    site.pages["/story"] = Reply(page())
    assert "not read yet; --fresh" in icewire("explain", site.url("/story")).out
    assert site.log == []
    told = icewire("explain", site.url("/story"), "--fresh", "--json").data
    assert (told["entries"][0]["state"], told["article"]["source"]) == ("new", "The Ledger")


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply("gone", 404), "answered 404"),
        (Reply(b"\x89PNG", kind="image/png"), "it is no web page"),
        (Reply(hangs_up=True), "closed connection"),
        (Reply("<html><title>Just a moment...</title>"), "a test for robots"),
    ],
    ids=["404", "image", "silent", "wall"],
)
def test_an_address_without_a_page_is_an_error(icewire: Command, site: Site, reply: Reply, said: str) -> None:
    site.pages["/story"] = reply
    done = icewire("explain", site.url("/story"), "--json")
    assert done.status == 1
    assert said in json.loads(done.printed)["error"]


def test_a_page_behind_a_redirect_is_the_one_that_was_listed(icewire: Command, engine: Engine, site: Site) -> None:
    see(watch(engine), FeedItem(url=site.url("/short"), title="Bakery arrests"))
    site.pages |= {"/short": Reply(status=302, headers={"Location": "/story"}), "/story": Reply(page())}
    told = icewire("explain", site.url("/short"), "--fresh", "--json").data
    assert (told["url"], told["entries"][0]["url"]) == (site.url("/story"), site.url("/short"))
    assert "which led to" in told["how"]


def test_a_server_that_cannot_be_reached_is_an_error(icewire: Command, site: Site) -> None:
    site.pages["/robots.txt"] = Reply(status=503)
    said = icewire("explain", site.url("/story"))
    assert said.status == 1
    assert "/story: " in said.err
    assert "asked us to wait until 12:05" in said.err
    assert site.asked("/story") == []
    assert "robots.txt could not be read (" in icewire("explain", "http://127.0.0.1:9/story").err


def test_a_server_that_asks_us_to_wait_is_left_alone(icewire: Command, site: Site) -> None:
    site.pages["/story"] = Reply(status=429, headers={"Retry-After": "3600"})
    assert "answered 429" in icewire("explain", site.url("/story")).err
    assert "asked us to wait until 13:00" in icewire("explain", site.url("/story")).err
    assert len(site.asked("/story")) == 1


def test_private_networks_are_refused(icewire: Command, site: Site) -> None:
    Path("icewire.toml").write_text("[watch]\nshipped = false\n")
    said = icewire("explain", site.url("/story"))
    assert said.status == 1
    assert "private or loopback network" in said.err
    assert site.log == []


def test_a_page_that_takes_too_long_is_given_up_with_its_reason(tmp_path: Path, now: datetime) -> None:
    given = Given(ADDRESS, page(text=f"{STORY}\n" * 200).encode(), "")
    lantern = Source(id="lantern", name="The Lantern", homepage="https://lantern.example")
    with pytest.raises(IcewireError, match=r"bakery-arrests: it cannot be judged: reading it took more than"):
        judge_afresh(given, lantern, Hint(), now, WorkerApart(1, patience=0.01))
    judged = judge_afresh(given, lantern, Hint(), now, WorkerApart(1))
    assert judged.verdict
    assert judged.verdict.label == "activity"


def test_a_page_is_read_in_a_process_of_its_own(icewire: Command) -> None:
    settings = Path("icewire.toml")
    settings.write_text(settings.read_text().replace("workers = 0", "workers = 2"))
    assert icewire("explain", save(page()), "--url", ADDRESS, "--json").data["topic"]["label"] == "activity"


def test_the_text_of_the_page_is_not_told(icewire: Command) -> None:
    told = icewire("explain", save(page(text=f"{STORY}\n{BODY}")), "--json")
    assert "customers, who came by all day" not in told.printed
    assert told.data["article"]["words"] > 50
