"""The story that the project was made for, the whole way; skipped where the evaluation data is absent."""

import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.registry.files import write_outlets
from crawler.registry.outlet import Outlet
from scheduler.settings import variable
from tests.makers.making import outlet
from tests.makers.serving import Reply, Site, served

STORY = Path(__file__).parents[2] / "shared" / "data" / "seed" / "story.txt"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not STORY.exists(), reason=f"no {STORY.name} beside the project")]

TITLE = "Sheriff urges calm after confrontations over immigration arrests"
NIGHT, MORNING = "2025-05-16T00:30:00-04:00", "2025-05-16T07:00:00-04:00"
RSS = """<rss version="2.0"><channel><title>Seven</title><item><title>{title}</title><link>{link}</link>
<pubDate>Thu, 15 May 2025 17:30:00 -0400</pubDate></item></channel></rss>"""


def page() -> str:
    """The story as a page of a Boston outlet."""
    text = re.sub(r"^\s*date \S+\s*", "", STORY.read_text("utf-8"))
    paragraphs = "".join(f"<p>{html.escape(p)}</p>" for p in text.split("\n") if p.strip())
    stamp = "<meta property='article:published_time' content='2025-05-15T17:30:00-04:00'>"
    return (
        f"<!doctype html><html lang='en'><head><title>{TITLE} - Seven</title>{stamp}</head><body>"
        f"<nav><a href='/'>Home</a></nav><article><h1>{TITLE}</h1>{paragraphs}</article></body></html>"
    )


@pytest.fixture(scope="module")
def seven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Path]]:
    """The outlet, read at night by a deployment with one subscriber."""
    folder = tmp_path_factory.mktemp("seed")
    with served() as site:
        site.pages["/story"] = Reply(page())
        site.pages["/feed"] = Reply(RSS.format(title=TITLE, link=site.url("/story")), kind="application/rss+xml")
        facts: dict[str, Any] = {
            "name": "Seven",
            "homepage": site.url("/"),
            "city": "Boston",
            "county": "Suffolk County",
        }
        feeds = [{"kind": "rss", "url": site.url("/feed")}]
        known: Outlet = outlet("seven", **(facts | {"feeds": feeds}))
        write_outlets(folder / "var" / "sources" / "ma.toml", [known])
        settings = "[watch]\nshipped = false\n[crawl]\nallow_private_addresses = true\ndelay_seconds = 0\n"
        (folder / "icewire.toml").write_text(settings, "utf-8")
        icewire(folder, NIGHT, "subscribe", "reader@example.org", "waltham")
        icewire(folder, NIGHT, "crawl")
        yield site, folder


def icewire(folder: Path, at: str, *words: str) -> str:
    """A command, with the clock at that time."""
    offset = (datetime.fromisoformat(at) - datetime.now(UTC)).total_seconds()
    environment = os.environ | {variable(("clock_offset_seconds",)): str(offset)}
    command = [sys.executable, "-m", "scheduler.cli", *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_it_is_dated_on_topic_and_placed(seven: tuple[Site, Path]) -> None:
    site, folder = seven
    told = json.loads(icewire(folder, MORNING, "explain", site.url("/story"), "--json"))
    assert told["article"]["published_at"].startswith("2025-05-15")
    assert told["topic"]["label"] == "activity"
    places = {(p["name"], p["state"]) for p in told["places"]}
    assert {("Waltham", "MA"), ("Worcester", "MA")} <= places


def test_it_is_in_the_next_mornings_digest_once(seven: tuple[Site, Path]) -> None:
    _, folder = seven
    first = json.loads(icewire(folder, MORNING, "digest", "--json"))
    again = json.loads(icewire(folder, MORNING, "digest", "--json"))
    assert (first["digests"][0]["stories"], first["sent"]) == (1, 1)
    assert (again["digests"][0]["made"], again["sent"]) == (False, 0)
    [mail] = (folder / "var" / "outbox").glob("*.html")
    assert mail.read_text("utf-8").count(TITLE) == 1
