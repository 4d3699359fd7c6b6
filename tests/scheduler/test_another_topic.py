"""Another topic is a folder of data: from a paper's feed to what a reader is told, with the one in docs/evictions."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.topic.subject import Subject
from scheduler.checking.complete import lacking
from tests.makers.crawling import Place, deploy, outlet_at, page, rss
from tests.makers.serving import Reply, Site, served

EVICTIONS = Path(__file__).parents[2] / "docs" / "evictions"
STORIES = {
    "/evicted": (
        "Nine families evicted from a Lowell mill building",
        "Constables changed the locks of a former mill in Lowell, Massachusetts, on Monday, and nine families were "
        "evicted.\nTheir landlord had filed for eviction in March, housing court records show.",
    ),
    "/raid": (
        "ICE agents arrest two roofers in Lowell",
        "Immigration and Customs Enforcement agents arrested two roofers in Lowell, Massachusetts, on Monday.",
    ),
    "/show": (
        "Lowell singer evicted from the Big Brother house",
        "The houseguest from Lowell left the reality show on eviction night.",
    ),
}


@pytest.fixture(scope="module", params=[0, 1], ids=["in the crawl", "in a worker"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A deployment that watches for evictions, after its first crawl of one paper."""
    with served() as site:
        tell(site)
        place = deploy(tmp_path_factory.mktemp("evictions"), [outlet_at("mill-courier", site.base)])
        settings = place.folder / "icewire.toml"
        written = settings.read_text().replace("workers = 0", f"workers = {request.param}")
        settings.write_text(written.replace("[watch]", f"[watch]\ntopic = {json.dumps(str(EVICTIONS))}"))
        assert place.crawl()["stories"] == 1
        yield place


def tell(site: Site) -> None:
    """Put the stories on a paper's site."""
    site.pages["/feed"] = rss(*((site.url(path), title) for path, (title, _) in STORIES.items()))
    site.pages |= {path: Reply(page(*story)) for path, story in STORIES.items()}


def test_the_example_is_complete_and_tells_its_own_examples() -> None:
    subject = Subject(EVICTIONS)
    assert lacking(subject) == []
    for example in subject.examples:
        judged = subject.topic.judge(example.title, example.text)
        assert (judged.label == "activity") == (example.label == "activity"), example.title
        if example.label == "activity":
            page_of_it = page(example.title, example.text).encode()
            assert subject.gate.passes(page_of_it), example.title


@pytest.mark.slow
def test_a_crawl_keeps_what_that_topic_is_about_and_nothing_else(place: Place) -> None:
    status, said = place.told("stories", "--json")
    assert status == 0
    (story,) = json.loads(said)
    assert story["title"] == STORIES["/evicted"][0]
    assert story["kinds"][0] == "eviction"
    assert story["place"] == "Lowell, MA"
    assert place.snapshot().told("/raid")[0] == "off_topic"
    assert place.snapshot().told("/show")[0] == "off_topic"


@pytest.mark.slow
def test_searches_know_the_kinds_of_that_topic(place: Place) -> None:
    assert "about evictions" in place.told("subscribe", "reader@example.org", "kind:eviction", "--dry-run")[1]
    status, said = place.told("subscribe", "reader@example.org", "kind:raid", "--dry-run")
    assert status == 1
    assert "there are court, eviction, filing, help, policy, protest" in said


@pytest.mark.slow
def test_a_folder_that_is_no_topic_is_told(place: Place) -> None:
    settings = place.folder / "wrong.toml"
    settings.write_text('[watch]\ntopic = "nothing"\n')
    status, said = place.told("--config", "wrong.toml", "stories")
    assert status == 1
    assert "watch.topic: " in said
    assert "terms.toml is missing; expected the folder of a topic" in said


@pytest.mark.slow
def test_the_mail_speaks_of_that_topic_alone(place: Place) -> None:
    page_of_it = place.folder / "mail.html"
    assert place.told("subscribe", "reader@example.org", "state:MA", "--confirmed")[0] == 0
    status, said = place.told("digest", "--html", str(page_of_it))
    assert (status, "Eviction news" in page_of_it.read_text("utf-8")) == (0, True), said
    assert not re.search(r"\bICE\b", page_of_it.read_text("utf-8"))
