"""Another topic is a folder of data: from a paper's feed to what a reader is told, with the one in docs/evictions."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from alerts.query import Document, QueryError, parse
from alerts.query.body import Body
from crawler.changes import development, figures
from crawler.changes.happenings import happenings
from crawler.places import Gazetteer, Home, find_scene
from crawler.topic.choice import SHIPPED, VARIABLE
from crawler.topic.subject import Subject
from scheduler.checking.complete import lacking
from tests.makers.crawling import Place, deploy, outlet_at, page, rss
from tests.makers.reports import LOWELL, grouped, known
from tests.makers.serving import Reply, Site, served

EVICTIONS = Path(__file__).parents[2] / "docs" / "evictions"
MILL = (
    "Nine families evicted from a Lowell mill building",
    "Constables changed the locks of a former mill on Elm Street in Lowell, Massachusetts, on Monday, and nine "
    "families were evicted.\nTheir landlord had filed for eviction in March, papers at the housing court in Boston "
    "show. The families carried furniture down to the sidewalk in the rain.",
)
THE_SAME = (
    "Families put out of Lowell mill in the rain",
    "Eleven families were evicted from the old mill on Elm Street in Lowell on Monday.\nThey carried furniture down to "
    "the sidewalk in the rain, while constables watched and neighbors brought tarps.",
)
CANAL = (  # on the same day in the same town: they share what every such story says, and nothing else
    "Landlord evicts tenants of Lowell apartment building",
    "A landlord evicted the tenants of an apartment building near the canal in Lowell on Monday.\nThe eviction notice "
    "came from housing court in May after the rent was not paid, the landlord said. A constable changed the locks "
    "before noon.",
)
STORIES = {
    "/evicted": MILL,
    "/canal": CANAL,
    "/raid": (
        "ICE agents arrest two roofers in Lowell",
        "Immigration and Customs Enforcement agents arrested two roofers in Lowell, Massachusetts, on Monday.",
    ),
    "/show": (
        "Lowell singer evicted from the Big Brother house",
        "The houseguest from Lowell left the reality show on eviction night.",
    ),
}
ELSEWHERE = {"/rain": THE_SAME}  # in another paper


@pytest.fixture(scope="module", params=[0, 1], ids=["in the crawl", "in a worker"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A deployment that watches for evictions, after its first crawl of two papers."""
    with served() as site:
        tell(site, "/feed", STORIES)
        tell(site, "/spindle", ELSEWHERE)
        papers = [outlet_at("mill-courier", site.base), outlet_at("spindle", site.base, "/spindle")]
        place = deploy(tmp_path_factory.mktemp("evictions"), papers)
        settings = place.folder / "icewire.toml"
        written = settings.read_text().replace("workers = 0", f"workers = {request.param}")
        settings.write_text(written.replace("[watch]", f"[watch]\ntopic = {json.dumps(str(EVICTIONS))}"))
        assert place.crawl()["stories"] == 2
        yield place


def tell(site: Site, feed: str, stories: Mapping[str, tuple[str, str]]) -> None:
    """Put the stories on a paper's site."""
    site.pages[feed] = rss(*((site.url(path), title) for path, (title, _) in stories.items()))
    site.pages |= {path: Reply(page(*story)) for path, story in stories.items()}


@pytest.fixture
def evictions(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process watches for evictions."""
    monkeypatch.setenv(VARIABLE, str(EVICTIONS))


def test_the_example_is_complete_and_tells_its_own_examples() -> None:
    subject = Subject(EVICTIONS)
    assert lacking(subject) == []
    for example in subject.examples:
        judged = subject.topic.judge(example.title, example.text)
        assert (judged.label == "activity") == (example.label == "activity"), example.title
        if example.label == "activity":
            page_of_it = page(example.title, example.text).encode()
            assert subject.gate.passes(page_of_it), example.title


@pytest.mark.usefixtures("evictions")
def test_what_happens_in_its_stories_is_news() -> None:
    assert "removal" in {happening.kind for happening in happenings("Nine families were evicted on Monday.")}
    assert [(figure.kind, figure.number) for figure in figures("Constables evict six families in Lowell", "")] == [
        ("removal", 6)
    ]
    before = (
        "Tenants fear to lose a Lowell mill",
        "Tenants of a former mill in Lowell met on Friday and said they may lose it.",
    )
    assert development("Lowell mill tenants evicted", "They were evicted on Monday, after a year.", [before])
    assert not development(
        "ICE agents deported a roofer", "He was deported to Ghana on Monday, a year later.", [before]
    )


@pytest.mark.usefixtures("evictions")
def test_what_all_its_stories_say_makes_no_two_of_them_one() -> None:
    assert grouped(*CANAL, [known(1, *MILL, place=LOWELL)], LOWELL).story_id is None
    assert grouped(*THE_SAME, [known(1, *MILL, place=LOWELL)], LOWELL).story_id == 10


def test_other_words_would_make_them_one() -> None:
    assert grouped(*CANAL, [known(1, *MILL, place=LOWELL)], LOWELL).story_id == 10


@pytest.mark.usefixtures("evictions")
def test_a_mail_quotes_what_tells_of_it() -> None:
    _, after = MILL
    text = f"{after}\nIt was as cold as on the ICE rink.\nThe landlord did not answer the telephone on Monday evening."
    told = Body(Document("A day in Lowell", text, "en", (), "courier", "Courier", None, ()), 25).telling(())
    said = {text[slice(*span)].lower() for spans in told.values() for span in spans}
    assert "landlord" in said
    assert "ice" not in said


@pytest.mark.usefixtures("evictions")
def test_an_office_is_no_field_where_the_topic_has_none(gazetteer: Gazetteer) -> None:
    with pytest.raises(QueryError, match="this topic has none"):
        parse("office:Boston", gazetteer)


@pytest.mark.slow
def test_a_crawl_keeps_what_that_topic_is_about_and_nothing_else(place: Place) -> None:
    status, said = place.told("stories", "--json")
    assert status == 0
    stories = {story["title"]: story for story in json.loads(said)}
    assert all(story["kinds"][0] == "eviction" for story in stories.values())
    assert len(stories) == 2
    assert CANAL[0] in stories
    assert place.snapshot().told("/raid")[0] == "off_topic"
    assert place.snapshot().told("/show")[0] == "off_topic"


@pytest.mark.slow
def test_it_happens_where_somebody_is_evicted_and_not_where_the_housing_court_is(place: Place) -> None:
    assert {story["place"] for story in json.loads(place.told("stories", "--json")[1])} == {"Lowell, MA"}


@pytest.mark.slow
def test_its_buildings_stand_in_their_towns() -> None:
    text = "A judge let nine tenants stay a month longer on Tuesday at the Edward W. Brooke Courthouse."
    known, unknown = (Gazetteer.load(subject=Subject(folder)) for folder in (EVICTIONS, SHIPPED))
    assert [str(found.place) for found in find_scene(known, "Tenants win a month", text, Home())] == ["Boston, MA"]
    assert find_scene(unknown, "Tenants win a month", text, Home()) == ()


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
    assert re.search(r"Numbers differ: (?:9|11) evicted \(", re.sub("<[^>]*>", "", page_of_it.read_text("utf-8")))
