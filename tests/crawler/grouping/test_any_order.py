"""The invented press of the demo is grouped the same, whichever of its pages is read first."""

import random
import shutil
from collections import defaultdict
from pathlib import Path

import pytest

from crawler.places.gazetteer import Gazetteer
from crawler.places.scene import Home, find_scene
from scheduler.demo import load_outlets
from tests.benchmarks.newsroom import Newsroom, Report


@pytest.fixture(scope="module")
def reports(gazetteer: Gazetteer) -> list[Report]:
    """The reports of ICE activity, each with the event that it tells."""
    found = []
    for outlet in load_outlets():
        home = Home(outlet.city, outlet.county, outlet.state)
        for article in outlet.articles:
            if article.expect == "activity":
                text = "\n\n".join(article.paragraphs)
                places = tuple(f.place for f in find_scene(gazetteer, article.title, text, home))
                name = outlet.article_id(article)
                found.append(Report(name, article.story, article.title, text, article.published, places))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(n, marks=pytest.mark.slow) for n in range(4, 10))])
def test_in_any_order_each_report_stands_with_those_of_its_event(
    reports: list[Report], tmp_path: Path, sqlite_template: Path, seed: int
) -> None:
    shutil.copy(sqlite_template, tmp_path / "newsroom.db")
    newsroom = Newsroom.within(tmp_path)
    for report in random.Random(seed).sample(reports, len(reports)):
        newsroom.place(report)
    told: defaultdict[str, set[str]] = defaultdict(set)
    for name, story in newsroom.stories(reports).items():
        told[story].add(name)
    meant: defaultdict[str, set[str]] = defaultdict(set)
    for report in reports:
        meant[report.event].add(report.id)
    assert sorted(map(sorted, told.values())) == sorted(map(sorted, meant.values()))
