"""Which counties a working source covers."""

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import Engine, update
from sqlmodel import Session, col
from typer.testing import CliRunner, Result

from crawler.database import open_database
from crawler.model.story import Feed, Source
from crawler.places.counties import all_counties, county_key
from crawler.places.gazetteer import Gazetteer
from crawler.watch.coverage import covered, working
from crawler.watch.feed_state import FeedHealth
from scheduler import show
from scheduler.commands.coverage import coverage
from scheduler.deployment import open_deployment
from tests.makers.making import NOON

pytestmark = pytest.mark.slow

OUTLETS = """
[ledger]
name = "The Ledger"
homepage = "https://ledger.example/"
feeds = [{kind = "rss", url = "https://ledger.example/feed"}]
city = "Waltham"
county = "Middlesex County"
state = "MA"
covers = ["Boston, MA", "Essex County, MA", "NH"]

[sun]
name = "The Sun"
homepage = "https://sun.example/"
feeds = [{kind = "rss", url = "https://sun.example/feed"}]
city = "Worcester"
county = "Worcester County"
state = "MA"
"""


@pytest.fixture
def folder(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder of its own with two outlets."""
    engines: list[Engine] = []

    def opened(url: str) -> Engine:
        engines.append(open_database(url))
        return engines[-1]

    monkeypatch.setattr("scheduler.deployment.open_database", opened)
    monkeypatch.setattr(show.err(), "width", 200)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ICEWIRE_WATCH__SHIPPED", "false")
    registry = tmp_path / "var/sources"
    registry.mkdir(parents=True)
    (registry / "ma.toml").write_text(OUTLETS)
    shutil.copy(sqlite_template, "var/icewire.db")
    yield
    for engine in engines:
        engine.dispose()


def source(**facts: Any) -> Source:
    return Source(id=facts.get("city", "wire"), name="A Paper", homepage="https://a.example/", **facts)


def names(sources: list[Source], gazetteer: Gazetteer) -> set[str]:
    found = covered(sources, gazetteer).counties
    return {f"{c.name}, {c.state}" for c in all_counties(gazetteer) if c.key in found}


def run(*arguments: str) -> Result:
    app = typer.Typer()
    app.command()(coverage)
    said = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert said.exit_code == 0
    return said


def read(source_id: str, days_ago: float) -> None:
    deployment = open_deployment()
    deployment.sync_registry()
    then = deployment.clock() - timedelta(days=days_ago)
    with Session(deployment.engine) as session:
        session.exec(update(Feed).where(col(Feed.source_id) == source_id).values(last_success_at=then))
        session.commit()


def test_a_source_covers_its_county_and_the_counties_of_what_it_covers(gazetteer: Gazetteer) -> None:
    paper = source(city="Waltham", county="Middlesex County", state="MA", covers=["Boston, MA", "Essex County, MA"])
    assert names([paper], gazetteer) == {"Middlesex County, MA", "Suffolk County, MA", "Essex County, MA"}


def test_a_source_without_a_county_covers_that_of_its_city(gazetteer: Gazetteer) -> None:
    assert names([source(city="Lowell", state="MA")], gazetteer) == {"Middlesex County, MA"}


def test_a_whole_state_is_told_beside_and_covers_no_county(gazetteer: Gazetteer) -> None:
    radio = source(covers=["MA", "NH"])
    house = source(city="Boston", county="Suffolk County", state="MA", scope="state")
    found = covered([radio, house], gazetteer)
    assert found.counties == frozenset()
    assert found.statewide == {"MA": 2, "NH": 1}


@pytest.mark.parametrize(
    ("city", "county", "state", "as_we_list_it"),
    [
        ("Juneau", "City and Borough of Juneau", "AK", "Juneau City and Borough, AK"),
        ("Baltimore", "Baltimore city", "MD", "Baltimore city, MD"),
        ("Towson", "Baltimore County", "MD", "Baltimore County, MD"),
        ("Norfolk", "", "VA", "Norfolk city, VA"),
        ("Washington", "", "DC", "Washington city, DC"),
        ("Washington", "District of Columbia", "DC", "Washington city, DC"),
    ],
)
def test_counties_are_known_by_all_their_names(
    city: str, county: str, state: str, as_we_list_it: str, gazetteer: Gazetteer
) -> None:
    assert names([source(city=city, county=county, state=state)], gazetteer) == {as_we_list_it}


def test_every_state_has_counties_with_people(gazetteer: Gazetteer) -> None:
    counties = all_counties(gazetteer)
    assert len({c.state for c in counties}) == 51
    assert len({c.key for c in counties}) == len(counties)
    assert next(c.population for c in counties if c.key == county_key("Middlesex County", "MA")) > 1_000_000
    assert sum(c.population == 0 for c in counties) < 20


def test_a_source_works_when_it_is_on_and_was_read_lately() -> None:
    on, off = source(city="Lynn"), source(city="Salem", enabled=False)
    read_at = {"Lynn": NOON - timedelta(days=2), "Salem": NOON}
    feeds = [FeedHealth(s, Feed(source_id=s.id, url=s.id, last_success_at=read_at[s.id]), 0, NOON) for s in (on, off)]
    assert working(feeds, NOON, registry=False) == [on]
    assert working(feeds, NOON + timedelta(days=2), registry=False) == []
    assert working(feeds, NOON + timedelta(days=2), registry=True) == [on]


def test_before_anything_was_read_the_registry_is_shown_and_that_is_said(folder: None) -> None:
    said = run("--json")
    told = json.loads(said.stdout)
    rows = {row["state"]: row for row in told["states"]}
    assert told["total"]["covered"] == sum(row["covered"] for row in rows.values())
    assert told["total"]["counties"] == sum(row["counties"] for row in rows.values()) > 3000
    assert 0 < told["total"]["population_share"] < 0.05
    assert told["state"] is None
    assert (rows["MA"]["counties"], rows["MA"]["covered"], rows["NH"]["statewide"]) == (14, 4, 1)
    assert "nothing was read yet" in said.stderr


@pytest.mark.slow
def test_only_what_was_read_counts_afterwards(folder: None) -> None:
    read("ledger", 1)
    read("sun", 5)
    told = json.loads(run("--state", "ma", "--json").stdout)
    assert (told["state"], told["total"]["counties"], told["total"]["covered"]) == ("MA", 14, 3)
    missing = [row["county"] for row in told["uncovered"]]
    assert len(missing) == 11
    assert missing[0] == "Worcester County"
    said = run("--state", "MA").stdout
    assert "Worcester County" in said
    assert "3 of 14 counties covered" in " ".join(said.split())
    assert "Worcester County" not in run("--state", "MA", "--registry").stdout
